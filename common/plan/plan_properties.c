/* SPDX-License-Identifier: Apache-2.0 */
/* A row for each property of a partition: its name, its rule, and where its value goes. */
#include "common/plan/plan_properties.h"

#include <libfdt.h>
#include <stddef.h>
#include <string.h>

#define FIELD(name)    offsetof(struct plan_partition, name)
#define CHANNELS       "between partitions use bulkhead,channel"
#define CARRIED_OUT(n) (1U << (n))

static const char *const policies[] = {"stop", "restart", "reset-board", NULL};
static const char *const irq_modes[] = {"virtual", "direct", NULL};
static const char *const sgi_modes[] = {"trap", "open", NULL};
static const char *const sci_types[] = {"none", "scmi_smc", NULL};

/*
 * carried_out has a bit for each value of a choice, flag or number (0: bit 0, else bit 1) that this
 * build carries out; the others are planned and then refused at launch.
 */
static const struct property_row rows[] = {
	{"memory", read_memory, 0, NULL, NULL, 0},
	{"cpus", read_cpus, 0, NULL, NULL, 0},
	{"bulkhead,cpus", read_named_cpus, 0, NULL, NULL, 0},
	{"xen,static-mem", read_static_memory, 0, NULL, NULL, 0},
	{"direct-map", read_flag, FIELD(direct_map), NULL, NULL, CARRIED_OUT(1)},
	{"vpl011", read_flag, FIELD(virtual_uart), NULL, NULL, CARRIED_OUT(1)},
	{"nr_spis", read_spis, 0, NULL, NULL, 0},
	{"trap-unmapped-accesses", read_bit, FIELD(trap_unmapped), NULL, NULL, 0},
	{"passthrough", read_passthrough, 0, NULL, NULL, 0},
	{"bulkhead,passthrough", read_nothing, 0, NULL, NULL, 0},
	{"llc-colors", read_colors, 0, NULL, NULL, 0},
	{"sve", read_sve, 0, NULL, NULL, 0},
	{"xen,sci_type", read_choice, FIELD(scmi), sci_types, NULL, CARRIED_OUT(0)},
	{"bulkhead,irq-mode", read_choice, FIELD(direct_interrupts), irq_modes, NULL,
	 CARRIED_OUT(0) | CARRIED_OUT(1)},
	{"bulkhead,direct-sgi", read_choice, FIELD(direct_sgi_open), sgi_modes, NULL,
	 CARRIED_OUT(0) | CARRIED_OUT(1)},
	{"bulkhead,on-shutdown", read_choice, FIELD(on_shutdown), policies, NULL,
	 CARRIED_OUT(PLAN_STOP)},
	{"bulkhead,on-reset", read_choice, FIELD(on_reset), policies, NULL, CARRIED_OUT(PLAN_STOP)},
	{"bulkhead,on-crash", read_choice, FIELD(on_crash), policies, NULL, CARRIED_OUT(PLAN_STOP)},
	{"bulkhead,on-watchdog", read_choice, FIELD(on_watchdog), policies, NULL,
	 CARRIED_OUT(PLAN_STOP) | CARRIED_OUT(PLAN_RESTART) | CARRIED_OUT(PLAN_RESET_BOARD)},
	{"bulkhead,restart-limit", read_restart_limit, 0, NULL, NULL, 0},
	{"bulkhead,smc-allow", read_smc_list, 0, NULL, NULL, 0},
	{"bulkhead,smc-allow-ranges", read_smc_ranges, 0, NULL, NULL, 0},
	{"bulkhead,watchdog", read_flag, FIELD(watchdog), NULL, "a virtual watchdog", 0},
	{"bulkhead,panic-device", read_flag, FIELD(panic_device), NULL, "a panic device", 0},
	{"bulkhead,supervises", read_nothing, 0, NULL, NULL, 0},
	{"#xen,static-mem-address-cells", read_refused, 0, NULL,
	 "give /chosen #address-cells = <2>", 0},
	{"#xen,static-mem-size-cells", read_refused, 0, NULL, "give /chosen #size-cells = <2>", 0},
	{"label", read_nothing, 0, NULL, NULL, 0},
	{"compatible", read_nothing, 0, NULL, NULL, 0},
	{"status", read_nothing, 0, NULL, NULL, 0},
	{"domid", read_ignored, 0, NULL, NULL, 0},
	{"colors", read_ignored, 0, NULL, "write llc-colors for cache colours", 0},
	{"xen,enhanced", read_xen_only, 0, NULL, CHANNELS, 0},
	{"max_grant_version", read_xen_only, 0, NULL, CHANNELS, 0},
	{"max_grant_frames", read_xen_only, 0, NULL, CHANNELS, 0},
	{"max_maptrack_frames", read_xen_only, 0, NULL, CHANNELS, 0},
	{"xen,domain-p2m-mem-mb", read_xen_only, 0, NULL,
	 "leave it out: stage-2 tables are sized by the plan", 0},
	{"domain-cpupool", read_xen_only, 0, NULL, "name the CPUs with bulkhead,cpus", 0},
	{"capabilities", read_xen_only, 0, NULL,
	 "no partition is privileged; bulkhead,supervises lets one manage others", 0},
	{"v8r_el1_msa", read_xen_only, 0, NULL, "Bulkhead runs on Armv8-A with an MMU", 0},
};

#define ROW_COUNT (sizeof(rows) / sizeof(rows[0]))

/* What every node may have. */
static const char common_names[] =
	"phandle\0linux,phandle\0name\0#address-cells\0#size-cells\0ranges";

static const char *const chosen_names[] = {
	"bulkhead,housekeeping-cpu",
	"bulkhead,console-escape",
	"xen,xen-bootargs",
	"xen,dom0-bootargs",
};

#define CHOSEN_COUNT (sizeof(chosen_names) / sizeof(chosen_names[0]))

/* The name that the misspelled one is closest to, as a hint. */
static void unknown_property(struct planner *planner, int node, const char *name,
			     const char *suggestion)
{
	if (suggestion != NULL)
		plan_error(planner, node, name, "the partition binding has no such property", NULL,
			   "unknown property; did you mean '%s'?", suggestion);
	else
		plan_error(planner, node, name, "the partition binding has no such property",
			   "docs/binding.md lists those that it has", "unknown property");
}

void plan_property(struct planner *planner, struct property_value *value)
{
	const char *names[ROW_COUNT];

	for (size_t i = 0; i < ROW_COUNT; i++) {
		if (strcmp(value->name, rows[i].name) == 0) {
			value->row = &rows[i];
			rows[i].read(planner, value);
			return;
		}
		names[i] = rows[i].name;
	}
	if (fdt_stringlist_contains(common_names, sizeof(common_names) - 1, value->name) == 0)
		unknown_property(planner, value->node, value->name,
				 suggest_name(value->name, names, ROW_COUNT));
}

static bool is_known_chosen(const char *name)
{
	for (size_t i = 0; i < CHOSEN_COUNT; i++)
		if (strcmp(name, chosen_names[i]) == 0)
			return true;
	return false;
}

void plan_chosen_properties(struct planner *planner)
{
	const void *const fdt = planner->tree.fdt;
	int property;

	/* Firmware and boot loaders put properties of their own here; only ours and Xen's count. */
	fdt_for_each_property_offset (property, fdt, planner->chosen) {
		const char *name = NULL;

		(void)fdt_getprop_by_offset(fdt, property, &name, NULL);
		if (name == NULL || is_known_chosen(name))
			continue;
		if (strncmp(name, "bulkhead,", 9) == 0 || strncmp(name, "xen,", 4) == 0)
			unknown_property(planner, planner->chosen, name,
					 suggest_name(name, chosen_names, CHOSEN_COUNT));
	}
	if (tree_property(&planner->tree, planner->chosen, "xen,xen-bootargs", NULL) != NULL)
		plan_say(planner, REPORT_NOTE, planner->chosen, "xen,xen-bootargs", NULL, NULL,
			 "Xen's options are ignored: Bulkhead takes no command line");
	if (tree_property(&planner->tree, planner->chosen, "xen,dom0-bootargs", NULL) != NULL)
		plan_say(planner, REPORT_NOTE, planner->chosen, "xen,dom0-bootargs", NULL, NULL,
			 "ignored: Bulkhead has no dom0");
}

/* SPDX-License-Identifier: Apache-2.0 */
/* A row for each property of a partition: its name, its rule, and where its value goes. */
#include "common/plan/plan_properties.h"

#define FIELD(name)    offsetof(struct plan_partition, name)
#define CHANNELS       "between partitions use bulkhead,channel"
#define CARRIED_OUT(n) (1U << (n))
#define ALL_THREE      7

static const char *const policies[] = {"stop", "restart", "reset-board", NULL};
static const char *const irq_modes[] = {"virtual", "direct", NULL};
static const char *const sgi_modes[] = {"trap", "open", NULL};
static const char *const sci_types[] = {"none", "scmi_smc", NULL};

static const struct property_row rows[] = {
	{"memory", .read = read_memory},
	{"cpus", .read = read_cpus},
	{"bulkhead,cpus", .read = read_named_cpus},
	{"xen,static-mem", .read = read_static_memory},
	{"direct-map", .read = read_flag, FIELD(direct_map)},
	{"vpl011", .read = read_flag, FIELD(virtual_uart)},
	{"nr_spis", .read = read_spis},
	{"trap-unmapped-accesses", .read = read_bit, FIELD(trap_unmapped)},
	{"passthrough", .read = read_passthrough},
	{"bulkhead,passthrough", .read = read_nothing},
	{"llc-colors", .read = read_colors, .unsupported = "cache colouring"},
	{"sve", .read = read_sve},
	{"xen,sci_type", .read = read_choice, FIELD(scmi), sci_types, CARRIED_OUT(0)},
	{"bulkhead,irq-mode", .read = read_choice, FIELD(direct_interrupts), irq_modes,
	 CARRIED_OUT(0) | CARRIED_OUT(1)},
	{"bulkhead,direct-sgi", .read = read_choice, FIELD(direct_sgi_open), sgi_modes,
	 CARRIED_OUT(0) | CARRIED_OUT(1)},
	{"bulkhead,on-shutdown", .read = read_choice, FIELD(on_shutdown), policies, ALL_THREE},
	{"bulkhead,on-reset", .read = read_choice, FIELD(on_reset), policies, ALL_THREE},
	{"bulkhead,on-crash", .read = read_choice, FIELD(on_crash), policies, ALL_THREE},
	{"bulkhead,on-watchdog", .read = read_choice, FIELD(on_watchdog), policies, ALL_THREE},
	{"bulkhead,restart-limit", .read = read_restart_limit},
	{"bulkhead,smc-allow", .read = read_smc_list, .unsupported = "passing SMCs to firmware"},
	{"bulkhead,smc-allow-ranges", .read = read_smc_ranges,
	 .unsupported = "passing SMCs to firmware"},
	{"bulkhead,watchdog", .read = read_flag, FIELD(watchdog)},
	{"bulkhead,panic-device", .read = read_flag, FIELD(panic_device)},
	{"bulkhead,supervises", .read = read_nothing},
	{"#xen,static-mem-address-cells", .read = read_refused,
	 .instead = "give /chosen #address-cells = <2>"},
	{"#xen,static-mem-size-cells", .read = read_refused,
	 .instead = "give /chosen #size-cells = <2>"},
	{"label", .read = read_nothing},
	{"compatible", .read = read_nothing},
	{"status", .read = read_nothing},
	{"domid", .read = read_ignored},
	{"colors", .read = read_ignored, .instead = "write llc-colors for cache colours"},
	{"xen,enhanced", .read = read_xen_only, .instead = CHANNELS},
	{"max_grant_version", .read = read_xen_only, .instead = CHANNELS},
	{"max_grant_frames", .read = read_xen_only, .instead = CHANNELS},
	{"max_maptrack_frames", .read = read_xen_only, .instead = CHANNELS},
	{"xen,domain-p2m-mem-mb", .read = read_xen_only,
	 .instead = "leave it out: stage-2 tables are sized by the plan"},
	{"domain-cpupool", .read = read_xen_only, .instead = "name the CPUs with bulkhead,cpus"},
	{"capabilities", .read = read_xen_only,
	 .instead = "no partition is privileged; bulkhead,supervises lets one manage others"},
	{"v8r_el1_msa", .read = read_xen_only, .instead = "Bulkhead runs on Armv8-A with an MMU"},
};

/* What every node may have. */
static const char common_names[] =
	"phandle\0linux,phandle\0name\0#address-cells\0#size-cells\0ranges";

static const char *const chosen_names[] = {
	"bulkhead,housekeeping-cpu", "bulkhead,console-escape", "bulkhead,feed-watchdog",
	"xen,xen-bootargs",	     "xen,dom0-bootargs",
};

/* With the name that the misspelled one is closest to, as a hint. */
static void unknown_property(struct planner *planner, int node, const char *name,
			     const char *const *names, size_t count)
{
	const char *const suggestion = suggest_name(name, names, count);

	if (suggestion != NULL)
		plan_error(planner, node, name, "the partition binding has no such property", NULL,
			   "unknown property; did you mean '%s'?", suggestion);
	else
		plan_error(planner, node, name, "the partition binding has no such property",
			   "docs/binding.md lists those that it has", "unknown property");
}

static void read_property(struct planner *planner, struct property_value *value)
{
	const char *names[COUNT_OF(rows)];

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		if (strcmp(value->name, rows[i].name) == 0) {
			value->row = &rows[i];
			if (rows[i].read(planner, value) && rows[i].unsupported != NULL)
				plan_unsupported(planner, value->node, value->name,
						 rows[i].unsupported);
			return;
		}
		names[i] = rows[i].name;
	}
	if (fdt_stringlist_contains(common_names, sizeof(common_names) - 1, value->name) == 0)
		unknown_property(planner, value->node, value->name, names, COUNT_OF(rows));
}

void plan_properties(struct planner *planner, struct request *request)
{
	const int node = request->node;

	for (struct property_walk at = {0}; tree_next_property(&planner->tree, node, &at);)
		read_property(planner, &(struct property_value){
					       .request = request,
					       .node = node,
					       .name = at.name,
					       .bytes = at.value.bytes,
					       .length = at.value.length,
				       });
}

bool is_of_binding(const char *name)
{
	return strncmp(name, "bulkhead,", 9) == 0 || strncmp(name, "xen,", 4) == 0;
}

void plan_chosen_properties(struct planner *planner)
{
	const int chosen = planner->chosen;

	/* Firmware and boot loaders put properties of their own here; only ours and Xen's count. */
	for (struct property_walk at = {0}; tree_next_property(&planner->tree, chosen, &at);) {
		size_t i = 0;

		while (i < COUNT_OF(chosen_names) && strcmp(at.name, chosen_names[i]) != 0)
			i++;
		if (i == COUNT_OF(chosen_names) && is_of_binding(at.name))
			unknown_property(planner, chosen, at.name, chosen_names,
					 COUNT_OF(chosen_names));
	}
	if (tree_has(&planner->tree, chosen, "xen,xen-bootargs"))
		plan_say(planner, REPORT_NOTE, chosen, "xen,xen-bootargs", NULL, NULL,
			 "Xen's options are ignored: Bulkhead takes no command line");
	if (tree_has(&planner->tree, chosen, "xen,dom0-bootargs"))
		plan_say(planner, REPORT_NOTE, chosen, "xen,dom0-bootargs", NULL, NULL,
			 "ignored: Bulkhead has no dom0");
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "common/plan/plan_properties.h"

#include <libfdt.h>
#include <string.h>

#define KIB	   1024
#define MAX_SPIS   960
#define MAX_MEMORY (UINT64_C(1) << 46)

typedef void (*property_handler)(struct planner *planner, const struct property_value *value);

struct property_row {
	const char *name;
	property_handler handler;
};

static struct plan_partition *partition_of(const struct planner *planner,
					   const struct property_value *value)
{
	return &planner->plan->partitions[value->partition];
}

static struct request *request_of(const struct planner *planner, const struct property_value *value)
{
	return &planner->scratch->requests[value->partition];
}

/* A property of one cell. False: it is not, which has been reported. */
static bool read_u32(struct planner *planner, const struct property_value *value, uint32_t *number)
{
	if (value->length != 4) {
		plan_error(planner, value->node, value->name, "one cell: <number>", NULL,
			   "%d bytes", value->length);
		return false;
	}
	*number = (uint32_t)tree_number(value->data, 1);
	return true;
}

/* Whether a boolean property is set, which it is when it stands there without a value. */
static bool read_flag(struct planner *planner, const struct property_value *value)
{
	if (value->length == 0)
		return true;
	plan_error(planner, value->node, value->name, "a boolean property has no value",
		   "write only its name to switch it on, leave it out to switch it off",
		   "has a value of %d bytes", value->length);
	return false;
}

static void read_memory(struct planner *planner, const struct property_value *value)
{
	if (value->length != 4 && value->length != 8) {
		plan_error(planner, value->node, value->name, "KiB in two cells: <0 0x40000>", NULL,
			   "%d bytes", value->length);
		return;
	}

	const uint64_t kib = tree_number(value->data, value->length / 4);

	if (kib == 0 || kib > MAX_MEMORY / KIB || kib % 4 != 0) {
		plan_error(planner, value->node, value->name,
			   "KiB, a multiple of 4, more than 0 and at most 64 TiB", NULL, "%lu KiB",
			   (unsigned long)kib);
		return;
	}
	request_of(planner, value)->memory = kib * KIB;
}

static void read_cpus(struct planner *planner, const struct property_value *value)
{
	uint32_t count;

	if (!read_u32(planner, value, &count))
		return;
	if (count == 0 || count > PLAN_MAX_CPUS) {
		plan_error(planner, value->node, value->name, "1 to 64 vCPUs", NULL, "%u", count);
		return;
	}
	request_of(planner, value)->cpu_count = count;
}

static void read_named_cpus(struct planner *planner, const struct property_value *value)
{
	if (value->length == 0 || value->length % 4 != 0 || value->length / 4 > PLAN_MAX_CPUS) {
		plan_error(planner, value->node, value->name,
			   "1 to 64 phandles of /cpus/cpu@* nodes", NULL, "%d bytes",
			   value->length);
		return;
	}
	request_of(planner, value)->named_cpus = (uint32_t)value->length / 4;
}

/* One (address, size) of xen,static-mem. */
static void add_static_range(struct planner *planner, const struct property_value *value,
			     uint64_t base, uint64_t size)
{
	struct request *const request = request_of(planner, value);

	if (size == 0 || !is_aligned(base | size, PAGE_SIZE)) {
		plan_error(planner, value->node, value->name,
			   "addresses and sizes are multiples of 4 KiB, sizes not 0", NULL,
			   "0x%lx bytes at 0x%lx", (unsigned long)size, (unsigned long)base);
		return;
	}
	if (request->static_count == PLAN_MAX_REGIONS) {
		plan_error(planner, value->node, value->name, "at most 16 ranges", NULL,
			   "one range too many");
		return;
	}
	request->static_memory[request->static_count++] = (struct plan_range){pa(base), size};
}

static void read_static_memory(struct planner *planner, const struct property_value *value)
{
	const int parent = fdt_path_offset(planner->tree, "/chosen");
	const int address_cells = fdt_address_cells(planner->tree, parent);
	const int size_cells = fdt_size_cells(planner->tree, parent);
	const int entry = 4 * (address_cells + size_cells);
	const char *const cells = value->data;

	if (address_cells < 1 || address_cells > 2 || size_cells < 1 || size_cells > 2 ||
	    value->length == 0 || value->length % entry != 0) {
		plan_error(planner, value->node, value->name,
			   "(address, size) in the #address-cells and #size-cells of /chosen", NULL,
			   "%d bytes", value->length);
		return;
	}
	for (int at = 0; at < value->length; at += entry)
		add_static_range(planner, value, tree_number(cells + at, address_cells),
				 tree_number(cells + at + 4 * address_cells, size_cells));
}

static void read_direct_map(struct planner *planner, const struct property_value *value)
{
	partition_of(planner, value)->direct_map = read_flag(planner, value);
}

static void read_virtual_uart(struct planner *planner, const struct property_value *value)
{
	partition_of(planner, value)->virtual_uart = read_flag(planner, value);
}

static void read_spis(struct planner *planner, const struct property_value *value)
{
	uint32_t count;

	if (!read_u32(planner, value, &count))
		return;
	if (count > MAX_SPIS) {
		plan_error(planner, value->node, value->name, "at most 960 SPIs", NULL, "%u",
			   count);
		return;
	}
	/* The distributor has them in groups of 32; the first holds the virtual devices' own. */
	if (count > 0)
		partition_of(planner, value)->spi_count = (uint32_t)align_up(count, 32);
}

static void read_trap_unmapped(struct planner *planner, const struct property_value *value)
{
	uint32_t number;

	if (!read_u32(planner, value, &number))
		return;
	if (number > 1)
		plan_error(planner, value->node, value->name, "<0> or <1>", NULL, "<%u>", number);
	partition_of(planner, value)->trap_unmapped = number;
}

/* "disabled" asks for what this build does anyway. */
static void read_passthrough(struct planner *planner, const struct property_value *value)
{
	const char *const text = tree_string(planner->tree, value->node, value->name);

	if (text == NULL || strcmp(text, "disabled") != 0)
		plan_error(planner, value->node, value->name,
			   "device passthrough is not supported by this build",
			   "write \"disabled\" or leave it out", "\"%s\"",
			   text == NULL ? "" : text);
}

/* Xen's own, which Bulkhead has no use for: only what switches them off is accepted. */
static void read_xen_only(struct planner *planner, const struct property_value *value)
{
	const char *const text = tree_string(planner->tree, value->node, value->name);
	const bool is_off = (text != NULL && strcmp(text, "disabled") == 0) ||
			    (value->length == 4 && tree_number(value->data, 1) == 0);

	if (!is_off)
		plan_error(planner, value->node, value->name,
			   "Bulkhead has no Xen hypercalls, grants or event channels",
			   "leave it out; between partitions use bulkhead channels",
			   "not supported");
}

static void read_unsupported(struct planner *planner, const struct property_value *value)
{
	plan_error(planner, value->node, value->name,
		   "this part of the binding is not supported by this build", "leave it out",
		   "not supported");
}

static void read_ignored(struct planner *planner, const struct property_value *value)
{
	plan_warning(planner, value->node, value->name, "neither Xen nor Bulkhead reads it", NULL,
		     "has no effect");
}

static void read_nothing(struct planner *planner, const struct property_value *value)
{
	(void)planner;
	(void)value;
}

static const struct property_row rows[] = {
	{"memory", read_memory},
	{"cpus", read_cpus},
	{"bulkhead,cpus", read_named_cpus},
	{"xen,static-mem", read_static_memory},
	{"direct-map", read_direct_map},
	{"vpl011", read_virtual_uart},
	{"nr_spis", read_spis},
	{"trap-unmapped-accesses", read_trap_unmapped},
	{"passthrough", read_passthrough},
	{"label", read_nothing},
	{"compatible", read_nothing},
	{"status", read_nothing},
	{"phandle", read_nothing},
	{"linux,phandle", read_nothing},
	{"name", read_nothing},
	{"#address-cells", read_nothing},
	{"#size-cells", read_nothing},
	{"ranges", read_nothing},
	{"domid", read_ignored},
	{"colors", read_ignored},
	{"xen,enhanced", read_xen_only},
	{"max_grant_version", read_xen_only},
	{"max_grant_frames", read_xen_only},
	{"max_maptrack_frames", read_xen_only},
	{"xen,domain-p2m-mem-mb", read_xen_only},
	{"domain-cpupool", read_xen_only},
	{"capabilities", read_xen_only},
	{"v8r_el1_msa", read_xen_only},
	{"llc-colors", read_unsupported},
	{"sve", read_unsupported},
	{"xen,sci_type", read_unsupported},
	{"bulkhead,irq-mode", read_unsupported},
	{"bulkhead,direct-sgi", read_unsupported},
	{"bulkhead,passthrough", read_unsupported},
	{"bulkhead,on-shutdown", read_unsupported},
	{"bulkhead,on-reset", read_unsupported},
	{"bulkhead,on-crash", read_unsupported},
	{"bulkhead,on-watchdog", read_unsupported},
	{"bulkhead,restart-limit", read_unsupported},
	{"bulkhead,smc-allow", read_unsupported},
	{"bulkhead,smc-allow-ranges", read_unsupported},
	{"bulkhead,watchdog", read_unsupported},
	{"bulkhead,panic-device", read_unsupported},
	{"bulkhead,supervises", read_unsupported},
};

#define ROW_COUNT (sizeof(rows) / sizeof(rows[0]))

static const char *const chosen_names[] = {
	"bulkhead,housekeeping-cpu",
	"bulkhead,console-escape",
	"xen,xen-bootargs",
	"xen,dom0-bootargs",
};

/* The row's name that the misspelled one is closest to, as a hint. */
static void unknown_property(struct planner *planner, int node, const char *name,
			     const char *suggestion)
{
	if (suggestion != NULL)
		plan_error(planner, node, name, "the partition binding has no such property", NULL,
			   "unknown property; did you mean '%s'?", suggestion);
	else
		plan_error(planner, node, name, "the partition binding has no such property",
			   "docs/guide.md lists those that it has", "unknown property");
}

void plan_property(struct planner *planner, const struct property_value *value)
{
	const char *names[ROW_COUNT];

	for (size_t i = 0; i < ROW_COUNT; i++) {
		if (strcmp(value->name, rows[i].name) == 0) {
			rows[i].handler(planner, value);
			return;
		}
		names[i] = rows[i].name;
	}
	unknown_property(planner, value->node, value->name,
			 suggest_name(value->name, names, ROW_COUNT));
}

static bool is_known_chosen(const char *name)
{
	for (size_t i = 0; i < sizeof(chosen_names) / sizeof(chosen_names[0]); i++)
		if (strcmp(name, chosen_names[i]) == 0)
			return true;
	return false;
}

void plan_chosen_properties(struct planner *planner, int chosen)
{
	int property;

	/* Firmware and boot loaders put properties of their own here; only ours and Xen's count. */
	fdt_for_each_property_offset (property, planner->tree, chosen) {
		const char *name = NULL;

		(void)fdt_getprop_by_offset(planner->tree, property, &name, NULL);
		if (name == NULL || is_known_chosen(name))
			continue;
		if (strncmp(name, "bulkhead,", 9) == 0 || strncmp(name, "xen,", 4) == 0)
			unknown_property(
				planner, chosen, name,
				suggest_name(name, chosen_names,
					     sizeof(chosen_names) / sizeof(chosen_names[0])));
	}
	if (fdt_getprop(planner->tree, chosen, "xen,xen-bootargs", NULL) != NULL)
		plan_note(planner, chosen, "xen,xen-bootargs", NULL, NULL,
			  "Xen's options are ignored: Bulkhead takes no command line");
}

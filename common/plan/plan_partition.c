/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The partitions' nodes: a row for each property of the binding, with its rule as a handler.
 *
 * A handler reads one property of one partition into the plan or the request, and reports what is
 * wrong with it. What depends on several properties is checked when all have been read.
 */
#include <libfdt.h>
#include <string.h>

#include "common/lib/format.h"
#include "common/plan/plan_properties.h"
#include "common/plan/planner.h"

#define DEFAULT_ESCAPE_KEY 0x0f /* ^O */

static bool is_compatible(const void *tree, int node, const char *name)
{
	return fdt_node_check_compatible(tree, node, name) == 0;
}

static bool is_partition(const void *tree, int node)
{
	return is_compatible(tree, node, "bulkhead,partition") ||
	       is_compatible(tree, node, "xen,domain");
}

/* Names: unique, letters, digits and ". _ -", at most 31 characters. */
static void read_name(struct planner *planner, int node, uint32_t index)
{
	struct plan_partition *const partition = &planner->plan->partitions[index];
	const char *name = tree_string(planner->tree, node, "label");

	if (name == NULL)
		name = fdt_get_name(planner->tree, node, NULL);

	const size_t length = strlen(name);

	if (length == 0 || length >= PLAN_NAME_SIZE)
		plan_error(planner, node, "label", "a name has 1 to 31 characters",
			   "give the partition a short label", "\"%s\" has %lu", name,
			   (unsigned long)length);
	for (size_t i = 0; i < length; i++) {
		const char c = name[i];

		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
		      c == '.' || c == '_' || c == '-' || c == '@')) {
			plan_error(planner, node, "label",
				   "a name has letters, digits, '.', '_', '-' and '@'", NULL,
				   "\"%s\"", name);
			break;
		}
	}
	(void)format(partition->name, sizeof(partition->name), "%s", name);
	for (uint32_t i = 0; i < index; i++)
		if (strcmp(planner->plan->partitions[i].name, partition->name) == 0)
			plan_error(planner, node, "label", "names are unique",
				   "give one of them another label", "\"%s\" is taken", name);
}

static void read_properties(struct planner *planner, int node, uint32_t index)
{
	int property;

	fdt_for_each_property_offset (property, planner->tree, node) {
		struct property_value value = {.node = node, .partition = index};

		value.data =
			fdt_getprop_by_offset(planner->tree, property, &value.name, &value.length);
		if (value.data != NULL)
			plan_property(planner, &value);
	}
}

/* A child of a partition: a module, or something else of the binding. */
static void read_child(struct planner *planner, int node, uint32_t index)
{
	struct request *const request = &planner->scratch->requests[index];
	const void *const tree = planner->tree;
	int *slot = NULL;

	if (!tree_is_enabled(tree, node))
		return;
	if (is_compatible(tree, node, "multiboot,kernel"))
		slot = &request->kernel;
	else if (is_compatible(tree, node, "multiboot,ramdisk"))
		slot = &request->ramdisk;

	if (slot == NULL) {
		const char *const compatible = fdt_getprop(tree, node, "compatible", NULL);

		plan_error(planner, node, "compatible",
			   "a partition's children are \"multiboot,kernel\" and "
			   "\"multiboot,ramdisk\"",
			   "other kinds of the binding are not supported by this build", "\"%s\"",
			   compatible == NULL ? "" : compatible);
		return;
	}
	if (*slot >= 0) {
		plan_error(planner, node, "compatible",
			   "a partition has one kernel and at most one ramdisk", NULL,
			   "a second one");
		return;
	}
	*slot = node;
}

static void read_partition(struct planner *planner, int node)
{
	struct plan *const plan = planner->plan;
	const uint32_t index = plan->partition_count;
	int child;

	if (!tree_is_enabled(planner->tree, node)) {
		plan_note(planner, node, "status", NULL, NULL, "switched off: it is left out");
		return;
	}
	if (index == PLAN_MAX_PARTITIONS) {
		plan_error(planner, node, NULL, "at most 16 partitions are supported", NULL,
			   "one partition too many");
		return;
	}
	plan->partition_count++;
	plan->partitions[index].trap_unmapped = 1;
	plan->partitions[index].spi_count = 32;
	planner->scratch->requests[index] =
		(struct request){.node = node, .kernel = -1, .ramdisk = -1};
	read_name(planner, node, index);
	read_properties(planner, node, index);
	fdt_for_each_subnode (child, planner->tree, node) {
		read_child(planner, child, index);
	}
	if (planner->scratch->requests[index].kernel < 0)
		plan_error(planner, node, NULL,
			   "a partition has a child with compatible = \"multiboot,kernel\"", NULL,
			   "no kernel");
}

/* Gives one physical CPU to a partition's next vCPU. */
static void assign_cpu(struct planner *planner, uint32_t index, uint32_t cpu)
{
	struct plan_partition *const partition = &planner->plan->partitions[index];
	struct plan_cpu *const physical = &planner->plan->board.cpus[cpu];

	physical->partition = index;
	physical->vcpu = partition->cpu_count;
	partition->cpus[partition->cpu_count++] = cpu;
}

static uint32_t find_cpu(const struct plan_board *board, uint32_t phandle)
{
	for (uint32_t i = 0; i < board->cpu_count; i++)
		if (phandle != 0 && board->cpus[i].phandle == phandle)
			return i;
	return PLAN_NONE;
}

/* bulkhead,cpus: the n-th phandle is vCPU n's CPU. */
static void assign_named_cpus(struct planner *planner, uint32_t index)
{
	const struct request *const request = &planner->scratch->requests[index];
	const struct plan_board *const board = &planner->plan->board;
	const char *const cells = fdt_getprop(planner->tree, request->node, "bulkhead,cpus", NULL);

	for (uint32_t i = 0; i < request->named_cpus; i++) {
		const uint32_t cpu = find_cpu(board, (uint32_t)tree_number(cells + 4 * i, 1));

		if (cpu == PLAN_NONE) {
			plan_error(planner, request->node, "bulkhead,cpus",
				   "each entry is the phandle of an enabled /cpus/cpu@*",
				   "write <&{/cpus/cpu@0}>", "entry %u names no CPU", i);
			continue;
		}
		if (board->cpus[cpu].partition != PLAN_NONE) {
			plan_error(planner, request->node, "bulkhead,cpus",
				   "a CPU belongs to one vCPU of one partition", NULL,
				   "entry %u: CPU %u (MPIDR 0x%lx) already belongs to %s", i, cpu,
				   (unsigned long)board->cpus[cpu].mpidr,
				   planner->plan->partitions[board->cpus[cpu].partition].name);
			continue;
		}
		assign_cpu(planner, index, cpu);
	}
}

/* cpus alone: free CPUs in the order of the tree. */
static void assign_free_cpus(struct planner *planner, uint32_t index)
{
	const struct request *const request = &planner->scratch->requests[index];
	const struct plan_board *const board = &planner->plan->board;
	uint32_t missing = request->cpu_count;

	for (uint32_t i = 0; i < board->cpu_count && missing > 0; i++) {
		if (board->cpus[i].partition != PLAN_NONE)
			continue;
		assign_cpu(planner, index, i);
		missing--;
	}
	if (missing > 0)
		plan_error(planner, request->node, "cpus", "each vCPU has a CPU of its own",
			   "give the partitions fewer vCPUs",
			   "%u vCPUs, but only %u of the board's %u CPUs are free",
			   request->cpu_count, request->cpu_count - missing, board->cpu_count);
}

/* Named CPUs first, so that the planner does not hand them out. */
static void assign_cpus(struct planner *planner)
{
	const uint32_t count = planner->plan->partition_count;

	for (uint32_t i = 0; i < count; i++) {
		const struct request *const request = &planner->scratch->requests[i];

		if (request->cpu_count == 0 && request->named_cpus == 0)
			plan_error(planner, request->node, "cpus",
				   "the number of vCPUs is given by cpus or bulkhead,cpus", NULL,
				   "missing");
		if (request->cpu_count != 0 && request->named_cpus != 0 &&
		    request->cpu_count != request->named_cpus)
			plan_error(planner, request->node, "cpus",
				   "cpus and bulkhead,cpus must agree", "leave cpus out",
				   "%u, but bulkhead,cpus names %u", request->cpu_count,
				   request->named_cpus);
		if (request->named_cpus != 0)
			assign_named_cpus(planner, i);
	}
	for (uint32_t i = 0; i < count; i++)
		if (planner->scratch->requests[i].named_cpus == 0)
			assign_free_cpus(planner, i);
}

/* A child of /chosen that is no partition. */
static void read_other(struct planner *planner, int node)
{
	if (is_compatible(planner->tree, node, "multiboot,kernel") ||
	    is_compatible(planner->tree, node, "xen,linux-zimage")) {
		plan_error(planner, node, "compatible", "Bulkhead has no dom0",
			   "put the kernel into a node with compatible = \"bulkhead,partition\"",
			   "a kernel directly below /chosen");
		return;
	}
	plan_note(planner, node, NULL, NULL, NULL, "not part of the binding: it is left alone");
}

static void choose_housekeeping(struct planner *planner, int chosen)
{
	struct plan *const plan = planner->plan;
	int length;
	const char *const value =
		fdt_getprop(planner->tree, chosen, "bulkhead,housekeeping-cpu", &length);

	plan->housekeeping_cpu = plan->partition_count > 0 ? plan->partitions[0].cpus[0] : 0;
	if (value == NULL)
		return;

	const uint32_t cpu =
		length == 4 ? find_cpu(&plan->board, (uint32_t)tree_number(value, 1)) : PLAN_NONE;

	if (cpu == PLAN_NONE)
		plan_error(planner, chosen, "bulkhead,housekeeping-cpu",
			   "the phandle of an enabled /cpus/cpu@*", NULL, "names no CPU");
	else
		plan->housekeeping_cpu = cpu;
}

/* "^X" with a capital letter. */
static void read_escape_key(struct planner *planner, int chosen)
{
	const char *const key = tree_string(planner->tree, chosen, "bulkhead,console-escape");

	planner->plan->escape_key = DEFAULT_ESCAPE_KEY;
	if (fdt_getprop(planner->tree, chosen, "bulkhead,console-escape", NULL) == NULL)
		return;
	if (key == NULL || key[0] != '^' || key[1] < 'A' || key[1] > 'Z' || key[2] != '\0') {
		plan_error(planner, chosen, "bulkhead,console-escape",
			   "'^' and a capital letter, such as \"^O\"", NULL, "\"%s\"",
			   key == NULL ? "" : key);
		return;
	}
	planner->plan->escape_key = (uint32_t)(key[1] - '@');
}

void plan_partitions(struct planner *planner)
{
	const int chosen = fdt_path_offset(planner->tree, "/chosen");
	int node;

	if (chosen >= 0) {
		plan_chosen_properties(planner, chosen);
		read_escape_key(planner, chosen);
		fdt_for_each_subnode (node, planner->tree, chosen) {
			if (is_partition(planner->tree, node))
				read_partition(planner, node);
			else
				read_other(planner, node);
		}
	}
	if (planner->plan->partition_count == 0) {
		plan_error(planner, chosen < 0 ? 0 : chosen, NULL,
			   "partitions are children with compatible = \"bulkhead,partition\"", NULL,
			   "no partition");
		return;
	}
	assign_cpus(planner);
	choose_housekeeping(planner, chosen);
}

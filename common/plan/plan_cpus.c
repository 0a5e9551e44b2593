/* SPDX-License-Identifier: Apache-2.0 */
/* Which CPU is whose. */
#include <libfdt.h>

#include "common/plan/planner.h"

/* Gives one physical CPU to a partition's next vCPU. */
static void assign_cpu(struct planner *planner, uint32_t index, uint32_t cpu)
{
	struct plan_partition *const partition = &planner->plan->partitions[index];
	struct plan_cpu *const physical = &planner->plan->board.cpus[cpu];

	physical->partition = index;
	physical->vcpu = partition->cpu_count;
	partition->cpus[partition->cpu_count++] = (uint8_t)cpu;
}

static uint32_t find_cpu(const struct plan_board *board, uint32_t phandle)
{
	for (uint32_t i = 0; i < board->cpu_count; i++)
		if (phandle != 0 && board->cpus[i].phandle == phandle)
			return i;
	return PLAN_NONE;
}

/* The CPU that vCPU n is pinned to by name, or PLAN_NONE: reported. */
static uint32_t named_cpu(struct planner *planner, uint32_t index, uint32_t n, const char *property)
{
	const struct request *const request = &planner->scratch->requests[index];
	const struct plan_board *const board = &planner->plan->board;
	const char *const cells =
		tree_property(&planner->tree, request->node, "bulkhead,cpus", NULL);
	const uint32_t cpu = cells == NULL
				     ? request->cpus[n]
				     : find_cpu(board, (uint32_t)tree_number(cells + 4 * n, 1));

	if (cpu >= board->cpu_count) {
		plan_error(planner, request->node, property,
			   "each vCPU is pinned to an enabled CPU of the board",
			   "write bulkhead,cpus = <&{/cpus/cpu@0}>", "entry %u names no CPU", n);
		return PLAN_NONE;
	}
	if (board->cpus[cpu].partition != PLAN_NONE) {
		plan_error(planner, request->node, property,
			   "a CPU belongs to one vCPU of one partition", NULL,
			   "entry %u: CPU %u (MPIDR 0x%lx) already belongs to %s", n, cpu,
			   board->cpus[cpu].mpidr,
			   planner->plan->partitions[board->cpus[cpu].partition].name);
		return PLAN_NONE;
	}
	return cpu;
}

/* bulkhead,cpus: the n-th phandle is vCPU n's CPU; or the same said by xen,vcpu nodes. */
static void assign_named_cpus(struct planner *planner, uint32_t index)
{
	const struct request *const request = &planner->scratch->requests[index];
	const bool is_property =
		tree_property(&planner->tree, request->node, "bulkhead,cpus", NULL) != NULL;

	for (uint32_t n = 0; n < request->named_cpus; n++) {
		const uint32_t cpu = named_cpu(planner, index, n,
					       is_property ? "bulkhead,cpus" : "hard-affinity");

		if (cpu != PLAN_NONE)
			assign_cpu(planner, index, cpu);
	}
}

/* cpus alone: free CPUs in the order of the tree. */
static void assign_free_cpus(struct planner *planner, uint32_t index)
{
	const struct request *const request = &planner->scratch->requests[index];
	const struct plan_board *const board = &planner->plan->board;
	uint32_t missing = request->cpu_count;
	uint32_t free = 0;

	for (uint32_t i = 0; i < board->cpu_count; i++)
		free += board->cpus[i].partition == PLAN_NONE ? 1 : 0;
	/* Who asks for too many gets none, so that the others are not blamed. */
	if (missing > free) {
		plan_error(planner, request->node, "cpus", "each vCPU has a CPU of its own",
			   "give the partitions fewer vCPUs",
			   "%u vCPUs, but only %u of the board's %u CPUs are free", missing, free,
			   board->cpu_count);
		return;
	}
	for (uint32_t i = 0; missing > 0; i++) {
		if (board->cpus[i].partition != PLAN_NONE)
			continue;
		assign_cpu(planner, index, i);
		missing--;
	}
}

/* Named CPUs first, so that the planner does not hand them out. */
static void assign_cpus(struct planner *planner)
{
	const uint32_t count = planner->plan->partition_count;

	for (uint32_t i = 0; i < count; i++) {
		const struct request *const request = &planner->scratch->requests[i];

		/* One that could not be read has its error already. */
		if (request->cpu_count == 0 && request->named_cpus == 0 &&
		    tree_property(&planner->tree, request->node, "cpus", NULL) == NULL &&
		    tree_property(&planner->tree, request->node, "bulkhead,cpus", NULL) == NULL)
			plan_error(planner, request->node, "cpus",
				   "the number of vCPUs is given by cpus or bulkhead,cpus", NULL,
				   "missing");
		if (request->cpu_count != 0 && request->named_cpus != 0 &&
		    request->cpu_count != request->named_cpus)
			plan_error(planner, request->node, "cpus",
				   "the number of vCPUs and of CPUs that are named must agree",
				   "leave cpus out", "%u, but %u %s", request->cpu_count,
				   request->named_cpus,
				   tree_property(&planner->tree, request->node, "bulkhead,cpus",
						 NULL) != NULL
					   ? "are named by bulkhead,cpus"
					   : "have a xen,vcpu node");
		if (request->named_cpus != 0)
			assign_named_cpus(planner, i);
	}
	for (uint32_t i = 0; i < count; i++)
		if (planner->scratch->requests[i].named_cpus == 0)
			assign_free_cpus(planner, i);
}

/* Whether the CPU belongs to a partition in direct interrupt mode. */
static bool is_direct(const struct plan *plan, uint32_t cpu)
{
	const uint32_t partition = plan->board.cpus[cpu].partition;

	return partition != PLAN_NONE && plan->partitions[partition].direct_interrupts != 0;
}

static void choose_default(struct planner *planner)
{
	struct plan *const plan = planner->plan;

	for (uint32_t i = 0; i < plan->partition_count; i++) {
		if (plan->partitions[i].cpu_count > 0 &&
		    !is_direct(plan, plan->partitions[i].cpus[0])) {
			plan->housekeeping_cpu = plan->partitions[i].cpus[0];
			return;
		}
	}
	for (uint32_t i = 0; i < plan->board.cpu_count; i++) {
		if (!is_direct(plan, i)) {
			plan->housekeeping_cpu = i;
			return;
		}
	}
	plan_error(planner, planner->chosen, "bulkhead,housekeeping-cpu",
		   "one CPU serves the console and is no direct partition's",
		   "leave one CPU out of the direct partitions", "all CPUs are in direct mode");
}

/* The first CPU of the first partition that lets EL2 have its interrupts, unless one is named. */
static void choose_housekeeping(struct planner *planner)
{
	const int chosen = planner->chosen;
	struct plan *const plan = planner->plan;
	int length;
	const char *const value =
		tree_property(&planner->tree, chosen, "bulkhead,housekeeping-cpu", &length);

	if (value == NULL) {
		choose_default(planner);
		return;
	}

	const uint32_t cpu =
		length == 4 ? find_cpu(&plan->board, (uint32_t)tree_number(value, 1)) : PLAN_NONE;

	if (cpu == PLAN_NONE)
		plan_error(planner, chosen, "bulkhead,housekeeping-cpu",
			   "the phandle of an enabled /cpus/cpu@*", NULL, "names no CPU");
	else if (is_direct(plan, cpu))
		plan_error(planner, chosen, "bulkhead,housekeeping-cpu",
			   "housekeeping needs interrupts, which a direct partition's CPU keeps",
			   "name another CPU", "CPU %u belongs to %s", cpu,
			   plan->partitions[plan->board.cpus[cpu].partition].name);
	else
		plan->housekeeping_cpu = cpu;
}

void plan_cpus(struct planner *planner)
{
	if (planner->plan->partition_count == 0)
		return;
	assign_cpus(planner);
	choose_housekeeping(planner);
}

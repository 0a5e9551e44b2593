/* SPDX-License-Identifier: Apache-2.0 */
/* Which CPU is whose. */
#include "common/plan/planner.h"

/* Gives one physical CPU to a partition's next vCPU. */
static void assign_cpu(struct planner *planner, const struct request *request, uint32_t cpu)
{
	struct plan_partition *const partition = request->partition;
	struct plan_cpu *const physical = &planner->plan->board.cpus[cpu];

	physical->partition = request->index;
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

/*
 * Pins vCPU n to its CPU, which the n-th phandle of bulkhead,cpus names, or a xen,vcpu node. False:
 * reported.
 */
static bool assign_named_cpu(struct planner *planner, const struct request *request, uint32_t n)
{
	const struct plan_board *const board = &planner->plan->board;
	const struct property list = tree_property(&planner->tree, request->node, "bulkhead,cpus");
	const char *const property = list.bytes == NULL ? "hard-affinity" : "bulkhead,cpus";
	const uint32_t cpu =
		list.bytes == NULL ? request->cpus[n]
				   : find_cpu(board, (uint32_t)tree_number(list.bytes + 4 * n, 1));

	if (cpu >= board->cpu_count)
		return plan_error(planner, request->node, property,
				  "each vCPU is pinned to an enabled CPU of the board",
				  "write bulkhead,cpus = <&{/cpus/cpu@0}>", "entry %u names no CPU",
				  n);
	if (board->cpus[cpu].partition != PLAN_NONE)
		return plan_error(planner, request->node, property,
				  "a CPU belongs to one vCPU of one partition", NULL,
				  "entry %u: CPU %u (MPIDR 0x%lx) already belongs to %s", n, cpu,
				  board->cpus[cpu].mpidr,
				  planner->plan->partitions[board->cpus[cpu].partition].name);
	assign_cpu(planner, request, cpu);
	return true;
}

/* cpus alone: free CPUs in the order of the tree. */
static void assign_free_cpus(struct planner *planner, const struct request *request)
{
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
		assign_cpu(planner, request, i);
		missing--;
	}
}

static void check_number(struct planner *planner, const struct request *request)
{
	const int node = request->node;
	const bool has_list = tree_has(&planner->tree, node, "bulkhead,cpus");

	/* One that could not be read has its error already. */
	if (request->cpu_count == 0 && request->named_cpus == 0 && !has_list &&
	    !tree_has(&planner->tree, node, "cpus"))
		plan_error(planner, node, "cpus",
			   "the number of vCPUs is given by cpus or bulkhead,cpus", NULL,
			   "missing");
	if (request->cpu_count != 0 && request->named_cpus != 0 &&
	    request->cpu_count != request->named_cpus)
		plan_error(planner, node, "cpus",
			   "the number of vCPUs and of CPUs that are named must agree",
			   "leave cpus out", "%u, but %u %s", request->cpu_count,
			   request->named_cpus,
			   has_list ? "are named by bulkhead,cpus" : "have a xen,vcpu node");
}

/* Whether the CPU belongs to a partition in direct interrupt mode. */
static bool is_direct(const struct plan *plan, uint32_t cpu)
{
	const uint32_t partition = plan->board.cpus[cpu].partition;

	return partition != PLAN_NONE && plan->partitions[partition].direct_interrupts != 0;
}

/* The first CPU of the first partition that lets EL2 have its interrupts, else a free one. */
static uint32_t default_housekeeping(const struct plan *plan)
{
	for (uint32_t i = 0; i < plan->partition_count; i++)
		if (plan->partitions[i].cpu_count > 0 && plan->partitions[i].direct_interrupts == 0)
			return plan->partitions[i].cpus[0];
	for (uint32_t i = 0; i < plan->board.cpu_count; i++)
		if (!is_direct(plan, i))
			return i;
	return PLAN_NONE;
}

static void choose_housekeeping(struct planner *planner)
{
	const int chosen = planner->chosen;
	struct plan *const plan = planner->plan;
	const bool is_named = tree_has(&planner->tree, chosen, "bulkhead,housekeeping-cpu");
	const uint32_t phandle = tree_u32(&planner->tree, chosen, "bulkhead,housekeeping-cpu", 0);
	const uint32_t cpu =
		is_named ? find_cpu(&plan->board, phandle) : default_housekeeping(plan);

	if (cpu == PLAN_NONE && !is_named)
		plan_error(planner, chosen, "bulkhead,housekeeping-cpu",
			   "one CPU serves the console and is no direct partition's",
			   "leave one CPU out of the direct partitions",
			   "all CPUs are in direct mode");
	else if (cpu == PLAN_NONE)
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
	/* Named CPUs first, so that the planner does not hand them out. */
	for_each_request (request, planner) {
		check_number(planner, request);
		for (uint32_t n = 0; n < request->named_cpus; n++)
			assign_named_cpu(planner, request, n);
	}
	for_each_request (request, planner)
		if (request->named_cpus == 0)
			assign_free_cpus(planner, request);
	if (planner->plan->board.cpu_count != 0)
		choose_housekeeping(planner);
}

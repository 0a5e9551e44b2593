/* SPDX-License-Identifier: Apache-2.0 */
/* The interrupts of passed-through devices. */
#include "common/plan/planner.h"

/* Puts an interrupt behind those that the partition has; name: what has it. False: reported. */
static bool keep_interrupt(struct planner *planner, struct request *request,
			   struct plan_interrupt interrupt, const char *name)
{
	struct plan *const plan = planner->plan;
	struct plan_partition *const partition = request->partition;
	const uint32_t at = partition->interrupt_first + partition->interrupt_count;

	if (plan->interrupt_count == PLAN_MAX_INTERRUPTS)
		return plan_error(planner, request->node, NULL,
				  "at most 512 passed-through interrupts", NULL,
				  "%s has one too many", name);
	memmove(&plan->interrupts[at + 1], &plan->interrupts[at],
		(plan->interrupt_count - at) * sizeof(interrupt));
	plan->interrupts[at] = interrupt;
	plan->interrupt_count++;
	partition->interrupt_count++;
	for (uint32_t i = request->index + 1; i < plan->partition_count; i++)
		plan->partitions[i].interrupt_first++;
	reserve_interrupt(request, interrupt.intid);
	return true;
}

/* Enters one interrupt. user: the node that has it. False: reported. */
static bool add_interrupt(struct planner *planner, int user, struct plan_interrupt interrupt,
			  struct plan_device *entry)
{
	struct request *const request = &planner->scratch->requests[entry->partition];
	const uint32_t intid = interrupt.intid;
	const int32_t other = planner->scratch->interrupt_user[intid];
	const char *const name = tree_name(&planner->tree, user);

	/* Two devices of the same partition may share a line. */
	if (other > 0 && device_owner(planner, other - 1) == entry->partition)
		return true;
	if (other != 0)
		return plan_error(planner, request->node, NULL,
				  "an interrupt belongs to one partition",
				  "pass both devices to the same partition, or neither",
				  "SPI %u (INTID %u) of %s already belongs to %s",
				  intid - PLAN_FIRST_SPI, intid, name,
				  other < 0 ? "the console" : tree_name(&planner->tree, other - 1));
	if (!keep_interrupt(planner, request, interrupt, name))
		return false;
	planner->scratch->interrupt_user[intid] = user + 1;
	entry->interrupt_count++;
	return true;
}

/* The interrupts of one node, when they go to the GIC. */
static void add_node_interrupts(struct planner *planner, int node, struct plan_device *entry)
{
	const struct tree *const tree = &planner->tree;
	const int from = planner->scratch->requests[entry->partition].node;
	const int count = tree_interrupt_count(tree, node);
	struct plan_interrupt interrupt;

	if (count < 0)
		plan_error(planner, from, NULL, "interrupts are whole entries of the GIC's cells",
			   NULL, "the interrupts of %s cannot be read", tree_name(tree, node));
	for (int i = 0; i < count; i++)
		if (!tree_interrupt(tree, node, i, &interrupt) ||
		    interrupt.intid < PLAN_FIRST_SPI || interrupt.intid >= PLAN_MAX_GUEST_INTID)
			plan_error(planner, from, NULL,
				   "an interrupt that is passed through is an SPI below 960", NULL,
				   "interrupt %d of %s is none", i, tree_name(tree, node));
		else
			add_interrupt(planner, node, interrupt, entry);
}

void add_device_interrupts(struct planner *planner, struct plan_device *entry)
{
	const struct tree *const tree = &planner->tree;
	const int device = planner->scratch->device_nodes[entry - planner->plan->devices];
	const int gic = tree_by_phandle(tree, planner->scratch->gic_phandle);

	/* The nodes below it come along: their interrupts too. */
	for (struct tree_walk at = tree_walk(tree, device); at.node >= 0; tree_walk_on(&at))
		if (gic >= 0 && tree_interrupt_target(tree, at.node) == gic)
			add_node_interrupts(planner, at.node, entry);
}

static void note_spis(struct plan_scratch *scratch, uint64_t intid, uint64_t count)
{
	for (; count > 0 && intid < PLAN_MAX_INTID; intid++, count--)
		scratch->spis[intid / 32] |= 1U << intid % 32;
}

/*
 * The SPIs that a node names, in one of many formats, some of which only drivers know: every number
 * behind a 0, which says SPI, may be one. Some more than are used count as used. And ranges of
 * INTIDs that messages make pending. Devices that are switched off may be on all the same.
 */
static void note_node(struct planner *planner, int node)
{
	static const char *const names[] = {"mbi-ranges", "interrupts", "interrupts-extended",
					    "interrupt-map"};
	const struct tree *const tree = &planner->tree;

	for (unsigned i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const struct property cells = tree_property(tree, node, names[i]);

		for (int at = 0; at + 8 <= cells.length; at += i == 0 ? 8 : 4) {
			const uint64_t first = tree_number(cells.bytes + at, 1);
			const uint64_t second = tree_number(cells.bytes + at + 4, 1);

			if (i == 0)
				note_spis(planner->scratch, first, second);
			else if (first == 0)
				note_spis(planner->scratch, PLAN_FIRST_SPI + second, 1);
		}
	}
	note_spis(planner->scratch, tree_u32(tree, node, "arm,msi-base-spi", 0),
		  tree_u32(tree, node, "arm,msi-num-spis", 0));
}

/* All nodes, once. */
static void find_spis(struct planner *planner)
{
	for (struct tree_walk walk = tree_walk(&planner->tree, 0); walk.node >= 0;
	     tree_walk_on(&walk))
		note_node(planner, walk.node);
	planner->scratch->has_spis = 1;
}

uint32_t take_spare_interrupt(struct planner *planner, struct request *request, uint32_t first)
{
	struct plan_scratch *const scratch = planner->scratch;

	if (scratch->has_spis == 0)
		find_spis(planner);
	for (uint32_t intid = first; intid < PLAN_MAX_GUEST_INTID; intid++) {
		if ((scratch->spis[intid / 32] >> intid % 32 & 1) != 0)
			continue;
		note_spis(scratch, intid, 1);
		return keep_interrupt(planner, request, (struct plan_interrupt){intid, 1},
				      "a virtual device")
			       ? intid
			       : 0;
	}
	plan_error(
		planner, request->node, "bulkhead,irq-mode",
		"a direct partition's virtual devices have SPIs that no device of the board uses",
		"write \"virtual\", or leave vpl011 out", "no SPI is left");
	return 0;
}

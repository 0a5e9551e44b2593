/* SPDX-License-Identifier: Apache-2.0 */
/* The interrupts of passed-through devices. */
#include <libfdt.h>

#include "common/plan/planner.h"

/* Enters one interrupt. user: the node that has it. */
static void add_interrupt(struct planner *planner, int user, uint32_t intid, bool is_level,
			  struct plan_device *entry)
{
	struct plan *const plan = planner->plan;
	const uint32_t partition = entry->partition;
	const int from = planner->scratch->requests[partition].node;
	const int32_t other = planner->scratch->interrupt_user[intid];
	const char *const name = fdt_get_name(planner->tree.fdt, user, NULL);

	/* Two devices of the same partition may share a line. */
	if (other > 0 && device_owner(planner, other - 1) == partition)
		return;
	if (other != 0) {
		plan_error(planner, from, NULL, "an interrupt belongs to one partition",
			   "pass both devices to the same partition, or neither",
			   "SPI %u (INTID %u) of %s already belongs to %s", intid - PLAN_FIRST_SPI,
			   intid, name,
			   other < 0 ? "the console"
				     : fdt_get_name(planner->tree.fdt, other - 1, NULL));
		return;
	}
	if (plan->interrupt_count == PLAN_MAX_INTERRUPTS) {
		plan_error(planner, from, NULL, "at most 512 passed-through interrupts", NULL,
			   "%s has one too many", name);
		return;
	}
	planner->scratch->interrupt_user[intid] = user + 1;
	plan->interrupts[plan->interrupt_count++] = (struct plan_interrupt){intid, is_level};
	plan->partitions[partition].interrupt_count++;
	entry->interrupt_count++;
	reserve_interrupt(planner, partition, intid);
}

/* The interrupts of one node, when they go to the GIC. */
static void add_node_interrupts(struct planner *planner, int node, struct plan_device *entry)
{
	const struct tree *const tree = &planner->tree;
	const int from = planner->scratch->requests[entry->partition].node;
	const char *const name = fdt_get_name(tree->fdt, node, NULL);
	const int count = tree_interrupt_count(tree, node);

	if (count < 0)
		plan_error(planner, from, NULL, "interrupts are whole entries of the GIC's cells",
			   NULL, "the interrupts of %s cannot be read", name);
	for (int i = 0; i < count; i++) {
		uint32_t intid;
		bool is_level;

		if (!tree_interrupt(tree, node, i, &intid, &is_level) || intid < PLAN_FIRST_SPI ||
		    intid >= PLAN_MAX_GUEST_INTID)
			plan_error(planner, from, NULL,
				   "an interrupt that is passed through is an SPI below 960", NULL,
				   "interrupt %d of %s is none", i, name);
		else
			add_interrupt(planner, node, intid, is_level, entry);
	}
}

void add_device_interrupts(struct planner *planner, struct plan_device *entry)
{
	const int device = planner->scratch->device_nodes[entry - planner->plan->devices];
	const int gic = tree_by_phandle(&planner->tree, planner->scratch->gic_phandle);
	int depth = 0;

	/* The nodes below it come along: their interrupts too. */
	for (int node = device; node >= 0 && (depth > 0 || node == device);
	     node = fdt_next_node(planner->tree.fdt, node, &depth))
		if (gic >= 0 && tree_interrupt_target(&planner->tree, node) == gic)
			add_node_interrupts(planner, node, entry);
}

static void note_spis(struct plan_scratch *scratch, uint64_t intid, uint64_t count)
{
	for (; count > 0 && intid < PLAN_MAX_INTID; intid++, count--)
		scratch->spis[intid / 32] |= 1U << intid % 32;
}

/*
 * SPIs in a property of one of the trees' many formats, some of which only their drivers know:
 * every number behind a 0, which says SPI, may be one. Some more than are used count as used.
 */
static void note_cells(struct planner *planner, int node, const char *property)
{
	int length;
	const char *const cells = tree_property(&planner->tree, node, property, &length);

	for (int at = 0; cells != NULL && at + 8 <= length; at += 4)
		if (tree_number(cells + at, 1) == 0)
			note_spis(planner->scratch, PLAN_FIRST_SPI + tree_number(cells + at + 4, 1),
				  1);
}

/* Ranges of INTIDs that messages make pending. */
static void note_messages(struct planner *planner, int node)
{
	int length;
	const char *const cells = tree_property(&planner->tree, node, "mbi-ranges", &length);

	for (int at = 0; cells != NULL && at + 8 <= length; at += 8)
		note_spis(planner->scratch, tree_number(cells + at, 1),
			  tree_number(cells + at + 4, 1));
	note_spis(planner->scratch, tree_u32(&planner->tree, node, "arm,msi-base-spi", 0),
		  tree_u32(&planner->tree, node, "arm,msi-num-spis", 0));
}

/* Devices that are switched off may be on all the same. */
static void find_spis(struct planner *planner)
{
	for (int node = 0; node >= 0; node = fdt_next_node(planner->tree.fdt, node, NULL)) {
		note_cells(planner, node, "interrupts");
		note_cells(planner, node, "interrupts-extended");
		note_cells(planner, node, "interrupt-map");
		note_messages(planner, node);
	}
	planner->scratch->has_spis = 1;
}

uint32_t take_spare_interrupt(struct planner *planner, uint32_t partition, uint32_t first)
{
	struct plan_scratch *const scratch = planner->scratch;

	if (scratch->has_spis == 0)
		find_spis(planner);
	for (uint32_t intid = first; intid < PLAN_MAX_GUEST_INTID; intid++) {
		if ((scratch->spis[intid / 32] >> intid % 32 & 1) != 0)
			continue;
		note_spis(scratch, intid, 1);
		reserve_interrupt(planner, partition, intid);
		return intid;
	}
	plan_error(
		planner, scratch->requests[partition].node, "bulkhead,irq-mode",
		"a direct partition's virtual devices have SPIs that no device of the board uses",
		"write \"virtual\", or leave vpl011 out", "no SPI is left");
	return 0;
}

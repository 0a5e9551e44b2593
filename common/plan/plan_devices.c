/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Passed-through devices (bulkhead,passthrough): whose registers, interrupts and nodes go to which
 * partition. A device, a page of registers and an interrupt have one owner.
 */
#include <libfdt.h>
#include <string.h>

#include "common/plan/planner.h"
#include "common/plan/references.h"

/* A name of at most 31 characters, and two cells for each of reg where the host has one. */
#define PROPERTY_OVERHEAD 128

static struct passed_nodes passed_by(const struct planner *planner, uint32_t partition)
{
	const struct plan_partition *const owner = &planner->plan->partitions[partition];

	return (struct passed_nodes){
		.tree = &planner->tree,
		.nodes = &planner->scratch->device_nodes[owner->device_first],
		.count = owner->device_count,
	};
}

/* The partition that owns a node, one above it or one below it; PLAN_NONE: nobody. */
uint32_t device_owner(const struct planner *planner, int node)
{
	const struct passed_nodes one = {&planner->tree, &node, 1};

	for (uint32_t i = 0; i < planner->plan->device_count; i++) {
		const int other = planner->scratch->device_nodes[i];
		const struct passed_nodes that = {&planner->tree, &other, 1};

		if (is_passed(&that, node) || is_passed(&one, other))
			return planner->plan->devices[i].partition;
	}
	return PLAN_NONE;
}

/* Whether a node is the board's own: guests have such nodes too, or EL2 keeps it. */
static bool is_of_board(const struct planner *planner, int node)
{
	static const char *const names[] = {"chosen",	       "cpus",	  "psci",
					    "reserved-memory", "aliases", "timer"};
	const struct tree *const tree = &planner->tree;

	if (node == planner->scratch->console_node ||
	    node == tree_by_phandle(tree, planner->scratch->gic_phandle))
		return true;
	for (; node > 0; node = tree_parent(tree, node))
		for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
			if (strcmp(fdt_get_name(tree->fdt, node, NULL), names[i]) == 0)
				return true;
	return false;
}

/* Refuses what could write into memory by itself. */
static bool check_dma(struct planner *planner, uint32_t partition, int from, const char *property,
		      int device, bool is_forced)
{
	const bool is_direct = planner->plan->partitions[partition].direct_map != 0;
	const char *const name = fdt_get_name(planner->tree.fdt, device, NULL);

	if (is_without_dma(&planner->tree, device))
		return true;
	if (is_forced && is_direct) {
		plan_say(planner, REPORT_WARNING, from, property,
			 "without an SMMU it can read and write all of the board's memory", NULL,
			 "%s may master DMA", name);
		return true;
	}
	plan_error(planner, from, property,
		   "without an SMMU, a device that masters DMA could reach all memory",
		   is_forced ? "xen,force-assign-without-iommu needs direct-map"
			     : "if it must be: a partial device tree with "
			       "xen,force-assign-without-iommu, and direct-map",
		   "%s is not known to do without DMA", name);
	return false;
}

/* Bytes that a node and all below it take in a tree, at most: names of properties too. */
static uint32_t node_size(const struct tree *tree, int node)
{
	int depth = 0;
	int next = node;
	uint32_t properties = 0;

	do {
		int property;

		fdt_for_each_property_offset (property, tree->fdt, next) {
			properties++;
		}
		next = fdt_next_node(tree->fdt, next, &depth);
	} while (next >= 0 && depth > 0);
	return (next < 0 ? fdt_totalsize(tree->fdt) : (uint32_t)next) - (uint32_t)node +
	       properties * PROPERTY_OVERHEAD;
}

bool add_device(struct planner *planner, uint32_t partition, int from, const char *property,
		int device, bool is_forced)
{
	struct plan *const plan = planner->plan;
	const uint32_t owner = device_owner(planner, device);
	char path[REPORT_PATH_SIZE];

	if (fdt_get_path(planner->tree.fdt, device, path, sizeof(path)) != 0) {
		plan_error(planner, from, property, "a path has at most 127 characters", NULL,
			   "the device's path is longer");
		return false;
	}
	if (owner != PLAN_NONE) {
		plan_error(planner, from, property, "a device belongs to one partition",
			   "take it out of one of the two", "%s already belongs to %s", path,
			   plan->partitions[owner].name);
		return false;
	}
	if (is_of_board(planner, device)) {
		plan_error(planner, from, property,
			   "guests have CPUs, GIC, timer and firmware of their own; EL2 keeps its "
			   "console",
			   NULL, "%s is the board's own", path);
		return false;
	}
	if (tree_property(&planner->tree, device, "ranges", NULL) != NULL) {
		plan_error(planner, from, property, "devices are passed through, not buses",
			   "name the devices below it", "\"%s\" is a bus", path);
		return false;
	}
	if (tree_property(&planner->tree, device, "compatible", NULL) == NULL) {
		plan_error(planner, from, property, "a device's node has compatible", NULL,
			   "%s is no device", path);
		return false;
	}
	if (!check_dma(planner, partition, from, property, device, is_forced))
		return false;
	if (plan->device_count == PLAN_MAX_DEVICES) {
		plan_error(planner, from, property, "at most 128 passed-through devices", NULL,
			   "%s is one too many", path);
		return false;
	}

	struct plan_device *const entry = &plan->devices[plan->device_count];

	planner->scratch->requests[partition].tree_size += node_size(&planner->tree, device);
	planner->scratch->device_nodes[plan->device_count++] = device;
	plan->partitions[partition].device_count++;
	entry->partition = partition;
	entry->path = plan_keep_text(planner, path);
	return true;
}

/*
 * Whether these pages hold no registers but the partition's own. All of its devices have been added
 * by now, so that those of one partition may share a page.
 */
static bool check_neighbours(struct planner *planner, uint32_t partition, int from,
			     const char *property, int device, struct plan_region region)
{
	const struct tree_index *const index = planner->tree.index;
	const struct passed_nodes passed = passed_by(planner, partition);

	for (uint32_t i = 1; i < index->count; i++) {
		const int node = index->nodes[i].offset;
		struct plan_range range;

		for (int k = 0; tree_translated_reg(&planner->tree, node, k, &range); k++) {
			if (!ranges_overlap(range.base.value, range.size, region.host.value,
					    region.size) ||
			    is_passed(&passed, node))
				continue;
			plan_error(planner, from, property,
				   "a page of registers, 4 KiB, belongs to one partition",
				   "pass both devices to the same partition, or neither",
				   "%s shares the page 0x%lx with %s",
				   fdt_get_name(planner->tree.fdt, device, NULL),
				   align_down(range.base.value, PAGE_SIZE),
				   fdt_get_name(planner->tree.fdt, node, NULL));
			return false;
		}
	}
	return true;
}

/* Whether this partition has these very pages already, for another of its devices. */
static bool is_mapped(const struct planner *planner, uint32_t partition,
		      const struct plan_region *region)
{
	const struct plan_partition *const owner = &planner->plan->partitions[partition];

	for (uint32_t i = 0; i < owner->device_region_count; i++) {
		const struct plan_region *const other =
			&planner->plan->device_regions[owner->device_region_first + i];

		if (other->guest.value == region->guest.value &&
		    other->host.value == region->host.value && other->size == region->size)
			return true;
	}
	return false;
}

void add_device_region(struct planner *planner, struct plan_device *entry, int from,
		       const char *property, struct plan_region region, bool is_whole)
{
	struct plan *const plan = planner->plan;
	const uint32_t partition = entry->partition;
	const int device = planner->scratch->device_nodes[entry - plan->devices];
	const struct claim host = {region.host.value, region.size, "registers",
				   partition,	      device,	   SPACE_HOST};
	const struct claim guest = {region.guest.value, region.size, "registers",
				    partition,		device,	     SPACE_GUEST(partition)};

	if (region.size == 0 || region.size > PLAN_ADDRESS_LIMIT ||
	    region.host.value > PLAN_ADDRESS_LIMIT - region.size ||
	    region.guest.value > PLAN_ADDRESS_LIMIT - region.size ||
	    touches_memory(&plan->board, region.host.value, region.size)) {
		plan_error(planner, from, property, "registers lie below 64 TiB and not in RAM",
			   NULL, "0x%lx bytes of %s at 0x%lx", region.size,
			   fdt_get_name(planner->tree.fdt, device, NULL), region.host.value);
		return;
	}
	if (is_mapped(planner, partition, &region))
		return;
	if ((!is_whole && !check_neighbours(planner, partition, from, property, device, region)) ||
	    !check_free(planner, from, property, host) ||
	    !check_free(planner, from, property, guest))
		return;
	if (plan->device_region_count == PLAN_MAX_DEVICE_REGIONS) {
		plan_error(planner, from, property, "at most 256 ranges of registers", NULL,
			   "%s has one too many", fdt_get_name(planner->tree.fdt, device, NULL));
		return;
	}
	add_claim(planner, host);
	add_claim(planner, guest);
	plan->device_regions[plan->device_region_count++] = region;
	plan->partitions[partition].device_region_count++;
	entry->region_count++;
}

/* The registers of a device at the addresses that the host has them at. */
static void map_registers(struct planner *planner, struct plan_device *entry)
{
	static const char property[] = "bulkhead,passthrough";
	const int from = planner->scratch->requests[entry->partition].node;
	const int device = planner->scratch->device_nodes[entry - planner->plan->devices];
	int count = 0;
	struct plan_range range;

	for (; tree_translated_reg(&planner->tree, device, count, &range); count++) {
		const uint64_t base = align_down(range.base.value, PAGE_SIZE);
		const struct plan_region region = {
			.guest = ipa(base),
			.host = pa(base),
			.size = align_up(range.base.value + range.size, PAGE_SIZE) - base,
		};

		add_device_region(planner, entry, from, property, region,
				  is_aligned(range.base.value | range.size, PAGE_SIZE));
	}
	if (count == 0 && tree_property(&planner->tree, device, "reg", NULL) != NULL)
		plan_error(planner, from, property, "a device's registers are addresses of the CPU",
			   "pass the device through that it sits behind",
			   "%s has a reg that cannot be translated",
			   fdt_get_name(planner->tree.fdt, device, NULL));
}

/* One string of bulkhead,passthrough. */
static void pass_device(struct planner *planner, uint32_t partition, const char *path)
{
	static const char property[] = "bulkhead,passthrough";
	const struct tree *const tree = &planner->tree;
	const int from = planner->scratch->requests[partition].node;
	const int device = tree_find(tree, path, strlen(path));

	if (device <= 0) {
		plan_error(planner, from, property,
			   "full paths of nodes of the host device tree, or aliases", NULL,
			   "there is no \"%s\"", path);
		return;
	}
	if (!tree_is_enabled(tree, device))
		plan_say(planner, REPORT_WARNING, from, property,
			 "the host's tree says that it is not in use", NULL,
			 "\"%s\" is switched off by its status", path);
	(void)add_device(planner, partition, from, property, device, false);
}

/* What a phandle leads to; target: negative when it dangles. */
static const char *name_of(const struct tree *tree, int target)
{
	return target < 0 ? "a phandle that is nowhere" : fdt_get_name(tree->fdt, target, NULL);
}

static bool has_interrupts(const struct tree *tree, int node)
{
	return tree_property(tree, node, "interrupts", NULL) != NULL ||
	       tree_property(tree, node, "interrupts-extended", NULL) != NULL;
}

/* Says what a node refers to that the guest will not have. */
static void check_references(struct planner *planner, uint32_t partition,
			     const struct passed_nodes *passed, int node)
{
	const void *const fdt = planner->tree.fdt;
	const int from = planner->scratch->requests[partition].node;
	int property;

	fdt_for_each_property_offset (property, fdt, node) {
		const char *name = NULL;
		int target;

		(void)fdt_getprop_by_offset(fdt, property, &name, NULL);
		if (name == NULL || !is_reference(name) ||
		    find_reference(passed, node, name, &target) != REFERENCE_BEHIND)
			continue;
		plan_say(planner, REPORT_WARNING, from, "bulkhead,passthrough",
			 "the guest gets the device without it",
			 "firmware or the boot loader must have set it up",
			 "%s of %s names %s, which stays behind", name,
			 fdt_get_name(fdt, node, NULL), name_of(&planner->tree, target));
	}
}

/* After all devices of a partition are known: what they refer to. */
static void check_device(struct planner *planner, uint32_t partition,
			 const struct passed_nodes *passed, int device)
{
	const int gic = tree_by_phandle(&planner->tree, planner->scratch->gic_phandle);
	int depth = 0;

	for (int node = device; node >= 0 && (depth > 0 || node == device);
	     node = fdt_next_node(planner->tree.fdt, node, &depth)) {
		const int target = tree_interrupt_target(&planner->tree, node);

		check_references(planner, partition, passed, node);
		if (has_interrupts(&planner->tree, node) &&
		    (target < 0 || (target != gic && !is_passed(passed, target))))
			plan_error(planner, planner->scratch->requests[partition].node,
				   "bulkhead,passthrough",
				   "a device's interrupts reach its partition",
				   "pass the controller through to the same partition",
				   "the interrupts of %s go to %s",
				   fdt_get_name(planner->tree.fdt, node, NULL),
				   name_of(&planner->tree, target));
	}
}

/* The strings of bulkhead,passthrough. */
static void pass_devices(struct planner *planner, uint32_t partition)
{
	const int node = planner->scratch->requests[partition].node;
	int length;
	const char *const text =
		tree_property(&planner->tree, node, "bulkhead,passthrough", &length);

	if (text == NULL)
		return;
	if (length == 0 || text[length - 1] != '\0') {
		plan_error(planner, node, "bulkhead,passthrough",
			   "strings: paths of the host device tree, or aliases", NULL,
			   "not strings");
		return;
	}
	for (int at = 0; at < length; at += (int)strlen(text + at) + 1)
		pass_device(planner, partition, text + at);

	const struct passed_nodes passed = passed_by(planner, partition);
	struct plan_device *const devices =
		&planner->plan->devices[planner->plan->partitions[partition].device_first];
	int fixed[PASSED_MAX_FIXED];
	const int fixed_count = collect_fixed(&passed, fixed);

	for (uint32_t i = 0; i < passed.count; i++) {
		map_registers(planner, &devices[i]);
		add_device_interrupts(planner, &devices[i]);
		check_device(planner, partition, &passed, passed.nodes[i]);
	}
	for (int i = 0; i < fixed_count; i++)
		planner->scratch->requests[partition].tree_size +=
			node_size(&planner->tree, fixed[i]);
	if (fixed_count < 0)
		plan_error(planner, node, "bulkhead,passthrough",
			   "at most 32 fixed clocks and regulators come along", NULL,
			   "the devices refer to more");
}

void plan_devices(struct planner *planner)
{
	struct plan *const plan = planner->plan;

	for (uint32_t i = 0; i < plan->partition_count; i++) {
		struct plan_partition *const partition = &plan->partitions[i];

		partition->device_first = plan->device_count;
		partition->device_region_first = plan->device_region_count;
		partition->interrupt_first = plan->interrupt_count;
		pass_devices(planner, i);
		if (partition->partial_tree.size != 0)
			plan_partial_tree(planner, i);
		if (partition->device_count != 0 &&
		    planner->scratch->requests[i].passthrough == PASSTHROUGH_DISABLED)
			plan_error(planner, planner->scratch->requests[i].node, "passthrough",
				   "\"enabled\" when devices are passed through",
				   "write \"enabled\", or leave it out",
				   "\"disabled\", but %u devices are", partition->device_count);
	}
}

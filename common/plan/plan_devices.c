/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Passed-through devices (bulkhead,passthrough): whose registers, interrupts and nodes go to which
 * partition. A device, a page of registers and an interrupt have one owner.
 */
#include "common/plan/planner.h"
#include "common/plan/references.h"

/* A name of at most 31 characters, and two cells for each of reg where the host has one. */
#define PROPERTY_OVERHEAD 128

static struct passed_nodes passed_by(const struct planner *planner, const struct request *request)
{
	const struct plan_partition *const partition = request->partition;

	return (struct passed_nodes){
		.tree = &planner->tree,
		.nodes = &planner->scratch->device_nodes[partition->device_first],
		.count = partition->device_count,
	};
}

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
	static const char names[] = "chosen\0cpus\0psci\0reserved-memory\0aliases\0timer";
	const struct tree *const tree = &planner->tree;

	if (node == planner->scratch->console_node || node == planner->scratch->watchdog_node ||
	    node == tree_by_phandle(tree, planner->scratch->gic_phandle))
		return true;
	for (; node > 0; node = tree_parent(tree, node))
		if (fdt_stringlist_contains(names, sizeof(names) - 1, tree_name(tree, node)) != 0)
			return true;
	return false;
}

/* Refuses what could write into memory by itself. */
static bool check_dma(struct planner *planner, const struct pass *pass, bool is_forced)
{
	const char *const name = tree_name(&planner->tree, pass->device);

	if (is_without_dma(&planner->tree, pass->device))
		return true;
	if (!is_forced || pass->request->partition->direct_map == 0)
		return plan_error(
			planner, pass->from, pass->property,
			"without an SMMU, a device that masters DMA could reach all memory",
			is_forced ? "xen,force-assign-without-iommu needs direct-map"
				  : "if it must be: a partial device tree with "
				    "xen,force-assign-without-iommu, and direct-map",
			"%s is not known to do without DMA", name);
	plan_say(planner, REPORT_WARNING, pass->from, pass->property,
		 "without an SMMU it can read and write all of the board's memory", NULL,
		 "%s may master DMA", name);
	return true;
}

/* Bytes that a node and all below it take in a tree, at most: names of properties too. */
static uint32_t node_size(const struct tree *tree, int node)
{
	uint32_t properties = 0;
	int depth = 0;
	int next = node;

	do {
		for (struct property_walk at = {0}; tree_next_property(tree, next, &at);)
			properties++;
		next = fdt_next_node(tree->fdt, next, &depth);
	} while (next >= 0 && depth > 0);
	return (next < 0 ? fdt_totalsize(tree->fdt) : (uint32_t)next) - (uint32_t)node +
	       properties * PROPERTY_OVERHEAD;
}

bool add_device(struct planner *planner, const struct pass *pass, bool is_forced)
{
	struct plan *const plan = planner->plan;
	const struct tree *const tree = &planner->tree;
	const uint32_t owner = device_owner(planner, pass->device);
	const int from = pass->from;
	char path[PLAN_PATH_SIZE];

	if (fdt_get_path(tree->fdt, pass->device, path, sizeof(path)) != 0)
		return plan_error(planner, from, pass->property,
				  "a path has at most 127 characters", NULL,
				  "the device's path is longer");
	if (owner != PLAN_NONE)
		return plan_error(planner, from, pass->property,
				  "a device belongs to one partition",
				  "take it out of one of the two", "%s already belongs to %s", path,
				  plan->partitions[owner].name);
	if (is_of_board(planner, pass->device))
		return plan_error(planner, from, pass->property,
				  "guests have CPUs, GIC, timer and firmware of their own; EL2 "
				  "keeps its console and its watchdog",
				  NULL, "%s is the board's own", path);
	if (tree_has(tree, pass->device, "ranges"))
		return plan_error(planner, from, pass->property,
				  "devices are passed through, not buses",
				  "name the devices below it", "\"%s\" is a bus", path);
	if (!tree_has(tree, pass->device, "compatible"))
		return plan_error(planner, from, pass->property, "a device's node has compatible",
				  NULL, "%s is no device", path);
	if (!check_dma(planner, pass, is_forced))
		return false;
	if (plan->device_count == PLAN_MAX_DEVICES)
		return plan_error(planner, from, pass->property,
				  "at most 128 passed-through devices", NULL, "%s is one too many",
				  path);
	pass->request->tree_size += node_size(tree, pass->device);
	pass->request->partition->device_count++;
	planner->scratch->device_nodes[plan->device_count] = pass->device;
	plan->devices[plan->device_count++] = (struct plan_device){
		.partition = pass->request->index,
		.path = plan_keep_text(planner, path),
	};
	return true;
}

/*
 * Whether these pages hold no registers but the partition's own. All of its devices have been added
 * by now, so that those of one partition may share a page.
 */
static bool check_neighbours(struct planner *planner, const struct pass *pass, struct span pages)
{
	const struct tree *const tree = &planner->tree;
	const struct passed_nodes passed = passed_by(planner, pass->request);
	struct plan_range range;

	for (uint32_t i = 1; i < tree->index->count; i++) {
		const int node = tree->index->nodes[i].offset;

		for (int k = 0; tree_translated_reg(tree, node, k, &range); k++)
			if (spans_overlap(span_of(range), pages) && !is_passed(&passed, node))
				return plan_error(
					planner, pass->from, pass->property,
					"a page of registers, 4 KiB, belongs to one partition",
					"pass both devices to the same partition, or neither",
					"%s shares the page 0x%lx with %s",
					tree_name(tree, pass->device),
					align_down(range.base.value, PAGE_SIZE),
					tree_name(tree, node));
	}
	return true;
}

/* Whether this partition has these very pages already, for another of its devices. */
static bool is_mapped(const struct plan *plan, const struct plan_partition *partition,
		      const struct plan_region *region)
{
	for (uint32_t i = 0; i < partition->device_region_count; i++)
		if (memcmp(&plan->device_regions[partition->device_region_first + i], region,
			   sizeof(*region)) == 0)
			return true;
	return false;
}

bool add_device_region(struct planner *planner, const struct pass *pass, struct plan_device *entry,
		       struct plan_region region, bool is_whole)
{
	struct plan *const plan = planner->plan;
	struct plan_partition *const partition = pass->request->partition;
	const uint32_t index = pass->request->index;
	const char *const name = tree_name(&planner->tree, pass->device);
	const struct claim host = {host_span(region.host, region.size), "registers", index,
				   pass->device, SPACE_HOST};
	const struct claim guest = {guest_span(region.guest, region.size), "registers", index,
				    pass->device, SPACE_GUEST(index)};

	if (!is_mappable(host.span) || !is_mappable(guest.span) ||
	    touches_memory(&plan->board, host.span))
		return plan_error(planner, pass->from, pass->property,
				  "registers lie below 64 TiB and not in RAM", NULL,
				  "0x%lx bytes of %s at 0x%lx", region.size, name,
				  region.host.value);
	if (is_mapped(plan, partition, &region))
		return true;
	if ((!is_whole && !check_neighbours(planner, pass, host.span)) ||
	    !check_free(planner, pass->from, pass->property, &host) ||
	    !check_free(planner, pass->from, pass->property, &guest))
		return false;
	if (plan->device_region_count == PLAN_MAX_DEVICE_REGIONS)
		return plan_error(planner, pass->from, pass->property,
				  "at most 256 ranges of registers", NULL, "%s has one too many",
				  name);
	add_claim(planner, &host);
	add_claim(planner, &guest);
	plan->device_regions[plan->device_region_count++] = region;
	partition->device_region_count++;
	entry->region_count++;
	return true;
}

/* The registers of a device at the addresses that the host has them at. */
static void map_registers(struct planner *planner, const struct pass *pass,
			  struct plan_device *entry)
{
	const struct tree *const tree = &planner->tree;
	struct plan_range range;
	int count = 0;

	for (; tree_translated_reg(tree, pass->device, count, &range); count++) {
		const struct span pages = whole_pages(range);

		add_device_region(planner, pass, entry,
				  (struct plan_region){ipa(pages.base), pa(pages.base), pages.size},
				  is_aligned(range.base.value | range.size, PAGE_SIZE));
	}
	if (count == 0 && tree_has(tree, pass->device, "reg"))
		plan_error(planner, pass->from, pass->property,
			   "a device's registers are addresses of the CPU",
			   "pass the device through that it sits behind",
			   "%s has a reg that cannot be translated", tree_name(tree, pass->device));
}

/* One string of bulkhead,passthrough. */
static void pass_device(struct planner *planner, struct pass pass, const char *path)
{
	const struct tree *const tree = &planner->tree;

	pass.device = tree_find(tree, path, strlen(path));
	if (pass.device <= 0) {
		plan_error(planner, pass.from, pass.property,
			   "full paths of nodes of the host device tree, or aliases", NULL,
			   "there is no \"%s\"", path);
		return;
	}
	if (!tree_is_enabled(tree, pass.device))
		plan_say(planner, REPORT_WARNING, pass.from, pass.property,
			 "the host's tree says that it is not in use", NULL,
			 "\"%s\" is switched off by its status", path);
	add_device(planner, &pass, false);
}

/* What a phandle leads to; target: negative when it dangles. */
static const char *name_of(const struct tree *tree, int target)
{
	return target < 0 ? "a phandle that is nowhere" : tree_name(tree, target);
}

/* Says what a node refers to that the guest will not have. */
static void check_references(struct planner *planner, int from, const struct passed_nodes *passed,
			     int node)
{
	const struct tree *const tree = &planner->tree;
	int target;

	for (struct property_walk at = {0}; tree_next_property(tree, node, &at);)
		if (is_reference(at.name) &&
		    find_reference(passed, node, at.name, &target) == REFERENCE_BEHIND)
			plan_say(planner, REPORT_WARNING, from, "bulkhead,passthrough",
				 "the guest gets the device without it",
				 "firmware or the boot loader must have set it up",
				 "%s of %s names %s, which stays behind", at.name,
				 tree_name(tree, node), name_of(tree, target));
}

/* After all devices of a partition are known: what they refer to. */
static void check_device(struct planner *planner, int from, const struct passed_nodes *passed,
			 int device)
{
	const struct tree *const tree = &planner->tree;
	const int gic = tree_by_phandle(tree, planner->scratch->gic_phandle);

	for (struct tree_walk at = tree_walk(tree, device); at.node >= 0; tree_walk_on(&at)) {
		const int target = tree_interrupt_target(tree, at.node);

		check_references(planner, from, passed, at.node);
		if ((tree_has(tree, at.node, "interrupts") ||
		     tree_has(tree, at.node, "interrupts-extended")) &&
		    (target < 0 || (target != gic && !is_passed(passed, target))))
			plan_error(planner, from, "bulkhead,passthrough",
				   "a device's interrupts reach its partition",
				   "pass the controller through to the same partition",
				   "the interrupts of %s go to %s", tree_name(tree, at.node),
				   name_of(tree, target));
	}
}

/* The strings of bulkhead,passthrough. */
static bool pass_devices(struct planner *planner, struct request *request)
{
	struct pass pass = {request, request->node, "bulkhead,passthrough", 0};
	const struct property paths = tree_property(&planner->tree, pass.from, pass.property);
	const int aliases = tree_path(&planner->tree, "/aliases");
	int fixed[PASSED_MAX_FIXED];

	if (paths.bytes == NULL)
		return true;
	if (aliases >= 0)
		request->tree_size += node_size(&planner->tree, aliases);
	if (paths.length == 0 || paths.bytes[paths.length - 1] != '\0')
		return plan_error(planner, pass.from, "bulkhead,passthrough",
				  "strings: paths of the host device tree, or aliases", NULL,
				  "not strings");
	for (int at = 0; at < paths.length; at += (int)strlen(paths.bytes + at) + 1)
		pass_device(planner, pass, paths.bytes + at);

	const struct passed_nodes passed = passed_by(planner, request);
	struct plan_device *const devices =
		&planner->plan->devices[request->partition->device_first];
	const int fixed_count = collect_fixed(&passed, fixed);

	for (uint32_t i = 0; i < passed.count; i++) {
		pass.device = passed.nodes[i];
		map_registers(planner, &pass, &devices[i]);
		add_device_interrupts(planner, &devices[i]);
		check_device(planner, pass.from, &passed, pass.device);
	}
	for (int i = 0; i < fixed_count; i++)
		request->tree_size += node_size(&planner->tree, fixed[i]);
	if (fixed_count < 0)
		return plan_error(planner, pass.from, "bulkhead,passthrough",
				  "at most 32 fixed clocks and regulators come along", NULL,
				  "the devices refer to more");
	return true;
}

void plan_devices(struct planner *planner)
{
	struct plan *const plan = planner->plan;

	for_each_request (request, planner) {
		struct plan_partition *const partition = request->partition;

		partition->device_first = plan->device_count;
		partition->device_region_first = plan->device_region_count;
		partition->interrupt_first = plan->interrupt_count;
		pass_devices(planner, request);
		if (partition->partial_tree.size != 0)
			plan_partial_tree(planner, request);
		if (partition->device_count != 0 && request->passthrough == PASSTHROUGH_DISABLED)
			plan_error(planner, request->node, "passthrough",
				   "\"enabled\" when devices are passed through",
				   "write \"enabled\", or leave it out",
				   "\"disabled\", but %u devices are", partition->device_count);
	}
}

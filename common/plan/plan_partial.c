/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Xen partial device trees: a module with the nodes that the guest gets as they stand, below
 * /passthrough. xen,path names the host's device, xen,reg where its registers go; interrupts come
 * from the host's node. What Xen does not check is checked: that registers are the device's own,
 * that reg and interrupts say the same as xen,reg and the host's node, and that nothing is dropped.
 */
#include "common/plan/planner.h"

#define MAX_SIZE 0x100000

/* One partial tree that is being read. Errors name its module's node and, in words, the device. */
struct partial {
	struct planner *planner;
	struct request *request;
	struct tree tree;
	int module;
};

/* The entries of a node's xen,reg. */
struct mapping {
	struct property entries;
	struct cells cells;
	int count;
};

/*
 * Whether one of the host device's registers covers the range. *is_whole: it is whole pages, in
 * which there are no others.
 */
static bool is_own_register(const struct tree *tree, int device, struct span wanted, bool *is_whole)
{
	struct plan_range range;

	for (int i = 0; tree_translated_reg(tree, device, i, &range); i++) {
		*is_whole = is_aligned(range.base.value | range.size, PAGE_SIZE);
		if (span_holds(whole_pages(range), wanted))
			return true;
	}
	return false;
}

/* The n-th entry of xen,reg: <host-address size guest-address>. */
static struct plan_region mapped_region(const struct mapping *mapping, int n)
{
	const int entry = 4 * (2 * mapping->cells.address + mapping->cells.size);
	const char *at = mapping->entries.bytes + n * entry;
	struct plan_region region;

	region.host = pa(tree_take(&at, mapping->cells.address));
	region.size = tree_take(&at, mapping->cells.size);
	region.guest = ipa(tree_take(&at, mapping->cells.address));
	return region;
}

/* Whether the guest's reg lies in what xen,reg maps for it. */
static bool check_guest_reg(const struct partial *partial, int node, const struct mapping *mapping)
{
	struct plan_range range;

	for (int i = 0; tree_translated_reg(&partial->tree, node, i, &range); i++) {
		bool is_mapped = false;

		for (int k = 0; k < mapping->count; k++) {
			const struct plan_region region = mapped_region(mapping, k);

			is_mapped = is_mapped || span_holds(guest_span(region.guest, region.size),
							    span_of(range));
		}
		if (!is_mapped)
			return plan_error(partial->planner, partial->module, "reg",
					  "in a partial device tree, reg lies in what xen,reg maps",
					  NULL, "%s: 0x%lx bytes at 0x%lx are not mapped",
					  tree_name(&partial->tree, node), range.size,
					  range.base.value);
	}
	return true;
}

/* Reads xen,reg. False: there is none to be mapped, or it is wrong, which has been reported. */
static bool read_mapping(const struct partial *partial, int node, struct mapping *mapping)
{
	struct planner *const planner = partial->planner;
	const char *const name = tree_name(&partial->tree, node);
	const int parent = tree_parent(&partial->tree, node);
	struct cells *const cells = &mapping->cells;

	mapping->entries = tree_property(&partial->tree, node, "xen,reg");
	if (mapping->entries.bytes == NULL) {
		if (tree_has(&partial->tree, node, "reg"))
			plan_error(planner, partial->module, "xen,reg",
				   "in a partial device tree, reg lies in what xen,reg maps",
				   "copy the registers from the host's node",
				   "%s has reg, but no xen,reg", name);
		return false;
	}
	if (parent < 0 || !tree_cells(&partial->tree, parent, cells) || cells->size == 0 ||
	    mapping->entries.length % (4 * (2 * cells->address + cells->size)) != 0)
		return plan_error(
			planner, partial->module, "xen,reg",
			"<host-address size guest-address> in the cells of the node above", NULL,
			"%s: %d bytes", name, mapping->entries.length);
	mapping->count = mapping->entries.length / (4 * (2 * cells->address + cells->size));
	return check_guest_reg(partial, node, mapping);
}

/* xen,reg: maps each entry. */
static void map_registers(const struct partial *partial, int node, struct plan_device *entry)
{
	struct planner *const planner = partial->planner;
	const int host = planner->scratch->device_nodes[entry - planner->plan->devices];
	const struct pass pass = {partial->request, partial->module, "xen,reg", host};
	const char *const name = tree_name(&partial->tree, node);
	struct mapping mapping;
	bool is_whole;

	if (!read_mapping(partial, node, &mapping))
		return;
	for (int i = 0; i < mapping.count; i++) {
		const struct plan_region region = mapped_region(&mapping, i);

		if (!is_aligned(region.host.value | region.size | region.guest.value, PAGE_SIZE))
			plan_error(planner, partial->module, "xen,reg",
				   "addresses and sizes are multiples of 4 KiB", NULL,
				   "%s: 0x%lx bytes at 0x%lx", name, region.size,
				   region.host.value);
		else if (!is_own_register(&planner->tree, host, host_span(region.host, region.size),
					  &is_whole))
			plan_error(planner, partial->module, "xen,reg",
				   "xen,reg maps registers of the device that xen,path names", NULL,
				   "%s: 0x%lx bytes at 0x%lx are not its own", name, region.size,
				   region.host.value);
		else
			add_device_region(planner, &pass, entry, region, is_whole);
	}
}

/* The guest's interrupts are the host's, in the same order. */
static void check_interrupts(const struct partial *partial, int node, int device)
{
	const int count = tree_interrupt_count(&partial->tree, node);
	struct plan_interrupt guest;
	struct plan_interrupt host;

	for (int i = 0; i < count; i++)
		if (!tree_interrupt(&partial->tree, node, i, &guest) ||
		    !tree_interrupt(&partial->planner->tree, device, i, &host) ||
		    guest.intid != host.intid)
			plan_error(
				partial->planner, partial->module, "interrupts",
				"in a partial device tree, interrupts are those of the host's node",
				"copy them from there", "interrupt %d of %s is another one", i,
				tree_name(&partial->tree, node));
	if (count < 0)
		plan_error(partial->planner, partial->module, "interrupts",
			   "interrupts are whole entries of three cells", NULL,
			   "those of %s cannot be read", tree_name(&partial->tree, node));
}

/* The host's node that xen,path names; negative: reported, or none is named. */
static int find_device(const struct partial *partial, int node)
{
	struct planner *const planner = partial->planner;
	const struct tree *const tree = &partial->tree;
	const char *const path = tree_string(tree, node, "xen,path");
	int device = -1;

	if (path != NULL && path[0] == '/')
		device = tree_find(&planner->tree, path, strlen(path));
	if (path != NULL && device <= 0)
		plan_error(planner, partial->module, "xen,path",
			   "the full path of a node of the host device tree", NULL,
			   "%s: there is no \"%s\"", tree_name(tree, node), path);
	else if (path == NULL &&
		 (tree_has(tree, node, "xen,reg") || tree_has(tree, node, "xen,path")))
		plan_error(planner, partial->module, "xen,path",
			   "it names the host's device that xen,reg belongs to", NULL,
			   "%s has none, or not a string", tree_name(tree, node));
	return device > 0 ? device : -1;
}

/* Xen's properties that do not exist, and what only a device of the host can have. */
static void check_xen_names(const struct partial *partial, int node)
{
	static const char known[] = "xen,path\0xen,reg\0xen,force-assign-without-iommu";
	const struct tree *const tree = &partial->tree;
	struct plan_range range;

	for (struct property_walk at = {0}; tree_next_property(tree, node, &at);)
		if (strncmp(at.name, "xen,", 4) == 0 &&
		    fdt_stringlist_contains(known, sizeof(known) - 1, at.name) == 0)
			plan_error(partial->planner, partial->module, at.name,
				   "a partial device tree has xen,path, xen,reg and "
				   "xen,force-assign-without-iommu",
				   NULL, "%s: unknown property", tree_name(tree, node));
	if (!tree_has(tree, node, "xen,path") &&
	    (tree_has(tree, node, "interrupts") || tree_translated_reg(tree, node, 0, &range)))
		plan_error(partial->planner, partial->module, "xen,path",
			   "registers and interrupts belong to a device of the host",
			   "name it by xen,path", "%s has some, but no xen,path",
			   tree_name(tree, node));
}

/*
 * The devices of the nodes below /passthrough; guest_nodes: which node each of them has. They are
 * all added before the first is mapped, since they may share pages.
 */
static void add_devices(const struct partial *partial, int top, int guest_nodes[PLAN_MAX_DEVICES])
{
	struct tree_walk at = tree_walk(&partial->tree, top);

	for (tree_walk_on(&at); at.node >= 0; tree_walk_on(&at)) {
		const struct pass pass = {partial->request, partial->module, "xen,path",
					  find_device(partial, at.node)};

		check_xen_names(partial, at.node);
		if (pass.device >= 0 &&
		    add_device(partial->planner, &pass,
			       tree_has(&partial->tree, at.node, "xen,force-assign-without-iommu")))
			guest_nodes[partial->request->partition->device_count - 1] = at.node;
	}
}

/* Says which nodes the guest does not get. */
static void check_others(const struct partial *partial)
{
	static const char taken[] = "passthrough\0aliases\0gic\0__symbols__";

	for_each_child (node, &partial->tree, 0) {
		const char *const name = tree_name(&partial->tree, node);

		if (fdt_stringlist_contains(taken, sizeof(taken) - 1, name) == 0)
			plan_say(partial->planner, REPORT_WARNING, partial->module, NULL,
				 "of a partial device tree the guest gets /passthrough and "
				 "/aliases",
				 "move it below /passthrough", "/%s is left out", name);
	}
}

bool plan_partial_tree(struct planner *planner, struct request *request)
{
	const struct plan_input *const input = planner->input;
	const struct plan_partition *const partition = request->partition;
	const struct plan_range *const module = &partition->partial_tree;
	const struct partial partial = {
		.planner = planner,
		.request = request,
		.tree = {input->module(input->context, module->base, module->size), NULL},
		.module = request->partial_tree,
	};
	int guest_nodes[PLAN_MAX_DEVICES];
	struct cells cells;

	if (module->size > MAX_SIZE || tree_check(partial.tree.fdt, module->size, NULL) != TREE_OK)
		return plan_error(planner, partial.module, "reg",
				  "a partial device tree, compiled by dtc, of at most 1 MiB",
				  "was the whole file loaded?",
				  "no device tree, or truncated, damaged or too large");
	if (partition->device_count != 0)
		return plan_error(
			planner, partial.module, NULL,
			"devices come from bulkhead,passthrough or from a partial device tree",
			"use one of the two for all devices of a partition", "both are there");

	const int top = tree_child(&partial.tree, 0, "passthrough");

	if (top < 0 || !tree_cells(&partial.tree, top, &cells) || cells.address != 2 ||
	    cells.size != 2 || !tree_has(&partial.tree, top, "ranges"))
		return plan_error(planner, partial.module, "/passthrough",
				  "a node /passthrough with ranges, #address-cells = <2> and "
				  "#size-cells = <2>",
				  NULL, "not there, or with other cells");
	request->tree_size += fdt_totalsize(partial.tree.fdt);
	check_others(&partial);
	add_devices(&partial, top, guest_nodes);
	for (uint32_t i = 0; i < partition->device_count; i++) {
		const uint32_t index = partition->device_first + i;
		struct plan_device *const entry = &planner->plan->devices[index];

		map_registers(&partial, guest_nodes[i], entry);
		check_interrupts(&partial, guest_nodes[i], planner->scratch->device_nodes[index]);
		add_device_interrupts(planner, entry);
	}
	return true;
}

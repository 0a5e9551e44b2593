/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Xen partial device trees: a module with the nodes that the guest gets as they stand, below
 * /passthrough. xen,path names the host's device, xen,reg where its registers go; interrupts come
 * from the host's node. What Xen does not check is checked: that registers are the device's own,
 * that reg and interrupts say the same as xen,reg and the host's node, and that nothing is dropped.
 */
#include <libfdt.h>
#include <string.h>

#include "common/plan/planner.h"

#define MAX_SIZE 0x100000

/* One partial tree that is being read. Errors name its module's node and, in words, the device. */
struct partial {
	struct planner *planner;
	struct tree tree;
	uint32_t partition;
	int module;
};

/*
 * Whether one of the host device's registers covers the range. *is_whole: it is whole pages, in
 * which there are no others.
 */
static bool is_own_register(const struct tree *tree, int device, uint64_t base, uint64_t size,
			    bool *is_whole)
{
	struct plan_range range;

	for (int i = 0; tree_translated_reg(tree, device, i, &range); i++) {
		const uint64_t first = align_down(range.base.value, PAGE_SIZE);
		const uint64_t end = align_up(range.base.value + range.size, PAGE_SIZE);

		*is_whole = is_aligned(range.base.value | range.size, PAGE_SIZE);
		if (base >= first && size <= end - first && base - first <= end - first - size)
			return true;
	}
	return false;
}

/* Whether the guest's reg lies in what xen,reg maps for it. */
static bool check_guest_reg(const struct partial *partial, int node, const char *cells, int entries,
			    int address_cells, int size_cells)
{
	const int entry = 4 * (2 * address_cells + size_cells);
	struct plan_range range;

	for (int i = 0; tree_translated_reg(&partial->tree, node, i, &range); i++) {
		bool is_mapped = false;

		for (int k = 0; k < entries; k++) {
			const char *const at = cells + k * entry;
			const uint64_t size = tree_number(at + 4 * address_cells, size_cells);
			const uint64_t guest =
				tree_number(at + 4 * (address_cells + size_cells), address_cells);

			is_mapped = is_mapped || (range.base.value >= guest && range.size <= size &&
						  range.base.value - guest <= size - range.size);
		}
		if (!is_mapped) {
			plan_error(partial->planner, partial->module, "reg",
				   "in a partial device tree, reg lies in what xen,reg maps", NULL,
				   "%s: 0x%lx bytes at 0x%lx are not mapped",
				   fdt_get_name(partial->tree.fdt, node, NULL), range.size,
				   range.base.value);
			return false;
		}
	}
	return true;
}

/* xen,reg: maps each entry. */
static void map_registers(const struct partial *partial, int node, struct plan_device *device)
{
	struct planner *const planner = partial->planner;
	const int host = planner->scratch->device_nodes[device - planner->plan->devices];
	const char *const name = fdt_get_name(partial->tree.fdt, node, NULL);
	const int parent = tree_parent(&partial->tree, node);
	int address_cells;
	int size_cells;
	int length;
	const char *const cells = tree_property(&partial->tree, node, "xen,reg", &length);

	if (cells == NULL) {
		if (tree_property(&partial->tree, node, "reg", NULL) != NULL)
			plan_error(planner, partial->module, "xen,reg",
				   "in a partial device tree, reg lies in what xen,reg maps",
				   "copy the registers from the host's node",
				   "%s has reg, but no xen,reg", name);
		return;
	}
	if (parent < 0 || !tree_cells(&partial->tree, parent, &address_cells, &size_cells) ||
	    size_cells == 0 || length % (4 * (2 * address_cells + size_cells)) != 0) {
		plan_error(planner, partial->module, "xen,reg",
			   "<host-address size guest-address> in the cells of the node above", NULL,
			   "%s: %d bytes", name, length);
		return;
	}

	const int entry = 4 * (2 * address_cells + size_cells);

	if (!check_guest_reg(partial, node, cells, length / entry, address_cells, size_cells))
		return;
	for (int at = 0; at < length; at += entry) {
		const struct plan_region region = {
			.host = pa(tree_number(cells + at, address_cells)),
			.size = tree_number(cells + at + 4 * address_cells, size_cells),
			.guest = ipa(tree_number(cells + at + 4 * (address_cells + size_cells),
						 address_cells)),
		};
		bool is_whole;

		if (!is_aligned(region.host.value | region.size | region.guest.value, PAGE_SIZE))
			plan_error(planner, partial->module, "xen,reg",
				   "addresses and sizes are multiples of 4 KiB", NULL,
				   "%s: 0x%lx bytes at 0x%lx", name, region.size,
				   region.host.value);
		else if (!is_own_register(&planner->tree, host, region.host.value, region.size,
					  &is_whole))
			plan_error(planner, partial->module, "xen,reg",
				   "xen,reg maps registers of the device that xen,path names", NULL,
				   "%s: 0x%lx bytes at 0x%lx are not its own", name, region.size,
				   region.host.value);
		else
			add_device_region(planner, device, partial->module, "xen,reg", region,
					  is_whole);
	}
}

/* The guest's interrupts are the host's, in the same order. */
static void check_interrupts(const struct partial *partial, int node, int device)
{
	const int count = tree_interrupt_count(&partial->tree, node);

	for (int i = 0; i < count; i++) {
		uint32_t guest;
		uint32_t host;
		bool is_level;

		if (tree_interrupt(&partial->tree, node, i, &guest, &is_level) &&
		    tree_interrupt(&partial->planner->tree, device, i, &host, &is_level) &&
		    guest == host)
			continue;
		plan_error(partial->planner, partial->module, "interrupts",
			   "in a partial device tree, interrupts are those of the host's node",
			   "copy them from there", "interrupt %d of %s is another one", i,
			   fdt_get_name(partial->tree.fdt, node, NULL));
	}
	if (count < 0)
		plan_error(partial->planner, partial->module, "interrupts",
			   "interrupts are whole entries of three cells", NULL,
			   "those of %s cannot be read",
			   fdt_get_name(partial->tree.fdt, node, NULL));
}

/* The host's node that xen,path names; negative: reported, or none is named. */
static int find_device(const struct partial *partial, int node)
{
	struct planner *const planner = partial->planner;
	const char *const path = tree_string(&partial->tree, node, "xen,path");
	const char *const name = fdt_get_name(partial->tree.fdt, node, NULL);
	int device = -1;

	if (path == NULL) {
		if (tree_property(&partial->tree, node, "xen,reg", NULL) != NULL ||
		    tree_property(&partial->tree, node, "xen,path", NULL) != NULL)
			plan_error(planner, partial->module, "xen,path",
				   "it names the host's device that xen,reg belongs to", NULL,
				   "%s has none, or not a string", name);
		return -1;
	}
	if (path[0] == '/')
		device = tree_find(&planner->tree, path, strlen(path));
	if (device > 0)
		return device;
	plan_error(planner, partial->module, "xen,path",
		   "the full path of a node of the host device tree", NULL,
		   "%s: there is no \"%s\"", name, path);
	return -1;
}

/* Xen's properties that do not exist, and what only a device of the host can have. */
static void check_xen_names(const struct partial *partial, int node)
{
	static const char known[] = "xen,path\0xen,reg\0xen,force-assign-without-iommu";
	const struct tree *const tree = &partial->tree;
	struct plan_range range;
	int property;

	fdt_for_each_property_offset (property, tree->fdt, node) {
		const char *name = "";

		(void)fdt_getprop_by_offset(tree->fdt, property, &name, NULL);
		if (strncmp(name, "xen,", 4) == 0 &&
		    fdt_stringlist_contains(known, sizeof(known) - 1, name) == 0)
			plan_error(partial->planner, partial->module, name,
				   "a partial device tree has xen,path, xen,reg and "
				   "xen,force-assign-without-iommu",
				   NULL, "%s: unknown property",
				   fdt_get_name(tree->fdt, node, NULL));
	}
	if (tree_property(tree, node, "xen,path", NULL) == NULL &&
	    (tree_property(tree, node, "interrupts", NULL) != NULL ||
	     tree_translated_reg(tree, node, 0, &range)))
		plan_error(partial->planner, partial->module, "xen,path",
			   "registers and interrupts belong to a device of the host",
			   "name it by xen,path", "%s has some, but no xen,path",
			   fdt_get_name(tree->fdt, node, NULL));
}

/*
 * The devices of the nodes below /passthrough; guest_nodes: which node each of them has. They are
 * all added before the first is mapped, since they may share pages.
 */
static void add_devices(const struct partial *partial, int top, int guest_nodes[PLAN_MAX_DEVICES])
{
	struct planner *const planner = partial->planner;
	const struct plan_partition *const partition =
		&planner->plan->partitions[partial->partition];
	const void *const fdt = partial->tree.fdt;
	int depth = 0;

	for (int node = fdt_next_node(fdt, top, &depth); node >= 0 && depth > 0;
	     node = fdt_next_node(fdt, node, &depth)) {
		const int device = find_device(partial, node);

		check_xen_names(partial, node);
		const bool is_forced =
			tree_property(&partial->tree, node, "xen,force-assign-without-iommu",
				      NULL) != NULL;

		if (device >= 0 && add_device(planner, partial->partition, partial->module,
					      "xen,path", device, is_forced))
			guest_nodes[partition->device_count - 1] = node;
	}
}

/* Says which nodes the guest does not get. */
static void check_others(const struct partial *partial)
{
	static const char *const taken[] = {"passthrough", "aliases", "gic", "__symbols__"};
	int node;

	fdt_for_each_subnode (node, partial->tree.fdt, 0) {
		const char *const name = fdt_get_name(partial->tree.fdt, node, NULL);
		bool is_taken = false;

		for (size_t i = 0; i < sizeof(taken) / sizeof(taken[0]); i++)
			is_taken = is_taken || strcmp(name, taken[i]) == 0;
		if (!is_taken)
			plan_say(partial->planner, REPORT_WARNING, partial->module, NULL,
				 "of a partial device tree the guest gets /passthrough and "
				 "/aliases",
				 "move it below /passthrough", "/%s is left out", name);
	}
}

void plan_partial_tree(struct planner *planner, uint32_t index)
{
	const struct plan_input *const input = planner->input;
	const struct plan_range *const module = &planner->plan->partitions[index].partial_tree;
	const struct partial partial = {
		.planner = planner,
		.tree = {input->module(input->context, module->base, module->size), NULL},
		.partition = index,
		.module = planner->scratch->requests[index].partial_tree,
	};
	const struct plan_partition *const partition = &planner->plan->partitions[index];
	int guest_nodes[PLAN_MAX_DEVICES];
	int address_cells;
	int size_cells;

	if (module->size > MAX_SIZE || !tree_is_good(partial.tree.fdt, module->size)) {
		plan_error(planner, partial.module, "reg",
			   "a partial device tree, compiled by dtc, of at most 1 MiB",
			   "was the whole file loaded?",
			   "no device tree, or truncated, damaged or too large");
		return;
	}
	if (partition->device_count != 0) {
		plan_error(planner, partial.module, NULL,
			   "devices come from bulkhead,passthrough or from a partial device tree",
			   "use one of the two for all devices of a partition", "both are there");
		return;
	}

	const int top = tree_path(&partial.tree, "/passthrough");

	if (top < 0 || !tree_cells(&partial.tree, top, &address_cells, &size_cells) ||
	    address_cells != 2 || size_cells != 2 ||
	    tree_property(&partial.tree, top, "ranges", NULL) == NULL) {
		plan_error(planner, partial.module, "/passthrough",
			   "a node /passthrough with ranges, #address-cells = <2> and "
			   "#size-cells = <2>",
			   NULL, "not there, or with other cells");
		return;
	}
	planner->scratch->requests[index].tree_size += fdt_totalsize(partial.tree.fdt);
	check_others(&partial);
	add_devices(&partial, top, guest_nodes);
	for (uint32_t i = 0; i < partition->device_count; i++) {
		struct plan_device *const device =
			&planner->plan->devices[partition->device_first + i];

		map_registers(&partial, guest_nodes[i], device);
		check_interrupts(&partial, guest_nodes[i],
				 planner->scratch->device_nodes[partition->device_first + i]);
		add_device_interrupts(planner, device);
	}
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where kernel, ramdisk and device tree go in a partition's RAM: the kernel first, where its format
 * wants it; behind it, each on a 2 MiB boundary, the ramdisk and the device tree.
 */
#include "common/plan/planner.h"

#define DEVICE_TREE_SIZE 0x10000 /* without the nodes of passed-through devices */

/* The piece of RAM that holds all of a guest range, or NULL. */
static const struct plan_region *find_region(const struct plan_partition *partition, uint64_t guest,
					     uint64_t size)
{
	for (uint32_t i = 0; i < partition->region_count; i++) {
		const struct plan_region *const region = &partition->regions[i];

		if (guest >= region->guest.value && size <= region->size &&
		    guest - region->guest.value <= region->size - size)
			return region;
	}
	return NULL;
}

/*
 * Reports a module in its own partition's RAM that is not where the guest expects it. Decompressing
 * would write over what is still to be read, so that a compressed one cannot be there at all.
 */
static void check_source(struct planner *planner, uint32_t index, int node,
			 const struct plan_image *image)
{
	const struct plan_partition *const partition = &planner->plan->partitions[index];
	const bool is_compressed = image->format == PLAN_IMAGE_GZIP;

	if (image->source.value == image->destination.value && !is_compressed)
		return;
	for (uint32_t i = 0; i < partition->region_count; i++)
		if (ranges_overlap(image->source.value, image->source_size,
				   partition->regions[i].host.value, partition->regions[i].size))
			plan_error(
				planner, node, "reg",
				is_compressed
					? "a compressed kernel lies outside of its partition's "
					  "RAM"
					: "in its own partition's RAM, a module lies at its "
					  "final place",
				is_compressed ? "load it outside of the partition's RAM"
					      : "load it there, or outside of the partition's RAM",
				"0x%lx, but %s 0x%lx", image->source.value,
				is_compressed ? "it is decompressed to" : "the guest expects it at",
				image->destination.value);
}

/* Gives an image its place. */
static void place_at(struct planner *planner, uint32_t index, int node, struct plan_image *image,
		     uint64_t guest)
{
	const struct plan_partition *const partition = &planner->plan->partitions[index];
	const struct plan_region *const region = find_region(partition, guest, image->size);

	if (region == NULL) {
		plan_error(planner, node, "reg", "a kernel's segments lie in the partition's RAM",
			   "link it to addresses that the guest has",
			   "0x%lx bytes at guest address 0x%lx", image->size, guest);
		return;
	}
	image->guest = ipa(guest);
	image->destination = pa(region->host.value + (guest - region->guest.value));
	check_source(planner, index, node, image);
}

/* Where the kernel's first segment goes, and where all of it ends. */
static uint64_t kernel_start(const struct request *request, const struct plan_partition *partition)
{
	const uint64_t base = align_up(partition->regions[0].guest.value, BLOCK_2M);

	switch (request->kernel_place) {
	case KERNEL_IMAGE:
		/* The boot protocol wants it text_offset above a 2 MiB boundary. */
		return base + request->text_offset;
	case KERNEL_AT_BASE:
		return base;
	default:
		return partition->kernel[0].guest.value;
	}
}

static uint64_t kernel_end(const struct request *request, const struct plan_partition *partition)
{
	uint64_t end = 0;

	if (request->kernel_place != KERNEL_AT_ADDRESS)
		return kernel_start(request, partition) + partition->kernel[0].size;
	for (uint32_t i = 0; i < partition->kernel_count; i++) {
		const struct plan_image *const segment = &partition->kernel[i];

		/* Segments in other pieces of RAM are in nobody's way. */
		if (find_region(partition, segment->guest.value, segment->size) ==
			    &partition->regions[0] &&
		    segment->guest.value + segment->size > end)
			end = segment->guest.value + segment->size;
	}
	return end != 0 ? end : partition->regions[0].guest.value;
}

static void place_kernel(struct planner *planner, uint32_t index)
{
	const struct request *const request = &planner->scratch->requests[index];
	struct plan_partition *const partition = &planner->plan->partitions[index];
	const uint64_t start = kernel_start(request, partition);
	bool is_inside = false;

	partition->entry = ipa(request->kernel_place == KERNEL_IMAGE ? start : request->entry);
	for (uint32_t i = 0; i < partition->kernel_count; i++) {
		struct plan_image *const segment = &partition->kernel[i];
		const uint64_t guest = i == 0 ? start : segment->guest.value;

		place_at(planner, index, request->kernel, segment, guest);
		is_inside = is_inside || (partition->entry.value >= guest &&
					  partition->entry.value - guest < segment->size);
	}
	if (!is_inside || !is_aligned(partition->entry.value, 4))
		plan_error(planner, request->kernel,
			   request->kernel_place == KERNEL_AT_BASE ? "bulkhead,entry" : "reg",
			   "a kernel begins at an instruction of its own",
			   "the binary begins at the start of the partition's RAM",
			   "entry 0x%lx, but the kernel begins at 0x%lx", partition->entry.value,
			   start);
}

/* Reports a partial device tree in its partition's RAM, which is zeroed before it is read. */
static void check_partial_tree(struct planner *planner, uint32_t index)
{
	const struct plan_partition *const partition = &planner->plan->partitions[index];
	const struct plan_range *const module = &partition->partial_tree;

	for (uint32_t i = 0; i < partition->region_count; i++)
		if (ranges_overlap(module->base.value, module->size,
				   partition->regions[i].host.value, partition->regions[i].size))
			plan_error(planner, planner->scratch->requests[index].partial_tree, "reg",
				   "a partial device tree lies outside of it",
				   "load it outside of the partition's RAM",
				   "0x%lx is in the partition's RAM", module->base.value);
}

void place_images(struct planner *planner, uint32_t index)
{
	const struct request *const request = &planner->scratch->requests[index];
	struct plan_partition *const partition = &planner->plan->partitions[index];
	const struct plan_region *const region = &partition->regions[0];

	check_partial_tree(planner, index);
	if (partition->region_count == 0 || partition->kernel_count == 0)
		return;

	const uint64_t ramdisk = align_up(kernel_end(request, partition), BLOCK_2M);
	const uint64_t tree = align_up(ramdisk + partition->ramdisk.size, BLOCK_2M);
	const uint64_t tree_size = align_up(DEVICE_TREE_SIZE + request->tree_size, PAGE_SIZE);

	if (find_region(partition, ramdisk, tree + tree_size - ramdisk) != region) {
		plan_error(planner, request->node,
			   request->static_count != 0 ? "xen,static-mem" : "memory",
			   "kernel, ramdisk and device tree fit into the first piece of RAM",
			   "give the partition more memory, in one piece",
			   "%lu KiB, but %lu KiB are needed at least", (region->size / 1024),
			   ((tree + tree_size - region->guest.value) / 1024));
		return;
	}
	place_kernel(planner, index);
	partition->device_tree = ipa(tree);
	partition->device_tree_size = tree_size;
	partition->device_tree_host = pa(region->host.value + (tree - region->guest.value));
	if (partition->ramdisk.format != PLAN_IMAGE_NONE)
		place_at(planner, index, request->ramdisk, &partition->ramdisk, ramdisk);
}

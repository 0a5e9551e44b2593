/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where kernel, ramdisk and device tree go in a partition's RAM: the kernel first, where its format
 * wants it; behind it, each on a 2 MiB boundary, the ramdisk and the device tree.
 */
#include "common/plan/planner.h"

#define KIB		 1024
#define DEVICE_TREE_SIZE 0x10000 /* without the nodes of passed-through devices */

/* The piece of RAM that holds all of a guest range, or NULL. */
static const struct plan_region *find_region(const struct plan_partition *partition, uint64_t guest,
					     uint64_t size)
{
	for (uint32_t i = 0; i < partition->region_count; i++) {
		const struct plan_region *const region = &partition->regions[i];

		if (span_holds(guest_span(region->guest, region->size),
			       guest_span(ipa(guest), size)))
			return region;
	}
	return NULL;
}

/* In how many pieces of the partition's RAM a module lies. */
static uint32_t count_covered(const struct plan_partition *partition, struct span module)
{
	uint32_t count = 0;

	for (uint32_t i = 0; i < partition->region_count; i++)
		count += spans_overlap(
			module, host_span(partition->regions[i].host, partition->regions[i].size));
	return count;
}

/*
 * Gives an image its place. One in its own partition's RAM must be there already. Decompressing
 * would write over what is still to be read, so that a compressed one cannot be there at all.
 */
static void place_at(struct planner *planner, const struct plan_partition *partition, int node,
		     struct plan_image *image, uint64_t guest)
{
	const struct plan_region *const region = find_region(partition, guest, image->size);
	const bool is_compressed = image->format == PLAN_IMAGE_GZIP;

	if (region == NULL) {
		plan_error(planner, node, "reg", "a kernel's segments lie in the partition's RAM",
			   "link it to addresses that the guest has",
			   "0x%lx bytes at guest address 0x%lx", image->size, guest);
		return;
	}
	image->guest = ipa(guest);
	image->destination = pa(region->host.value + (guest - region->guest.value));
	if (image->source.value == image->destination.value && !is_compressed)
		return;
	for (uint32_t n = count_covered(partition, host_span(image->source, image->source_size));
	     n > 0; n--)
		plan_error(planner, node, "reg",
			   is_compressed ? "a compressed kernel lies outside of its partition's RAM"
					 : "in its own partition's RAM, a module lies at its final "
					   "place",
			   is_compressed ? "load it outside of the partition's RAM"
					 : "load it there, or outside of the partition's RAM",
			   "0x%lx, but %s 0x%lx", image->source.value,
			   is_compressed ? "it is decompressed to" : "the guest expects it at",
			   image->destination.value);
}

/* Where the kernel's first segment goes, and where all of it ends. */
static uint64_t kernel_start(const struct request *request)
{
	const struct plan_partition *const partition = request->partition;
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

static uint64_t kernel_end(const struct request *request)
{
	const struct plan_partition *const partition = request->partition;
	uint64_t end = 0;

	if (request->kernel_place != KERNEL_AT_ADDRESS)
		return kernel_start(request) + partition->kernel[0].size;
	for (uint32_t i = 0; i < partition->kernel_count; i++) {
		const struct plan_image *const segment = &partition->kernel[i];
		const uint64_t guest = segment->guest.value;

		/* Segments in other pieces of RAM are in nobody's way. */
		if (find_region(partition, guest, segment->size) == &partition->regions[0] &&
		    guest + segment->size > end)
			end = guest + segment->size;
	}
	return end != 0 ? end : partition->regions[0].guest.value;
}

static void place_kernel(struct planner *planner, const struct request *request)
{
	struct plan_partition *const partition = request->partition;
	const uint64_t start = kernel_start(request);
	const uint64_t entry = request->kernel_place == KERNEL_IMAGE ? start : request->entry;
	bool is_inside = false;

	partition->entry = ipa(entry);
	for (uint32_t i = 0; i < partition->kernel_count; i++) {
		struct plan_image *const segment = &partition->kernel[i];
		const uint64_t guest = i == 0 ? start : segment->guest.value;

		place_at(planner, partition, request->kernel, segment, guest);
		is_inside = is_inside || (entry >= guest && entry - guest < segment->size);
	}
	if (!is_inside || !is_aligned(entry, 4))
		plan_error(planner, request->kernel,
			   request->kernel_place == KERNEL_AT_BASE ? "bulkhead,entry" : "reg",
			   "a kernel begins at an instruction of its own",
			   "the binary begins at the start of the partition's RAM",
			   "entry 0x%lx, but the kernel begins at 0x%lx", entry, start);
}

void place_images(struct planner *planner, const struct request *request)
{
	struct plan_partition *const partition = request->partition;
	const struct plan_region *const region = &partition->regions[0];

	/* The RAM is zeroed before a partial device tree is read. */
	for (uint32_t n = count_covered(partition, span_of(partition->partial_tree)); n > 0; n--)
		plan_error(planner, request->partial_tree, "reg",
			   "a partial device tree lies outside of it",
			   "load it outside of the partition's RAM",
			   "0x%lx is in the partition's RAM", partition->partial_tree.base.value);
	if (partition->region_count == 0 || partition->kernel_count == 0)
		return;

	const uint64_t ramdisk = align_up(kernel_end(request), BLOCK_2M);
	const uint64_t tree = align_up(ramdisk + partition->ramdisk.size, BLOCK_2M);
	const uint64_t tree_size = align_up(DEVICE_TREE_SIZE + request->tree_size, PAGE_SIZE);

	if (find_region(partition, ramdisk, tree + tree_size - ramdisk) != region) {
		plan_error(planner, request->node,
			   request->static_count != 0 ? "xen,static-mem" : "memory",
			   "kernel, ramdisk and device tree fit into the first piece of RAM",
			   "give the partition more memory, in one piece",
			   "%lu KiB, but %lu KiB are needed at least", region->size / KIB,
			   (tree + tree_size - region->guest.value) / KIB);
		return;
	}
	place_kernel(planner, request);
	partition->device_tree = ipa(tree);
	partition->device_tree_size = tree_size;
	partition->device_tree_host = pa(region->host.value + (tree - region->guest.value));
	if (partition->ramdisk.format != PLAN_IMAGE_NONE)
		place_at(planner, partition, request->ramdisk, &partition->ramdisk, ramdisk);
}

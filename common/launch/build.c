/* SPDX-License-Identifier: Apache-2.0 */
#include "common/launch/build.h"
#include "common/plan/make.h"

#include <string.h>

#include "common/arch.h"
#include "common/lib/inflate.h"
#include "common/lib/sha256.h"
#include "common/plan/tree.h"
#include "common/run/fill.h"
#include "common/run/partition.h"

#define ENTROPY_WORDS 8
#define MIN_SEED_SIZE 32

const char *build_result_text(enum build_result result)
{
	static const char *const texts[] = {
		[BUILD_OK] = "built",
		[BUILD_KERNEL] = "the compressed kernel is damaged or larger than its header says",
		[BUILD_DEVICE_TREE] = "its device tree does not fit into the place kept for it",
		[BUILD_TABLES] = "its stage-2 tables do not fit into the memory planned for them",
	};

	return texts[result];
}

/* Decompresses a kernel to its place, and zeroes what it leaves of it. */
static bool decompress_image(const struct plan_image *image)
{
	const void *const from = arch_window(ARCH_WINDOW_SOURCE, image->source, image->source_size);
	uint8_t *const to = arch_window(ARCH_WINDOW_TARGET, image->destination, image->size);
	size_t written = 0;

	if (from == NULL || to == NULL ||
	    gunzip(from, image->source_size, to, image->size, &written) != GZIP_OK)
		return false;
	memset(to + written, 0, image->size - written);
	arch_clean(to, image->size);
	return true;
}

/* For restarts; pristine is 0 when there are none, or what is needed stays somewhere else. */
static void keep(pa_t pristine, pa_t original, uint64_t size)
{
	if (pristine.value != 0)
		fill_copy(pristine.value, original.value, size, FILL_ALONE);
}

static bool place_image(const struct plan_image *image)
{
	if (image->format == PLAN_IMAGE_GZIP && !decompress_image(image))
		return false;
	if (image->format == PLAN_IMAGE_RAW)
		fill_copy(image->destination.value, image->source.value, image->source_size,
			  FILL_ALONE);
	keep(image->pristine, image->destination, plan_image_bytes(image));
	return true;
}

/*
 * Randomness for a guest's rng-seed and kaslr-seed, from what the boot loader left in the host's
 * /chosen/rng-seed. Each partition gets words of its own. False: there is none, or too little.
 */
static bool make_entropy(const struct tree *host, uint32_t partition, uint64_t words[ENTROPY_WORDS])
{
	const int chosen = tree_path(host, "/chosen");
	const uint64_t time = arch_counter();
	const struct property seed = tree_property(host, chosen, "rng-seed");
	uint8_t *const out = (uint8_t *)words;

	if (seed.length < MIN_SEED_SIZE)
		return false;
	/* A hash for each half: nobody computes the seed, or the other words, from one of them. */
	for (uint32_t half = 0; half < ENTROPY_WORDS * sizeof(words[0]) / SHA256_SIZE; half++) {
		struct sha256 hash;

		sha256_begin(&hash);
		sha256_update(&hash, seed.bytes, (size_t)seed.length);
		sha256_update(&hash, &partition, sizeof(partition));
		sha256_update(&hash, &half, sizeof(half));
		sha256_update(&hash, &time, sizeof(time));
		sha256_end(&hash, out + half * SHA256_SIZE);
	}
	return true;
}

static bool write_device_tree(const struct plan *plan, uint32_t index, const struct tree *host)
{
	const struct plan_partition *const partition = &plan->partitions[index];
	void *const tree = arch_window(ARCH_WINDOW_TARGET, partition->device_tree_host,
				       partition->device_tree_size);
	uint64_t entropy[ENTROPY_WORDS];
	const struct guest_tree_input input = {
		.host_tree = host->fdt,
		.host_index = host->index,
		.entropy = make_entropy(host, index, entropy) ? entropy : NULL,
		.partial_tree =
			partition->partial_tree.size == 0
				? NULL
				: arch_window(ARCH_WINDOW_SOURCE, partition->partial_tree.base,
					      partition->partial_tree.size),
	};

	if (plan_guest_tree(plan, index, &input, tree, partition->device_tree_size) !=
	    GUEST_TREE_OK)
		return false;
	arch_clean(tree, partition->device_tree_size);
	keep(partition->device_tree_pristine, partition->device_tree_host,
	     partition->device_tree_size);
	return true;
}

/* EL2's own memory for the partition begins as zeros. */
static void clear_state(const struct plan *plan, uint32_t index)
{
	const struct plan_needs needs = arch_plan_needs();
	const struct plan_partition *const partition = &plan->partitions[index];

	arch_zero(arch_window(ARCH_WINDOW_MEMORY, partition->state, needs.partition_memory_size),
		  needs.partition_memory_size);
	arch_zero(arch_window(ARCH_WINDOW_MEMORY, partition->console, needs.console_memory_size),
		  needs.console_memory_size);
}

enum build_result build_partition(const struct plan *plan, uint32_t index, const struct tree *host)
{
	const struct plan_partition *const partition = &plan->partitions[index];
	struct content contents[FILL_MAX_CONTENTS];
	const uint32_t count = fill_contents(partition, contents);

	clear_state(plan, index);
	partition_create(index);
	if (arch_create_partition(plan, index) != ARCH_OK)
		return BUILD_TABLES;
	fill_scrub(partition, contents, count, FILL_ALONE);
	for (uint32_t i = 0; i < partition->kernel_count; i++)
		if (!place_image(&partition->kernel[i]))
			return BUILD_KERNEL;
	(void)place_image(&partition->ramdisk);
	return write_device_tree(plan, index, host) ? BUILD_OK : BUILD_DEVICE_TREE;
}

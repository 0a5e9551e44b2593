/* SPDX-License-Identifier: Apache-2.0 */
/* Each partition of an accepted system gets a sound device tree, or is told that it has no room. */
#include "tests/fuzz/fuzz.h"

#include <libfdt.h>
#include <string.h>

/*
 * What makes an accepted system a new one. The planner itself is not instrumented in this target:
 * the systems that it refuses would fill the corpus.
 */
enum {
	FEATURE_PARTITIONS,
	FEATURE_CPUS = FEATURE_PARTITIONS + PLAN_MAX_PARTITIONS + 1,
	FEATURE_REGIONS = FEATURE_CPUS + PLAN_MAX_CPUS + 1,
	FEATURE_IPA_BITS = FEATURE_REGIONS + PLAN_MAX_REGIONS + 1,
	FEATURE_TREE_SIZE = FEATURE_IPA_BITS + 64,
	FEATURE_FLAGS = FEATURE_TREE_SIZE + 64,
	FEATURES = FEATURE_FLAGS + 256,
};

__attribute__((section("__libfuzzer_extra_counters"))) static uint8_t features[FEATURES];

static const uint64_t entropy[8] = {1, 2, 3, 4, 5, 6, 7, 8};

/* The tree, written into memory of this size, or NULL when it has no room. */
static const void *write_tree(const struct fuzz_system *system, uint32_t index, size_t size)
{
	const struct guest_tree_input input = {.host_tree = system->tree, .entropy = entropy};
	void *const out = fuzz_memory(FUZZ_SLOT_GUEST_TREE, size);

	/* What stood there before must not matter, not even when it was a device tree. */
	memset(out, 0, size);
	memcpy(out, system->tree, size < system->tree_size ? size : system->tree_size);

	const enum guest_tree_result result =
		plan_guest_tree(&system->plan, index, &input, out, size);

	CHECK(result == GUEST_TREE_OK || result == GUEST_TREE_TOO_LARGE);
	if (result != GUEST_TREE_OK)
		return NULL;
	CHECK(fdt_totalsize(out) <= size);
	CHECK(fdt_check_full(out, size) == 0);
	return out;
}

static int count_nodes(const void *tree, int parent, const char *type)
{
	int count = 0;
	int node;

	fdt_for_each_subnode (node, tree, parent) {
		const char *const text = fdt_getprop(tree, node, "device_type", NULL);

		count += text != NULL && strcmp(text, type) == 0;
	}
	return count;
}

/* What the plan promised stands in the tree. */
static void check_content(const struct plan_partition *partition, const void *tree)
{
	const int chosen = fdt_path_offset(tree, "/chosen");
	const int cpus = fdt_path_offset(tree, "/cpus");

	CHECK(chosen > 0 && cpus > 0);
	CHECK(count_nodes(tree, 0, "memory") == (int)partition->region_count);
	CHECK(count_nodes(tree, cpus, "cpu") == (int)partition->cpu_count);

	const char *const path = fdt_getprop(tree, chosen, "stdout-path", NULL);

	CHECK((path != NULL) == (partition->virtual_uart != 0));
	CHECK(path == NULL || fdt_path_offset(tree, path) > 0);
}

static void note_features(const struct plan_partition *partition, size_t tree_size)
{
	const uint32_t flags = partition->direct_map | partition->virtual_uart << 1 |
			       partition->trap_unmapped << 2 | partition->kernel[0].format << 3 |
			       partition->ramdisk.format << 5 |
			       (uint32_t)(partition->bootargs != 0) << 7;

	features[FEATURE_CPUS + partition->cpu_count] = 1;
	features[FEATURE_REGIONS + partition->region_count] = 1;
	features[FEATURE_IPA_BITS + partition->ipa_bits] = 1;
	features[FEATURE_TREE_SIZE + tree_size / 1024] = 1;
	features[FEATURE_FLAGS + flags] = 1;
}

static void check_guest_tree(const struct fuzz_system *system, uint32_t index)
{
	const struct plan_partition *const partition = &system->plan.partitions[index];

	/* Partial device trees are the unit tests' (test_plan_devices.c). */
	if (partition->partial_tree.size != 0)
		return;

	const void *const tree = write_tree(system, index, (size_t)partition->device_tree_size);

	/* The plan keeps enough room. */
	CHECK(tree != NULL);
	check_content(partition, tree);

	/* How libfdt runs out of room depends on where: in the header, a tag, the strings. */
	const size_t used = fdt_totalsize(tree);
	const size_t small[] = {0, 1, 8, 39, 40, 41, 56, 512, used / 3, used - used / 4, used - 1};

	note_features(partition, used);
	for (size_t i = 0; i < sizeof(small) / sizeof(small[0]); i++)
		CHECK(write_tree(system, index, small[i]) == NULL);
	CHECK(write_tree(system, index, used) != NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct fuzz_system *const system = fuzz_plan(data, size);

	if (!system->is_planned)
		return 0;
	features[FEATURE_PARTITIONS + system->plan.partition_count] = 1;
	for (uint32_t i = 0; i < system->plan.partition_count; i++)
		check_guest_tree(system, i);
	return 0;
}

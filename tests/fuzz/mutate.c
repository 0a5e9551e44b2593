/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Changes a device tree so that it remains one: bytes changed at random hardly ever pass libfdt's
 * own checks, and would fuzz nothing but them. What follows the tree (a module) is kept, or changed
 * byte by byte.
 */
#include "tests/fuzz/fuzz.h"

#include <libfdt.h>
#include <string.h>

#define ROOM	     65536 /* bytes that a tree may reach */
#define MAX_VALUE    8704  /* more ranges of memory than the planner keeps count of */
#define MAX_CHANGES  4
#define MAX_CHILDREN 64
#define MAX_DEPTH    8

/* All names and texts of the planner's sources, and some that it only compares in part. */
static const char *const names[] = {
#include "names.inc"
	"phandle", "status", "okay", "disabled", "^O",
};

#define NAME_COUNT (sizeof(names) / sizeof(names[0]))

static uint64_t random_state;

/* xorshift64*: the input and the seed alone decide. */
static uint32_t random_below(uint32_t limit)
{
	random_state ^= random_state >> 12;
	random_state ^= random_state << 25;
	random_state ^= random_state >> 27;
	return (uint32_t)((random_state * UINT64_C(0x2545f4914f6cdd1d)) >> 32) % limit;
}

static const char *random_name(void)
{
	return names[random_below(NAME_COUNT)];
}

/* One of the nodes, each as likely, with more weight on those behind the first, in /chosen. */
static int random_node(const void *tree, int start)
{
	int chosen = start;
	uint32_t seen = 1;
	int depth = 0;

	for (int node = fdt_next_node(tree, start, &depth); node >= 0 && depth >= 0;
	     node = fdt_next_node(tree, node, &depth))
		if (depth > 0 && random_below(++seen) == 0)
			chosen = node;
	return chosen;
}

static int pick_node(const void *tree)
{
	const int chosen = fdt_path_offset(tree, "/chosen");

	return random_node(tree, chosen >= 0 && random_below(2) == 0 ? chosen : 0);
}

/* A property of the node; NULL: it has none. Its value is copied. */
static const char *pick_property(const void *tree, int node, uint8_t value[MAX_VALUE], int *length)
{
	const char *picked = NULL;
	uint32_t seen = 0;
	int property;

	fdt_for_each_property_offset (property, tree, node) {
		const char *name = NULL;
		int size;
		const void *const data = fdt_getprop_by_offset(tree, property, &name, &size);

		if (data == NULL || size < 0 || size > MAX_VALUE || random_below(++seen) != 0)
			continue;
		picked = name;
		*length = size;
		memcpy(value, data, (size_t)size);
	}
	return picked;
}

/* Numbers at which something may change: limits, block sizes, neighbours. */
static uint32_t random_cell(uint32_t old)
{
	switch (random_below(6)) {
	case 0:
		return random_below(70);
	case 1:
		return UINT32_C(1) << random_below(32);
	case 2:
		return 0 - random_below(3);
	case 3:
		return old + (random_below(9) - 4) * 4096;
	case 4:
		return old + (random_below(9) - 4) * (UINT32_C(2) << 20);
	default:
		return old + random_below(5) - 2;
	}
}

/* Changes a value in one of its cells, in its bytes, or by adding and dropping cells. */
static int change_value(uint8_t value[MAX_VALUE], int length)
{
	const int cells = length / 4;
	const char *text;
	uint32_t cell;

	if (cells > 0 && random_below(3) != 0) {
		const uint32_t at = random_below((uint32_t)cells);

		memcpy(&cell, value + 4 * at, 4);
		cell = cpu_to_fdt32(random_cell(fdt32_to_cpu(cell)));
		memcpy(value + 4 * at, &cell, 4);
		return length;
	}
	switch (random_below(5)) {
	case 0:
		cell = cpu_to_fdt32(random_cell(0));
		if (length + 4 > MAX_VALUE)
			return length;
		memcpy(value + length, &cell, 4);
		return length + 4;
	case 1:
		return length >= 4 ? length - 4 : 0;
	case 2:
		/* Again and again what stands there: more ranges, more CPUs. */
		for (uint32_t i = random_below(12); i > 0 && 2 * length <= MAX_VALUE; i--) {
			memcpy(value + length, value, (size_t)length);
			length *= 2;
		}
		return length;
	case 3:
		text = random_name();
		memcpy(value, text, strlen(text) + 1);
		return (int)strlen(text) + 1;
	default:
		return (int)LLVMFuzzerMutate(value, (size_t)length, MAX_VALUE);
	}
}

static void change_property(void *tree)
{
	uint8_t value[MAX_VALUE];
	char name[64];
	int length = 0;
	const int node = pick_node(tree);
	const char *const picked = pick_property(tree, node, value, &length);

	if (picked == NULL || strlen(picked) >= sizeof(name))
		return;
	/* setprop may move the name. */
	memcpy(name, picked, strlen(picked) + 1);
	(void)fdt_setprop(tree, node, name, value, change_value(value, length));
}

static void drop_property(void *tree)
{
	uint8_t value[MAX_VALUE];
	int length;
	const int node = pick_node(tree);
	const char *const name = pick_property(tree, node, value, &length);

	if (name != NULL)
		(void)fdt_delprop(tree, node, name);
}

/* One of the planner's own properties, with a value of any kind, or another node's. */
static void add_property(void *tree)
{
	uint8_t value[MAX_VALUE];
	int length;
	const int node = pick_node(tree);
	const char *const name = random_name();
	const char *const text = random_name();

	switch (random_below(5)) {
	case 0:
		(void)fdt_setprop(tree, node, name, NULL, 0);
		break;
	case 1:
		(void)fdt_setprop_u32(tree, node, name, random_cell(0));
		break;
	case 2:
		(void)fdt_setprop_u64(tree, node, name, random_cell(0));
		break;
	case 3:
		(void)fdt_setprop_string(tree, node, name, text);
		break;
	default:
		if (pick_property(tree, pick_node(tree), value, &length) != NULL)
			(void)fdt_setprop(tree, node, name, value, length);
	}
}

/* Copies what is in a node of one tree to a node of the other. */
static void copy_node(const void *from, int node, void *to, int target, int depth)
{
	char path[512];
	int children = 0;
	int child;
	int property;

	fdt_for_each_property_offset (property, from, node) {
		const char *name = NULL;
		int length;
		const void *const value = fdt_getprop_by_offset(from, property, &name, &length);

		if (value != NULL && length >= 0)
			(void)fdt_setprop(to, target, name, value, length);
	}
	if (depth == MAX_DEPTH || fdt_get_path(to, target, path, sizeof(path)) != 0)
		return;
	fdt_for_each_subnode (child, from, node) {
		const char *const name = fdt_get_name(from, child, NULL);
		/* Adding to the tree has moved the target. */
		const int parent = fdt_path_offset(to, path);
		const int copy = parent < 0 ? parent : fdt_add_subnode(to, parent, name);

		if (copy >= 0 && ++children < MAX_CHILDREN)
			copy_node(from, child, to, copy, depth + 1);
	}
}

/* More partitions, CPUs, memory nodes or modules beside the first; now and then somewhere else. */
static void repeat_node(const void *old, void *tree)
{
	const int node = pick_node(old);
	const int parent = random_below(8) == 0 ? pick_node(old)
			   : node > 0		? fdt_parent_offset(old, node)
						: -1;
	const uint32_t copies = random_below(4) == 0 ? 1 + random_below(70) : 1;
	char path[512];
	char name[64];

	if (parent < 0 || fdt_get_path(old, parent, path, sizeof(path)) != 0)
		return;
	for (uint32_t i = 0; i < copies; i++) {
		const int place = fdt_path_offset(tree, path);

		(void)snprintf(name, sizeof(name), "%.20s-%x", fdt_get_name(old, node, NULL),
			       random_below(4096));

		const int copy = place < 0 ? place : fdt_add_subnode(tree, place, name);

		if (copy < 0)
			return;
		copy_node(old, node, tree, copy, 0);
	}
}

static void change_reservation(void *tree)
{
	const int count = fdt_num_mem_rsv(tree);

	if (count > 0 && random_below(2) == 0)
		(void)fdt_del_mem_rsv(tree, (int)random_below((uint32_t)count));
	else
		(void)fdt_add_mem_rsv(tree, (uint64_t)random_cell(0x40000000) << random_below(12),
				      random_cell(4096));
}

/* What stands for where the modules are (system.c). */
static void move_modules(void *tree)
{
	fdt_set_boot_cpuid_phys(tree, random_cell(fdt_boot_cpuid_phys(tree)));
}

static void rename_node(void *tree)
{
	const int node = pick_node(tree);

	if (node > 0)
		(void)fdt_set_name(tree, node, random_name());
}

static void drop_node(void *tree)
{
	const int node = pick_node(tree);

	if (node > 0)
		(void)fdt_del_node(tree, node);
}

static void change(const void *old, void *tree)
{
	switch (random_below(16)) {
	case 0:
		drop_property(tree);
		break;
	case 1:
	case 2:
		add_property(tree);
		break;
	case 3:
	case 4:
		repeat_node(old, tree);
		break;
	case 5:
		drop_node(tree);
		break;
	case 6:
		change_reservation(tree);
		break;
	case 7:
		rename_node(tree);
		break;
	case 8:
		move_modules(tree);
		break;
	default:
		change_property(tree);
	}
}

/*
 * A tree that ends in the middle of its nodes, with a header that says so. Its strings stand before
 * them, so that nothing but memory of somebody else follows.
 */
static size_t cut_tree(const char *tree, uint8_t *data, size_t max_size)
{
	const uint32_t strings = fdt_off_dt_struct(tree);
	const uint32_t strings_size = fdt_size_dt_strings(tree);
	const uint32_t nodes = strings + (strings_size + 7) / 8 * 8;
	const uint32_t kept = random_below(fdt_size_dt_struct(tree)) + 1;

	if (nodes + kept > max_size)
		return 0;
	memcpy(data, tree, strings);
	memcpy(data + strings, tree + fdt_off_dt_strings(tree), strings_size);
	memset(data + strings + strings_size, 0, nodes - strings - strings_size);
	memcpy(data + nodes, tree + fdt_off_dt_struct(tree), kept);
	fdt_set_off_dt_strings(data, strings);
	fdt_set_off_dt_struct(data, nodes);
	fdt_set_size_dt_struct(data, kept);
	fdt_set_totalsize(data, nodes + kept);
	return nodes + kept;
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed)
{
	static char tree[ROOM];
	static char old[ROOM];

	random_state = (uint64_t)seed << 1 | 1;
	if (size > sizeof(old) || size < sizeof(struct fdt_header))
		return LLVMFuzzerMutate(data, size, max_size);
	memcpy(old, data, size);

	const bool is_tree =
		fdt_check_full(old, size) == 0 && fdt_open_into(old, tree, sizeof(tree)) == 0;

	/* Damaged trees are wanted too, but few. */
	if (!is_tree || random_below(32) == 0)
		return LLVMFuzzerMutate(data, size, max_size);
	if (random_below(64) == 0) {
		const size_t cut_size = cut_tree(tree, data, max_size);

		return cut_size != 0 ? cut_size : size;
	}

	const size_t module_size = size - fdt_totalsize(old);
	const size_t changes = 1 + random_below(1 + random_below(MAX_CHANGES));

	if (random_below(16) == 0)
		return fdt_totalsize(old) + LLVMFuzzerMutate(data + fdt_totalsize(old), module_size,
							     max_size - fdt_totalsize(old));
	for (size_t i = 0; i < changes; i++)
		change(old, tree);
	if (fdt_pack(tree) != 0 || fdt_totalsize(tree) + module_size > max_size)
		return LLVMFuzzerMutate(data, size, max_size);
	memcpy(data, tree, fdt_totalsize(tree));
	memcpy(data + fdt_totalsize(tree), old + fdt_totalsize(old), module_size);
	return fdt_totalsize(tree) + module_size;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Malformed trees: each gets an answer, in bounded time, and no access out of bounds. */
#include "tests/unit/boards.h"

/* A small board and a system that uses most of the binding, so that damage hits all of it. */
static void compile_rich(void)
{
	compile_board(&(struct board){
		.uart = UART(
			"9000000") "aliases { serial0 = \"/uart@9000000\"; }; osc: osc { "
				   "compatible = \"fixed-clock\"; #clock-cells = <0>; }; pins: "
				   "pins { compatible = \"arm,pl061\"; reg = <0 0x9030000 0 "
				   "0x1000>; interrupts = <0 7 4>; clocks = <&osc>; "
				   "gpio-controller; #gpio-cells = <2>; }; keys { compatible "
				   "= \"gpio-keys\"; k { gpios = <&pins 3 0>; }; };"
				   "reserved-memory { #address-cells = <2>; #size-cells = "
				   "<2>; ranges; x { reg = <0 0x7c000000 0 0x1000>; }; };",
		.chosen = "a: a { compatible = \"xen,domain\"; " GOOD
			  "bulkhead,passthrough = \"/pins\", \"/keys\"; bulkhead,supervises = "
			  "<&b>; bulkhead,smc-allow = <0xc2000001>; " MODULE(
				  "0x70000000") "r { compatible = \"multiboot,ramdisk\"; reg = <0 "
						"0x71000000 0 0x1000>; }; s { compatible = "
						"\"xen,domain-shared-memory-v1\"; xen,shm-id = "
						"\"x\"; xen,shared-mem = <0 0x30000000 0 0x1000>; "
						"}; v { compatible = \"xen,vcpu\"; id = <0>; "
						"hard-affinity = \"3\"; }; };"
						"b: b { compatible = \"xen,domain\"; cpus = <1>; "
						"direct-map; xen,static-mem = <0 0x60000000 0 "
						"0x4000000>; " MODULE(
							"0x70000000") "}; c { compatible = "
								      "\"bulkhead,channel\"; "
								      "bulkhead,partitions = <&a "
								      "&b>; size = <0x1000>; };",
	});
	assert_true(run_planner());
}

/* On the heap, so that reads beyond it are seen. */
static bool plan_copy(const void *bytes, size_t size)
{
	void *const copy = malloc(size + 1);

	assert_non_null(copy);
	memcpy(copy, bytes, size);

	const bool is_planned = plan_bytes(copy, size);

	free(copy);
	return is_planned;
}

static void truncated(void **state)
{
	(void)state;
	compile_rich();

	const uint32_t size = fdt_totalsize(tree);

	for (uint32_t cut = 0; cut < size; cut += cut < 128 ? 1 : 37) {
		assert_false(plan_copy(tree, cut));
		assert_says("/: the device tree is truncated or damaged");
	}
	assert_false(plan_bytes(NULL, 0));
	assert_says("/: the device tree is truncated or damaged");
}

/* Any bytes of it changed. */
static void damaged(void **state)
{
	static char copy[TREE_SIZE];

	(void)state;
	compile_rich();

	const uint32_t size = fdt_totalsize(tree);

	srand(3);
	for (unsigned round = 0; round < 3000; round++) {
		memcpy(copy, tree, size);
		for (unsigned i = 0; i < 3; i++)
			copy[56 + (uint32_t)rand() % (size - 56)] = (char)rand();

		const bool is_planned = plan_copy(copy, size);

		assert_int_equal(is_planned, report.errors == 0);
	}
}

/* A word of each property changed: lengths that are negative or too large. */
static void property_lengths(void **state)
{
	static const uint32_t lengths[] = {0xffffffff, 0x80000000, 0xfffffffc, 0x7fffffff};

	(void)state;
	compile_rich();
	for (int node = 0; node >= 0; node = fdt_next_node(tree, node, NULL)) {
		int property;

		fdt_for_each_property_offset (property, tree, node) {
			int length;
			struct fdt_property *const at =
				(void *)(uintptr_t)fdt_get_property_by_offset(tree, property,
									      &length);
			const fdt32_t good = at->len;

			for (unsigned i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
				at->len = cpu_to_fdt32(lengths[i]);
				assert_false(run_planner());
				assert_says("/: the device tree is truncated or damaged");
			}
			at->len = good;
		}
	}
	assert_true(run_planner());
}

/* Each property of the tree cut by a byte, by a cell, and to nothing: an answer. */
static void truncated_cells(void **state)
{
	static const int cuts[] = {1, 4, INT32_MAX};
	static char good[TREE_SIZE];
	unsigned refused = 0;

	(void)state;
	compile_rich();
	assert_int_equal(fdt_open_into(tree, good, (int)fdt_totalsize(tree) + 64), 0);
	for (int node = 0; node >= 0; node = fdt_next_node(good, node, NULL)) {
		int property;

		fdt_for_each_property_offset (property, good, node) {
			const char *name;
			int length;
			const void *const value =
				fdt_getprop_by_offset(good, property, &name, &length);

			for (unsigned i = 0; i < sizeof(cuts) / sizeof(cuts[0]); i++) {
				const int left = length < cuts[i] ? 0 : length - cuts[i];

				memcpy(tree, good, fdt_totalsize(good));
				assert_int_equal(fdt_setprop(tree, node, name, value, left), 0);

				const bool is_planned = run_planner();

				assert_int_equal(is_planned, report.errors == 0);
				refused += is_planned ? 0 : 1;
			}
		}
	}
	assert_true(refused > 50);
}

static void zero_cells(void **state)
{
	static const char *const nodes[] = {"/", "/cpus", "/chosen", "/chosen/a", "/chosen/b"};

	(void)state;
	for (unsigned i = 0; i < sizeof(nodes) / sizeof(nodes[0]); i++) {
		for (uint32_t cells = 0; cells <= 5; cells += cells == 0 ? 3 : 1) {
			compile_rich();
			make_writable();
			assert_int_equal(fdt_setprop_u32(tree, fdt_path_offset(tree, nodes[i]),
							 "#address-cells", cells),
					 0);
			assert_false(run_planner());
			compile_rich();
			make_writable();
			assert_int_equal(fdt_setprop_u32(tree, fdt_path_offset(tree, nodes[i]),
							 "#size-cells", cells == 0 ? 7 : cells),
					 0);
			assert_false(run_planner());
		}
	}
}

static void phandles(void **state)
{
	/* Interrupt parents in a circle, and ones that lead nowhere. */
	static const struct row dangling[] = {
		{PARTITION("a", GOOD "bulkhead,cpus = <0xffffffff>;"),
		 "/chosen/a: bulkhead,cpus: entry 0 names no CPU"},
		{PARTITION("a", GOOD "bulkhead,cpus = <0>;"),
		 "/chosen/a: bulkhead,cpus: entry 0 names no CPU"},
		{PARTITION(
			 "a", GOOD
			 "bulkhead,passthrough = \"/x\";") "}; x { phandle = <0x9999>; compatible "
							   "= \"x\"; interrupt-parent = "
							   "<0x9999>; interrupts = <1 2>; "
							   "#interrupt-cells = <4>; }; chosen {",
		 NULL},
		{PARTITION("a",
			   GOOD "bulkhead,passthrough = \"/x\";") "}; x { compatible = \"x\"; "
								  "interrupt-parent = <0x9999>; "
								  "interrupts = <0 "
								  "100 4>; }; y { phandle = "
								  "<0x9999>; interrupt-controller; "
								  "#interrupt-cells = "
								  "<0xffffffff>; }; chosen {",
		 "/chosen/a: bulkhead,passthrough: the interrupts of x go to y"},
	};

	(void)state;
	compile(PARTITION("a", GOOD));
	check_refused(dangling, 2);
	check_accepted(dangling + 2, 1);
	check_refused(dangling + 3, 1);
	make_writable();
	assert_int_equal(fdt_setprop_u64(tree, fdt_path_offset(tree, "/x"), "interrupt-parent", 1),
			 0);
	assert_false(run_planner());
	assert_says("/chosen/a: bulkhead,passthrough: the interrupts of x go to a phandle that is");
	assert_int_equal(fdt_setprop_u32(tree, fdt_path_offset(tree, "/cpus"), "phandle", 0x9999),
			 0);
	assert_false(run_planner());
	assert_says("/: phandle: <0x9999> stands twice; no two nodes have the same phandle");
}

/* Aliases that lead nowhere are no console; they are not followed in a circle. */
static void aliases(void **state)
{
#define ALIAS(alias) UART("9000000") "aliases { serial0 = " alias "; };"
#define PATH(path)   "stdout-path = \"" path "\";"
	static const struct board bad[] = {
		{.uart = ALIAS("\"serial0\"")},
		{.uart = ALIAS("\"a\"; a = \"b\"; b = \"a/x\"")},
		{.uart = ALIAS("\"\"")},
		{.uart = ALIAS("<1>")},
		{.uart = ALIAS("\"/nowhere\"")},
		{.uart = UART("9000000")},
		{.chosen = PATH("")},
		{.chosen = PATH(":115200")},
		{.chosen = PATH("serial0/x")},
		{.chosen = PATH("a-name-that-is-longer-than-any-alias-could-be-because-no-alias-is-"
				"that-long")},
	};
	static struct tree_index index;
	struct plan_board board;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		compile_board(&bad[i]);
		plan_find_console(tree, sizeof(tree), &index, &board);
		assert_int_equal(board.uart_intid, 0);
	}
	compile_board(&(struct board){0});
	plan_find_console(tree, sizeof(tree), &index, &board);
	assert_int_equal(board.uart_intid, 33);
	compile_source("/dts-v1/; / { };");
	plan_find_console(tree, sizeof(tree), &index, &board);
	assert_int_equal(board.uart_intid, 0);
	assert_false(run_planner());
	assert_says("/: no partition");
}

/* A property that belongs to no node. */
static void property_outside(void **state)
{
	static const uint32_t structure[] = {FDT_PROP,	   0,	   0, FDT_BEGIN_NODE, 0,
					     FDT_END_NODE, FDT_END};
	struct fdt_header *const header = (struct fdt_header *)(void *)tree;
	fdt32_t *const tokens = (fdt32_t *)(void *)(tree + 56);
	const uint32_t strings = 56 + sizeof(structure);

	(void)state;
	memset(tree, 0, 256);
	header->magic = cpu_to_fdt32(FDT_MAGIC);
	header->totalsize = cpu_to_fdt32(strings + 8);
	header->off_mem_rsvmap = cpu_to_fdt32(40);
	header->off_dt_struct = cpu_to_fdt32(56);
	header->off_dt_strings = cpu_to_fdt32(strings);
	header->size_dt_struct = cpu_to_fdt32(sizeof(structure));
	header->size_dt_strings = cpu_to_fdt32(8);
	header->version = cpu_to_fdt32(17);
	header->last_comp_version = cpu_to_fdt32(16);
	for (unsigned i = 0; i < sizeof(structure) / sizeof(structure[0]); i++)
		tokens[i] = cpu_to_fdt32(structure[i]);
	memcpy(tree + strings, "phandle", 8);
	assert_false(run_planner());
	assert_says("/: the device tree is truncated or damaged");
	/* Nor does a tree of before version 16. */
	header->version = cpu_to_fdt32(3);
	assert_false(run_planner());
	assert_says("/: the device tree is truncated or damaged");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(property_outside, planning_set_up),
		cmocka_unit_test_setup(truncated, planning_set_up),
		cmocka_unit_test_setup(damaged, planning_set_up),
		cmocka_unit_test_setup(property_lengths, planning_set_up),
		cmocka_unit_test_setup(truncated_cells, planning_set_up),
		cmocka_unit_test_setup(zero_cells, planning_set_up),
		cmocka_unit_test_setup(phandles, planning_set_up),
		cmocka_unit_test_setup(aliases, planning_set_up),
	};

	return cmocka_run_group_tests_name("damage", tests, NULL, NULL);
}

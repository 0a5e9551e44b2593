/* SPDX-License-Identifier: Apache-2.0 */
/* Where modules may lie: in place, shared by partitions, and never on anything else. */
#include "tests/unit/planning.h"

#define STATIC	      "cpus = <1>; xen,static-mem = <0 0x70000000 0 0x4000000>; "
#define CELLS	      "#address-cells = <2>; #size-cells = <2>; "
#define KERNEL(reg)   "k { compatible = \"multiboot,kernel\"; reg = <" reg ">;};"
#define RAMDISK(reg)  "r { compatible = \"multiboot,ramdisk\"; reg = <" reg ">; };"
#define WITH(modules) "a { compatible = \"bulkhead,partition\"; " CELLS STATIC modules "};"

static void in_place(void **state)
{
	/* The kernel, 16 MiB large, is at text_offset; the ramdisk on the next 2 MiB. */
	static const struct row rows[] = {
		{WITH(KERNEL("0 0x70080000 0 0x8000")), NULL},
		{WITH(KERNEL("0 0x60080000 0 0x8000") RAMDISK("0 0x71200000 0 0x8000")), NULL},
		{WITH(KERNEL("0 0x70080000 0 0x8000") RAMDISK("0 0x71200000 0 0x8000")), NULL},
	};
	static const struct row elsewhere[] = {
		{WITH(KERNEL("0 0x70000000 0 0x8000")),
		 "/chosen/a/k: reg: 0x70000000, but the guest expects it at 0x70080000"},
		{WITH(KERNEL("0 0x70080000 0 0x8000") RAMDISK("0 0x71400000 0 0x8000")),
		 "/chosen/a/r: reg: 0x71400000, but the guest expects it at 0x71200000"},
		{WITH(KERNEL("0 0x73fff000 0 0x8000")),
		 "/chosen/a: xen,static-mem: RAM 0x70000000-0x73ffffff overlaps module of a "
		 "(/chosen/a/k) 0x73fff000-0x74006fff"},
		{WITH(KERNEL("0 0x6ffff000 0 0x8000")),
		 "/chosen/a: xen,static-mem: RAM 0x70000000-0x73ffffff overlaps module of a"},
		/* In another partition's RAM. */
		{WITH(KERNEL("0 0x70080000 0 0x8000")) "b { compatible = \"xen,domain\"; " GOOD
			 MODULE("0x60000000") RAMDISK("0 0x72000000 0 0x1000") "};",
		 "/chosen/a: xen,static-mem: RAM 0x70000000-0x73ffffff overlaps module of b "
		 "(/chosen/b/r)"},
	};

	(void)state;
	check_accepted(ROWS(rows));
	assert_int_equal(plan.partitions[0].kernel[0].destination.value, 0x70080000);
	assert_int_equal(plan.partitions[0].kernel[0].source.value, 0x70080000);
	assert_int_equal(plan.partitions[0].ramdisk.destination.value, 0x71200000);
	check_refused(ROWS(elsewhere));
}

static bool is_in_pool(pa_t base, uint64_t size)
{
	return base.value >= plan.pool.base.value &&
	       base.value + size <= plan.pool.base.value + plan.pool.size;
}

/* What is decompressed needs its source until it is done: it cannot lie where it goes. */
static void compressed_in_place(void **state)
{
	static const uint8_t header[] = {0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 1, 0, 4, 0xff, 0xfb};
	static uint8_t file[0x8000];

	(void)state;
	memcpy(file, header, sizeof(header));
	file[15 + 10] = 8;
	file[15 + 19] = 1;
	memcpy(file + 15 + 56, "ARM\x64", 4);
	planning_module(0x70080000, file, sizeof(file));
	compile(WITH(KERNEL("0 0x70080000 0 0x8000")));
	assert_false(run_planner());
	assert_says("/chosen/a/k: reg: 0x70080000, but it is decompressed to 0x70080000");
	planning_module(0x60080000, file, sizeof(file));
	compile(WITH(KERNEL("0 0x60080000 0 0x8000")));
	assert_true(run_planner());

	/* The same file for two partitions. */
	planning_module(0x60000000, file, sizeof(file));
	compile("a { compatible = \"bulkhead,partition\"; " GOOD
			MODULE("0x60000000") " }; b { compatible = \"xen,domain\"; " GOOD MODULE(
				"0x60000000") "};");
	assert_true(run_planner());
	assert_int_equal(plan.partitions[0].kernel[0].format, PLAN_IMAGE_GZIP);
	assert_int_equal(plan.partitions[1].kernel[0].format, PLAN_IMAGE_GZIP);
	assert_int_equal(plan.partitions[1].kernel[0].source.value, 0x60000000);
	/* A restart does not decompress it again. */
	assert_true(is_in_pool(plan.partitions[0].kernel[0].pristine,
			       plan.partitions[0].kernel[0].size));
	assert_true(plan.partitions[0].kernel[0].destination.value !=
		    plan.partitions[1].kernel[0].destination.value);
}

#define NEVER                                                                                      \
	"bulkhead,on-reset = \"stop\"; bulkhead,on-watchdog = \"stop\"; "                          \
	"bulkhead,on-shutdown = \"reset-board\";"

/* What a restart needs and the guest may have changed is kept in memory of EL2's. */
static void pristine_copies(void **state)
{
	const struct plan_partition *const a = &plan.partitions[0];

	(void)state;
	compile(WITH(KERNEL("0 0x70080000 0 0x8000") RAMDISK("0 0x71200000 0 0x9000")));
	assert_true(run_planner());
	assert_true(is_in_pool(a->kernel[0].pristine, 0x8000));
	assert_true(is_in_pool(a->ramdisk.pristine, 0x9000));
	assert_true(is_in_pool(a->device_tree_pristine, a->device_tree_size));
	assert_true(a->kernel[0].pristine.value + 0x8000 <= a->ramdisk.pristine.value);
	assert_true(a->device_tree_pristine.value + a->device_tree_size <=
		    a->kernel[0].pristine.value);

	/* What the boot loader has put elsewhere stays there. */
	compile(WITH(KERNEL("0 0x60080000 0 0x8000") RAMDISK("0 0x71200000 0 0x9000")));
	assert_true(run_planner());
	assert_int_equal(a->kernel[0].pristine.value, 0);
	assert_true(is_in_pool(a->ramdisk.pristine, 0x9000));

	/* One that nothing restarts needs none. */
	compile(WITH(NEVER KERNEL("0 0x70080000 0 0x8000") RAMDISK("0 0x71200000 0 0x9000")));
	assert_true(run_planner());
	assert_int_equal(a->kernel[0].pristine.value, 0);
	assert_int_equal(a->ramdisk.pristine.value, 0);
	assert_int_equal(a->device_tree_pristine.value, 0);
	assert_false(plan_may_restart(a));

	/* But by order: another one supervises it, described before or behind it. */
	for (unsigned first = 0; first < 2; first++) {
		static const char supervisor[] =
			"b { compatible = \"bulkhead,partition\"; " GOOD NEVER
			"bulkhead,supervises = <&{/chosen/a}>; " MODULE("0x60000000") "};";
		const struct plan_partition *const one = &plan.partitions[first];
		char text[2048];

		(void)snprintf(text, sizeof(text), "%s %s %s", first == 1 ? supervisor : "",
			       WITH(NEVER KERNEL("0 0x70080000 0 0x8000")),
			       first == 0 ? supervisor : "");
		compile(text);
		assert_true(run_planner());
		assert_int_equal(report.unsupported, 0);
		assert_true(is_in_pool(one->kernel[0].pristine, 0x8000));
		assert_true(is_in_pool(one->device_tree_pristine, one->device_tree_size));
		assert_int_equal(plan.partitions[1 - first].supervises, 1U << first);
		assert_false(plan_may_restart(&plan.partitions[1 - first]));
		assert_int_equal(plan.virtual_devices[0].type, PLAN_VIRTUAL_SUPERVISOR);
		assert_int_equal(plan.virtual_devices[0].size, PAGE_SIZE);
		assert_int_equal(plan.virtual_devices[0].intid, 0);
	}
}

static void shared(void **state)
{
	static const struct row rows[] = {
		{PARTITION("a", GOOD) PARTITION("b", GOOD), NULL},
	};
	static const struct row overlapping[] = {
		{PARTITION("a",
			   GOOD) "b { compatible = \"xen,domain\"; " GOOD MODULE("0x70004000") "};",
		 "/chosen/b/k: reg: 0x70004000-0x7000bfff overlaps module of a (/chosen/a/k)"},
		{PARTITION("a", GOOD) "b { compatible = \"xen,domain\"; " GOOD CELLS KERNEL(
			 "0 0x70000000 0 0x4000") "};",
		 "/chosen/b/k: reg: 0x70000000-0x70003fff overlaps module of a (/chosen/a/k)"},
	};

	(void)state;
	check_accepted(rows, 1);
	assert_int_equal(plan.partitions[0].kernel[0].source.value,
			 plan.partitions[1].kernel[0].source.value);
	check_refused(ROWS(overlapping));
}

static void on_reserved_memory(void **state)
{
	static const struct row rows[] = {
		{PARTITION("a", GOOD) "}; reserved-memory { #address-cells = <2>; #size-cells = "
				      "<2>; ranges; secure@70007000 { reg = <0 0x70007000 0 "
				      "0x1000>; }; }; chosen {",
		 "/chosen/a/k: reg: 0x70000000-0x70007fff overlaps reserved memory "
		 "(/reserved-memory/secure@70007000) 0x70007000-0x70007fff"},
		{"a { compatible = \"xen,domain\"; " GOOD MODULE("0x48000000") "};",
		 "/chosen/a/k: reg: 0x48000000-0x48007fff overlaps the host device tree"},
		{"a { compatible = \"xen,domain\"; " GOOD CELLS KERNEL(
			 "0xffffffff 0xffffc000 0 0x8000") "};",
		 "/chosen/a/k: reg: 0x8000 bytes at 0xffffffffffffc000"},
		{"a { compatible = \"xen,domain\"; " GOOD CELLS KERNEL("0 0x70000000 0 0") "};",
		 "/chosen/a/k: reg: size 0 at 0x70000000"},
		{"a { compatible = \"xen,domain\"; " GOOD CELLS KERNEL(
			 "0 0x40280000 0 0x3fd80000") "};",
		 "/chosen/a/k: reg: 0x40280000-0x7fffffff overlaps the host device tree"},
	};

	(void)state;
	check_refused(ROWS(rows));

	compile(PARTITION("a", GOOD));
	make_writable();
	assert_int_equal(fdt_add_mem_rsv(tree, 0x6ffff000, 0x1001), 0);
	assert_false(run_planner());
	assert_says("/chosen/a/k: reg: 0x70000000-0x70007fff overlaps /memreserve/ "
		    "0x6ffff000-0x70000000");
}

/* Reserved memory that cannot be read must not be handed out as free. */
static void unreadable_reserved_memory(void **state)
{
#define RESERVED(cells, reg)                                                                       \
	PARTITION("a", GOOD)                                                                       \
	"}; reserved-memory { " cells " ranges; x@0 { reg = <" reg ">; }; }; chosen {"
	static const struct row rows[] = {
		{RESERVED("#address-cells = <2>; #size-cells = <2>;", "0 0x60000000 0"),
		 "/reserved-memory/x@0: reg: of the wrong length"},
		{RESERVED("#address-cells = <0>; #size-cells = <2>;", "0 0x60000000"),
		 "/reserved-memory/x@0: reg: of the wrong length"},
		{RESERVED("#address-cells = <3>; #size-cells = <2>;", "0 0 0x60000000 0 0x1000"),
		 "/reserved-memory/x@0: reg: of the wrong length"},
	};
	static const struct row zero_size[] = {
		{RESERVED("#address-cells = <2>; #size-cells = <0>;", "0 0x60000000"),
		 "/reserved-memory/x@0: reg: of the wrong length"},
	};
	/* Reserved by size alone: Linux finds it a place, and nothing is there yet. */
	static const struct row without_reg[] = {
		{PARTITION("a", GOOD) "}; reserved-memory { #address-cells = <2>; #size-cells = "
				      "<2>; ranges; pool { size = <0 0x1000000>; }; }; chosen {",
		 NULL},
	};

	(void)state;
	check_refused(ROWS(rows));
	check_refused(zero_size, 1);
	check_accepted(without_reg, 1);
}

static void properties(void **state)
{
	char text[4096];
	char bootargs[2100];

	(void)state;
	memset(bootargs, 'x', sizeof(bootargs));
	for (int length = 2047; length <= 2048; length++) {
		bootargs[length] = '\0';
		(void)snprintf(text, sizeof(text),
			       "a { compatible = \"xen,domain\"; " GOOD CELLS
			       "k { compatible = \"multiboot,kernel\"; reg = <0 0x70000000 0 "
			       "0x8000>; bootargs = \"%s\"; }; };",
			       bootargs);
		compile(text);
		assert_int_equal(run_planner(), length == 2047);
		bootargs[length] = 'x';
	}
	assert_says("/chosen/a/k: bootargs: not a string, or too long");

	/* Switched off: it is not there. */
	compile("a { compatible = \"xen,domain\"; " GOOD MODULE("0x70000000")
			RAMDISK("1 2>; status = <0") "};");
	assert_true(run_planner());
	assert_int_equal(plan.partitions[0].ramdisk.format, PLAN_IMAGE_NONE);
	compile("a { compatible = \"xen,domain\"; " GOOD CELLS
		"k { compatible = \"multiboot,kernel\"; reg = <0 0x70000000 0 0x8000>; }; };");
	assert_true(run_planner());
	assert_string_equal(plan_text(&plan, plan.partitions[0].bootargs), "");
}

/* One byte more than the window that EL2 has for modules. */
static void too_large(void **state)
{
	static const struct row rows[] = {
		{"a { compatible = \"xen,domain\"; " GOOD CELLS KERNEL(
			 "0 0xc0000000 0 0x3fe00001") "}; }; memory@c0000000 { device_type = "
						      "\"memory\"; reg = <0 0xc0000000 0 "
						      "0x40000000>; }; chosen {",
		 "/chosen/a/k: reg: cannot be read; a module is at most 1022 MiB large"},
	};

	(void)state;
	check_refused(rows, 1);
}

/* An image that carries its modules was loaded elsewhere, above or below where it was packed for.
 */
static void moved(void **state)
{
	static const struct row outside[] = {
		{WITH(KERNEL("0 0x40200000 0 0x8000")),
		 "/chosen/a/k: reg: 0x8000 bytes at 0x3fe00000; a module lies in the board's RAM"},
	};

	(void)state;
	compile(WITH(KERNEL("0 0x60000000 0 0x8000") RAMDISK("0 0x61000000 0 0x8000")));
	modules_shift = 0x200000;
	assert_true(run_planner());
	assert_int_equal(plan.partitions[0].kernel[0].source.value, 0x60200000);
	assert_int_equal(plan.partitions[0].ramdisk.source.value, 0x61200000);
	modules_shift = UINT64_MAX - 0x400000 + 1;
	assert_true(run_planner());
	assert_int_equal(plan.partitions[0].kernel[0].source.value, 0x5fc00000);
	check_refused(ROWS(outside));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(in_place, planning_set_up),
		cmocka_unit_test_setup(compressed_in_place, planning_set_up),
		cmocka_unit_test_setup(pristine_copies, planning_set_up),
		cmocka_unit_test_setup(shared, planning_set_up),
		cmocka_unit_test_setup(on_reserved_memory, planning_set_up),
		cmocka_unit_test_setup(unreadable_reserved_memory, planning_set_up),
		cmocka_unit_test_setup(properties, planning_set_up),
		cmocka_unit_test_setup(too_large, planning_set_up),
		cmocka_unit_test_setup(moved, planning_set_up),
	};

	return cmocka_run_group_tests_name("modules", tests, NULL, NULL);
}

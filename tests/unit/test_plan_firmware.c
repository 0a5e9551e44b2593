/* SPDX-License-Identifier: Apache-2.0 */
/* What boot loaders and firmware write into a board's tree, and boards of other shapes. */
#include "tests/unit/boards.h"

/* As U-Boot and the firmware below leave a tree, but for the entries of /memreserve/. */
static const struct board fixed_up = {
	.cpus = CPU("100") CPU("101") CPU(
		"0") "cpu@1 { device_type = \"cpu\"; reg = <1>; enable-method = \"psci\"; status = "
		     "\"disabled\"; };"
		     "cpu@2 { device_type = \"cpu\"; reg = <2>; enable-method = \"psci\"; status = "
		     "\"fail\"; };"
		     "cpu@3 { device_type = \"cpu\"; reg = <3>; enable-method = \"psci\"; "
		     "cpu-release-addr = <0 0x40001000>; cpu-idle-states = <&idle>; };"
		     "cpu-map { cluster0 { core0 { cpu = <0>; }; }; };"
		     "idle-states { entry-method = \"psci\"; idle: cpu-sleep-0 { compatible = "
		     "\"arm,idle-state\"; }; }; l2-cache0 { compatible = \"cache\"; };",
	/* All banks are in the first node; the second one is as the board's tree had it. */
	.memory = "memory@40000000 { device_type = \"memory\"; reg = <0 0x40000000 0 0x40000000 "
		  "8 0x80000000 0 0x40000000>; };"
		  "memory@880000000 { device_type = \"memory\"; reg = <8 0x80000000 0 "
		  "0x40000000>; };"
		  "memory@e000000 { device_type = \"memory\"; reg = <0 0xe000000 0 0x1000000>; "
		  "status = \"disabled\"; secure-status = \"okay\"; };",
	.psci = "psci { compatible = \"arm,psci-1.1\", \"arm,psci-1.0\", \"arm,psci-0.2\", "
		"\"arm,psci\"; method = \"smc\"; psci_version = <0x10001>; };"
		"firmware { optee { compatible = \"linaro,optee-tz\"; method = \"smc\"; }; "
		"scmi { compatible = \"arm,scmi-smc\"; arm,smc-id = <0x82000010>; }; };"
		"reserved-memory { #address-cells = <2>; #size-cells = <2>; ranges; "
		"tf-a@40000000 { reg = <0 0x40000000 0 0x100000>; no-map; }; "
		"optee_core@42000000 { reg = <0 0x42000000 0 0x1e00000 0 0x46000000 0 0x1000>; "
		"no-map; }; "
		"optee_shm@43e00000 { reg = <0 0x43e00000 0 0x200000>; }; "
		"linux,cma { compatible = \"shared-dma-pool\"; reusable; size = <0 0x10000000>; "
		"linux,cma-default; }; };",
	.chosen = "bootargs = \"console=ttyS0 root=/dev/mmcblk0p2\"; "
		  "linux,initrd-start = <0x50000000>; linux,initrd-end = <0x50400001>; "
		  "kaslr-seed = <1 2>; rng-seed = [01 02 03 04]; "
		  "linux,uefi-system-table = <8 0x88000000>; linux,uefi-mmap-size = <0x1000>; "
		  "linux,uefi-secure-boot = <2>; u-boot,version = \"2025.01\"; "
		  "u-boot,bootconf = \"conf-1\"; smbios3-entrypoint = <0 0x47000000>; "
		  "linux,usable-memory-range = <0 0x40000000 0 0x40000000>; "
		  "a { compatible = \"bulkhead,partition\"; memory = <0 0x100000>; cpus = <2>; "
		  "vpl011; " MODULE("0x70000000") " }; "
						  "b { compatible = \"bulkhead,partition\"; memory "
						  "= <0 0x80000>; cpus = <2>; "
						  "vpl011; " MODULE("0x71000000") " };",
};

static bool is_given_away(uint64_t base, uint64_t size)
{
	for (uint32_t p = 0; p < plan.partition_count; p++)
		for (uint32_t i = 0; i < plan.partitions[p].region_count; i++) {
			const struct plan_region *const region = &plan.partitions[p].regions[i];

			if (region->host.value < base + size &&
			    base < region->host.value + region->size)
				return true;
		}
	return false;
}

static void reserve(uint64_t base, uint64_t size)
{
	assert_int_equal(fdt_add_mem_rsv(tree, base, size), 0);
}

static void boot_loaders_tree(void **state)
{
	static const uint64_t kept[][2] = {
		{0x40000000, 0x100000}, {0x42000000, 0x2000000}, {0x46000000, 0x1000},
		{0x48000000, 0x10000},	{0x50000000, 0x400001},	 {0x52345678, 0x89a},
	};

	(void)state;
	compile_board(&fixed_up);
	make_writable();
	reserve(0x48000000, 0x10000);  /* the tree itself, and room to grow */
	reserve(0x50000000, 0x400001); /* the ramdisk */
	reserve(0x52345678, 0x89a);    /* a spin table */
	reserve(0xe0000000, 0x1000);   /* nothing of the RAM's */
	if (!run_planner() || report.count != 0)
		show_report();
	assert_int_equal(report.count, 0);

	assert_int_equal(plan.board.memory_bank_count, 2);
	for (size_t i = 0; i < sizeof(kept) / sizeof(kept[0]); i++)
		assert_false(is_given_away(kept[i][0], kept[i][1]));
	/* 1 GiB is nowhere else than in the high bank. */
	assert_int_equal(plan.partitions[0].region_count, 1);
	assert_int_equal(plan.partitions[0].regions[0].host.value, 0x880000000);

	/* CPUs in the tree's order, whatever their affinity; those switched off or broken are none.
	 */
	assert_int_equal(plan.board.cpu_count, 4);
	assert_int_equal(plan.board.cpus[plan.partitions[0].cpus[0]].mpidr, 0x100);
	assert_int_equal(plan.board.cpus[plan.partitions[0].cpus[1]].mpidr, 0x101);
	assert_int_equal(plan.board.cpus[plan.partitions[1].cpus[0]].mpidr, 0);
	assert_int_equal(plan.board.cpus[plan.partitions[1].cpus[1]].mpidr, 3);
}

#define RAMDISK(start, end)                                                                        \
	{                                                                                          \
		.chosen =                                                                          \
			"linux,initrd-start = <" start ">; linux,initrd-end = <" end               \
			">; " PARTITION(                                                           \
				"a", "cpus = <1>; xen,static-mem = <0 0x60000000 0 0x10000000>; ") \
	}

static void ramdisks(void **state)
{
	static const struct board kept[] = {
		RAMDISK("0x60100000", "0x60100001"),
		RAMDISK("0 0x60100000", "0 0x60100001"),
		RAMDISK("0x5ffff000", "0x60000001"),
		RAMDISK("0x6fffffff", "0x70000000"),
	};
	static const struct board accepted[] = {
		RAMDISK("0x5ffff000", "0x60000000"),
		RAMDISK("0x60100000", "0x60100000"),
		RAMDISK("0x60100000", "0x60000000"),
		RAMDISK("8 0x60100000", "8 0x60200000"),
		RAMDISK("0 0 0x60100000", "0 0 0x60200000"),
		{.chosen = "linux,initrd-start = <0x50000000>; " PARTITION("a", GOOD)},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(kept) / sizeof(kept[0]); i++) {
		compile_board(&kept[i]);
		assert_false(run_planner());
		assert_says("/chosen/a: xen,static-mem: RAM 0x60000000-0x6fffffff overlaps the "
			    "boot loader's ramdisk (/chosen) 0x");
		assert_int_equal(report.errors, 1);
	}
	ACCEPTED_BOARDS(accepted);
}

/* A bank that is in another says nothing new; one that is so in part is a mistake. */
static void banks_twice(void **state)
{
	static const struct board accepted[] = {
		{.memory = MEMORY("0 0x40000000 0 0x40000000 0 0x40000000 0 0x40000000")},
		{.memory = MEMORY("0 0x40000000 0 0x40000000 0 0x50000000 0 0x1000")},
	};
	static const struct board refused[] = {
		{.memory = MEMORY("0 0x50000000 0 0x1000 0 0x40000000 0 0x40000000"),
		 .line = "/memory: reg: 0x40000000 bytes at 0x40000000 stand twice"},
	};

	(void)state;
	ACCEPTED_BOARDS(accepted);
	assert_int_equal(plan.board.memory_bank_count, 1);
	REFUSED_BOARDS(refused);
}

/* RAM from address 0 on is RAM, also where it has to be taken in pieces. */
static void bank_at_zero(void **state)
{
	const struct board board = {
		.memory = MEMORY("0 0 0 0x8000000 0 0x40000000 0 0x40000000"),
		.chosen = PARTITION("a", "memory = <0 0x113000>; cpus = <1>; "),
	};

	(void)state;
	compile_board(&board);
	if (!run_planner())
		show_report();
	assert_int_equal(report.count, 0);
	assert_true(is_given_away(0, 0x200000));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(boot_loaders_tree, planning_set_up),
		cmocka_unit_test_setup(ramdisks, planning_set_up),
		cmocka_unit_test_setup(banks_twice, planning_set_up),
		cmocka_unit_test_setup(bank_at_zero, planning_set_up),
	};

	return cmocka_run_group_tests_name("firmware", tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* The board's RAM and what partitions get of it: banks, address bits, direct maps, numbers. */
#include "tests/unit/boards.h"

#define STATIC(further)                                                                            \
	"a { compatible = \"bulkhead,partition\"; cpus = <1>; " further MODULE("0x70000000") "};"
#define LARGE MEMORY("0 0x40000000 0 0x80000000 1 0 4 0")

static void banks(void **state)
{
	static const struct board refused[] = {
		{.memory = "", .line = "/: no memory"},
		{.memory = "memory { reg = <0 0x40000000 0 0x40000000>; };",
		 .line = "/: no memory"},
		{.memory = "memory { device_type = \"memory\"; reg = <0 0x40000000 0 0x40000000>; "
			   "status = \"disabled\"; };",
		 .line = "/: no memory"},
		{.memory = "memory { device_type = \"memory\"; };",
		 .line = "/memory: reg: missing or of the wrong length"},
		{.memory = MEMORY("0 0x40000000 0 0x40000000 0"),
		 .line = "/memory: reg: missing or of the wrong length"},
		{.memory = MEMORY("0 0x40000000 0 0x40000000 0 0x7ffff000 0 0x2000"),
		 .line = "/memory: reg: 0x2000 bytes at 0x7ffff000 stand twice"},
		{.memory = MEMORY("0 0x40000000 0 0x40000000 0xffffffff 0xfffff000 0 0x2000"),
		 .line = "/memory: reg: 0x2000 bytes at 0xfffffffffffff000; memory ends below 64"},
		{.memory = MEMORY("0 0x40000000 0 0x40000000 0x4000 0 0 0x1000"),
		 .line = "/memory: reg: 0x1000 bytes at 0x400000000000; memory ends below 64 TiB"},
		{.memory = MEMORY("0 0x40000000 0 0x40000000 0x1000 0 0x3000 0x1000"),
		 .line = "/memory: reg: 0x300000001000 bytes at 0x100000000000"},
	};
	static const struct board accepted[] = {
		/* An empty bank, as firmware leaves it where a slot is empty. */
		{.memory = MEMORY("0 0x40000000 0 0x40000000 0 0 0 0")},
		{.memory = MEMORY("0 0x40000000 0 0x40000000 0x3fff 0xfffff000 0 0x1000")},
		{.memory = MEMORY("0 0x40000000 0 0x40000000") "memory@1 { device_type = "
							       "\"memory\"; reg = <1 0 0 1>; };"},
	};

	(void)state;
	REFUSED_BOARDS(refused);
	ACCEPTED_BOARDS(accepted);
	assert_int_equal(plan.board.memory_bank_count, 2);
}

/* Banks of 64 MiB, with a gap of 64 MiB behind each. */
static bool plan_bank_count(unsigned count)
{
	static char reg[16384];

	(void)snprintf(reg, sizeof(reg), "memory { device_type = \"memory\"; reg = ");
	for (unsigned i = 0; i < count; i++)
		(void)snprintf(reg + strlen(reg), sizeof(reg) - strlen(reg),
			       "%s<%u 0x%08x 0 0x4000000>", i == 0 ? "" : ", ",
			       (0x40000000U / 0x1000 + i * (0x8000000U / 0x1000)) >> 20,
			       0x40000000U + i * 0x8000000U);
	(void)snprintf(reg + strlen(reg), sizeof(reg) - strlen(reg), "; };");
	compile_board(&(struct board){.memory = reg});
	return run_planner();
}

static void many_banks(void **state)
{
	(void)state;
	assert_true(plan_bank_count(32));
	assert_int_equal(plan.board.memory_bank_count, 32);
	assert_false(plan_bank_count(33));
	assert_says("/memory: reg: one memory bank too many");
	assert_int_equal(report.errors, 1);
	/* More errors than a report holds: those that are lost are counted. */
	assert_false(plan_bank_count(257));
	assert_int_equal(report.count, REPORT_MAX_FINDINGS);
	assert_int_equal(report.errors, 257 - 32);
	assert_int_equal(report.errors_lost, 257 - 32 - REPORT_MAX_FINDINGS);
}

static void spanning_banks(void **state)
{
	static const struct board refused[] = {
		{.memory = MEMORY("0 0x40000000 0 0x20000000 0 0x60000000 0 0x20000000"),
		 .chosen = STATIC("xen,static-mem = <0 0x5c000000 0 0x8000000>;"),
		 .line = "/chosen/a: xen,static-mem: 0x8000000 bytes at 0x5c000000; a range lies "
			 "in one bank of the board's RAM; split it where a bank ends"},
	};
	static const struct board accepted[] = {
		{.memory = MEMORY("0 0x40000000 0 0x20000000 0 0x60000000 0 0x20000000"),
		 .chosen = STATIC("xen,static-mem = <0 0x5c000000 0 0x4000000 0 0x60000000 0 "
				  "0x4000000>;")},
		{.memory = MEMORY("0 0x40000000 0 0x20000000 0 0x60000000 0 0x20000000"),
		 .chosen = STATIC("memory = <0 0xc0000>;")},
	};
	const struct plan_partition *const partition = &plan.partitions[0];

	(void)state;
	REFUSED_BOARDS(refused);
	ACCEPTED_BOARDS(accepted);
	/* The last one: 768 MiB in pieces, the largest first. */
	assert_true(partition->region_count >= 2);
	for (uint32_t i = 1; i < partition->region_count; i++) {
		assert_true(partition->regions[i].size <= partition->regions[i - 1].size);
		assert_int_equal(partition->regions[i].guest.value,
				 partition->regions[i - 1].guest.value +
					 partition->regions[i - 1].size);
	}
}

/* More than the first guest bank holds, and RAM above 4 GiB. */
static void second_guest_bank(void **state)
{
	const struct plan_partition *const partition = &plan.partitions[0];

	(void)state;
	compile_board(&(struct board){.memory = LARGE, .chosen = STATIC("memory = <0 0x600000>;")});
	assert_true(run_planner());
	assert_int_equal(partition->region_count, 2);
	assert_int_equal(partition->regions[0].guest.value, 0x40000000);
	assert_int_equal(partition->regions[0].host.value, UINT64_C(0x100000000));
	assert_int_equal(partition->regions[0].size, 3 * BLOCK_1G);
	assert_int_equal(partition->regions[1].guest.value, UINT64_C(0x200000000));
	assert_int_equal(partition->regions[1].host.value, UINT64_C(0x1c0000000));
	assert_int_equal(partition->regions[1].size, 3 * BLOCK_1G);
	assert_int_equal(partition->ipa_bits, 36);

	/* Ranges of the user's: the second begins in bank 1. */
	compile_board(&(struct board){.memory = LARGE,
				      .chosen = STATIC("xen,static-mem = <1 0 0 0xc0000000 2 0 0 "
						       "0x40000000>;")});
	assert_true(run_planner());
	assert_int_equal(partition->region_count, 2);
	assert_int_equal(partition->regions[1].guest.value, UINT64_C(0x200000000));
	assert_int_equal(partition->regions[1].host.value, UINT64_C(0x200000000));

	/* The device tree, the kernel and the ramdisk are in one piece. */
	compile_board(&(struct board){.memory = LARGE,
				      .chosen = STATIC("xen,static-mem = <1 0 0 0x400000 2 0 0 "
						       "0x40000000>;")});
	assert_false(run_planner());
	assert_says("/chosen/a: xen,static-mem: 4096 KiB, but 18496 KiB are needed at least");
}

/* RAM keeps clear of registers, which the guest has where the board has them. */
static void around_registers(void **state)
{
	static const char device[] =
		"e@d0000000 { compatible = \"arm,sp804\"; reg = <0 0xd0000000 0 0x1000>; };";
	const struct plan_partition *const partition = &plan.partitions[0];

	(void)state;
	compile_board(&(struct board){.memory = LARGE,
				      .uart = device,
				      .chosen = STATIC("bulkhead,passthrough = \"/e@d0000000\"; "
						       "memory = <0 0x240000>;")});
	assert_true(run_planner());
	assert_int_equal(partition->regions[0].guest.value, 0x40000000);
	assert_int_equal(partition->regions[0].size, 0x90000000);
	compile_board(&(struct board){.memory = LARGE,
				      .uart = device,
				      .chosen = STATIC("bulkhead,passthrough = \"/e@d0000000\"; "
						       "memory = <0 0x240004>;")});
	assert_true(run_planner());
	assert_int_equal(partition->region_count, 1);
	assert_int_equal(partition->regions[0].guest.value, UINT64_C(0x200000000));
	assert_int_equal(partition->entry.value, UINT64_C(0x200080000));

	/* The first range lies before the registers, the second would lie on them. */
	compile_board(&(struct board){.memory = LARGE,
				      .uart = device,
				      .chosen = STATIC("bulkhead,passthrough = \"/e@d0000000\"; "
						       "xen,static-mem = <1 0 0 0x40000000 2 0 0 "
						       "0x80000000 3 0 0 0x40000000>;")});
	assert_true(run_planner());
	assert_int_equal(partition->regions[0].guest.value, 0x40000000);
	assert_int_equal(partition->regions[1].guest.value, UINT64_C(0x200000000));
	assert_int_equal(partition->regions[2].guest.value, UINT64_C(0x280000000));
}

static void direct_maps(void **state)
{
	static const struct board accepted[] = {
		{.chosen = STATIC("direct-map; vpl011; xen,static-mem = <0 0x60000000 0 "
				  "0x4000000>;")},
	};
	static const struct board without_console[] = {
		{.uart = "",
		 .chosen = STATIC("direct-map; vpl011; xen,static-mem = <0 0x60000000 "
				  "0 0x4000000>;")},
	};
	static const struct board refused[] = {
		{.gic = GIC("0 0x8000000 0 0x10000 0 0x80a0000 0 0x20000", ""),
		 .chosen =
			 "a { compatible = \"bulkhead,partition\"; cpus = <2>; direct-map; "
			 "xen,static-mem = <0 0x60000000 0 0x4000000>; " MODULE("0x70000000") "};",
		 .line = "/chosen/a: direct-map: 2 vCPUs are too many; the vCPUs' redistributors "
			 "fit into the host's first region"},
		/* RAM where a guest expects its UART. */
		{.memory = MEMORY("0 0x20000000 0 0x60000000"),
		 .uart = "",
		 .chosen = STATIC("direct-map; vpl011; xen,static-mem = <0 0x22000000 0 "
				  "0x4000000>;"),
		 .line = "/chosen/a: UART of a 0x22000000-0x22000fff overlaps RAM of a "
			 "0x22000000-0x25ffffff"},
	};
	const struct plan_partition *const partition = &plan.partitions[0];

	(void)state;
	ACCEPTED_BOARDS(accepted);
	assert_int_equal(partition->regions[0].guest.value, 0x60000000);
	assert_int_equal(partition->distributor.value, 0x8000000);
	assert_int_equal(partition->redistributors.value, 0x80a0000);
	assert_int_equal(partition->uart.value, 0x9000000);
	assert_int_equal(partition->entry.value, 0x60080000);
	ACCEPTED_BOARDS(without_console);
	assert_int_equal(partition->uart.value, 0x22000000);
	REFUSED_BOARDS(refused);
}

/* Direct-mapped RAM that ends where the addresses that EL2 can map end. */
static void top_of_memory(void **state)
{
	const struct board board = {
		.memory = MEMORY("0 0x40000000 0 0x40000000 0x3fff 0xc0000000 0 0x40000000"),
		.chosen = STATIC("direct-map; xen,static-mem = <0x3fff 0xfc000000 0 0x4000000>;"),
	};

	(void)state;
	compile_board(&board);
	assert_false(run_planner());
	assert_says("/chosen/a: 48 address bits are needed, the CPU has 44; the guest's addresses "
		    "are within what the CPU can translate");
	max_ipa_bits = 48;
	assert_true(run_planner());
	assert_int_equal(plan.partitions[0].ipa_bits, 48);
	assert_int_equal(plan.partitions[0].regions[0].guest.value, UINT64_C(0x3ffffc000000));
	assert_int_equal(plan.partitions[0].entry.value, UINT64_C(0x3ffffc080000));
}

static void address_bits(void **state)
{
	static const struct {
		const char *memory;
		uint32_t bits;
	} sizes[] = {
		{"0 0x60000000 0 0x4000000", 32},     {"8 0 0 0x4000000", 36},
		{"0xf 0xfc000000 0 0x4000000", 36},   {"0x10 0 0 0x4000000", 40},
		{"0x100 0 0 0x4000000", 42},	      {"0x400 0 0 0x4000000", 44},
		{"0xfff 0xfc000000 0 0x4000000", 44}, {"0x1000 0 0 0x4000000", 48},
	};
	char chosen[512];

	(void)state;
	max_ipa_bits = 48;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		(void)snprintf(chosen, sizeof(chosen),
			       "a { compatible = \"bulkhead,partition\"; cpus = <1>; direct-map; "
			       "xen,static-mem = <%s>; " MODULE("0x70000000") "};",
			       sizes[i].memory);
		compile_board(&(struct board){
			.memory = MEMORY("0 0x40000000 0 0x40000000 1 0 0x1fff 0"),
			.chosen = chosen,
		});
		assert_true(run_planner());
		assert_int_equal(plan.partitions[0].ipa_bits, sizes[i].bits);
	}
	/* A CPU with fewer than any partition needs. */
	max_ipa_bits = 31;
	compile_board(&(struct board){0});
	assert_false(run_planner());
	assert_says("/chosen/a: 32 address bits are needed, the CPU has 31");
}

static bool plan_partition_count(unsigned count)
{
	static char chosen[16384];
	static char cpu_nodes[4096];

	chosen[0] = '\0';
	cpu_nodes[0] = '\0';
	for (unsigned i = 0; i < count; i++) {
		(void)snprintf(chosen + strlen(chosen), sizeof(chosen) - strlen(chosen),
			       "p%u { compatible = \"xen,domain\"; " GOOD MODULE("0x70000000") "};",
			       i);
		(void)snprintf(cpu_nodes + strlen(cpu_nodes), sizeof(cpu_nodes) - strlen(cpu_nodes),
			       "cpu@%x { device_type = \"cpu\"; reg = <0x%x>; enable-method = "
			       "\"psci\"; };",
			       i, i);
	}
	compile_board(&(struct board){.cpus = cpu_nodes, .memory = LARGE, .chosen = chosen});
	return run_planner();
}

static void many_partitions(void **state)
{
	(void)state;
	assert_true(plan_partition_count(16));
	assert_int_equal(plan.partition_count, 16);
	assert_string_equal(plan.partitions[15].name, "p15");
	assert_int_equal(plan.partitions[15].cpus[0], 15);
	assert_false(plan_partition_count(17));
	assert_says("/chosen/p16: one partition too many; at most 16 partitions are supported");
	assert_int_equal(report.errors, 1);
}

/* Nothing is left: for EL2 itself, for channels, for shared memory. */
static void full_memory(void **state)
{
	static const struct board refused[] = {
		{.memory = MEMORY("0 0x40200000 0 0x200000 0 0x48000000 0 0x4000000 0 0x70000000 0 "
				  "0x10000"),
		 .chosen = STATIC("xen,static-mem = <0 0x48200000 0 0x3e00000>;"),
		 .line = "/: no "},
		{.memory = MEMORY("0 0x40000000 0 0x8000000 0 0x48000000 0 0x4000000 0 0x70000000 "
				  "0 0x10000"),
		 .chosen = "a: a { compatible = \"xen,domain\"; cpus = <1>; xen,static-mem = <0 "
			   "0x48200000 0 0x3e00000>; " MODULE(
				   "0x70000000") "}; b: b { compatible = \"xen,domain\"; cpus = "
						 "<1>; xen,static-mem = <0 0x40280000 0 "
						 "0x3d80000>; " MODULE(
							 "0x70000000") "}; c { compatible = "
								       "\"bulkhead,channel\"; "
								       "bulkhead,partitions = <&a "
								       "&b>; size = <0x8000000>; "
								       "};",
		 .line = "/chosen: no 0x8000000 bytes are left for channel c"},
		{.memory = MEMORY("0 0x40000000 0 0x8000000 0 0x48000000 0 0x200000 0 0x70000000 0 "
				  "0x10000"),
		 .chosen = "a { compatible = \"xen,domain\"; " GOOD MODULE(
			 "0x70000000") "s { compatible = \"xen,domain-shared-memory-v1\"; "
				       "xen,shm-id = \"x\"; xen,shared-mem = <0 0x30000000 0 "
				       "0x8000000>; }; };",
		 .line = "/chosen/a/s: xen,shared-mem: no 0x8000000 bytes are left"},
	};

	(void)state;
	REFUSED_BOARDS(refused);
}

/* Where the guest's windows for virtual devices and channels are RAM. */
static void no_window_left(void **state)
{
#define LOW "memory { device_type = \"memory\"; reg = <0 0 0 0x80000000>; };"
	static const struct board refused[] = {
		{.memory = LOW,
		 .gic = GIC("0 0xf8000000 0 0x10000 0 0xf80a0000 0 0xf60000", ""),
		 .uart = "",
		 .chosen = STATIC("direct-map; bulkhead,watchdog; xen,static-mem = <0 0 0 "
				  "0x4000000>;"),
		 .line = "/chosen/a: no place is left there; virtual devices have "
			 "0x02000000-0x02ffffff of a guest's map"},
	};

	(void)state;
	REFUSED_BOARDS(refused);
}

/* Sixteen ranges, one of which the end of the first guest bank splits. */
static void too_many_pieces(void **state)
{
	char text[1024] = "xen,static-mem = <1 0 1 0";

	(void)state;
	for (unsigned i = 0; i < 15; i++)
		(void)snprintf(text + strlen(text), sizeof(text) - strlen(text), " 0 0x%x 0 0x1000",
			       0x60000000 + i * 0x2000);

	char chosen[2048];

	(void)snprintf(chosen, sizeof(chosen),
		       "a { compatible = \"xen,domain\"; cpus = <1>; %s>; %s };", text,
		       MODULE("0x70000000"));
	compile_board(&(struct board){.memory = LARGE, .chosen = chosen});
	assert_false(run_planner());
	assert_says("/chosen/a: xen,static-mem: one piece too many; at most 16 pieces of RAM");
}

/* The boot loader's own places are checked too. */
static void own_places(void **state)
{
	(void)state;
	compile(PARTITION("a",
			  GOOD) "}; reserved-memory { #address-cells = <2>; #size-cells = <2>; "
				"ranges; x@40210000 { reg = <0 0x40210000 0 0x1000>; no-map; "
				"}; }; chosen {");
	assert_false(run_planner());
	assert_says("/: the hypervisor 0x40200000-0x4027ffff overlaps reserved memory "
		    "(/reserved-memory/x@40210000) 0x40210000-0x40210fff");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(own_places, planning_set_up),
		cmocka_unit_test_setup(banks, planning_set_up),
		cmocka_unit_test_setup(many_banks, planning_set_up),
		cmocka_unit_test_setup(spanning_banks, planning_set_up),
		cmocka_unit_test_setup(second_guest_bank, planning_set_up),
		cmocka_unit_test_setup(around_registers, planning_set_up),
		cmocka_unit_test_setup(direct_maps, planning_set_up),
		cmocka_unit_test_setup(top_of_memory, planning_set_up),
		cmocka_unit_test_setup(address_bits, planning_set_up),
		cmocka_unit_test_setup(many_partitions, planning_set_up),
		cmocka_unit_test_setup(full_memory, planning_set_up),
		cmocka_unit_test_setup(no_window_left, planning_set_up),
		cmocka_unit_test_setup(too_many_pieces, planning_set_up),
	};

	return cmocka_run_group_tests_name("memory", tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* What the planner needs of a board, and what it says of one that lacks it. */
#include "tests/unit/boards.h"

static void usual_board(void **state)
{
	(void)state;
	compile_board(&(struct board){0});
	assert_true(run_planner());
	assert_int_equal(report.count, 0);
	assert_int_equal(plan.board.cpu_count, 4);
	assert_int_equal(plan.board.redistributor_count, 1);
	assert_int_equal(plan.board.redistributors[0].size, 0xf60000);
	assert_int_equal(plan.board.redistributor_stride, 0);
	assert_int_equal(plan.board.physical_timer_intid, 30);
	assert_int_equal(plan.board.virtual_timer_intid, 27);
	assert_int_equal(plan.board.psci_conduit, PLAN_PSCI_SMC);
	assert_string_equal(plan.board.uart_type.name, "pl011");
}

#define DOG(at, properties)                                                                        \
	"dog@" at " { compatible = \"arm,sbsa-gwdt\"; interrupts = <0 50 4>; " properties " };"
#define DOG_REGS     "reg = <0 0xb010000 0 0x1000 0 0xb000000 0 0x1000>;"
#define USUAL_UART   UART("9000000") "aliases { serial0 = \"/uart@9000000\"; };"
#define WITH_DOG     USUAL_UART DOG("b010000", DOG_REGS)
#define FEED(ms)     "bulkhead,feed-watchdog = <" ms ">; " PARTITION("a", GOOD)
#define REG_OF(regs) .uart = USUAL_UART DOG("b010000", "reg = <" regs ">;"), .chosen = FEED("100")

static void watchdogs(void **state)
{
	static const struct board refused[] = {
		{.chosen = FEED("1000"),
		 .line = "/chosen: bulkhead,feed-watchdog: no such watchdog, or it is switched "
			 "off; the board's watchdog is compatible with \"arm,sbsa-gwdt\"; leave it "
			 "out: Bulkhead knows no others"},
		{.uart = USUAL_UART DOG("b010000", DOG_REGS "status = \"disabled\";"),
		 .chosen = FEED("1000"),
		 .line = "/chosen: bulkhead,feed-watchdog: no such watchdog"},
		{.uart = WITH_DOG,
		 .chosen = FEED("99"),
		 .line = "/chosen: bulkhead,feed-watchdog: 99; ms without food after which it "
			 "resets the board, 100 to 8000"},
		{.uart = WITH_DOG,
		 .chosen = FEED("8001"),
		 .line = "/chosen: bulkhead,feed-watchdog: 8001"},
		{.uart = WITH_DOG,
		 .chosen = FEED("0 1000"),
		 .line = "/chosen: bulkhead,feed-watchdog: 0"},
		{REG_OF("0 0xb010000 0 0x1000"),
		 .line = "/dog@b010000: reg: no watchdog that can be fed; control frame and "
			 "refresh frame, each a page of 4 KiB below 64 TiB and not in RAM"},
		{REG_OF("0 0xb010000 0 0x1000 0 0xb000000 0 0xfff"),
		 .line = "/dog@b010000: reg: no watchdog that can be fed"},
		{REG_OF("0 0xb010800 0 0x1000 0 0xb000000 0 0x1000"),
		 .line = "/dog@b010000: reg: no watchdog that can be fed"},
		{REG_OF("0 0xb010000 0 0x1000 0 0x50000000 0 0x1000"),
		 .line = "/dog@b010000: reg: no watchdog that can be fed"},
		{REG_OF("0x4000 0 0 0x1000 0 0xb000000 0 0x1000"),
		 .line = "/dog@b010000: reg: no watchdog that can be fed"},
		/* Frames of their own. */
		{REG_OF("0 0xb010000 0 0x1000 0 0xb010000 0 0x1000"),
		 .line = "/dog@b010000: reg: the watchdog 0xb010000-0xb010fff overlaps the "
			 "watchdog"},
		{REG_OF("0 0x9000000 0 0x1000 0 0xb000000 0 0x1000"),
		 .line = "/dog@b010000: reg: the watchdog 0x9000000-0x9000fff overlaps the "
			 "console"},
		/* It is nobody else's. */
		{.uart = WITH_DOG,
		 .chosen = "bulkhead,feed-watchdog = <1000>; " PARTITION(
			 "a", GOOD "bulkhead,passthrough = \"/dog@b010000\";"),
		 .line = "/chosen/a: bulkhead,passthrough: /dog@b010000 is the board's own"},
		{.uart = WITH_DOG
		 "other@b000000 { compatible = \"arm,sp804\"; reg = <0 0xb000000 0 0x1000>; };",
		 .chosen = "bulkhead,feed-watchdog = <1000>; " PARTITION(
			 "a", GOOD "bulkhead,passthrough = \"/other@b000000\";"),
		 .line = "/chosen/a: bulkhead,passthrough: registers of a (/other@b000000) "
			 "0xb000000-0xb000fff overlaps the watchdog (/dog@b010000)"},
	};
	static const struct board accepted[] = {
		{.uart = WITH_DOG, .chosen = FEED("100")},
		{.uart = WITH_DOG, .chosen = FEED("8000")},
		/* The first one is the secure world's. */
		{.uart = USUAL_UART DOG("a000000", "status = \"disabled\";")
			 DOG("b010000", DOG_REGS),
		 .chosen = FEED("1000")},
		/* Without the property it is a device as others. */
		{.uart = WITH_DOG,
		 .chosen = PARTITION("a", GOOD "bulkhead,passthrough = \"/dog@b010000\";")},
	};

	(void)state;
	REFUSED_BOARDS(refused);
	ACCEPTED_BOARDS(accepted);
	assert_int_equal(plan.board.feed_watchdog, 0);
	compile_board(&accepted[2]);
	assert_true(run_planner());
	assert_int_equal(report.count, 0);
	assert_int_equal(plan.board.feed_watchdog, 1000);
	assert_int_equal(plan.board.watchdog_control.value, 0xb010000);
	assert_int_equal(plan.board.watchdog_refresh.value, 0xb000000);
}

static void interrupt_controllers(void **state)
{
	static const struct board refused[] = {
		{.gic = "gic: gic@8000000 { compatible = \"arm,cortex-a15-gic\"; "
			"#interrupt-cells = <3>; interrupt-controller; };",
		 .line = "/: no GICv3"},
		{.gic = GIC("0 0x8000000 0 0xf000 0 0x80a0000 0 0xf60000", ""),
		 .line = "/gic@8000000: reg: no distributor"},
		{.gic = GIC("0x80000000 0 0 0x10000 0 0x80a0000 0 0xf60000", ""),
		 .line = "/gic@8000000: reg: no distributor"},
		{.gic = GIC_NODE("interrupts = <1 9 4>;"),
		 .line = "/gic@8000000: reg: no distributor"},
		{.gic = GIC("0 0x8000000 0 0x10000", ""),
		 .line = "/gic@8000000: reg: 0 of 1 redistributor regions"},
		{.gic = GIC(GIC_REGS, "#redistributor-regions = <2>;"),
		 .line = "/gic@8000000: reg: 1 of 2 redistributor regions"},
		{.gic = GIC(GIC_REGS, "#redistributor-regions = <0>;"),
		 .line = "/gic@8000000: reg: 0 of 0 redistributor regions"},
		{.gic = GIC("0 0x8000000 0 0x10000 0 0x80a0000 0 0", ""),
		 .line = "/gic@8000000: reg: 0 of 1 redistributor regions"},
		{.gic = GIC(GIC_REGS
			    " 0 0x10000000 0 0x20000 0 0x11000000 0 0x20000 0 0x12000000 0 0x20000 "
			    "0 0x13000000 0 0x20000 0 0x14000000 0 0x20000 0 0x15000000 0 0x20000 "
			    "0 0x16000000 0 0x20000 0 0x17000000 0 0x20000",
			    "#redistributor-regions = <9>;"),
		 .line = "/gic@8000000: reg: 8 of 9 redistributor regions"},
		{.gic = GIC(GIC_REGS, "redistributor-stride = <0 0 0>;"),
		 .line = "/gic@8000000: redistributor-stride: 0x0 in 12 bytes"},
		{.gic = GIC(GIC_REGS, "redistributor-stride = <0x1000>;"),
		 .line = "/gic@8000000: redistributor-stride: 0x1000 in 4 bytes"},
		{.gic = GIC_NODE("reg = <" GIC_REGS ">;"),
		 .line = "/gic@8000000: interrupts: no maintenance interrupt"},
		{.gic = GIC_NODE("reg = <" GIC_REGS ">; interrupts = <0 9 4>;"),
		 .line = "/gic@8000000: interrupts: no maintenance interrupt"},
	};
	static const struct board good = {
		.gic = GIC(GIC_REGS " 0 0x10000000 0 0x40000",
			   "#redistributor-regions = <2>; redistributor-stride = <0 0x40000>;"),
	};

	(void)state;
	REFUSED_BOARDS(refused);
	compile_board(&good);
	assert_true(run_planner());
	assert_int_equal(plan.board.redistributor_count, 2);
	assert_int_equal(plan.board.redistributors[1].base.value, 0x10000000);
	assert_int_equal(plan.board.redistributor_stride, 0x40000);
}

static void timers(void **state)
{
	static const struct board refused[] = {
		{.timer = "", .line = "/: no architected timer"},
		{.timer = TIMER("1 13 4  1 14 4"), .line = "/timer: interrupts: missing"},
		{.timer = TIMER("1 13 4"), .line = "/timer: interrupts: missing"},
		{.timer = TIMER("1 13 4  0 14 4  1 11 4"), .line = "/timer: interrupts: missing"},
		{.timer = TIMER("1 13 4  1 14 4  0 11 4"), .line = "/timer: interrupts: missing"},
		{.timer = TIMER("1 13 4  1 16 4  1 11 4"), .line = "/timer: interrupts: missing"},
		{.timer = TIMER("1 13 4  2 14 4  1 11 4"), .line = "/timer: interrupts: missing"},
		{.timer = TIMER("1 13 4  1 14 4  1 11"), .line = "/timer: interrupts: missing"},
		{.timer = TIMER("1 13 4  1 14 4  1 11 4  0 10 4"),
		 .line = "/timer: interrupts: missing"},
		{.timer = TIMER("1 14 4  1 11 4  1 10 4>; interrupt-names = \"phys\", "
				"\"hyp-phys\"; x = <1"),
		 .line = "/timer: interrupts: missing"},
	};
	/* By name where there are names: some boards have no secure timer. */
	const struct board named = {
		.timer = TIMER("1 14 4  1 11 4  1 9 4>; interrupt-names = \"phys\", \"virt\", "
			       "\"hyp-phys\"; x = <1"),
	};

	(void)state;
	REFUSED_BOARDS(refused);
	compile_board(&named);
	assert_true(run_planner());
	assert_int_equal(plan.board.physical_timer_intid, 30);
	assert_int_equal(plan.board.virtual_timer_intid, 27);
	assert_int_equal(plan.board.hypervisor_timer_intid, 25);
}

static void firmware(void **state)
{
	static const struct board refused[] = {
		{.psci = "", .line = "/: no PSCI"},
		{.psci = "psci { compatible = \"arm,psci\"; method = \"smc\"; };",
		 .line = "/: no PSCI"},
		{.psci = "psci { compatible = \"arm,psci-1.0\"; method = \"hvc\"; };",
		 .line = "/psci: method: \"hvc\"; a hypervisor reaches its firmware by \"smc\""},
		{.psci = "psci { compatible = \"arm,psci-1.0\"; };", .line = "/psci: method: \"\""},
	};
	static const struct board accepted[] = {
		{.psci = "firmware { psci { compatible = \"arm,psci-0.2\"; method = \"smc\"; }; "
			 "};"},
	};

	(void)state;
	REFUSED_BOARDS(refused);
	ACCEPTED_BOARDS(accepted);
}

static void cpus(void **state)
{
	static const struct board refused[] = {
		{.cpus = "", .line = "/: no usable CPU"},
		{.cpus = "cpu@0 { reg = <0>; enable-method = \"psci\"; };",
		 .line = "/: no usable CPU"},
		{.cpus = "cpu@0 { device_type = \"cpu\"; enable-method = \"psci\"; };",
		 .line = "/cpus/cpu@0: reg: missing or of the wrong length"},
		{.cpus = "cpu@0 { device_type = \"cpu\"; reg = <0>; enable-method = "
			 "\"spin-table\"; };",
		 .line = "/cpus/cpu@0: enable-method: \"spin-table\": the CPU is not used"},
		{.cpus = CPU("0") CPU("1") "cpu@80000001 { device_type = \"cpu\"; reg = "
					   "<0x80000001>; enable-method = \"psci\"; };",
		 .line = "/cpus/cpu@80000001: reg: MPIDR 0x1 stands twice"},
	};
	static const struct board accepted[] = {
		{.cpus = CPU("100") CPU("101") "cpu@0 { device_type = \"cpu\"; reg = <0>; "
					       "enable-method = \"psci\"; status = \"disabled\"; "
					       "}; cpu@2 { device_type = \"cpu\"; reg = <2>; };",
		 .line = "/cpus/cpu@2: enable-method: \"\": the CPU is not used"},
	};

	(void)state;
	REFUSED_BOARDS(refused);
	ACCEPTED_BOARDS(accepted);
	assert_int_equal(plan.board.cpu_count, 2);
	assert_int_equal(plan.board.cpus[0].mpidr, 0x100);

	/* None at all: that, and that the partition gets none; no more. */
	compile_board(&(struct board){.cpus = ""});
	assert_false(run_planner());
	assert_int_equal(report.errors, 2);
}

/* So many CPUs, and a partition with so many vCPUs. */
static bool plan_cpu_count(unsigned cpu_count, unsigned vcpu_count)
{
	static char nodes[16384];
	char chosen[256];

	nodes[0] = '\0';
	for (unsigned i = 0; i < cpu_count; i++)
		(void)snprintf(nodes + strlen(nodes), sizeof(nodes) - strlen(nodes),
			       "cpu@%x { device_type = \"cpu\"; reg = <0x%x>; enable-method = "
			       "\"psci\"; };",
			       i << 8, i << 8);
	(void)snprintf(chosen, sizeof(chosen),
		       "a { compatible = \"bulkhead,partition\"; memory = <0 0x10000>; cpus = "
		       "<%u>; " MODULE("0x70000000") "};",
		       vcpu_count);
	compile_board(&(struct board){.cpus = nodes, .chosen = chosen});
	return run_planner();
}

static void many_cpus(void **state)
{
	(void)state;
	assert_true(plan_cpu_count(64, 33));
	assert_int_equal(plan.partitions[0].cpu_count, 33);
	assert_int_equal(plan.partitions[0].cpus[32], 32);
	assert_int_equal(plan.board.cpus[32].vcpu, 32);
	assert_int_equal(plan.board.cpus[33].partition, PLAN_NONE);
	assert_int_equal(plan.board.cpus[33].private_memory.value, 0);
	assert_true(plan_cpu_count(64, 64));
	assert_false(plan_cpu_count(65, 1));
	assert_says("/cpus/cpu@4000: one CPU too many");
	assert_int_equal(report.errors, 1);
	assert_false(plan_cpu_count(4, 33));
	assert_says("/chosen/a: cpus: 33 vCPUs, but only 4 of the board's 4 CPUs are free");
}

static void consoles(void **state)
{
	static const struct board silent[] = {
		{.uart = ""},
		{.uart = UART("9000000")},
		{.uart = UART("9000000") "aliases { serial0 = \"/uart@9\"; };"},
		{.uart = UART("9000000"),
		 .chosen = "stdout-path = \"/uart@9\"; " PARTITION("a", GOOD)},
		{.uart = "uart@9000000 { compatible = \"ns16450\"; reg = <0 0x9000000 0 0x1000>; "
			 "interrupts = <0 1 4>; }; aliases { serial0 = \"/uart@9000000\"; };"},
		{.uart = "uart { compatible = \"arm,pl011\"; interrupts = <0 1 4>; }; aliases { "
			 "serial0 = \"/uart\"; };"},
		{.uart = "uart { compatible = \"arm,pl011\"; reg = <0x10000000 0 0 1>; interrupts "
			 "= <0 1 4>; }; aliases { serial0 = \"/uart\"; };"},
		{.uart = "uart { compatible = \"arm,pl011\"; reg = <0 0x9000000 0 0x1000>; }; "
			 "aliases { serial0 = \"/uart\"; };"},
	};
	static const struct board found[] = {
		{.uart = UART("9000000"),
		 .chosen = "stdout-path = \"/uart@9000000\"; " PARTITION("a", GOOD)},
		{.uart = UART("9000000"),
		 .chosen = "stdout-path = \"/uart@9000000:115200n8\"; " PARTITION("a", GOOD)},
		{.uart = UART("9000000") "aliases { serial3 = \"/uart@9000000\"; };",
		 .chosen = "stdout-path = \"serial3:115200\"; " PARTITION("a", GOOD)},
		/* On a bus that shifts addresses. */
		{.uart = "soc { #address-cells = <1>; #size-cells = <1>; ranges = <0x1000 0 "
			 "0x9000000 0x2000>; u: uart@1000 { compatible = \"arm,pl011\"; reg = "
			 "<0x1000 0x1000>; interrupts = <0 1 1>; }; }; aliases { serial0 = &u; };"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(silent) / sizeof(silent[0]); i++) {
		compile_board(&silent[i]);
		assert_true(run_planner());
		assert_int_equal(plan.board.uart_intid, 0);
	}
	for (size_t i = 0; i < sizeof(found) / sizeof(found[0]); i++) {
		compile_board(&found[i]);
		assert_true(run_planner());
		assert_string_equal(plan.board.uart_type.name, "pl011");
		assert_int_equal(plan.board.uart.base.value, 0x9000000);
		assert_int_equal(plan.board.uart_level_triggered, i != 3);
	}
}

/* Where a 16550 has its registers, and where EL2 cannot reach those of a UART. */
static void uart_registers(void **state)
{
#define AT(address, size) "reg = <0 " address " 0 " size ">; "
#define NS(more)	  "compatible = \"ns16550a\"; " more
	static const struct {
		const char *properties;
		uint64_t base; /* 0: no console */
		uint32_t shift;
		uint32_t width;
	} rows[] = {
		{NS(AT("0x9000000", "8")), 0x9000000, 0, 1},
		{NS(AT("0x9000000", "0x100") "reg-shift = <2>;"), 0x9000000, 2, 1},
		{NS(AT("0x9000000", "0x100") "reg-shift = <2>; reg-io-width = <4>;"), 0x9000000, 2,
		 4},
		{NS(AT("0x9000000", "0x100") "reg-shift = <1>; reg-io-width = <2>;"), 0x9000000, 1,
		 2},
		{NS(AT("0x9000000", "0x1000") "reg-offset = <0x80>;"), 0x9000080, 0, 1},
		{NS(AT("0x9000600", "0x100")), 0x9000600, 0, 1},
		{"compatible = \"ti,am654-uart\"; " AT("0x9000000", "0x100"), 0x9000000, 2, 4},
		{"compatible = \"fsl,imx8mp-uart\", \"fsl,imx6q-uart\"; " AT("0x9000000",
									     "0x10000"),
		 0x9000000, 0, 4},
		/* The name that comes first is the more exact one. */
		{"compatible = \"x,y\", \"arm,pl011\", \"ns16550a\"; " AT(
			 "0x9000000", "0x1000") "reg-shift = <2>;",
		 0x9000000, 0, 4},
		/* Its last register is the sixth. */
		{NS(AT("0x9000000", "6")), 0x9000000, 0, 1},
		{NS(AT("0x9000000", "5")), 0, 0, 0},
		{NS(AT("0x9000ffa", "0x10")), 0x9000ffa, 0, 1},
		{NS(AT("0x9000ffb", "0x10")), 0, 0, 0},
		{NS(AT("0x9000000", "0x1000") "reg-offset = <0xffa>;"), 0x9000ffa, 0, 1},
		{NS(AT("0x9000000", "0x1000") "reg-offset = <0xffb>;"), 0, 0, 0},
		{NS(AT("0x9000000", "0x1000") "reg-offset = <0xffffffff>;"), 0, 0, 0},
		{NS(AT("0x9000000", "0x1000") "reg-shift = <8>;"), 0x9000000, 8, 1},
		{NS(AT("0x9000000", "0x10000") "reg-shift = <9>;"), 0, 0, 0},
		{NS(AT("0x9000000", "0x10000") "reg-shift = <64>;"), 0, 0, 0},
		/* Accesses that are not aligned, or of a width that the driver does not have. */
		{NS(AT("0x9000000", "0x1000") "reg-io-width = <4>;"), 0, 0, 0},
		{NS(AT("0x9000000", "0x1000") "reg-shift = <1>; reg-io-width = <4>;"), 0, 0, 0},
		{NS(AT("0x9000002", "0x100") "reg-shift = <2>; reg-io-width = <4>;"), 0, 0, 0},
		{NS(AT("0x9000000", "0x1000") "reg-shift = <3>; reg-io-width = <8>;"), 0, 0, 0},
		{NS(AT("0x9000000", "0x1000") "reg-shift = <2>; reg-io-width = <3>;"), 0, 0, 0},
		{NS(AT("0x9000000", "0x1000") "reg-shift = <2>; reg-io-width = <0>;"), 0, 0, 0},
		{"compatible = \"arm,pl011\"; " AT("0x9000002", "0x100"), 0, 0, 0},
		{"compatible = \"arm,pl011\"; " AT("0x9000000", "0x3b"), 0, 0, 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char node[512];

		(void)snprintf(
			node, sizeof(node),
			"uart { %s interrupts = <0 1 4>; }; aliases { serial0 = \"/uart\"; };",
			rows[i].properties);
		compile_board(&(struct board){.uart = node});
		assert_true(run_planner());
		if ((plan.board.uart_intid != 0) != (rows[i].base != 0))
			print_error("%s\n", rows[i].properties);
		assert_int_equal(plan.board.uart_intid, rows[i].base == 0 ? 0 : 33);
		if (rows[i].base == 0)
			continue;
		assert_int_equal(plan.board.uart.base.value, rows[i].base);
		assert_int_equal(plan.board.uart_type.shift, rows[i].shift);
		assert_int_equal(plan.board.uart_type.width, rows[i].width);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(usual_board, planning_set_up),
		cmocka_unit_test_setup(interrupt_controllers, planning_set_up),
		cmocka_unit_test_setup(watchdogs, planning_set_up),
		cmocka_unit_test_setup(timers, planning_set_up),
		cmocka_unit_test_setup(firmware, planning_set_up),
		cmocka_unit_test_setup(cpus, planning_set_up),
		cmocka_unit_test_setup(many_cpus, planning_set_up),
		cmocka_unit_test_setup(consoles, planning_set_up),
		cmocka_unit_test_setup(uart_registers, planning_set_up),
	};

	return cmocka_run_group_tests_name("board", tests, NULL, NULL);
}

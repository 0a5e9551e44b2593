/* SPDX-License-Identifier: Apache-2.0 */
/* bulkhead,passthrough: whose devices, registers and interrupts are whose. */
#include "tests/unit/boards.h"

#define PASS(devices) GOOD "bulkhead,passthrough = " devices ";"
/* A timer that is known to do without DMA, and what its node has besides. */
#define DEVICE(name, at, properties)                                                               \
	name "@" at " { compatible = \"arm,sp804\"; reg = <0 0x" at " 0 0x1000>; " properties " }" \
	     ";"
#define WITH(nodes, chosen) "}; " nodes " chosen { " chosen

static const struct plan_interrupt *interrupt(uint32_t intid)
{
	for (uint32_t i = 0; i < plan.interrupt_count; i++)
		if (plan.interrupts[i].intid == intid)
			return &plan.interrupts[i];
	return NULL;
}

static void clock_and_pins(void **state)
{
	static const struct row accepted[] = {
		{PARTITION("a", PASS("\"/pl031@9010000\"")), NULL},
		{PARTITION("a", PASS("\"/pl061@9030000\", \"/gpio-keys\"")), NULL},
		{PARTITION("a", PASS("\"/pl061@9030000\"")), NULL},
		{WITH("aliases { rtc9 = \"/pl031@9010000\"; };", PARTITION("a", PASS("\"rtc9\""))),
		 NULL},
		/* The pins that the keys hang on stay behind. */
		{PARTITION("a", PASS("\"/gpio-keys\"")),
		 "/chosen/a: bulkhead,passthrough: gpios of poweroff names pl061@9030000, which "
		 "stays behind; the guest gets the device without it"},
		{WITH(DEVICE("off", "b000000", "status = \"disabled\";"),
		      PARTITION("a", PASS("\"/off@b000000\""))),
		 "/chosen/a: bulkhead,passthrough: \"/off@b000000\" is switched off by its status"},
	};

	(void)state;
	check_accepted(accepted, 2);
	assert_int_equal(report.warnings, 0);
	assert_int_equal(plan.device_count, 2);
	assert_string_equal(plan_text(&plan, plan.devices[1].path), "/gpio-keys");
	assert_int_equal(plan.devices[0].region_count, 1);
	assert_int_equal(plan.devices[0].interrupt_count, 1);
	assert_int_equal(plan.device_regions[0].guest.value, 0x9030000);
	assert_int_equal(plan.device_regions[0].host.value, 0x9030000);
	assert_int_equal(plan.device_regions[0].size, 0x1000);
	assert_int_equal(interrupt(39)->level_triggered, 1);
	assert_int_equal(plan.partitions[0].device_count, 2);
	assert_int_equal(plan.partitions[0].spi_count, 32);
	check_accepted(accepted + 2, sizeof(accepted) / sizeof(accepted[0]) - 2);
}

/* An expander on the pins' controller: its interrupts go there. */
#define EXPANDER                                                                                   \
	"pins: pins@b000000 { compatible = \"arm,pl061\"; reg = <0 0xb000000 0 0x1000>; "          \
	"interrupt-controller; #interrupt-cells = <2>; interrupts = <0 100 4>; }; expander { "     \
	"compatible = \"x\"; interrupt-parent = <&pins>; interrupts = <3 1>; };"

static void interrupts(void **state)
{
	static const struct row accepted[] = {
		{WITH(DEVICE("e", "b000000", "interrupts = <0 100 1>, <0 101 4>;"),
		      PARTITION("a", PASS("\"/e@b000000\""))),
		 NULL},
		{WITH(DEVICE("e", "b000000",
			     "interrupts-extended = <0x8005 0 100 1>, <0x8005 0 101 4>; interrupts "
			     "= <0 99 4>;"),
		      PARTITION("a", PASS("\"/e@b000000\""))),
		 NULL},
		{WITH(EXPANDER, PARTITION("a", PASS("\"/pins@b000000\", \"/expander\""))), NULL},
		/* Below the device, interrupts come along. */
		{WITH(DEVICE("e", "b000000",
			     "interrupts = <0 100 4>; child { interrupts = <0 101 4>; };"),
		      PARTITION("a", PASS("\"/e@b000000\""))),
		 NULL},
	};
	static const struct row refused[] = {
		{WITH(EXPANDER, PARTITION("a", PASS("\"/expander\""))),
		 "/chosen/a: bulkhead,passthrough: the interrupts of expander go to pins@b000000; "
		 "a device's interrupts reach its partition"},
		{WITH(DEVICE("e", "b000000", "interrupts = <0 100>;"),
		      PARTITION("a", PASS("\"/e@b000000\""))),
		 "/chosen/a: the interrupts of e@b000000 cannot be read"},
		{WITH(DEVICE("e", "b000000", "interrupts = <1 3 4>;"),
		      PARTITION("a", PASS("\"/e@b000000\""))),
		 "/chosen/a: interrupt 0 of e@b000000 is none"},
		{WITH(DEVICE("e", "b000000", "interrupts = <0 100 4>, <0 960 4>;"),
		      PARTITION("a", PASS("\"/e@b000000\""))),
		 "/chosen/a: interrupt 1 of e@b000000 is none"},
		{WITH(DEVICE("e", "b000000", "interrupts = <0 988 4>;"),
		      PARTITION("a", PASS("\"/e@b000000\""))),
		 "/chosen/a: interrupt 0 of e@b000000 is none"},
		/* The console's. */
		{WITH(DEVICE("e", "b000000", "interrupts = <0 1 4>;"),
		      PARTITION("a", PASS("\"/e@b000000\""))),
		 "/chosen/a: SPI 1 (INTID 33) of e@b000000 already belongs to the console"},
		{WITH(DEVICE("e", "b000000",
			     "interrupt-parent = <0xdead>; interrupts = <0 100 4>;"),
		      PARTITION("a", PASS("\"/e@b000000\""))),
		 "/chosen/a: bulkhead,passthrough: the interrupts of e@b000000 go to a phandle "
		 "that is nowhere"},
		{WITH(DEVICE("e", "b000000", "interrupts-extended = <0xdead 0 100 4>;"),
		      PARTITION("a", PASS("\"/e@b000000\""))),
		 "/chosen/a: bulkhead,passthrough: the interrupts of e@b000000 go to a phandle "
		 "that is nowhere"},
		{WITH(DEVICE("e", "b000000", "interrupts-extended;"),
		      PARTITION("a", PASS("\"/e@b000000\""))),
		 "/chosen/a: bulkhead,passthrough: the interrupts of e@b000000 go to a phandle "
		 "that is nowhere"},
		/* Two controllers in one list: the second one's numbers are not the GIC's. */
		{WITH("other: other { interrupt-controller; #interrupt-cells = <3>; };" DEVICE(
			      "e", "b000000",
			      "interrupts-extended = <0x8005 0 100 4>, <&other 0 101 4>;"),
		      PARTITION("a", PASS("\"/e@b000000\""))),
		 "/chosen/a: interrupt 1 of e@b000000 is none"},
	};

	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		check_accepted(&accepted[i], 1);
		assert_int_equal(plan.interrupt_count, 2);
		assert_int_equal(interrupt(132)->level_triggered, 0);
		assert_int_equal(interrupt(133)->level_triggered, 1);
		assert_int_equal(plan.partitions[0].spi_count, 128);
	}
	check_accepted(&accepted[2], 1);
	assert_int_equal(plan.interrupt_count, 1);
	check_accepted(&accepted[3], 1);
	assert_int_equal(plan.interrupt_count, 2);
	assert_int_equal(plan.devices[0].interrupt_count, 2);
	check_refused(ROWS(refused));
}

/* A GIC whose interrupts have a fourth cell, for the partition of PPIs. */
static void four_cells(void **state)
{
	static const struct board board = {
		.gic = "gic: gic@8000000 { compatible = \"arm,gic-v3\"; #interrupt-cells = <4>; "
		       "interrupt-controller; reg = <" GIC_REGS ">; interrupts = <1 9 4 0>; };",
		.timer = TIMER("1 13 4 0  1 14 4 0  1 11 4 0  1 10 4 0"),
		.uart = DEVICE("e", "b000000", "interrupts = <0 100 1 0>, <0 101 4 0>;"),
		.chosen = PARTITION("a", PASS("\"/e@b000000\"")),
	};

	(void)state;
	compile_board(&board);
	assert_true(run_planner());
	assert_int_equal(plan.board.virtual_timer_intid, 27);
	assert_int_equal(plan.board.maintenance_intid, 25);
	assert_int_equal(interrupt(132)->level_triggered, 0);
	assert_int_equal(interrupt(133)->level_triggered, 1);
}

static void shared_interrupts(void **state)
{
	static const struct row accepted[] = {
		{WITH(DEVICE("e", "b000000", "interrupts = <0 100 4>;")
			      DEVICE("f", "b001000", "interrupts = <0 100 4>;"),
		      PARTITION("a", PASS("\"/e@b000000\", \"/f@b001000\""))),
		 NULL},
	};
	static const struct row refused[] = {
		{WITH(DEVICE("e", "b000000", "interrupts = <0 100 4>;")
			      DEVICE("f", "b001000", "interrupts = <0 100 4>;"),
		      PARTITION("a", PASS("\"/e@b000000\""))
			      PARTITION("b", PASS("\"/f@b001000\""))),
		 "/chosen/b: SPI 100 (INTID 132) of f@b001000 already belongs to e@b000000; an "
		 "interrupt belongs to one partition"},
	};

	(void)state;
	check_accepted(accepted, 1);
	assert_int_equal(plan.interrupt_count, 1);
	assert_int_equal(plan.devices[0].interrupt_count, 1);
	assert_int_equal(plan.devices[1].interrupt_count, 0);
	check_refused(refused, 1);
}

/* Two devices in one page of 4 KiB. */
#define HALF(name, at) name "@" at " { compatible = \"arm,sp804\"; reg = <0 0x" at " 0 0x100>; };"

static void shared_pages(void **state)
{
	static const struct row accepted[] = {
		{WITH(HALF("e", "b000000") HALF("f", "b000800"),
		      PARTITION("a", PASS("\"/e@b000000\", \"/f@b000800\""))),
		 NULL},
		{WITH(HALF("e", "b000000") HALF("f", "b001000"),
		      PARTITION("a", PASS("\"/e@b000000\""))
			      PARTITION("b", PASS("\"/f@b001000\""))),
		 NULL},
	};
	static const struct row refused[] = {
		{WITH(HALF("e", "b000000") HALF("f", "b000800"),
		      PARTITION("a", PASS("\"/e@b000000\""))),
		 "/chosen/a: bulkhead,passthrough: e@b000000 shares the page 0xb000000 with "
		 "f@b000800"},
		{WITH(HALF("e", "b000000") HALF("f", "b000800"),
		      PARTITION("a", PASS("\"/e@b000000\""))
			      PARTITION("b", PASS("\"/f@b000800\""))),
		 "/chosen/b: bulkhead,passthrough: f@b000800 shares the page 0xb000000 with "
		 "e@b000000"},
		{WITH(HALF("e", "9000f00"), PARTITION("a", PASS("\"/e@9000f00\""))),
		 "/chosen/a: bulkhead,passthrough: e@9000f00 shares the page 0x9000000 with "
		 "pl011@9000000"},
	};

	(void)state;
	check_accepted(ROWS(accepted));
	assert_int_equal(plan.device_region_count, 2);
	check_accepted(accepted, 1);
	/* The page is mapped once, and is the first one's. */
	assert_int_equal(plan.device_region_count, 1);
	assert_int_equal(plan.devices[0].region_count, 1);
	assert_int_equal(plan.devices[1].region_count, 0);
	check_refused(ROWS(refused));
}

static void addresses(void **state)
{
	static const struct row refused[] = {
		{WITH(DEVICE("e", "40000000", ""), PARTITION("a", PASS("\"/e@40000000\""))),
		 "/chosen/a: bulkhead,passthrough: 0x1000 bytes of e@40000000 at 0x40000000; "
		 "registers lie below 64 TiB and not in RAM"},
		{WITH(DEVICE("e", "3001000", ""), PARTITION("a", PASS("\"/e@3001000\""))),
		 "/chosen/a: GIC distributor of a 0x3001000-0x3010fff overlaps registers of a "
		 "(/e@3001000)"},
		{WITH(DEVICE("e", "22000000", ""), PARTITION("a", PASS("\"/e@22000000\""))),
		 "/chosen/a: UART of a 0x22000000-0x22000fff overlaps registers of a "
		 "(/e@22000000)"},
		{WITH(DEVICE("e", "8000000", ""), PARTITION("a", PASS("\"/e@8000000\""))),
		 "/chosen/a: bulkhead,passthrough: registers of a (/e@8000000) 0x8000000-0x8000fff "
		 "overlaps GIC distributor (/intc@8000000)"},
		{WITH("e@0 { compatible = \"arm,sp804\"; reg = <0x4000 0 0 0x1000>; };",
		      PARTITION("a", PASS("\"/e@0\""))),
		 "/chosen/a: bulkhead,passthrough: 0x1000 bytes of e@0 at 0x400000000000"},
		{WITH("e@0 { compatible = \"arm,sp804\"; reg = <0 0 0xffffffff 0xffffffff>; };",
		      PARTITION("a", PASS("\"/e@0\""))),
		 "/chosen/a: bulkhead,passthrough: 0x0 bytes of e@0 at 0x0"},
		{WITH("e@0 { compatible = \"arm,sp804\"; reg = <0 0xb000000>; };",
		      PARTITION("a", PASS("\"/e@0\""))),
		 "/chosen/a: bulkhead,passthrough: e@0 has a reg that cannot be translated"},
		{WITH("i2c { #address-cells = <1>; #size-cells = <0>; e@50 { compatible = "
		      "\"arm,sp804\"; reg = <0x50>; }; };",
		      PARTITION("a", PASS("\"/i2c/e@50\""))),
		 "/chosen/a: bulkhead,passthrough: e@50 has a reg that cannot be translated"},
	};
	/* SPI 0 is a device's: the UART gets the next. */
	static const struct row moved[] = {
		{WITH(DEVICE("e", "b000000", "interrupts = <0 0 4>;"),
		      PARTITION("a", PASS("\"/e@b000000\""))),
		 NULL},
		/* Where guests have RAM, but this one has not that much. */
		{WITH(DEVICE("e", "80000000", ""), PARTITION("a", PASS("\"/e@80000000\""))), NULL},
	};

	(void)state;
	check_refused(ROWS(refused));
	check_accepted(moved, 1);
	assert_int_equal(plan.partitions[0].uart_intid, 33);
	check_accepted(moved + 1, 1);
	assert_int_equal(plan.partitions[0].uart_intid, 32);
}

/* Behind those of the devices, in each partition. */
static void direct_interrupts(void **state)
{
	static const struct row rows[] = {
		{WITH(DEVICE("e", "b000000", "interrupts = <0 100 1>, <0 101 1>;")
			      DEVICE("f", "b010000", "interrupts = <0 102 1>;"),
		      PARTITION("a", PASS("\"/e@b000000\"") "bulkhead,irq-mode = \"direct\"; "
							    "bulkhead,watchdog; "
							    "bulkhead,panic-device;")
			      PARTITION("b",
					PASS("\"/f@b010000\"") "bulkhead,irq-mode = \"direct\"; "
							       "bulkhead,watchdog;")
				      PARTITION("c", GOOD)),
		 NULL},
	};
	static const uint32_t spis[] = {100, 101, 8, 9, 102, 10, 11};

	(void)state;
	check_accepted(rows, 1);
	assert_int_equal(plan.interrupt_count, 7);
	for (unsigned i = 0; i < 7; i++)
		assert_int_equal(plan.interrupts[i].intid, PLAN_FIRST_SPI + spis[i]);
	assert_int_equal(plan.partitions[0].interrupt_count, 4);
	assert_int_equal(plan.partitions[0].watchdog_intid, PLAN_FIRST_SPI + 9);
	assert_int_equal(plan.partitions[1].interrupt_first, 4);
	assert_int_equal(plan.partitions[1].interrupt_count, 3);
	assert_int_equal(plan.partitions[1].uart_intid, PLAN_FIRST_SPI + 10);
	assert_int_equal(plan.partitions[2].interrupt_first, 7);
	assert_int_equal(plan.partitions[2].interrupt_count, 0);
	assert_int_equal(plan.devices[0].interrupt_count, 2);
	assert_int_equal(plan.devices[1].interrupt_count, 1);
}

#define DIRECT(name)  PARTITION(name, GOOD "bulkhead,irq-mode = \"direct\";")
#define TWO_DIRECT    DIRECT("a") PARTITION("b", GOOD) DIRECT("c")
#define SPARE_ON_VIRT (PLAN_FIRST_SPI + 8) /* QEMU's board has SPIs 1 to 7, and from 16 on */

/* Direct mode: virtual devices take SPIs that the board has no other use for. */
static void spare_interrupts(void **state)
{
	static const struct row board = {TWO_DIRECT, NULL};
	/* SPIs 8 to 14 are named in all the ways there are. */
	static const struct row named[] = {
		{WITH(DEVICE("e", "b000000", "interrupts = <0 9 4>, <0 8 1>;") DEVICE(
			      "f", "b010000", "status = \"disabled\"; interrupts = <0 10 4>;")
			      DEVICE("g", "b020000", "interrupts-extended = <0x8005 0 11 4>;")
				      DEVICE("h", "b030000",
					     "#interrupt-cells = <1>; interrupt-map = "
					     "<0 0 0 1 0x8005 0 0 0 12 4>;")
					      DEVICE("i", "b040000",
						     "arm,msi-base-spi = <45>; "
						     "arm,msi-num-spis = <1>;")
						      DEVICE("j", "b050000",
							     "mbi-ranges = <46 1>;"),
		      TWO_DIRECT),
		 NULL},
	};
	char *const all = malloc(TREE_SIZE);
	size_t used =
		(size_t)sprintf(all, "/dts-v1/; /include/ \"board.dts\" / { e { interrupts = ");

	(void)state;
	check_accepted(&board, 1);
	assert_int_equal(plan.partitions[0].uart_intid, SPARE_ON_VIRT);
	assert_int_equal(plan.partitions[1].uart_intid, 32);
	assert_int_equal(plan.partitions[2].uart_intid, SPARE_ON_VIRT + 1);
	/* They are the partition's as those of its devices are. */
	assert_int_equal(plan.interrupt_count, 2);
	assert_int_equal(plan.interrupts[0].intid, SPARE_ON_VIRT);
	assert_int_equal(plan.interrupts[1].intid, SPARE_ON_VIRT + 1);
	assert_int_equal(plan.interrupts[1].level_triggered, 1);
	assert_int_equal(plan.partitions[0].interrupt_count, 1);
	assert_int_equal(plan.partitions[1].interrupt_count, 0);
	assert_int_equal(plan.partitions[2].interrupt_first, 1);
	check_accepted(named, 1);
	assert_int_equal(plan.partitions[0].uart_intid, SPARE_ON_VIRT + 7);
	assert_int_equal(plan.partitions[1].uart_intid, 32);
	/* The next is behind the board's last one. */
	assert_true(plan.partitions[2].uart_intid > PLAN_FIRST_SPI + 16);
	assert_true(plan.partitions[2].spi_count >= plan.partitions[2].uart_intid - 31);

	for (unsigned spi = 0; spi < 960; spi++)
		used += (size_t)sprintf(all + used, "%s<0 %u 4>", spi == 0 ? "" : ", ", spi);
	(void)sprintf(all + used, "; }; chosen { #address-cells = <2>; #size-cells = <2>; %s }; };",
		      DIRECT("a"));
	compile_source(all);
	free(all);
	assert_false(run_planner());
	assert_says("/chosen/a: bulkhead,irq-mode: no SPI is left; a direct partition's virtual "
		    "devices have SPIs that no device of the board uses");
}

/* Registers in the way of both places that RAM may have. */
static void guest_ram(void **state)
{
	static const struct board refused[] = {
		{.memory = MEMORY("1 0 1 0 0 0x40000000 0 0x40000000"),
		 .uart = DEVICE(
			 "e", "80000000",
			 "") "f@200000000 { compatible = \"arm,sp804\"; reg = <2 0 0 0x1000>; };",
		 .chosen = "a { compatible = \"xen,domain\"; cpus = <1>; memory = <0 0x180000>; "
			   "bulkhead,passthrough = \"/e@80000000\", \"/f@200000000\"; " MODULE(
				   "0x70000000") "};",
		 .line = "/chosen/a: memory: RAM of a 0x200000000-0x25fffffff overlaps registers "
			 "of "
			 "a (/f@200000000)"},
	};

	(void)state;
	REFUSED_BOARDS(refused);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(clock_and_pins, planning_set_up),
		cmocka_unit_test_setup(interrupts, planning_set_up),
		cmocka_unit_test_setup(four_cells, planning_set_up),
		cmocka_unit_test_setup(shared_interrupts, planning_set_up),
		cmocka_unit_test_setup(shared_pages, planning_set_up),
		cmocka_unit_test_setup(addresses, planning_set_up),
		cmocka_unit_test_setup(direct_interrupts, planning_set_up),
		cmocka_unit_test_setup(spare_interrupts, planning_set_up),
		cmocka_unit_test_setup(guest_ram, planning_set_up),
	};

	return cmocka_run_group_tests_name("devices", tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* What a device brings along: DMA, clocks and other references; and how many there may be. */
#include "tests/unit/boards.h"

#define PASS(devices) GOOD "bulkhead,passthrough = " devices ";"
#define DEVICE(properties)                                                                         \
	"e@b000000 { compatible = \"arm,sp804\"; reg = <0 0xb000000 0 0x1000>; " properties " };"
#define WITH(nodes) "}; " nodes " chosen { " PARTITION("a", PASS("\"/e@b000000\""))

static void dma(void **state)
{
	static const struct row refused[] = {
		{WITH("e@b000000 { compatible = \"acme,dma\"; reg = <0 0xb000000 0 0x1000>; };"),
		 "/chosen/a: bulkhead,passthrough: e@b000000 is not known to do without DMA; "
		 "without an SMMU, a device that masters DMA could reach all memory; if it must "
		 "be: a partial device tree with xen,force-assign-without-iommu, and direct-map"},
		{WITH(DEVICE("dma-coherent;")),
		 "/chosen/a: bulkhead,passthrough: e@b000000 is not known to do without DMA"},
		{WITH(DEVICE("iommus = <1 2>;")),
		 "/chosen/a: bulkhead,passthrough: e@b000000 is not known to do without DMA"},
		{WITH(DEVICE("dma-ranges;")),
		 "/chosen/a: bulkhead,passthrough: e@b000000 is not known to do without DMA"},
	};

	static const char *const known[] = {
		"ti,am654-timer", "rockchip,rk3288-timer", "nxp,s32g2-stm",
		"nxp,s32g2-swt",  "bosch,m_can",	   "nxp,s32g2-flexcan",
		"ti,omap4-mcspi", "rockchip,rk3066-spi",   "nxp,s32g2-dspi",
		"nxp,s32g2-i2c",  "ti,omap4-i2c",	   "fsl,s32v234-linflexuart",
		"ns16550",
	};

	(void)state;
	check_refused(ROWS(refused));
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		char node[512];

		(void)snprintf(node, sizeof(node),
			       WITH("e@b000000 { compatible = \"acme,newer\", \"%s\"; "
				    "reg = <0 0xb000000 0 0x1000>; };"),
			       known[i]);
		check_accepted(&(struct row){node, NULL}, 1);
		assert_int_equal(report.warnings, 0);
	}
}

#define CLOCKS                                                                                     \
	"fixed: osc { compatible = \"fixed-clock\"; #clock-cells = <0>; clock-frequency = <1>; };" \
	"real: pll { compatible = \"acme,pll\"; #clock-cells = <1>; };"                            \
	"on: rail { compatible = \"regulator-fixed\"; };"                                          \
	"fed: fed { compatible = \"regulator-fixed\"; vin-supply = <&on>; };"                      \
	"switched: switched { compatible = \"regulator-fixed\"; gpio = <&real 1>; };"

static void references(void **state)
{
	static const struct row quiet[] = {
		{WITH(CLOCKS DEVICE("clocks = <&fixed>; clock-names = \"a\"; vdd-supply = <&on>;")),
		 NULL},
		{WITH(CLOCKS DEVICE("clock-names = \"a\";")), NULL},
		/* Numbers that look like phandles. */
		{WITH(DEVICE("snps,nr-gpios = <32>; nr-gpios = <8>;")), NULL},
		{WITH(DEVICE("gpio-controller; hog { gpio-hog; gpios = <3 0>; output-low; };")),
		 NULL},
	};
	static const struct row warned[] = {
		{WITH(CLOCKS DEVICE("clocks = <&fixed>, <&real 3>; clock-names = \"a\", \"b\";")),
		 "/chosen/a: bulkhead,passthrough: clocks of e@b000000 names pll, which stays "
		 "behind; the guest gets the device without it; firmware or the boot loader must "
		 "have set it up"},
		{WITH(CLOCKS DEVICE("vdd-supply = <&fed>;")),
		 "/chosen/a: bulkhead,passthrough: vdd-supply of e@b000000 names fed"},
		{WITH(CLOCKS DEVICE("vdd-supply = <&switched>;")),
		 "/chosen/a: bulkhead,passthrough: vdd-supply of e@b000000 names switched"},
		{WITH(CLOCKS DEVICE("reset-gpios = <&real>;")),
		 "/chosen/a: bulkhead,passthrough: reset-gpios of e@b000000 names pll"},
		{WITH(CLOCKS DEVICE("clocks = <0xdead>;")),
		 "/chosen/a: bulkhead,passthrough: clocks of e@b000000 names a phandle that is "
		 "nowhere"},
		/* The target has a cell that is not there. */
		{WITH(CLOCKS DEVICE("clocks = <&real>;")),
		 "/chosen/a: bulkhead,passthrough: clocks of e@b000000 names a phandle that is "
		 "nowhere"},
		{WITH(CLOCKS DEVICE("clocks = [01 02];")),
		 "/chosen/a: bulkhead,passthrough: clocks of e@b000000 names a phandle that is "
		 "nowhere"},
		{WITH(CLOCKS DEVICE("memory-region = <&fixed &real>;")),
		 "/chosen/a: bulkhead,passthrough: memory-region of e@b000000 names pll"},
		{WITH(CLOCKS DEVICE("gpio-ranges = <&real 0 0 8>;")),
		 "/chosen/a: bulkhead,passthrough: gpio-ranges of e@b000000 names pll"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(quiet) / sizeof(quiet[0]); i++) {
		check_accepted(&quiet[i], 1);
		assert_int_equal(report.warnings, 0);
	}
	for (size_t i = 0; i < sizeof(warned) / sizeof(warned[0]); i++) {
		check_accepted(&warned[i], 1);
		assert_int_equal(report.warnings, 1);
	}
}

/* Devices of several partitions, their registers and interrupts in the plan's arrays. */
static bool plan_devices_of(unsigned count, unsigned pages_each, unsigned interrupts_each)
{
	static char nodes[60000];
	static char chosen[16384];

	(void)snprintf(chosen, sizeof(chosen),
		       "a { compatible = \"bulkhead,partition\"; " GOOD "bulkhead,passthrough = ");
	nodes[0] = '\0';
	for (unsigned i = 0; i < count; i++) {
		char *const at = nodes + strlen(nodes);
		const size_t left = sizeof(nodes) - strlen(nodes);

		(void)snprintf(at, left, "d%u { compatible = \"arm,sp804\"; %s", i,
			       pages_each == 0 ? "" : "reg = <");
		for (unsigned k = 0; k < pages_each; k++)
			(void)snprintf(at + strlen(at), left - strlen(at), "0 0x%x 0 0x1000 ",
				       0x10000000 + (i * pages_each + k) * 0x2000);
		(void)snprintf(at + strlen(at), left - strlen(at), "%s %s",
			       pages_each == 0 ? "" : ">;",
			       interrupts_each == 0 ? "" : "interrupts = <");
		for (unsigned k = 0; k < interrupts_each; k++)
			(void)snprintf(at + strlen(at), left - strlen(at), "0 %u 4 ",
				       40 + i * interrupts_each + k);
		(void)snprintf(at + strlen(at), left - strlen(at), "%s };",
			       interrupts_each == 0 ? "" : ">;");
		(void)snprintf(chosen + strlen(chosen), sizeof(chosen) - strlen(chosen),
			       "%s\"/d%u\"", i == 0 ? "" : ", ", i);
	}
	(void)snprintf(chosen + strlen(chosen), sizeof(chosen) - strlen(chosen), "; %s };",
		       MODULE("0x70000000"));
	compile_board(&(struct board){.uart = nodes, .chosen = chosen});
	return run_planner();
}

static void limits(void **state)
{
	(void)state;
	assert_true(plan_devices_of(128, 2, 4));
	assert_int_equal(plan.device_count, 128);
	assert_int_equal(plan.device_region_count, 256);
	assert_int_equal(plan.interrupt_count, 512);
	assert_int_equal(plan.partitions[0].spi_count, 576);
	assert_false(plan_devices_of(129, 0, 0));
	assert_says("/chosen/a: bulkhead,passthrough: /d128 is one too many; at most 128");
	assert_int_equal(report.errors, 1);
	assert_false(plan_devices_of(86, 3, 0));
	assert_says("/chosen/a: bulkhead,passthrough: d85 has one too many; at most 256 ranges");
	assert_int_equal(report.errors, 2);
	assert_false(plan_devices_of(27, 0, 19));
	assert_says("/chosen/a: d26 has one too many; at most 512 passed-through interrupts");
	assert_int_equal(report.errors, 1);
}

/* More than 32 fixed clocks. */
static void many_clocks(void **state)
{
	for (unsigned count = 32; count <= 33; count++) {
		static char text[16384];

		(void)state;
		(void)snprintf(text, sizeof(text),
			       "}; e@b000000 { compatible = \"arm,sp804\"; reg = "
			       "<0 0xb000000 0 0x1000>; clocks = <");
		for (unsigned i = 0; i < count; i++)
			(void)snprintf(text + strlen(text), sizeof(text) - strlen(text),
				       "&{/osc%u} ", i);
		(void)snprintf(text + strlen(text), sizeof(text) - strlen(text), "&{/osc0}>; };");
		for (unsigned i = 0; i < count; i++)
			(void)snprintf(text + strlen(text), sizeof(text) - strlen(text),
				       "osc%u { compatible = \"fixed-clock\"; };", i);
		(void)snprintf(text + strlen(text), sizeof(text) - strlen(text), " chosen { %s",
			       PARTITION("a", PASS("\"/e@b000000\"")));
		compile(text);
		assert_int_equal(run_planner(), count == 32);
	}
	assert_says("/chosen/a: bulkhead,passthrough: the devices refer to more; at most 32 fixed");
}

/* No SPI is left for the UART. */
static void no_spi_left(void **state)
{
	static char text[32768];

	(void)state;
	(void)snprintf(text, sizeof(text),
		       "a { compatible = \"bulkhead,partition\"; " GOOD
		       "nr_spis = <960>; " MODULE("0x70000000") "};");
	compile(text);
	assert_true(run_planner());
	assert_int_equal(plan.partitions[0].spi_count, 960);
}

/* Paths that do not fit into a report, and names of nodes that guests have already. */
static void names(void **state)
{
#define LONG "a123456789012345678901234567890"
	static const struct row refused[] = {
		{"}; " LONG " { ranges; " LONG " { ranges; " LONG " { ranges; " LONG
		 " { compatible = \"x\"; }; }; }; }; chosen { " PARTITION(
			 "a", PASS("\"/" LONG "/" LONG "/" LONG "/" LONG "\"")),
		 "/chosen/a: bulkhead,passthrough: the device's path is longer"},
		{PARTITION("a", PASS("\"/psci\"")),
		 "/chosen/a: bulkhead,passthrough: /psci is the board's own"},
		{PARTITION("a", PASS("\"/chosen/a\"")),
		 "/chosen/a: bulkhead,passthrough: /chosen/a is the board's own"},
	};

	(void)state;
	check_refused(ROWS(refused));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(dma, planning_set_up),
		cmocka_unit_test_setup(references, planning_set_up),
		cmocka_unit_test_setup(limits, planning_set_up),
		cmocka_unit_test_setup(many_clocks, planning_set_up),
		cmocka_unit_test_setup(no_spi_left, planning_set_up),
		cmocka_unit_test_setup(names, planning_set_up),
	};

	return cmocka_run_group_tests_name("what devices bring along", tests, NULL, NULL);
}

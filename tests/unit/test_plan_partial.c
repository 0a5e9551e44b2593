/* SPDX-License-Identifier: Apache-2.0 */
/* Xen partial device trees: as Xen's users write them, and what Xen would not notice. */
#include "tests/unit/planning.h"

#define HEAD "/dts-v1/; / { #address-cells = <2>; #size-cells = <2>; "
#define GIC  "gic: gic { #interrupt-cells = <3>; interrupt-controller; phandle = <0xfde8>; }; "
#define BUS                                                                                        \
	"passthrough { compatible = \"simple-bus\"; ranges; #address-cells = <2>; #size-cells = "  \
	"<2>; "
#define RTC(properties)                                                                            \
	"rtc@9010000 { compatible = \"arm,pl031\", \"arm,primecell\"; interrupt-parent = "         \
	"<&gic>; " properties " };"
#define REG	 "reg = <0 0x9010000 0 0x1000>; "
#define XEN_REG	 "xen,reg = <0 0x9010000 0 0x1000 0 0x9010000>; "
#define PATH	 "xen,path = \"/pl031@9010000\"; "
#define GOOD_RTC REG XEN_REG PATH "interrupts = <0 2 4>; "

static char partial[1 << 17];
static size_t partial_size;

/* A partition with this partial tree; beside: more of the host's tree below /chosen. */
static bool plan_with(const char *source, const char *properties, const char *beside)
{
	static char text[65536];

	(void)planning_set_up(NULL);
	partial_size = compile_to(source, partial, sizeof(partial));
	planning_module(0x60000000, partial, partial_size);
	(void)snprintf(text, sizeof(text),
		       "a { compatible = \"xen,domain\"; #address-cells = <2>; #size-cells = <2>; "
		       "%s module@0 { compatible = \"multiboot,kernel\", \"multiboot,module\"; reg "
		       "= <0 0x70000000 0 0x8000>; }; module@1 { compatible = "
		       "\"multiboot,device-tree\", \"multiboot,module\"; reg = <0 0x60000000 0 "
		       "0x%zx>; }; }; %s",
		       properties, partial_size, beside);
	compile(text);
	return run_planner();
}

/* Below /passthrough. */
static bool plan_nodes(const char *nodes)
{
	char source[4096];

	(void)snprintf(source, sizeof(source), "%s%s};};", HEAD GIC BUS, nodes);
	return plan_with(source, GOOD, "");
}

static void as_xen_users_write_it(void **state)
{
	static const char source[] =
		HEAD GIC "aliases { rtc0 = \"/passthrough/rtc@9010000\"; }; " BUS
			 "clk: clk { compatible = \"fixed-clock\"; #clock-cells = <0>; "
			 "clock-frequency = <24000000>; }; " RTC(
				 GOOD_RTC "clocks = <&clk>; clock-names = \"apb_pclk\";") "}; };";
	static const uint64_t entropy[8];
	static char guest[1 << 18];
	const struct guest_tree_input input = {tree, partial, entropy, NULL};
	int node;
	int length;

	(void)state;
	assert_true(plan_with(source, GOOD "passthrough = \"enabled\"; nr_spis = <32>;", ""));
	assert_int_equal(report.count, 0);
	assert_int_equal(plan.partitions[0].partial_tree.base.value, 0x60000000);
	assert_int_equal(plan.partitions[0].partial_tree.size, partial_size);
	assert_int_equal(plan.device_count, 1);
	assert_string_equal(plan_text(&plan, plan.devices[0].path), "/pl031@9010000");
	assert_int_equal(plan.device_regions[0].guest.value, 0x9010000);
	assert_int_equal(plan.interrupt_count, 1);
	assert_int_equal(plan.interrupts[0].intid, 34);

	assert_int_equal(plan_guest_tree(&plan, 0, &input, guest, sizeof(guest)), GUEST_TREE_OK);
	assert_int_equal(fdt_check_full(guest, sizeof(guest)), 0);
	node = fdt_path_offset(guest, "/aliases");
	assert_string_equal(fdt_getprop(guest, node, "rtc0", &length), "/passthrough/rtc@9010000");
	node = fdt_path_offset(guest, "/passthrough/rtc@9010000");
	assert_true(node > 0);
	assert_null(fdt_getprop(guest, node, "xen,path", &length));
	assert_null(fdt_getprop(guest, node, "xen,reg", &length));
	assert_non_null(fdt_getprop(guest, node, "clocks", &length));
	assert_true(fdt_path_offset(guest, "/gic") < 0);
	node = fdt_node_offset_by_phandle(guest, 0xfde8);
	assert_int_equal(fdt_node_check_compatible(guest, node, "arm,gic-v3"), 0);

	/* A module that is no device tree any more. */
	memset(partial, 0, 8);
	assert_int_equal(plan_guest_tree(&plan, 0, &input, guest, sizeof(guest)),
			 GUEST_TREE_BROKEN);
}

static void accepted(void **state)
{
	(void)state;
	/* Elsewhere in the guest, without interrupts, and one bus deeper. */
	assert_true(
		plan_nodes("rtc@1000 { compatible = \"arm,pl031\"; reg = <0 0x1000 0 0x100>; " PATH
			   "xen,reg = <0 0x9010000 0 0x1000 0 0x1000>; };"));
	assert_int_equal(plan.device_regions[0].guest.value, 0x1000);
	assert_int_equal(plan.device_regions[0].host.value, 0x9010000);
	assert_true(plan_nodes("soc { compatible = \"simple-bus\"; #address-cells = <1>; "
			       "#size-cells = <1>; ranges = <0 0 0x9000000 0x100000>; rtc@10000 { "
			       "compatible = \"arm,pl031\"; reg = <0x10000 0x1000>; " PATH
			       "xen,reg = <0x9010000 0x1000 0x9010000>; }; };"));
	assert_int_equal(plan.device_regions[0].guest.value, 0x9010000);
	/* What is not below /passthrough is left out, which is said. */
	assert_true(plan_with(HEAD GIC "memory { }; __symbols__ { }; " BUS "}; };", GOOD, ""));
	assert_int_equal(report.warnings, 1);
	assert_says("/chosen/a/module@1: /memory is left out; of a partial device tree the guest "
		    "gets /passthrough and /aliases");
	/* Without a GIC's node of its own, it refers to the one that Xen's users know. */
	assert_true(plan_with(HEAD BUS "rtc@9010000 { compatible = \"arm,pl031\"; " REG XEN_REG PATH
				       "}; }; };",
			      GOOD, ""));
}

static void forced(void **state)
{
	static const char dma[] =
		HEAD GIC BUS "disk@a000000 { compatible = \"virtio,mmio\"; reg = <0 0xa000000 0 "
			     "0x200>; xen,path = \"/virtio_mmio@a000000\"; xen,reg = <0 0xa000000 "
			     "0 0x1000 0 0xa000000>; xen,force-assign-without-iommu; }; }; };";
	static const char own_page[] =
		HEAD GIC BUS "e@b000000 { compatible = \"acme,dma\"; reg = <0 0xb000000 0 0x1000>; "
			     "xen,path = \"/e@b000000\"; xen,reg = <0 0xb000000 0 0x1000 0 "
			     "0xb000000>; xen,force-assign-without-iommu; }; }; };";
	static const char device[] = "}; e@b000000 { compatible = \"acme,dma\"; reg = <0 0xb000000 "
				     "0 0x1000>; }; chosen {";
	static const char direct[] = "cpus = <1>; direct-map; xen,static-mem = <0 0x68000000 0 "
				     "0x4000000>; ";

	(void)state;
	assert_true(plan_with(own_page, direct, device));
	assert_says("/chosen/a/module@1: xen,path: e@b000000 may master DMA; without an SMMU it "
		    "can read and write all of the board's memory");
	assert_false(plan_with(own_page, GOOD, device));
	assert_says("/chosen/a/module@1: xen,path: e@b000000 is not known to do without DMA; "
		    "without an SMMU, a device that masters DMA could reach all memory; "
		    "xen,force-assign-without-iommu needs direct-map");
	/* Its neighbours in the page are not the partition's. */
	assert_false(plan_with(dma, direct, ""));
	assert_says("/chosen/a/module@1: xen,reg: virtio_mmio@a000000 shares the page 0xa000000 "
		    "with virtio_mmio@a000200");
}

/* Nodes below /passthrough that are refused. */
static void refused_nodes(void **state)
{
	static const struct row rows[] = {
		{RTC(REG PATH "xen,reg = <0 0x9020000 0 0x1000 0 0x9010000>;"),
		 "xen,reg: rtc@9010000: 0x1000 bytes at 0x9020000 are not its own"},
		{RTC(REG PATH "xen,reg = <0 0x9010000 0 0x2000 0 0x9010000>;"),
		 "xen,reg: rtc@9010000: 0x2000 bytes at 0x9010000 are not its own"},
		{RTC(REG PATH "xen,reg = <0 0x900f000 0 0x2000 0 0x9010000>;"),
		 "xen,reg: rtc@9010000: 0x2000 bytes at 0x900f000 are not its own"},
		{RTC(REG PATH "xen,reg = <0 0x9010000 0 0x1800 0 0x9010000>;"),
		 "xen,reg: rtc@9010000: 0x1800 bytes at 0x9010000; addresses and sizes"},
		{RTC(REG PATH "xen,reg = <0 0x9010000 0 0x1000>;"),
		 "xen,reg: rtc@9010000: 16 bytes"},
		{RTC(REG PATH), "xen,reg: rtc@9010000 has reg, but no xen,reg"},
		{RTC(REG PATH "xen,reg = <0 0x9010000 0 0 0 0x9010000>;"),
		 "reg: rtc@9010000: 0x1000 bytes at 0x9010000 are not mapped"},
		{RTC(PATH "xen,reg = <0 0x9010000 0 0 0 0x9010000>;"),
		 "xen,reg: 0x0 bytes of pl031@9010000 at 0x9010000; registers lie below 64 TiB"},
		{RTC("reg = <0 0x9011000 0 0x1000>; " XEN_REG PATH),
		 "reg: rtc@9010000: 0x1000 bytes at 0x9011000 are not mapped"},
		{RTC("reg = <0 0x900f000 0 0x1000>; " XEN_REG PATH),
		 "reg: rtc@9010000: 0x1000 bytes at 0x900f000 are not mapped"},
		{RTC("reg = <0 0x9010000 0 0x2000>; " XEN_REG PATH),
		 "reg: rtc@9010000: 0x2000 bytes at 0x9010000 are not mapped"},
		{RTC(REG XEN_REG), "xen,path: rtc@9010000 has none, or not a string"},
		{RTC(REG XEN_REG "xen,path = <1>;"),
		 "xen,path: rtc@9010000 has none, or not a string"},
		{RTC("xen,path = <1>;"), "xen,path: rtc@9010000 has none, or not a string"},
		{RTC(REG XEN_REG "xen,path = \"/nowhere\";"),
		 "xen,path: rtc@9010000: there is no \"/nowhere\""},
		{RTC(REG XEN_REG "xen,path = \"/\";"), "xen,path: rtc@9010000: there is no \"/\""},
		{RTC(REG XEN_REG "xen,path = \"rtc0\";"),
		 "xen,path: rtc@9010000: there is no \"rtc0\""},
		{RTC(REG XEN_REG PATH "interrupts = <0 3 4>;"),
		 "interrupts: interrupt 0 of rtc@9010000 is another one"},
		{RTC(REG XEN_REG PATH "interrupts = <0 2 4>, <0 3 4>;"),
		 "interrupts: interrupt 1 of rtc@9010000 is another one"},
		{RTC(REG XEN_REG PATH "interrupts = <5 2 4>;"),
		 "interrupts: interrupt 0 of rtc@9010000 is another one"},
		{RTC(REG XEN_REG PATH "interrupts = <0 2>;"),
		 "interrupts: those of rtc@9010000 cannot be read"},
		{RTC(REG "interrupts = <0 2 4>; xen,pth = \"/pl031@9010000\";"),
		 "xen,pth: rtc@9010000: unknown property"},
		{RTC(REG "interrupts = <0 2 4>; x;"),
		 "xen,path: rtc@9010000 has some, but no xen,path"},
		{RTC("interrupts = <0 2 4>;"), "xen,path: rtc@9010000 has some, but no xen,path"},
		{"bus { xen,path = \"/platform-bus@c000000\"; };",
		 "xen,path: \"/platform-bus@c000000\" is a bus"},
		{RTC(GOOD_RTC) "again { " PATH "};",
		 "xen,path: /pl031@9010000 already belongs to a"},
		{"uart@0 { reg = <0 0x9000000 0 0x1000>; xen,path = \"/pl011@9000000\"; xen,reg = "
		 "<0 0x9000000 0 0x1000 0 0x9000000>; };",
		 "xen,path: /pl011@9000000 is the board's own"},
		{RTC("reg = <0 0x3001000 0 0x1000>; " PATH
		     "xen,reg = <0 0x9010000 0 0x1000 0 0x3001000>;"),
		 NULL},
		{"bad { #address-cells = <0>; rtc { " PATH "xen,reg = <1>; }; };",
		 "xen,reg: rtc: 4 bytes"},
		{"bad { #address-cells = <1>; #size-cells = <0>; rtc { " PATH
		 "xen,reg = <1 2>; }; };",
		 "xen,reg: rtc: 8 bytes"},
	};
	char line[256];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_false(plan_nodes(rows[i].chosen));
		(void)snprintf(line, sizeof(line), "/chosen/a/module@1: %s", rows[i].line);
		assert_says(rows[i].line == NULL ? "/chosen/a: GIC distributor of a "
						   "0x3001000-0x3010fff overlaps registers of a "
						 : line);
	}
}

static void refused_trees(void **state)
{
	static const struct row rows[] = {
		{HEAD GIC "};", "/chosen/a/module@1: /passthrough: not there, or with other cells"},
		{HEAD GIC "passthrough { #address-cells = <2>; #size-cells = <2>; }; };",
		 "/chosen/a/module@1: /passthrough: not there, or with other cells"},
		{HEAD GIC "passthrough { ranges; #address-cells = <1>; #size-cells = <2>; }; };",
		 "/chosen/a/module@1: /passthrough: not there, or with other cells"},
		{HEAD GIC "passthrough { ranges; #address-cells = <2>; #size-cells = <1>; }; };",
		 "/chosen/a/module@1: /passthrough: not there, or with other cells"},
		{HEAD GIC "passthrough { ranges; #address-cells = <0>; #size-cells = <1>; }; };",
		 "/chosen/a/module@1: /passthrough: not there, or with other cells"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_false(plan_with(rows[i].chosen, GOOD, ""));
		assert_says(rows[i].line);
	}
	assert_false(plan_with(HEAD GIC BUS RTC(GOOD_RTC) "}; };",
			       GOOD "bulkhead,passthrough = \"/pl061@9030000\";", ""));
	assert_says("/chosen/a/module@1: both are there; devices come from bulkhead,passthrough or "
		    "from a partial device tree");
	assert_false(plan_with(HEAD GIC BUS RTC(GOOD_RTC) "}; };",
			       GOOD "passthrough = \"disabled\";", ""));
	assert_says("/chosen/a: passthrough: \"disabled\", but 1 devices are");
	/* The same device for another partition. */
	assert_false(plan_with(HEAD GIC BUS RTC(GOOD_RTC) "}; };", GOOD,
			       PARTITION("b", GOOD "bulkhead,passthrough = \"/pl031@9010000\";")));
	assert_says("/chosen/b: bulkhead,passthrough: /pl031@9010000 already belongs to a");
	/* In the RAM that is zeroed before the guest's tree is made of it. */
	assert_false(plan_with(HEAD GIC BUS "}; };",
			       "cpus = <1>; xen,static-mem = <0 0x5f000000 0 0x4000000>;", ""));
	assert_says("/chosen/a/module@1: reg: 0x60000000 is in the partition's RAM; a partial "
		    "device tree lies outside of it");
}

static void damaged(void **state)
{
	static const char line[] = "/chosen/a/module@1: reg: no device tree, or truncated, damaged "
				   "or too large; a partial device tree, compiled by dtc, of at "
				   "most 1 MiB";
	static const char text[] = "a { compatible = \"xen,domain\"; #address-cells = <2>; "
				   "#size-cells = <2>; " GOOD
				   "k { compatible = \"multiboot,kernel\"; reg = <0 0x70000000 0 "
				   "0x8000>; }; module@1 { compatible = \"multiboot,device-tree\"; "
				   "reg = <0 0x60000000 0 0x%zx>; }; };";
	static char large[(1 << 20) + 4096];
	char chosen[512];
	char source[2048] = HEAD BUS;
	size_t size = 0;

	(void)state;
	/* Cut off anywhere. */
	assert_true(plan_with(HEAD GIC BUS RTC(GOOD_RTC) "}; };", GOOD, ""));
	for (size_t cut = 1; cut < partial_size; cut += 29) {
		char *const copy = malloc(cut);

		memcpy(copy, partial, cut);
		(void)planning_set_up(NULL);
		planning_module(0x60000000, copy, cut);
		(void)snprintf(chosen, sizeof(chosen), text, cut);
		compile(chosen);
		assert_false(run_planner());
		assert_says(line);
		free(copy);
	}
	/* One byte more than 1 MiB. */
	memcpy(large, partial, partial_size);
	for (size = 1 << 20; size <= (1 << 20) + 1; size++) {
		(void)planning_set_up(NULL);
		planning_module(0x60000000, large, sizeof(large));
		(void)snprintf(chosen, sizeof(chosen), text, size);
		compile(chosen);
		assert_int_equal(run_planner(), size == 1 << 20);
	}
	assert_says(line);
	/* Too deep. */
	for (unsigned i = 0; i < 31; i++)
		(void)strcat(source, "n { ");
	for (unsigned i = 0; i < 31; i++)
		(void)strcat(source, "}; ");
	(void)strcat(source, "}; };");
	assert_false(plan_with(source, GOOD, ""));
	assert_says(line);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(as_xen_users_write_it),
		cmocka_unit_test(accepted),
		cmocka_unit_test(forced),
		cmocka_unit_test(refused_nodes),
		cmocka_unit_test(refused_trees),
		cmocka_unit_test(damaged),
	};

	return cmocka_run_group_tests_name("partial trees", tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The planner: one accepted system, a refused one for each rule, placement of random systems, and
 * the guest's device tree. Descriptions are compiled by dtc on top of the QEMU machine's own tree.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <libfdt.h>

#include "common/arch.h"
#include "common/plan/planner.h"

#define TREE_SIZE (1 << 20)
#define RAM_BASE  UINT64_C(0x40000000)
#define RAM_SIZE  BLOCK_1G

/* The start of an arm64 Image: text_offset 0x80000, image_size 16 MiB, little-endian. */
static uint8_t image[65536];

static struct plan plan;
static struct report report;
static struct plan_scratch scratch;
static char tree[TREE_SIZE];

static void put64(uint8_t *at, uint64_t value)
{
	for (int i = 0; i < 8; i++)
		at[i] = (uint8_t)(value >> 8 * i);
}

static int set_up(void **state)
{
	(void)state;
	memset(image, 0, sizeof(image));
	put64(image + 8, 0x80000);
	put64(image + 16, 16 << 20);
	memcpy(image + 56, "ARM\x64", 4);
	return 0;
}

/* Modules are all the same image; memory at 0x77000000 holds none. */
static const void *module(void *context, pa_t base, uint64_t size)
{
	static const uint8_t nothing[65536];

	(void)context;
	assert_true(size <= sizeof(image));
	return base.value == 0x77000000 ? nothing : image;
}

/* Compiles the text below /chosen; cells: whether /chosen has two cells of each. */
static void compile(const char *chosen)
{
	const char *const build = getenv("BUILD") != NULL ? getenv("BUILD") : "build";
	char command[256];
	FILE *file;

	(void)snprintf(command, sizeof(command),
		       "dtc -q -i %s/boards/qemu-virt -O dtb -o %s/tests/unit/plan.dtb -", build,
		       build);
	file = popen(command, "w");
	assert_non_null(file);
	(void)fprintf(file,
		      "/dts-v1/;\n/include/ \"board.dts\"\n/ { chosen { #address-cells = <2>; "
		      "#size-cells = <2>;\n%s\n}; };\n",
		      chosen);
	assert_int_equal(pclose(file), 0);
	(void)snprintf(command, sizeof(command), "%s/tests/unit/plan.dtb", build);
	file = fopen(command, "rb");
	assert_non_null(file);
	assert_true(fread(tree, 1, sizeof(tree), file) > 0);
	(void)fclose(file);
}

static bool run_planner(void)
{
	struct plan_needs needs = arch_plan_needs();
	const struct plan_input input = {
		.device_tree = tree,
		.device_tree_size = fdt_totalsize(tree),
		.device_tree_address = pa(0x48000000),
		.hypervisor = {pa(0x40200000), 0x80000},
		.needs = &needs,
		.scratch = &scratch,
		.module = module,
	};

	needs.max_ipa_bits = 44;
	return plan_system(&input, &plan, &report);
}

/* A whole partition; more: further properties. */
#define MODULE(address)                                                                            \
	"#address-cells = <2>; #size-cells = <2>; k { compatible = \"multiboot,kernel\"; reg = "   \
	"<0 " address " 0 0x8000>; bootargs = \"a=b\"; };"
#define PARTITION(name, more)                                                                      \
	name " { compatible = \"bulkhead,partition\"; " more " " MODULE("0x70000000") " };"
#define GOOD "memory = <0 0x10000>; cpus = <1>; vpl011; "

static void accepted(void **state)
{
	(void)state;
	compile(PARTITION("a", GOOD) PARTITION(
		"b", "memory = <0 0x8000>; bulkhead,cpus = <&{/cpus/cpu@3} &{/cpus/cpu@2}>; "
		     "label = \"other\"; nr_spis = <40>; trap-unmapped-accesses = <0>;"));
	assert_true(run_planner());
	assert_int_equal(report.errors, 0);
	assert_int_equal(plan.partition_count, 2);
	assert_int_equal(plan.board.cpu_count, 4);
	assert_int_equal(plan.board.uart_type, PLAN_UART_PL011);
	assert_int_equal(plan.board.uart.base.value, 0x9000000);
	assert_int_equal(plan.board.uart_intid, 33);
	assert_int_equal(plan.board.maintenance_intid, 25);
	assert_int_equal(plan.board.virtual_timer_intid, 27);
	assert_int_equal(plan.board.distributor.base.value, 0x8000000);
	assert_string_equal(plan.partitions[0].name, "a");
	assert_string_equal(plan_text(&plan, plan.partitions[0].bootargs), "a=b");
	assert_int_equal(plan.partitions[0].entry.value, 0x40080000);
	assert_int_equal(plan.partitions[0].cpus[0], 0);
	assert_int_equal(plan.partitions[0].virtual_uart, 1);
	assert_int_equal(plan.partitions[0].trap_unmapped, 1);
	assert_string_equal(plan.partitions[1].name, "other");
	assert_int_equal(plan.partitions[1].cpus[0], 3);
	assert_int_equal(plan.partitions[1].cpus[1], 2);
	assert_int_equal(plan.partitions[1].spi_count, 64);
	assert_int_equal(plan.partitions[1].trap_unmapped, 0);
	assert_int_equal(plan.housekeeping_cpu, 0);
	assert_int_equal(plan.escape_key, 0x0f);
}

/* A description and what its report must say, as "path: property: beginning of the text". */
struct refused {
	const char *chosen;
	const char *line;
};

static const struct refused refused[] = {
	{"", "/chosen: no partition"},
	{PARTITION("a", "cpus = <1>;"), "/chosen/a: memory: missing"},
	{PARTITION("a", "cpus = <1>; memory = <0 0>;"), "/chosen/a: memory: 0 KiB"},
	{PARTITION("a", "cpus = <1>; memory = <0 3>;"), "/chosen/a: memory: 3 KiB"},
	{PARTITION("a", "cpus = <1>; memory = <0 0 1>;"), "/chosen/a: memory: 12 bytes"},
	{PARTITION("a", "memory = <0 0x10000>;"), "/chosen/a: cpus: missing"},
	{PARTITION("a", "memory = <0 0x10000>; cpus = <0>;"), "/chosen/a: cpus: 0"},
	{PARTITION("a", "memory = <0 0x10000>; cpus = <65>;"), "/chosen/a: cpus: 65"},
	{PARTITION("a", "memory = <0 0x10000>; cpus = <1 2>;"), "/chosen/a: cpus: 8 bytes"},
	{PARTITION("a", "memory = <0 0x10000>; cpus = <5>;"),
	 "/chosen/a: cpus: 5 vCPUs, but only 4"},
	{PARTITION("a", "memory = <0 0x10000>; cpus = <2>; bulkhead,cpus = <&{/cpus/cpu@0}>;"),
	 "/chosen/a: cpus: 2, but bulkhead,cpus names 1"},
	{PARTITION("a", "memory = <0 0x10000>; bulkhead,cpus = <99>;"),
	 "/chosen/a: bulkhead,cpus: entry 0 names no CPU"},
	{PARTITION("a", "memory = <0 0x10000>; bulkhead,cpus;"),
	 "/chosen/a: bulkhead,cpus: 0 bytes"},
	{PARTITION("a", "memory = <0 0x10000>; bulkhead,cpus = <&{/cpus/cpu@0} &{/cpus/cpu@0}>;"),
	 "/chosen/a: bulkhead,cpus: entry 1: CPU 0 (MPIDR 0x0) already belongs to a"},
	{PARTITION("a", GOOD) PARTITION("b", GOOD "label = \"a\";"),
	 "/chosen/b: label: \"a\" is taken"},
	{PARTITION("a", GOOD "label = \"x y\";"), "/chosen/a: label: \"x y\""},
	{PARTITION("a", GOOD "label = \"12345678901234567890123456789012\";"),
	 "/chosen/a: label: \"12345678901234567890123456789012\" has 32"},
	{PARTITION("a", "memory = <0 0x200000>; cpus = <1>;"),
	 "/chosen/a: memory: 2097152 KiB do not fit"},
	{PARTITION("a", "memory = <0 0x1000>; cpus = <1>;"), "/chosen/a: memory: 4096 KiB, but"},
	{PARTITION("a", GOOD "vpl011 = <1>;"), NULL},
	{PARTITION("a", "cpus = <1>; memory = <0 0x10000>; vpl011 = <0>;"),
	 "/chosen/a: vpl011: has a value of 4 bytes"},
	{PARTITION("a", GOOD "direct-map;"), "/chosen/a: direct-map: no xen,static-mem"},
	{PARTITION("a", GOOD "xen,static-mem = <0 0x60000000 0 0x2000000>;"),
	 "/chosen/a: memory: 65536 KiB, but xen,static-mem has 32768 KiB"},
	{PARTITION("a", "cpus = <1>; xen,static-mem = <0 0x60000100 0 0x2000000>;"),
	 "/chosen/a: xen,static-mem: 0x2000000 bytes at 0x60000100"},
	{PARTITION("a", "cpus = <1>; xen,static-mem = <0 0x60000000>;"),
	 "/chosen/a: xen,static-mem: 8 bytes"},
	{PARTITION("a", "cpus = <1>; xen,static-mem = <0 0x90000000 0 0x2000000>;"),
	 "/chosen/a: xen,static-mem: 0x2000000 bytes at 0x90000000"},
	{PARTITION("a", "cpus = <1>; xen,static-mem = <0 0x40000000 0 0x2000000>;"),
	 "/chosen/a: xen,static-mem: 0x40000000-0x41ffffff overlaps the hypervisor"},
	{PARTITION("a", "cpus = <1>; xen,static-mem = <0 0x48000000 0 0x2000000>;"),
	 "/chosen/a: xen,static-mem: 0x48000000-0x49ffffff overlaps the host device tree"},
	{PARTITION("a", "cpus = <1>; xen,static-mem = <0 0x70000000 0 0x2000000>;"),
	 "/chosen/a/k: reg: 0x70000000, but the guest expects it at 0x70080000"},
	{PARTITION("a", GOOD "nr_spis = <961>;"), "/chosen/a: nr_spis: 961"},
	{PARTITION("a", GOOD "trap-unmapped-accesses = <2>;"),
	 "/chosen/a: trap-unmapped-accesses: <2>"},
	{PARTITION("a", GOOD "passthrough = \"enabled\";"), "/chosen/a: passthrough: \"enabled\""},
	{PARTITION("a", GOOD "xen,enhanced = \"enabled\";"),
	 "/chosen/a: xen,enhanced: not supported"},
	{PARTITION("a", GOOD "sve = <256>;"), "/chosen/a: sve: not supported"},
	{PARTITION("a", GOOD "llc-colors = \"0-3\";"), "/chosen/a: llc-colors: not supported"},
	{PARTITION("a", GOOD "bulkhead,on-reset = \"stop\";"),
	 "/chosen/a: bulkhead,on-reset: not supported"},
	{PARTITION("a", GOOD "memroy = <1>;"),
	 "/chosen/a: memroy: unknown property; did you mean 'memory'?"},
	{PARTITION("a", GOOD "something-else;"), "/chosen/a: something-else: unknown property"},
	{"bulkhead,housekeeping-cpu = <77>; " PARTITION("a", GOOD),
	 "/chosen: bulkhead,housekeeping-cpu: names no CPU"},
	{"bulkhead,console-escape = \"O\"; " PARTITION("a", GOOD),
	 "/chosen: bulkhead,console-escape: \"O\""},
	{"bulkhead,console-escap = \"^A\"; " PARTITION("a", GOOD),
	 "/chosen: bulkhead,console-escap: unknown property; did you mean "
	 "'bulkhead,console-escape'?"},
	{"d { compatible = \"multiboot,kernel\"; }; " PARTITION("a", GOOD),
	 "/chosen/d: compatible: a kernel directly below /chosen; Bulkhead has no dom0"},
	{"a { compatible = \"bulkhead,partition\"; " GOOD "};", "/chosen/a: no kernel"},
	{"a { compatible = \"xen,domain\"; " GOOD MODULE(
		 "0x70000000") "x { compatible = \"multiboot,kernel\"; }; };",
	 "/chosen/a/x: compatible: a second one"},
	{"a { compatible = \"xen,domain\"; " GOOD MODULE(
		 "0x70000000") "x { compatible = \"multiboot,device-tree\"; }; };",
	 "/chosen/a/x: compatible: \"multiboot,device-tree\""},
	{"a { compatible = \"xen,domain\"; " GOOD MODULE("0x10000000") "};",
	 "/chosen/a/k: reg: 0x8000 bytes at 0x10000000"},
	{"a { compatible = \"xen,domain\"; " GOOD MODULE("0x7ffff000") "};",
	 "/chosen/a/k: reg: 0x8000 bytes at 0x7ffff000"},
	{"a { compatible = \"xen,domain\"; " GOOD MODULE("0x40200000") "};",
	 "/chosen/a/k: reg: 0x40200000-0x40207fff overlaps the hypervisor"},
	{"a { compatible = \"xen,domain\"; " GOOD MODULE("0x77000000") "};",
	 "/chosen/a/k: reg: no kernel at 0x77000000: it begins 00 00 00 00"},
	{"a { compatible = \"xen,domain\"; " GOOD "k { compatible = \"multiboot,kernel\"; }; };",
	 "/chosen/a/k: reg: missing"},
	{"a { compatible = \"xen,domain\"; #address-cells = <0>; " GOOD
	 "k { compatible = \"multiboot,kernel\"; reg = <1>; }; };",
	 "/chosen/a/k: reg: missing"},
	{"a { compatible = \"xen,domain\"; #address-cells = <2>; #size-cells = <2>; " GOOD
	 "k { compatible = \"multiboot,kernel\"; reg = <0 0x70000000 0xffffffff 0xffffffff>; }; };",
	 "/chosen/a/k: reg: 0xffffffffffffffff bytes at 0x70000000"},
	{"a { compatible = \"xen,domain\"; " GOOD MODULE(
		 "0x70000000") "r { compatible = \"multiboot,ramdisk\"; reg = <0 0x70004000 0 "
			       "0x8000>; }; };",
	 "/chosen/a/r: reg: 0x70004000-0x7000bfff overlaps module a/k at 0x70000000"},
};

/* Whether one of the findings reads like this. */
static bool says(const char *line)
{
	char text[1024];

	for (uint32_t i = 0; i < report.count; i++) {
		(void)report_line(&report.findings[i], text, sizeof(text));
		if (strncmp(text, line, strlen(line)) == 0)
			return true;
	}
	return false;
}

static void refused_systems(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		char text[1024] = "";

		/* dtc itself refuses a property that stands there twice. */
		if (refused[i].line == NULL)
			continue;
		compile(refused[i].chosen);
		if (run_planner() || !says(refused[i].line)) {
			if (report.count > 0)
				(void)report_line(&report.findings[0], text, sizeof(text));
			fail_msg("expected '%s', the report begins '%s'", refused[i].line, text);
		}
	}
}

static void all_errors_in_path_order(void **state)
{
	(void)state;
	compile(PARTITION("z", "vpl01; cpus = <1>;") PARTITION("b", "memory = <0 0>; sve = <1>;"));
	assert_false(run_planner());
	assert_true(report.errors >= 5);
	for (uint32_t i = 1; i < report.count; i++)
		assert_true(strcmp(report.findings[i - 1].path, report.findings[i].path) <= 0);
}

static void xen_spelling(void **state)
{
	(void)state;
	compile("domU1 { compatible = \"xen,domain\"; domid = <1>; xen,enhanced = \"disabled\"; "
		"passthrough = \"disabled\"; " GOOD MODULE("0x70000000") "};");
	assert_true(run_planner());
	assert_int_equal(report.warnings, 1);
	assert_true(says("/chosen/domU1: domid: has no effect"));
}

static void broken_trees(void **state)
{
	const struct plan_needs needs = arch_plan_needs();
	struct plan_input input = {
		.device_tree = tree, .needs = &needs, .scratch = &scratch, .module = module};

	(void)state;
	compile(PARTITION("a", GOOD));
	const uint32_t size = fdt_totalsize(tree);

	for (uint32_t cut = 0; cut < size; cut += 37) {
		char *const copy = malloc(cut + 1);

		memcpy(copy, tree, cut);
		input.device_tree = copy;
		input.device_tree_size = cut;
		assert_false(plan_system(&input, &plan, &report));
		assert_true(says("/: the device tree is truncated or damaged"));
		free(copy);
	}
	/* Any word of it changed: an answer, and no access out of bounds (ASan watches). */
	srand(3);
	for (unsigned round = 0; round < 3000; round++) {
		char *const copy = malloc(size);

		memcpy(copy, tree, size);
		for (unsigned i = 0; i < 3; i++)
			copy[56 + (uint32_t)rand() % (size - 56)] = (char)rand();
		input.device_tree = copy;
		input.device_tree_size = size;
		(void)plan_system(&input, &plan, &report);
		free(copy);
	}
}

/* Aliases that lead nowhere are no console; they are not followed in a circle. */
static void aliases(void **state)
{
	static const char *const bad[] = {
		"aliases { serial0 = \"serial0\"; };",
		"aliases { serial0 = \"a\"; a = \"b\"; b = \"a/x\"; };",
		"aliases { serial0 = \"\"; };",
		"aliases { serial0 = <1>; };",
		"aliases { serial0 = \"/nowhere\"; };",
		"",
	};
	struct plan_board board;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		char text[256];

		(void)snprintf(text, sizeof(text), "/delete-property/ stdout-path; }; %s chosen {",
			       bad[i]);
		compile(text);
		plan_find_console(tree, &board);
		assert_int_equal(board.uart_type, PLAN_UART_NONE);
	}
	compile("/delete-property/ stdout-path; }; aliases { serial0 = \"/pl011@9000000\"; }; chosen "
		"{");
	plan_find_console(tree, &board);
	assert_int_equal(board.uart_type, PLAN_UART_PL011);
}

static bool overlap(const struct plan_region *a, const struct plan_region *b)
{
	return a->host.value < b->host.value + b->size && b->host.value < a->host.value + a->size;
}

/* Everything in RAM, nothing on anything else. */
static void check_placement(void)
{
	struct plan_region all[64];
	unsigned count = 0;

	all[count++] = (struct plan_region){ipa(0), plan.hypervisor.base, plan.hypervisor.size};
	all[count++] = (struct plan_region){ipa(0), pa(0x48000000), fdt_totalsize(tree)};
	all[count++] = (struct plan_region){ipa(0), pa(0x70000000), 0x8000};
	all[count++] = (struct plan_region){ipa(0), plan.pool.base, plan.pool.size};
	for (uint32_t p = 0; p < plan.partition_count; p++)
		for (uint32_t r = 0; r < plan.partitions[p].region_count; r++)
			all[count++] = plan.partitions[p].regions[r];
	for (unsigned i = 0; i < count; i++) {
		assert_true(all[i].host.value >= RAM_BASE);
		assert_true(all[i].host.value + all[i].size <= RAM_BASE + RAM_SIZE);
		for (unsigned j = 0; j < i; j++)
			assert_false(overlap(&all[i], &all[j]));
	}
	for (uint32_t p = 0; p < plan.partition_count; p++)
		assert_true(is_aligned(plan.partitions[p].regions[0].host.value, BLOCK_2M));
}

static void random_systems(void **state)
{
	unsigned planned = 0;

	(void)state;
	srand(5);
	for (unsigned round = 0; round < 60; round++) {
		char text[4096] = "";
		uint64_t wanted[4];
		const unsigned count = 1 + (unsigned)rand() % 4;

		for (unsigned i = 0; i < count; i++) {
			wanted[i] = 24 + (uint64_t)rand() % 300;
			(void)snprintf(
				text + strlen(text), sizeof(text) - strlen(text),
				"p%u { compatible = \"bulkhead,partition\"; memory = <0 %u>; "
				"cpus = <1>; %s };",
				i, (unsigned)wanted[i] * 1024, MODULE("0x70000000"));
		}
		compile(text);
		if (!run_planner()) {
			assert_true(report.errors > 0);
			continue;
		}
		planned++;
		check_placement();
		for (unsigned i = 0; i < count; i++) {
			uint64_t sum = 0;

			for (uint32_t r = 0; r < plan.partitions[i].region_count; r++)
				sum += plan.partitions[i].regions[r].size;
			assert_int_equal(sum, wanted[i] << 20);
		}
	}
	assert_true(planned > 20);
}

static void guest_tree(void **state)
{
	static const uint64_t entropy[8] = {1, 2, 3, 4, 5, 6, 7, 8};
	static char guest[65536];
	int length;
	int node;

	(void)state;
	compile(PARTITION("a", "memory = <0 0x10000>; cpus = <2>; vpl011;"));
	assert_true(run_planner());
	assert_int_equal(plan_guest_tree(&plan, 0, tree, entropy, guest, sizeof(guest)),
			 GUEST_TREE_OK);
	assert_int_equal(fdt_check_full(guest, sizeof(guest)), 0);

	node = fdt_path_offset(guest, "/chosen");
	assert_string_equal(fdt_getprop(guest, node, "bootargs", &length), "a=b");
	assert_string_equal(fdt_getprop(guest, node, "stdout-path", &length), "/uart@22000000");
	assert_non_null(fdt_getprop(guest, node, "kaslr-seed", &length));
	node = fdt_path_offset(guest, "/cpus/cpu@1");
	assert_string_equal(fdt_getprop(guest, node, "compatible", &length), "arm,cortex-a57");
	assert_string_equal(fdt_getprop(guest, node, "enable-method", &length), "psci");
	assert_true(fdt_path_offset(guest, "/cpus/cpu@2") < 0);
	node = fdt_path_offset(guest, "/memory@40000000");
	assert_int_equal(fdt64_ld((const fdt64_t *)fdt_getprop(guest, node, "reg", &length) + 1),
			 64 << 20);
	node = fdt_path_offset(guest, "/psci");
	assert_string_equal(fdt_getprop(guest, node, "method", &length), "hvc");
	assert_true(fdt_path_offset(guest, "/interrupt-controller@3001000") > 0);

	/* Too little room is an answer too. */
	assert_int_equal(plan_guest_tree(&plan, 0, tree, NULL, guest, 512), GUEST_TREE_TOO_LARGE);
	assert_int_equal(plan_guest_tree(&plan, 0, NULL, NULL, guest, 512), GUEST_TREE_BROKEN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(accepted, set_up),
		cmocka_unit_test_setup(refused_systems, set_up),
		cmocka_unit_test_setup(all_errors_in_path_order, set_up),
		cmocka_unit_test_setup(xen_spelling, set_up),
		cmocka_unit_test_setup(broken_trees, set_up),
		cmocka_unit_test_setup(aliases, set_up),
		cmocka_unit_test_setup(random_systems, set_up),
		cmocka_unit_test_setup(guest_tree, set_up),
	};

	return cmocka_run_group_tests_name("plan", tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* The planner as a whole: an accepted system, the order of errors, guests' trees. */
#include "common/plan/digest.h"
#include "common/plan/make.h"
#include "tests/unit/planning.h"

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
	assert_string_equal(plan.board.uart_type.name, "pl011");
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

static void guest_tree(void **state)
{
	static const uint64_t entropy[8] = {1, 2, 3, 4, 5, 6, 7, 8};
	static char guest[65536];
	int length;
	int node;

	(void)state;
	compile(PARTITION("a", "memory = <0 0x10000>; cpus = <2>; vpl011;"));
	assert_true(run_planner());
	assert_int_equal(
		plan_guest_tree(&plan, 0,
				&(struct guest_tree_input){.host_tree = tree, .entropy = entropy},
				guest, sizeof(guest)),
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
	assert_int_equal(plan_guest_tree(&plan, 0, &(struct guest_tree_input){.host_tree = tree},
					 guest, 512),
			 GUEST_TREE_TOO_LARGE);
	assert_int_equal(plan_guest_tree(&plan, 0, &(struct guest_tree_input){0}, guest, 512),
			 GUEST_TREE_BROKEN);
}

/* The same system has the same name, another one has another. */
static void digest(void **state)
{
	static const char *const systems[] = {
		PARTITION("a", GOOD),
		PARTITION("b", GOOD),
		PARTITION("a", GOOD "trap-unmapped-accesses = <0>;"),
		PARTITION("a", GOOD "bulkhead,passthrough = \"/pl031@9010000\";"),
	};
	enum { count = sizeof(systems) / sizeof(systems[0]) };
	char text[count][PLAN_DIGEST_TEXT_SIZE];
	char again[PLAN_DIGEST_TEXT_SIZE];

	(void)state;
	for (unsigned i = 0; i < count; i++) {
		compile(systems[i]);
		assert_true(run_planner());
		plan_digest_text(&plan, text[i]);
		assert_int_equal(strlen(text[i]), 64);
		assert_int_equal(strspn(text[i], "0123456789abcdef"), 64);
		assert_true(run_planner());
		plan_digest_text(&plan, again);
		assert_string_equal(text[i], again);
		for (unsigned k = 0; k < i; k++)
			assert_string_not_equal(text[i], text[k]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(accepted, planning_set_up),
		cmocka_unit_test_setup(all_errors_in_path_order, planning_set_up),
		cmocka_unit_test_setup(xen_spelling, planning_set_up),
		cmocka_unit_test_setup(guest_tree, planning_set_up),
		cmocka_unit_test_setup(digest, planning_set_up),
	};

	return cmocka_run_group_tests_name("plan", tests, NULL, NULL);
}

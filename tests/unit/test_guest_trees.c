/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The device trees that guests get, compared with those in tests/golden: NAME.dts is a system,
 * NAME.PARTITION.dts what its partition gets. GOLDEN_UPDATE=1 writes these anew, to be read before
 * they are committed.
 */
#include "tests/unit/planning.h"

#include <unistd.h>

#define GUEST_SIZE  (1 << 17)
#define MODULE_SIZE 0x1000
#define PATH_SIZE   256

static const char folder[] = "tests/golden";

static const char *build(void)
{
	return getenv("BUILD") != NULL ? getenv("BUILD") : "build";
}

/* Runs dtc with these arguments; *output: what it writes, its warnings too. */
static void run_dtc(const char *arguments, char *output, size_t size)
{
	char command[3 * PATH_SIZE];

	(void)snprintf(command, sizeof(command), "dtc %s 2>&1", arguments);

	FILE *const pipe = popen(command, "r");

	assert_non_null(pipe);

	const size_t used = fread(output, 1, size - 1, pipe);

	output[used] = '\0';
	if (pclose(pipe) != 0)
		fail_msg("%s: %s", command, output);
	assert_true(used < size - 1);
}

static void write_file(const char *path, const void *bytes, size_t size)
{
	FILE *const file = fopen(path, "wb");

	assert_non_null(file);
	assert_int_equal(fwrite(bytes, 1, size, file), size);
	assert_int_equal(fclose(file), 0);
}

static size_t read_file(const char *path, void *bytes, size_t size)
{
	FILE *const file = fopen(path, "rb");

	assert_non_null(file);

	const size_t used = fread(bytes, 1, size, file);

	(void)fclose(file);
	assert_true(used < size);
	return used;
}

/* Compiles a file of the folder. */
static size_t compile_file(const char *name, void *bytes, size_t size)
{
	char arguments[2 * PATH_SIZE];
	char path[PATH_SIZE];
	char output[1024];

	(void)snprintf(path, sizeof(path), "%s/tests/unit/golden.dtb", build());
	(void)snprintf(arguments, sizeof(arguments), "-q -I dts -O dtb -o %s %s/%s.dts", path,
		       folder, name);
	run_dtc(arguments, output, sizeof(output));
	return read_file(path, bytes, size);
}

/* A tree as text, in an order that does not depend on who wrote it. */
static void decompile(const void *bytes, size_t size, char *text, size_t text_size)
{
	char arguments[2 * PATH_SIZE];
	char path[PATH_SIZE];

	(void)snprintf(path, sizeof(path), "%s/tests/unit/golden.dtb", build());
	write_file(path, bytes, size);
	(void)snprintf(arguments, sizeof(arguments), "-q -s -I dtb -O dts %s", path);
	run_dtc(arguments, text, text_size);
}

/* dtc finds nothing to complain about, but for Xen's users' clocks below /passthrough. */
static void check_warnings(const void *bytes, size_t size)
{
	char arguments[2 * PATH_SIZE];
	char path[PATH_SIZE];
	char output[8192];

	(void)snprintf(path, sizeof(path), "%s/tests/unit/golden.dtb", build());
	write_file(path, bytes, size);
	(void)snprintf(arguments, sizeof(arguments),
		       "-W no-simple_bus_reg -I dtb -O dtb -o /dev/null %s", path);
	run_dtc(arguments, output, sizeof(output));
	if (output[0] != '\0')
		fail_msg("dtc warns: %s", output);
}

/* Each phandle that the tree has, it has once. */
static void check_phandles(const void *guest)
{
	for (int node = 0; node >= 0; node = fdt_next_node(guest, node, NULL)) {
		const uint32_t phandle = fdt_get_phandle(guest, node);

		if (phandle != 0)
			assert_int_equal(fdt_node_offset_by_phandle(guest, phandle), node);
	}
}

static void check_tree(const char *system, const char *partition, const void *guest)
{
	static char expected[GUEST_SIZE];
	static char expected_text[GUEST_SIZE];
	static char text[GUEST_SIZE];
	char name[PATH_SIZE];
	char path[2 * PATH_SIZE];

	check_phandles(guest);
	check_warnings(guest, fdt_totalsize(guest));
	decompile(guest, fdt_totalsize(guest), text, sizeof(text));
	(void)snprintf(name, sizeof(name), "%s.%s", system, partition);
	(void)snprintf(path, sizeof(path), "%s/%s.dts", folder, name);
	if (getenv("GOLDEN_UPDATE") != NULL) {
		write_file(path, text, strlen(text));
		return;
	}

	/* Both were printed by the same dtc: versions of it differ in how they print. */
	const size_t size = compile_file(name, expected, sizeof(expected));

	decompile(expected, size, expected_text, sizeof(expected_text));
	if (strcmp(text, expected_text) != 0)
		print_error("%s is another one now:\n%s\n", path, text);
	assert_string_equal(text, expected_text);
}

/* Plans a system of the folder and compares the trees of all its partitions. */
static void check_system(void **state)
{
	static const uint64_t entropy[8] = {1, 2, 3, 4, 5, 6, 7, 8};
	static char guest[GUEST_SIZE];
	static char module[TREE_SIZE];
	const char *const system = *state;
	char name[PATH_SIZE];
	char path[2 * PATH_SIZE];
	const void *partial = NULL;

	(void)planning_set_up(NULL);
	(void)snprintf(name, sizeof(name), "%s.module", system);
	(void)snprintf(path, sizeof(path), "%s/%s.dts", folder, name);
	if (access(path, R_OK) == 0) {
		assert_true(compile_file(name, module, sizeof(module)) <= MODULE_SIZE);
		planning_module(0x60000000, module, MODULE_SIZE);
		partial = module;
	}
	(void)compile_file(system, tree, sizeof(tree));
	if (!run_planner())
		show_report();
	assert_int_equal(report.errors, 0);
	for (uint32_t i = 0; i < plan.partition_count; i++) {
		const struct plan_partition *const partition = &plan.partitions[i];
		const struct guest_tree_input input = {
			.host_tree = tree,
			.partial_tree = partition->partial_tree.size == 0 ? NULL : partial,
			.entropy = entropy,
		};

		assert_true(partition->device_tree_size <= sizeof(guest));
		assert_int_equal(
			plan_guest_tree(&plan, i, &input, guest, partition->device_tree_size),
			GUEST_TREE_OK);
		check_tree(system, partition->name, guest);
	}
}

/* A tree of another board, and too little room at each of many places. */
static void wrong_trees(void **state)
{
	static char guest[GUEST_SIZE];
	static char other[TREE_SIZE];
	struct guest_tree_input input = {.host_tree = tree};

	(void)state;
	(void)planning_set_up(NULL);
	(void)compile_file("pass-rtc", tree, sizeof(tree));
	assert_true(run_planner());
	assert_int_equal(plan_guest_tree(&plan, 0, &input, guest, sizeof(guest)), GUEST_TREE_OK);

	const size_t used = fdt_totalsize(guest);

	assert_int_equal(plan_guest_tree(&plan, 0, &input, guest, used), GUEST_TREE_OK);
	for (size_t size = 0; size < used; size += 7)
		assert_int_equal(plan_guest_tree(&plan, 0, &input, guest, size),
				 GUEST_TREE_TOO_LARGE);

	input.host_tree = other;
	(void)compile_to("/dts-v1/; / { };", other, sizeof(other));
	assert_int_equal(plan_guest_tree(&plan, 0, &input, guest, sizeof(guest)),
			 GUEST_TREE_BROKEN);
	(void)compile_to("/dts-v1/; / { cpus { #address-cells = <0>; }; };", other, sizeof(other));
	assert_int_equal(plan_guest_tree(&plan, 0, &input, guest, sizeof(guest)),
			 GUEST_TREE_BROKEN);
	(void)compile_to("/dts-v1/; / { cpus { cpu@1 { reg = <1>; }; cpu@2 { }; cpu@3 { reg; }; }; "
			 "};",
			 other, sizeof(other));
	assert_int_equal(plan_guest_tree(&plan, 0, &input, guest, sizeof(guest)),
			 GUEST_TREE_BROKEN);
	(void)compile_to("/dts-v1/; / { cpus { #address-cells = <1>; #size-cells = <0>; cpu@0 { "
			 "reg = <0>; }; }; };",
			 other, sizeof(other));
	assert_int_equal(plan_guest_tree(&plan, 0, &input, guest, sizeof(guest)),
			 GUEST_TREE_BROKEN);
}

int main(void)
{
	static char *const systems[] = {
		"one",		 "two-vcpus",  "direct-open", "ramdisk",
		"static-memory", "direct-map", "two-banks",   "pass-rtc",
		"pass-gpio",	 "pass-deep",  "xen-partial", "xen-domains",
		"shared-memory", "many-vcpus", "supervisor",  "watchdog",
	};
	enum { count = sizeof(systems) / sizeof(systems[0]) };
	struct CMUnitTest tests[count + 1];

	for (unsigned i = 0; i < count; i++)
		tests[i] = (struct CMUnitTest){
			.name = systems[i], .test_func = check_system, .initial_state = systems[i]};
	tests[count] = (struct CMUnitTest)cmocka_unit_test(wrong_trees);
	return cmocka_run_group_tests_name("guests' trees", tests, NULL, NULL);
}

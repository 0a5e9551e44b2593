/* SPDX-License-Identifier: Apache-2.0 */
/* The planner's bounds: what just fits, what does not, and that time is in proportion to the tree.
 */
#include "tests/unit/boards.h"

/* Our code's calls of libfdt, and of strcmp(): the linker sends them through here. */
static uint64_t calls;

const void *__real_fdt_getprop(const void *fdt, int node, const char *name, int *length);
const void *__wrap_fdt_getprop(const void *fdt, int node, const char *name, int *length);
int __real_fdt_next_node(const void *fdt, int node, int *depth);
int __wrap_fdt_next_node(const void *fdt, int node, int *depth);
int __real_strcmp(const char *a, const char *b);
int __wrap_strcmp(const char *a, const char *b);

const void *__wrap_fdt_getprop(const void *fdt, int node, const char *name, int *length)
{
	calls++;
	return __real_fdt_getprop(fdt, node, name, length);
}

int __wrap_fdt_next_node(const void *fdt, int node, int *depth)
{
	calls++;
	return __real_fdt_next_node(fdt, node, depth);
}

int __wrap_strcmp(const char *a, const char *b)
{
	calls++;
	return __real_strcmp(a, b);
}

/* A chain of nodes so deep, in a tree of so many nodes. */
static bool plan_nested(unsigned depth, unsigned count)
{
	static char source[1 << 17];
	char *at = source;
	unsigned nodes = 0;

	compile(PARTITION("a", GOOD));
	for (int node = 0; node >= 0; node = fdt_next_node(tree, node, NULL))
		nodes++;
	at += sprintf(at, "%s}; ", PARTITION("a", GOOD));
	for (unsigned i = 1; i < depth; i++)
		at += sprintf(at, "n { ");
	for (unsigned i = 1; i < depth; i++)
		at += sprintf(at, "}; ");
	for (; nodes < count; nodes++)
		at += sprintf(at, "m%u { };", nodes);
	(void)sprintf(at, "chosen {");
	compile(source);
	return run_planner();
}

static void deep_and_wide(void **state)
{
	(void)state;
	assert_true(plan_nested(32, 0));
	assert_false(plan_nested(33, 0));
	assert_says("/: the device tree is too deep; a device tree has at most 32 levels");
	assert_false(plan_nested(40, 0));
	assert_says("/: the device tree is too deep");
	assert_true(plan_nested(1, 8192));
	assert_false(plan_nested(1, 8193));
	assert_says("/: the device tree is too large; a device tree has at most 8192 nodes");
	assert_false(plan_nested(1, 9000));
	assert_says("/: the device tree is too large");
}

/* Plans with so many reserved pages in one reg; returns how often libfdt was called. */
static uint64_t plan_reserved(unsigned count, bool is_good)
{
	fdt64_t *const reg = calloc(count, 2 * sizeof(*reg));
	int node;

	assert_non_null(reg);
	for (unsigned i = 0; i < count; i++) {
		reg[2 * i] = cpu_to_fdt64(UINT64_C(0x100000000) + i * UINT64_C(0x2000));
		reg[2 * i + 1] = cpu_to_fdt64(0x1000);
	}
	compile(PARTITION("a", GOOD) "}; reserved-memory { #address-cells = <2>; #size-cells = "
				     "<2>; ranges; x { }; }; chosen {");
	make_writable();
	node = fdt_path_offset(tree, "/reserved-memory/x");
	assert_int_equal(fdt_setprop(tree, node, "reg", reg, (int)(count * 2 * sizeof(*reg))), 0);
	free(reg);
	calls = 0;
	assert_int_equal(run_planner(), is_good);
	return calls;
}

static void huge_reserved_memory(void **state)
{
	(void)state;

	const uint64_t few = plan_reserved(10000, false);
	const uint64_t many = plan_reserved(40000, false);

	/* In proportion to the tree, and one error for all of them. */
	assert_true(many <= 5 * few);
	assert_int_equal(report.errors, 1);
	assert_says("/reserved-memory/x: too many ranges of addresses; the planner keeps count of "
		    "1024 ranges of addresses");
}

static void many_claims(void **state)
{
	(void)state;
	(void)plan_reserved(900, true);
	(void)plan_reserved(1025, false);
	assert_says("/reserved-memory/x: too many ranges of addresses");
	assert_int_equal(report.errors, 1);
}

/* Writes a guest's tree when the host has so many aliases, the last of them the guest's. */
static uint64_t write_aliases(unsigned count)
{
	static struct tree_index index;
	const struct guest_tree_input input = {.host_tree = tree, .host_index = &index};
	char *const source = malloc((count + 8) * 32);
	char *at = source;

	assert_non_null(source);
	at += sprintf(at, "%s }; x { compatible = \"arm,pl031\"; }; aliases { ",
		      PARTITION("a", GOOD "bulkhead,passthrough = \"/x\";"));
	for (unsigned i = 0; i < count; i++)
		at += sprintf(at, "a%u = \"/uart\"; ", i);
	(void)sprintf(at, "rtc0 = \"/x\"; }; chosen {");
	compile(source);
	free(source);
	if (!run_planner())
		show_report();
	assert_int_equal(report.errors, 0);

	const size_t size = plan.partitions[0].device_tree_size;
	void *const guest = malloc(size);

	assert_non_null(guest);
	assert_int_equal(tree_check(tree, fdt_totalsize(tree), &index), TREE_OK);
	calls = 0;
	assert_int_equal(plan_guest_tree(&plan, 0, &input, guest, size), GUEST_TREE_OK);

	const int aliases = fdt_path_offset(guest, "/aliases");

	assert_string_equal(fdt_getprop(guest, aliases, "rtc0", NULL), "/x");
	assert_null(fdt_getprop(guest, aliases, "a0", NULL));
	free(guest);
	return calls;
}

static void many_aliases(void **state)
{
	(void)state;

	const uint64_t few = write_aliases(1000);

	assert_in_range(write_aliases(4000), 1, 5 * few);
}

/* As many and as long texts as a plan can hold. */
static void full_text(void **state)
{
#define LONG_NAME "a-name-of-31-characters-abcdefg"
	static char chosen[1 << 17];
	static char bus[8192] =
		LONG_NAME " { ranges; " LONG_NAME " { ranges; " LONG_NAME " { ranges; ";
	char bootargs[PLAN_BOOTARGS_SIZE] = "";

	(void)state;
	memset(bootargs, 'x', sizeof(bootargs) - 1);
	for (unsigned p = 0; p < PLAN_MAX_PARTITIONS; p++) {
		(void)snprintf(
			chosen + strlen(chosen), sizeof(chosen) - strlen(chosen),
			"p%u { compatible = \"xen,domain\"; memory = <0 0xc000>; cpus = <1>; "
			"bulkhead,passthrough = ",
			p);
		for (unsigned d = 0; d < 8; d++) {
			(void)snprintf(chosen + strlen(chosen), sizeof(chosen) - strlen(chosen),
				       "%s\"/" LONG_NAME "/" LONG_NAME "/" LONG_NAME
				       "/a-name-of-30-characters-abc%03u\"",
				       d == 0 ? "" : ", ", 8 * p + d);
			(void)snprintf(bus + strlen(bus), sizeof(bus) - strlen(bus),
				       "a-name-of-30-characters-abc%03u { compatible = \"x\"; };",
				       8 * p + d);
		}
		(void)snprintf(chosen + strlen(chosen), sizeof(chosen) - strlen(chosen),
			       "; #address-cells = <2>; #size-cells = <2>; k { compatible = "
			       "\"multiboot,kernel\"; reg = <0 0x70000000 0 0x8000>; bootargs = "
			       "\"%s\"; }; };",
			       bootargs);
	}
	(void)strcat(bus, "}; }; };");
	compile_board(&(struct board){
		.cpus = CPU("0") CPU("1") CPU("2") CPU("3") CPU("4") CPU("5") CPU("6") CPU("7")
			CPU("8") CPU("9") CPU("a") CPU("b") CPU("c") CPU("d") CPU("e") CPU("f"),
		.memory = MEMORY("0 0x40000000 0 0x80000000"),
		.uart = bus,
		.chosen = chosen,
	});
	if (!run_planner())
		show_report();
	assert_int_equal(report.errors, 0);
	assert_int_equal(plan.device_count, PLAN_MAX_DEVICES);
	assert_int_equal(strlen(plan_text(&plan, plan.devices[127].path)), PLAN_PATH_SIZE - 1);
	assert_string_equal(plan_text(&plan, plan.partitions[15].bootargs), bootargs);
	/* Not a byte is left. */
	assert_int_equal(plan.text_size, PLAN_TEXT_SIZE);
}

/* So many links between two partitions; more: what one of them has besides. */
static bool plan_links(unsigned count, const char *more)
{
	static char text[16384];

	(void)snprintf(text, sizeof(text),
		       "a: a { compatible = \"xen,domain\"; " GOOD "%s %s }; b: b { compatible = "
		       "\"xen,domain\"; " GOOD MODULE("0x70000000") "};",
		       more, MODULE("0x70000000"));
	for (unsigned i = 0; i < count; i++)
		(void)snprintf(text + strlen(text), sizeof(text) - strlen(text),
			       "c%u { compatible = \"bulkhead,console-link\"; bulkhead,partitions "
			       "= <&a &b>; };",
			       i);
	compile(text);
	return run_planner();
}

static void many_links(void **state)
{
	(void)state;
	assert_true(plan_links(32, ""));
	assert_int_equal(plan.channel_count, 32);
	assert_int_equal(plan.virtual_device_count, 64);
	assert_false(plan_links(33, ""));
	assert_says("/chosen/c32: one channel too many; at most 32 channels are supported");
	assert_false(plan_links(32, "bulkhead,watchdog;"));
	assert_says("/chosen/c31: one virtual device too many; at most 64 virtual devices");
	assert_int_equal(report.errors, 1);
}

static void many_views(void **state)
{
	static char text[32768];

	(void)state;
	for (unsigned count = 64; count <= 65; count++) {
		(void)snprintf(text, sizeof(text), "a { compatible = \"xen,domain\"; " GOOD "%s",
			       MODULE("0x70000000"));
		for (unsigned i = 0; i < count; i++)
			(void)snprintf(
				text + strlen(text), sizeof(text) - strlen(text),
				"s%u { compatible = \"xen,domain-shared-memory-v1\"; "
				"xen,shm-id = \"s%u\"; xen,shared-mem = <0 0x%x 0 0x1000>; };",
				i, i, 0x30000000 + i * 0x1000);
		(void)strcat(text, "};");
		compile(text);
		assert_int_equal(run_planner(), count == 64);
	}
	assert_says("/chosen/a/s64: one too many; at most 64 views of shared memory");
}

/* A node whose path does not fit into a report. */
static void long_path(void **state)
{
#define NAME "a-name-of-31-characters-abcdefg"
	(void)state;
	compile(PARTITION("a",
			  GOOD) "}; reserved-memory { #address-cells = <2>; #size-cells = <2>; "
				"ranges; " NAME NAME NAME NAME NAME " { reg = <1>; }; }; "
				"chosen {");
	assert_false(run_planner());
	assert_says("(a node with a very long path): reg: of the wrong length");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(deep_and_wide, planning_set_up),
		cmocka_unit_test_setup(huge_reserved_memory, planning_set_up),
		cmocka_unit_test_setup(many_claims, planning_set_up),
		cmocka_unit_test_setup(many_aliases, planning_set_up),
		cmocka_unit_test_setup(full_text, planning_set_up),
		cmocka_unit_test_setup(many_links, planning_set_up),
		cmocka_unit_test_setup(many_views, planning_set_up),
		cmocka_unit_test_setup(long_path, planning_set_up),
	};

	return cmocka_run_group_tests_name("limits", tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/planning.h"

#include <unistd.h>

#define MAX_MODULES 8

struct plan plan;
struct report report;
char tree[TREE_SIZE];
uint32_t max_ipa_bits;
uint64_t modules_shift;

static struct plan_scratch scratch;

/* The start of an arm64 Image: text_offset 0x80000, image_size 16 MiB, little-endian. */
static uint8_t image[65536];

static struct {
	uint64_t address;
	const void *bytes;
	size_t size;
} modules[MAX_MODULES];
static unsigned module_count;

static void put64(uint8_t *at, uint64_t value)
{
	for (int i = 0; i < 8; i++)
		at[i] = (uint8_t)(value >> 8 * i);
}

int planning_set_up(void **state)
{
	(void)state;
	memset(image, 0, sizeof(image));
	put64(image + 8, 0x80000);
	put64(image + 16, 16 << 20);
	memcpy(image + 56, "ARM\x64", 4);
	module_count = 0;
	max_ipa_bits = 44;
	modules_shift = 0;
	return 0;
}

void planning_module(uint64_t address, const void *bytes, size_t size)
{
	assert_true(module_count < MAX_MODULES);
	modules[module_count].address = address;
	modules[module_count].bytes = bytes;
	modules[module_count++].size = size;
}

static const void *module(void *context, pa_t base, uint64_t size)
{
	static const uint8_t nothing[65536];

	(void)context;
	for (unsigned i = 0; i < module_count; i++) {
		if (modules[i].address == base.value) {
			assert_true(size <= modules[i].size);
			return modules[i].bytes;
		}
	}
	if (size > sizeof(image))
		return NULL;
	return base.value == NOTHING_THERE ? nothing : image;
}

size_t compile_to(const char *source, void *bytes, size_t size)
{
	const char *const build = getenv("BUILD") != NULL ? getenv("BUILD") : "build";
	char command[256];
	char path[128];
	FILE *file;

	(void)snprintf(path, sizeof(path), "%s/tests/unit/plan-%d.dtb", build, (int)getpid());
	(void)snprintf(command, sizeof(command), "dtc -q -i %s/boards/qemu-virt -O dtb -o %s -",
		       build, path);
	file = popen(command, "w");
	assert_non_null(file);
	(void)fputs(source, file);
	assert_int_equal(pclose(file), 0);
	file = fopen(path, "rb");
	assert_non_null(file);

	const size_t used = fread(bytes, 1, size, file);

	assert_true(used > 0 && used < size);
	(void)fclose(file);
	(void)unlink(path);
	return used;
}

void compile_source(const char *source)
{
	(void)compile_to(source, tree, sizeof(tree));
}

void compile(const char *chosen)
{
	static char source[1 << 18];
	const int length = snprintf(source, sizeof(source),
				    "/dts-v1/;\n/include/ \"board.dts\"\n/ { chosen { "
				    "#address-cells = <2>; #size-cells = <2>;\n%s\n}; };\n",
				    chosen);

	assert_true(length > 0 && (size_t)length < sizeof(source));
	compile_source(source);
}

bool plan_bytes(const void *bytes, size_t size)
{
	struct plan_needs needs = arch_plan_needs();
	const struct plan_input input = {
		.device_tree = bytes,
		.device_tree_size = size,
		.device_tree_address = pa(0x48000000),
		.hypervisor = {pa(0x40200000), 0x80000},
		.modules_shift = modules_shift,
		.needs = &needs,
		.scratch = &scratch,
		.module = module,
	};

	needs.max_ipa_bits = max_ipa_bits;
	return plan_system(&input, &plan, &report);
}

bool run_planner(void)
{
	return plan_bytes(tree, fdt_totalsize(tree));
}

void make_writable(void)
{
	assert_int_equal(fdt_open_into(tree, tree, sizeof(tree)), 0);
}

bool says(const char *line)
{
	char text[1024];

	for (uint32_t i = 0; i < report.count; i++) {
		(void)report_line(&report.findings[i], text, sizeof(text));
		if (strncmp(text, line, strlen(line)) == 0)
			return true;
	}
	return false;
}

void show_report(void)
{
	char text[1024];

	for (uint32_t i = 0; i < report.count; i++) {
		(void)report_line(&report.findings[i], text, sizeof(text));
		print_error("  report: %s\n", text);
	}
}

void assert_says(const char *line)
{
	if (says(line))
		return;
	print_error("expected: %s\n", line);
	show_report();
	fail();
}

void check_refused(const struct row *rows, size_t count)
{
	unsigned failures = 0;

	for (size_t i = 0; i < count; i++) {
		compile(rows[i].chosen);
		if (run_planner() || !says(rows[i].line)) {
			print_error("%s: %s\n", rows[i].chosen, rows[i].line);
			show_report();
			failures++;
		}
	}
	assert_int_equal(failures, 0);
}

void check_accepted(const struct row *rows, size_t count)
{
	unsigned failures = 0;

	for (size_t i = 0; i < count; i++) {
		compile(rows[i].chosen);
		if (!run_planner() || (rows[i].line != NULL && !says(rows[i].line))) {
			print_error("%s\n", rows[i].chosen);
			show_report();
			failures++;
		}
	}
	assert_int_equal(failures, 0);
}

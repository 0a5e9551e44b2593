/* SPDX-License-Identifier: Apache-2.0 */
/* Filling a partition's RAM: all of it is written, and nothing else. Memory is an array here. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/arch.h"
#include "common/run/fill.h"

#define BASE UINT64_C(0x40000000)
#define SIZE 0x400000
#define OLD  0xa5

static uint8_t memory[SIZE];
static uint32_t served;
static uint64_t cleaned;

void *arch_window(enum arch_window window, pa_t base, uint64_t size)
{
	(void)window;
	assert_true(size != 0 && base.value >= BASE && base.value + size <= BASE + SIZE);
	return &memory[base.value - BASE];
}

void arch_zero(void *at, uint64_t size)
{
	memset(at, 0, size);
}

void arch_clean(const void *at, uint64_t size)
{
	(void)at;
	cleaned += size;
}

void arch_serve_interrupts(void)
{
	served++;
}

static int set_up(void **state)
{
	(void)state;
	memset(memory, OLD, sizeof(memory));
	served = 0;
	cleaned = 0;
	return 0;
}

static void assert_all(uint64_t from, uint64_t size, uint8_t value)
{
	for (uint64_t i = from; i < from + size; i++)
		assert_int_equal(memory[i], value);
}

/* Two pieces of RAM; kernel with BSS, ramdisk that is kept, device tree. */
static const struct plan_partition partition = {
	.region_count = 2,
	.regions = {{{0}, {BASE + 0x100000}, 0x100000}, {{0}, {BASE + 0x300000}, 0x80000}},
	.kernel_count = 1,
	.kernel = {{.format = PLAN_IMAGE_RAW,
		    .source = {BASE + 0x1000},
		    .source_size = 0x3456,
		    .size = 0x8000,
		    .destination = {BASE + 0x110000}}},
	.ramdisk = {.format = PLAN_IMAGE_RAW,
		    .source = {BASE + 0x120000},
		    .source_size = 0x50000,
		    .size = 0x50000,
		    .destination = {BASE + 0x120000},
		    .pristine = {BASE + 0x200000}},
	.device_tree_host = {BASE + 0x300000},
	.device_tree_size = 0x1000,
	.device_tree_pristine = {BASE + 0x280000},
};

static void contents_come_from_where_no_guest_was(void **state)
{
	struct content contents[FILL_MAX_CONTENTS];

	(void)state;
	assert_int_equal(fill_contents(&partition, contents), 3);
	assert_int_equal(contents[0].pristine, BASE + 0x1000);
	assert_int_equal(contents[0].size, 0x3456);
	assert_int_equal(contents[1].pristine, BASE + 0x200000);
	assert_int_equal(contents[2].pristine, BASE + 0x280000);
	assert_int_equal(contents[2].base, BASE + 0x300000);
}

static void all_but_the_contents_is_zeroed(void **state)
{
	struct content contents[FILL_MAX_CONTENTS];
	const uint32_t count = fill_contents(&partition, contents);

	(void)state;
	fill_scrub(&partition, contents, count, FILL_ALONE);
	assert_all(0, 0x100000, OLD);
	assert_all(0x100000, 0x10000, 0);
	assert_all(0x110000, 0x3456, OLD);
	assert_all(0x113456, 0x120000 - 0x113456, 0); /* BSS too */
	assert_all(0x120000, 0x50000, OLD);
	assert_all(0x170000, 0x90000, 0);
	assert_all(0x200000, 0x100000, OLD);
	assert_all(0x300000, 0x1000, OLD);
	assert_all(0x301000, 0x7f000, 0);
	assert_all(0x380000, 0x80000, OLD);
	assert_int_equal(cleaned, 0x180000 - 0x3456 - 0x50000 - 0x1000);
	assert_int_equal(served, 0);
}

static void copies(void **state)
{
	(void)state;
	memset(&memory[0x1000], 0x11, 0x90000);
	fill_copy(BASE + 0x200000, BASE + 0x1000, 0x90000, FILL_SERVE);
	assert_all(0x200000, 0x90000, 0x11);
	assert_all(0x290000, 0x1000, OLD);
	assert_all(0x1ff000, 0x1000, OLD);
	assert_int_equal(cleaned, 0x90000);
	assert_int_equal(served, 3); /* pieces of 256 KiB */

	/* In place: only cleaned. */
	fill_copy(BASE + 0x1000, BASE + 0x1000, 0x90000, FILL_ALONE);
	assert_all(0x1000, 0x90000, 0x11);
	assert_int_equal(cleaned, 0x120000);
	assert_int_equal(served, 3);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(contents_come_from_where_no_guest_was, set_up),
		cmocka_unit_test_setup(all_but_the_contents_is_zeroed, set_up),
		cmocka_unit_test_setup(copies, set_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

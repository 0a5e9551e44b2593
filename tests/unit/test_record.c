/* SPDX-License-Identifier: Apache-2.0 */
/* The log that outlives a reset: what one boot has written, and what the next makes of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "common/arch.h"
#include "common/console/record.h"
#include "common/launch/boot_console.h"
#include "common/launch/last_log.h"

struct record record;

static const struct plan plan = {.record = {0x1000}};
static const char *digest = "0123456789";
static uint64_t now; /* ms */
static unsigned lines;
static char first[300], second[300], last[300];

uint64_t arch_counter(void)
{
	return now;
}

uint64_t arch_counter_frequency(void)
{
	return 1000;
}

void arch_clean(const void *memory, uint64_t size)
{
	const uint64_t offset = (uint64_t)((const uint8_t *)memory - (const uint8_t *)&record);

	assert_true(offset <= RECORD_SIZE && size <= RECORD_SIZE - offset);
	/* A line is in memory before it is counted. */
	if (memory == record.text)
		assert_int_equal(record.check, ~record.written);
}

void *arch_window(enum arch_window window, pa_t base, uint64_t size)
{
	assert_int_equal(window, ARCH_WINDOW_MEMORY);
	assert_int_equal(base.value, plan.record.value);
	assert_int_equal(size, RECORD_SIZE);
	return &record;
}

void boot_log(const char *template, ...)
{
	va_list arguments;

	va_start(arguments, template);
	(void)vsnprintf(last, sizeof(last), template, arguments);
	va_end(arguments);
	if (lines < 2)
		memcpy(lines == 0 ? first : second, last, sizeof(last));
	lines++;
}

static void boot(void)
{
	lines = 0;
	last_log_show(&plan, digest);
}

static int set_up(void **state)
{
	(void)state;
	memset(&record, 0xa5, sizeof(record));
	now = 12345;
	boot();
	return 0;
}

static void nothing_at_first(void **state)
{
	(void)state;
	assert_int_equal(lines, 0);
	boot();
	assert_int_equal(lines, 0);
}

static void lines_are_found_once(void **state)
{
	(void)state;
	record_line("bulkhead: a: one");
	now = 1234567;
	record_line("bulkhead: a: two");
	boot();
	assert_int_equal(lines, 3);
	assert_string_equal(first, "what was said after the last boot:");
	assert_string_equal(second, "| [   12.345] bulkhead: a: one");
	assert_string_equal(last, "| [ 1234.567] bulkhead: a: two");
	boot();
	assert_int_equal(lines, 0);
}

static void the_last_ones_are_kept(void **state)
{
	char text[40];

	(void)state;
	for (unsigned i = 0; i < 1000; i++) {
		(void)snprintf(text, sizeof(text), "line %u", i);
		record_line(text);
	}
	boot();
	assert_string_equal(last, "| [   12.345] line 999");
	/* Whole ones. */
	assert_int_equal(strncmp(second, "| [   12.345] line ", 19), 0);
	assert_in_range(lines, RECORD_TEXT / 22 - 1, RECORD_TEXT / 21 + 1);
}

/* RAM after a power cycle, or a reset in the middle of a line. */
static void damage_is_not_believed(void **state)
{
	(void)state;
	record_line("line");
	record.check ^= 4;
	boot();
	assert_int_equal(lines, 0);
	record_line("line");
	record.magic++;
	boot();
	assert_int_equal(lines, 0);
}

static void another_plan_finds_nothing(void **state)
{
	(void)state;
	record_line("line");
	digest = "abcdefghij";
	boot();
	assert_int_equal(lines, 0);
	digest = "0123456789";
	boot();
	assert_int_equal(lines, 0);
}

static void what_is_no_text_is_not_shown(void **state)
{
	(void)state;
	record_line("\033[2Jli\177n\200e");
	boot();
	assert_string_equal(last, "| [   12.345] [2Jline");
	memset(record.text, 'x', sizeof(record.text));
	record.written = UINT32_MAX;
	record.check = 0;
	boot();
	/* No line end in it: none of it is whole. */
	assert_int_equal(lines, 1);
	memset(record.text + 100, '\n', 1);
	record.written = 3000;
	record.check = ~3000U;
	boot();
	assert_int_equal(lines, 3);
	assert_int_equal(strlen(last), 2 + 255);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(nothing_at_first, set_up),
		cmocka_unit_test_setup(lines_are_found_once, set_up),
		cmocka_unit_test_setup(the_last_ones_are_kept, set_up),
		cmocka_unit_test_setup(damage_is_not_believed, set_up),
		cmocka_unit_test_setup(another_plan_finds_nothing, set_up),
		cmocka_unit_test_setup(what_is_no_text_is_not_shown, set_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

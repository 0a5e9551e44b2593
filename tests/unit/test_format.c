/* SPDX-License-Identifier: Apache-2.0 */
/* Formatted output against the C library's own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "common/lib/format.h"

#define SAME(...)                                                                                  \
	do {                                                                                       \
		char ours[128];                                                                    \
		char theirs[128];                                                                  \
		const size_t length = format(ours, sizeof(ours), __VA_ARGS__);                     \
		(void)snprintf(theirs, sizeof(theirs), __VA_ARGS__);                               \
		assert_string_equal(ours, theirs);                                                 \
		assert_int_equal(length, strlen(theirs));                                          \
	} while (0)

static void numbers(void **state)
{
	(void)state;
	SAME("%d %d %d", 0, -1, INT32_MIN);
	SAME("%u %x", UINT32_MAX, 0xbeefU);
	SAME("%lu %lx %ld", UINT64_MAX, UINT64_MAX, INT64_MIN);
	SAME("%5d|%-5d|%05d|%05d", 42, 42, 42, -42);
	SAME("%08lx %2u %zu", 0x1234UL, 12345U, sizeof(int));
	SAME("%*d", 7, 3);
}

static void texts(void **state)
{
	(void)state;
	SAME("%s|%8s|%-8s|%.2s|%c%%", "abc", "abc", "abc", "abc", 'x');
	SAME("%s", "");
}

static void cut(void **state)
{
	char out[4] = "xxx";

	(void)state;
	assert_int_equal(format(out, sizeof(out), "%s", "abcdef"), 3);
	assert_string_equal(out, "abc");
	assert_int_equal(format(out, 1, "%d", 12), 0);
	assert_string_equal(out, "");
	assert_int_equal(format(out, 0, "%d", 12), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers),
		cmocka_unit_test(texts),
		cmocka_unit_test(cut),
	};

	return cmocka_run_group_tests_name("format", tests, NULL, NULL);
}

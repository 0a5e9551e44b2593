/* SPDX-License-Identifier: Apache-2.0 */
/* What imagebuilder says of a plan in words: the table, the JSON, and the words themselves. */
#include <ctype.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "imagebuilder/json.h"
#include "imagebuilder/table.h"
#include "imagebuilder/words.h"
#include "tests/unit/printed.h"
#include "tests/unit/sample_plans.h"

#define MIB (UINT64_C(1) << 20)

static struct plan *plan;

static void print_table(FILE *out)
{
	table_print(out, plan, false);
}

static void print_json(FILE *out)
{
	json_print(out, plan, DIGEST);
}

/* --- Table --- */

static void table_names_every_owner(void **state)
{
	static const char *const parts[] = {
		"hypervisor image",
		"hypervisor pool",
		"RAM of infotainment",
		"RAM of gateway",
		"RAM of control",
		"kernel of infotainment, gateway",
		"kernel of control",
		"ramdisk of infotainment",
		"shared memory frames: infotainment, gateway",
		"channel telemetry: control, gateway",
		"/soc@0/bus@30800000/can@308c0000 of gateway",
		"GIC distributor",
		"console UART",
		"control frame, fed within 5000 ms",
		"4 KiB  refresh frame",
		"unassigned",
		"SPI 142 (INTID 174), level",
		"0x000000000-", /* addresses are as wide as the highest */
		"in place",
		"inflated from 0x4a000000",
		"copied from 0x48000000 (3.0 MiB)",
		"0 -> CPU 4 (0x100)",
		"at most 3 restarts in 60000 ms",
		"crash: reset-board",
		"0xc2000000-0xc20000ff go to firmware",
		"02:00:00:00:01:01",
	};

	(void)state;
	plan = sample_plan(SAMPLE_RICH);
	plan->board.memory_banks[plan->board.memory_bank_count++] =
		(struct plan_range){pa(0), 0x10000};
	capture(print_table);
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		contains(parts[i]);
}

static void table_fits_the_terminal(void **state)
{
	(void)state;
	for (enum sample sample = 0; sample < SAMPLE_COUNT; sample++) {
		size_t width = 0;

		plan = sample_plan(sample);
		capture(print_table);
		for (const char *at = printed; *at != '\0'; at++) {
			width = *at == '\n' ? 0 : width + 1;
			assert_true(width <= 100);
			/* Nothing from a device tree reaches the terminal as an escape. */
			assert_true(*at == '\n' || (*at >= ' ' && *at < 0x7f));
		}
	}
}

/* --- JSON --- */

static const char *skip_value(const char *at);

static const char *skip_space(const char *at)
{
	while (*at == ' ' || *at == '\n')
		at++;
	return at;
}

static const char *skip_string(const char *at)
{
	assert_int_equal(*at, '"');
	for (at++; *at != '"'; at++) {
		assert_true((uint8_t)*at >= 0x20);
		if (*at != '\\')
			continue;
		at++;
		assert_non_null(strchr("\"\\u", *at));
		for (unsigned i = 0; *at == 'u' && i < 4; i++)
			assert_true(isxdigit((unsigned char)at[i + 1]));
	}
	return at + 1;
}

/* What stands between brackets, behind the opening one. */
static const char *skip_members(const char *at, char end)
{
	at = skip_space(at);
	if (*at == end)
		return at + 1;
	for (;;) {
		if (end == '}') {
			at = skip_string(skip_space(at));
			assert_int_equal(*at, ':');
			at++;
		}
		at = skip_space(skip_value(at));
		if (*at == end)
			return at + 1;
		assert_int_equal(*at, ',');
		at++;
	}
}

static const char *skip_value(const char *at)
{
	at = skip_space(at);
	if (*at == '{')
		return skip_members(at + 1, '}');
	if (*at == '[')
		return skip_members(at + 1, ']');
	if (*at == '"')
		return skip_string(at);
	if (strncmp(at, "true", 4) == 0 || strncmp(at, "null", 4) == 0)
		return at + 4;
	if (strncmp(at, "false", 5) == 0)
		return at + 5;
	assert_true(isdigit((unsigned char)*at));
	while (isdigit((unsigned char)*at))
		at++;
	return at;
}

static void json_is_valid(void **state)
{
	(void)state;
	for (enum sample sample = 0; sample < SAMPLE_COUNT; sample++) {
		plan = sample_plan(sample);
		capture(print_json);
		assert_int_equal(*skip_space(skip_value(printed)), '\0');
	}
}

static void json_says_it_all(void **state)
{
	static const char *const parts[] = {
		"{\n  \"digest\": \"" DIGEST "\",\n  \"board\": {\n    \"cpus\": [\n",
		"\"bootargs\": \"console=ttyAMA0 name=\\\"<&>\\\" \\u001b[31m \\ufffd\"",
		"\"base\": \"0x880000000\",\n",
		"\"size\": 1610612736\n",
		"\"spi\": 142,\n",
		"\"intid\": 174,\n",
		"\"on_crash\": \"reset-board\"",
		"\"supervises\": [\n        \"infotainment\"\n      ]",
		"\"mac\": \"02:00:00:00:01:01\"",
		"\"ramdisk\": null",
		"\"in_place\": true",
		"\"id\": \"frames\"",
	};

	(void)state;
	plan = sample_plan(SAMPLE_RICH);
	capture(print_json);
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		contains(parts[i]);
}

/* --- Words --- */

static void words(void **state)
{
	static const uint32_t numbers[] = {0, 1, 2, 3, 7, 5};
	char out[WORDS_SIZE] = "";

	(void)state;
	words_numbers(out, sizeof(out), numbers, 6);
	assert_string_equal(out, "0-3, 7, 5");
	words_bytes(out, sizeof(out), 256 * MIB);
	assert_string_equal(out, "256 MiB");
	words_bytes(out, sizeof(out), 1536 * MIB);
	assert_string_equal(out, "1536 MiB");
	words_bytes(out, sizeof(out), 3 * MIB + 512);
	assert_string_equal(out, "3.0 MiB");
	words_bytes(out, sizeof(out), 17);
	assert_string_equal(out, "17 B");
	words_interrupt(out, sizeof(out), 33);
	assert_string_equal(out, "SPI 1 (INTID 33)");
	words_interrupt(out, sizeof(out), 27);
	assert_string_equal(out, "INTID 27");
	assert_int_equal(words_character("\x1b"), 0);
	assert_int_equal(words_character("\xc3\xa9"), 2);
	assert_int_equal(words_character("\xc3"), 0);
	assert_int_equal(words_character("\xc0\x80"), 0);
	assert_int_equal(words_character("\xed\xa0\x80"), 0);
	assert_string_equal(words_policy(99), "?");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(table_names_every_owner, printed_tear_down),
		cmocka_unit_test_teardown(table_fits_the_terminal, printed_tear_down),
		cmocka_unit_test_teardown(json_is_valid, printed_tear_down),
		cmocka_unit_test_teardown(json_says_it_all, printed_tear_down),
		cmocka_unit_test(words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Configurations of ImageBuilder, read; what becomes of whole files tests/system/test_import.py
 * says. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "imagebuilder/import.h"
#include "imagebuilder/import_parse.h"
#include "imagebuilder/import_variables.h"

static struct config config;

static void read_text(const char *text)
{
	config_reset(&config);
	parse_config(&config, text, strlen(text));
}

/* The value of an element, or NULL. */
static const char *value(const char *name, uint32_t index)
{
	const struct setting *const setting = config_find_element(&config, name, index);

	return setting == NULL || setting->is_broken ? NULL : setting->value;
}

static void spellings(void **state)
{
	static const char *const same[][2] = {
		{"A=b", "b"},
		{"A=", ""},
		{"A=b#c", "b#c"},
		{"A=b # c", "b"},
		{"A=b;B=c", "b"},
		{"A='b c'", "b c"},
		{"A='b\\'", "b\\"},
		{"A=\"b c\"", "b c"},
		{"A=\"\\\"\\$\\`\\\\\\x\"", "\"$`\\\\x"},
		{"A=b\\ c", "b c"},
		{"A=b\\\nc", "bc"},
		{"A=\"b\\\nc\"", "bc"},
		{"A='b'\"c\"d", "bcd"},
		{"B=x\nA=$B-${B}-${B[0]}", "x-x-x"},
		{"B=x\nA='$B'", "$B"},
		{"A=b$", "b$"},
		{"A=\"b$ c\"", "b$ c"},
		{"A=b\nA=c", "c"},
		{"A=b\nA+=c", "bc"},
		{"A+=c", "c"},
		{"A[0]=b", "b"},
		{"A=(b c)", "b"},
		{"A=([1]=c [0]=b)", "b"},
		{"A=x\nA=(b)", "b"},
		{"A=b \\\n  B=c", "b"},
		{"  \t\n \\\n\nA=b ;\nB=c;", "b"},
		{"A=\"\xc3\xa9\"", "\xc3\xa9"},
		{"A=b\\", "b\\"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(same) / sizeof(same[0]); i++) {
		read_text(same[i][0]);
		assert_int_equal(config.errors, 0);
		assert_non_null(value("A", 0));
		assert_string_equal(value("A", 0), same[i][1]);
	}
}

static void lists(void **state)
{
	(void)state;
	read_text("A=(a [5]=b c # d\n'e f')\nA+=(g)\nA[1]+=x\nA[10]=y");
	assert_int_equal(config.errors, 0);
	assert_string_equal(value("A", 0), "a");
	assert_string_equal(value("A", 5), "b");
	assert_string_equal(value("A", 6), "c");
	assert_string_equal(value("A", 7), "e f");
	assert_string_equal(value("A", 8), "g");
	assert_string_equal(value("A", 1), "x");
	assert_string_equal(value("A", 10), "y");
	read_text("A=(a b c)\nA=(d)\nB=()");
	assert_string_equal(value("A", 0), "d");
	assert_null(value("A", 1));
	assert_null(value("B", 0));
	read_text("A=(a b)\nA=(c \"${A[0]}\" [5]=$A [5]=d ${A[1]})");
	assert_int_equal(config.errors, 0);
	assert_string_equal(value("A", 0), "c");
	assert_string_equal(value("A", 1), "a");
	assert_string_equal(value("A", 5), "d");
	assert_string_equal(value("A", 6), "b");
	read_text("A=(a b)\nA+=($A [1]=${A[1]}x)\nB=${A[1]}");
	assert_int_equal(config.errors, 0);
	assert_string_equal(value("A", 2), "a");
	assert_string_equal(value("B", 0), "bx");
	read_text("A=(a b)\nA=(c $(x))\nB=b");
	assert_int_equal(config.errors, 1);
	assert_string_equal(value("A", 0), "c");
	assert_null(value("A", 1));
	assert_string_equal(value("B", 0), "b");
}

/* After an error, what follows is read as if nothing had been; lines are counted through it all. */
static void lines(void **state)
{
	(void)state;
	read_text("A='a\nb'\nB=`x` C=c\nD=\"a\\\n\"\nE=$(\nF=f\n");
	assert_int_equal(config.errors, 2);
	assert_int_equal(config.remarks[0].line, 3);
	assert_int_equal(config.remarks[1].line, 6);
	assert_null(value("B", 0));
	assert_null(value("C", 0));
	assert_null(value("E", 0));
	assert_string_equal(value("F", 0), "f");
	assert_int_equal(config_find_element(&config, "F", 0)->line, 7);
	assert_int_equal(config_find_element(&config, "D", 0)->line, 4);
}

static void two_indices(void **state)
{
	const struct setting_key key = {
		.name = "DOMU_VCPU_HARD_AFFINITY", .index_count = 2, .indices = {1, 2}};

	(void)state;
	read_text("I=1\nDOMU_VCPU_HARD_AFFINITY[1,2]=a\nDOMU_VCPU_HARD_AFFINITY[$I,1]=b\n"
		  "B=${DOMU_VCPU_HARD_AFFINITY[1,2]}\nDOMU_VCPU_HARD_AFFINITY+=([3,4]=c)");
	assert_int_equal(config.errors, 0);
	assert_string_equal(config_find(&config, &key)->value, "a");
	assert_string_equal(value("B", 0), "a");
	assert_null(value("DOMU_VCPU_HARD_AFFINITY", 1));
	read_text("A[1,2]=a\nB=${A[1,2]}");
	assert_int_equal(config.errors, 2);
}

/* The longest value, and one that references would make longer. */
static void long_values(void **state)
{
	static char text[3 * CONFIG_VALUE_SIZE];
	char *end;

	(void)state;
	(void)snprintf(text, sizeof(text), "A=%0*d\nB=$A", CONFIG_VALUE_SIZE - 1, 0);
	read_text(text);
	assert_int_equal(config.errors, 0);
	assert_int_equal(strlen(value("B", 0)), CONFIG_VALUE_SIZE - 1);
	(void)snprintf(text, sizeof(text), "A=%0*d\nB=x$A\nC=${A}${A}\nA+=x\n",
		       CONFIG_VALUE_SIZE - 1, 0);
	read_text(text);
	assert_int_equal(config.errors, 3);
	end = text;
	for (int i = 0; i < CONFIG_NAME_SIZE; i++)
		*end++ = 'N';
	strcpy(end, "=1\nA=b");
	read_text(text);
	assert_int_equal(config.errors, 1);
	read_text(text + 1);
	assert_int_equal(config.errors, 0);
}

/* Every beginning of a text is read to its end without harm: the sanitizers watch. */
static void beginnings(void **state)
{
	static const char text[] = "A=(a [1,2]=\"b\\\n$A\" '#' # c\n)\nB[I]+=${A[0]}x$(y)\n"
				   "if x\nC= d\nD = e\nfi\nF=\"`\"G=~H=$1;I=$((2))\n.\n";

	(void)state;
	for (size_t size = 0; size < sizeof(text); size++) {
		char *const copy = malloc(size + 1);

		memcpy(copy, text, size);
		config_reset(&config);
		parse_config(&config, copy, size);
		free(copy);
	}
}

static void numbers(void **state)
{
	static const char *const bad[] = {"",
					  "x",
					  "0x",
					  "08",
					  "00",
					  "1 ",
					  " 1",
					  "-1",
					  "1x",
					  "0xg",
					  "1.5",
					  "+1",
					  "18446744073709551616",
					  "0x10000000000000000"};
	uint64_t number;

	(void)state;
	assert_true(value_number("0", 1, &number) && number == 0);
	assert_true(value_number("512", 3, &number) && number == 512);
	assert_true(value_number("5129", 3, &number) && number == 512);
	assert_true(value_number("0xAbC", 5, &number) && number == 0xabc);
	assert_true(value_number("0X00ff", 6, &number) && number == 0xff);
	assert_true(value_number("18446744073709551615", 20, &number) && number == UINT64_MAX);
	assert_true(value_number("0xffffffffffffffff", 18, &number) && number == UINT64_MAX);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(value_number(bad[i], strlen(bad[i]), &number));
}

static void words(void **state)
{
	struct value_word found[3];

	(void)state;
	assert_int_equal(value_words("", found, 3), 0);
	assert_int_equal(value_words(" \t\n", found, 3), 0);
	assert_int_equal(value_words(" a  bc\td\n", found, 3), 3);
	assert_int_equal(found[1].size, 2);
	assert_memory_equal(found[1].text, "bc", 2);
	assert_int_equal(value_words("a b c d", found, 3), 0);
	assert_true(value_is_text("a\tb \xc3\xa9"));
	assert_false(value_is_text("a\nb"));
	assert_false(value_is_text("\x7f"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(spellings),   cmocka_unit_test(lists),
		cmocka_unit_test(lines),       cmocka_unit_test(two_indices),
		cmocka_unit_test(long_values), cmocka_unit_test(beginnings),
		cmocka_unit_test(numbers),     cmocka_unit_test(words),
	};

	return cmocka_run_group_tests_name("import", tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* What of a guest's output reaches the terminal. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/console/filter.h"

#define CAN "\030"

struct example {
	const char *in;
	const char *out;
};

static void check(uint8_t (*next)(struct filter *, uint8_t), const struct example *examples,
		  size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct filter filter = {0};
		char out[64] = "";

		for (size_t j = 0; examples[i].in[j] != '\0'; j++)
			out[j] = (char)next(&filter, (uint8_t)examples[i].in[j]);
		assert_string_equal(out, examples[i].out);
	}
}

static void plain(void **state)
{
	static const struct example examples[] = {
		{"text\twith ~tabs", "text\twith ~tabs"},
		{"\033[6n", ".[6n"},
		{"\b\a\v\f\177", "....."},
		{"gr\303\274n \342\200\223 \360\237\246\200",
		 "gr\303\274n \342\200\223 \360\237\246\200"},
		{"\233"
		 "6n \220 \237",
		 ".6n . ."}, /* C1 as single bytes */
		{"\302\233"
		 "6n",
		 "\302.6n"}, /* and as UTF-8 */
		{"\303\233x\233", "\303\233x."},
		{"\342\200x\200\377", "\342\200x.."},
	};

	(void)state;
	check(filter_plain, examples, sizeof(examples) / sizeof(examples[0]));
}

static void focused(void **state)
{
	static const struct example examples[] = {
		{"a\bb\a", "a\bb\a"},
		{"\033[J\033[K\033[3C\033[D\033[1;31mred\033[m",
		 "\033[J\033[K\033[3C\033[D\033[1;31mred\033[m"},
		{"\033[?25l\033[?1049h\0337\0338\033(B", "\033[?25l\033[?1049h\0337\0338\033(B"},
		/* Modes that make the terminal lock its keyboard, or send what nobody has typed. */
		{"\033[4h\033[2h\033[20l\033[h", "\033[4h\033[2\030\033[20\030\033[\030"},
		{"\033[?1003h\033[?25;1000h\033[?25;7l",
		 "\033[?1003\030\033[?25;1000\030\033[?25;7l"},
		{"\033[?65561h\033[1000m\033[?1h", "\033[?65561\030\033[1000m\033[?1h"},
		{"\033[6n", "\033[6" CAN},
		{"\033[c\033[0c\033[>c", "\033[" CAN "\033[0" CAN "\033[>" CAN},
		{"\033[?6n\033[21t", "\033[?6" CAN "\033[21" CAN},
		{"\033[?1$p!", "\033[?1$" CAN "!"},
		{"\033]0;title\a", "\033" CAN "0;title\a"},
		{"\033P$q\033\\", "\033" CAN "$q\033" CAN},
		{"\033Z\005", "\033" CAN "."},
		{"\033[3\bm", "\033[3" CAN "m"},
		{"\033[\0336n", "\033[\033" CAN "n"},
		{"\033[\233"
		 "6n",
		 "\033[" CAN "6n"},
	};

	(void)state;
	check(filter_focused, examples, sizeof(examples) / sizeof(examples[0]));
}

/* Whatever comes, no control character but the tab leaves the filter. */
static void random_bytes(void **state)
{
	struct filter filter = {0};
	uint8_t last = 0;
	uint32_t random = 1;

	(void)state;
	for (unsigned i = 0; i < 1000000; i++) {
		random = random * 1664525 + 1013904223;

		const uint8_t out = filter_plain(&filter, (uint8_t)(random >> 24));

		assert_true(out >= ' ' || out == '\t');
		assert_true(out < 0x80 || out >= 0xa0 || (last >= 0x80 && last != 0xc2));
		last = out;
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(plain),
		cmocka_unit_test(focused),
		cmocka_unit_test(random_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* ESR_EL2 in words. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "common/arch.h"

static void known_ones_have_words(void **state)
{
	static const struct {
		uint64_t esr;
		const char *words;
	} rows[] = {
		{0x02000000, "undefined instruction"},
		{0x5a000000, "HVC"},
		{0x62300000, "system register"},
		{0x82000006, "instruction abort: translation fault, level 2"},
		{0x86000010, "instruction abort in EL2: external abort"},
		{0x93820045, "data abort: translation fault, level 1, write of 4 bytes"},
		{0x93c08007, "data abort: translation fault, level 3, read of 8 bytes"},
		{0x92000004, "data abort: translation fault, level 0, read"},
		{0x92000146, "data abort: translation fault, level 2, write, cache maintenance"},
		{0x9200008b,
		 "data abort: access flag fault, level 3, read, in a table walk of the guest's"},
		{0x9600004f, "data abort in EL2: permission fault, level 3, write"},
		{0x96000061, "data abort in EL2: alignment fault, write"},
		{0x96000016, "data abort in EL2: external abort in a table walk, level 2, read"},
		{0x9600003f, "data abort in EL2: fault status 0x3f, read"},
		{0xbe000011, "SError"},
		{0xfc000000, "exception class 0x3f"},
		/* ISS2 is above. */
		{0x1f00000082000006, "instruction abort: translation fault, level 2"},
	};
	char text[128];

	(void)state;
	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_int_equal(arch_describe_syndrome(rows[i].esr, text, sizeof(text)),
				 strlen(rows[i].words));
		assert_string_equal(text, rows[i].words);
	}
}

/* Every class and status, into every size of buffer. */
static void all_fit(void **state)
{
	char text[160], cut[160];

	(void)state;
	for (uint64_t class = 0; class < 64; class ++)
		for (uint64_t status = 0; status < 64; status++) {
			const uint64_t esr = class << 26 | 0x010001c0 | status;
			const size_t length = arch_describe_syndrome(esr, text, sizeof(text));

			assert_true(length > 2 && length < sizeof(text) - 1);
			for (size_t size = 1; size <= length; size += 7) {
				memset(cut, 'x', sizeof(cut));
				assert_int_equal(arch_describe_syndrome(esr, cut, size), size - 1);
				assert_memory_equal(cut, text, size - 1);
				assert_int_equal(cut[size - 1], 0);
				assert_int_equal(cut[size], 'x');
			}
		}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(known_ones_have_words),
		cmocka_unit_test(all_fit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

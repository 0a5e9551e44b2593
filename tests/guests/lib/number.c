/* SPDX-License-Identifier: Apache-2.0 */
/* The C library's strtoul(), for boot arguments. */
#include <limits.h>
#include <stdint.h>
#include <stdlib.h>

/* The value of a digit in bases up to 36, or 36. */
static unsigned digit_value(char digit)
{
	if (digit >= '0' && digit <= '9')
		return (unsigned)(digit - '0');
	if (digit >= 'a' && digit <= 'z')
		return (unsigned)(digit - 'a') + 10;
	if (digit >= 'A' && digit <= 'Z')
		return (unsigned)(digit - 'A') + 10;
	return 36;
}

unsigned long strtoul(const char *restrict text, char **restrict end, int base)
{
	unsigned long value = 0;

	if ((base == 0 || base == 16) && text[0] == '0' && (text[1] == 'x' || text[1] == 'X')) {
		text += 2;
		base = 16;
	} else if (base == 0) {
		base = text[0] == '0' ? 8 : 10;
	}
	for (; digit_value(*text) < (unsigned)base; text++) {
		const unsigned digit = digit_value(*text);

		if (value > (ULONG_MAX - digit) / (unsigned)base)
			value = ULONG_MAX;
		else
			value = value * (unsigned)base + digit;
	}
	if (end != NULL)
		*end = (char *)(uintptr_t)text;
	return value;
}

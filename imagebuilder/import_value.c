/* SPDX-License-Identifier: Apache-2.0 */
/* What values hold: numbers and lists. */
#include <string.h>

#include "imagebuilder/import_variables.h"

/* The value of a digit in this base; the base itself when it is none. */
static unsigned digit_of(char c, unsigned base)
{
	unsigned value = base;

	if (c >= '0' && c <= '9')
		value = (unsigned)(c - '0');
	else if (c >= 'a' && c <= 'f')
		value = (unsigned)(c - 'a') + 10;
	else if (c >= 'A' && c <= 'F')
		value = (unsigned)(c - 'A') + 10;
	return value < base ? value : base;
}

bool value_number(const char *text, size_t size, uint64_t *number)
{
	const bool is_hex = size > 2 && text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
	const unsigned base = is_hex ? 16 : 10;

	*number = 0;
	/* bash reads 0512 in octal, which nobody means. */
	if (size == 0 || (!is_hex && size > 1 && text[0] == '0'))
		return false;
	for (size_t i = is_hex ? 2 : 0; i < size; i++) {
		const unsigned digit = digit_of(text[i], base);

		if (digit == base || *number > (UINT64_MAX - digit) / base)
			return false;
		*number = *number * base + digit;
	}
	return true;
}

static bool is_text(const char *text, size_t size)
{
	for (size_t i = 0; i < size; i++)
		if (((unsigned char)text[i] < ' ' && text[i] != '\t') || text[i] == '\x7f')
			return false;
	return true;
}

unsigned value_words(const char *text, struct value_word *words, unsigned most)
{
	unsigned count = 0;

	for (;;) {
		text += strspn(text, " \t\n");
		if (*text == '\0')
			return count;
		if (count == most)
			return 0;
		words[count].text = text;
		words[count].size = strcspn(text, " \t\n");
		if (!is_text(text, words[count].size))
			return 0;
		text += words[count++].size;
	}
}

bool value_is_text(const char *text)
{
	return is_text(text, strlen(text));
}

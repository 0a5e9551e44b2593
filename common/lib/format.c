/* SPDX-License-Identifier: Apache-2.0 */
#include "common/lib/format.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#define MAX_DIGITS 24

/* Where the output goes; used never passes size - 1. */
struct output {
	char *text;
	size_t size;
	size_t used;
};

/* One conversion: what stands between '%' and its letter. */
struct conversion {
	bool zero_pad;
	bool left;
	bool is_long;
	int width;
	int precision; /* -1: none, which is as good as the largest */
};

static void put(struct output *out, char c)
{
	if (out->used + 1 < out->size)
		out->text[out->used++] = c;
}

static void pad(struct output *out, int count, char c)
{
	for (; count > 0; count--)
		put(out, c);
}

static void put_text(struct output *out, const char *text, size_t length,
		     const struct conversion *how)
{
	const int padding = how->width - (int)length;

	if (!how->left)
		pad(out, padding, ' ');
	for (size_t i = 0; i < length; i++)
		put(out, text[i]);
	if (how->left)
		pad(out, padding, ' ');
}

static void put_number(struct output *out, uint64_t value, unsigned base, bool is_negative,
		       const struct conversion *how)
{
	char text[MAX_DIGITS];
	size_t at = MAX_DIGITS;

	do {
		text[--at] = "0123456789abcdef"[value % base];
		value /= base;
	} while (value != 0);
	while (how->zero_pad && !how->left && at > 1 &&
	       (int)(MAX_DIGITS - at) + (is_negative ? 1 : 0) < how->width)
		text[--at] = '0';
	if (is_negative)
		text[--at] = '-';
	put_text(out, &text[at], MAX_DIGITS - at, how);
}

/* A number in the template, or '*' for one of the arguments. */
static int read_number(const char **template, va_list *arguments)
{
	int value = 0;

	if (**template == '*') {
		(*template)++;
		return va_arg(*arguments, int);
	}
	while (**template >= '0' && **template <= '9')
		value = value * 10 + (*(*template)++ - '0');
	return value;
}

static struct conversion read_conversion(const char **template, va_list *arguments)
{
	struct conversion how = {.precision = -1};

	for (;; (*template)++) {
		if (**template == '0')
			how.zero_pad = true;
		else if (**template == '-')
			how.left = true;
		else
			break;
	}
	how.width = read_number(template, arguments);
	if (**template == '.') {
		(*template)++;
		how.precision = read_number(template, arguments);
	}
	while (**template == 'l' || **template == 'z') {
		how.is_long = true;
		(*template)++;
	}
	return how;
}

/* Carries out one conversion; arguments is taken by pointer, because what is read must stay read.
 */
static void convert(struct output *out, char letter, const struct conversion *how,
		    va_list *arguments)
{
	const char *text;
	int64_t number;
	char c;

	switch (letter) {
	case 's':
		text = va_arg(*arguments, const char *);
		if (text == NULL)
			text = "";
		put_text(out, text, strnlen(text, (size_t)how->precision), how);
		return;
	case 'c':
		c = (char)va_arg(*arguments, int);
		put_text(out, &c, 1, how);
		return;
	case 'd':
		number = how->is_long ? va_arg(*arguments, long) : va_arg(*arguments, int);
		put_number(out, number < 0 ? 0 - (uint64_t)number : (uint64_t)number, 10,
			   number < 0, how);
		return;
	case 'u':
	case 'x':
		put_number(out,
			   how->is_long ? va_arg(*arguments, unsigned long)
					: va_arg(*arguments, unsigned int),
			   letter == 'u' ? 10 : 16, false, how);
		return;
	default:
		put(out, '%');
		if (letter != '%')
			put(out, letter);
	}
}

size_t format_list(char *out_text, size_t size, const char *template, va_list list)
{
	struct output out = {out_text, size, 0};
	va_list arguments;

	if (size == 0)
		return 0;
	va_copy(arguments, list);
	while (*template != '\0') {
		if (*template != '%') {
			put(&out, *template ++);
			continue;
		}
		template ++;

		const struct conversion how = read_conversion(&template, &arguments);

		if (*template == '\0')
			break;
		convert(&out, *template ++, &how, &arguments);
	}
	va_end(arguments);
	out.text[out.used] = '\0';
	return out.used;
}

size_t format(char *out, size_t size, const char *template, ...)
{
	va_list arguments;
	size_t used;

	va_start(arguments, template);
	used = format_list(out, size, template, arguments);
	va_end(arguments);
	return used;
}

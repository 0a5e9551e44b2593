/* SPDX-License-Identifier: Apache-2.0 */
/* The memory and string functions that boot and libfdt need besides those of string.c. */
#include <stdint.h>
#include <string.h>

void *memmove(void *to, const void *from, size_t size)
{
	const uint8_t *source = from;
	uint8_t *at = to;

	if ((uintptr_t)at - (uintptr_t)source >= size)
		return memcpy(to, from, size);
	while (size > 0) {
		size--;
		at[size] = source[size];
	}
	return to;
}

int memcmp(const void *a, const void *b, size_t size)
{
	const uint8_t *left = a;
	const uint8_t *right = b;

	for (size_t i = 0; i < size; i++)
		if (left[i] != right[i])
			return left[i] - right[i];
	return 0;
}

void *memchr(const void *memory, int value, size_t size)
{
	const uint8_t *at = memory;

	for (size_t i = 0; i < size; i++)
		if (at[i] == (uint8_t)value)
			return (void *)(uintptr_t)&at[i];
	return NULL;
}

int strncmp(const char *a, const char *b, size_t limit)
{
	for (size_t i = 0; i < limit; i++) {
		if (a[i] != b[i])
			return (uint8_t)a[i] - (uint8_t)b[i];
		if (a[i] == '\0')
			return 0;
	}
	return 0;
}

int strcmp(const char *a, const char *b)
{
	return strncmp(a, b, SIZE_MAX);
}

char *strrchr(const char *text, int value)
{
	const char *last = NULL;

	for (;; text++) {
		if (*text == (char)value)
			last = text;
		if (*text == '\0')
			return (char *)(uintptr_t)last;
	}
}

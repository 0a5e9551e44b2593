/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The memory and string functions that the compiler and libfdt ask for (C11, 7.24). EL2 and our
 * guests only: a host has its own. Plain loops; the block functions move words where both sides
 * allow it.
 */
#include <stdint.h>
#include <string.h>

#define WORD sizeof(uint64_t)

static int is_word_aligned(const void *a, const void *b)
{
	return (((uintptr_t)a | (uintptr_t)b) & (WORD - 1)) == 0;
}

void *memset(void *to, int value, size_t size)
{
	const uint64_t word = (uint8_t)value * UINT64_C(0x0101010101010101);
	uint8_t *at = to;

	for (; size > 0 && !is_word_aligned(at, at); size--)
		*at++ = (uint8_t)value;
	for (; size >= WORD; size -= WORD, at += WORD)
		*(uint64_t *)(void *)at = word;
	for (; size > 0; size--)
		*at++ = (uint8_t)value;
	return to;
}

void *memcpy(void *restrict to, const void *restrict from, size_t size)
{
	const uint8_t *source = from;
	uint8_t *at = to;

	if (is_word_aligned(at, source)) {
		for (; size >= 2 * WORD; size -= 2 * WORD, at += 2 * WORD, source += 2 * WORD) {
			((uint64_t *)(void *)at)[0] = ((const uint64_t *)(const void *)source)[0];
			((uint64_t *)(void *)at)[1] = ((const uint64_t *)(const void *)source)[1];
		}
	}
	for (; size > 0; size--)
		*at++ = *source++;
	return to;
}

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

size_t strnlen(const char *text, size_t limit)
{
	size_t length = 0;

	while (length < limit && text[length] != '\0')
		length++;
	return length;
}

size_t strlen(const char *text)
{
	return strnlen(text, SIZE_MAX);
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

char *strchr(const char *text, int value)
{
	for (;; text++) {
		if (*text == (char)value)
			return (char *)(uintptr_t)text;
		if (*text == '\0')
			return NULL;
	}
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

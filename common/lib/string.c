/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The memory and string functions that the compiler and running code ask for (C11, 7.24); libfdt's
 * others are in string_boot.c. EL2 and our guests only: a host has its own. Plain loops; the block
 * functions move words where both sides allow it.
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

char *strchr(const char *text, int value)
{
	for (;; text++) {
		if (*text == (char)value)
			return (char *)(uintptr_t)text;
		if (*text == '\0')
			return NULL;
	}
}

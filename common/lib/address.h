/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Addresses that the compiler tells apart.
 *
 * A physical address (PA) and an intermediate physical address (IPA, what a guest takes for
 * physical) are numbers of the same size that must never be mixed. As one-field structures they
 * cannot be: passing one for the other does not compile, and costs nothing at run time. Virtual
 * addresses are ordinary pointers.
 */
#ifndef BULKHEAD_LIB_ADDRESS_H
#define BULKHEAD_LIB_ADDRESS_H

#include <stdbool.h>
#include <stdint.h>

#define PAGE_SIZE UINT64_C(4096)
#define BLOCK_2M  (UINT64_C(2) << 20)
#define BLOCK_1G  (UINT64_C(1) << 30)

typedef struct {
	uint64_t value;
} pa_t;

typedef struct {
	uint64_t value;
} ipa_t;

static inline pa_t pa(uint64_t value)
{
	return (pa_t){value};
}

static inline ipa_t ipa(uint64_t value)
{
	return (ipa_t){value};
}

/* Rounds to a power of two. align_up() wraps at the top of the 64-bit space: check the range first.
 */
static inline uint64_t align_down(uint64_t value, uint64_t alignment)
{
	return value & ~(alignment - 1);
}

static inline uint64_t align_up(uint64_t value, uint64_t alignment)
{
	return align_down(value + alignment - 1, alignment);
}

static inline bool is_aligned(uint64_t value, uint64_t alignment)
{
	return (value & (alignment - 1)) == 0;
}

#endif

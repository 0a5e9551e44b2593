/* SPDX-License-Identifier: Apache-2.0 */
/* Random boards with random partitions, as device trees that libfdt writes: no dtc runs for them.
 */
#ifndef BULKHEAD_TESTS_RANDOM_SYSTEM_H
#define BULKHEAD_TESTS_RANDOM_SYSTEM_H

#include "tests/unit/planning.h"

#define MODULE_AT   UINT64_C(0x48400000)
#define MODULE_SIZE UINT64_C(0x8000)

struct system {
	unsigned bank_count;
	struct plan_range banks[4];
	unsigned reserved_count;
	struct plan_range reserved[8];
	unsigned partition_count;
	uint64_t memory[6];
};

static inline uint64_t end_of(const struct plan_range *range)
{
	return range->base.value + range->size;
}

static inline bool is_apart(const struct plan_range *a, const struct plan_range *b)
{
	return a->base.value >= end_of(b) || b->base.value >= end_of(a);
}

/* The next one; the same ones on every machine. */
struct system random_system(void);

/* Writes its device tree. */
void write_system(const struct system *system);

#endif

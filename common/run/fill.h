/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Filling a partition's RAM: the same for its first life, while booting, and for each later one. In
 * the demand section. All addresses are physical, all sizes bytes.
 */
#ifndef BULKHEAD_RUN_FILL_H
#define BULKHEAD_RUN_FILL_H

#include <stdint.h>

#include "common/plan/plan.h"

#define FILL_MAX_CONTENTS (PLAN_MAX_SEGMENTS + 2)

/* Something that is written into a partition's RAM; the rest of the RAM is zeroed. */
struct content {
	uint64_t base;
	uint64_t size;	   /* bytes that are written, not what BSS adds */
	uint64_t pristine; /* where it can be had from again */
};

/* Whether EL2's interrupts of this CPU are served between two pieces of the work. */
enum fill_mode {
	FILL_ALONE, /* boot: there are none yet */
	FILL_SERVE,
};

/* Lists what is written into the RAM: kernel, ramdisk, device tree. Returns how many. */
uint32_t fill_contents(const struct plan_partition *partition,
		       struct content contents[FILL_MAX_CONTENTS]);

/* Zeroes the partition's RAM but for what the contents cover. */
void fill_scrub(const struct plan_partition *partition, const struct content *contents,
		uint32_t count, enum fill_mode mode);

/* Copies (from: 0 for zeros; to: in place), visible to a guest with its caches off. */
void fill_copy(uint64_t to, uint64_t from, uint64_t size, enum fill_mode mode);

#endif

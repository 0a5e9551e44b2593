/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Stage 2: what a partition's intermediate physical addresses mean (Arm ARM D8.2, D8.5).
 *
 * A partition's tables are built once, by its first CPU, before any of its CPUs walks them; they
 * never change afterwards, but that the root is made invalid while a partition in direct mode has
 * stopped (vgic/direct.h). VMIDs are the partition's index plus one: 0 is never a guest's.
 *
 * Up to 43 bits of IPA the walk starts at level 1, with up to 16 tables side by side; from 44 on it
 * starts at level 0 (D8.2.7).
 */
#ifndef BULKHEAD_ARM64_STAGE2_H
#define BULKHEAD_ARM64_STAGE2_H

#include <stdbool.h>
#include <stdint.h>

#include "arch/arm64/el2/layout.h"
#include "common/plan/plan.h"

#define STAGE2_LEVEL0_BITS	 44	 /* from this IPA size on the root is a level 0 table */
#define STAGE2_LEVEL1_TABLE_BITS 39	 /* what one level 1 table covers */
#define STAGE2_VMID_SHIFT	 48	 /* in VTTBR_EL2 */
#define STAGE2_ALIGNMENT	 0x10000 /* concatenated roots are aligned to their size (D8.2.7) */

/* Pages that the root takes. */
static inline uint32_t stage2_root_pages(uint32_t ipa_bits)
{
	if (ipa_bits >= STAGE2_LEVEL0_BITS || ipa_bits <= STAGE2_LEVEL1_TABLE_BITS)
		return 1;
	return 1U << (ipa_bits - STAGE2_LEVEL1_TABLE_BITS);
}

/* Direct mode: the roots of the partitions' tables (layout.h), and what makes an entry valid. */
#define STAGE2_VALID	    UINT64_C(1)
#define STAGE2_PAGE_ENTRIES 512
extern volatile uint64_t stage2_roots[][EL2_STAGE2_ROOT_SIZE / sizeof(uint64_t)];

/* VTTBR_EL2 of a partition. */
static inline uint64_t stage2_vttbr(const struct plan *plan, uint32_t partition)
{
	return plan->partitions[partition].stage2.value | (uint64_t)(partition + 1)
								  << STAGE2_VMID_SHIFT;
}

/*
 * Builds the tables of a partition's RAM and devices in memory (zeroed, the plan's stage2_size
 * bytes; the walker finds it at the plan's stage2). Returns false when they do not fit, which the
 * planner has ruled out.
 */
bool stage2_build(const struct plan *plan, uint32_t partition, void *memory);

/* Turns stage 2 on for this CPU and drops what its TLB may hold of the VMID. */
void stage2_activate(const struct plan *plan, uint32_t partition);

#endif

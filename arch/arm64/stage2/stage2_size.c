/* SPDX-License-Identifier: Apache-2.0 */
/* What the planner must know of arch/: pure, links on the host too. */
#include "arch/arm64/el2/layout.h"
#include "arch/arm64/stage2/stage2.h"
#include "common/arch.h"
#include "common/plan/make.h"

/* Blocks of the given size that a range of addresses touches, whole or in part. */
static uint64_t touched(uint64_t start, uint64_t size, uint64_t block)
{
	return (align_down(start + size - 1, block) - align_down(start, block)) / block + 1;
}

/* Blocks of the given size that can be mapped by one entry. */
static uint64_t mappable(const struct plan_region *region, uint64_t block)
{
	const uint64_t guest = region->guest.value;
	const uint64_t first = align_up(guest, block);
	const uint64_t end = align_down(guest + region->size, block);

	/* A block needs both addresses aligned, so the two must have the same offset in it. */
	if ((guest - region->host.value) % block != 0 || end <= first)
		return 0;
	return (end - first) / block;
}

/*
 * Tables for one region at most: one for each 1 GiB that no block maps, and one for each 2 MiB that
 * neither kind of block maps. Regions that share a table are counted twice.
 */
static uint64_t region_tables(const struct plan_region *region)
{
	const uint64_t guest = region->guest.value;
	const uint64_t gigabytes = mappable(region, BLOCK_1G);
	const uint64_t level2 = touched(guest, region->size, BLOCK_1G) - gigabytes;
	const uint64_t level3 = touched(guest, region->size, BLOCK_2M) - mappable(region, BLOCK_2M);

	return level2 + level3;
}

/* The tables below the root for all of these regions. */
static uint64_t tables(const struct plan_region *regions, uint32_t count, uint32_t ipa_bits)
{
	uint64_t pages = 0;

	for (uint32_t i = 0; i < count; i++) {
		pages += region_tables(&regions[i]);
		/* With a level 0 root: the level 1 tables, one for each 512 GiB touched. */
		if (ipa_bits >= STAGE2_LEVEL0_BITS)
			pages += touched(regions[i].guest.value, regions[i].size, BLOCK_1G * 512);
	}
	return pages;
}

uint64_t arch_stage2_size(const struct plan *plan, uint32_t index)
{
	const struct plan_partition *const partition = &plan->partitions[index];
	const uint32_t ipa_bits = partition->ipa_bits;
	/* Direct mode's redistributor frames: pieces that no block maps, as this one. */
	const struct plan_region frames = {
		.guest = partition->redistributors,
		.host = pa(partition->redistributors.value + PAGE_SIZE),
		.size = partition->cpu_count * (uint64_t)PLAN_GICR_SIZE,
	};

	return PAGE_SIZE * (stage2_root_pages(ipa_bits) +
			    tables(partition->regions, partition->region_count, ipa_bits) +
			    tables(&plan->device_regions[partition->device_region_first],
				   partition->device_region_count, ipa_bits) +
			    (partition->direct_interrupts != 0 ? tables(&frames, 1, ipa_bits) : 0));
}

struct plan_needs arch_plan_needs(void)
{
	return (struct plan_needs){
		.cpu_memory_size = CPU_MEMORY_SIZE,
		.partition_memory_size = EL2_PARTITION_SIZE + EL2_GUEST_SIZE,
		.console_memory_size = EL2_CONSOLE_OUT_SIZE + EL2_CONSOLE_IN_SIZE,
		.stage2_alignment = STAGE2_ALIGNMENT,
	};
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "arch/arm64/boot/page_table.h"
#include "arch/arm64/el2/barriers.h"
#include "arch/arm64/el2/system_registers.h"
#include "arch/arm64/gic/gic.h"
#include "arch/arm64/gic/registers.h"
#include "arch/arm64/stage2/stage2.h"

#include <stddef.h>

/* VTCR_EL2 (D17.2.159) */
#define VTCR_RES1	BIT(31)
#define VTCR_SL0_SHIFT	6
#define VTCR_CACHEABLE	0x3500 /* inner shareable, write-back write-allocate, as TCR_EL2 */
#define VTCR_PS_SHIFT	16
#define PARANGE_48_BITS 5

/* Maps regions that have the same attributes. */
static bool map_regions(struct page_table *table, const struct plan_region *regions, uint32_t count,
			uint64_t attributes)
{
	for (uint32_t i = 0; i < count; i++)
		if (page_table_map(table, regions[i].guest.value, regions[i].host, regions[i].size,
				   attributes) != PAGE_TABLE_OK)
			return false;
	return true;
}

/* Direct mode: the frames of the private interrupts of the CPUs that the vCPUs run on. */
static bool map_private_frames(struct page_table *table, const struct plan *plan,
			       const struct plan_partition *partition)
{
	for (uint32_t i = 0; i < partition->cpu_count; i++) {
		const uint64_t guest = partition->redistributors.value +
				       i * (uint64_t)PLAN_GICR_SIZE + GICR_SGI_BASE;
		pa_t frame;

		if (!gic_find_redistributor(&plan->board, partition->cpus[i], &frame) ||
		    page_table_map(table, guest, pa(frame.value + GICR_SGI_BASE),
				   PLAN_GICR_SIZE - GICR_SGI_BASE, STAGE2_DEVICE) != PAGE_TABLE_OK)
			return false;
	}
	return true;
}

bool stage2_build(const struct plan *plan, uint32_t index, void *memory)
{
	const struct plan_partition *const partition = &plan->partitions[index];
	struct table_pool pool = {memory, partition->stage2,
				  (uint32_t)(partition->stage2_size / PAGE_SIZE), 0};
	const uint32_t root_level = partition->ipa_bits >= STAGE2_LEVEL0_BITS ? 0 : 1;
	struct page_table table =
		page_table_create(&pool, root_level, stage2_root_pages(partition->ipa_bits));

	return table.root != NULL &&
	       map_regions(&table, partition->regions, partition->region_count, STAGE2_RAM) &&
	       map_regions(&table, &plan->device_regions[partition->device_region_first],
			   partition->device_region_count, STAGE2_DEVICE) &&
	       (partition->direct_interrupts == 0 || map_private_frames(&table, plan, partition));
}

void stage2_activate(const struct plan *plan, uint32_t index)
{
	const struct plan_partition *const partition = &plan->partitions[index];
	const uint64_t start_level = partition->ipa_bits >= STAGE2_LEVEL0_BITS ? 2 : 1;
	const uint64_t parange = read_register(id_aa64mmfr0_el1) & 0xf;

	write_register(vtcr_el2, VTCR_RES1 | VTCR_CACHEABLE | start_level << VTCR_SL0_SHIFT |
					 (parange > PARANGE_48_BITS ? PARANGE_48_BITS : parange)
						 << VTCR_PS_SHIFT |
					 (64 - partition->ipa_bits));
	write_register(vttbr_el2, stage2_vttbr(plan, index));
	synchronize_context();
	/* Boot loaders leave TLB and instruction cache in any state: all VMIDs of EL1 and EL0 go.
	 */
	__asm__ volatile("tlbi alle1\n\tic iallu" : : : "memory");
	complete_own_tlb_maintenance();
	synchronize_context();
}

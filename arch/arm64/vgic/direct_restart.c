/* SPDX-License-Identifier: Apache-2.0 */
/* What a direct partition's restart has to undo. In the restart section. */
#include "arch/arm64/el2/barriers.h"
#include "arch/arm64/el2/mmio.h"
#include "arch/arm64/gic/registers.h"
#include "arch/arm64/stage2/stage2.h"
#include "arch/arm64/vcpu/vcpu.h"
#include "arch/arm64/vgic/direct.h"
#include "common/run/partition.h"

#define RWP_POLLS 1000 /* as in gic.c: no GIC takes as long */

/*
 * A CPU's private interrupts, but for EL2's kick, as they are when it goes to the guest for the
 * first time. A vCPU that still ran may have written to them since: from afar to the frame, or by
 * SGIs. The kick is as it should be since the stop (direct_stop()).
 */
static void reset_frame(const struct vcpu *vcpu)
{
	uint8_t *const frame = direct_private_frame(this_guest.plan->cpus[vcpu->index]);

	for (uint32_t i = 0; i < DIRECT_PPI_WORDS; i++) {
		const uint32_t guests = i == 0 ? ~DIRECT_KICK_MASK : UINT32_MAX;

		mmio_write32(frame + GICD_ICENABLER + 4 * i, guests);
		mmio_write32(frame + GICD_ICPENDR + 4 * i, guests);
		mmio_write32(frame + GICD_ICACTIVER + 4 * i, guests);
		mmio_write32(frame + GICD_IGROUPR + 4 * i, UINT32_MAX);
	}
	/* Disabled ones may be on their way until then (12.11.2, RWP). */
	for (uint32_t i = 0; i < RWP_POLLS && direct_is_changing(vcpu); i++)
		arch_relax();
	mmio_write32(frame + GICD_ICFGR + 4, 0);
	mmio_write32(frame + GICD_INMIR, 0);
	for (uint32_t intid = 1; intid < GIC_PRIVATE_INTIDS; intid++)
		mmio_write8(frame + GICD_IPRIORITYR + intid, GIC_PRIORITY_DEFAULT);
}

void direct_restore(void)
{
	volatile uint64_t *const root = stage2_roots[this_partition.index];
	const uint32_t pages = stage2_root_pages(this_guest.plan->ipa_bits);

	for (uint32_t i = 0; i < this_guest.vcpu_count; i++)
		reset_frame(&this_guest.vcpus[i]);
	for (uint32_t i = 0; i < pages * STAGE2_PAGE_ENTRIES; i++)
		if (root[i] != 0)
			root[i] |= STAGE2_VALID;
	/* Visible to the walkers of all its CPUs before any of them starts (D8.14.1). */
	complete_all_accesses();
}

/* SPDX-License-Identifier: Apache-2.0 */
/* The part of the vGIC that all vCPUs share, as a life of the partition begins. */
#include <stddef.h>
#include <string.h>

#include "arch/arm64/gic/gic.h"
#include "arch/arm64/gic/registers.h"
#include "arch/arm64/vcpu/vcpu.h"
#include "arch/arm64/vgic/vgic.h"

void vgic_reset(struct vgic *vgic, uint32_t spi_count)
{
	memset(&vgic->control, 0, sizeof(*vgic) - offsetof(struct vgic, control));
	vgic->control = GICD_CTLR_ARE | GICD_CTLR_DS;
	vgic->spi_banks = spi_count / VGIC_INTIDS_PER_BANK;
	for (uint32_t i = 1; i < VGIC_BANKS; i++)
		memset(vgic->banks[i].holder, VGIC_NO_VCPU, sizeof(vgic->banks[i].holder));
}

void vgic_pass_through(uint32_t intid, bool level_triggered, uint64_t mpidr)
{
	struct vgic_bank *const bank = &this_guest.vgic.banks[intid / VGIC_INTIDS_PER_BANK];
	const uint32_t mask = 1U << intid % VGIC_INTIDS_PER_BANK;

	bank->hardware |= mask;
	bank->edge |= level_triggered ? 0 : mask;
	gic_set_spi_priority(intid, bank->priority[intid % VGIC_INTIDS_PER_BANK]);
	gic_route_spi(intid, mpidr);
}

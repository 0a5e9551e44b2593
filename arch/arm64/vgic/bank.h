/* SPDX-License-Identifier: Apache-2.0 */
/* Banks of 32 interrupts, for the files of this module. */
#ifndef BULKHEAD_ARM64_VGIC_BANK_H
#define BULKHEAD_ARM64_VGIC_BANK_H

#include "arch/arm64/gic/registers.h"
#include "arch/arm64/vcpu/vcpu.h"
#include "arch/arm64/vgic/vgic.h"

#define BANK_BIT(intid) (1U << ((intid) % VGIC_INTIDS_PER_BANK))

/* Takes the lowest set bit out of *mask and returns its number. */
static inline unsigned take_lowest(uint32_t *mask)
{
	const unsigned index = (unsigned)__builtin_ctz(*mask);

	*mask &= *mask - 1;
	return index;
}

static inline struct vgic_bank *bank_at(struct vcpu *vcpu, unsigned index)
{
	return index == 0 ? &vcpu->vgic.bank : &this_guest.vgic.banks[index];
}

/* The interrupts of a bank whose group the distributor forwards. */
static inline uint32_t forwarded(const struct vgic_bank *bank)
{
	const uint32_t control = this_guest.vgic.control;

	return ((control & GICD_CTLR_ENABLE_GROUP1) != 0 ? bank->group1 : 0) |
	       ((control & GICD_CTLR_ENABLE_GROUP0) != 0 ? ~bank->group1 : 0);
}

#endif

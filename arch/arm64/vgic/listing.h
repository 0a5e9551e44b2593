/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the fast exits (el2/fast.c) share with the rest; inline, because those may call nothing:
 * whom an SGI goes to, and putting an interrupt into a list register when there is room and nothing
 * is in the way, which is what nearly every interrupt needs. On false nothing has changed, and the
 * slow way (vgic.c, vgic_hardware.c) has to look. Owning CPU only.
 */
#ifndef BULKHEAD_ARM64_VGIC_LISTING_H
#define BULKHEAD_ARM64_VGIC_LISTING_H

#include "arch/arm64/gic/gic.h"
#include "arch/arm64/vgic/bank.h"
#include "arch/arm64/vgic/list_registers.h"

/* GICD_TYPER: ITLinesNumber, messages (MBIS), 16 bits of INTID, no 1-of-N, no LPIs (12.9.38). */
static inline uint32_t distributor_type(void)
{
	return 1U << 25 | 15U << 19 | 1U << 16 | this_guest.vgic.spi_banks;
}

/* What a value of the ICC_SGI1R_EL1 format names: an SGI ... */
static inline uint32_t sgi_intid(uint64_t value)
{
	return value >> 24 & 0xf;
}

/* ... and vCPUs of this partition, a bit each: all but the sender, or by affinity and target list.
 */
static inline uint64_t sgi_targets(uint64_t value, uint32_t sender)
{
	const uint64_t present = UINT64_MAX >> (64 - this_guest.vcpu_count);
	const uint64_t cluster =
		(value >> 16 & 0xff) | (value >> 32 & 0xff) << 8 | (value >> 48 & 0xff) << 16;

	if ((value & BIT(40)) != 0)
		return present & ~(UINT64_C(1) << sender);
	/* vcpu_affinity(): 16 vCPUs to a cluster, Aff2 and Aff3 zero; no range selector. */
	if (cluster >= PLAN_MAX_CPUS / 16 || (value >> 44 & 0xf) != 0)
		return 0;
	return (value & 0xffff) << (cluster * 16) & present;
}

/* The list register's value for an interrupt of this bank that is pending. */
static inline uint64_t list_value(const struct vgic_bank *bank, uint32_t intid)
{
	const unsigned bit = intid % VGIC_INTIDS_PER_BANK;
	const bool is_hardware = (bank->hardware >> bit & 1) != 0;
	/* A software level may still be high when the guest ends it: then we must look again. */
	const uint64_t kind = is_hardware ? LR_HW | (uint64_t)intid << LR_PINTID_SHIFT
			      : (bank->edge >> bit & 1) != 0 ? 0
							     : LR_EOI;

	return LR_PENDING | kind | ((bank->group1 >> bit & 1) != 0 ? LR_GROUP1 : 0) |
	       (uint64_t)bank->priority[bit] << LR_PRIORITY_SHIFT | intid;
}

static inline void fill_list(struct vcpu *vcpu, unsigned list, uint32_t intid, uint64_t value)
{
	vcpu->vgic.list_intid[list] = (uint16_t)intid;
	list_register_write(list, value);
}

/*
 * List registers that may be filled, or zero when fewer than two are free: the last one is not
 * taken without looking who must wait from then on (vgic_update()).
 */
static inline uint32_t roomy_lists(const struct vcpu *vcpu, uint32_t empty)
{
	const uint32_t free = empty & ~vcpu->vgic.software_lists & ~vcpu->vgic.closed;

	return (free & (free - 1)) != 0 ? free : 0;
}

/* A hardware PPI that EL2 has acknowledged. */
static inline bool list_private(struct vcpu *vcpu, uint32_t intid)
{
	uint32_t free = roomy_lists(vcpu, list_registers_free_at_exit());

	if (free == 0)
		return false;
	fill_list(vcpu, take_lowest(&free), intid, vcpu->vgic.private_list[intid]);
	return true;
}

/* Takes SGIs that the guest has ended out of the books; other interrupts wait for vgic_update(). */
static inline void release_ended_sgis(struct vcpu *vcpu, uint32_t empty)
{
	uint32_t ended = vcpu->vgic.software_lists & empty;

	while (ended != 0) {
		const unsigned list = take_lowest(&ended);
		const uint32_t intid = vcpu->vgic.list_intid[list];

		if (intid >= GIC_FIRST_PPI)
			continue;
		vcpu->vgic.software_lists &= ~(1U << list);
		vcpu->vgic.bank.listed &= ~(1U << intid);
		vcpu->vgic.bank.owed &= ~(1U << intid);
	}
}

/* One of the vCPU's SGIs, which is pending nowhere and may be delivered. */
static inline bool list_sgi(struct vcpu *vcpu, uint32_t intid, uint32_t empty)
{
	uint32_t free = roomy_lists(vcpu, empty);

	if (free == 0)
		return false;

	const unsigned list = take_lowest(&free);

	vcpu->vgic.software_lists |= 1U << list;
	vcpu->vgic.bank.listed |= 1U << intid;
	vcpu->vgic.bank.owed |= 1U << intid;
	fill_list(vcpu, list, intid, vcpu->vgic.private_list[intid]);
	return true;
}

/* An SGI that the vCPU has sent to itself. */
static inline bool list_own_sgi(struct vcpu *vcpu, uint32_t intid)
{
	const struct vgic_bank *const bank = &vcpu->vgic.bank;
	const uint32_t empty = list_registers_free_at_exit();

	/* What another vCPU has asked before (ICPENDR) does not mean this one. */
	if (atomic_load_explicit(&vcpu->vgic.attention, memory_order_relaxed) != 0)
		return false;
	release_ended_sgis(vcpu, empty);

	const uint32_t waiting =
		bank->listed | atomic_load_explicit(&bank->pending, memory_order_relaxed);

	return ((vcpu->vgic.deliverable & ~waiting) >> intid & 1) != 0 &&
	       list_sgi(vcpu, intid, empty);
}

/* Kicked: an SGI that another vCPU has sent. */
static inline bool list_sent_sgi(struct vcpu *vcpu)
{
	struct vgic_bank *const bank = &vcpu->vgic.bank;
	const uint32_t empty = list_registers_free_at_exit();
	const uint32_t pending = atomic_load_explicit(&bank->pending, memory_order_relaxed);
	const uint32_t candidates = pending & vcpu->vgic.deliverable;

	release_ended_sgis(vcpu, empty);
	if (candidates == 0)
		return ((pending & bank->hardware) |
			atomic_load_explicit(&vcpu->vgic.attention, memory_order_relaxed)) == 0;
	/* One at a time, that is in no list register: more than that has to be put in order. */
	if ((candidates & (candidates - 1)) != 0 || candidates >> GIC_FIRST_PPI != 0 ||
	    (candidates & bank->listed) != 0 || roomy_lists(vcpu, empty) == 0)
		return false;
	/*
	 * Before it is listed: what is sent from now on is new (vgic.h). Acquire: what the sender
	 * wrote before the SGI; and a clear (ICPENDR) that came before it, and must not take it. A
	 * clear that comes between here and the next lines counts as one that came before.
	 */
	atomic_fetch_and_explicit(&bank->pending, ~candidates, memory_order_acquire);
	if (atomic_load_explicit(&vcpu->vgic.attention, memory_order_relaxed) != 0) {
		atomic_fetch_or_explicit(&bank->pending, candidates, memory_order_relaxed);
		return false;
	}
	return list_sgi(vcpu, (uint32_t)__builtin_ctz(candidates), empty);
}

/* Whether this vCPU may be given the interrupt: what was changed may not have reached the GIC. */
static inline bool is_wanted(const struct vcpu *vcpu, const struct vgic_bank *bank, unsigned bit)
{
	return (bank->enabled & forwarded(bank) & ~bank->active & BANK_BIT(bit)) != 0 &&
	       bank->target[bit] == vcpu->index;
}

/* The one of these list registers that holds the interrupt, or -1. */
static inline int find_list(const struct vcpu *vcpu, uint32_t lists, uint32_t intid)
{
	while (lists != 0) {
		const unsigned list = take_lowest(&lists);

		if (vcpu->vgic.list_intid[list] == intid)
			return (int)list;
	}
	return -1;
}

/* The list registers that hold an interrupt, or one whose end has yet to be noticed. */
static inline uint32_t lists_in_use(const struct vcpu *vcpu)
{
	return vcpu->vgic.lists & ~list_registers_free();
}

/* A hardware SPI that EL2 has acknowledged; vgic.lock is held. */
static inline bool list_spi(struct vcpu *vcpu, struct vgic_bank *bank, uint32_t intid)
{
	const unsigned bit = intid % VGIC_INTIDS_PER_BANK;
	const uint32_t mask = 1U << bit;
	const uint32_t empty = list_registers_free_at_exit();
	uint32_t free = roomy_lists(vcpu, empty);

	if (free == 0 || !is_wanted(vcpu, bank, bit) ||
	    (atomic_load_explicit(&bank->pending, memory_order_relaxed) & mask) != 0 ||
	    find_list(vcpu, vcpu->vgic.lists & ~empty, intid) >= 0)
		return false;
	/* The acknowledge has consumed an edge (4.5). */
	bank->owed = (bank->owed & ~mask) | (bank->edge & mask);
	bank->holder[bit] = (uint8_t)vcpu->index;
	bank->recall &= ~mask;
	bank->deactivate &= ~mask;
	fill_list(vcpu, take_lowest(&free), intid, list_value(bank, intid));
	return true;
}

#endif

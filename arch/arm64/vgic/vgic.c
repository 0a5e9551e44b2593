/* SPDX-License-Identifier: Apache-2.0 */
/* Moving interrupts into and out of list registers: the arrows of the picture in vgic.h. */
#include "arch/arm64/vgic/listing.h"

#define RANK_LAST 0x100 /* a rank is else a priority */

static uint32_t pending_in(const struct vgic_bank *bank)
{
	return atomic_load_explicit(&bank->pending, memory_order_acquire) |
	       (bank->line & ~bank->edge);
}

/* Takes a software interrupt out of its list register and of the books; it may be pending again. */
static void leave(struct vcpu *vcpu, unsigned list)
{
	const uint32_t intid = vcpu->vgic.list_intid[list];
	const unsigned index = intid / VGIC_INTIDS_PER_BANK;
	const uint32_t bit = BANK_BIT(intid);
	struct vgic_bank *const bank = bank_at(vcpu, index);

	/* An ended LR_EOI keeps the maintenance interrupt up until it is overwritten. */
	list_register_write(list, 0);
	vcpu->vgic.software_lists &= ~(1U << list);
	bank->listed &= ~bit;
	bank->owed &= ~bit;
	if ((pending_in(bank) & bit) != 0)
		vgic_draw_attention(bank->target[intid % VGIC_INTIDS_PER_BANK], 1U << index);
}

/* Does so with those that the guest has ended. */
static void release(struct vcpu *vcpu)
{
	for (uint32_t ended = vcpu->vgic.software_lists & list_registers_ended(); ended != 0;)
		leave(vcpu, take_lowest(&ended));
}

void vgic_withdraw(struct vcpu *vcpu, unsigned list)
{
	const uint32_t intid = vcpu->vgic.list_intid[list];
	struct vgic_bank *const bank = bank_at(vcpu, intid / VGIC_INTIDS_PER_BANK);

	atomic_fetch_or_explicit(&bank->pending, bank->owed & BANK_BIT(intid),
				 memory_order_relaxed);
	leave(vcpu, list);
}

void vgic_release_software(struct vcpu *vcpu)
{
	for (uint32_t index = 1; index <= this_guest.vgic.spi_banks; index++)
		vgic_answer(vcpu, index);
	for (uint32_t lists = vcpu->vgic.software_lists; lists != 0;) {
		const unsigned list = take_lowest(&lists);

		if ((list_register_read(list) & LR_PENDING) != 0)
			vgic_withdraw(vcpu, list);
	}
}

/* The same of one that the guest has acknowledged and that is pending again; its end is noticed. */
static void withdraw_active(struct vgic_bank *bank, unsigned list, uint64_t value)
{
	const uint32_t bit = BANK_BIT(value);

	list_register_write(list, (value & ~LR_PENDING) | LR_EOI);
	atomic_fetch_or_explicit(&bank->pending, bank->owed & bit, memory_order_relaxed);
	bank->owed &= ~bit;
}

/* Withdraws a listed software interrupt if this vCPU may no longer present it as pending. */
static void recall_software(struct vcpu *vcpu, unsigned list, uint64_t value, bool is_old)
{
	const uint32_t intid = (uint32_t)value;
	struct vgic_bank *const bank = bank_at(vcpu, intid / VGIC_INTIDS_PER_BANK);
	const bool stays = !is_old && is_wanted(vcpu, bank, intid % VGIC_INTIDS_PER_BANK) &&
			   ((bank->owed | pending_in(bank)) & BANK_BIT(intid)) != 0;

	if ((value & LR_PENDING) == 0 || stays)
		return;
	if ((value & LR_ACTIVE) != 0)
		withdraw_active(bank, list, value);
	else
		vgic_withdraw(vcpu, list);
}

/* Looks through the list registers after a change of what may be presented, or is to be active. */
static void recall(struct vcpu *vcpu)
{
	for (uint32_t lists = lists_in_use(vcpu); lists != 0;) {
		const unsigned list = take_lowest(&lists);
		const uint64_t value = list_register_read(list);
		const uint32_t index = (uint32_t)value / VGIC_INTIDS_PER_BANK;
		struct vgic_bank *const bank = bank_at(vcpu, index);
		/* It was listed with the group and priority that it had then. */
		const uint64_t changed = value ^ list_value(bank, (uint32_t)value);
		const bool is_old = (value & LR_STATE) == LR_PENDING &&
				    (changed & (LR_GROUP1 | LR_PRIORITY_MASK)) != 0;

		if ((value & LR_ACTIVE) != 0)
			vgic_take_active(bank, index, BANK_BIT(value));
		if ((value & LR_HW) != 0 && (is_old || (bank->active & BANK_BIT(value)) != 0))
			vgic_give_back(vcpu, list, (uint32_t)value);
		else if ((value & LR_HW) == 0)
			recall_software(vcpu, list, value, is_old);
	}
}

/* Does what was asked of this vCPU about its private interrupts. */
static void answer_private(struct vcpu *vcpu)
{
	struct vgic_bank *const bank = &vcpu->vgic.bank;

	bank->owed &= ~bank->recall;
	if (bank->recall != 0)
		vgic_unpend_private(vcpu, bank->recall);
	if (bank->deactivate != 0)
		vgic_deactivate(vcpu, 0, bank->deactivate);
	bank->recall = 0;
	bank->deactivate = 0;
}

/*
 * What was pended meanwhile on interrupts that are listed makes them pending (again), which the
 * guest sees when it has ended the first; on hardware PPIs it goes to the GIC.
 * What was asked of the holder is done first: who clears and then pends wants it pending.
 */
static void fold_pending(struct vcpu *vcpu, unsigned index)
{
	struct vgic_bank *const bank = bank_at(vcpu, index);
	const uint32_t pending = atomic_load_explicit(&bank->pending, memory_order_acquire);
	uint32_t listed = pending & bank->listed;

	if (index != 0)
		vgic_answer(vcpu, index);
	else
		answer_private(vcpu);
	if (index == 0 && ((pending | bank->owed) & bank->hardware) != 0)
		vgic_pend_private(vcpu, pending & bank->hardware);
	while (listed != 0) {
		const unsigned bit = take_lowest(&listed);
		const int list = bank->holder[bit] == vcpu->index
					 ? find_list(vcpu, vcpu->vgic.software_lists,
						     index * VGIC_INTIDS_PER_BANK + bit)
					 : -1;

		if (list < 0)
			continue;

		const uint64_t value = list_register_read((unsigned)list);

		if (!is_wanted(vcpu, bank, bit)) {
			list_register_write((unsigned)list, value | LR_EOI); /* looked at then */
			continue;
		}
		atomic_fetch_and_explicit(&bank->pending, ~BANK_BIT(bit), memory_order_relaxed);
		bank->owed |= BANK_BIT(bit);
		list_register_write((unsigned)list, value | LR_PENDING);
	}
}

/* Whether an active interrupt may leave its list register: its end must not go unnoticed. */
static bool may_spill(void)
{
	return (read_register(ich_vtr_el2) & ICH_VTR_TDS) != 0 ||
	       (read_register(ich_vmcr_el2) & ICH_VMCR_EOIM) == 0;
}

/*
 * How urgently an active interrupt has to have a list register. Least of all, if it holds nothing
 * back that is pending: its priority may have been dropped (EOImode 1). And a sole list register is
 * for what the guest can take.
 */
static unsigned active_rank(const struct vcpu *vcpu, uint8_t priority)
{
	const bool splits_end = (read_register(ich_vmcr_el2) & ICH_VMCR_EOIM) != 0;

	return (splits_end ? may_spill() : vcpu->vgic.lists == 1) ? RANK_LAST : priority;
}

/*
 * The most urgent interrupt that could be listed on this vCPU, or GIC_SPURIOUS; *rank is its rank.
 * What is active comes before what is pending with the same rank: it cannot be preempted by it.
 */
static uint32_t most_urgent(struct vcpu *vcpu, uint32_t banks, unsigned *rank)
{
	uint32_t found = GIC_SPURIOUS;
	unsigned best = UINT32_MAX;

	while (banks != 0) {
		const unsigned index = take_lowest(&banks);
		const struct vgic_bank *const bank = bank_at(vcpu, index);
		uint32_t candidates = (pending_in(bank) & bank->enabled & forwarded(bank) &
				       ~bank->listed & ~bank->hardware) |
				      bank->active;

		while (candidates != 0) {
			const unsigned bit = take_lowest(&candidates);
			const bool is_active = (bank->active >> bit & 1) != 0;
			const uint8_t owner = is_active ? bank->holder[bit] : bank->target[bit];
			const unsigned order = is_active
						       ? 2 * active_rank(vcpu, bank->priority[bit])
						       : 2U * bank->priority[bit] + 1;

			if (owner == vcpu->index && order < best) {
				found = index * VGIC_INTIDS_PER_BANK + bit;
				best = order;
			}
		}
	}
	*rank = best / 2;
	return found;
}

/* Puts a pending software interrupt into a free list register. */
static void list_software(struct vcpu *vcpu, uint32_t intid, unsigned list)
{
	struct vgic_bank *const bank = bank_at(vcpu, intid / VGIC_INTIDS_PER_BANK);
	const unsigned bit = intid % VGIC_INTIDS_PER_BANK;
	const uint32_t mask = 1U << bit;

	/* Before the list register is written: what is pended from now on is new. */
	const uint32_t latched =
		atomic_fetch_and_explicit(&bank->pending, ~mask, memory_order_acquire);

	bank->owed = (bank->owed & ~mask) | (latched & mask);
	bank->listed |= mask;
	bank->holder[bit] = (uint8_t)vcpu->index;
	vcpu->vgic.software_lists |= 1U << list;
	vgic_note(vcpu, list, list_value(bank, intid));
	fill_list(vcpu, list, intid, list_value(bank, intid));
}

/* An active one. If it is pending too, its end is to be noticed. */
static void list_active(struct vcpu *vcpu, uint32_t intid, unsigned list)
{
	const uint32_t index = intid / VGIC_INTIDS_PER_BANK;
	struct vgic_bank *const bank = bank_at(vcpu, index);
	const bool is_hardware = (bank->hardware & BANK_BIT(intid)) != 0;
	const uint64_t value = (list_value(bank, intid) & ~LR_PENDING) | LR_ACTIVE;

	vgic_take_active(bank, index, BANK_BIT(intid));
	if (!is_hardware) {
		bank->listed |= BANK_BIT(intid);
		bank->owed &= ~BANK_BIT(intid);
		vcpu->vgic.software_lists |= 1U << list;
	} else if (index != 0) {
		/* The guest may have ended it before it was told that it is active. */
		gic_write_spis(GICD_ISACTIVER, index, BANK_BIT(intid));
	}
	vgic_note(vcpu, list, value);
	fill_list(vcpu, list, intid, value | (is_hardware ? 0 : LR_EOI));
}

/* The list register whose interrupt is the least urgent, or -1; *last is its rank. */
static int least_urgent(const struct vcpu *vcpu, bool with_active, unsigned *last)
{
	int found = -1;

	*last = 0;
	for (uint32_t lists = lists_in_use(vcpu); lists != 0;) {
		const unsigned list = take_lowest(&lists);
		const uint64_t value = list_register_read(list);
		const bool is_active = (value & LR_ACTIVE) != 0;
		const unsigned rank =
			is_active ? active_rank(vcpu, LR_PRIORITY(value)) : LR_PRIORITY(value);

		if ((value & LR_STATE) != 0 && (with_active || !is_active) && rank >= *last) {
			*last = rank;
			found = (int)list;
		}
	}
	return found;
}

/* Takes the interrupt out of a list register. */
static void clear_list(struct vcpu *vcpu, unsigned list)
{
	const uint64_t value = list_register_read(list);
	const uint32_t intid = (uint32_t)value;

	if ((value & LR_STATE) == LR_STATE)
		withdraw_active(bank_at(vcpu, intid / VGIC_INTIDS_PER_BANK), list, value);
	if ((value & LR_ACTIVE) != 0)
		vgic_spill(vcpu, list);
	else if ((value & LR_HW) != 0)
		vgic_give_back(vcpu, list, intid);
	else
		vgic_withdraw(vcpu, list);
}

int vgic_make_room(struct vcpu *vcpu, unsigned rank)
{
	unsigned last;

	release(vcpu);

	const uint32_t free = list_registers_free() & ~vcpu->vgic.software_lists;

	if (free != 0)
		return __builtin_ctz(free);
	/* What only waits gives way first. */
	for (unsigned with_active = 0; with_active <= (may_spill() ? 1 : 0); with_active++) {
		const int list = least_urgent(vcpu, with_active != 0, &last);

		if (list >= 0 && last > rank) {
			clear_list(vcpu, (unsigned)list);
			return list;
		}
	}
	return -1;
}

/* Masks the hardware interrupts that would find no list register, and asks to be told of room. */
static void set_limit(struct vcpu *vcpu, bool is_full)
{
	const bool is_guarded = vgic_guard(vcpu);
	uint64_t control = ICH_HCR_EN;
	unsigned last;

	if (!is_full && !is_guarded && vcpu->vgic.closed == 0)
		return;
	/* Whatever is listed from now on may change the limit, or lift it. */
	vcpu->vgic.closed = is_guarded || is_full ? UINT32_MAX : 0;
	vcpu->vgic.limit = GIC_PRIORITY_ALL;
	if (is_guarded)
		control |= ICH_HCR_LRENPIE;
	if (is_guarded && (read_register(ich_vtr_el2) & ICH_VTR_TDS) != 0)
		control |= ICH_HCR_TDIR;
	/* A sole list register is always at most one. */
	if (is_full && vcpu->vgic.lists != 1)
		control |= ICH_HCR_UIE;
	if (is_full && least_urgent(vcpu, false, &last) >= 0)
		control |= ICH_HCR_NPIE;
	/* If none gives way, the rank is the most urgent: only EL2's own come (gic.h). */
	(void)least_urgent(vcpu, may_spill(), &last);
	if (is_full && last != RANK_LAST)
		vcpu->vgic.limit = gic_guest_priority((uint8_t)last);
	/* While the vCPU is off they are masked anyway (vgic_reset_cpu()). */
	if (atomic_load_explicit(&vcpu->state, memory_order_relaxed) == VCPU_ON)
		gic_let_through(vcpu->vgic.limit);
	write_register(ich_hcr_el2, control);
}

/*
 * Lists what can be listed, the most urgent first; what finds no room keeps its attention bit. What
 * has given way is less urgent than all that is listed then, so that nothing does so twice.
 */
static void deliver(struct vcpu *vcpu, uint32_t banks)
{
	for (uint32_t left = banks; left != 0;)
		fold_pending(vcpu, take_lowest(&left));

	/* For a vCPU that is off it all waits where others can see it (vgic_start_cpu()). */
	const bool is_on = atomic_load_explicit(&vcpu->state, memory_order_relaxed) == VCPU_ON;
	uint32_t free = list_registers_free() & ~vcpu->vgic.software_lists;
	unsigned rank;
	uint32_t next = banks != 0 && is_on ? most_urgent(vcpu, banks, &rank) : GIC_SPURIOUS;

	while (next != GIC_SPURIOUS) {
		const int list = free != 0 ? (int)take_lowest(&free) : vgic_make_room(vcpu, rank);

		if (list < 0)
			break;
		if ((bank_at(vcpu, next / VGIC_INTIDS_PER_BANK)->active & BANK_BIT(next)) != 0)
			list_active(vcpu, next, (unsigned)list);
		else
			list_software(vcpu, next, (unsigned)list);
		next = most_urgent(vcpu, banks, &rank);
	}
	if (next != GIC_SPURIOUS)
		atomic_fetch_or_explicit(&vcpu->vgic.attention, banks, memory_order_relaxed);
	set_limit(vcpu, free == 0);
}

/*
 * While active interrupts are outside of the list registers: all that waits is looked at again, and
 * what ended out there. Who writes the register next clears the count.
 */
static void look_for_ends(struct vcpu *vcpu)
{
	const uint64_t control = read_register(ich_hcr_el2);

	if ((control & ICH_HCR_LRENPIE) == 0)
		return;
	write_register(ich_hcr_el2, ICH_HCR_EN);
	vgic_count_ends(vcpu, ICH_HCR_ENDS(control));
	atomic_fetch_or_explicit(&vcpu->vgic.attention, this_guest.vgic.active_banks | 1,
				 memory_order_relaxed);
}

void vgic_update(struct vcpu *vcpu)
{
	const struct vgic_bank *const bank = &vcpu->vgic.bank;

	lock_acquire(&this_guest.vgic.lock);
	release(vcpu);
	if (vcpu->vgic.closed != 0)
		look_for_ends(vcpu);

	uint32_t attention =
		atomic_exchange_explicit(&vcpu->vgic.attention, 0, memory_order_acquire);

	if ((attention & VGIC_ATTENTION_RECONFIGURE) != 0) {
		vgic_configure_private(vcpu);
		recall(vcpu);
		attention |=
			atomic_exchange_explicit(&vcpu->vgic.attention, 0, memory_order_acquire);
	}
	deliver(vcpu, attention & ~VGIC_ATTENTION_RECONFIGURE);
	vcpu->vgic.deliverable = bank->enabled & forwarded(bank) & ~bank->active;
	vgic_show_if_asked(vcpu);
	lock_release(&this_guest.vgic.lock);
}

void vgic_look_at_own(struct vcpu *vcpu)
{
	atomic_fetch_or_explicit(&vcpu->vgic.attention, 1, memory_order_relaxed);
	vgic_update(vcpu);
}

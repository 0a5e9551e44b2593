/* SPDX-License-Identifier: Apache-2.0 */
/* Moving interrupts into and out of list registers: the arrows of the picture in vgic.h. */
#include "arch/arm64/vgic/listing.h"

static uint32_t pending_in(const struct vgic_bank *bank)
{
	return atomic_load_explicit(&bank->pending, memory_order_acquire) |
	       (bank->line & ~bank->edge);
}

/* Takes interrupts that the guest has ended out of the books. */
static void release(struct vcpu *vcpu)
{
	uint32_t ended = vcpu->vgic.software_lists & list_registers_ended();

	vcpu->vgic.software_lists &= ~ended;
	while (ended != 0) {
		const unsigned list = take_lowest(&ended);
		const uint32_t intid = (uint32_t)list_register_read(list);
		const unsigned index = intid / VGIC_INTIDS_PER_BANK;
		const uint32_t bit = BANK_BIT(intid);
		struct vgic_bank *const bank = bank_at(vcpu, index);

		/* An ended LR_EOI keeps the maintenance interrupt up until it is overwritten. */
		list_register_write(list, 0);
		bank->listed &= ~bit;
		bank->owed &= ~bit;
		if ((pending_in(bank) & bit) != 0)
			vgic_draw_attention(bank->target[intid % VGIC_INTIDS_PER_BANK],
					    1U << index);
	}
}

/* The list register of this CPU that holds the interrupt, or -1. */
static int find_list(const struct vcpu *vcpu, uint32_t intid)
{
	uint32_t lists = vcpu->vgic.software_lists;

	while (lists != 0) {
		const unsigned index = take_lowest(&lists);

		if ((uint32_t)list_register_read(index) == intid)
			return (int)index;
	}
	return -1;
}

/* Gives a pending interrupt back that is listed; it stays pending here if it still is. */
static void withdraw(struct vcpu *vcpu, unsigned list, uint32_t intid)
{
	const unsigned index = intid / VGIC_INTIDS_PER_BANK;
	const uint32_t bit = BANK_BIT(intid);
	struct vgic_bank *const bank = bank_at(vcpu, index);

	list_register_write(list, 0);
	vcpu->vgic.software_lists &= ~(1U << list);
	bank->listed &= ~bit;
	atomic_fetch_or_explicit(&bank->pending, bank->owed & bit, memory_order_relaxed);
	bank->owed &= ~bit;
	if ((pending_in(bank) & bit) != 0)
		vgic_draw_attention(bank->target[intid % VGIC_INTIDS_PER_BANK], 1U << index);
}

void vgic_release_software(struct vcpu *vcpu)
{
	for (uint32_t index = 1; index <= this_guest.vgic.spi_banks; index++)
		vgic_answer(vcpu, index);
	for (uint32_t lists = vcpu->vgic.software_lists; lists != 0;) {
		const unsigned list = take_lowest(&lists);
		const uint64_t value = list_register_read(list);

		if ((value & LR_PENDING) != 0)
			withdraw(vcpu, list, (uint32_t)value);
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

/* Withdraws listed software interrupts that may no longer be presented by this vCPU. */
static void recall_software(struct vcpu *vcpu)
{
	uint32_t lists = vcpu->vgic.software_lists;

	while (lists != 0) {
		const unsigned list = take_lowest(&lists);
		const uint64_t value = list_register_read(list);
		const uint32_t intid = (uint32_t)value;
		struct vgic_bank *const bank = bank_at(vcpu, intid / VGIC_INTIDS_PER_BANK);
		const bool stays = is_wanted(vcpu, bank, intid % VGIC_INTIDS_PER_BANK) &&
				   ((bank->owed | pending_in(bank)) & BANK_BIT(intid)) != 0;

		if ((value & LR_PENDING) == 0 || stays)
			continue;
		if ((value & LR_ACTIVE) != 0)
			withdraw_active(bank, list, value);
		else
			withdraw(vcpu, list, intid);
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
		vgic_own_deactivate(0, bank->deactivate);
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
					 ? find_list(vcpu, index * VGIC_INTIDS_PER_BANK + bit)
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

/* The most urgent interrupt that could be listed on this vCPU, or GIC_SPURIOUS. */
static uint32_t most_urgent(struct vcpu *vcpu, uint32_t banks)
{
	uint32_t best = GIC_SPURIOUS;
	unsigned best_priority = UINT32_MAX;

	while (banks != 0) {
		const unsigned index = take_lowest(&banks);
		const struct vgic_bank *const bank = bank_at(vcpu, index);
		uint32_t candidates = pending_in(bank) & bank->enabled & forwarded(bank) &
				      ~bank->listed & ~bank->hardware;

		while (candidates != 0) {
			const unsigned bit = take_lowest(&candidates);

			if (bank->target[bit] == vcpu->index &&
			    bank->priority[bit] < best_priority) {
				best = index * VGIC_INTIDS_PER_BANK + bit;
				best_priority = bank->priority[bit];
			}
		}
	}
	return best;
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
	fill_list(vcpu, list, intid, list_value(bank, intid));
}

int vgic_make_room(struct vcpu *vcpu, uint8_t priority)
{
	release(vcpu);

	const uint32_t free = list_registers_free() & ~vcpu->vgic.software_lists;
	const int list = free != 0 ? __builtin_ctz(free) : vgic_own_least_urgent();
	const uint64_t value = list < 0 ? 0 : list_register_read((unsigned)list);

	if (free != 0)
		return list;
	if (list < 0 || LR_PRIORITY(value) <= priority)
		return -1;
	if ((value & LR_HW) != 0)
		vgic_give_back(vcpu, (unsigned)list, (uint32_t)value);
	else
		withdraw(vcpu, (unsigned)list, (uint32_t)value);
	return list;
}

/* Masks the hardware interrupts that would find no list register, and asks to be told of room. */
static void set_limit(struct vcpu *vcpu, bool is_full)
{
	const int list = is_full ? vgic_own_least_urgent() : -1;
	uint64_t control = ICH_HCR_EN;

	if (!is_full && vcpu->vgic.limit == GIC_PRIORITY_ALL)
		return;
	vcpu->vgic.limit = is_full ? GIC_PRIORITY_GUEST : GIC_PRIORITY_ALL;
	if (is_full)
		control |= ICH_HCR_UIE;
	if (list >= 0) {
		vcpu->vgic.limit =
			gic_guest_priority(LR_PRIORITY(list_register_read((unsigned)list)));
		control |= ICH_HCR_NPIE;
	}
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

	uint32_t free = list_registers_free() & ~vcpu->vgic.software_lists;
	uint32_t next = banks != 0 ? most_urgent(vcpu, banks) : GIC_SPURIOUS;

	while (next != GIC_SPURIOUS) {
		const unsigned bit = next % VGIC_INTIDS_PER_BANK;
		const uint8_t priority = bank_at(vcpu, next / VGIC_INTIDS_PER_BANK)->priority[bit];
		const int list =
			free != 0 ? (int)take_lowest(&free) : vgic_make_room(vcpu, priority);

		if (list < 0)
			break;
		list_software(vcpu, next, (unsigned)list);
		next = most_urgent(vcpu, banks);
	}
	if (next != GIC_SPURIOUS)
		atomic_fetch_or_explicit(&vcpu->vgic.attention, banks, memory_order_relaxed);
	set_limit(vcpu, free == 0);
}

void vgic_update(struct vcpu *vcpu)
{
	lock_acquire(&this_guest.vgic.lock);
	release(vcpu);

	const uint32_t attention =
		atomic_exchange_explicit(&vcpu->vgic.attention, 0, memory_order_acquire);

	if ((attention & VGIC_ATTENTION_RECONFIGURE) != 0) {
		vgic_configure_private(vcpu);
		recall_software(vcpu);
		deliver(vcpu,
			atomic_exchange_explicit(&vcpu->vgic.attention, 0, memory_order_acquire) |
				(attention & ~VGIC_ATTENTION_RECONFIGURE));
	} else {
		deliver(vcpu, attention);
	}
	lock_release(&this_guest.vgic.lock);
}

void vgic_look_at_own(struct vcpu *vcpu)
{
	atomic_fetch_or_explicit(&vcpu->vgic.attention, 1, memory_order_relaxed);
	vgic_update(vcpu);
}

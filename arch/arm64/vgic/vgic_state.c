/* SPDX-License-Identifier: Apache-2.0 */
/* What list registers hold, as all vCPUs may know it; and active interrupts that are in none. */
#include "arch/arm64/vgic/listing.h"

/* Looks at another CPU before it counts as dead; it answers within its longest way through EL2. */
#define POLL_LIMIT 1000000

void vgic_note(struct vcpu *vcpu, unsigned list, uint64_t value)
{
	struct vgic_view *const view = &vcpu->view;
	const uint32_t bit = 1U << list;

	view->intid[list] = (uint16_t)value;
	view->pending = (value & LR_PENDING) != 0 ? view->pending | bit : view->pending & ~bit;
	view->active = (value & LR_ACTIVE) != 0 ? view->active | bit : view->active & ~bit;
}

void vgic_show(struct vcpu *vcpu)
{
	const struct vgic_bank *const bank = &vcpu->vgic.bank;

	for (uint32_t lists = vcpu->vgic.lists; lists != 0;) {
		const unsigned list = take_lowest(&lists);

		vgic_note(vcpu, list, list_register_read(list));
	}
	vcpu->view.own_pending = atomic_load_explicit(&bank->pending, memory_order_relaxed) |
				 (gic_private_pending() & bank->hardware);
}

void vgic_show_if_asked(struct vcpu *vcpu)
{
	/* Acquire: what was changed before it was asked is seen, or has been carried out. */
	const uint32_t asked = atomic_load_explicit(&vcpu->view.asked, memory_order_acquire);

	if (asked == atomic_load_explicit(&vcpu->view.shown, memory_order_relaxed))
		return;
	vgic_show(vcpu);
	/* Release: the view is there before it counts. */
	atomic_store_explicit(&vcpu->view.shown, asked, memory_order_release);
}

/* Whether the view is at least as new as the question. */
static bool is_shown(struct vcpu *vcpu, uint32_t question)
{
	return (int32_t)(atomic_load_explicit(&vcpu->view.shown, memory_order_acquire) -
			 question) >= 0;
}

void vgic_gather(void)
{
	struct vcpu *const self = this_cpu.vcpu;

	for (uint32_t i = 0; i < this_guest.vcpu_count; i++) {
		struct vcpu *const vcpu = &this_guest.vcpus[i];

		if (vcpu == self ||
		    atomic_load_explicit(&vcpu->state, memory_order_acquire) != VCPU_ON)
			continue;

		const uint32_t question =
			atomic_fetch_add_explicit(&vcpu->view.asked, 1, memory_order_release) + 1;

		vgic_draw_attention(i, 1);
		for (uint32_t polls = 0;
		     polls < POLL_LIMIT && !is_shown(vcpu, question) &&
		     atomic_load_explicit(&vcpu->state, memory_order_relaxed) == VCPU_ON;
		     polls++) {
			vgic_catch_up(); /* it may wait for us */
			arch_relax();
		}
	}
}

/* The interrupts of a bank that are in some list registers of a vCPU, by its view. */
static uint32_t interrupts_in(const struct vcpu *vcpu, uint32_t lists, uint32_t index)
{
	uint32_t found = 0;

	while (lists != 0) {
		const uint32_t intid = vcpu->view.intid[take_lowest(&lists)];

		if (intid / VGIC_INTIDS_PER_BANK == index)
			found |= BANK_BIT(intid);
	}
	return found;
}

uint32_t vgic_own_pending(uint32_t index)
{
	vgic_show(this_cpu.vcpu);
	return interrupts_in(this_cpu.vcpu, this_cpu.vcpu->view.pending, index);
}

/* This CPU's list registers that hold one of these interrupts of a bank. */
static uint32_t own_lists(uint32_t index, uint32_t mask)
{
	const struct vcpu *const self = this_cpu.vcpu;
	uint32_t lists = lists_in_use(self);

	for (uint32_t left = lists; left != 0;) {
		const unsigned list = take_lowest(&left);
		const uint32_t intid = self->vgic.list_intid[list];

		if (intid / VGIC_INTIDS_PER_BANK != index || (mask & BANK_BIT(intid)) == 0)
			lists &= ~(1U << list);
	}
	return lists;
}

/* Takes a state out of a list register; returns what that was before. */
static uint64_t drop_state(unsigned list, uint64_t state)
{
	const uint64_t value = list_register_read(list);

	list_register_write(list, value & ~state);
	return value;
}

void vgic_own_deactivate(uint32_t index, uint32_t mask)
{
	for (uint32_t lists = own_lists(index, mask); lists != 0;) {
		const uint64_t value = drop_state(take_lowest(&lists), LR_ACTIVE);

		if ((value & LR_ACTIVE) == 0 || (value & LR_HW) == 0)
			continue;
		if (index == 0)
			gic_deactivate_private(BANK_BIT(value));
		else
			gic_write_spis(GICD_ICACTIVER, index, BANK_BIT(value));
	}
}

void vgic_own_withdraw(uint32_t index, uint32_t mask)
{
	uint32_t lists = own_lists(index, mask) & this_cpu.vcpu->vgic.software_lists;

	while (lists != 0) {
		const unsigned list = take_lowest(&lists);

		if ((drop_state(list, LR_PENDING) & LR_ACTIVE) == 0)
			vgic_withdraw(this_cpu.vcpu, list);
	}
}

struct vgic_seen vgic_seen(const struct vcpu *vcpu, uint32_t index)
{
	struct vgic_seen seen = {0, 0};

	vgic_show(this_cpu.vcpu);
	for (uint32_t i = 0; i < this_guest.vcpu_count; i++) {
		const struct vcpu *const other = &this_guest.vcpus[i];

		if (vcpu != NULL && vcpu != other)
			continue;
		seen.pending |= interrupts_in(other, other->view.pending, index);
		seen.active |= interrupts_in(other, other->view.active, index);
		if (index == 0)
			seen.pending |= other->view.own_pending;
	}
	return seen;
}

/* Keeps the books on which banks have active interrupts outside of list registers. */
static void set_active(struct vgic_bank *bank, uint32_t index, uint32_t active)
{
	bank->active = active;
	if (index == 0)
		return;
	if (active != 0)
		this_guest.vgic.active_banks |= 1U << index;
	else
		this_guest.vgic.active_banks &= ~(1U << index);
}

void vgic_take_active(struct vgic_bank *bank, uint32_t index, uint32_t mask)
{
	set_active(bank, index, bank->active & ~mask);
}

void vgic_activate(struct vcpu *vcpu, uint32_t index, uint32_t mask)
{
	struct vgic_bank *const bank =
		vcpu != NULL ? &vcpu->vgic.bank : &this_guest.vgic.banks[index];

	set_active(bank, index, bank->active | mask);
	bank->deactivate &= ~mask; /* who clears and then sets wants it active */
	if (vcpu != NULL) {
		vgic_draw_attention(vcpu->index, VGIC_ATTENTION_RECONFIGURE | 1);
		return;
	}
	gic_write_spis(GICD_ISACTIVER, index, mask & bank->hardware);
	for (uint32_t left = mask; left != 0;) {
		const unsigned bit = take_lowest(&left);

		if (bank->holder[bit] == VGIC_NO_VCPU)
			bank->holder[bit] = bank->target[bit];
		vgic_draw_attention(bank->holder[bit], VGIC_ATTENTION_RECONFIGURE | 1U << index);
	}
}

/*
 * Ends active interrupts that are in no list register; they may be pending again. Owning CPU. One
 * that was made active may still wait in a list register, and be active in the physical GIC for
 * that.
 */
static void end_outside(struct vcpu *vcpu, uint32_t index, uint32_t mask)
{
	struct vgic_bank *const bank = bank_at(vcpu, index);
	const uint32_t ended = bank->active & mask;

	set_active(bank, index, bank->active & ~ended);
	if (index != 0) {
		gic_write_spis(GICD_ICACTIVER, index,
			       vgic_ask_holders(index, ended, &bank->deactivate));
		vgic_spis_changed(index, ended);
		return;
	}
	gic_deactivate_private(ended & bank->hardware & ~vgic_own_pending(0));
	vgic_draw_attention(vcpu->index, VGIC_ATTENTION_RECONFIGURE | 1);
}

void vgic_deactivate(struct vcpu *vcpu, uint32_t index, uint32_t mask)
{
	struct vgic_bank *const bank =
		vcpu != NULL ? &vcpu->vgic.bank : &this_guest.vgic.banks[index];

	if (vcpu != NULL && vcpu != this_cpu.vcpu) {
		vgic_ask(vcpu, &bank->deactivate, mask);
		return;
	}
	end_outside(this_cpu.vcpu, index, mask);
	if (vcpu != NULL)
		vgic_own_deactivate(0, mask);
	else
		gic_write_spis(GICD_ICACTIVER, index,
			       vgic_ask_holders(index, mask, &bank->deactivate));
}

void vgic_deactivate_own(uint32_t intid)
{
	struct vcpu *const self = this_cpu.vcpu;
	const uint32_t index = intid / VGIC_INTIDS_PER_BANK;

	if (index > this_guest.vgic.spi_banks)
		return;
	lock_acquire(&this_guest.vgic.lock);
	end_outside(self, index, BANK_BIT(intid));
	vgic_own_deactivate(index, BANK_BIT(intid));
	lock_release(&this_guest.vgic.lock);
	vgic_update(self);
}

void vgic_spill(struct vcpu *vcpu, unsigned list)
{
	const uint32_t intid = vcpu->vgic.list_intid[list];
	const uint32_t index = intid / VGIC_INTIDS_PER_BANK;
	struct vgic_bank *const bank = bank_at(vcpu, index);

	list_register_write(list, 0);
	vcpu->vgic.software_lists &= ~(1U << list);
	bank->listed &= ~BANK_BIT(intid);
	set_active(bank, index, bank->active | BANK_BIT(intid));
}

/* The active interrupts of a bank that this vCPU has to list. */
static uint32_t held_outside(struct vcpu *vcpu, uint32_t index)
{
	const struct vgic_bank *const bank = bank_at(vcpu, index);
	uint32_t held = bank->active;

	for (uint32_t left = held; left != 0;) {
		const unsigned bit = take_lowest(&left);

		if (bank->holder[bit] != vcpu->index)
			held &= ~BANK_BIT(bit);
	}
	return held;
}

bool vgic_guard(struct vcpu *vcpu)
{
	for (uint32_t banks = this_guest.vgic.active_banks | 1; banks != 0;)
		if (held_outside(vcpu, take_lowest(&banks)) != 0)
			return true;
	return false;
}

/* The innermost of those that the guest has acknowledged and not ended: the most urgent. */
static void end_innermost(struct vcpu *vcpu)
{
	uint32_t innermost = GIC_SPURIOUS;
	unsigned best = UINT32_MAX;

	for (uint32_t banks = this_guest.vgic.active_banks | 1; banks != 0;) {
		const uint32_t index = take_lowest(&banks);

		for (uint32_t held = held_outside(vcpu, index); held != 0;) {
			const unsigned bit = take_lowest(&held);
			const uint8_t priority = bank_at(vcpu, index)->priority[bit];

			if (priority >= best)
				continue;
			best = priority;
			innermost = index * VGIC_INTIDS_PER_BANK + bit;
		}
	}
	if (innermost != GIC_SPURIOUS)
		end_outside(vcpu, innermost / VGIC_INTIDS_PER_BANK, BANK_BIT(innermost));
}

void vgic_count_ends(struct vcpu *vcpu, unsigned count)
{
	while (count-- > 0)
		end_innermost(vcpu);
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Making software interrupts pending: by the guest's SGIs and registers, by virtual devices. And
 * telling the vCPU that has to do with it.
 */
#include "arch/arm64/el2/system_registers.h"
#include "arch/arm64/vgic/listing.h"

void vgic_draw_attention(uint32_t vcpu_index, uint32_t bits)
{
	if (vcpu_index >= this_guest.vcpu_count)
		return;

	struct vcpu *const vcpu = &this_guest.vcpus[vcpu_index];

	/* Release: what the bits stand for is visible to who sees them. */
	atomic_fetch_or_explicit(&vcpu->vgic.attention, bits, memory_order_release);
	if (vcpu != this_cpu.vcpu)
		gic_kick(vcpu->vgic_kick);
}

void vgic_latch_private(struct vcpu *vcpu, uint32_t mask)
{
	atomic_fetch_or_explicit(&vcpu->vgic.bank.pending, mask, memory_order_release);
	vgic_draw_attention(vcpu->index, 1);
}

/* Software SPIs: whoever has them in a list register, or is to have them, looks. */
static void pend_software(uint32_t index, uint32_t mask)
{
	struct vgic_bank *const bank = &this_guest.vgic.banks[index];

	atomic_fetch_or_explicit(&bank->pending, mask, memory_order_release);
	while (mask != 0) {
		const unsigned bit = take_lowest(&mask);
		const bool listed = (bank->listed >> bit & 1) != 0;

		vgic_draw_attention(listed ? bank->holder[bit] : bank->target[bit], 1U << index);
	}
}

void vgic_ask(struct vcpu *vcpu, uint32_t *request, uint32_t mask)
{
	*request |= mask;
	vgic_draw_attention(vcpu->index, 1);
}

bool vgic_is_changing(struct vcpu *vcpu)
{
	const uint32_t concerned = VGIC_ATTENTION_RECONFIGURE | 1;

	/* Who does it takes the bits and carries them out without letting go of the lock. */
	lock_acquire(&this_guest.vgic.lock);
	const uint32_t attention =
		atomic_load_explicit(&vcpu->vgic.attention, memory_order_relaxed);
	lock_release(&this_guest.vgic.lock);
	return (attention & concerned) == concerned;
}

void vgic_set_pending(uint32_t index, uint32_t mask)
{
	struct vgic_bank *const bank = &this_guest.vgic.banks[index];

	vgic_pend_hardware(index, mask & bank->hardware);
	pend_software(index, mask & ~bank->hardware);
}

void vgic_clear_pending(uint32_t index, uint32_t mask)
{
	struct vgic_bank *const bank = &this_guest.vgic.banks[index];

	vgic_unpend_hardware(index, mask & bank->hardware);
	atomic_fetch_and_explicit(&bank->pending, ~(mask & ~bank->hardware), memory_order_relaxed);
	bank->owed &= ~mask;
	(void)vgic_ask_holders(index, mask & ~bank->hardware, &bank->recall);
}

void vgic_move_line(uint32_t intid, bool level)
{
	const unsigned index = intid / VGIC_INTIDS_PER_BANK;
	const unsigned bit = intid % VGIC_INTIDS_PER_BANK;
	struct vgic_bank *const bank = &this_guest.vgic.banks[index];
	const bool was = (bank->line >> bit & 1) != 0;

	bank->line = level ? bank->line | 1U << bit : bank->line & ~(1U << bit);
	if (level && !was && (bank->edge >> bit & 1) != 0)
		atomic_fetch_or_explicit(&bank->pending, 1U << bit, memory_order_relaxed);
	if (level && !was)
		vgic_draw_attention(bank->target[bit], 1U << index);
	else if (!level && was && (bank->listed >> bit & 1) != 0)
		vgic_draw_attention(bank->holder[bit], VGIC_ATTENTION_RECONFIGURE);
}

void vgic_catch_up(void)
{
	struct vcpu *const self = this_cpu.vcpu;

	if (atomic_load_explicit(&self->vgic.attention, memory_order_relaxed) != 0)
		vgic_update(self);
}

void vgic_set_line(uint32_t intid, bool level)
{
	lock_acquire(&this_guest.vgic.lock);
	vgic_move_line(intid, level);
	lock_release(&this_guest.vgic.lock);
	vgic_catch_up();
}

void vgic_send_sgi(uint64_t value, bool is_group1)
{
	struct vcpu *const self = this_cpu.vcpu;
	const uint32_t mask = 1U << sgi_intid(value);

	for (uint64_t left = sgi_targets(value, self->index); left != 0; left &= left - 1) {
		struct vcpu *const vcpu = &this_guest.vcpus[__builtin_ctzll(left)];

		if (is_group1 || (vcpu->vgic.bank.group1 & mask) == 0)
			vgic_latch_private(vcpu, mask);
	}
	vgic_catch_up();
}

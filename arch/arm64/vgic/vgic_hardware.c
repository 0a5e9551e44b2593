/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Hardware interrupts: those that the physical GIC keeps and EL2 only carries (vgic.h). First what
 * both kinds share, then the vCPU's own (PPIs), then SPIs.
 */
#include "arch/arm64/vgic/listing.h"

/* --- PPIs. --- */

/* Gives acknowledged PPIs back to the physical GIC, where a level that is still high is pending. */
static void give_back_private(const struct vgic_bank *bank, uint32_t mask)
{
	gic_set_private_pending(bank->owed & mask);
	gic_deactivate_private(mask & ~bank->active);
}

/*
 * Fewer than two list registers are free, and the interrupt was let through: it takes the place of
 * a less urgent one if it must. If the guest has acknowledged that meanwhile, it waits;
 * vgic_update() masks it now.
 */
void vgic_list_private(struct vcpu *vcpu, uint32_t intid)
{
	const uint64_t value = vcpu->vgic.private_list[intid];

	lock_acquire(&this_guest.vgic.lock);

	const int list = vgic_make_room(vcpu, LR_PRIORITY(value));

	if (list < 0)
		give_back_private(&vcpu->vgic.bank, BANK_BIT(intid));
	else
		fill_list(vcpu, (unsigned)list, intid, value);
	lock_release(&this_guest.vgic.lock);
	vgic_update(vcpu);
}

/* What ISPENDR set is owed as long as the interrupt is pending, here or there. */
void vgic_pend_private(struct vcpu *vcpu, uint32_t mask)
{
	struct vgic_bank *const bank = &vcpu->vgic.bank;

	bank->owed &= ~bank->hardware | gic_private_pending() | vgic_own_pending(0);
	if (mask == 0)
		return;
	atomic_fetch_and_explicit(&bank->pending, ~mask, memory_order_relaxed);
	bank->owed |= mask;
	gic_set_private_pending(mask);
}

/*
 * Takes back listed PPIs that are not wanted. Deactivated, a level that is still high becomes
 * pending again in the physical GIC, where a disable now holds it.
 */
static void recall_private(struct vcpu *vcpu, uint32_t wanted)
{
	uint32_t lists = lists_in_use(vcpu) & ~vcpu->vgic.software_lists;

	while (lists != 0) {
		const unsigned list = take_lowest(&lists);
		const uint64_t value = list_register_read(list);

		if ((uint32_t)value >= GIC_PRIVATE_INTIDS || (value & LR_STATE) != LR_PENDING ||
		    (wanted & BANK_BIT(value)) != 0)
			continue;
		vgic_give_back(vcpu, list, (uint32_t)value);
	}
}

void vgic_unpend_private(struct vcpu *vcpu, uint32_t mask)
{
	recall_private(vcpu, ~mask);
	gic_clear_private_pending(mask & vcpu->vgic.bank.hardware);
	vgic_own_withdraw(0, mask);
}

void vgic_configure_private(struct vcpu *vcpu)
{
	const struct vgic_bank *const bank = &vcpu->vgic.bank;
	const uint32_t wanted = bank->hardware & bank->enabled & forwarded(bank);

	gic_activate_private(bank->active & bank->hardware);
	for (uint32_t intid = 0; intid < VGIC_INTIDS_PER_BANK; intid++)
		vcpu->vgic.private_list[intid] = list_value(bank, intid);

	for (uint32_t left = bank->hardware; left != 0;) {
		const unsigned intid = take_lowest(&left);

		gic_set_private_priority(intid, bank->priority[intid]);
	}
	gic_disable_private(bank->hardware & ~wanted);
	recall_private(vcpu, wanted);
	gic_enable_private(wanted);
}

/* --- SPIs. The lock is held, except where they are listed. --- */

/*
 * Gives an acknowledged interrupt back to the physical GIC, pending again if it is owed that; a
 * level that is still high becomes pending by itself. Pending first: it is never idle in between.
 */
static void give_back(struct vgic_bank *bank, uint32_t index, uint32_t mask)
{
	const uint32_t owed = bank->owed & mask;

	bank->owed &= ~mask;
	atomic_fetch_or_explicit(&bank->pending, owed & ~bank->edge, memory_order_relaxed);
	gic_write_spis(GICD_ISPENDR, index, owed);
	gic_write_spis(GICD_ICACTIVER, index, mask & ~bank->active);
}

void vgic_give_back(struct vcpu *vcpu, unsigned list, uint32_t intid)
{
	const uint32_t index = intid / VGIC_INTIDS_PER_BANK;

	list_register_write(list, 0);
	if (index == 0)
		give_back_private(&vcpu->vgic.bank, BANK_BIT(intid));
	else
		give_back(&this_guest.vgic.banks[index], index, BANK_BIT(intid));
}

/*
 * What the physical GIC does not show as active is in no list register: an acknowledge is complete
 * before its CPU gets the lock (gic_acknowledge()).
 */
uint32_t vgic_ask_holders(uint32_t index, uint32_t mask, uint32_t *request)
{
	const struct vgic_bank *const bank = &this_guest.vgic.banks[index];
	const uint32_t physical =
		(mask & bank->hardware) != 0 ? gic_read_spis(GICD_ISACTIVER, index) : 0;
	uint32_t left = mask & ~bank->active & (bank->listed | (physical & bank->hardware));
	uint32_t unheld = 0;

	while (left != 0) {
		const unsigned bit = take_lowest(&left);

		if (bank->holder[bit] == VGIC_NO_VCPU) {
			unheld |= BANK_BIT(bit);
			continue;
		}
		*request |= BANK_BIT(bit);
		vgic_draw_attention(bank->holder[bit], 1U << index);
	}
	return unheld;
}

void vgic_apply_hardware(uint32_t index, uint32_t mask)
{
	struct vgic_bank *const bank = &this_guest.vgic.banks[index];
	const uint32_t concerned = mask & bank->hardware;
	uint32_t on = concerned & bank->enabled & forwarded(bank);

	if (concerned == 0)
		return;
	for (uint32_t left = on; left != 0;) {
		const unsigned bit = take_lowest(&left);

		if (bank->target[bit] == VGIC_NO_VCPU)
			on &= ~BANK_BIT(bit);
	}
	gic_write_spis(GICD_ICENABLER, index, concerned & ~on);
	gic_write_spis(GICD_ISENABLER, index, on);
	(void)vgic_ask_holders(index, concerned, &bank->recall);
}

void vgic_pend_hardware(uint32_t index, uint32_t mask)
{
	struct vgic_bank *const bank = &this_guest.vgic.banks[index];
	const uint32_t concerned = mask & bank->hardware;
	const uint32_t waiting = vgic_own_pending(index) & concerned;

	if (concerned == 0)
		return;
	/* One that waits in a list register is pending already; it stays so if it is recalled. */
	bank->owed |= waiting;
	atomic_fetch_or_explicit(&bank->pending, concerned & ~waiting & ~bank->edge,
				 memory_order_relaxed);
	gic_write_spis(GICD_ISPENDR, index, concerned & ~waiting);
}

void vgic_unpend_hardware(uint32_t index, uint32_t mask)
{
	struct vgic_bank *const bank = &this_guest.vgic.banks[index];
	const uint32_t concerned = mask & bank->hardware;

	if (concerned == 0)
		return;
	bank->owed &= ~concerned;
	atomic_fetch_and_explicit(&bank->pending, ~concerned, memory_order_relaxed);
	gic_write_spis(GICD_ICPENDR, index, concerned);
	(void)vgic_ask_holders(index, concerned, &bank->recall);
}

/* Carries out what others have asked of the holder of one SPI. */
static void answer(const struct vcpu *vcpu, struct vgic_bank *bank, uint32_t index, unsigned bit)
{
	const uint32_t mask = BANK_BIT(bit);

	if ((bank->hardware & mask) == 0) {
		vgic_own_withdraw(index, bank->recall & mask);
		vgic_own_deactivate(index, bank->deactivate & mask);
		bank->recall &= ~mask;
		bank->deactivate &= ~mask;
		return;
	}

	const int list = find_list(vcpu, lists_in_use(vcpu), index * VGIC_INTIDS_PER_BANK + bit);
	const uint64_t state = list < 0 ? 0 : list_register_read((unsigned)list) & LR_STATE;

	if (state == LR_PENDING && (bank->recall & mask) != 0) {
		list_register_write((unsigned)list, 0);
		give_back(bank, index, mask);
	} else if (state != LR_PENDING && (bank->deactivate & mask) != 0) {
		if (list >= 0)
			list_register_write((unsigned)list, 0);
		gic_write_spis(GICD_ICACTIVER, index, mask);
	}
	bank->recall &= ~mask;
	bank->deactivate &= ~mask;
}

void vgic_answer(struct vcpu *vcpu, uint32_t index)
{
	struct vgic_bank *const bank = &this_guest.vgic.banks[index];

	for (uint32_t asked = bank->recall | bank->deactivate; asked != 0;) {
		const unsigned bit = take_lowest(&asked);

		if (bank->holder[bit] == vcpu->index)
			answer(vcpu, bank, index, bit);
	}
}

void vgic_release_hardware(struct vcpu *vcpu)
{
	for (uint32_t index = 1; index <= this_guest.vgic.spi_banks; index++) {
		struct vgic_bank *const bank = &this_guest.vgic.banks[index];

		for (uint32_t left = bank->hardware; left != 0;) {
			const unsigned bit = take_lowest(&left);
			const uint32_t intid = index * VGIC_INTIDS_PER_BANK + bit;

			if (bank->holder[bit] != vcpu->index)
				continue;
			/* What it had not acknowledged goes back, what it had ends. */
			bank->recall |= BANK_BIT(bit);
			if ((bank->active & BANK_BIT(bit)) != 0 ||
			    find_list(vcpu, lists_in_use(vcpu), intid) >= 0)
				bank->deactivate |= BANK_BIT(bit);
			vgic_take_active(bank, index, BANK_BIT(bit));
			answer(vcpu, bank, index, bit);
			bank->holder[bit] = VGIC_NO_VCPU;
		}
	}
}

bool vgic_is_asked(void)
{
	for (uint32_t index = 1; index <= this_guest.vgic.spi_banks; index++)
		if ((this_guest.vgic.banks[index].recall |
		     this_guest.vgic.banks[index].deactivate) != 0)
			return true;
	return false;
}

void vgic_silence_hardware(void)
{
	lock_acquire(&this_guest.vgic.lock);
	for (uint32_t index = 1; index <= this_guest.vgic.spi_banks; index++) {
		struct vgic_bank *const bank = &this_guest.vgic.banks[index];

		/* Disabled first, or what is deactivated comes again. */
		bank->enabled &= ~bank->hardware;
		atomic_fetch_and_explicit(&bank->pending, ~bank->hardware, memory_order_relaxed);
		gic_write_spis(GICD_ICENABLER, index, bank->hardware);
		gic_write_spis(GICD_ICPENDR, index, bank->hardware);
		gic_write_spis(GICD_ICACTIVER, index, bank->hardware);
	}
	lock_release(&this_guest.vgic.lock);
}

/*
 * Not wanted here, or no room, or it is listed already: the last only after a deactivation that
 * raced with the acknowledge. Then the end of the listed one deactivates this one too (two lists of
 * one INTID are unpredictable, 12.4.8).
 */
static void place_spi(struct vcpu *vcpu, struct vgic_bank *bank, uint32_t intid)
{
	const uint32_t index = intid / VGIC_INTIDS_PER_BANK;
	const unsigned bit = intid % VGIC_INTIDS_PER_BANK;
	const uint32_t mask = BANK_BIT(intid);
	/* The acknowledge has consumed an edge, and what ISPENDR set on a level (4.5). */
	const uint32_t latched =
		atomic_fetch_and_explicit(&bank->pending, ~mask, memory_order_relaxed);
	const bool is_listed = find_list(vcpu, lists_in_use(vcpu), intid) >= 0;

	bank->owed = (bank->owed & ~mask) | ((latched | bank->edge) & mask);
	if (is_listed && is_wanted(vcpu, bank, bit)) {
		gic_write_spis(GICD_ISPENDR, index, bank->owed & mask);
		return;
	}

	const int list = is_listed || !is_wanted(vcpu, bank, bit)
				 ? -1
				 : vgic_make_room(vcpu, bank->priority[bit]);

	if (list < 0) {
		give_back(bank, index, mask);
		return;
	}
	bank->holder[bit] = (uint8_t)vcpu->index;
	bank->recall &= ~mask;
	bank->deactivate &= ~mask;
	fill_list(vcpu, (unsigned)list, intid, list_value(bank, intid));
}

void vgic_list_spi(struct vcpu *vcpu, uint32_t intid)
{
	struct vgic_bank *const bank = &this_guest.vgic.banks[intid / VGIC_INTIDS_PER_BANK];

	lock_acquire(&this_guest.vgic.lock);
	if (!list_spi(vcpu, bank, intid))
		place_spi(vcpu, bank, intid);
	lock_release(&this_guest.vgic.lock);
	vgic_update(vcpu);
}

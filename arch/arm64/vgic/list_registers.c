/* SPDX-License-Identifier: Apache-2.0 */
/* What the guest's registers show and change of the interrupts in this CPU's list registers. */
#include "arch/arm64/vgic/list_registers.h"

#include "arch/arm64/gic/gic.h"
#include "arch/arm64/vgic/bank.h"

/* The interrupts of a bank that are in this CPU's list registers in the given state. */
static uint32_t own_in_state(uint32_t bank_index, uint64_t state)
{
	uint32_t lists = list_registers_implemented() & ~list_registers_free();
	uint32_t found = 0;

	while (lists != 0) {
		const uint64_t value = list_register_read(take_lowest(&lists));

		if ((value & state) != 0 && (uint32_t)value / VGIC_INTIDS_PER_BANK == bank_index)
			found |= BANK_BIT(value);
	}
	return found;
}

uint32_t vgic_own_active(uint32_t bank_index)
{
	return own_in_state(bank_index, LR_ACTIVE);
}

uint32_t vgic_own_pending(uint32_t bank_index)
{
	return own_in_state(bank_index, LR_PENDING);
}

void vgic_own_deactivate(uint32_t bank_index, uint32_t mask)
{
	uint32_t lists = list_registers_implemented() & ~list_registers_free();

	while (lists != 0) {
		const unsigned list = take_lowest(&lists);
		const uint64_t value = list_register_read(list);

		if ((value & LR_ACTIVE) == 0 || (mask & BANK_BIT(value)) == 0 ||
		    (uint32_t)value / VGIC_INTIDS_PER_BANK != bank_index)
			continue;
		list_register_write(list, value & ~LR_ACTIVE);
		if ((value & LR_HW) != 0)
			gic_deactivate_private(BANK_BIT(value)); /* SPIs never come here */
	}
}

int vgic_own_least_urgent(void)
{
	uint32_t lists = list_registers_implemented() & ~list_registers_free();
	unsigned lowest = 0;
	int found = -1;

	while (lists != 0) {
		const unsigned list = take_lowest(&lists);
		const uint64_t value = list_register_read(list);

		if ((value & LR_STATE) == LR_PENDING && LR_PRIORITY(value) >= lowest) {
			lowest = LR_PRIORITY(value);
			found = (int)list;
		}
	}
	return found;
}

void vgic_own_withdraw(uint32_t bank_index, uint32_t mask)
{
	struct vcpu *const vcpu = this_cpu.vcpu;
	uint32_t lists = vcpu->vgic.software_lists;

	while (lists != 0) {
		const unsigned list = take_lowest(&lists);
		const uint64_t value = list_register_read(list);

		if ((uint32_t)value / VGIC_INTIDS_PER_BANK == bank_index &&
		    (mask & BANK_BIT(value)) != 0)
			list_register_write(list, value & ~LR_PENDING);
	}
}

/* SPDX-License-Identifier: Apache-2.0 */
/* What the guest's registers show and change of the interrupts in this CPU's list registers. */
#include "arch/arm64/vgic/list_registers.h"

#include "arch/arm64/gic/gic.h"
#include "arch/arm64/vgic/bank.h"

uint32_t vgic_own_pending(uint32_t bank_index)
{
	uint32_t lists = list_registers_implemented() & ~list_registers_free();
	uint32_t found = 0;

	while (lists != 0) {
		const uint64_t value = list_register_read(take_lowest(&lists));

		if ((value & LR_PENDING) != 0 &&
		    (uint32_t)value / VGIC_INTIDS_PER_BANK == bank_index)
			found |= BANK_BIT(value);
	}
	return found;
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
		if ((value & LR_HW) == 0)
			continue;
		if (bank_index == 0)
			gic_deactivate_private(BANK_BIT(value));
		else
			gic_write_spis(GICD_ICACTIVER, bank_index, BANK_BIT(value));
	}
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

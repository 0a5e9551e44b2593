/* SPDX-License-Identifier: Apache-2.0 */
/* The vGIC's reset state. */
#include <string.h>

#include "arch/arm64/el2/barriers.h"
#include "arch/arm64/gic/gic.h"
#include "arch/arm64/vcpu/vcpu.h"
#include "arch/arm64/vgic/list_registers.h"
#include "arch/arm64/vgic/vgic.h"

#define SGI_MASK 0xffffU

/* Number of active-priority registers of each group: by ICH_VTR_EL2.PREbits (12.4.7). */
static unsigned active_priority_registers(void)
{
	const unsigned preemption_bits = (unsigned)(read_register(ich_vtr_el2) >> 26 & 7) + 1;

	return preemption_bits <= 5 ? 1 : 1U << (preemption_bits - 5);
}

void vgic_reset_interface(void)
{
	const unsigned count = active_priority_registers();

	/*
	 * The system-register interface is the only one. Before ICH_VMCR_EL2, whose fields mean
	 * something else without it (12.4, VFIQEn).
	 */
	write_register(icc_sre_el1, ICC_SRE_EL1_FIXED);
	synchronize_context();
	write_register(ich_ap0r0_el2, 0);
	write_register(ich_ap1r0_el2, 0);
	if (count > 1) {
		write_register(ich_ap0r1_el2, 0);
		write_register(ich_ap1r1_el2, 0);
	}
	if (count > 2) {
		write_register(ich_ap0r2_el2, 0);
		write_register(ich_ap1r2_el2, 0);
		write_register(ich_ap0r3_el2, 0);
		write_register(ich_ap1r3_el2, 0);
	}
	write_register(ich_vmcr_el2, 0);
	synchronize_context();
}

void vgic_forget_private(struct vcpu *vcpu)
{
	const uint32_t hardware = vcpu->vgic.bank.hardware;
	const uint32_t lists = vcpu->vgic.lists;
	struct vgic_bank *const bank = &vcpu->vgic.bank;

	memset(&vcpu->vgic, 0, sizeof(vcpu->vgic));
	vcpu->is_asleep = false;
	vcpu->vgic.limit = GIC_PRIORITY_ALL;
	vcpu->vgic.lists = lists;
	memset(bank->holder, (int)vcpu->index, sizeof(bank->holder));
	bank->edge = SGI_MASK;
	memset(bank->target, (int)vcpu->index, sizeof(bank->target));
	bank->hardware = hardware;
}

void vgic_reset_cpu(struct vcpu *vcpu)
{
	const uint32_t hardware = vcpu->vgic.bank.hardware;

	gic_disable_private(hardware);
	gic_clear_private_pending(hardware);
	gic_deactivate_private(hardware);
	/* SPIs routed to it stay pending where they are, and do not wake its CPU. */
	gic_let_through(GIC_PRIORITY_GUEST);

	lock_acquire(&this_guest.vgic.lock);
	vgic_release_software(vcpu);
	vgic_release_hardware(vcpu);
	vgic_reset_interface();
	for (uint32_t lists = list_registers_implemented(), i = 0; lists != 0; lists >>= 1, i++)
		list_register_write(i, 0);
	write_register(ich_hcr_el2, ICH_HCR_EN);
	/* What it had acknowledged has ended, and may be pending again, for another vCPU. */
	for (uint32_t i = 1; i <= this_guest.vgic.spi_banks; i++) {
		struct vgic_bank *const spis = &this_guest.vgic.banks[i];

		for (uint32_t bit = 0; bit < VGIC_INTIDS_PER_BANK; bit++)
			if (spis->holder[bit] == vcpu->index &&
			    ((spis->listed | spis->active) >> bit & 1) != 0) {
				spis->listed &= ~(1U << bit);
				vgic_take_active(spis, i, 1U << bit);
				vgic_draw_attention(spis->target[bit], 1U << i);
			}
	}
	vcpu->vgic.lists = list_registers_implemented();
	vgic_forget_private(vcpu);
	vgic_show(vcpu);
	lock_release(&this_guest.vgic.lock);
}

void vgic_start_cpu(struct vcpu *vcpu)
{
	const uint32_t banks_in_use = (2U << this_guest.vgic.spi_banks) - 1;

	gic_let_through(vcpu->vgic.limit);
	/* What was pended or configured for it while it was off. */
	atomic_fetch_or_explicit(&vcpu->vgic.attention, VGIC_ATTENTION_RECONFIGURE | banks_in_use,
				 memory_order_relaxed);
	vgic_update(vcpu);
}

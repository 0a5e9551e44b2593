/* SPDX-License-Identifier: Apache-2.0 */
/* The vGIC's reset state. */
#include <string.h>

#include "arch/arm64/el2/barriers.h"
#include "arch/arm64/gic/gic.h"
#include "arch/arm64/gic/registers.h"
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

static void reset_cpu_interface(void)
{
	const unsigned count = active_priority_registers();

	for (uint32_t lists = list_registers_implemented(), i = 0; lists != 0; lists >>= 1, i++)
		list_register_write(i, 0);
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
	write_register(ich_hcr_el2, ICH_HCR_EN);
	write_register(icc_sre_el1, 7); /* the system-register interface is the only one */
	synchronize_context();
}

void vgic_prepare_hardware(struct vcpu *vcpu, uint32_t intid)
{
	const struct vgic_bank *const bank = &vcpu->vgic.bank;

	vcpu->vgic.hardware_list[intid] = LR_PENDING | LR_HW |
					  ((bank->group1 >> intid & 1) != 0 ? LR_GROUP1 : 0) |
					  (uint64_t)bank->priority[intid] << LR_PRIORITY_SHIFT |
					  (uint64_t)intid << LR_PINTID_SHIFT | intid;
}

void vgic_reset_cpu(struct vcpu *vcpu)
{
	const uint32_t hardware = vcpu->vgic.hardware;
	struct vgic_bank *const bank = &vcpu->vgic.bank;

	gic_disable_private(hardware);
	gic_clear_private_pending(hardware);
	gic_deactivate_private(hardware);
	gic_mask_guest_interrupts(false);
	reset_cpu_interface();

	lock_acquire(&this_guest.vgic.lock);
	/* SPIs that this vCPU held are nobody's now; the next change of theirs lists them anew. */
	for (uint32_t i = 1; i <= this_guest.vgic.spi_banks; i++)
		for (uint32_t bit = 0; bit < VGIC_INTIDS_PER_BANK; bit++)
			if (this_guest.vgic.banks[i].holder[bit] == vcpu->index)
				this_guest.vgic.banks[i].listed &= ~(1U << bit);
	memset(&vcpu->vgic, 0, sizeof(vcpu->vgic));
	bank->edge = SGI_MASK;
	memset(bank->target, (int)vcpu->index, sizeof(bank->target));
	vcpu->vgic.hardware = hardware;
	for (uint32_t intid = GIC_FIRST_PPI; intid < GIC_PRIVATE_INTIDS; intid++)
		if ((hardware >> intid & 1) != 0)
			vgic_prepare_hardware(vcpu, intid);
	lock_release(&this_guest.vgic.lock);
}

void vgic_reset(struct vgic *vgic, uint32_t spi_count)
{
	memset(vgic, 0, sizeof(*vgic));
	vgic->control = GICD_CTLR_ARE | GICD_CTLR_DS;
	vgic->spi_banks = spi_count / VGIC_INTIDS_PER_BANK;
}

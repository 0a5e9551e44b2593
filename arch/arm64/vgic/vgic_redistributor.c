/* SPDX-License-Identifier: Apache-2.0 */
/* A vCPU's RD_base frame (IHI 0069, 12.11): who it is, and nothing to switch. */
#include "arch/arm64/gic/registers.h"
#include "arch/arm64/vcpu/vcpu.h"
#include "arch/arm64/vgic/direct.h"

bool vgic_redistributor_access(struct vcpu *vcpu, struct vgic_access *access)
{
	bool is_changing;

	if (access->offset == GICR_TYPER && access->size >= 4) {
		access->value = vcpu->redistributor_type; /* a word's load takes the lower half */
		return true;
	}
	if (access->size != 4 || access->offset % 4 != 0)
		return false;
	switch (access->offset) {
	case GICR_TYPER + 4:
		access->value = vcpu->redistributor_type >> 32;
		return true;
	case GICR_IIDR:
		access->value = VGIC_IIDR;
		return true;
	case GICR_CTLR:
		is_changing =
			this_cpu.is_direct ? direct_is_changing(vcpu) : vgic_is_changing(vcpu);
		/* Nothing to enable without LPIs. What was disabled may still come while RWP is. */
		access->value = is_changing ? GICR_CTLR_RWP : 0;
		return true;
	case GIC_PIDR2:
		access->value = VGIC_PIDR2;
		return true;
	case GICR_WAKER:
		/* Firmware has woken it. Asleep it still delivers, to a vCPU that is on all the
		 * same. */
		if (access->is_write)
			vcpu->is_asleep = (access->value & GICR_WAKER_PROCESSOR_SLEEP) != 0;
		else if (vcpu->is_asleep)
			access->value = GICR_WAKER_PROCESSOR_SLEEP | GICR_WAKER_CHILDREN_ASLEEP;
		return true;
	default:
		return true;
	}
}

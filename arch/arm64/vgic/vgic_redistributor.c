/* SPDX-License-Identifier: Apache-2.0 */
/* A vCPU's RD_base frame (IHI 0069, 12.11): who it is, and nothing to switch. */
#include "arch/arm64/gic/registers.h"
#include "arch/arm64/vcpu/vcpu.h"
#include "arch/arm64/vgic/direct.h"

/* The rarer registers, apart as in exits.c. */
static __attribute__((noinline)) bool other_access(struct vcpu *vcpu, struct vgic_access *access,
						   uint64_t typer)
{
	bool is_changing;

	if (access->size != 4 || access->offset % 4 != 0)
		return false;
	switch (access->offset) {
	case GICR_TYPER + 4:
		access->value = typer >> 32;
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
	default:
		/* WAKER: always awake; the rest is absent. */
		return true;
	}
}

bool vgic_redistributor_access(struct vcpu *vcpu, struct vgic_access *access)
{
	const bool is_last = vcpu->index + 1 == this_guest.vcpu_count;
	/* Aff3, which MPIDR has apart from the others. */
	const uint64_t typer = vcpu->mpidr << GICR_TYPER_AFFINITY_SHIFT |
			       vcpu->mpidr >> 32 << (GICR_TYPER_AFFINITY_SHIFT + 24) |
			       (uint64_t)vcpu->index << GICR_TYPER_NUMBER_SHIFT |
			       (is_last ? GICR_TYPER_LAST : 0);

	if (access->offset == GICR_TYPER && access->size >= 4) {
		access->value = typer; /* of which a word's load takes the lower half */
		return true;
	}
	return other_access(vcpu, access, typer);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Filling in this_guest from the plan. Boot only. */
#include "arch/arm64/gic/gic.h"
#include "arch/arm64/gic/registers.h"
#include "arch/arm64/vcpu/vcpu.h"
#include "common/plan/make.h"

void guest_create(const struct plan *plan, uint32_t partition)
{
	const struct plan_partition *const planned = &plan->partitions[partition];
	const uint32_t timers =
		1U << plan->board.virtual_timer_intid | 1U << plan->board.physical_timer_intid;

	this_guest.plan = planned;
	this_guest.vcpu_count = planned->cpu_count;
	this_guest.distributor = planned->distributor.value;
	this_guest.redistributors = planned->redistributors.value;
	this_guest.panic_device = plan_own_device(plan, partition, PLAN_VIRTUAL_PANIC);
	this_guest.supervisor = plan_own_device(plan, partition, PLAN_VIRTUAL_SUPERVISOR);
	this_guest.watchdog = plan_own_device(plan, partition, PLAN_VIRTUAL_WATCHDOG);
	this_guest.uart = planned->virtual_uart != 0 ? planned->uart.value : 0;

	for (uint32_t i = 0; i < planned->cpu_count; i++) {
		struct vcpu *const vcpu = &this_guest.vcpus[i];

		vcpu->index = i;
		vcpu->host_mpidr = plan->board.cpus[planned->cpus[i]].mpidr;
		/* A guest that generates SGIs itself must know the CPUs by their own names. */
		vcpu->mpidr = planned->direct_sgi_open != 0 ? vcpu->host_mpidr : vcpu_affinity(i);
		vcpu->kick = gic_kick_value(vcpu->host_mpidr, GIC_KICK_SGI);
		vcpu->vgic_kick = gic_kick_value(vcpu->host_mpidr, GIC_VGIC_SGI);
		vcpu->vgic.bank.hardware = planned->direct_interrupts != 0 ? 0 : timers;
		/* Aff3, which MPIDR has apart from the others. */
		vcpu->redistributor_type = vcpu->mpidr << GICR_TYPER_AFFINITY_SHIFT |
					   vcpu->mpidr >> 32 << (GICR_TYPER_AFFINITY_SHIFT + 24) |
					   (uint64_t)i << GICR_TYPER_NUMBER_SHIFT |
					   (i + 1 == planned->cpu_count ? GICR_TYPER_LAST : 0);
	}
	guest_reset();
}

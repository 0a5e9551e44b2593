/* SPDX-License-Identifier: Apache-2.0 */
/* A partition's state in arch/ as each of its lives begins. In the demand section. */
#include "arch/arm64/vcpu/vcpu.h"
#include "common/plan/system.h"

void guest_reset(void)
{
	const struct plan_partition *const planned = this_guest.plan;
	struct vcpu *const first = &this_guest.vcpus[0];

	/* An idle CPU of the partition may be about to leave what it does with the lock held. */
	lock_acquire(&this_guest.vgic.lock);
	vgic_reset(&this_guest.vgic, planned->spi_count);
	for (uint32_t i = 0; i < planned->interrupt_count; i++) {
		const struct plan_interrupt *const interrupt =
			&system_plan.interrupts[planned->interrupt_first + i];

		vgic_pass_through(interrupt->intid, interrupt->level_triggered != 0,
				  first->host_mpidr);
	}
	/* What a vCPU that still ran has done to one that had stopped before. */
	for (uint32_t i = 0; i < this_guest.vcpu_count; i++)
		vgic_forget_private(&this_guest.vcpus[i]);
	lock_release(&this_guest.vgic.lock);
	vgic_silence_hardware();
	/* vCPU 0 starts as soon as its CPU runs vCPUs; the others wait for CPU_ON. */
	first->entry = planned->entry.value;
	first->context = planned->device_tree.value;
	atomic_store_explicit(&first->state, VCPU_STARTING, memory_order_release);
}

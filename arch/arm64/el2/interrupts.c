/* SPDX-License-Identifier: Apache-2.0 */
/* Interrupts that reach EL2. */
#include <stddef.h>

#include "arch/arm64/el2/barriers.h"
#include "arch/arm64/el2/exits.h"
#include "arch/arm64/el2/system_registers.h"
#include "arch/arm64/gic/gic.h"
#include "arch/arm64/vcpu/vcpu.h"
#include "arch/arm64/vgic/direct.h"
#include "common/console/mux.h"
#include "common/plan/system.h"
#include "common/run/housekeeping.h"
#include "common/run/order.h"
#include "common/run/partition.h"
#include "common/vdev/pl011.h"

/*
 * Somebody has left something in the mailboxes that this CPU reads: its vCPU's attention bits, its
 * partition's state and orders, its console input; for housekeeping, what all partitions left.
 */
static void look_at_mailboxes(void)
{
	if (this_cpu.is_housekeeping)
		housekeeping_look();
	if (this_cpu.vcpu == NULL)
		return;

	const bool is_on =
		atomic_load_explicit(&this_cpu.vcpu->state, memory_order_relaxed) == VCPU_ON;

	/* Who takes an order tells vCPU 0's CPU what came of it: as it stops, or it is that CPU. */
	if (is_on || this_cpu.vcpu->index == 0)
		order_take();
	if (!partition_is_running()) {
		if (is_on)
			vcpu_stop();
		return;
	}
	pl011_poll();
	if (this_guest.watchdog != 0)
		watchdog_poll();
	vgic_update(this_cpu.vcpu);
}

/* An interrupt that EL2 keeps for itself. */
static void serve_own(uint32_t intid)
{
	if (intid == system_plan.board.hypervisor_timer_intid) {
		/* A level: off before it is ended. */
		write_register(cnthp_ctl_el2, 0);
		synchronize_context();
		gic_end(intid);
		if (this_cpu.is_housekeeping)
			housekeeping_alarm();
		return;
	}
	if (intid == system_plan.board.maintenance_intid) {
		/* A level, as the timer's: what it stands for is done before it is ended. */
		if (this_cpu.vcpu != NULL)
			vgic_update(this_cpu.vcpu);
		synchronize_context();
		gic_end(intid);
		return;
	}
	/* Ended first: what comes from here on interrupts anew; serving may not return. */
	gic_end(intid);
	/* Without a UART its INTID is 0, as that of the kick. */
	if (intid == GIC_KICK_SGI)
		look_at_mailboxes();
	else if (this_cpu.is_housekeeping && intid == system_plan.board.uart_intid)
		console_mux_interrupt();
	else if (intid == GIC_VGIC_SGI && this_cpu.vcpu != NULL && partition_is_running())
		vgic_look_at_own(this_cpu.vcpu);
}

void exit_interrupt(uint32_t intid)
{
	struct vcpu *const vcpu = this_cpu.vcpu;

	if (intid < GIC_PRIVATE_INTIDS) {
		if ((vcpu->vgic.bank.hardware >> intid & 1) != 0) {
			gic_drop_priority(intid);
			vgic_list_private(vcpu, intid);
			return;
		}
	} else if (vgic_owns_spi(&this_guest.vgic, intid)) {
		gic_drop_priority(intid);
		vgic_list_spi(vcpu, intid);
		return;
	}
	if (!gic_is_none(intid))
		serve_own(intid);
}

uint32_t serve_idle_interrupt(void)
{
	/* Of group 0 it would hold back what is not more urgent, and never be taken. */
	if (this_cpu.is_direct && !this_cpu.is_open)
		direct_leave_group0();

	const uint32_t intid = gic_acknowledge();

	if (gic_is_none(intid))
		return intid;
	/* The kick; or what a direct guest has pended from afar on a CPU of its own (direct.h). */
	if (this_cpu.is_direct)
		gic_end(intid);
	else /* what is the guest's is disabled, and its SPIs are masked */
		serve_own(intid);
	return intid;
}

void exit_fast_interrupt(void)
{
	/* Group 0 belongs to EL3; but for direct mode EL2 enables none: there is nothing to end. */
	if (this_cpu.is_direct)
		direct_fast_interrupt();
}

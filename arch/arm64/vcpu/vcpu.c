/* SPDX-License-Identifier: Apache-2.0 */
#include "arch/arm64/vcpu/vcpu.h"

#include "arch/arm64/el2/barriers.h"
#include "arch/arm64/el2/exits.h"
#include "arch/arm64/el2/system_registers.h"
#include "arch/arm64/gic/gic.h"
#include "arch/arm64/vgic/direct.h"
#include "common/run/order.h"
#include "common/run/partition.h"

#define PSTATE_NZCV UINT64_C(0xf0000000)
#define PSTATE_DIT  BIT(24)
#define PSTATE_PAN  BIT(22)
#define PSTATE_SSBS BIT(12)
#define SCTLR_SPAN  BIT(23)
#define SCTLR_DSSBS BIT(44)

/*
 * Nothing of what this vCPU translated or fetched before is left: at a reset TLBs and instruction
 * caches are empty, and a guest that starts with its MMU off may not expect otherwise (D1.2).
 */
static void drop_translations(void)
{
	__asm__ volatile("tlbi vmalle1\n\tic iallu" : : : "memory");
	complete_own_tlb_maintenance();
	synchronize_context();
}

void vcpu_start(struct vcpu *vcpu)
{
	vcpu_reset_el1();
	drop_translations();
	if (this_cpu.is_direct)
		direct_give_cpu();
	else
		vgic_start_cpu(vcpu);
	enter_guest(vcpu->entry, vcpu->context);
}

/* The partition has ended: whether no vCPU runs. A CPU_ON that came too late is void. */
static bool are_all_off(void)
{
	for (uint32_t i = 0; i < this_guest.vcpu_count; i++) {
		uint32_t state = VCPU_STARTING;

		/* Acquire: its CPU has done what vcpu_stop() does. */
		if (!atomic_compare_exchange_strong_explicit(&this_guest.vcpus[i].state, &state,
							     VCPU_OFF, memory_order_acquire,
							     memory_order_acquire) &&
		    state != VCPU_OFF)
			return false;
	}
	return true;
}

/*
 * The partition has ended. When all vCPUs are off, the CPU of the first one restarts it, if its
 * policy says so; who goes off last has kicked it.
 */
static void settle(const struct vcpu *vcpu)
{
	if (vcpu->index != 0 || partition_state() != PARTITION_RESTARTING || !are_all_off() ||
	    order_is_breaking_in())
		return;
	arch_on_demand(restart_gate);
	gic_kick(vcpu->kick);
}

/* Takes the start that a CPU_ON has left. Acquire: entry and context are that CPU_ON's. */
static bool is_to_start(struct vcpu *vcpu)
{
	uint32_t starting = VCPU_STARTING;

	return atomic_compare_exchange_strong_explicit(&vcpu->state, &starting, VCPU_ON,
						       memory_order_acq_rel, memory_order_relaxed);
}

/*
 * What others have done to this CPU's private interrupts while its vCPU was off has reached the
 * hardware; the books may have been closed since, by a restart.
 */
static _Noreturn void start(struct vcpu *vcpu)
{
	const struct vgic_bank *const bank = &vcpu->vgic.bank;

	gic_clear_private_pending(bank->hardware & ~bank->owed);
	gic_deactivate_private(bank->hardware & ~bank->active);
	vcpu_start(vcpu);
}

/*
 * The CPU's life while its vCPU does not run: sleep, and serve EL2's own interrupts. Who makes it
 * STARTING kicks afterwards, and the vCPU starts when the kick has been taken: it may not come to a
 * guest that owns its interrupts (direct.h).
 */
static _Noreturn void run(void)
{
	struct vcpu *const vcpu = this_cpu.vcpu;

	for (;;) {
		wait_for_interrupt();
		if (serve_idle_interrupt() != GIC_KICK_SGI || vcpu == NULL)
			continue;
		/*
		 * Only here: who takes an order stops its siblings, and nobody restarts the
		 * partition meanwhile but this CPU.
		 */
		if (vcpu->index == 0)
			order_take();
		if (!partition_is_running())
			settle(vcpu);
		else if (is_to_start(vcpu))
			start(vcpu);
	}
}

void vcpu_run(void)
{
	run_on_fresh_stack(run);
}

void vcpu_stop(void)
{
	struct vcpu *const vcpu = this_cpu.vcpu;

	write_register(cntv_ctl_el0, 0);
	write_register(cntp_ctl_el0, 0);
	synchronize_context();
	if (this_cpu.is_direct)
		direct_take_cpu();
	else
		vgic_reset_cpu(vcpu);
	/* Each CPU that leaves an ended partition's guest does this; the last one for good. */
	if (!partition_is_running())
		vgic_silence_hardware();
	/* What the guest has stored past the caches is in memory before somebody zeroes that. */
	complete_all_accesses();
	/* Release: who sees OFF may start it anew. */
	atomic_store_explicit(&vcpu->state, VCPU_OFF, memory_order_release);
	/*
	 * Either we see that it has ended, or who waits for all to be off sees that we are. A kick
	 * for an order may have been lost as the CPU was taken from the guest.
	 */
	atomic_thread_fence(memory_order_seq_cst);
	if (!partition_is_running() || order_is_waiting(this_partition.index))
		gic_kick(this_guest.vcpus[0].kick);
	vcpu_run();
}

/* Takes an exception to EL1h: what the hardware would do (Arm ARM D1.3.1). */
static void take_exception(uint64_t esr)
{
	const uint64_t pstate = read_register(spsr_el2);
	const uint64_t sctlr = read_register(sctlr_el1);
	const uint64_t mode = pstate & 0x1f; /* EL0t 0, EL1t 4, EL1h 5, AArch32 0x10.. */
	uint64_t vector = 0;		     /* current EL with SP_EL0 */

	if (mode == 5)
		vector = 0x200; /* current EL with SP_ELx */
	else if (mode == 0)
		vector = 0x400; /* lower EL, AArch64 */
	else if ((mode & 0x10) != 0)
		vector = 0x600; /* lower EL, AArch32 */

	write_register(esr_el1, esr);
	write_register(elr_el1, read_register(elr_el2));
	write_register(spsr_el1, pstate);
	write_register(elr_el2, read_register(vbar_el1) + vector);
	write_register(spsr_el2,
		       SPSR_EL1H_MASKED | (pstate & (PSTATE_NZCV | PSTATE_DIT)) |
			       ((sctlr & SCTLR_SPAN) != 0 ? pstate & PSTATE_PAN : PSTATE_PAN) |
			       ((sctlr & SCTLR_DSSBS) != 0 ? PSTATE_SSBS : 0));
}

/* Whether the guest was at EL1 when it exited: the exception class differs. */
static bool was_at_el1(void)
{
	return (read_register(spsr_el2) & 0x1c) == 4;
}

void vcpu_inject_abort(bool is_instruction, uint64_t address)
{
	const uint64_t synchronous_external = 0x10;
	uint64_t class;

	if (is_instruction)
		class = was_at_el1() ? EC_INSTRUCTION_ABORT_SAME : EC_INSTRUCTION_ABORT_LOW;
	else
		class = was_at_el1() ? EC_DATA_ABORT_SAME : EC_DATA_ABORT_LOW;
	write_register(far_el1, address);
	take_exception(class << ESR_EC_SHIFT | ESR_IL | synchronous_external);
}

void vcpu_inject_undefined(void)
{
	take_exception((uint64_t)EC_UNKNOWN << ESR_EC_SHIFT | ESR_IL);
}

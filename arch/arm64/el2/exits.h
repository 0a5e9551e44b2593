/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Exits: what brings a CPU from the guest to EL2, and who serves it.
 *
 *   vectors.S -> fast_synchronous(), fast_interrupt()      -> fast.c: the frequent ones; or else
 *             -> exit_synchronous() -> HVC, SMC            -> vcpu/smccc.c
 *                                      system register     -> vcpu/system_register_traps.c
 *                                      stage-2 abort       -> exits.c: a device's frame, or policy
 *             -> exit_interrupt()   -> a guest's interrupt -> a list register, at once
 *                                      kick, maintenance,
 *                                      UART                -> interrupts.c
 *             -> exit_error()       -> the partition stops, unless the error was corrected
 *
 * Handlers return to the guest by returning. Interrupts stay masked in EL2.
 */
#ifndef BULKHEAD_ARM64_EXITS_H
#define BULKHEAD_ARM64_EXITS_H

#include <stdint.h>

#include "arch/arm64/el2/cpu.h"
#include "arch/arm64/el2/system_registers.h"
#include "common/run/health.h"

/* Called by vectors.S. */
void exit_synchronous(struct guest_registers *guest);
void exit_interrupt(uint32_t intid); /* acknowledged */
void exit_fast_interrupt(void);
void exit_error(void);
_Noreturn void exit_own_exception(uint64_t kind, uint64_t esr, uint64_t elr, uint64_t far);

/* An event with what the registers say of this exit; its IPA is left zero. */
static inline struct health_event exit_event(enum health_kind kind)
{
	return (struct health_event){
		.kind = kind,
		.esr = read_register(esr_el2),
		.pc = read_register(elr_el2),
		.far = read_register(far_el2),
	};
}

/* One interrupt, if any is pending, on a CPU whose vCPU does not run: which, as acknowledged. */
uint32_t serve_idle_interrupt(void);

/* In vectors.S. */
_Noreturn void enter_guest(uint64_t entry, uint64_t context);
_Noreturn void run_on_fresh_stack(void (*function)(void));
void switch_tables(uint64_t root);

/* partition_restart(), where running code can name it: only while restart_root is in use. */
void restart_gate(void);
void clear_fp_registers(void);

/* vcpu/smccc.c: a call by HVC or SMC; x0 - x3 hold arguments and results. */
void smccc_call(struct guest_registers *guest);

/* vcpu/system_register_traps.c: a trapped MRS or MSR; esr says which. */
void system_register_access(struct guest_registers *guest, uint64_t esr);

#endif

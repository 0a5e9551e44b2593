/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Exits from the guest and the way back.
 *
 * While the guest runs, SP_EL2 points at the place for its registers, at the top of this CPU's stack.
 * An exit stores them there and calls C on the stack below; nothing else has to be found or set up.
 * ELR_EL2 and SPSR_EL2 stay where they are: C code changes them when it must.
 */
#include "arch/arm64/el2/layout.h"
#include "arch/arm64/el2/system_registers.h"

#define GIC_SPURIOUS 1020 /* gic.h */

/* What the fast exits may change (fast.h). */
	.macro	save_fast
	stp	x0, x1, [sp, #16 * 0]
	stp	x2, x3, [sp, #16 * 1]
	stp	x4, x5, [sp, #16 * 2]
	stp	x6, x7, [sp, #16 * 3]
	str	x30, [sp, #16 * 15]
	.endm

	.macro	restore_fast
	ldp	x0, x1, [sp, #16 * 0]
	ldp	x2, x3, [sp, #16 * 1]
	ldp	x4, x5, [sp, #16 * 2]
	ldp	x6, x7, [sp, #16 * 3]
	ldr	x30, [sp, #16 * 15]
	.endm

/* The rest of what any C function may change. */
	.macro	save_caller_saved
	stp	x8, x9, [sp, #16 * 4]
	stp	x10, x11, [sp, #16 * 5]
	stp	x12, x13, [sp, #16 * 6]
	stp	x14, x15, [sp, #16 * 7]
	stp	x16, x17, [sp, #16 * 8]
	str	x18, [sp, #16 * 9]
	.endm

	.macro	restore_caller_saved
	ldp	x8, x9, [sp, #16 * 4]
	ldp	x10, x11, [sp, #16 * 5]
	ldp	x12, x13, [sp, #16 * 6]
	ldp	x14, x15, [sp, #16 * 7]
	ldp	x16, x17, [sp, #16 * 8]
	ldr	x18, [sp, #16 * 9]
	.endm

/* The rest: C code that emulates an access may need any of the guest's registers. */
	.macro	save_callee_saved
	str	x19, [sp, #16 * 9 + 8]
	stp	x20, x21, [sp, #16 * 10]
	stp	x22, x23, [sp, #16 * 11]
	stp	x24, x25, [sp, #16 * 12]
	stp	x26, x27, [sp, #16 * 13]
	stp	x28, x29, [sp, #16 * 14]
	.endm

	.macro	restore_callee_saved
	ldr	x19, [sp, #16 * 9 + 8]
	ldp	x20, x21, [sp, #16 * 10]
	ldp	x22, x23, [sp, #16 * 11]
	ldp	x24, x25, [sp, #16 * 12]
	ldp	x26, x27, [sp, #16 * 13]
	ldp	x28, x29, [sp, #16 * 14]
	.endm

/* Back to the guest. No speculation past the ERET (as Linux and the Arm security notes have it). */
	.macro	return_to_guest
	eret
	dsb	nsh
	isb
	.endm

	.macro	vector
	.balign	0x80
	.endm

/* An exception in EL2 itself: on a stack that is surely good, because the stack may be the cause. */
	.macro	own_exception, kind
	vector
	msr	tpidr_el2, x0
	mov	x0, #\kind
	b	own_exception_common
	.endm

	.section .text.vectors, "ax"
	.balign	0x800
	.global	vectors
vectors:
	/* Current EL with SP_EL0: never used. */
	own_exception 0
	own_exception 1
	own_exception 2
	own_exception 3
	/* Current EL. */
	own_exception 4
	own_exception 5
	own_exception 6
	own_exception 7
	/* Lower EL, AArch64. */
	vector
	stp	x0, x1, [sp, #16 * 0]
	mrs	x1, esr_el2
	stp	x2, x3, [sp, #16 * 1]
	lsr	x2, x1, #ESR_EC_SHIFT
	cmp	x2, #EC_HVC64
	b.eq	workaround_or_call
not_a_workaround:
	stp	x4, x5, [sp, #16 * 2]
	stp	x6, x7, [sp, #16 * 3]
	str	x30, [sp, #16 * 15]
	mov	x0, sp
	bl	fast_synchronous
	cbz	w0, synchronous_exit
	restore_fast
	return_to_guest
	vector
	save_fast
	bl	fast_interrupt
	cmp	w0, #GIC_SPURIOUS
	b.ne	interrupt_exit
	restore_fast
	return_to_guest
	vector				// FIQ: group 0 belongs to firmware; none should come
	save_fast
	save_caller_saved
	bl	exit_fast_interrupt
	b	return_from_interrupt
	vector
	save_fast
	save_caller_saved
	bl	exit_error
	b	return_from_interrupt
	/* EL1 is AArch32: HCR_EL2.RW forbids it. EL0's exits come above whatever EL0 is (D1.3.1). */
	own_exception 12
	own_exception 13
	own_exception 14
	own_exception 15
	.balign	0x80

/*
 * SMCCC_ARCH_WORKAROUND_1, 2 and 3: guests call them at every change of process on some cores. They
 * are between the guest and firmware, which changes x0 - x3 alone (DEN0028, 7.5 - 7.7): who has them
 * is SMCCC 1.1, which defined the first, and preserves x4 - x17 (3.1). Older firmware denies them
 * when asked (SMCCC_ARCH_FEATURES passes its answer on). A guest that calls them all the same may
 * lose its own x4 - x17, no more: nothing of EL2 is in a register meanwhile but SP_EL2.
 */
workaround_or_call:
	eor	w2, w0, #0x80008000
	cbz	w2, workaround			// 0x80008000
	orr	w2, w2, #0x4000
	eor	w2, w2, #0xffff
	cbnz	w2, not_a_workaround		// 0x80007fff, 0x80003fff
workaround:
	ldp	x2, x3, [sp, #16 * 1]
	ldr	x1, [sp, #16 * 0 + 8]
	smc	#0
	return_to_guest

/* The slow way; what the fast one uses is saved. */
synchronous_exit:
	save_caller_saved
	save_callee_saved
	mov	x0, sp
	bl	exit_synchronous
	restore_callee_saved
return_from_interrupt:
	restore_caller_saved
	restore_fast
	return_to_guest
interrupt_exit:
	save_caller_saved
	bl	exit_interrupt
	b	return_from_interrupt

own_exception_common:
	ldr	x1, =(EL2_CPU + EMERGENCY_STACK_TOP)
	mov	sp, x1
	mrs	x1, esr_el2
	mrs	x2, elr_el2
	mrs	x3, far_el2
	b	exit_own_exception

/* enter_guest(entry, context): x0 of the guest is the context, all other registers are zero. */
	.global	enter_guest
enter_guest:
	ldr	x2, =(EL2_STACK_TOP - GUEST_REGISTERS_SIZE)
	mov	sp, x2
	msr	elr_el2, x0
	mov	x2, #SPSR_EL1H_MASKED
	msr	spsr_el2, x2
	mov	x0, x1
	.irp	n, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30
	mov	x\n, xzr
	.endr
	return_to_guest

/* run_on_fresh_stack(function): nothing of the old stack is needed any more. */
	.global	run_on_fresh_stack
run_on_fresh_stack:
	ldr	x1, =(EL2_STACK_TOP - GUEST_REGISTERS_SIZE)
	mov	sp, x1
	mov	x29, xzr
	mov	x30, xzr
	br	x0

/* switch_tables(root): from one set of this CPU's tables to another (el2_tables.h). */
	.global	switch_tables
switch_tables:
	dsb	ishst				// the new tables are visible to the walker
	msr	ttbr0_el2, x0
	isb
	tlbi	alle2				// what only the old tables mapped is gone
	dsb	nsh
	isb
	ret

/* clear_fp_registers(): a guest starts without another's data in them. */
	.global	clear_fp_registers
clear_fp_registers:
	.irp	n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
	movi	v\n\().2d, #0
	.endr
	msr	fpcr, xzr
	msr	fpsr, xzr
	ret
	.ltorg

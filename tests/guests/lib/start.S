/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Entry of our guests: the arm64 Image header, a stack for each CPU, vectors. The MMU stays off, so
 * that the guest needs no map; every address is taken relative to the program counter.
 */
#define STACK_SIZE 0x4000
#define MAX_CPUS   8

	.section .text.header, "ax"
	.global	image_header
image_header:
	b	entry
	.long	0
	.quad	0
	.quad	_image_size
	.quad	0xa
	.quad	0, 0, 0
	.ascii	"ARM\x64"
	.long	0

entry:
	mrs	x21, cntpct_el0		// the time of the first instruction, for the benchmark
	mov	x20, x0
	adrp	x0, _bss_start
	add	x0, x0, :lo12:_bss_start
	adrp	x1, _image_end
	add	x1, x1, :lo12:_image_end
1:	cmp	x0, x1
	b.hs	2f
	stp	xzr, xzr, [x0], #16
	b	1b
2:	/* libfdt's only absolute addresses are in its table of offsets: move them to where we are. */
	adrp	x0, _got_start
	add	x0, x0, :lo12:_got_start
	adrp	x1, _got_end
	add	x1, x1, :lo12:_got_end
	adrp	x2, _image_start
3:	cmp	x0, x1
	b.hs	4f
	ldr	x3, [x0]
	add	x3, x3, x2
	str	x3, [x0], #8
	b	3b
4:	mov	x0, #0
	bl	set_up_cpu
	mov	x0, x20
	mov	x1, x21
	bl	guest_start
5:	wfi
	b	5b

/* A CPU that guest_cpu_on() started; x0: its number. */
	.global	secondary_entry
secondary_entry:
	mov	x19, x0
	bl	set_up_cpu
	mov	x0, x19
	bl	guest_secondary_start
6:	wfi
	b	6b

/* x0: CPU number. The number stays in TPIDR_EL1. */
set_up_cpu:
	msr	tpidr_el1, x0
	adrp	x1, _stacks
	add	x1, x1, #STACK_SIZE
	mov	x2, #STACK_SIZE
	madd	x1, x0, x2, x1
	mov	sp, x1
	adrp	x1, vectors
	add	x1, x1, :lo12:vectors
	msr	vbar_el1, x1
	isb
	ret

	.macro	save
	stp	x0, x1, [sp, #-272]!
	mrs	x1, cntvct_el0		// as early as can be: the latency measurements use it
	stp	x2, x3, [sp, #16]
	stp	x4, x5, [sp, #32]
	stp	x6, x7, [sp, #48]
	stp	x8, x9, [sp, #64]
	stp	x10, x11, [sp, #80]
	stp	x12, x13, [sp, #96]
	stp	x14, x15, [sp, #112]
	stp	x16, x17, [sp, #128]
	stp	x18, x19, [sp, #144]
	stp	x20, x21, [sp, #160]
	stp	x22, x23, [sp, #176]
	stp	x24, x25, [sp, #192]
	stp	x26, x27, [sp, #208]
	stp	x28, x29, [sp, #224]
	mrs	x2, elr_el1
	mrs	x3, spsr_el1
	stp	x30, x2, [sp, #240]
	str	x3, [sp, #256]
	mov	x0, sp
	.endm

	.macro	restore
	ldp	x30, x2, [sp, #240]
	ldr	x3, [sp, #256]
	msr	elr_el1, x2
	msr	spsr_el1, x3
	ldp	x28, x29, [sp, #224]
	ldp	x26, x27, [sp, #208]
	ldp	x24, x25, [sp, #192]
	ldp	x22, x23, [sp, #176]
	ldp	x20, x21, [sp, #160]
	ldp	x18, x19, [sp, #144]
	ldp	x16, x17, [sp, #128]
	ldp	x14, x15, [sp, #112]
	ldp	x12, x13, [sp, #96]
	ldp	x10, x11, [sp, #80]
	ldp	x8, x9, [sp, #64]
	ldp	x6, x7, [sp, #48]
	ldp	x4, x5, [sp, #32]
	ldp	x2, x3, [sp, #16]
	ldp	x0, x1, [sp], #272
	eret
	.endm

	.text
	.balign	0x800
vectors:
	.rept	4			// SP_EL0 is never used
	.balign	0x80
	b	.
	.endr
	.balign	0x80
	b	synchronous
	.balign	0x80
	b	interrupt
	.balign	0x80
	b	interrupt
	.balign	0x80
	b	synchronous
	.rept	8			// nothing runs at EL0
	.balign	0x80
	b	.
	.endr

synchronous:
	save
	bl	guest_exception
	restore

interrupt:
	save
	bl	guest_interrupt
	restore

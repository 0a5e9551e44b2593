/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Firmware at EL3 with a source of "random" numbers (DEN0098), for QEMU's -bios with secure=on. It
 * enters an image at EL2 on the first CPU; the others sleep, and there is no PSCI to wake them.
 */
#define IMAGE	      0x44000000
#define DEVICE_TREE   0x48000000
#define DISTRIBUTOR   0x08000000
#define REDISTRIBUTOR 0x080a0000

	.text
	mrs	x0, mpidr_el1
	tst	x0, #0xff
	b.eq	2f
1:	wfi
	b	1b
2:	adr	x0, vectors
	msr	vbar_el3, x0
	mov	x0, #0x531			// NS, RES1, HCE, RW
	msr	scr_el3, x0
	msr	cptr_el3, xzr
	msr	mdcr_el3, xzr
	mov	x0, #0xf
	msr	s3_6_c12_c12_5, x0		// ICC_SRE_EL3: system registers, for lower levels too
	isb

	/* All interrupts are in the non-secure group 1, and forwarded. */
	ldr	x1, =DISTRIBUTOR
	mov	w0, #0x30			// ARE in both security states
	str	w0, [x1]
	mov	w0, #0x37
	str	w0, [x1]
	mov	w2, #0xffffffff
	add	x3, x1, #0x84			// GICD_IGROUPR1 and later
	mov	x4, #8
3:	str	w2, [x3], #4
	subs	x4, x4, #1
	b.ne	3b
	ldr	x1, =REDISTRIBUTOR
	str	wzr, [x1, #0x14]		// GICR_WAKER
	add	x1, x1, #0x10000
	str	w2, [x1, #0x80]			// GICR_IGROUPR0

	ldr	x0, =IMAGE
	msr	elr_el3, x0
	mov	x0, #0x3c9			// EL2h, all masked
	msr	spsr_el3, x0
	ldr	x0, =DEVICE_TREE
	eret
	.ltorg

	.balign	0x800
vectors:
	.space	0x400
	/* A call from below. x4 - x17 are ours to change (SMC Calling Convention 1.0). */
	ldr	w4, =0x84000050			// TRNG_VERSION
	sub	w5, w0, w4
	cbz	w5, version
	cmp	w5, #1
	b.eq	features
	cmp	w5, #2
	b.eq	uuid
	cmp	w5, #3
	b.eq	random32
	ldr	w4, =0xc4000053
	cmp	w0, w4
	b.eq	random64
refuse:	mov	x0, #-1
	eret
version:
	mov	x0, #0x10000
	cbnz	x1, refuse
	eret
features:
	mov	x0, #0
	eret
uuid:	cbnz	x1, refuse
	ldr	x0, =0x11111111
	ldr	x1, =0x22222222
	ldr	x2, =0x33333333
	ldr	x3, =0x44444444
	eret
random32:				// 40 bits, and what does not belong into the upper halves
	cmp	x1, #40
	b.ne	refuse
	mov	x0, #0
	ldr	x1, =0xabcd000000000000
	orr	x2, x1, #0xff
	orr	x3, x1, #0xffffffff
	eret
random64:
	cmp	x1, #130
	b.ne	refuse
	mov	x0, #0
	mov	x1, #2
	mov	x2, #-1
	mov	x3, #-1
	eret
	.ltorg

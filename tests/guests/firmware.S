/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Firmware at EL3 for QEMU's -bios with secure=on: what Trusted Firmware-A leaves behind on a board,
 * made small. It has PSCI 1.1, and a source of "random" numbers (DEN0098). All CPUs of the machine
 * start in it; one enters an image at EL2, the others wait for CPU_ON.
 *
 * The GIC's secure side is its own: group 0 has the secure timer, which ticks here on every CPU
 * while partitions run, SPI 11, and the SGI that ends a WFI for CPU_ON; SGIs 8 to 15 are secure. All
 * else is in the non-secure group 1.
 *
 * A test may write words to CONFIG: the CPU that boots, by its number; flags; and, of 64 bits, how much
 * further up image and device tree are.
 */
#define IMAGE	      0x44000000
#define DEVICE_TREE   0x48000000
#define DISTRIBUTOR   0x08000000
#define REDISTRIBUTOR 0x080a0000 /* 128 KiB for each CPU; QEMU has them in the CPUs' order */
#define CONSOLE	      0x09000000
#define SECURE_GPIO   0x090b0000 /* of the secure world: 0 switches off, 1 resets */
#define CONFIG	      0x43000000 /* 0, 0 when nobody has written it */
#define GROUP0_TO_EL2 1		 /* flag: SCR_EL3.FIQ is 0, and the secure side keeps still */
#define KEEPS_TIMER   2		 /* flag: the hypervisor's timer stays secure */
#define MASKS_ALL     4		 /* flag: the priority mask is never set */
#define NO_COUNTER    8		 /* flag: CNTFRQ_EL0 is never set */
#define SPARES_BOOT   16		 /* flag: the others are not for the CPU that boots */
#define KEEPS_CONSOLE 32		 /* flag: the console's SPI stays secure */

/* Secure RAM: for each CPU its state, entry and context, its ticks, and a stack. */
#define SECURE_RAM 0x0e000000
#define CPU_SIZE   0x1000
#define STATE	   0
#define WAS_ON	   4
#define ENTRY	   8
#define CONTEXT	   16
#define TICKS	   24
#define OFF	   0
#define ON_PENDING 1
#define ON	   2
#define CPUS	   32

#define SECURE_TIMER  29
#define WAKE_SGI      15
#define KEPT_SPI      (32 + 11)
#define CONSOLE_SPI   1
#define TICK	      625000 /* 10 ms */
#define SCR_GUEST     0x531  /* NS, RES1, HCE, RW */
#define SCR_FEATURES  0x4008030000 /* APK, API, FGTEn, HXEn: RES0 on CPUs without these */
#define SCR_FIQ	      0x4
#define MDCR_AS_TF_A  0x18000 /* SDD, SPD32 = legacy debug off */

	.text
start:	adr	x0, vectors
	msr	vbar_el3, x0
	mrs	x0, mpidr_el1
	and	x1, x0, #0xff
	ubfx	x2, x0, #8, #8
	add	x20, x1, x2, lsl #4		// the CPU's number: QEMU has 16 in a cluster
	ldr	x21, =SECURE_RAM
	mov	x0, #CPU_SIZE
	madd	x21, x20, x0, x21
	msr	tpidr_el3, x21
	add	x0, x21, #CPU_SIZE
	mov	sp, x0
	ldr	x22, =CONFIG
	ldp	w23, w22, [x22]			// the CPU that boots, flags
	cmp	w20, w23
	b.ne	1f
	tbz	w22, #4, 1f
	mov	w22, #0
1:
	ldr	x0, =(SCR_GUEST | SCR_FEATURES)
	tbnz	w22, #0, 1f
	orr	x0, x0, #SCR_FIQ
1:	msr	scr_el3, x0
	msr	cptr_el3, xzr
	ldr	x0, =MDCR_AS_TF_A
	msr	mdcr_el3, x0
	ldr	x0, =62500000
	tst	w22, #NO_COUNTER
	csel	x0, xzr, x0, ne
	msr	cntfrq_el0, x0
	mov	x0, #0xf
	msr	s3_6_c12_c12_5, x0		// ICC_SRE_EL3: system registers, for lower levels too
	isb

	/* This CPU's part of the GIC. */
	ldr	x1, =REDISTRIBUTOR
	add	x1, x1, x20, lsl #17
	str	wzr, [x1, #0x14]		// GICR_WAKER
2:	ldr	w0, [x1, #0x14]
	tbnz	w0, #2, 2b			// ChildrenAsleep
	add	x26, x1, #0x10000
	ldr	w0, =0xdfff00ff			// GICR_IGROUPR0: not the timer's, nor SGIs 8 to 15
	tbz	w22, #1, 3f
	and	w0, w0, #~(1 << 26)
3:	str	w0, [x26, #0x80]
	mov	w0, #0x7f00
	str	w0, [x26, #0xd00]		// GICR_IGRPMODR0: SGIs 8 to 14 in the secure group 1
	mov	w0, #0x20
	strb	w0, [x26, #(0x400 + SECURE_TIMER)]
	strb	w0, [x26, #(0x400 + WAKE_SGI)]
	mov	w0, #(1 << WAKE_SGI)
	str	w0, [x26, #0x100]		// GICR_ISENABLER0
	mov	x0, #0xff
	msr	s3_0_c4_c6_0, x0		// ICC_PMR_EL1
	mov	x0, #1
	msr	s3_0_c12_c12_6, x0		// ICC_IGRPEN0_EL1
	ldr	w0, [x21, #WAS_ON]		// also the CPU that boots does it but once
	cbnz	w0, wait_for_cpu_on
	cmp	w20, w23
	b.eq	boot

wait_for_cpu_on:
	isb
	dsb	sy
	wfi
	mrs	x0, s3_0_c12_c8_0		// ICC_IAR0_EL1
	cmp	x0, #WAKE_SGI
	b.ne	wait_for_cpu_on
	msr	s3_0_c12_c8_1, x0		// ICC_EOIR0_EL1
	ldr	x25, [x21, #ENTRY]
	ldr	x24, [x21, #CONTEXT]
	b	enter

	/* SPIs are in the non-secure group 1, but for one or two. Who gets them has to enable it. */
boot:	ldr	x1, =DISTRIBUTOR
	mov	w0, #0x30			// ARE in both security states
	str	w0, [x1]
	mov	w0, #0x35			// groups 0 and secure 1
	str	w0, [x1]
	mov	w2, #0xffffffff
	add	x3, x1, #0x84			// GICD_IGROUPR1 and later
	mov	x4, #8
4:	str	w2, [x3], #4
	subs	x4, x4, #1
	b.ne	4b
	mov	w0, #~(1 << (KEPT_SPI - 32))
	tbz	w22, #5, 8f
	and	w0, w0, #~(1 << CONSOLE_SPI)
8:	str	w0, [x1, #0x84]
	ldr	x0, =CONFIG
	ldr	x0, [x0, #8]
	ldr	x25, =IMAGE
	ldr	x24, =DEVICE_TREE
	add	x25, x25, x0
	add	x24, x24, x0

	/* Down to EL2 at x25 with x24 in x0; until then only the waking SGI came. */
enter:	tbz	w22, #2, 5f
	msr	s3_0_c4_c6_0, xzr		// ICC_PMR_EL1
5:	tbz	w22, #0, 6f
	msr	s3_0_c12_c12_6, xzr		// ICC_IGRPEN0_EL1
	b	7f
6:	mov	w0, #(1 << SECURE_TIMER)
	str	w0, [x26, #0x100]		// GICR_ISENABLER0
	ldr	x0, =TICK
	msr	s3_7_c14_c2_0, x0		// CNTPS_TVAL_EL1
	mov	x0, #1
	msr	s3_7_c14_c2_1, x0		// CNTPS_CTL_EL1
7:	mov	w0, #ON
	str	w0, [x21, #STATE]
	msr	elr_el3, x25
	mov	x0, #0x3c9			// EL2h, all masked
	msr	spsr_el3, x0
	mov	x0, x24
	isb
	eret
	.ltorg

	/* A call from below; x4 - x17 are as they were afterwards (SMC Calling Convention 1.1). */
call:	stp	x4, x5, [sp, #-32]!
	stp	x6, x7, [sp, #16]
	mrs	x5, esr_el3
	lsr	x5, x5, #26
	cmp	x5, #0x17			// SMC
	b.ne	unexpected
	adr	x5, calls
1:	ldp	w4, w6, [x5], #8
	cbz	w4, refuse
	cmp	w4, w0
	b.ne	1b
	adr	x5, calls
	add	x5, x5, w6, sxtw
	br	x5
refuse:	mov	x0, #-1				// NOT_SUPPORTED
	b	done
allow:	mov	x0, #0
done:	ldp	x6, x7, [sp, #16]
	ldp	x4, x5, [sp], #32
	eret

	.macro	answers, function, label
	.long	\function, \label - calls
	.endm
	.balign	8
calls:	answers	0x80000000, smccc_version
	answers	0x80000001, refuse		// SMCCC_ARCH_FEATURES
	answers	0x84000000, psci_version
	answers	0x8400000a, psci_features
	answers	0xc4000003, cpu_on
	answers	0x84000002, cpu_off
	answers	0xc4000004, affinity_info
	answers	0x84000006, migrate_info
	answers	0x84000008, system_off
	answers	0x84000009, system_reset
	answers	0x84000050, trng_version
	answers	0x84000051, allow		// TRNG_FEATURES
	answers	0x84000052, trng_uuid
	answers	0x84000053, trng_32
	answers	0xc4000053, trng_64
	.quad	0

smccc_version:
psci_version:
	mov	w0, #0x10001
	b	done
migrate_info:
	mov	x0, #2				// no trusted OS that would have to migrate
	b	done
psci_features:
	adr	x5, calls
1:	ldp	w4, w6, [x5], #8
	cbz	w4, refuse
	cmp	w4, w1
	b.ne	1b
	b	allow

	/* x1: an MPIDR; its CPU's page to x5. */
	.macro	find_cpu
	mov	x4, #0x10f			// Aff1 of 0 or 1, Aff0 up to 15
	bics	xzr, x1, x4
	b.ne	invalid
	and	x4, x1, #0xf
	lsr	x5, x1, #8
	add	x4, x4, x5, lsl #4
	ldr	x5, =SECURE_RAM
	add	x5, x5, x4, lsl #12
	.endm
invalid:
	mov	x0, #-2
	b	done
cpu_on:	find_cpu
	ldr	w4, [x5, #STATE]
	mov	x0, #-4				// ALREADY_ON
	cmp	w4, #ON
	b.eq	done
	mov	x0, #-5				// ON_PENDING
	cmp	w4, #ON_PENDING
	b.eq	done
	str	x2, [x5, #ENTRY]
	str	x3, [x5, #CONTEXT]
	mov	w4, #ON_PENDING
	str	w4, [x5, #STATE]
	and	x4, x1, #0xf
	mov	x5, #1
	lsl	x5, x5, x4
	and	x4, x1, #0xf00
	orr	x5, x5, x4, lsl #8		// Aff1
	mov	w4, #(WAKE_SGI << 24)
	orr	x5, x5, x4
	dsb	sy				// it finds what was stored
	msr	s3_0_c12_c11_7, x5		// ICC_SGI0R_EL1
	isb
	b	allow
affinity_info:
	cbnz	x2, invalid
	find_cpu
	ldr	w4, [x5, #STATE]
	add	w0, w4, #1			// PSCI has 1 for OFF, 2 for ON_PENDING, 0 for ON
	cmp	w4, #ON
	csel	w0, wzr, w0, eq
	b	done
cpu_off:
	msr	s3_7_c14_c2_1, xzr		// CNTPS_CTL_EL1
	mrs	x4, tpidr_el3
	mov	w5, #1
	stp	wzr, w5, [x4]			// STATE, WAS_ON
	b	start

	/* Says how often the secure timer has ticked on this CPU, and forgets all CPUs. */
system_off:
	mov	w7, #1
	b	1f
system_reset:
	mov	w7, #2
1:	adr	x0, off_text
	bl	say
	mrs	x4, tpidr_el3
	ldr	x0, [x4, #TICKS]
	bl	say_number
	ldr	x4, =SECURE_RAM
	mov	x5, #CPUS
2:	stp	xzr, xzr, [x4]
	stp	xzr, xzr, [x4, #16]
	add	x4, x4, #CPU_SIZE
	subs	x5, x5, #1
	b.ne	2b
	ldr	x4, =SECURE_GPIO
	mov	w5, #3
	str	w5, [x4, #0x400]		// PL061: directions
	str	w7, [x4, #(3 << 2)]		// data of these two
3:	wfi
	b	3b

trng_version:
	mov	x0, #0x10000
	cbnz	x1, refuse
	b	done
trng_uuid:
	cbnz	x1, refuse
	ldr	x0, =0x11111111
	ldr	x1, =0x22222222
	ldr	x2, =0x33333333
	ldr	x3, =0x44444444
	b	done
trng_32:				// 40 bits, and what does not belong into the upper halves
	cmp	x1, #40
	b.ne	refuse
	mov	x0, #0
	ldr	x1, =0xabcd000000000000
	orr	x2, x1, #0xff
	orr	x3, x1, #0xffffffff
	b	done
trng_64:
	cmp	x1, #130
	b.ne	refuse
	mov	x0, #0
	mov	x1, #2
	mov	x2, #-1
	mov	x3, #-1
	b	done

	/* The secure timer; nothing else may come here. */
interrupt:
	stp	x4, x5, [sp, #-32]!
	stp	x6, x7, [sp, #16]
	mrs	x4, s3_0_c12_c8_0		// ICC_IAR0_EL1
	cmp	x4, #SECURE_TIMER
	b.ne	unexpected
	mrs	x5, tpidr_el3
	ldr	x6, [x5, #TICKS]
	add	x6, x6, #1
	str	x6, [x5, #TICKS]
	ldr	x6, =TICK
	msr	s3_7_c14_c2_0, x6
	isb
	msr	s3_0_c12_c8_1, x4		// ICC_EOIR0_EL1
	b	done

	/* What traps to EL3, or comes to it, ends here with its syndrome and address. */
unexpected:
	adr	x0, unexpected_text
	bl	say
	mrs	x0, esr_el3
	bl	say_number
	mrs	x0, elr_el3
	bl	say_number
1:	wfi
	b	1b

say:	ldr	x2, =CONSOLE
1:	ldrb	w1, [x0], #1
	cbz	w1, 2f
	str	w1, [x2]
	b	1b
2:	ret
say_number:
	ldr	x2, =CONSOLE
	mov	x3, #60
1:	lsr	x1, x0, x3
	and	x1, x1, #0xf
	cmp	x1, #10
	add	x4, x1, #'0'
	add	x1, x1, #('a' - 10)
	csel	x1, x4, x1, lo
	str	w1, [x2]
	subs	x3, x3, #4
	b.pl	1b
	mov	w1, #'\r'
	str	w1, [x2]
	mov	w1, #'\n'
	str	w1, [x2]
	ret
off_text:
	.asciz	"\r\nfirmware: the board goes down, secure ticks 0x"
unexpected_text:
	.asciz	"\r\nfirmware: unexpected exception 0x"
	.balign	8
	.ltorg

	.balign	0x800
vectors:
	.rept	8				// from EL3 itself
	.balign	0x80
	b	unexpected
	.endr
	.balign	0x80
	b	call
	.balign	0x80
	b	unexpected
	.balign	0x80
	b	interrupt
	.rept	5
	.balign	0x80
	b	unexpected
	.endr

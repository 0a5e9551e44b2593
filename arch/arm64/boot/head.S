/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The first instructions: the arm64 Image header, the entry of the boot CPU and of the others, and
 * the step into the EL2 address space.
 *
 * The image runs from wherever the boot loader put it (a 2 MiB boundary), but is linked at EL2_BASE.
 * All code that runs before the MMU is on therefore takes addresses with adrp only, which yields
 * physical ones here and virtual ones afterwards; nothing is relocated.
 */
#include "arch/arm64/el2/layout.h"
#include "arch/arm64/el2/system_registers.h"

/* Loads a 64-bit constant. */
	.macro	mov_q, register, value
	ldr	\register, =\value
	.endm

	.section .boot.head, "ax"

/* Linux, Documentation/arm64/booting.rst: the header of an Image. */
	.global	image_header
image_header:
	b	boot_entry
	.long	0
	.quad	0			// text_offset
	.quad	_image_size		// what the image occupies, with its BSS
	.quad	0xa			// little-endian, 4 KiB pages, anywhere in memory
	.quad	0, 0, 0
	.ascii	"ARM\x64"
	.long	0
/* Behind the header: what imagebuilder fills in when it packs all of a system into one image. */
	.ascii	"BULKHEAD"
	.global	carried_tree
carried_tree:
	.quad	0			// offset of the device tree from the header; 0: there is none
	.global	packed_address
packed_address:
	.quad	0			// of the header, when the modules lie where the tree says

/* x0: physical address of the device tree, unless the image carries one; MMU off. */
boot_entry:
	mrs	x21, cntpct_el0
	adr	x20, image_header
	ldr	x1, carried_tree
	add	x20, x20, x1
	cmp	x1, #0
	csel	x20, x20, x0, ne
	bl	require_el2

	/*
	 * Our writes bypass the caches as long as the MMU is off. The boot loader cleaned what it loaded,
	 * not our BSS: lines of it that are still in a cache must neither be written back over
	 * our data nor hit afterwards, so they are invalidated before and after (D7.5.9).
	 */
	adrp	x0, _bss_start
	adrp	x1, _image_end
	bl	invalidate_range
	adrp	x0, _bss_start
	adrp	x1, _image_end
1:	stp	xzr, xzr, [x0], #16
	stp	xzr, xzr, [x0], #16
	cmp	x0, x1
	b.lo	1b

	adrp	x0, boot_cpu_memory + CPU_MEMORY_STACK + EL2_STACK_SIZE
	mov	sp, x0
	bl	early_build_tables	// returns the root table
	mov	x19, x0
	adrp	x0, _bss_start
	adrp	x1, _image_end
	bl	invalidate_range

	mov	x0, x19
	ldr	x1, =launch_boot_cpu
	b	enter_el2_space

/* A CPU that PSCI started. x0: its memory, which begins with its root table. */
	.global	secondary_entry
secondary_entry:
	mov	x19, x0
	bl	require_el2
	mov	x0, x19
	ldr	x1, =launch_other_cpu
	/* fall through */

/*
 * Turns the MMU on and continues at the virtual address x1 with a fresh stack. x0: root table (PA);
 * x20, x21 become the arguments. The page that holds this code is mapped at its physical address.
 */
enter_el2_space:
	mov	x2, #(MAIR_DEVICE_nGnRE | (MAIR_NORMAL << 8))
	msr	mair_el2, x2
	mrs	x3, id_aa64mmfr0_el1
	and	x3, x3, #7			// PARange, at most 48 bits with 4 KiB pages
	cmp	x3, #5
	mov	x4, #5
	csel	x3, x3, x4, ls
	mov_q	x2, (TCR_EL2_RES1 | TCR_EL2_CACHEABLE | TCR_EL2_T0SZ_48)
	orr	x2, x2, x3, lsl #TCR_EL2_PS_SHIFT
	msr	tcr_el2, x2
	msr	ttbr0_el2, x0
	isb
	tlbi	alle2				// nothing of the boot loader's tables survives
	ic	iallu
	dsb	nsh				// both are complete on this CPU
	isb
	mov_q	x2, (SCTLR_EL2_RES1 | SCTLR_EL2_M | SCTLR_EL2_C | SCTLR_EL2_SA | SCTLR_EL2_I | SCTLR_EL2_WXN)
	msr	sctlr_el2, x2
	isb
	ldr	x2, =EL2_STACK_TOP
	mov	sp, x2
	ldr	x2, =vectors
	msr	vbar_el2, x2
	isb
	mov	x0, x20
	mov	x2, x1
	mov	x1, x21
	mov	x29, xzr
	mov	x30, xzr
	br	x2

/*
 * EL2 with the MMU off and interrupts masked, or no further: without EL2 as we know it there is
 * neither a console nor any isolation to give. Keeps x19 - x21.
 */
require_el2:
	msr	daifset, #0xf
	mrs	x9, currentel
	cmp	x9, #CURRENT_EL_2
	b.ne	2f
	msr	spsel, #1			// exceptions from EL1 use SP_EL2, whatever is selected
	msr	hcr_el2, xzr			// in particular, not the E2H register layout
	isb					// CPTR_EL2 and SCTLR_EL2 look different with it
	mrs	x9, hcr_el2
	tbnz	x9, #HCR_E2H_SHIFT, 2f		// RES1 on CPUs without FEAT_E2H0: not supported
	mov	x9, #CPTR_EL2_FP_FREE		// libfdt uses FP registers; the reset value is unknown
	msr	cptr_el2, x9
	mov_q	x9, SCTLR_EL2_RES1
	msr	sctlr_el2, x9
	isb
	ret
2:	wfe
	b	2b

/* Invalidates the data cache to the point of coherency from x0 up to x1. */
invalidate_range:
	dmb	sy				// DC by VA is not ordered behind Device accesses (D7.5.9)
	mrs	x9, ctr_el0
	ubfx	x9, x9, #16, #4			// DminLine: log2 of the words in a line
	mov	x10, #4
	lsl	x9, x10, x9
	sub	x10, x9, #1
	bic	x0, x0, x10
3:	dc	ivac, x0
	add	x0, x0, x9
	cmp	x0, x1
	b.lo	3b
	dsb	sy				// complete before any access that relies on it
	ret
	.ltorg

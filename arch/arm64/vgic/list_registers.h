/* SPDX-License-Identifier: Apache-2.0 */
/*
 * List registers: the interrupts that the virtual CPU interface presents to the guest (IHI 0069,
 * 12.4.8). A list register is free when its state is invalid; ICH_ELRSR_EL2 has a bit for each free
 * one. Only the CPU that runs the vCPU can reach them.
 */
#ifndef BULKHEAD_ARM64_LIST_REGISTERS_H
#define BULKHEAD_ARM64_LIST_REGISTERS_H

#include <stdbool.h>
#include <stdint.h>

#include "arch/arm64/el2/barriers.h"
#include "arch/arm64/el2/system_registers.h"

#define LR_PINTID_SHIFT	   32	   /* HW = 1: what the guest's EOI deactivates */
#define LR_EOI		   BIT(41) /* HW = 0: maintenance interrupt when the guest ends it */
#define LR_PRIORITY_SHIFT  48
#define LR_PRIORITY_MASK   (UINT64_C(0xff) << LR_PRIORITY_SHIFT)
#define LR_PRIORITY(value) ((uint8_t)((value) >> LR_PRIORITY_SHIFT))
#define LR_GROUP1	   BIT(60)
#define LR_HW		   BIT(61)
#define LR_PENDING	   BIT(62)
#define LR_ACTIVE	   BIT(63)
#define LR_STATE	   (LR_PENDING | LR_ACTIVE)

/* Maintenance interrupts: at most one list register is in use; an end had none; none is pending. */
#define ICH_HCR_UIE	BIT(1)
#define ICH_HCR_LRENPIE BIT(2)
#define ICH_HCR_NPIE	BIT(3)
#define ICH_HCR_TDIR                                                                               \
	BIT(14) /* the guest's writes of ICC_DIR_EL1 trap, where ICH_VTR_TDS says so               \
		 */
#define ICH_HCR_ENDS(control) ((unsigned)((control) >> 27) & 0x1f) /* EOIcount */
#define ICH_VTR_TDS	      BIT(19)
#define ICH_VMCR_EOIM	      BIT(9) /* the guest's EOImode: its end-of-interrupt does not deactivate */

/* The register's number is part of the instruction, so each has a case of its own. */
#define LIST_REGISTER_CASES(each)                                                                  \
	each(0) each(1) each(2) each(3) each(4) each(5) each(6) each(7) each(8) each(9) each(10)   \
		each(11) each(12) each(13) each(14) each(15)

static inline uint64_t list_register_read(unsigned index)
{
	switch (index) {
#define READ_CASE(n)                                                                               \
	case n:                                                                                    \
		return read_register(ich_lr##n##_el2);
		LIST_REGISTER_CASES(READ_CASE)
#undef READ_CASE
	default:
		return 0;
	}
}

static inline void list_register_write(unsigned index, uint64_t value)
{
	switch (index) {
#define WRITE_CASE(n)                                                                              \
	case n:                                                                                    \
		write_register(ich_lr##n##_el2, value);                                            \
		return;
		LIST_REGISTER_CASES(WRITE_CASE)
#undef WRITE_CASE
	default:
		return;
	}
}

/* A bit for each list register that the hardware has: touching another is undefined. */
static inline uint32_t list_registers_implemented(void)
{
	/* ICH_VTR_EL2.ListRegs is their number less one. */
	return (2U << (read_register(ich_vtr_el2) & 0x1f)) - 1;
}

/*
 * Bits of the list registers that the hardware has and that hold no interrupt. One whose end has
 * yet to be noticed (LR_EOI) is not among them (12.4.5).
 *
 * ICH_ELRSR_EL2 and ICH_EISR_EL2 follow a write to a list register only after a context
 * synchronization (DDI 0487, D17.1.2). What is read too early shows a list register as free that is
 * not. An exit from the guest is such an event, so that its first look needs none of its own.
 */
static inline uint32_t list_registers_free_at_exit(void)
{
	return (uint32_t)read_register(ich_elrsr_el2);
}

static inline uint32_t list_registers_free(void)
{
	synchronize_context(); /* list registers written before */
	return list_registers_free_at_exit();
}

/* Bits of the list registers whose interrupt the guest has ended, noticed or not. */
static inline uint32_t list_registers_ended(void)
{
	const uint32_t free = list_registers_free();

	return free | (uint32_t)read_register(ich_eisr_el2);
}

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* What ESR_EL2 says of an exit (Arm ARM D17.2.37), and what follows from it. */
#ifndef BULKHEAD_ARM64_SYNDROME_H
#define BULKHEAD_ARM64_SYNDROME_H

#include <stdbool.h>
#include <stdint.h>

#include "arch/arm64/el2/system_registers.h"
#include "common/lib/address.h"

#define ZERO_REGISTER 31

/* A data abort's ISS. */
#define ISS_VALID	    BIT(24)
#define ISS_SIZE(esr)	    (1U << ((esr) >> 22 & 3)) /* bytes */
#define ISS_WORDS	    BIT(23)		      /* 4 bytes, or with the next bit 8 */
#define ISS_DOUBLEWORD	    BIT(22)
#define ISS_SIGN_EXTEND	    BIT(21)
#define ISS_UPPER_REGISTERS (UINT64_C(3) << 19) /* it is x8 or above */
#define ISS_REGISTER(esr)   ((esr) >> 16 & 0x1f)
#define ISS_64_BIT	    BIT(15)
#define ISS_TABLE_WALK	    BIT(7)
#define ISS_WRITE	    BIT(6)
#define ISS_FAULT_KIND	    UINT64_C(0x3c) /* of the fault status, without the level */
#define ISS_TRANSLATION	    UINT64_C(0x04)

/* The ISS of a trapped MRS or MSR. */
#define SYSREG(op0, op1, crn, crm, op2)                                                            \
	((op0) << 20 | (op2) << 17 | (op1) << 14 | (crn) << 10 | (crm) << 1)
#define SYSREG_NAME_MASK       SYSREG(3U, 7U, 15U, 15U, 7U)
#define SYSREG_CRM(esr)	       ((unsigned)((esr) >> 1) & 0xf)
#define SYSREG_OP2(esr)	       ((unsigned)((esr) >> 17) & 7)
#define SYSREG_REGISTER(esr)   ((esr) >> 5 & 0x1f)
#define SYSREG_UPPER_REGISTERS UINT64_C(0x300) /* it is x8 or above */
#define SYSREG_IS_READ	       1U
#define SYSREG_ICC_PMR_EL1     SYSREG(3U, 0U, 4U, 6U, 0U)
#define SYSREG_ICC_DIR_EL1     SYSREG(3U, 0U, 12U, 11U, 1U)
#define SYSREG_ICC_RPR_EL1     SYSREG(3U, 0U, 12U, 11U, 3U)
#define SYSREG_ICC_SGI1R_EL1   SYSREG(3U, 0U, 12U, 11U, 5U)
#define SYSREG_ICC_ASGI1R_EL1  SYSREG(3U, 0U, 12U, 11U, 6U)
#define SYSREG_ICC_SGI0R_EL1   SYSREG(3U, 0U, 12U, 11U, 7U)
#define SYSREG_ICC_CTLR_EL1    SYSREG(3U, 0U, 12U, 12U, 4U)

#define PSTATE_AARCH32 BIT(4)
#define PSTATE_BTYPE   (UINT64_C(3) << 10)
#define PSTATE_SS      BIT(21)

/*
 * An A64 instruction was emulated: the guest goes on behind it. A single step of it is done
 * (D2.12.3), and the next one is no branch target (D8.4.6).
 */
static inline void skip_a64_instruction(uint64_t pstate)
{
	if ((pstate & (PSTATE_SS | PSTATE_BTYPE)) != 0)
		write_register(spsr_el2, pstate & ~PSTATE_SS & ~PSTATE_BTYPE);
	write_register(elr_el2, read_register(elr_el2) + 4);
}

/* A fault of the translation itself: the only one for which HPFAR_EL2 is valid here. */
static inline bool is_translation_fault(uint64_t esr)
{
	return (esr & ISS_FAULT_KIND) == ISS_TRANSLATION;
}

/* The guest physical address of such a fault (D17.2.63). */
static inline uint64_t fault_address(void)
{
	return (read_register(hpfar_el2) & ~UINT64_C(0xf)) << 8 |
	       (read_register(far_el2) & (PAGE_SIZE - 1));
}

#endif

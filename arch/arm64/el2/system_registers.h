/* SPDX-License-Identifier: Apache-2.0 */
/*
 * System registers: access, and the bits that Bulkhead sets (Arm ARM DDI 0487, chapter D; GIC
 * registers: IHI 0069, chapter 12).
 */
#ifndef BULKHEAD_ARM64_SYSTEM_REGISTERS_H
#define BULKHEAD_ARM64_SYSTEM_REGISTERS_H

#define BIT(n) (UINT64_C(1) << (n))

#define CURRENT_EL_2 0x8

/* Translation regime of EL2. */
#define TCR_EL2_T0SZ_48	  16
#define TCR_EL2_CACHEABLE 0x3500 /* inner shareable, inner and outer write-back write-allocate */
#define TCR_EL2_RES1	  0x80800000
#define TCR_EL2_PS_SHIFT  16
#define MAIR_DEVICE_nGnRE 0x04
#define MAIR_NORMAL	  0xff
#define MAIR_INDEX_DEVICE 0
#define MAIR_INDEX_NORMAL 1
#define SCTLR_EL2_RES1	  0x30c50830
#define SCTLR_EL2_M	  0x00001
#define SCTLR_EL2_C	  0x00004
#define SCTLR_EL2_SA	  0x00008
#define SCTLR_EL2_I	  0x01000
#define SCTLR_EL2_WXN	  0x80000

#define CPTR_EL2_FP_FREE 0x33ff /* RES1 bits, SVE and SME trap; FP does not (E2H = 0) */
#define CPTR_EL2_TZ	 0x0100 /* SVE */

#define HCR_E2H_SHIFT 34 /* the host's register layout; we use the other */

#define SPSR_EL1H_MASKED 0x3c5 /* EL1h, D A I F masked */

/* ESR_ELx: exception classes. */
#define ESR_EC_SHIFT		  26
#define EC_UNKNOWN		  0x00
#define EC_HVC64		  0x16
#define EC_SMC64		  0x17
#define EC_SYSTEM_REGISTER	  0x18
#define EC_INSTRUCTION_ABORT_LOW  0x20
#define EC_INSTRUCTION_ABORT_SAME 0x21
#define EC_DATA_ABORT_LOW	  0x24
#define EC_DATA_ABORT_SAME	  0x25

#ifndef __ASSEMBLER__

#include <stdint.h>

#define read_register(name)                                                                        \
	({                                                                                         \
		uint64_t value_;                                                                   \
		__asm__ volatile("mrs %0, " #name : "=r"(value_));                                 \
		value_;                                                                            \
	})

#define write_register(name, value)                                                                \
	do {                                                                                       \
		const uint64_t written_ = (value);                                                 \
		__asm__ volatile("msr " #name ", %x0" : : "rZ"(written_));                         \
	} while (0)

/* Four bits of an ID register, one feature. */
#define ID_FIELD(register, shift) (read_register(register) >> (shift)&0xf)

/* Affinity fields of MPIDR_EL1 and of GICR_TYPER's copy of them. */
#define MPIDR_AFFINITY_MASK UINT64_C(0xff00ffffff)

/* HCR_EL2 (D17.2.48). */
#define HCR_VM	  BIT(0) /* stage 2 on */
#define HCR_SWIO  BIT(1) /* set/way invalidate also cleans */
#define HCR_FMO	  BIT(3) /* FIQ, IRQ, SError to EL2; virtual ones to EL1 */
#define HCR_IMO	  BIT(4)
#define HCR_AMO	  BIT(5)
#define HCR_TID1  BIT(16) /* SMIDR_EL1 traps, and REVIDR_EL1 and AIDR_EL1 with it */
#define HCR_TID3  BIT(18) /* ID registers trap: the guest sees what vcpu/id_registers.c says */
#define HCR_TSC	  BIT(19) /* SMC traps */
#define HCR_TIDCP BIT(20) /* implementation-defined registers trap */
#define HCR_TACR  BIT(21) /* ACTLR_EL1 traps */
#define HCR_RW	  BIT(31) /* EL1 is AArch64 */
#define HCR_TLOR  BIT(35) /* LORegions trap */
#define HCR_TERR  BIT(36) /* RAS error records trap */
#define HCR_APK	  BIT(40) /* pointer authentication is the guest's */
#define HCR_API	  BIT(41)
#define HCR_TID5  BIT(58) /* GMID_EL1 traps, as MTE's other registers do without ATA */

#define CNTHP_CTL_ENABLE 1

#define ICH_HCR_EN BIT(0)
#define ICH_HCR_TC BIT(10) /* registers that both groups share, and SGI generation, trap */

#define ESR_EC(esr) ((unsigned)((esr) >> ESR_EC_SHIFT) & 0x3f)
#define ESR_EC_MASK (UINT64_C(0x3f) << ESR_EC_SHIFT)
#define ESR_IL	    BIT(25)

#endif
#endif

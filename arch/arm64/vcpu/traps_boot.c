/* SPDX-License-Identifier: Apache-2.0 */
/* What traps, and what is the guest's own: set once for each CPU and never changed (law 6). */
#include "arch/arm64/el2/barriers.h"
#include "arch/arm64/el2/system_registers.h"
#include "arch/arm64/stage2/stage2.h"
#include "arch/arm64/vcpu/id_registers.h"
#include "arch/arm64/vcpu/vcpu.h"

/*
 * No trap on WFI, WFE, FP or the MMU's registers. What does trap is rare: identification registers,
 * SMC, and registers of extensions that are hidden. Bits of extensions that the CPU lacks are RES0.
 */
#define HCR_GUEST                                                                                  \
	(HCR_VM | HCR_SWIO | HCR_FMO | HCR_IMO | HCR_AMO | HCR_TID3 | HCR_TSC | HCR_TIDCP |        \
	 HCR_TACR | HCR_RW | HCR_TLOR | HCR_TERR | HCR_APK | HCR_API | HCR_TID1 | HCR_TID5)

#define SVE_QUADWORD 128 /* bits; ZCR_EL2 counts them, less one */

/* CPTR_EL2 with E2H = 0 (D17.2.30): trace and AMU registers trap besides SVE and SME. */
#define CPTR_TTA BIT(20)
#define CPTR_TAM BIT(30)

/* CNTHCTL_EL2 with E2H = 0: physical counter and timer are the guest's. */
#define CNTHCTL_EL1PCTEN BIT(0)
#define CNTHCTL_EL1PCEN	 BIT(1)

/*
 * MDCR_EL2: all counters for the guest (HPMN), which count nothing at EL2; profiling and trace
 * filter registers trap.
 */
#define MDCR_TPMS BIT(14)
#define MDCR_HPMD BIT(17) /* events, from FEAT_PMUv3p1 on */
#define MDCR_TTRF BIT(19)
#define MDCR_HCCD BIT(23) /* cycles, from FEAT_PMUv3p5 on */
#define PMU_V3_P1 4
#define PMU_V3_P5 6

/* MPAM2_EL2: EL1's partition IDs trap; the identification register, where that can be chosen. */
#define MPAM2_TRAPMPAM1EL1   BIT(48)
#define MPAM2_TRAPMPAM0EL1   BIT(49)
#define MPAMIDR_HAS_HCR	     BIT(17)
#define MPAMHCR_TRAP_MPAMIDR BIT(31)

/* HDFGRTR_EL2: identification registers of the trace and profiling buffers. */
#define HDFGRTR_TRBIDR BIT(51)
#define HDFGRTR_PMBIDR BIT(63)

/* MDCR_EL2 for the performance counters that this CPU has. */
static uint64_t counter_traps(void)
{
	const uint64_t version = pmu_version();

	if (version == 0)
		return 0;
	return (read_register(pmcr_el0) >> 11 & 0x1f) | (version >= PMU_V3_P1 ? MDCR_HPMD : 0) |
	       (version >= PMU_V3_P5 ? MDCR_HCCD : 0);
}

/*
 * Memory partitioning (FEAT_MPAM) is hidden, so its registers trap. EL3 lets EL2 at them where the
 * ID registers show them, as the arm64 boot protocol asks.
 */
static void trap_mpam(void)
{
	if (ID_FIELD(id_aa64pfr0_el1, 40) == 0 && ID_FIELD(id_aa64pfr1_el1, 16) == 0)
		return;
	write_register(s3_4_c10_c5_0, MPAM2_TRAPMPAM0EL1 | MPAM2_TRAPMPAM1EL1); /* MPAM2_EL2 */
	if ((read_register(s3_0_c10_c4_4) & MPAMIDR_HAS_HCR) != 0)
		write_register(s3_4_c10_c4_0, MPAMHCR_TRAP_MPAMIDR); /* MPAMHCR_EL2 */
	/* What the guest cannot set is not left as the boot loader had it: all its traffic is 0. */
	write_register(s3_0_c10_c5_0, 0); /* MPAM1_EL1 */
	write_register(s3_0_c10_c5_1, 0); /* MPAM0_EL1 */
}

/*
 * Fine-grained traps (FEAT_FGT, FEAT_FGT2) and HCRX_EL2 (FEAT_HCX) have no defined reset value.
 * Zero traps what came later than the register: all of that is hidden by vcpu/id_registers.c.
 */
static void clear_extended_traps(void)
{
	const uint64_t fine_grained = ID_FIELD(id_aa64mmfr0_el1, 56);

	if (fine_grained >= 1) {
		write_register(s3_4_c1_c1_4, 0); /* HFGRTR_EL2 */
		write_register(s3_4_c1_c1_5, 0); /* HFGWTR_EL2 */
		write_register(s3_4_c1_c1_6, 0); /* HFGITR_EL2 */
		/* Nothing else traps these two. */
		write_register(s3_4_c3_c1_4, HDFGRTR_TRBIDR | HDFGRTR_PMBIDR); /* HDFGRTR_EL2 */
		write_register(s3_4_c3_c1_5, 0);			       /* HDFGWTR_EL2 */
	}
	if (fine_grained >= 2) {
		write_register(s3_4_c3_c1_2, 0); /* HFGRTR2_EL2 */
		write_register(s3_4_c3_c1_3, 0); /* HFGWTR2_EL2 */
		write_register(s3_4_c3_c1_7, 0); /* HFGITR2_EL2 */
		write_register(s3_4_c3_c1_0, 0); /* HDFGRTR2_EL2 */
		write_register(s3_4_c3_c1_1, 0); /* HDFGWTR2_EL2 */
	}
	if (ID_FIELD(id_aa64mmfr1_el1, 40) != 0)
		write_register(s3_4_c1_c2_2, 0); /* HCRX_EL2 */
}

bool vcpu_has_vector_length(uint32_t bits)
{
	uint64_t bytes;

	if (bits == 0)
		return true;
	if (ID_FIELD(id_aa64pfr0_el1, 32) == 0)
		return false;
	/* It takes the next shorter one that it has, or that EL3 allows. */
	write_register(cptr_el2, CPTR_EL2_FP_FREE & ~CPTR_EL2_TZ);
	synchronize_context();
	write_register(s3_4_c1_c2_0, bits / SVE_QUADWORD - 1); /* ZCR_EL2 */
	synchronize_context();
	__asm__ volatile(".arch_extension sve\n\trdvl %0, #1" : "=r"(bytes));
	return bytes * 8 == bits;
}

void vcpu_configure_traps(const struct plan *plan, uint32_t index)
{
	const struct plan_partition *const partition = &plan->partitions[index];

	/* The tables before the switch: with VM set, a walk may be started speculatively. */
	stage2_activate(plan, index);
	write_register(hcr_el2, HCR_GUEST);
	write_register(cptr_el2, (CPTR_EL2_FP_FREE & ~(partition->sve != 0 ? CPTR_EL2_TZ : 0)) |
					 CPTR_TTA | CPTR_TAM);
	write_register(mdcr_el2, counter_traps() | MDCR_TPMS | MDCR_TTRF);
	write_register(hstr_el2, 0);
	write_register(cnthctl_el2, CNTHCTL_EL1PCTEN | CNTHCTL_EL1PCEN);
	write_register(cntvoff_el2, 0); /* one time for all: their logs can be compared */
	write_register(vpidr_el2, read_register(midr_el1));
	write_register(vmpidr_el2, BIT(31) | this_cpu.vcpu->mpidr); /* bit 31 is RES1 */
	clear_extended_traps();
	trap_mpam();
	synchronize_context();
}

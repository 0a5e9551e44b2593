/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The registers of EL1 and EL0 when a vCPU starts: as the boot protocol promises them, and with no
 * trace of boot, of an earlier life of this vCPU or of another guest. What does not exist on this
 * CPU is not touched; what traps needs no reset.
 */
#include "arch/arm64/el2/barriers.h"
#include "arch/arm64/el2/exits.h"
#include "arch/arm64/el2/system_registers.h"
#include "arch/arm64/vcpu/id_registers.h"
#include "arch/arm64/vcpu/vcpu.h"

#define SCTLR_EL1_RESET 0x30d00800 /* RES1 bits; MMU and caches off, little-endian */

#define PMCR_RESET_EVENTS   BIT(1)
#define PMCR_RESET_CYCLES   BIT(2)
#define PMCR_LONG_CYCLES    BIT(6)
#define PMCR_COUNTERS(pmcr) ((pmcr) >> 11 & 0x1f)

#define DEBUG_CLAIM_TAGS 0xff

/* Where the keys of pointer authentication exist: APA, API, GPA, GPI; APA3, GPA3. */
#define ISAR1_POINTER_KEYS 0xff000ff0
#define ISAR2_POINTER_KEYS 0x0000ff00

#define ZERO(names) __asm__ volatile(".irp name, " names "\n\tmsr \\name, xzr\n\t.endr")

/* Timers come to rest. */
#define EL1_REGISTERS                                                                              \
	"cpacr_el1, ttbr0_el1, ttbr1_el1, tcr_el1, mair_el1, amair_el1, vbar_el1, "                \
	"contextidr_el1, tpidr_el0, tpidrro_el0, tpidr_el1, esr_el1, far_el1, afsr0_el1, "         \
	"afsr1_el1, elr_el1, spsr_el1, sp_el0, sp_el1, par_el1, csselr_el1, cntkctl_el1, "         \
	"cntv_ctl_el0, cntv_cval_el0, cntp_ctl_el0, cntp_cval_el0, "                               \
	"mdscr_el1, mdccint_el1, osdlr_el1"

/* APIAKey, APIBKey, APDAKey, APDBKey, APGAKey: low and high halves. */
#define POINTER_KEYS                                                                               \
	"s3_0_c2_c1_0, s3_0_c2_c1_1, s3_0_c2_c1_2, s3_0_c2_c1_3, s3_0_c2_c2_0, "                   \
	"s3_0_c2_c2_1, s3_0_c2_c2_2, s3_0_c2_c2_3, s3_0_c2_c3_0, s3_0_c2_c3_1"

#define UP_TO_15 "0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15\n\t"

/* The first so many breakpoints ("b") or watchpoints ("w"): no more than 16 can be reached. */
#define ZERO_POINTS(kind, count)                                                                   \
	__asm__ volatile(".irp n, " UP_TO_15 "cmp %0, #\\n\n\tb.ls 1f\n\t"                         \
			 "msr dbg" kind "cr\\n\\()_el1, xzr\n\tmsr dbg" kind                       \
			 "vr\\n\\()_el1, xzr\n\t"                                                  \
			 ".endr\n1:"                                                               \
			 :                                                                         \
			 : "r"(count)                                                              \
			 : "cc")

static void reset_debug(void)
{
	/* Locked, as after a cold reset: no debug exception before the guest unlocks it. */
	write_register(oslar_el1, 1);
	write_register(dbgclaimclr_el1, DEBUG_CLAIM_TAGS);
	ZERO_POINTS("b", ID_FIELD(id_aa64dfr0_el1, 12) + 1);
	ZERO_POINTS("w", ID_FIELD(id_aa64dfr0_el1, 20) + 1);
}

static void reset_counters(void)
{
	if (pmu_version() == 0)
		return;

	const uint64_t counters = PMCR_COUNTERS(read_register(pmcr_el0));

	write_register(pmcr_el0, PMCR_RESET_EVENTS | PMCR_RESET_CYCLES | PMCR_LONG_CYCLES);
	write_register(pmcntenclr_el0, UINT32_MAX);
	write_register(pmintenclr_el1, UINT32_MAX);
	write_register(pmovsclr_el0, UINT32_MAX);
	write_register(pmuserenr_el0, 0);
	write_register(pmccfiltr_el0, 0);
	for (uint64_t i = 0; i < counters; i++) {
		write_register(pmselr_el0, i);
		synchronize_context(); /* it selects the register of the next access */
		write_register(pmxevtyper_el0, 0);
	}
	write_register(pmselr_el0, 0);
}

/* Clearing V registers clears all of Z that ZCR_EL2 lets a guest reach (B1.2.2). */
static void clear_vectors(void)
{
	clear_fp_registers();
	if (this_guest.plan->sve == 0)
		return;
	__asm__ volatile(".arch_extension sve\n\t"
			 ".irp n, " UP_TO_15 "pfalse p\\n\\().b\n\t"
			 ".endr\n\t"
			 "wrffr p0.b");
	write_register(s3_0_c1_c2_0, 0); /* ZCR_EL1 */
}

void vcpu_reset_el1(void)
{
	write_register(sctlr_el1, SCTLR_EL1_RESET);
	ZERO(EL1_REGISTERS);
	if ((read_register(id_aa64isar1_el1) & ISAR1_POINTER_KEYS) != 0 ||
	    (read_register(s3_0_c0_c6_2) & ISAR2_POINTER_KEYS) != 0)
		ZERO(POINTER_KEYS);
	/* RAS is hidden, but what the guest finds at DISR_EL1, which nothing traps, is this. */
	if (ID_FIELD(id_aa64pfr0_el1, 28) != 0)
		write_register(s3_4_c12_c1_1, 0); /* VDISR_EL2 */
	reset_debug();
	reset_counters();
	clear_vectors();
	synchronize_context();
}

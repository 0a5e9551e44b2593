/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hidden: what the ID registers say is absent must be undefined, on plain QEMU too; under a
 * hypervisor, what needs EL2's help must be absent. sve=BITS in the boot arguments: SVE is there.
 */
#include "tests/guests/lib/check.h"
#include "tests/guests/lib/guest.h"

#define ID_FIELD(register, shift) (read_register(register) >> (shift)&0xf)

#define PFR0  s3_0_c0_c4_0
#define PFR1  s3_0_c0_c4_1
#define PFR2  s3_0_c0_c4_2
#define DFR0  s3_0_c0_c5_0
#define ISAR0 s3_0_c0_c6_0
#define ISAR1 s3_0_c0_c6_1
#define MMFR1 s3_0_c0_c7_1
#define MMFR3 s3_0_c0_c7_3

#define EC_UNKNOWN 0x00
#define CPACR_ALL  0x3330000 /* SMEN, FPEN, ZEN */

void guest_handle_interrupt(uint32_t intid, uint64_t time)
{
	(void)intid;
	(void)time;
}

void guest_secondary(unsigned cpu)
{
	(void)cpu;
}

static bool was_undefined(uint32_t before)
{
	return fault.count == before + 1 && fault.esr >> 26 == EC_UNKNOWN;
}

/* Where the feature is absent, a register of it is undefined. */
#define CHECK_ABSENT(name, register, is_absent)                                                    \
	do {                                                                                       \
		const uint32_t before_ = fault.count;                                              \
                                                                                                   \
		if (is_absent) {                                                                   \
			(void)read_register(register);                                             \
			check(name " is undefined", was_undefined(before_));                       \
		} else {                                                                           \
			check_skip(name " is undefined", "this CPU shows the feature");            \
		}                                                                                  \
	} while (0)

static void check_absent(void)
{
	const bool no_sme = ID_FIELD(PFR1, 24) == 0;
	const bool no_mte = ID_FIELD(PFR1, 8) < 2;
	const bool no_ras = ID_FIELD(PFR0, 28) == 0;
	const bool no_mpam = ID_FIELD(PFR0, 40) == 0 && ID_FIELD(PFR1, 16) == 0;
	const bool no_profiling = ID_FIELD(DFR0, 32) == 0;
	const bool no_context_numbers = ID_FIELD(PFR0, 56) < 2 && ID_FIELD(PFR1, 32) < 2;

	CHECK_ABSENT("SVE: ZCR_EL1", s3_0_c1_c2_0, ID_FIELD(PFR0, 32) == 0);
	CHECK_ABSENT("SME: SMCR_EL1", s3_0_c1_c2_6, no_sme);
	CHECK_ABSENT("SME: SMPRI_EL1", s3_0_c1_c2_4, no_sme);
	CHECK_ABSENT("SME: SVCR", s3_3_c4_c2_2, no_sme);
	CHECK_ABSENT("SME: TPIDR2_EL0", s3_3_c13_c0_5, no_sme);
	CHECK_ABSENT("SME: SMIDR_EL1", s3_1_c0_c0_6, no_sme);
	CHECK_ABSENT("MTE: RGSR_EL1", s3_0_c1_c0_5, no_mte);
	CHECK_ABSENT("MTE: GCR_EL1", s3_0_c1_c0_6, no_mte);
	CHECK_ABSENT("MTE: TFSR_EL1", s3_0_c5_c6_0, no_mte);
	CHECK_ABSENT("MTE: TFSRE0_EL1", s3_0_c5_c6_1, no_mte);
	CHECK_ABSENT("MTE: GMID_EL1", s3_1_c0_c0_4, ID_FIELD(PFR1, 8) == 0);
	CHECK_ABSENT("RAS: ERRIDR_EL1", s3_0_c5_c3_0, no_ras);
	CHECK_ABSENT("RAS: ERRSELR_EL1", s3_0_c5_c3_1, no_ras);
	CHECK_ABSENT("RAS: ERXFR_EL1", s3_0_c5_c4_0, no_ras);
	CHECK_ABSENT("AMU: AMCR_EL0", s3_3_c13_c2_0, ID_FIELD(PFR0, 44) == 0);
	CHECK_ABSENT("MPAM: MPAMIDR_EL1", s3_0_c10_c4_4, no_mpam);
	CHECK_ABSENT("MPAM: MPAM0_EL1", s3_0_c10_c5_1, no_mpam);
	CHECK_ABSENT("MPAM: MPAM1_EL1", s3_0_c10_c5_0, no_mpam);
	CHECK_ABSENT("LORegions: LORID_EL1", s3_0_c10_c4_7, ID_FIELD(MMFR1, 16) == 0);
	CHECK_ABSENT("LORegions: LORC_EL1", s3_0_c10_c4_3, ID_FIELD(MMFR1, 16) == 0);
	CHECK_ABSENT("trace: TRCIDR0", s2_1_c0_c8_7, ID_FIELD(DFR0, 4) == 0);
	CHECK_ABSENT("trace: TRFCR_EL1", s3_0_c1_c2_1, ID_FIELD(DFR0, 40) == 0);
	CHECK_ABSENT("trace: TRBIDR_EL1", s3_0_c9_c11_7, ID_FIELD(DFR0, 44) == 0);
	CHECK_ABSENT("profiling: PMSIDR_EL1", s3_0_c9_c9_7, no_profiling);
	CHECK_ABSENT("profiling: PMBIDR_EL1", s3_0_c9_c10_7, no_profiling);
	CHECK_ABSENT("profiling: PMBLIMITR_EL1", s3_0_c9_c10_0, no_profiling);
	CHECK_ABSENT("branch records: BRBIDR0_EL1", s2_1_c9_c2_0, ID_FIELD(DFR0, 52) == 0);
	CHECK_ABSENT("SCXTNUM_EL1", s3_0_c13_c0_7, no_context_numbers);
	CHECK_ABSENT("SCXTNUM_EL0", s3_3_c13_c0_7, no_context_numbers);
	CHECK_ABSENT("TCR2_EL1", s3_0_c2_c0_3, ID_FIELD(MMFR3, 0) == 0);
	CHECK_ABSENT("PIR_EL1", s3_0_c10_c2_3, ID_FIELD(MMFR3, 8) == 0);
	CHECK_ABSENT("GCSCR_EL1", s3_0_c2_c5_0, ID_FIELD(PFR1, 44) == 0);
	CHECK_ABSENT("FPMR", s3_3_c4_c4_2, ID_FIELD(PFR2, 32) == 0);
	CHECK_ABSENT("ACCDATA_EL1", s3_0_c13_c0_5, ID_FIELD(ISAR1, 60) < 3);
	CHECK_ABSENT("RNDR", s3_3_c2_c4_0, ID_FIELD(ISAR0, 60) == 0);
	CHECK_ABSENT("MDSELR_EL1", s2_0_c0_c4_2, ID_FIELD(DFR0, 0) < 0xb);
	CHECK_ABSENT("EL2: HCR_EL2", s3_4_c1_c1_0, true);
	CHECK_ABSENT("implementation-defined", s3_0_c15_c0_0, !platform.is_bare);
}

/* What needs EL2's help, a guest does not see at all. */
static void check_hidden(void)
{
	if (platform.is_bare) {
		check_skip("what needs EL2 is hidden", "only under a hypervisor");
		return;
	}
	check("what needs EL2 is hidden",
	      ID_FIELD(PFR1, 24) == 0 && ID_FIELD(PFR1, 8) == 0 && ID_FIELD(PFR0, 28) == 0 &&
		      ID_FIELD(PFR0, 44) == 0 && ID_FIELD(PFR0, 40) == 0 &&
		      ID_FIELD(PFR0, 8) == 0 && ID_FIELD(PFR0, 12) == 0 &&
		      ID_FIELD(MMFR1, 16) == 0 && ID_FIELD(DFR0, 4) == 0 &&
		      ID_FIELD(DFR0, 32) == 0 && ID_FIELD(DFR0, 52) == 0);
	check("SVE is there as the partition has it",
	      (ID_FIELD(PFR0, 32) != 0) == (bootarg_number("sve", 0) != 0) &&
		      (ID_FIELD(PFR0, 32) != 0 || read_register(s3_0_c0_c4_4) == 0));
}

/* These trap under a hypervisor, and have their values all the same. */
static void check_trapped_identification(void)
{
	const uint32_t before = fault.count;

	(void)read_register(revidr_el1);
	(void)read_register(aidr_el1);
	(void)read_register(actlr_el1);
	(void)read_register(midr_el1);
	(void)read_register(ctr_el0);
	(void)read_register(clidr_el1);
	check("REVIDR_EL1, AIDR_EL1, ACTLR_EL1 can be read", fault.count == before);
}

void guest_main(uint64_t first_instruction)
{
	(void)first_instruction;
	check_begin("hidden");
	/* What is not there is not enabled either: no trap of our own comes before the
	 * hypervisor's. */
	write_register(cpacr_el1, CPACR_ALL);
	fault.is_expected = true;
	check_absent();
	check_hidden();
	check_trapped_identification();
	check_end();
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "arch/arm64/vcpu/id_registers.h"

#include <stddef.h>

#include "arch/arm64/el2/system_registers.h"
#include "arch/arm64/vcpu/vcpu.h"

#define FIELD(shift) (UINT64_C(0xf) << (shift))
#define ALL_FIELDS   UINT64_MAX
#define SVE	     32 /* of PFR0 */

/* Fields that pass; the others read as zero, which for these registers means "not there". */
struct id_row {
	uint8_t crm;
	uint8_t op2;
	uint64_t visible;
};

static const struct id_row rows[] = {
	{0, 6, ALL_FIELDS}, /* REVIDR_EL1 */
	/* AArch32 at EL0: processor, debug (without trace), memory model, instruction sets, FP. */
	{1, 0, FIELD(0) | FIELD(4) | FIELD(8) | FIELD(12) | FIELD(16) | FIELD(24)},
	{1, 1, ALL_FIELDS},
	{1, 2, FIELD(0) | FIELD(4) | FIELD(8) | FIELD(24)},
	{1, 4, ALL_FIELDS},
	{1, 5, ALL_FIELDS},
	{1, 6, ALL_FIELDS},
	{1, 7, ALL_FIELDS},
	{2, 0, ALL_FIELDS},
	{2, 1, ALL_FIELDS},
	{2, 2, ALL_FIELDS},
	{2, 3, ALL_FIELDS},
	{2, 4, ALL_FIELDS},
	{2, 5, ALL_FIELDS},
	{2, 6, ALL_FIELDS},
	{2, 7, ALL_FIELDS},
	{3, 0, ALL_FIELDS},
	{3, 1, ALL_FIELDS},
	{3, 2, ALL_FIELDS},
	{3, 4, ALL_FIELDS},
	{3, 6, ALL_FIELDS},
	/* PFR0: EL0, EL1, FP, SIMD, GIC, SVE, DIT, CSV2, CSV3. Not EL2, EL3, RAS, MPAM, AMU, RME.
	 */
	{4, 0,
	 FIELD(0) | FIELD(4) | FIELD(16) | FIELD(20) | FIELD(24) | FIELD(SVE) | FIELD(48) |
		 FIELD(56) | FIELD(60)},
	/* PFR1: BTI, SSBS. Not MTE, RAS, MPAM, CSV2 fractions, SME, NMI. */
	{4, 1, FIELD(0) | FIELD(4)},
	{4, 4, ALL_FIELDS}, /* ZFR0 */
	/* DFR0: debug, PMU, breakpoints, watchpoints, contexts, double lock. Not trace, SPE, BRBE.
	 */
	{5, 0, FIELD(0) | FIELD(8) | FIELD(12) | FIELD(20) | FIELD(28) | FIELD(36)},
	/* ISAR0: all but TME. ISAR1: all but LS64 and XS. ISAR2: WFxT, RPRES, PAuth, CLRBHB. */
	{6, 0, ALL_FIELDS & ~FIELD(24)},
	{6, 1, ALL_FIELDS & ~(FIELD(60) | FIELD(56))},
	{6, 2, FIELD(0) | FIELD(4) | FIELD(8) | FIELD(12) | FIELD(24) | FIELD(28)},
	/* MMFR0: all but ECV and FGT. MMFR1: ECBHB, not VH, LO, TWED, HCX and later. MMFR2: not NV,
	   FWB, EVT. */
	{7, 0, ALL_FIELDS & ~(FIELD(60) | FIELD(56))},
	{7, 1,
	 FIELD(0) | FIELD(4) | FIELD(12) | FIELD(20) | FIELD(24) | FIELD(28) | FIELD(36) |
		 FIELD(60)},
	{7, 2,
	 FIELD(0) | FIELD(4) | FIELD(8) | FIELD(12) | FIELD(16) | FIELD(20) | FIELD(28) |
		 FIELD(32) | FIELD(36) | FIELD(48) | FIELD(52) | FIELD(60)},
};

/* The register of this CPU. All encodings of CRm 1 - 7 can be read; unallocated ones are zero. */
static uint64_t read_own(unsigned crm, unsigned op2)
{
	switch (crm << 3 | op2) {
	case 6:
		return read_register(revidr_el1);
#define READ_CASE(crm_, op2_)                                                                      \
	case (crm_) << 3 | (op2_):                                                                 \
		return read_register(s3_0_c0_c##crm_##_##op2_);
#define READ_ROW(crm_)                                                                             \
	READ_CASE(crm_, 0)                                                                         \
	READ_CASE(crm_, 1)                                                                         \
	READ_CASE(crm_, 2)                                                                         \
	READ_CASE(crm_, 3)                                                                         \
	READ_CASE(crm_, 4)                                                                         \
	READ_CASE(crm_, 5)                                                                         \
	READ_CASE(crm_, 6)                                                                         \
	READ_CASE(crm_, 7)
		READ_ROW(1)
		READ_ROW(2)
		READ_ROW(3)
		READ_ROW(4)
		READ_ROW(5)
		READ_ROW(6)
		READ_ROW(7)
#undef READ_ROW
#undef READ_CASE
	default:
		return 0;
	}
}

/* A field capped at a value that the guest can use. */
static uint64_t cap(uint64_t value, unsigned shift, uint64_t limit)
{
	const uint64_t field = value >> shift & 0xf;

	return (value & ~FIELD(shift)) | (field < limit ? field : limit) << shift;
}

/* The largest physical address size that stage 2 covers, as PARange encodes it. */
static uint64_t physical_range(void)
{
	static const uint8_t bits[] = {32, 36, 40, 42, 44, 48};
	uint64_t range = 0;

	while (range + 1 < sizeof(bits) && bits[range + 1] <= this_guest.plan->ipa_bits)
		range++;
	return range;
}

/* Debug and PMU versions up to those whose new registers EL2 leaves to the guest, v8.8 and v3p8. */
#define DEBUG_LIMIT 0xa
#define PMU_LIMIT   8

static uint64_t cap_debug(uint64_t value, unsigned debug_shift, unsigned pmu_shift)
{
	if (pmu_version() == 0)
		value &= ~FIELD(pmu_shift);
	return cap(cap(value, debug_shift, DEBUG_LIMIT), pmu_shift, PMU_LIMIT);
}

/* Fields whose value matters, not only their presence. */
static uint64_t adjust(unsigned crm, unsigned op2, uint64_t value)
{
	if (crm == 4 && op2 == 4)
		return this_guest.plan->sve != 0 ? value : 0;
	if (crm == 4 && op2 == 0) {
		if (this_guest.plan->sve == 0)
			value &= ~FIELD(SVE);
		/* AArch64 only at EL1; no GICv4; CSV2 without the SCXTNUM registers, which trap. */
		return cap(cap(cap(value, 4, 1), 24, 1), 56, 1);
	}
	if (crm == 5 && op2 == 0)
		return cap_debug(value, 0, 8); /* DebugVer, PMUVer */
	if (crm == 1 && op2 == 2)
		return cap_debug(value, 0, 24); /* CopDbg, PerfMon */
	if (crm == 7 && op2 == 0)
		return cap(value, 0, physical_range());
	return value;
}

uint64_t id_register(unsigned crm, unsigned op2)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (rows[i].crm == crm && rows[i].op2 == op2)
			return adjust(crm, op2, read_own(crm, op2) & rows[i].visible);
	return 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cpu: the registers that are a guest's own. They work, and nothing of an earlier life is left in
 * them when a CPU starts. It runs on plain QEMU too. sve=BITS in the boot arguments: the vector
 * length to be found.
 */
#include "tests/guests/lib/check.h"
#include "tests/guests/lib/guest.h"
#include "tests/guests/lib/secondary.h"

#define ID(register)		  read_register(register)
#define ID_FIELD(register, shift) (ID(register) >> (shift)&0xf)

#define PFR0  s3_0_c0_c4_0
#define DFR0  s3_0_c0_c5_0
#define ISAR1 s3_0_c0_c6_1
#define ISAR2 s3_0_c0_c6_2

#define EC_BREAKPOINT 0x31
#define EC_WATCHPOINT 0x35

#define CPACR_ZEN     0x30000
#define CPACR_FPEN    0x300000
#define SCTLR_ENIA    (1UL << 31)
#define PMCR_ENABLE   1
#define PMU_CYCLES    (1UL << 31)
#define EVENT_CYCLES  0x11
#define MDSCR_ENABLES 0xa000 /* KDE, MDE */
#define OSLSR_LOCKED  2
#define POINT_ENABLE  0x1
#define POINT_AT_EL1  0x2
#define BREAK_BYTES   0x1e0
#define WATCH_ALL     0x1ff8
#define MAX_VECTOR    256 /* bytes */

#define UP_TO_15 "0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15"
#define UP_TO_31 UP_TO_15 ", 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31"
#define KEYS                                                                                       \
	"s3_0_c2_c1_0, s3_0_c2_c1_1, s3_0_c2_c1_2, s3_0_c2_c1_3, s3_0_c2_c2_0, "                   \
	"s3_0_c2_c2_1, s3_0_c2_c2_2, s3_0_c2_c2_3, s3_0_c2_c3_0, s3_0_c2_c3_1"

static volatile uint32_t lives; /* of the last CPU */
static volatile bool is_reset[4];
static uint8_t vectors[32 * MAX_VECTOR] __attribute__((aligned(MAX_VECTOR)));

void guest_handle_interrupt(uint32_t intid, uint64_t time)
{
	(void)intid;
	(void)time;
}

static bool has_pmu(void)
{
	const uint64_t version = ID_FIELD(DFR0, 8);

	return version != 0 && version != 0xf;
}

static bool has_keys(void)
{
	return (ID(ISAR1) & 0xff000ff0) != 0 || (ID(ISAR2) & 0xff00) != 0;
}

/* The bits that are set in any of the first count breakpoints ("b") or watchpoints ("w"). */
#define POINTS(kind, count)                                                                        \
	({                                                                                         \
		uint64_t bits_ = 0;                                                                \
		__asm__ volatile(".irp n, " UP_TO_15 "\n\tcmp %1, #\\n\n\tb.ls 1f\n\t"             \
				 "mrs x9, dbg" kind "cr\\n\\()_el1\n\torr %0, %0, x9\n\t"          \
				 "mrs x9, dbg" kind "vr\\n\\()_el1\n\torr %0, %0, x9\n\t"          \
				 ".endr\n1:"                                                       \
				 : "+r"(bits_)                                                     \
				 : "r"(count)                                                      \
				 : "x9", "cc");                                                    \
		bits_;                                                                             \
	})

#define SET_POINTS(kind, count)                                                                    \
	__asm__ volatile(".irp n, " UP_TO_15 "\n\tcmp %0, #\\n\n\tb.ls 1f\n\t"                     \
			 "msr dbg" kind "vr\\n\\()_el1, %1\n\tmsr dbg" kind                        \
			 "cr\\n\\()_el1, %2\n\t"                                                   \
			 ".endr\n1:"                                                               \
			 :                                                                         \
			 : "r"(count), "r"(0xfff0UL), "r"(0x1e7UL)                                 \
			 : "cc")

static bool counters_are_reset(void)
{
	uint64_t bits;

	if (!has_pmu())
		return true;
	bits = (read_register(pmcr_el0) & PMCR_ENABLE) | read_register(pmcntenset_el0) |
	       read_register(pmintenset_el1) | read_register(pmovsset_el0) |
	       read_register(pmuserenr_el0) | read_register(pmccfiltr_el0) |
	       read_register(pmccntr_el0) | read_register(pmselr_el0);
	for (uint64_t i = 0; i < (read_register(pmcr_el0) >> 11 & 0x1f); i++) {
		write_register(pmselr_el0, i);
		bits |= read_register(pmxevtyper_el0) | read_register(pmxevcntr_el0);
	}
	return bits == 0;
}

static void set_counters(void)
{
	if (!has_pmu())
		return;
	for (uint64_t i = 0; i < (read_register(pmcr_el0) >> 11 & 0x1f); i++) {
		write_register(pmselr_el0, i);
		write_register(pmxevtyper_el0, EVENT_CYCLES);
		write_register(pmxevcntr_el0, 0x1234);
	}
	write_register(pmccfiltr_el0, 1UL << 31);
	write_register(pmuserenr_el0, 0xf);
	write_register(pmintenset_el1, UINT32_MAX);
	write_register(pmovsset_el0, UINT32_MAX);
	write_register(pmcntenset_el0, UINT32_MAX);
	write_register(pmcr_el0, PMCR_ENABLE);
}

static bool debug_is_reset(void)
{
	return (read_register(oslsr_el1) & OSLSR_LOCKED) != 0 && read_register(osdlr_el1) == 0 &&
	       read_register(mdscr_el1) == 0 && read_register(mdccint_el1) == 0 &&
	       POINTS("b", ID_FIELD(DFR0, 12) + 1) == 0 && POINTS("w", ID_FIELD(DFR0, 20) + 1) == 0;
}

static void set_debug(void)
{
	write_register(oslar_el1, 0);
	SET_POINTS("b", ID_FIELD(DFR0, 12) + 1);
	SET_POINTS("w", ID_FIELD(DFR0, 20) + 1);
	write_register(mdscr_el1, MDSCR_ENABLES);
}

static bool keys_are_reset(void)
{
	uint64_t bits = 0;

	if (has_keys())
		__asm__ volatile(".irp key, " KEYS "\n\tmrs x9, \\key\n\torr %0, %0, x9\n\t.endr"
				 : "+r"(bits)
				 :
				 : "x9");
	return bits == 0;
}

static void set_keys(void)
{
	if (has_keys())
		__asm__ volatile(".irp key, " KEYS "\n\tmsr \\key, %0\n\t.endr" : : "r"(~0UL));
}

/* The general FP registers, and with SVE all vectors and predicates. */
static bool vectors_are_reset(void)
{
	uint64_t bits = 0;

	write_register(cpacr_el1, CPACR_FPEN | CPACR_ZEN);
	__asm__ volatile(".irp n, " UP_TO_31 "\n\tmov x9, v\\n\\().d[0]\n\torr %0, %0, x9\n\t"
			 "mov x9, v\\n\\().d[1]\n\torr %0, %0, x9\n\t.endr"
			 : "+r"(bits)
			 :
			 : "x9");
	bits |= read_register(fpcr) | read_register(fpsr);
	if (ID_FIELD(PFR0, 32) == 0)
		return bits == 0;
	bits |= read_register(s3_0_c1_c2_0) & 0xf; /* ZCR_EL1.LEN */
	write_register(s3_0_c1_c2_0, 0xf);
	for (unsigned i = 0; i < sizeof(vectors); i++)
		vectors[i] = 0;
	__asm__ volatile(".arch_extension sve\n\t.irp n, " UP_TO_31
			 "\n\tstr z\\n, [%0, #\\n, mul vl]\n\t.endr"
			 :
			 : "r"(vectors)
			 : "memory");
	for (unsigned i = 0; i < sizeof(vectors); i++)
		bits |= vectors[i];
	__asm__ volatile(".irp n, " UP_TO_15 "\n\tstr p\\n, [%0, #\\n, mul vl]\n\t.endr\n\t"
			 "rdffr p0.b\n\tstr p0, [%0, #16, mul vl]\n\tpfalse p0.b"
			 :
			 : "r"(vectors)
			 : "memory");
	for (unsigned i = 0; i < sizeof(vectors); i++)
		bits |= vectors[i];
	return bits == 0;
}

static void set_vectors(void)
{
	__asm__ volatile(".irp n, " UP_TO_31 "\n\tmovi v\\n\\().2d, #-1\n\t.endr");
	write_register(fpcr, 1UL << 24);
	write_register(fpsr, 1);
	if (ID_FIELD(PFR0, 32) == 0)
		return;
	write_register(s3_0_c1_c2_0, 0xf);
	__asm__ volatile(".irp n, " UP_TO_31 "\n\tdup z\\n\\().b, #-1\n\t.endr\n\t"
			 ".irp n, " UP_TO_15 "\n\tptrue p\\n\\().b\n\t.endr\n\tsetffr");
}

static void look_at_reset_state(void)
{
	is_reset[0] = counters_are_reset();
	is_reset[1] = debug_is_reset();
	is_reset[2] = keys_are_reset();
	is_reset[3] = vectors_are_reset();
}

static void check_reset_state(void)
{
	check("performance counters are reset", is_reset[0]);
	check("debug registers are reset, and locked", is_reset[1]);
	check("pointer authentication keys are reset", is_reset[2]);
	check("FP and vector registers are reset", is_reset[3]);
}

/* The first life leaves all it can behind; the second finds nothing of it. */
void guest_secondary(unsigned cpu)
{
	(void)cpu;
	if (lives == 0) {
		write_register(cpacr_el1, CPACR_FPEN | CPACR_ZEN);
		set_counters();
		set_debug();
		set_keys();
		set_vectors();
	} else {
		look_at_reset_state();
	}
	lives++;
	(void)psci(PSCI_CPU_OFF, 0, 0, 0);
}

static void check_second_life(void)
{
	const unsigned last = platform.cpu_count - 1;
	bool has_lived = true;

	if (last == 0) {
		check_skip("a second life", "there is one CPU");
		return;
	}
	for (unsigned life = 1; life <= 2; life++)
		has_lived = has_lived && guest_cpu_on(last) == 0 && wait_for(&lives, life) &&
			    goes_off(last);
	check("two lives of the last CPU", has_lived);
	check_reset_state();
}

static void check_counters(void)
{
	uint64_t before;

	if (!has_pmu()) {
		check_skip("the cycle counter counts", "this CPU has no counters");
		return;
	}
	write_register(pmcntenset_el0, PMU_CYCLES);
	write_register(pmcr_el0, PMCR_ENABLE);
	before = read_register(pmccntr_el0);
	for (volatile int i = 0; i < 10000; i++)
		;
	check("the cycle counter counts", read_register(pmccntr_el0) > before);
	if ((read_register(pmcr_el0) >> 11 & 0x1f) == 0) {
		check_skip("an event counter counts", "this CPU has none");
		return;
	}
	write_register(pmselr_el0, 0);
	write_register(pmxevtyper_el0, EVENT_CYCLES);
	write_register(pmcntenset_el0, 1);
	before = read_register(pmxevcntr_el0);
	for (volatile int i = 0; i < 10000; i++)
		;
	check("an event counter counts", read_register(pmxevcntr_el0) != before);
	write_register(pmcr_el0, 0);
}

static void check_debug(void)
{
	static volatile uint32_t watched;
	uint64_t address;

	write_register(oslar_el1, 0);
	write_register(mdscr_el1, MDSCR_ENABLES);
	__asm__ volatile("msr daifclr, #8");
	fault.count = 0;
	fault.is_expected = true;
	__asm__ volatile("adr %0, 1f\n\tmsr dbgbvr0_el1, %0\n\tmsr dbgbcr0_el1, %1\n\tisb\n1:\tnop"
			 : "=&r"(address)
			 : "r"((uint64_t)(POINT_ENABLE | POINT_AT_EL1 | BREAK_BYTES))
			 : "memory");
	check("a breakpoint", fault.count == 1 && fault.esr >> 26 == EC_BREAKPOINT);
	write_register(dbgbcr0_el1, 0);
	write_register(dbgwvr0_el1, (uintptr_t)&watched & ~7UL);
	write_register(dbgwcr0_el1, POINT_ENABLE | POINT_AT_EL1 | WATCH_ALL);
	(void)read32((uintptr_t)&watched);
	check("a watchpoint", fault.count == 2 && fault.esr >> 26 == EC_WATCHPOINT);
	write_register(dbgwcr0_el1, 0);
	fault.is_expected = false;
	__asm__ volatile("msr daifset, #8");
	write_register(mdscr_el1, 0);
}

/* PACIA1716 and AUTIA1716, which are hints where there is none. */
static void check_keys(void)
{
	register uint64_t pointer __asm__("x17") = 0x1234560;
	register uint64_t modifier __asm__("x16") = 42;
	uint64_t is_signed;

	if ((ID(ISAR1) & 0xff0) == 0 && (ID(ISAR2) & 0xf000) == 0) {
		check_skip("a pointer is signed", "this CPU has no pointer authentication");
		return;
	}
	set_keys();
	write_register(sctlr_el1, read_register(sctlr_el1) | SCTLR_ENIA);
	__asm__ volatile("hint #8\n\tmov %1, x17\n\thint #12"
			 : "+r"(pointer), "=&r"(is_signed)
			 : "r"(modifier));
	write_register(sctlr_el1, read_register(sctlr_el1) & ~SCTLR_ENIA);
	check("a pointer is signed", is_signed != 0x1234560 && pointer == 0x1234560);
}

static void check_vectors(void)
{
	const uint64_t bits = bootarg_number("sve", 0);
	uint64_t bytes;

	if (ID_FIELD(PFR0, 32) == 0) {
		check_skip("the vector length", "this CPU shows no SVE");
		return;
	}
	write_register(s3_0_c1_c2_0, 0xf); /* ZCR_EL1 */
	__asm__ volatile("rdvl %0, #1" : "=r"(bytes));
	check("the vector length", bits == 0 ? bytes % 16 == 0 : bytes * 8 == bits);
}

static void check_time(void)
{
	const uint64_t before = read_register(cntpct_el0);

	for (volatile int i = 0; i < 1000; i++)
		;
	check("the physical counter can be read", read_register(cntpct_el0) > before);
}

void guest_main(uint64_t first_instruction)
{
	(void)first_instruction;
	look_at_reset_state();
	check_begin("cpu");
	check_reset_state();
	check_time();
	check_counters();
	check_debug();
	check_keys();
	check_vectors();
	check_second_life();
	check_end();
}

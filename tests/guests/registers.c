/* SPDX-License-Identifier: Apache-2.0 */
/*
 * registers: checks the distributor's and the redistributors' registers themselves (IHI 0069, 12.9
 * and 12.11): identification, what they are before anybody writes, what can be written, what reads
 * as zero, widths. Affinity routing, one security state, no LPIs. Runs on plain QEMU too, where
 * what that GIC does not have is skipped.
 */
#include "tests/guests/lib/check.h"
#include "tests/guests/lib/spi.h"

#define GICD_TYPER	0x4
#define GICD_IIDR	0x8
#define GICD_TYPER2	0xc
#define GICD_STATUSR	0x10
#define GICD_IGROUPR	0x80
#define GICD_IPRIORITYR 0x400
#define GICD_ITARGETSR	0x800
#define GICD_ICFGR	0xc00
#define GICD_IGRPMODR	0xd00
#define GICD_NSACR	0xe00
#define GICD_SGIR	0xf00
#define GICD_IROUTER	0x6000
#define GICR_CTLR	0x0
#define GICR_IIDR	0x4
#define GICR_TYPER	0x8
#define GICR_STATUSR	0x10
#define GICR_WAKER	0x14
#define GICR_PROPBASER	0x70
#define GICR_PENDBASER	0x78
#define PIDR2		0xffe8
#define TYPER_MBIS	(1U << 16)
#define TYPER_LPIS	(1U << 17)
#define SPI		40 /* nobody drives it, and it is not passed through */
#define UNUSED_AFFINITY 0x7f00

static volatile uint32_t taken[64];
static volatile uint32_t lower_line_at; /* CLRSPI when this one comes */

void guest_handle_interrupt(uint32_t intid, uint64_t time)
{
	(void)time;
	if (intid < 64)
		taken[intid]++;
	if (intid == lower_line_at && taken[intid] % 3 == 0)
		write32(platform.distributor + GICD_CLRSPI, intid);
}

static uint32_t distributor(uint32_t offset)
{
	return read32(platform.distributor + offset);
}

static uint64_t read64(uint64_t address)
{
	uint64_t value;

	__asm__ volatile("ldr %0, [%1]" : "=r"(value) : "r"(address) : "memory");
	return value;
}

static void write64(uint64_t address, uint64_t value)
{
	__asm__ volatile("str %0, [%1]" : : "rZ"(value), "r"(address) : "memory");
}

static void write8(uint64_t address, uint8_t value)
{
	__asm__ volatile("strb %w0, [%1]" : : "r"(value), "r"(address) : "memory");
}

static uint8_t read8(uint64_t address)
{
	uint32_t value;

	__asm__ volatile("ldrb %w0, [%1]" : "=r"(value) : "r"(address) : "memory");
	return (uint8_t)value;
}

/* A register takes what is written, and what it was before is put back. */
static bool holds(uint64_t address, uint32_t value)
{
	const uint32_t before = read32(address);

	write32(address, value);

	const bool is_good = read32(address) == value;

	write32(address, before);
	return is_good && read32(address) == before;
}

/* Reads as zero, writes are ignored. */
static bool is_absent(uint64_t address)
{
	const bool was_zero = read32(address) == 0;

	write32(address, UINT32_MAX);
	return was_zero && read32(address) == 0;
}

/* Every word of a block of registers has a value. */
static bool all_words(uint64_t first, uint32_t count, uint32_t value)
{
	for (uint32_t i = 0; i < count; i++)
		if (read32(first + 4 * i) != value)
			return false;
	return true;
}

/* --- Before anybody writes. --- */

static void check_reset_values(void)
{
	const uint32_t words = (distributor(GICD_TYPER) & 0x1f) + 1;
	const uint64_t base = platform.distributor;
	const uint64_t sgi = gic_redistributor() + 0x10000;

	check("GICD_CTLR-at-reset", (distributor(GICD_CTLR) & 0x8000000f) == 0);
	check("SPIs-disabled-at-reset", all_words(base + GICD_ISENABLER, words, 0) &&
						all_words(base + GICD_ICENABLER, words, 0));
	check("SPIs-inactive-at-reset", all_words(base + GICD_ISACTIVER, words, 0));
	check("SPIs-not-pending-at-reset", all_words(base + GICD_ISPENDR + 4, words - 1, 0));
	check("SPIs-group-0-at-reset", all_words(base + GICD_IGROUPR + 4, words - 1, 0));
	check("SPIs-levels-at-reset", all_words(base + GICD_ICFGR + 8, 2 * (words - 1), 0));
	check("SPIs-priority-0-at-reset",
	      all_words(base + GICD_IPRIORITYR + 32, 8 * (words - 1), 0));
	check("own-at-reset", read32(sgi + GICD_ISENABLER) == 0 &&
				      read32(sgi + GICD_ISACTIVER) == 0 &&
				      (read32(sgi + GICD_ISPENDR) & 0xffff) == 0 &&
				      all_words(sgi + GICD_IPRIORITYR, 8, 0));
}

/* --- Identification. --- */

static void check_identification(void)
{
	const uint64_t frame = gic_redistributor();
	const uint64_t type = read64(frame + GICR_TYPER);
	const uint32_t lines = distributor(GICD_TYPER) & 0x1f;

	check("GICD_PIDR2", (distributor(PIDR2) & 0xf0) == 0x30);
	check("GICR_PIDR2", (read32(frame + PIDR2) & 0xf0) == 0x30);
	check("GICD_IIDR", distributor(GICD_IIDR) != 0);
	check("GICD_TYPER", lines >= 1 && (distributor(GICD_TYPER) >> 10 & 1) == 0);
	check("GICD_CTLR-ARE-and-DS", (distributor(GICD_CTLR) & 0x50) == 0x50);
	check("GICR_TYPER-affinity", type >> 32 == (platform.cpus[0] & 0xffffff) &&
					     read32(frame + GICR_TYPER) == (uint32_t)type &&
					     read32(frame + GICR_TYPER + 4) == type >> 32);

	/* Frames come one after another, numbered, and the last says so. */
	bool in_order = true;

	for (uint32_t i = 0; i < platform.cpu_count; i++) {
		const uint64_t each = read64(platform.redistributors + 0x20000 * i + GICR_TYPER);

		in_order = in_order && (each >> 8 & 0xffff) == i &&
			   (each >> 4 & 1) == (i + 1 == platform.cpu_count ? 1 : 0);
	}
	check("GICR_TYPER-numbers-and-last", in_order);
}

/* --- What can be written. --- */

static void check_fields(void)
{
	const uint64_t base = platform.distributor;
	const uint64_t sgi = gic_redistributor() + 0x10000;
	const uint64_t route = base + GICD_IROUTER + 8 * SPI;

	check("IGROUPR",
	      holds(base + GICD_IGROUPR + 4, 0x5aa5f00f) && holds(sgi + GICD_IGROUPR, 0xf0f0a5a5));
	write32(base + GICD_ISENABLER + 4, 0x300);
	check("ISENABLER",
	      distributor(GICD_ISENABLER + 4) == 0x300 && distributor(GICD_ICENABLER + 4) == 0x300);
	write32(base + GICD_ICENABLER + 4, 0x100);
	check("ICENABLER", distributor(GICD_ISENABLER + 4) == 0x200);
	write32(base + GICD_ICENABLER + 4, UINT32_MAX);
	write32(base + GICD_ISPENDR + 4, 0x100);
	check("ISPENDR-while-disabled",
	      distributor(GICD_ISPENDR + 4) == 0x100 && distributor(GICD_ICPENDR + 4) == 0x100);
	write32(base + GICD_ICPENDR + 4, 0x100);
	check("ICPENDR-while-disabled", distributor(GICD_ISPENDR + 4) == 0);
	write32(base + GICD_IPRIORITYR + SPI, 0xf8a05008);
	check("IPRIORITYR-word", (distributor(GICD_IPRIORITYR + SPI) & 0xf0f0f0f0) == 0xf0a05000);
	write8(base + GICD_IPRIORITYR + SPI + 1, 0x70);
	check("IPRIORITYR-byte",
	      (read8(base + GICD_IPRIORITYR + SPI + 1) & 0xf0) == 0x70 &&
		      (distributor(GICD_IPRIORITYR + SPI) & 0xf0f0f0f0) == 0xf0a07000);
	write32(base + GICD_IPRIORITYR + SPI, 0);
	check("ICFGR", holds(base + GICD_ICFGR + SPI / 16 * 4, 2U << SPI % 16 * 2));
	write32(sgi + GICD_ICFGR, 0);
	check("ICFGR0-fixed", read32(sgi + GICD_ICFGR) == 0xaaaaaaaa);
	write64(route, platform.cpus[platform.cpu_count - 1]);
	check("IROUTER-64", read64(route) == platform.cpus[platform.cpu_count - 1] &&
				    read32(route) == (uint32_t)read64(route) &&
				    read32(route + 4) == 0);
	write32(route, (uint32_t)platform.cpus[0]);
	check("IROUTER-32", read64(route) == platform.cpus[0]);
	write64(route, UNUSED_AFFINITY);
	check("IROUTER-nobody", read64(route) == UNUSED_AFFINITY);
	write64(route, platform.cpus[0]);
	check("GICD_CTLR-groups", holds(base + GICD_CTLR, 0x53));
	check("GICD_CTLR-ARE-stays",
	      (write32(base + GICD_CTLR, 0), (distributor(GICD_CTLR) & 0x53) == 0x50));
}

static void check_waker(void)
{
	const uint64_t waker = gic_redistributor() + GICR_WAKER;

	write32(waker, 2);
	check("GICR_WAKER-asleep", read32(waker) == 6);
	write32(waker, 0);
	check("GICR_WAKER-awake", read32(waker) == 0);
}

/* --- What is not there with affinity routing and one security state. --- */

static void check_absent(void)
{
	const uint64_t base = platform.distributor;
	const uint64_t frame = gic_redistributor();
	const uint64_t sgi = frame + 0x10000;

	check("GICD_TYPER2", is_absent(base + GICD_TYPER2));
	check("GICD_STATUSR", is_absent(base + GICD_STATUSR));
	check("GICD-private-words",
	      is_absent(base + GICD_ISENABLER) && is_absent(base + GICD_ISPENDR) &&
		      is_absent(base + GICD_ISACTIVER) && is_absent(base + GICD_IGROUPR) &&
		      is_absent(base + GICD_IPRIORITYR));
	check("GICD_ITARGETSR",
	      is_absent(base + GICD_ITARGETSR) && is_absent(base + GICD_ITARGETSR + SPI));
	check("GICD_SGIR", is_absent(base + GICD_SGIR));
	check("IGRPMODR", is_absent(base + GICD_IGRPMODR + 4) && is_absent(sgi + GICD_IGRPMODR));
	check("NSACR", is_absent(base + GICD_NSACR + 8) && is_absent(sgi + GICD_NSACR));
	check("GICR_STATUSR", is_absent(frame + GICR_STATUSR));
	if ((distributor(GICD_TYPER) & TYPER_LPIS) != 0)
		check_skip("no-LPIs", "this GIC has some");
	else
		check("no-LPIs", is_absent(frame + GICR_PROPBASER) &&
					 is_absent(frame + GICR_PENDBASER) &&
					 is_absent(frame + GICR_CTLR));
}

/* --- Interrupts as messages. --- */

static void check_messages(void)
{
	if ((distributor(GICD_TYPER) & TYPER_MBIS) == 0) {
		check_skip("SETSPI-edge", "this GIC takes no messages");
		check_skip("SETSPI-level", "this GIC takes no messages");
		return;
	}
	spi_prepare(SPI, true);
	spi_set(GICD_ISENABLER, SPI);
	write32(platform.distributor + GICD_SETSPI, SPI);
	check("SETSPI-edge", wait_for(&taken[SPI], 1) && stays(&taken[SPI], 1));
	write_register(icc_pmr_el1, 0x80);
	write32(platform.distributor + GICD_SETSPI, SPI);
	write32(platform.distributor + GICD_CLRSPI, SPI);
	write_register(icc_pmr_el1, 0xff);
	check("CLRSPI-edge", stays(&taken[SPI], 1) && !spi_get(GICD_ISPENDR, SPI));
	spi_disable(SPI);
	spi_prepare(SPI, false);
	spi_set(GICD_ISENABLER, SPI);
	taken[SPI] = 0;
	lower_line_at = SPI;
	write32(platform.distributor + GICD_SETSPI, SPI);
	check("SETSPI-level-comes-until-CLRSPI", wait_for(&taken[SPI], 3) && stays(&taken[SPI], 3));
	spi_disable(SPI);
}

void guest_secondary(unsigned cpu)
{
	(void)cpu;
}

void guest_main(uint64_t first_instruction)
{
	(void)first_instruction;
	check_begin("registers");
	check_reset_values();
	gic_init();
	check_identification();
	check_fields();
	check_absent();
	check_waker();
	gic_init();
	gic_init_cpu();
	enable_interrupts();
	check_messages();
	check_end();
}

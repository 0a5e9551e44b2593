/* SPDX-License-Identifier: Apache-2.0 */
/*
 * wild: a hostile guest. The boot argument wild= chooses what it does for ever: read, write or exec
 * outside of its memory (at= an address, else anywhere), mmio (every register of its virtual GIC
 * and UART with garbage), interrupts (SGIs to anybody, ends of anybody's interrupts), sgis (only
 * SGIs), uartflood (lines, or only the character whose number is byte=), terminal (escape
 * sequences); or once: reset, panic (by the panic device, after accesses that it does not take), or
 * vectors (which it moves to where nothing is).
 */
#include "tests/guests/lib/guest.h"

#define REPORT_EVERY 1000
#define LIMIT_BITS   40

static uint64_t random_state = 0x2545f4914f6cdd1d;

/* xorshift64: the same sequence in every run. */
static uint64_t random_number(void)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return random_state;
}

/* An address outside of this guest's RAM and its devices' pages. */
static uint64_t outside(void)
{
	for (;;) {
		const uint64_t address = random_number() % (1UL << LIMIT_BITS) & ~7UL;

		if (address >= 0x10000000 && address - platform.ram_base >= platform.ram_size &&
		    address >> 24 != platform.uart >> 24)
			return address;
	}
}

static void touch(uint64_t address)
{
	if (bootarg_is("wild", "write"))
		write32(address, (uint32_t)address);
	else if (bootarg_is("wild", "exec"))
		((void (*)(void))address)();
	else
		(void)read32(address);
}

/* Garbage into every register; interrupts stay masked, so that only the hypervisor suffers. */
static void scribble(void)
{
	const uint64_t frames[] = {platform.distributor, platform.redistributors,
				   platform.redistributors + 0x10000};

	for (unsigned i = 0; i < 3; i++)
		for (uint64_t offset = 0; offset < 0x10000; offset += 4) {
			write32(frames[i] + offset, (uint32_t)random_number());
			(void)read32(frames[i] + offset);
		}
	/* Not the data register: it would garble the report. */
	for (uint64_t offset = 4; offset < 0x1000; offset += 4) {
		write32(platform.uart + offset, (uint32_t)random_number());
		(void)read32(platform.uart + offset);
	}
}

/* The CPU interface, in direct mode the physical one; interrupts stay masked. */
static void reach_out(void)
{
	const uint64_t target = random_number();
	/* A target list of any cluster of any physical CPU, or all but this one. */
	const uint64_t targets = (target & 0x3) << 16 | (target >> 8 & 1) << 40 | 0xffff;

	for (uint64_t intid = bootarg_is("wild", "sgis") ? 0 : 9; intid < 16; intid++) {
		write_register(icc_sgi1r_el1, targets | intid << 24);
		write_register(icc_asgi1r_el1, targets | intid << 24);
		write_register(icc_sgi0r_el1, targets | intid << 24);
	}
	if (bootarg_is("wild", "sgis"))
		return;
	write_register(icc_pmr_el1, random_number() & 0xff);
	write_register(icc_ctlr_el1, random_number());
	write_register(icc_ctlr_el1, 2);
	for (uint32_t intid = 0; intid < 300; intid++)
		write_register(icc_dir_el1, intid);
	write_register(icc_dir_el1, random_number() & 0xffffff);
	for (uint64_t offset = 0x400; offset < 0x520; offset += 4) /* GICD_IPRIORITYR: the lowest */
		write32(platform.distributor + offset, 0xffffffff);
	for (uint64_t intid = 32; intid < 64; intid++) /* to this CPU */
		write32(platform.distributor + 0x6000 + 8 * intid, 0);
	write_register(icc_igrpen0_el1, 1);
}

/* LPIs: there are none, whatever is written. */
static bool has_lpis(void)
{
	const uint64_t frame = gic_redistributor();

	write32(frame, 1);			/* GICR_CTLR.EnableLPIs */
	write32(frame + 0x70, 0x40000780 | 15); /* GICR_PROPBASER */
	write32(frame + 0x78, 0x40010780);	/* GICR_PENDBASER */
	return ((read32(frame) & 1) | read32(frame + 0x70) | read32(frame + 0x78) |
		(read32(frame + 8) & 1)) != 0;
}

/* What the distributor has shown of interrupts that are not this guest's: it has enabled none. */
static bool sees_others(void)
{
	static uint32_t seen;

	for (uint64_t offset = 0x100; offset < 0x400; offset += 4) /* enabled, pending, active */
		seen |= read32(platform.distributor + offset);
	for (uint64_t offset = 0xc08; offset < 0xd00; offset += 4) /* edges */
		seen |= read32(platform.distributor + offset);
	/* Routes, of SPIs that another partition has in the tests (lib/spi.h). */
	seen |= read32(platform.distributor + 0x6000 + 8 * 34);
	seen |= read32(platform.distributor + 0x6000 + 8 * 39);
	return seen != 0;
}

void guest_handle_interrupt(uint32_t intid, uint64_t time)
{
	(void)intid;
	(void)time;
}

void guest_secondary(unsigned cpu)
{
	(void)cpu;
}

/* One character for ever, whether there is room for it or not. */
static void flood(uint64_t byte)
{
	for (;;)
		write32(platform.uart, (uint32_t)byte);
}

/* Reads as what it takes, takes nothing else, and then that. */
static void panic(void)
{
	const uint32_t before = fault.count;
	uint32_t events;

	(void)read32(platform.panic_device);
	write32(platform.panic_device + 1, 1);
	__asm__ volatile("ldrb %w0, [%1]\n\tstrb %w2, [%1]"
			 : "=&r"(events)
			 : "r"(platform.panic_device), "r"(0xfe)
			 : "memory");
	print("wild: events %u, faults %u\n", events, fault.count - before);
	__asm__ volatile("strb %w0, [%1]" : : "r"(1), "r"(platform.panic_device) : "memory");
	print("wild: still here\n");
}

/* Exceptions go where nothing is, and the first one comes. */
static void lose_vectors(uint64_t vectors)
{
	write_register(vbar_el1, vectors);
	(void)read32(vectors);
	print("wild: still here\n");
}

void guest_main(uint64_t first_instruction)
{
	const uint64_t at = bootarg_number("at", 0);

	(void)first_instruction;
	fault.is_expected = true;
	print("wild: %s\n", platform.bootargs);
	if (bootarg_is("wild", "reset"))
		(void)psci(PSCI_SYSTEM_RESET, 0, 0, 0);
	if (bootarg_is("wild", "panic"))
		panic();
	if (bootarg_is("wild", "vectors"))
		lose_vectors(0x30000000);
	if (bootarg_is("wild", "uartflood") && bootarg_number("byte", 0) != 0)
		flood(bootarg_number("byte", 0));
	for (uint32_t round = 1;; round++) {
		if (bootarg_is("wild", "uartflood")) {
			print("wild: flood %u ....................................\n", round);
			continue;
		}
		if (bootarg_is("wild", "terminal")) {
			print("\033[2Jwild: where\033[6n who\033[c title\033]2;wild\a\n");
			continue;
		}
		if (bootarg_is("wild", "interrupts") || bootarg_is("wild", "sgis")) {
			reach_out();
			(void)sees_others();
			if (round % REPORT_EVERY == 0)
				print("wild: reach %u%s%s\n", round, has_lpis() ? ", LPIs" : "",
				      sees_others() ? ", others" : "");
			continue;
		}
		if (bootarg_is("wild", "mmio")) {
			scribble();
			print("wild: round %u\n", round);
			continue;
		}
		touch(at != 0 ? at : outside());
		if (round % REPORT_EVERY == 0)
			print("wild: %u accesses, %u aborts\n", round, fault.count);
	}
}

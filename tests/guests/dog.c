/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dog: checks the generic watchdog (BSA, DEN0094): its registers and its first stage. Then, by the
 * boot argument end=, it switches itself off; spin: it lets the watchdog expire with interrupts
 * masked on all its CPUs; neglect: it takes the first stage's interrupt and does nothing about it;
 * feed: it feeds the watchdog for ever; wild: it makes all of it that housekeeping could be busy
 * with. ms= is the time of a stage.
 */
#include <libfdt.h>

#include "tests/guests/lib/check.h"
#include "tests/guests/lib/spi.h"

#define WRR	 0x000
#define WCS	 0x000
#define WOR	 0x008
#define WOR_HIGH 0x00c
#define WCV	 0x010
#define WCV_HIGH 0x014
#define W_IIDR	 0xfcc
#define EN	 1
#define WS0	 2

/* What a busy host may keep a CPU from running is less. */
#define STAGE_MS 200

static uint64_t control;
static uint64_t refresh;
static uint32_t intid;
static uint64_t ms;		  /* ticks */
static volatile uint32_t taken;	  /* interrupts */
static volatile uint32_t leave;	  /* so many times the handler only looks */
static volatile uint32_t odd;	  /* interrupts with another status than they should have */
static volatile uint32_t neglect; /* the handler lets it be */

static uint64_t compare_value(void)
{
	return (uint64_t)read32(control + WCV_HIGH) << 32 | read32(control + WCV);
}

static void set_compare_value(uint64_t value)
{
	write32(control + WCV, (uint32_t)value);
	write32(control + WCV_HIGH, (uint32_t)(value >> 32));
}

static void set_stage(uint64_t milliseconds)
{
	write32(control + WOR, (uint32_t)(milliseconds * ms));
}

/* Before its time, or with nothing to say. */
static bool is_odd(uint64_t time)
{
	return read32(control + WCS) != (EN | WS0) ||
	       time < compare_value() - read32(control + WOR);
}

void guest_handle_interrupt(uint32_t number, uint64_t time)
{
	if (number != intid)
		return;
	taken++;
	if (neglect != 0) {
		gic_disable(intid);
		print("dog: the first stage is over\n");
		return;
	}
	if (is_odd(time))
		odd++;
	if (leave > 0)
		leave--;
	else
		write32(refresh + WRR, 0);
}

/* Another CPU that nothing can be had from. */
void guest_secondary(unsigned cpu)
{
	(void)cpu;
	disable_interrupts();
	for (;;)
		__asm__ volatile("yield");
}

static uint64_t cells(const fdt32_t *at)
{
	return (uint64_t)fdt32_ld(&at[0]) << 32 | fdt32_ld(&at[1]);
}

static bool find(void)
{
	const int node = fdt_node_offset_by_compatible(platform.tree, -1, "arm,sbsa-gwdt");
	const fdt32_t *const reg = fdt_getprop(platform.tree, node, "reg", NULL);
	const fdt32_t *const interrupt = fdt_getprop(platform.tree, node, "interrupts", NULL);

	if (reg == NULL || interrupt == NULL)
		return false;
	control = cells(&reg[0]);
	refresh = cells(&reg[4]);
	intid = 32 + fdt32_ld(&interrupt[1]);
	return true;
}

static void pass(uint64_t milliseconds)
{
	const uint64_t end = virtual_time() + milliseconds * ms;

	while (virtual_time() < end)
		__asm__ volatile("yield");
}

static void switch_off(void)
{
	write32(control + WCS, 0);
	taken = 0;
}

static void check_registers(void)
{
	check("off-at-first", read32(control + WCS) == 0);
	check("version-1", (read32(control + W_IIDR) >> 16 & 0xf) == 1);
	check("both-frames-say-so", read32(refresh + W_IIDR) == read32(control + W_IIDR));
	write32(control + WOR, 0xffffffff);
	write32(control + WOR_HIGH, 0xffffffff);
	check("offset-of-48-bits",
	      read32(control + WOR) == 0xffffffff && read32(control + WOR_HIGH) == 0xffff);
	write32(control + WOR_HIGH, 0);
	set_stage(1000);

	const uint64_t before = virtual_time();

	write32(control + WCS, EN);
	check("enabled", read32(control + WCS) == EN);
	check("a-refresh-sets-the-deadline", compare_value() >= before + 1000 * ms &&
						     compare_value() <= virtual_time() + 1000 * ms);
	switch_off();
	fault.is_expected = true;
	fault.count = 0;
	write8(control + WCS, EN);
	(void)read32(control + WCV + 2);
	write64(control + WOR, 1);
	fault.is_expected = false;
	check("words-alone",
	      fault.count == 3 && read32(control + WCS) == 0 && read32(control + WOR) == 1000 * ms);
}

static void check_refresh(void)
{
	set_stage(3 * STAGE_MS);
	write32(control + WCS, EN);
	for (unsigned i = 0; i < 80; i++) {
		pass(10);
		write32(refresh + WRR, 0);
	}
	check("silent-while-it-is-fed", taken == 0 && read32(control + WCS) == EN);
	switch_off();
}

static void check_interrupt(void)
{
	set_stage(STAGE_MS);
	write32(control + WCS, EN);
	check("interrupts-each-stage", wait_for(&taken, 3));
	check("and-not-when-it-was-fed", stays(&taken, 3));
	leave = 3;
	taken = 0;
	check("interrupts-while-high", wait_for(&leave, 0) && wait_until(&taken, 4, STAGE_MS / 2));
	switch_off();
	check("and-not-when-off", stays(&taken, 0));
	pass(STAGE_MS);
	check("nor-later", taken == 0);
}

/* Deadlines that come before the one that was. */
static void check_sooner(void)
{
	set_stage(20 * STAGE_MS);
	write32(control + WCS, EN);
	set_stage(STAGE_MS);
	check("a-shorter-stage", wait_until(&taken, 1, 10 * STAGE_MS));
	set_stage(20 * STAGE_MS);
	taken = 0;
	set_compare_value(virtual_time() + STAGE_MS * ms);
	check("a-deadline-written", wait_until(&taken, 1, 10 * STAGE_MS));
	/* In the second stage, a later one. */
	leave = 1;
	set_stage(STAGE_MS);
	gic_disable(intid);
	pass(STAGE_MS + STAGE_MS / 8);
	check("the-second-stage", read32(control + WCS) == (EN | WS0));
	set_compare_value(virtual_time() + 60000 * ms);
	pass(STAGE_MS + STAGE_MS / 4);
	check("a-later-end", read32(control + WCS) == (EN | WS0));
	write32(refresh + WRR, 0);
	gic_enable(intid);
	switch_off();
	leave = 0;
	check("all-as-they-should-be", odd == 0 && stays(&taken, 0));
}

static _Noreturn void feed(void)
{
	write32(control + WCS, EN);
	for (unsigned i = 0;; i++) {
		pass(20);
		write32(refresh + WRR, 0);
		if (i % 25 == 0)
			print("dog: is fed\n");
	}
}

/* Deadlines that come sooner than those before, and first stages of no time. */
static _Noreturn void be_wild(void)
{
	set_stage(1000);
	for (uint32_t i = 0;; i++) {
		write32(control + WCS, 0);
		write32(control + WCS, EN);
		set_compare_value(virtual_time() + i % 4096);
		write32(refresh + WRR, 0);
		if (i % 100000 == 0)
			print("dog: is wild\n");
	}
}

static void end(void)
{
	set_stage(bootarg_number("ms", STAGE_MS));
	neglect = 1;
	print("dog: at the end\n");
	if (bootarg_is("end", "feed"))
		feed();
	if (bootarg_is("end", "wild"))
		be_wild();
	if (!bootarg_is("end", "spin") && !bootarg_is("end", "neglect"))
		return;
	for (unsigned cpu = 1; cpu < platform.cpu_count; cpu++)
		(void)guest_cpu_on(cpu);
	if (bootarg_is("end", "spin"))
		disable_interrupts();
	write32(control + WCS, EN);
	for (;;)
		__asm__ volatile("yield");
}

void guest_main(uint64_t first_instruction)
{
	(void)first_instruction;
	check_begin("dog");
	ms = read_register(cntfrq_el0) / 1000;
	gic_init();
	gic_init_cpu();
	if (find()) {
		spi_prepare(intid, false);
		gic_enable(intid);
		enable_interrupts();
		if (bootarg_number("checks", 1) != 0) {
			check_registers();
			check_refresh();
			check_interrupt();
			check_sooner();
		}
		end();
	} else {
		check("the-tree-has-one", false);
	}
	check_end();
}

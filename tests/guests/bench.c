/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bench: what the layer below costs, in nanoseconds of virtual time. Under QEMU's -icount shift=0
 * an instruction takes one nanosecond, so these are instructions. The counter is coarser (16 ns at
 * 62.5 MHz): operations are counted in loops, latencies are averaged over all phases of it.
 *
 * Prints "bench: NAME VALUE" lines, VALUE in tenths of nanoseconds, then "bench: done". A timer's
 * lateness has the guest's own part in it: what the same line says on bare metal. The boot argument
 * only=NAME leaves out all others.
 */
#include "tests/guests/lib/guest.h"

#define LOOPS	     2000
#define TRIALS	     400 /* a multiple of PHASES */
#define PHASES	     16	 /* nanoseconds of a tick of the counter, or a multiple */
#define SGI_TEST     1
#define WORKAROUND_1 0x80008000 /* SMCCC_ARCH_WORKAROUND_1 (DEN0028, 7.4) */

static volatile uint64_t interrupt_time; /* in the vector */
static volatile uint64_t handler_time;	 /* in the handler, plus a phase */
static volatile unsigned phase;
static volatile uint32_t interrupts;
static volatile uint32_t ready;
static uint64_t frequency;

/* Three instructions each: times 0 to 15 take all remainders of 16. */
static void spend(uint64_t times)
{
	__asm__ volatile("1: cbz %0, 2f\n\tsub %0, %0, #1\n\tb 1b\n2:" : "+r"(times));
}

/* Lets others run, too: on QEMU's one thread, and seldom, for that takes it long. */
static void pause(uint64_t times)
{
	spend(times);
	__asm__ volatile("yield");
}

void guest_handle_interrupt(uint32_t intid, uint64_t time)
{
	spend(phase);
	handler_time = virtual_time();
	interrupt_time = time;
	if (intid == platform.virtual_timer)
		write_register(cntv_ctl_el0, 0);
	interrupts++;
}

/* Tenths of a nanosecond for one of count, from counter ticks. */
static uint64_t tenths(uint64_t ticks, uint64_t count)
{
	return ticks * 10000000000 / frequency / count;
}

static void report(const char *name, uint64_t ticks, uint64_t count)
{
	const uint64_t settled = virtual_time() + frequency / 200;

	print("bench: %s %lu\n", name, (unsigned long)tenths(ticks, count));
	/* What a hypervisor does with the line is not to be counted with the next figure. */
	while (virtual_time() < settled)
		pause(10000);
}

static void nothing(void)
{
	__asm__ volatile("");
}

static void psci_version(void)
{
	(void)psci(PSCI_VERSION, 0, 0, 0);
}

static void distributor_read(void)
{
	(void)read32(platform.distributor + 4); /* GICD_TYPER */
}

/* No arguments, no result: by the instruction alone. */
static void workaround_by_smc(void)
{
	register uint64_t x0 __asm__("x0") = WORKAROUND_1;

	__asm__ volatile("smc #0" : "+r"(x0) : : "x1", "x2", "x3", "memory");
}

static void workaround_by_hvc(void)
{
	register uint64_t x0 __asm__("x0") = WORKAROUND_1;

	__asm__ volatile("hvc #0" : "+r"(x0) : : "x1", "x2", "x3", "memory");
}

static uint64_t own_redistributor;

static void redistributor_read(void)
{
	(void)read32(own_redistributor + 8); /* GICR_TYPER */
}

static void uart_read(void)
{
	(void)read32(platform.uart + 0x18); /* FR */
}

static uint64_t loop(void (*operation)(void))
{
	const uint64_t start = virtual_time();

	for (unsigned i = 0; i < LOOPS; i++)
		operation();
	return virtual_time() - start;
}

static bool is_wanted(const char *name)
{
	return *platform.bootargs == '\0' || bootarg_is("only", name);
}

static void measure(const char *name, void (*operation)(void))
{
	const uint64_t empty = loop(nothing);

	if (is_wanted(name))
		report(name, loop(operation) - empty, LOOPS);
}

/* From the timer's deadline to a certain instruction of the handler. */
static void measure_timer(const char *name, bool is_busy)
{
	uint64_t sum = 0;

	if (!is_wanted(name))
		return;
	for (unsigned i = 0; i < TRIALS; i++) {
		const uint32_t before = interrupts;
		/* Phases between the deadline and the loop below: primes apart. */
		const uint64_t deadline = virtual_time() + 400 + i * 7 % 61;

		phase = i % PHASES;
		write_register(cntv_cval_el0, deadline);
		write_register(cntv_ctl_el0, 1);
		while (interrupts == before)
			if (!is_busy)
				wait_for_interrupt();
		sum += handler_time - deadline;
	}
	phase = 0;
	report(name, sum, TRIALS);
}

static void measure_self_sgi(void)
{
	uint64_t sum = 0;

	if (!is_wanted("self_sgi"))
		return;
	for (unsigned i = 0; i < TRIALS; i++) {
		const uint32_t before = interrupts;

		spend(i % PHASES);
		const uint64_t start = virtual_time();

		gic_send_sgi(SGI_TEST, platform.cpus[0]);
		while (interrupts == before)
			__asm__ volatile("yield");
		sum += interrupt_time - start;
	}
	report("self_sgi", sum, TRIALS);
}

void guest_secondary(unsigned cpu)
{
	(void)cpu;
	gic_init_cpu();
	gic_enable(SGI_TEST);
	enable_interrupts();
	ready = 1;
	for (;;)
		wait_for_interrupt();
}

static void measure_other_sgi(void)
{
	uint64_t sum = 0;

	if (!is_wanted("other_sgi") || platform.cpu_count < 2 || guest_cpu_on(1) != 0)
		return;
	while (ready == 0)
		__asm__ volatile("yield");
	for (unsigned i = 0; i < TRIALS; i++) {
		const uint32_t before = interrupts;

		/* Lets the other CPU fall asleep. */
		for (unsigned count = 0; count < 20; count++)
			pause(200);
		spend(i % PHASES);
		const uint64_t start = virtual_time();

		gic_send_sgi(SGI_TEST, platform.cpus[1]);
		while (interrupts == before)
			__asm__ volatile("yield");
		sum += interrupt_time - start;
	}
	report("other_sgi", sum, TRIALS);
}

void guest_main(uint64_t first_instruction)
{
	frequency = read_register(cntfrq_el0);
	gic_init();
	gic_init_cpu();
	gic_enable(platform.virtual_timer);
	gic_enable(SGI_TEST);
	own_redistributor = gic_redistributor();
	enable_interrupts();
	if (is_wanted("entry"))
		report("entry", first_instruction, 1);
	measure("psci_version", psci_version);
	/* With nobody below, there is nobody to call. */
	if (!platform.is_bare)
		measure("workaround", platform.psci_by_smc ? workaround_by_smc : workaround_by_hvc);
	measure("gicd_read", distributor_read);
	measure("gicr_read", redistributor_read);
	measure("uart_read", uart_read);
	measure_timer("timer_busy", true);
	measure_timer("timer_wfi", false);
	measure_self_sgi();
	measure_other_sgi();
	print("bench: done\n");
	(void)psci(PSCI_SYSTEM_OFF, 0, 0, 0);
	for (;;)
		wait_for_interrupt();
}

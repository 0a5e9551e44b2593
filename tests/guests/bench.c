/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bench: what the layer below costs, in nanoseconds of virtual time. Under QEMU's -icount shift=0
 * an instruction takes one nanosecond, so these are instructions. The counter is coarser (16 ns at
 * 62.5 MHz): operations are counted in loops, latencies are averaged over many phases.
 *
 * Prints "bench: NAME VALUE" lines, VALUE in tenths of nanoseconds, then "bench: done".
 */
#include "tests/guests/lib/guest.h"

#define LOOPS	 2000
#define TRIALS	 400
#define SGI_TEST 1

static volatile uint64_t interrupt_time;
static volatile uint32_t interrupts;
static volatile uint32_t ready;
static uint64_t frequency;

void guest_handle_interrupt(uint32_t intid, uint64_t time)
{
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
		__asm__ volatile("yield");
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

static void measure(const char *name, void (*operation)(void))
{
	const uint64_t empty = loop(nothing);

	report(name, loop(operation) - empty, LOOPS);
}

/* From the timer's deadline to the first instruction of the vector. */
static void measure_timer(const char *name, bool is_busy)
{
	uint64_t sum = 0;

	for (unsigned i = 0; i < TRIALS; i++) {
		const uint32_t before = interrupts;
		/* Phases between the deadline and the loop below: primes apart. */
		const uint64_t deadline = virtual_time() + 400 + i * 7 % 61;

		write_register(cntv_cval_el0, deadline);
		write_register(cntv_ctl_el0, 1);
		while (interrupts == before)
			if (!is_busy)
				wait_for_interrupt();
		sum += interrupt_time - deadline;
	}
	report(name, sum, TRIALS);
}

static void measure_self_sgi(void)
{
	uint64_t sum = 0;

	for (unsigned i = 0; i < TRIALS; i++) {
		const uint32_t before = interrupts;

		for (volatile unsigned phase = i % 17; phase > 0; phase--)
			;
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

	if (platform.cpu_count < 2 || guest_cpu_on(1) != 0)
		return;
	while (ready == 0)
		__asm__ volatile("yield");
	for (unsigned i = 0; i < TRIALS; i++) {
		const uint32_t before = interrupts;

		/* Lets the other CPU fall asleep. */
		for (volatile unsigned pause = 2000 + i % 17; pause > 0; pause--)
			__asm__ volatile("yield");
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
	report("entry", first_instruction, 1);
	measure("psci_version", psci_version);
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

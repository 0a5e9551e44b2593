/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ticks: a 1 kHz timer as in rt0, for so long (boot argument ms=N), then off. How late each tick
 * was goes into a histogram with a class for each tick of the counter:
 *
 *   ticks: late NS COUNT        for each class with something in it
 *   ticks: done, N missed
 *
 * role=busy: a neighbour instead, who computes, calls and looks at his interrupt controller for
 * ever; role=crash: for some ms, and panics then (by the panic device). Without a hypervisor,
 * neighbour=1 lets the second CPU do that.
 */
#include "tests/guests/lib/guest.h"

#define PERIODS_PER_SECOND 1000
#define CLASSES		   8192
#define SGI_TO_ITSELF	   1

static uint32_t classes[CLASSES]; /* the last one: so late, and later */
static uint32_t missed;		  /* whole periods that passed before the handler ran */
static volatile uint64_t deadline;
static uint64_t period;
static uint64_t end;
static volatile bool is_over;

void guest_handle_interrupt(uint32_t intid, uint64_t time)
{
	if (intid != platform.virtual_timer)
		return;

	const uint64_t late = time - deadline;

	classes[late < CLASSES ? late : CLASSES - 1]++;
	deadline += period;
	for (; virtual_time() >= deadline + period; deadline += period)
		missed++;
	is_over = deadline > end;
	write_register(cntv_cval_el0, deadline);
	/* Also while it goes on: Xen masks the timer when it fires. */
	write_register(cntv_ctl_el0, is_over ? 0 : 1);
}

static void panic(void)
{
	__asm__ volatile("strb %w0, [%1]" : : "r"(1), "r"(platform.panic_device) : "memory");
}

static _Noreturn void be_busy(uint64_t milliseconds)
{
	const uint64_t start = virtual_time();
	const uint64_t span = read_register(cntfrq_el0) / 1000 * milliseconds;

	gic_enable(SGI_TO_ITSELF);
	enable_interrupts();
	for (;;) {
		if (milliseconds != 0 && virtual_time() - start > span)
			panic();
		for (volatile unsigned i = 0; i < 1000; i++)
			;
		(void)read32(platform.distributor + 4); /* GICD_TYPER */
		gic_send_sgi(SGI_TO_ITSELF, platform.cpus[this_cpu_number()]);
		(void)psci(PSCI_VERSION, 0, 0, 0);
	}
}

void guest_secondary(unsigned cpu)
{
	(void)cpu;
	gic_init_cpu();
	be_busy(0);
}

static void show(void)
{
	const uint64_t frequency = read_register(cntfrq_el0);

	for (uint32_t i = 0; i < CLASSES; i++)
		if (classes[i] != 0)
			print("ticks: late %lu %u\n", (unsigned long)(i * 1000000000UL / frequency),
			      classes[i]);
	print("ticks: done, %u missed\n", missed);
}

void guest_main(uint64_t first_instruction)
{
	const uint64_t milliseconds = bootarg_number("ms", 1000);

	(void)first_instruction;
	gic_init();
	gic_init_cpu();
	if (bootarg_is("role", "busy"))
		be_busy(0);
	if (bootarg_is("role", "crash"))
		be_busy(10);
	if (bootarg_number("neighbour", 0) != 0)
		(void)guest_cpu_on(1);
	period = read_register(cntfrq_el0) / PERIODS_PER_SECOND;
	gic_enable(platform.virtual_timer);
	deadline = virtual_time() + period;
	end = deadline + period * milliseconds;
	write_register(cntv_cval_el0, deadline);
	write_register(cntv_ctl_el0, 1);
	/* Asleep with interrupts masked: none comes between the look and the sleep. */
	while (!is_over) {
		wait_for_interrupt();
		enable_interrupts();
		disable_interrupts();
	}
	show();
	(void)psci(PSCI_SYSTEM_OFF, 0, 0, 0);
	for (;;)
		wait_for_interrupt();
}

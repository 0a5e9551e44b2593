/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rt0: a real-time guest. A 1 kHz timer with absolute deadlines; how late each tick was goes into a
 * histogram, which is printed every few seconds (boot argument interval=SECONDS, or interval-ms=N).
 */
#include "tests/guests/lib/guest.h"

#define PERIODS_PER_SECOND 1000
#define CLASSES		   12 /* below 1, 2, 4 ... 1024 us, and above */

struct histogram {
	uint32_t ticks;
	uint32_t missed; /* whole periods that passed before the handler ran */
	uint64_t shortest;
	uint64_t longest;
	uint64_t sum; /* ns */
	uint32_t classes[CLASSES];
};

static struct histogram histogram;
static uint64_t deadline;
static uint64_t period;
static uint64_t frequency;

/* Counter ticks in nanoseconds; the frequency is at least 1 MHz, the ticks are few. */
static uint64_t nanoseconds(uint64_t ticks)
{
	return ticks * 1000000000 / frequency;
}

static void record(uint64_t late)
{
	unsigned class = 0;

	while (class < CLASSES - 1 && late >= 1000UL << class)
		class ++;
	histogram.classes[class]++;
	histogram.sum += late;
	if (histogram.ticks == 0 || late < histogram.shortest)
		histogram.shortest = late;
	if (late > histogram.longest)
		histogram.longest = late;
	histogram.ticks++;
}

void guest_handle_interrupt(uint32_t intid, uint64_t time)
{
	if (intid != platform.virtual_timer)
		return;
	record(nanoseconds(time - deadline));
	deadline += period;
	for (; virtual_time() >= deadline + period; deadline += period)
		histogram.missed++;
	write_register(cntv_cval_el0, deadline);
}

static void show(void)
{
	struct histogram copy;

	disable_interrupts();
	copy = histogram;
	histogram = (struct histogram){0};
	enable_interrupts();
	print("%u ticks, late min %lu avg %lu max %lu ns, missed %u\n", copy.ticks,
	      (unsigned long)copy.shortest,
	      (unsigned long)(copy.ticks == 0 ? 0 : copy.sum / copy.ticks),
	      (unsigned long)copy.longest, copy.missed);
	print("  us");
	for (unsigned i = 0; i < CLASSES - 1; i++)
		print(" <%u:%u", 1U << i, copy.classes[i]);
	print(" more:%u\n", copy.classes[CLASSES - 1]);
}

void guest_secondary(unsigned cpu)
{
	(void)cpu;
}

void guest_main(uint64_t first_instruction)
{
	const uint64_t interval =
		bootarg_number("interval-ms", bootarg_number("interval", 5) * 1000);

	(void)first_instruction;
	frequency = read_register(cntfrq_el0);
	period = frequency / PERIODS_PER_SECOND;
	print("rt0: %u Hz timer, a histogram of its lateness every %lu ms\n", PERIODS_PER_SECOND,
	      (unsigned long)interval);
	gic_init();
	gic_init_cpu();
	gic_enable(platform.virtual_timer);
	deadline = virtual_time() + period;
	write_register(cntv_cval_el0, deadline);
	write_register(cntv_ctl_el0, 1);
	enable_interrupts();

	for (uint64_t next = virtual_time() + interval * frequency / 1000;;) {
		wait_for_interrupt();
		if (virtual_time() < next)
			continue;
		next += interval * frequency / 1000;
		show();
	}
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * storm: 50 SPIs of mixed priorities become pending at once, while interrupts are masked; then they
 * must come most urgent first, each once, every time. Software pends them: nobody drives them. They
 * lie beyond all devices of QEMU's virt machine, so that it is the same with no hypervisor; in a
 * partition that takes nr_spis = <192>.
 *
 * Prints what checks print, and "bench: storm VALUE": tenths of nanoseconds from unmasking to the
 * last handler, on average; "bench: storm_errors VALUE": interrupts that came out of order, times
 * ten.
 */
#include "tests/guests/lib/check.h"
#include "tests/guests/lib/spi.h"

#define FIRST_INTID 160
#define INTIDS	    50
#define ROUNDS	    32

static volatile uint32_t taken[INTIDS];
static volatile uint32_t order[INTIDS];
static volatile uint32_t order_count; /* may pass INTIDS */
static volatile uint32_t strange;
static volatile uint64_t last_time;
static uint8_t priority[INTIDS];
static uint32_t random_state = 1;

void guest_handle_interrupt(uint32_t intid, uint64_t time)
{
	const uint32_t index = intid - FIRST_INTID;

	last_time = time;
	if (index >= INTIDS) {
		strange++;
		return;
	}
	taken[index]++;
	if (order_count < INTIDS)
		order[order_count] = index;
	order_count++;
}

static uint32_t random_number(void)
{
	random_state = random_state * 1664525 + 1013904223;
	return random_state >> 16;
}

/* Another order and other priorities each time: of those that every GIC and every PMR tells apart.
 */
static void pend_all(void)
{
	const uint32_t first = random_number() % INTIDS;

	for (uint32_t i = 0; i < INTIDS; i++) {
		priority[i] = (uint8_t)(0x40 + (random_number() % 20) * 8);
		spi_set_priority(FIRST_INTID + i, priority[i]);
		taken[i] = 0;
	}
	order_count = 0;
	/* 7 and 50 have no common divisor: all of them. */
	for (uint32_t i = 0; i < INTIDS; i++)
		spi_set(GICD_ISPENDR, FIRST_INTID + (first + 7 * i) % INTIDS);
}

static uint32_t out_of_order(void)
{
	uint32_t errors = 0;

	for (uint32_t i = 1; i < INTIDS && i < order_count; i++)
		if (priority[order[i]] < priority[order[i - 1]])
			errors++;
	return errors;
}

static bool each_once(void)
{
	for (uint32_t i = 0; i < INTIDS; i++)
		if (taken[i] != 1)
			return false;
	return order_count == INTIDS;
}

/* Nanoseconds from unmasking to the last handler. */
static uint64_t ride_out(void)
{
	const uint64_t frequency = read_register(cntfrq_el0);
	const uint64_t start = virtual_time();

	enable_interrupts();
	(void)wait_for(&order_count, INTIDS);
	return (last_time - start) * 1000000000 / frequency;
}

void guest_secondary(unsigned cpu)
{
	(void)cpu;
}

void guest_main(uint64_t first_instruction)
{
	uint64_t sum = 0;
	uint32_t errors = 0;
	bool all_once = true;
	bool all_pending = true;

	(void)first_instruction;
	check_begin("storm");
	gic_init();
	gic_init_cpu();
	for (uint32_t i = 0; i < INTIDS; i++) {
		spi_prepare(FIRST_INTID + i, true);
		spi_set(GICD_ISENABLER, FIRST_INTID + i);
	}
	for (unsigned round = 0; round < ROUNDS; round++) {
		pend_all();
		for (uint32_t i = 0; i < INTIDS; i++)
			all_pending = all_pending && spi_get(GICD_ISPENDR, FIRST_INTID + i);
		sum += ride_out();
		all_once = all_once && each_once();
		errors += out_of_order();
		disable_interrupts();
	}
	print("bench: storm %lu\n", (unsigned long)(sum * 10 / ROUNDS));
	print("bench: storm_errors %u\n", 10 * errors);
	check("all-pending-while-masked", all_pending);
	check("each-comes-once", all_once && stays(&order_count, INTIDS));
	check("most-urgent-first", errors == 0);
	check("no-others", strange == 0);
	check_end();
}

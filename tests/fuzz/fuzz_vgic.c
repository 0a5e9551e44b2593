// SPDX-License-Identifier: Apache-2.0
/*
 * Fuzz target: any guest, on any of its CPUs, and any device, against the virtual GIC on the
 * simulated machine (tests/vgic/machine.h). After each step the invariants of check.c hold; when
 * the CPUs have come to rest, what has to be delivered waits in a list register; and at the end,
 * when the guest has served all it got, nothing is left over.
 *
 * The input is a list of steps, a letter and digits each (tests/fuzz/vgic has examples): a digit's
 * byte counts modulo what there is, so that every input is one. A step may be interrupted by one
 * of another CPU (op 'p'), wherever no lock is held.
 */
#include <stddef.h>
#include <stdlib.h>

#include "arch/arm64/vgic/list_registers.h"
#include "tests/vgic/setup.h"

#define STEP_LIMIT   400
#define STEPS_BEHIND 60 /* steps after the end of the input */

static struct {
	const uint8_t *bytes;
	size_t left;
	uint32_t random;
	unsigned points_to_go; /* until another CPU comes in between; 0: none will */
	/* Priority dropped, not yet deactivated. */
	unsigned dropped[MACHINE_CPUS];
	uint16_t dropped_intids[MACHINE_CPUS][MACHINE_DEPTH];
} input;

static const uint8_t spis[8] = {VIRTUAL_SPI, VIRTUAL_SPI_2, LEVEL_SPI, LEVEL_SPI_2,
				EDGE_SPI,    EDGE_SPI_2,    35,	       64};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Behind the input: what comes then follows from it (xorshift). */
static unsigned next_random(void)
{
	input.random ^= input.random << 13;
	input.random ^= input.random >> 17;
	input.random ^= input.random << 5;
	return input.random >> 8;
}

static unsigned next(unsigned count)
{
	if (input.left == 0)
		return next_random() % count;
	input.left--;
	input.random = (input.random ^ *input.bytes) * 0x01000193U | 1;
	return *input.bytes++ % count;
}

/* A word: one bit, two, all, or any. */
static uint32_t next_mask(void)
{
	uint32_t value = 0;

	switch (next(4)) {
	case 0:
		return 1U << next(32);
	case 1:
		return UINT32_MAX;
	case 2:
		return 1U << next(32) | 1U << next(32);
	default:
		for (unsigned i = 0; i < 4; i++)
			value = value << 8 | next(256);
		return value;
	}
}

static uint32_t next_spi(void)
{
	return spis[next(8)];
}

/* --- What the guest does. --- */

static void acknowledge(void)
{
	const unsigned group = next(2);
	unsigned its_group = 0;

	if (interface_highest(machine.current, &its_group) != MACHINE_NONE && group == its_group)
		(void)guest_acknowledge(group);
}

/* In the order that the architecture asks for; a group is that of the highest active priority. */
static void end(void)
{
	struct machine_cpu *const self = machine_self();
	const unsigned cpu = machine.current;
	const uint32_t ap0 = (uint32_t)self->registers[REGISTER_ich_ap0r0_el2];
	const uint32_t ap1 = (uint32_t)self->registers[REGISTER_ich_ap1r0_el2];

	if (self->guest_depth == 0 || (ap0 | ap1) == 0)
		return;

	const uint32_t intid = self->guest_taken[self->guest_depth - 1];
	const unsigned group = ap1 == 0 || (ap0 != 0 && (ap0 & -ap0) < (ap1 & -ap1)) ? 0 : 1;

	guest_end(intid, group);
	if (guest_splits_end(cpu) && input.dropped[cpu] < MACHINE_DEPTH)
		input.dropped_intids[cpu][input.dropped[cpu]++] = (uint16_t)intid;
}

static void deactivate(unsigned which)
{
	const unsigned cpu = machine.current;

	if (input.dropped[cpu] == 0)
		return;

	uint16_t *const place = &input.dropped_intids[cpu][which % input.dropped[cpu]];
	const uint32_t intid = *place;

	*place = input.dropped_intids[cpu][--input.dropped[cpu]];
	guest_deactivate(intid);
}

/* ISENABLER .. ICACTIVER and IGROUPR, of the distributor or of a vCPU. */
static void write_fields(void)
{
	const uint32_t row = GICD_IGROUPR + 0x80 * next(8);
	const unsigned where = next(MACHINE_CPUS + 2);
	const uint32_t mask = next_mask();

	if (row >= GICD_IPRIORITYR)
		return;
	if (where < machine.config.cpus)
		guest_write_own(where, row, mask);
	else
		guest_write(row + 4 * (where < MACHINE_CPUS ? 1 : where - MACHINE_CPUS + 1), mask);
}

/* The same, for one SPI that something may come of. */
static void write_spi(void)
{
	const uint32_t intid = next_spi();

	guest_write(GICD_ISENABLER + 0x80 * next(6) + 4 * (intid / 32), 1U << intid % 32);
}

static void access_anything(void)
{
	const uint64_t frame = next(2) == 0 ? GUEST_GICD : GUEST_GICR + next(8) * 0x10000;
	const uint64_t address = frame + (next(256) << 8 | next(256));
	const unsigned size = 1U << next(4);

	if (next(2) == 0)
		(void)guest_load(address, size);
	else
		guest_store(address, size, (uint64_t)next_mask() << 32 | next_mask());
}

static void send(void)
{
	const enum guest_sgi kind = next(4) == 3 ? (enum guest_sgi)next(3) : GUEST_SGI1;
	const uint64_t all_others = next(4) == 3 ? BIT(40) : 0;

	const uint64_t intid = next(2) == 0 ? next(3) : next(16);

	guest_send(kind, all_others | intid << 24 | (next(2) == 0 ? next(16) : 1U << next(4)));
}

static void set_priority(void)
{
	const uint32_t intid = next(2) == 0 ? next(32) : next_spi();

	guest_set_priority(intid, (uint8_t)next(256));
}

static void route(void)
{
	const uint32_t intid = next_spi();

	guest_route(intid, next(8) == 7 ? 0xff00 : next(MACHINE_CPUS));
}

/* Priority mask, group enables, EOImode. */
static void set_interface(void)
{
	const uint64_t mask = next(256);

	const bool splits_end = next(8) == 7;

	machine_self()->has_changed_end |= splits_end != guest_splits_end(machine.current);
	machine_self()->registers[REGISTER_ich_vmcr_el2] =
		mask << 24 | (splits_end ? BIT(9) : 0) | next(4);
}

static void switch_cpu(void)
{
	const unsigned other = next(machine.config.cpus);

	if (other != machine.current) {
		(void)guest_cpu_on(other);
		return;
	}
	input.dropped[other] = 0;
	guest_cpu_off();
}

static void send_message(void)
{
	const uint32_t intid = next_spi();

	guest_write(next(2) == 0 ? GICD_SETSPI : GICD_CLRSPI, intid);
}

static void guest_step(uint8_t letter)
{
	switch (letter % 32) {
	case 'a' % 32:
		acknowledge();
		break;
	case 'e' % 32:
		end();
		break;
	case 'd' % 32:
		deactivate(next(MACHINE_DEPTH));
		break;
	case 'f' % 32:
		write_fields();
		break;
	case 'b' % 32:
		access_anything();
		break;
	case 'c' % 32:
		guest_write(GICD_CTLR, next(4));
		break;
	case 'g' % 32:
		send();
		break;
	case 'i' % 32:
		set_priority();
		break;
	case 'j' % 32:
		route();
		break;
	case 'k' % 32:
		set_interface();
		break;
	case 'l' % 32:
		virtual_line(VIRTUAL_SPI + next(2), next(2) != 0);
		break;
	case 'm' % 32:
		switch_cpu();
		break;
	case 'w' % 32:
		send_message();
		break;
	case 's' % 32:
	case 'u' % 32:
		write_spi();
		break;
	default:
		(void)guest_handle();
		break;
	}
}

static void move_device_line(void)
{
	static const uint8_t intids[] = {
		MACHINE_VIRTUAL_TIMER, LEVEL_SPI, LEVEL_SPI_2, EDGE_SPI, EDGE_SPI_2,
		MACHINE_PHYSICAL_TIMER};
	const uint32_t intid = intids[next(sizeof(intids))];

	device_line(next(machine.config.cpus), intid, next(2) != 0);
}

/* Of CPU n: interrupts that are pending come before its next instruction, or after it. */
static void step(void)
{
	uint8_t letter = (uint8_t)next(256);

	if (letter % 32 == 'p' % 32) {
		input.points_to_go = next(32) + 1;
		letter = (uint8_t)next(256);
	}
	machine_run_on(next(machine.config.cpus));
	if (letter % 32 == 'n' % 32 || letter % 32 == 't' % 32)
		move_device_line();
	else if (letter % 32 == 'o' % 32)
		(void)machine_take_interrupt();
	else if (letter % 32 == 'v' % 32)
		(void)physical_settle_wires();
	else if (machine_self()->is_on)
		guest_step(letter);
	else
		(void)machine_take_interrupt();
}

/* --- Between the steps. --- */

/* Another CPU comes in between: never while a lock is held, for it would wait. */
static void point(const char *what, const char *where, unsigned line)
{
	const unsigned current = machine.current;

	(void)what;
	(void)where;
	(void)line;
	if (input.points_to_go == 0 || this_guest.vgic.lock.serving != this_guest.vgic.lock.next ||
	    --input.points_to_go != 0)
		return;

	const unsigned other = next(machine.config.cpus);

	if (other == current || machine.cpus[other].is_in_el2)
		return;
	machine_run_on(other);
	while (machine_take_interrupt())
		;
	if (machine.cpus[other].is_on)
		guest_step((uint8_t)next(256));
	machine_run_on(current);
}

static void settle(void)
{
	machine_settle();
	if (next(8) != 0 || !machine_self()->is_on)
		return;
	input.points_to_go = 0;
	check_registers();
	machine_settle();
}

static void lower(uint32_t intid)
{
	if (intid == VIRTUAL_SPI || intid == VIRTUAL_SPI_2)
		virtual_line(intid, false);
	else if (physical_is_hardware(intid))
		device_line(machine.current, intid, false);
	else if (model_find(machine.current, intid)->line)
		guest_write(GICD_CLRSPI, intid);
}

/* The guest ends what it has begun, and takes what comes. */
static void finish(void)
{
	machine_hooks.point = NULL;
	machine_hooks.handle = lower;
	machine_settle();
	for (unsigned cpu = 0; cpu < machine.config.cpus; cpu++) {
		if (!machine.cpus[cpu].is_on)
			continue;
		machine_run_on(cpu);
		while (machine_self()->guest_depth != 0 &&
		       (machine_self()->registers[REGISTER_ich_ap0r0_el2] |
			machine_self()->registers[REGISTER_ich_ap1r0_el2]) != 0)
			end();
		while (input.dropped[cpu] != 0)
			deactivate(0);
		guest_open_interface(false);
		for (uint32_t index = 0; index < MACHINE_WORDS; index++)
			guest_write(GICD_ICACTIVER + 4 * index, UINT32_MAX);
		guest_write_own(cpu, GICD_ICACTIVER, UINT32_MAX);
	}
	machine_drain();
}

struct start {
	struct machine machine;
	struct model model;
	struct guest guest;
};

/* Begins as the same did before. */
static void begin(unsigned cpus, unsigned lists, unsigned manner)
{
	static struct start *starts[MACHINE_CPUS + 1][MACHINE_LISTS + 1][4];
	struct start **const start = &starts[cpus][lists][manner];

	if (*start == NULL) {
		if (manner == 0)
			setup_machine(cpus, lists);
		else
			setup_guest(cpus, lists);
		for (uint32_t i = 0; manner >= 2 && i < 8; i++)
			setup_spi(spis[i], i % cpus);
		*start = malloc(sizeof(**start));
		if (*start == NULL)
			abort();
		**start = (struct start){machine, model, this_guest};
	}
	setup_machine(cpus, lists);
	machine = (*start)->machine;
	model = (*start)->model;
	this_guest = (*start)->guest;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	input.bytes = data;
	input.left = size;
	input.random = 0x811c9dc5U;
	input.points_to_go = 0;
	for (unsigned cpu = 0; cpu < MACHINE_CPUS; cpu++)
		input.dropped[cpu] = 0;
	machine_hooks = (struct machine_hooks){0};

	const unsigned cpus = next(MACHINE_CPUS) + 1;
	const unsigned size_class = next(16);
	const unsigned lists = size_class < 12	  ? 2 + size_class % 4
			       : size_class == 12 ? 1
						  : size_class + 1;
	const unsigned manner = next(4);

	begin(cpus, lists, manner);
	machine.config.late = next(2) != 0;
	machine.config.traps_all = next(4) == 3;
	if (next(2) != 0)
		for (unsigned cpu = 0; cpu < cpus; cpu++)
			machine.cpus[cpu].registers[REGISTER_ich_vmcr_el2] |= BIT(9);
	machine_hooks.point = point;
	for (unsigned i = 0, tail = 0; i < STEP_LIMIT && tail < STEPS_BEHIND; i++) {
		tail += input.left == 0;
		step();
		if (next(4) == 3)
			settle();
	}
	finish();
	return 0;
}

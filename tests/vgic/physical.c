// SPDX-License-Identifier: Apache-2.0
/* The physical GICv3: state of each interrupt (IHI 0069, chapter 4), and what signals it. */
#include <string.h>

#include "arch/arm64/gic/gic.h"
#include "arch/arm64/gic/registers.h"
#include "tests/vgic/machine.h"
#include "tests/vgic/model.h"

struct machine_word *physical_word(unsigned cpu, uint32_t intid)
{
	if (intid >= MACHINE_INTIDS)
		machine_fail("INTID %u does not exist", intid);
	return intid < 32 ? &machine.cpus[cpu].own : &machine.spis[intid / 32];
}

bool physical_is_hardware(uint32_t intid)
{
	if (intid < 32)
		return intid == MACHINE_VIRTUAL_TIMER || intid == MACHINE_PHYSICAL_TIMER;
	return intid < MACHINE_INTIDS && (machine.config.passed >> (intid - 32) & 1) != 0;
}

/* What gic_boot.c leaves behind. */
void physical_reset(void)
{
	const uint32_t own = 1U << GIC_KICK_SGI | 1U << GIC_VGIC_SGI | 1U << MACHINE_MAINTENANCE |
			     1U << MACHINE_EL2_TIMER;

	for (unsigned cpu = 0; cpu < MACHINE_CPUS; cpu++) {
		struct machine_word *const word = &machine.cpus[cpu].own;

		word->enabled = own;
		word->edge = 0xffff;
		for (unsigned i = 0; i < 32; i++)
			word->priority[i] =
				(own >> i & 1) != 0 ? GIC_PRIORITY_EL2 : GIC_PRIORITY_DEFAULT;
		machine.cpus[cpu].registers[REGISTER_icc_pmr_el1] = GIC_PRIORITY_ALL;
		machine.cpus[cpu].activating = MACHINE_NONE;
	}
	for (unsigned i = 1; i < MACHINE_WORDS; i++) {
		struct machine_word *const word = &machine.spis[i];

		word->edge = ~(uint32_t)(machine.config.levels >> 32 * (i - 1));
		memset(word->priority, GIC_PRIORITY_DEFAULT, sizeof(word->priority));
		memset(word->offered, MACHINE_NOWHERE, sizeof(word->offered));
	}
}

/* Acknowledged, and the distributor has yet to hear of it: till then it tells nobody else. */
static uint32_t in_flight(const struct machine_word *word)
{
	uint32_t found = 0;

	for (unsigned cpu = 0; cpu < machine.config.cpus; cpu++) {
		const uint32_t intid = machine.cpus[cpu].activating;

		if (intid < MACHINE_INTIDS && physical_word(cpu, intid) == word)
			found |= 1U << intid % 32;
	}
	return found;
}

static uint32_t forwardable(const struct machine_word *word)
{
	return word->enabled & (word->latch | (word->level & ~word->edge)) & ~word->active &
	       ~in_flight(word);
}

/* Whom the distributor tells of an SPI, once it has caught up. */
static uint8_t wanted_offer(const struct machine_word *word, unsigned bit)
{
	return (forwardable(word) >> bit & 1) != 0 ? word->route[bit] : MACHINE_NOWHERE;
}

static bool settle_word(struct machine_word *word, bool may_change)
{
	bool has_changed = false;

	for (unsigned bit = 0; bit < 32; bit++) {
		const uint8_t wanted = wanted_offer(word, bit);

		has_changed = has_changed || word->offered[bit] != wanted;
		if (may_change)
			word->offered[bit] = wanted;
	}
	return has_changed;
}

bool physical_settle_wires(void)
{
	bool has_changed = false;

	for (unsigned i = 1; i < MACHINE_WORDS; i++)
		has_changed |= settle_word(&machine.spis[i], true);
	return has_changed;
}

bool physical_has_settled(void)
{
	for (unsigned i = 1; machine.config.late && i < MACHINE_WORDS; i++)
		if (settle_word(&machine.spis[i], false))
			return false;
	return true;
}

/* EL2's own interrupts come at all times, guests' while none of them is being served. */
static unsigned running_priority(const struct machine_cpu *cpu)
{
	unsigned lowest = 0x100;

	for (uint32_t i = 0; i < cpu->depth; i++) {
		const unsigned cpu_index = (unsigned)(cpu - machine.cpus);
		const unsigned priority =
			physical_word(cpu_index, cpu->taken[i])->priority[cpu->taken[i] % 32];

		lowest = priority < lowest ? priority : lowest;
	}
	return lowest;
}

/* The candidate of a word that is more urgent than *best. */
static uint32_t most_urgent(const struct machine_word *word, uint32_t candidates, uint32_t first,
			    unsigned *best)
{
	uint32_t found = MACHINE_NONE;

	for (; candidates != 0; candidates &= candidates - 1) {
		const unsigned bit = (unsigned)__builtin_ctz(candidates);

		if (word->priority[bit] < *best) {
			*best = word->priority[bit];
			found = first + bit;
		}
	}
	return found;
}

static uint32_t spis_for(const struct machine_word *word, unsigned cpu)
{
	uint32_t found = 0;

	if (machine.config.late) {
		for (unsigned bit = 0; bit < 32; bit++)
			found |= word->offered[bit] == cpu ? 1U << bit : 0;
		return found;
	}
	for (uint32_t left = forwardable(word); left != 0; left &= left - 1)
		if (word->route[__builtin_ctz(left)] == cpu)
			found |= left & -left;
	return found;
}

uint32_t physical_highest(unsigned cpu)
{
	struct machine_cpu *const self = &machine.cpus[cpu];
	const unsigned mask = (unsigned)self->registers[REGISTER_icc_pmr_el1];
	const unsigned running = running_priority(self);
	unsigned best = mask < running ? mask : running;
	uint32_t found = MACHINE_NONE;

	/* The level of the maintenance interrupt is what the list registers say now (12.4.6). */
	self->own.level &= ~(1U << MACHINE_MAINTENANCE);
	if (interface_maintenance(cpu) != 0)
		self->own.level |= 1U << MACHINE_MAINTENANCE;
	if (self->activating != MACHINE_NONE)
		return MACHINE_NONE;
	found = most_urgent(&self->own, forwardable(&self->own), 0, &best);
	for (unsigned i = 1; i < MACHINE_WORDS; i++) {
		const uint32_t candidates = spis_for(&machine.spis[i], cpu);
		const uint32_t spi = most_urgent(&machine.spis[i], candidates, 32 * i, &best);

		found = spi == MACHINE_NONE ? found : spi;
	}
	return found;
}

uint32_t physical_acknowledge(void)
{
	struct machine_cpu *const self = machine_self();
	const uint32_t intid = physical_highest(machine.current);

	if (intid == MACHINE_NONE)
		return MACHINE_NONE;
	if (self->depth == MACHINE_DEPTH)
		machine_fail("too many interrupts are active in EL2");
	self->activating = intid;
	physical_word(machine.current, intid)->offered[intid % 32] = MACHINE_NOWHERE;
	self->taken[self->depth++] = (uint16_t)intid;
	return intid;
}

/* The distributor hears of it: what was latched is consumed (4.5). */
void physical_complete_acknowledge(void)
{
	struct machine_cpu *const self = machine_self();
	const uint32_t intid = self->activating;

	if (intid == MACHINE_NONE)
		return;

	struct machine_word *const word = physical_word(machine.current, intid);
	const uint32_t mask = 1U << intid % 32;

	self->activating = MACHINE_NONE;
	word->latch &= ~mask;
	word->active |= mask;
	model_forwarded(machine.current, intid);
}

void physical_drop_priority(uint32_t intid)
{
	struct machine_cpu *const self = machine_self();

	if (self->depth == 0 || self->taken[self->depth - 1] != intid)
		machine_fail("EL2 ends %u, which is not what it acknowledged last", intid);
	self->depth--;
}

void physical_deactivate(unsigned cpu, uint32_t intid)
{
	physical_word(cpu, intid)->active &= ~(1U << intid % 32);
}

void physical_send_sgi(uint64_t value)
{
	const uint32_t intid = value >> 24 & 0xf;

	for (unsigned cpu = 0; cpu < machine.config.cpus; cpu++)
		if ((value >> cpu & 1) != 0)
			machine.cpus[cpu].own.latch |= 1U << intid;
}

/* GICD_I..R and what a redistributor has of it: NULL for another offset. */
static uint32_t *find_field(struct machine_word *word, uint32_t row)
{
	switch (row) {
	case GICD_ISENABLER:
	case GICD_ICENABLER:
		return &word->enabled;
	case GICD_ISPENDR:
	case GICD_ICPENDR:
		return &word->latch;
	case GICD_ISACTIVER:
	case GICD_ICACTIVER:
		return &word->active;
	default:
		return NULL;
	}
}

/* Of a shared word, only what belongs to the partition may be touched (design: law 4). */
static void check_ownership(bool is_distributor, uint32_t index, uint32_t mask)
{
	const uint32_t timers = 1U << MACHINE_VIRTUAL_TIMER | 1U << MACHINE_PHYSICAL_TIMER;
	const uint32_t passed = (uint32_t)(machine.config.passed >> 32 * ((index - 1) & 1));

	if ((mask & ~(is_distributor ? passed : timers)) != 0)
		machine_fail("writes 0x%x to word %u of the physical GIC", mask, index);
}

static void store_field(bool is_distributor, uint32_t offset, uint32_t value)
{
	const uint32_t index = offset % 0x80 / 4;
	const uint32_t row = offset - offset % 0x80;

	if (index >= MACHINE_WORDS || (index == 0) == is_distributor)
		machine_fail("store to offset 0x%x of the physical GIC", offset);

	struct machine_word *const word =
		is_distributor ? &machine.spis[index] : &machine_self()->own;
	uint32_t *const field = find_field(word, row);

	check_ownership(is_distributor, index, value);
	if (field == NULL)
		machine_fail("store to offset 0x%x of the physical GIC", offset);
	else if ((row & 0x80) == 0)
		*field |= value; /* ISENABLER, ISPENDR and ISACTIVER are the even rows ... */
	else
		*field &= ~value;
	/* What software makes active is not on its way any more, however late the rest is. */
	for (uint32_t left = row == GICD_ISACTIVER ? value : 0; left != 0; left &= left - 1)
		word->offered[__builtin_ctz(left)] = MACHINE_NOWHERE;
}

static void store_priority(bool is_distributor, uint32_t intid, uint8_t value)
{
	if (intid >= MACHINE_INTIDS || (intid < 32) == is_distributor)
		machine_fail("store to the priority of INTID %u", intid);
	check_ownership(is_distributor, intid / 32, 1U << intid % 32);
	physical_word(machine.current, intid)->priority[intid % 32] = value & 0xf0;
}

static void store_route(uint32_t intid, uint64_t value)
{
	if (intid < 32 || intid >= MACHINE_INTIDS || value >= machine.config.cpus)
		machine_fail("routes INTID %u to 0x%lx", intid, (unsigned long)value);
	check_ownership(true, intid / 32, 1U << intid % 32);
	machine.spis[intid / 32].route[intid % 32] = (uint8_t)value;
}

void physical_store(bool is_distributor, uint32_t offset, unsigned size, uint64_t value)
{
	const uint32_t in_frame = is_distributor ? offset : offset - GICR_SGI_BASE;

	if (size == 8 && is_distributor && offset >= GICD_IROUTER)
		store_route((offset - GICD_IROUTER) / 8, value);
	else if (size == 1 && in_frame >= GICD_IPRIORITYR && in_frame < 0x800)
		store_priority(is_distributor, in_frame - GICD_IPRIORITYR, (uint8_t)value);
	else if (size == 4)
		store_field(is_distributor, in_frame, (uint32_t)value);
	else
		machine_fail("store of %u bytes to offset 0x%x", size, offset);
}

uint64_t physical_load(bool is_distributor, uint32_t offset, unsigned size)
{
	const uint32_t in_frame = is_distributor ? offset : offset - GICR_SGI_BASE;
	const uint32_t index = in_frame % 0x80 / 4;

	if (!is_distributor && offset == GICR_CTLR)
		return 0; /* the redistributor has carried out what it was told */
	if (size != 4 || index >= MACHINE_WORDS || (index == 0) == is_distributor)
		machine_fail("load of %u bytes from offset 0x%x", size, offset);

	struct machine_word *const word =
		is_distributor ? &machine.spis[index] : &machine_self()->own;
	const uint32_t *const field = find_field(word, in_frame - in_frame % 0x80);

	if (field == NULL)
		machine_fail("load from offset 0x%x of the physical GIC", offset);
	return field == &word->latch ? *field | (word->level & ~word->edge) : *field;
}

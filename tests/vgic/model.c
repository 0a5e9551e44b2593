// SPDX-License-Identifier: Apache-2.0
#include "tests/vgic/model.h"

#include <string.h>

#include "arch/arm64/gic/registers.h"

struct model model;

void model_reset(void)
{
	memset(&model, 0, sizeof(model));
	for (unsigned cpu = 0; cpu < MACHINE_CPUS; cpu++)
		for (uint32_t i = 0; i < 32; i++) {
			model.own[cpu][i].edge = i < 16;
			model.own[cpu][i].target = (uint8_t)cpu;
		}
	for (uint32_t i = 0; i < MACHINE_INTIDS - 32; i++)
		model.spis[i].edge = (machine.config.passed & ~machine.config.levels) >> i & 1;
}

struct model_irq *model_find(unsigned cpu, uint32_t intid)
{
	if (intid >= MACHINE_INTIDS)
		machine_fail("INTID %u is not one of the guest's", intid);
	return intid < 32 ? &model.own[cpu][intid] : &model.spis[intid - 32];
}

static void pend_begins(struct model_irq *irq)
{
	irq->credit++;
	irq->overtaken &= (uint8_t) ~(1U << machine.current);
}

static void pend_ends(struct model_irq *irq)
{
	if ((irq->overtaken >> machine.current & 1) == 0)
		irq->debt = true;
}

static void clear(struct model_irq *irq)
{
	irq->debt = false;
	irq->overtaken = 0xff;
}

/* --- The guest's registers. --- */

static void store_control(uint32_t value)
{
	const uint32_t groups = GICD_CTLR_ENABLE_GROUP0 | GICD_CTLR_ENABLE_GROUP1;

	model.control = value & groups;
}

/* GICD_SETSPI, GICD_CLRSPI: a level's line, or a latch (12.9.35). */
static bool is_message(const struct model_step *access)
{
	return access->frame < 0 && access->size <= 4 &&
	       (access->offset == GICD_SETSPI || access->offset == GICD_CLRSPI) &&
	       (access->value & 0x3ff) >= 32 && (access->value & 0x3ff) < MACHINE_INTIDS;
}

static bool is_line(uint32_t intid)
{
	return !physical_is_hardware(intid) && !model.spis[intid - 32].edge;
}

static void begin_message(bool is_set, uint32_t intid)
{
	struct model_irq *const irq = &model.spis[intid - 32];

	if (is_line(intid))
		irq->was_high = true;
	else if (is_set)
		pend_begins(irq);
}

static void commit_message(bool is_set, uint32_t intid)
{
	struct model_irq *const irq = &model.spis[intid - 32];

	if (is_line(intid))
		irq->line = is_set;
	else if (is_set)
		pend_ends(irq);
	else
		clear(irq);
}

static void store_route(uint32_t intid, const struct model_step *access)
{
	const uint64_t affinity = access->value & UINT64_C(0xff00ffffff);

	if (intid >= 32 && intid < MACHINE_INTIDS && access->offset % 8 == 0)
		model.spis[intid - 32].target =
			affinity < machine.config.cpus ? (uint8_t)affinity : MACHINE_NOWHERE;
}

static bool is_config_fixed(uint32_t intid)
{
	return intid < 16 || physical_is_hardware(intid);
}

/* A bit of one of the rows of words. */
static void store_bit(struct model_irq *irq, uint32_t row, bool bit)
{
	if (row == GICD_IGROUPR)
		irq->group1 = bit;
	if (!bit)
		return;
	switch (row) {
	case GICD_ISENABLER:
		irq->enabled = true;
		break;
	case GICD_ICENABLER:
		irq->enabled = false;
		break;
	case GICD_ISPENDR:
		pend_ends(irq);
		break;
	case GICD_ICPENDR:
		clear(irq);
		break;
	case GICD_ISACTIVER:
		/* If it ends before its holder hears of this, it stays active. */
		irq->is_unpredictable |= irq->active || irq->is_activated;
		irq->is_activated = true;
		break;
	case GICD_ICACTIVER:
		/* If it is acknowledged before its holder hears of this, that is what ends. */
		irq->is_unpredictable |= !irq->active && model_may_come(irq);
		irq->active = false;
		irq->is_activated = false;
		break;
	default:
		break;
	}
}

/* The first interrupt of an access to a register with fields; or MACHINE_INTIDS. */
static uint32_t first_intid(const struct model_step *access, uint32_t first, unsigned bits)
{
	const uint32_t intid = (access->offset - first) * 8 / bits;

	if (access->frame >= 0)
		return intid < 32 ? intid : MACHINE_INTIDS;
	return intid >= 32 && intid < MACHINE_INTIDS ? intid : MACHINE_INTIDS;
}

static struct model_irq *irq_of(const struct model_step *access, uint32_t intid)
{
	return model_find(access->frame < 0 ? 0 : (unsigned)access->frame, intid);
}

static void store_bits(const struct model_step *access)
{
	const uint32_t row = access->offset - access->offset % 0x80;
	const uint32_t first = first_intid(access, row, 1);

	for (uint32_t i = 0; i < 32 && first < MACHINE_INTIDS; i++)
		store_bit(irq_of(access, first + i), row, (access->value >> i & 1) != 0);
}

static void store_priorities(const struct model_step *access)
{
	const uint32_t first = first_intid(access, GICD_IPRIORITYR, 8);

	for (uint32_t i = 0; i < access->size && first < MACHINE_INTIDS; i++)
		irq_of(access, first + i)->priority = (access->value >> 8 * i) & 0xf8;
}

/* Whether it is pending afterwards is unpredictable, if it is enabled or was pending (12.9.9). */
static void configure(struct model_irq *irq, bool edge)
{
	if (irq->edge != edge &&
	    (irq->enabled || irq->line || irq->credit != 0 || irq->was_high || irq->active))
		irq->is_unpredictable = true;
	irq->edge = edge;
}

static void store_config(const struct model_step *access)
{
	const uint32_t first = first_intid(access, GICD_ICFGR, 2);

	for (uint32_t i = 0; i < 16 && first < MACHINE_INTIDS; i++)
		if (!is_config_fixed(first + i))
			configure(irq_of(access, first + i),
				  (access->value >> (2 * i + 1) & 1) != 0);
}

static void begin_store(const struct model_step *access)
{
	const uint32_t first = first_intid(access, GICD_ISPENDR, 1);

	if (is_message(access))
		begin_message(access->offset == GICD_SETSPI, access->value & 0x3ff);

	if (access->size != 4 || !is_aligned(access->offset, access->size) ||
	    access->offset < GICD_ISPENDR || access->offset >= GICD_ISPENDR + 0x80 ||
	    first >= MACHINE_INTIDS)
		return;
	for (uint32_t i = 0; i < 32; i++)
		if ((access->value >> i & 1) != 0)
			pend_begins(irq_of(access, first + i));
}

static void commit_store(const struct model_step *access)
{
	const uint32_t offset = access->offset;
	const bool is_word = access->size == 4;

	if (!is_aligned(access->offset, access->size))
		return;
	if (is_message(access))
		commit_message(offset == GICD_SETSPI, access->value & 0x3ff);
	else if (offset >= GICD_IPRIORITYR && offset < 0x800 && access->size != 8 &&
		 access->size != 2)
		store_priorities(access);
	else if (is_word && offset >= GICD_ICFGR && offset < 0xd00)
		store_config(access);
	else if (is_word && offset >= GICD_IGROUPR && offset < GICD_IPRIORITYR)
		store_bits(access);
	else if (access->frame < 0 && is_word && offset == GICD_CTLR)
		store_control((uint32_t)access->value);
	else if (access->frame < 0 && (is_word || access->size == 8) && offset >= GICD_IROUTER &&
		 offset < GICD_IROUTER + 8 * MACHINE_INTIDS)
		store_route((offset - GICD_IROUTER) / 8, access);
}

/* --- SGIs. --- */

static bool is_sent_to(unsigned cpu, uint64_t value)
{
	if ((value >> 40 & 1) != 0)
		return cpu != machine.current;
	return (value & UINT64_C(0x00fff0ff00ff0000)) == 0 && (value >> cpu & 1) != 0;
}

static void send_to(unsigned cpu, enum guest_sgi kind, uint64_t value,
		    void (*pend)(struct model_irq *irq))
{
	struct model_irq *const irq = &model.own[cpu][value >> 24 & 0xf];

	if (is_sent_to(cpu, value) && (kind == GUEST_SGI1 || !irq->group1))
		pend(irq);
}

void model_send_begins(enum guest_sgi kind, uint64_t value)
{
	model.reached[machine.current] = 0;
	for (unsigned cpu = 0; cpu < machine.config.cpus; cpu++) {
		send_to(cpu, GUEST_SGI1, value, pend_begins);
		if (kind == GUEST_SGI1 || !model.own[cpu][value >> 24 & 0xf].group1)
			model.reached[machine.current] |= (uint8_t)(1U << cpu);
	}
}

/* Who changes its group meanwhile may get it or not. */
void model_send_ends(enum guest_sgi kind, uint64_t value)
{
	for (unsigned cpu = 0; cpu < machine.config.cpus; cpu++)
		if ((model.reached[machine.current] >> cpu & 1) != 0)
			send_to(cpu, kind, value, pend_ends);
}

/* --- Lines. --- */

static void begin_line(const struct model_step *step)
{
	struct model_irq *const irq = &model.spis[step->intid - 32];

	if (step->level && irq->edge)
		pend_begins(irq);
	irq->was_high = true;
}

static void commit_line(const struct model_step *step)
{
	struct model_irq *const irq = &model.spis[step->intid - 32];

	if (step->level && !irq->line && irq->edge)
		pend_ends(irq);
	irq->was_high = irq->was_high || irq->line;
	irq->line = step->level;
}

void model_device_line(unsigned cpu, uint32_t intid, bool level)
{
	struct model_irq *const irq = model_find(cpu, intid);

	if (level && !irq->line && irq->edge) {
		pend_begins(irq);
		pend_ends(irq);
	}
	irq->was_high = irq->was_high || irq->line;
	irq->line = level;
}

void model_forwarded(unsigned cpu, uint32_t intid)
{
	if (physical_is_hardware(intid) && !model_find(cpu, intid)->edge)
		model_find(cpu, intid)->was_high = true;
}

/* --- What the guest has got. --- */

bool model_is_pending(const struct model_irq *irq)
{
	return !irq->is_unpredictable && (irq->debt || (irq->line && !irq->edge));
}

bool model_may_come(const struct model_irq *irq)
{
	return irq->is_unpredictable || irq->credit != 0 ||
	       (!irq->edge && (irq->line || irq->was_high));
}

bool model_is_deliverable(unsigned cpu, const struct model_irq *irq)
{
	const uint32_t group = irq->group1 ? GICD_CTLR_ENABLE_GROUP1 : GICD_CTLR_ENABLE_GROUP0;

	return irq->enabled && irq->target == cpu && !irq->active && !irq->is_activated &&
	       (model.control & group) != 0 && !model.is_stopped;
}

void model_acknowledged(unsigned cpu, uint32_t intid)
{
	struct model_irq *const irq = model_find(cpu, intid);

	if (!model_may_come(irq))
		machine_fail("vCPU %u gets INTID %u, which nobody has pended", cpu, intid);
	if (irq->credit != 0)
		irq->credit--;
	else if (!irq->line)
		irq->was_high = false;
	clear(irq);
	irq->active = true;
	irq->active_on = (uint8_t)cpu;
	if (irq->delivered < MODEL_MANY)
		irq->delivered++;
}

/*
 * An end of what is not active any more (ICACTIVER): if others are active outside of the list
 * registers, EL2 takes it for the end of one of those (vgic.h).
 */
static void end_of_another(unsigned cpu)
{
	for (uint32_t intid = 0; intid < MACHINE_INTIDS; intid++) {
		struct model_irq *const irq = model_find(cpu, intid);

		irq->is_unpredictable |=
			irq->is_activated || (irq->active && irq->active_on == cpu);
	}
}

void model_deactivated(unsigned cpu, uint32_t intid)
{
	struct model_irq *const irq = model_find(cpu, intid);

	if (!irq->active || irq->active_on != cpu)
		end_of_another(cpu);
	else
		irq->active = false;
}

/* Its own are as at reset; of SPIs, what it had acknowledged ends. */
static void commit_off(unsigned cpu)
{
	for (uint32_t i = 0; i < 32; i++) {
		struct model_irq *const irq = &model.own[cpu][i];
		const struct model_irq old = *irq;

		memset(irq, 0, sizeof(*irq));
		irq->edge = i < 16;
		irq->target = (uint8_t)cpu;
		irq->line = old.line;
		irq->credit = old.credit;
		irq->overtaken = 0xff;
		irq->delivered = old.delivered;
	}
	for (uint32_t i = 0; i < MACHINE_INTIDS - 32; i++) {
		if (model.spis[i].active_on == cpu)
			model.spis[i].active = false;
		/* Nobody has said whose those are that software made active. */
		model.spis[i].is_unpredictable |= model.spis[i].is_activated;
	}
}

void model_begin(const struct model_step *step)
{
	model.steps[machine.current] = *step;
	if (step->kind == MODEL_STORE)
		begin_store(step);
	else if (step->kind == MODEL_LINE)
		begin_line(step);
}

void model_commit(unsigned cpu)
{
	const struct model_step step = model.steps[cpu];

	model_abandon(cpu);
	if (step.kind == MODEL_STORE)
		commit_store(&step);
	else if (step.kind == MODEL_LINE)
		commit_line(&step);
	else if (step.kind == MODEL_OFF)
		commit_off(cpu);
}

void model_abandon(unsigned cpu)
{
	memset(&model.steps[cpu], 0, sizeof(model.steps[cpu]));
}

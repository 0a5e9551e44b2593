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

void model_pend_begins(struct model_irq *irq)
{
	irq->credit++;
	irq->overtaken &= (uint8_t) ~(1U << machine.current);
}

void model_pend_ends(struct model_irq *irq)
{
	if ((irq->overtaken >> machine.current & 1) == 0)
		irq->debt = true;
}

void model_clear(struct model_irq *irq)
{
	irq->debt = false;
	irq->overtaken = 0xff;
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
		send_to(cpu, GUEST_SGI1, value, model_pend_begins);
		if (kind == GUEST_SGI1 || !model.own[cpu][value >> 24 & 0xf].group1)
			model.reached[machine.current] |= (uint8_t)(1U << cpu);
	}
}

/* Who changes its group meanwhile may get it or not. */
void model_send_ends(enum guest_sgi kind, uint64_t value)
{
	for (unsigned cpu = 0; cpu < machine.config.cpus; cpu++)
		if ((model.reached[machine.current] >> cpu & 1) != 0)
			send_to(cpu, kind, value, model_pend_ends);
}

/* --- Lines. --- */

static void begin_line(const struct model_step *step)
{
	struct model_irq *const irq = &model.spis[step->intid - 32];

	if (step->level && irq->edge)
		model_pend_begins(irq);
	irq->was_high = true;
}

static void commit_line(const struct model_step *step)
{
	struct model_irq *const irq = &model.spis[step->intid - 32];

	if (step->level && !irq->line && irq->edge)
		model_pend_ends(irq);
	irq->was_high = irq->was_high || irq->line;
	irq->line = step->level;
}

void model_device_line(unsigned cpu, uint32_t intid, bool level)
{
	struct model_irq *const irq = model_find(cpu, intid);

	if (level && !irq->line && irq->edge) {
		model_pend_begins(irq);
		model_pend_ends(irq);
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
	model_clear(irq);
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
		model_begin_store(step);
	else if (step->kind == MODEL_LINE)
		begin_line(step);
}

void model_commit(unsigned cpu)
{
	const struct model_step step = model.steps[cpu];

	model_abandon(cpu);
	if (step.kind == MODEL_STORE)
		model_commit_store(&step);
	else if (step.kind == MODEL_LINE)
		commit_line(&step);
	else if (step.kind == MODEL_OFF)
		commit_off(cpu);
}

void model_abandon(unsigned cpu)
{
	memset(&model.steps[cpu], 0, sizeof(model.steps[cpu]));
}

// SPDX-License-Identifier: Apache-2.0
/* What a store to one of the frames' registers asks for. */
#include "arch/arm64/gic/registers.h"
#include "tests/vgic/model.h"

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
		model_pend_begins(irq);
}

static void commit_message(bool is_set, uint32_t intid)
{
	struct model_irq *const irq = &model.spis[intid - 32];

	if (is_line(intid))
		irq->line = is_set;
	else if (is_set)
		model_pend_ends(irq);
	else
		model_clear(irq);
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
		model_pend_ends(irq);
		break;
	case GICD_ICPENDR:
		model_clear(irq);
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

void model_begin_store(const struct model_step *access)
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
			model_pend_begins(irq_of(access, first + i));
}

void model_commit_store(const struct model_step *access)
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

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the guest's registers, senders and devices ask for, as a GIC with no hypervisor would keep
 * it, and what the guest has got. Two questions are answered of each interrupt of each vCPU:
 *
 *   must   It was pended, has not been acknowledged or cleared since, and may be delivered: it has
 * to come. An acknowledge or a clear that came while it was being pended counts as later. may There
 * were more pends than acknowledges: it may come. What is level-triggered may come as long as its
 * line is high, and once more if that was seen before the line fell.
 *
 * A pend may be seen from its start, and has to be when it is over.
 */
#ifndef BULKHEAD_TESTS_VGIC_MODEL_H
#define BULKHEAD_TESTS_VGIC_MODEL_H

#include "tests/vgic/machine.h"

#define MODEL_MANY 20

struct model_irq {
	bool enabled, group1, edge, line;
	bool debt;	   /* latched: must come */
	bool was_high;	   /* a level that has fallen, and may have been seen */
	bool active;	   /* acknowledged by the guest and not deactivated */
	bool is_activated; /* by ISACTIVER: nobody's to end but ICACTIVER's */
	bool is_unpredictable;
	uint8_t active_on;
	uint8_t priority;
	uint8_t target;
	uint8_t overtaken;  /* bit n: acknowledged or cleared since CPU n began to pend it */
	uint16_t credit;    /* pends that may yet come */
	uint16_t delivered; /* acknowledges by the guest: MODEL_MANY or more */
};

/* What a CPU is about. It has effect in one moment: when EL2 lets the vGIC's lock go. */
struct model_step {
	enum { MODEL_NOTHING, MODEL_STORE, MODEL_LINE, MODEL_OFF } kind;
	int frame; /* a store: of which vCPU, or -1 for the distributor */
	uint32_t offset;
	unsigned size;
	uint64_t value;
	uint32_t intid; /* a virtual line */
	bool level;
};

struct model {
	uint32_t control; /* GICD_CTLR: groups */
	bool is_stopped;  /* the partition */
	struct model_step steps[MACHINE_CPUS];
	uint8_t reached[MACHINE_CPUS]; /* vCPUs that the SGI being sent can reach, by their groups
					*/
	struct model_irq own[MACHINE_CPUS][32];
	struct model_irq spis[MACHINE_INTIDS - 32];
};

extern struct model model;

void model_reset(void);

struct model_irq *model_find(unsigned cpu, uint32_t intid);

void model_begin(const struct model_step *step);
void model_commit(unsigned cpu); /* has effect now; nothing without a step, or the second time */
void model_abandon(unsigned cpu);

void model_send_begins(enum guest_sgi kind, uint64_t value);
void model_send_ends(enum guest_sgi kind, uint64_t value);

void model_device_line(unsigned cpu, uint32_t intid, bool level);

void model_forwarded(unsigned cpu, uint32_t intid); /* EL2 has acknowledged it */
void model_acknowledged(unsigned cpu, uint32_t intid);
void model_deactivated(unsigned cpu, uint32_t intid);

bool model_is_pending(const struct model_irq *irq);
bool model_may_come(const struct model_irq *irq);
/* It may be delivered to this vCPU, if that is on: enabled, group, route, not active. */
bool model_is_deliverable(unsigned cpu, const struct model_irq *irq);

/* --- Between model.c and model_registers.c. --- */

/* This CPU pends an interrupt: it may be seen from the start, and has to be at the end. */
void model_pend_begins(struct model_irq *irq);
void model_pend_ends(struct model_irq *irq);
/* It need not come any more. */
void model_clear(struct model_irq *irq);

void model_begin_store(const struct model_step *access);
void model_commit_store(const struct model_step *access);

#endif

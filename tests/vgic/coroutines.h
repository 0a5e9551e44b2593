/* SPDX-License-Identifier: Apache-2.0 */
/* What the explorer (explore.c) is made of: coroutines, and states that are kept and known again.
 */
#ifndef BULKHEAD_TESTS_VGIC_COROUTINES_H
#define BULKHEAD_TESTS_VGIC_COROUTINES_H

#include <setjmp.h>
#include <stddef.h>

#include "tests/vgic/explore.h"

#define STACK_SIZE 32768
#define DEVICE	   MACHINE_CPUS /* after the CPUs' */
#define WIRES	   (MACHINE_CPUS + 1)
#define COROUTINES (MACHINE_CPUS + 2)

enum wait {
	WAIT_NOT,    /* it can go on */
	WAIT_LOCK,   /* until its ticket is served */
	WAIT_OTHERS, /* until another has done something */
	WAIT_IDLE,   /* a CPU: until it is interrupted; the wires: until something has changed */
	WAIT_END,
};

struct coroutine {
	enum wait wait;
	bool is_overtaken; /* others have done something since it last waited for that */
	const struct lock *lock;
	uint32_t ticket;
	bool has_finished; /* its script */
	uint8_t *low;	   /* of its stack in use */
	jmp_buf context;
	jmp_buf off; /* where its guest goes when the vCPU goes off under it */
};

extern struct coroutine coroutines[COROUTINES];
extern uint8_t stacks[COROUTINES][STACK_SIZE];
extern const char *last_label[COROUTINES]; /* where each stands, in words */

/* Those of a scenario, on a machine that has been prepared; each stands before its first step. */
void coroutines_create(const struct scenario *scenario);

/* Whether it can take a step, and a step of it: to the next place where another may come. */
bool coroutine_is_enabled(unsigned which);
void coroutine_step(unsigned which);

/* Calls a function that may fail. */
void coroutines_try(void (*function)(void));

/* What has failed in a step, or NULL. */
extern const char *failure;

/* --- states.c --- */

/* Everything, as it is now: a number that stands for it, and a copy. */
uint64_t state_hash(void);

struct snapshot {
	uint8_t *bytes;
	size_t capacity;
};
void state_save(struct snapshot *snapshot);
void state_restore(const struct snapshot *snapshot);

#endif

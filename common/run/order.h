/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Orders: how the operator, a supervisor or the housekeeping CPU stops, starts and restarts a
 * partition. The one thing that a partition's EL2 takes from others; the mailboxes are in the one
 * page that all CPUs may write.
 *
 *   order_give()  ---> mailbox of the partition ---> kick ---> order_take() on its CPUs
 *
 * A mailbox holds one order; a later one takes the place of an earlier one that was not yet taken,
 * but a watchdog's expiry comes only into an empty one.
 *
 * The EL2 of a partition in direct mode takes no kick while its guest runs: housekeeping breaks in
 * (arch_break_in()), and its vCPUs find the order as they fall out of the guest.
 */
#ifndef BULKHEAD_RUN_ORDER_H
#define BULKHEAD_RUN_ORDER_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "common/plan/plan.h"

enum order {
	ORDER_NONE,
	ORDER_STOP,
	ORDER_START,
	ORDER_RESTART,
	ORDER_WATCHDOG, /* its watchdog has expired: what its policy says */
};

/* Who gives an order: a partition's index, or this. */
#define ORDER_BY_CONSOLE PLAN_MAX_PARTITIONS

enum order_result {
	ORDER_GIVEN,
	ORDER_NOT_RUNNING, /* there is nothing to stop */
	ORDER_NOT_STOPPED, /* there is nothing to start */
	ORDER_NO_COPY,	   /* its policies never restart it: no copy of its images was kept */
	ORDER_BROKEN,	   /* EL2 has failed in it: it stays stopped until the board is reset */
	ORDER_RESULTS,
};

struct mailboxes {
	/* enum order, and the source from bit 8 on. */
	_Atomic uint32_t orders[PLAN_MAX_PARTITIONS];
	/* Partitions in direct mode that housekeeping is to look at, a bit each. */
	_Atomic uint32_t direct;
	/* The one that housekeeping breaks into, plus one. */
	_Atomic uint32_t broken_into;
};

extern struct mailboxes mailboxes;

/* Gives an order; the caller's CPU sees the partition (view.h). It is carried out soon. */
enum order_result order_give(uint32_t partition, enum order order, uint32_t source);

/* What the result means to who asked; without an end. */
const char *order_result_text(enum order_result result);

/*
 * Carries out what this partition was ordered. Any CPU of it, no lock held; afterwards the state
 * may no longer be RUNNING, and the caller's vCPU has to stop.
 */
void order_take(void);

/* Whether a partition has been ordered something that it has not done. */
static inline bool order_is_waiting(uint32_t partition)
{
	return atomic_load_explicit(&mailboxes.orders[partition], memory_order_relaxed) !=
	       ORDER_NONE;
}

/* Housekeeping: orders for partitions in direct mode. */
void order_break_in(void);

/* Housekeeping, after an exception in EL2: what it was told goes on. */
void order_resume(void);

/* Whether housekeeping may be about to make this partition's stage 2 invalid. */
bool order_is_breaking_in(void);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Housekeeping and watchdogs: it keeps the deadlines of all partitions' virtual ones
 * (vdev/watchdog.h), and feeds the board's.
 *
 *   a deadline is earlier than it was --kick--> watchdogs_look() --> the timer, for the next one
 *                                                ^        |
 *                                                +- due --+--> first: the guest's interrupt
 *                                                         +--> second: an order to its partition
 *
 * A guest that refreshes in time tells nobody: at the deadline that it had before, housekeeping
 * finds a later one.
 */
#ifndef BULKHEAD_RUN_WATCHDOGS_H
#define BULKHEAD_RUN_WATCHDOGS_H

#include <stdint.h>

#include "common/plan/plan.h"

struct watchdogs {
	uint64_t told[PLAN_MAX_PARTITIONS]; /* the first deadline that the guest knows has passed */
	uint64_t feed_at;		    /* when the board's is fed again; WATCHDOG_NEVER */
};

/* Starts the board's watchdog, if it is to be fed. Housekeeping CPU, while booting. */
void watchdogs_start(void);

/* Carries out what is due, and sets the timer. Housekeeping CPU only. */
void watchdogs_look(void);

#endif

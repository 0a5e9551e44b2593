/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the housekeeping CPU does for all: it drains the consoles, and keeps the deadlines that
 * others cannot. One alarm of the hardware serves all timers.
 */
#ifndef BULKHEAD_RUN_HOUSEKEEPING_H
#define BULKHEAD_RUN_HOUSEKEEPING_H

#include <stdint.h>

#include "common/console/mux.h"
#include "common/run/watchdogs.h"

enum housekeeping_timer {
	TIMER_CONSOLE,
	TIMER_MONITOR,
	TIMER_WATCHDOGS,
	HOUSEKEEPING_TIMERS,
};

/* Mapped on the housekeeping CPU alone. */
struct housekeeping {
	struct console_mux mux;
	struct watchdogs watchdogs;
	uint64_t timers[HOUSEKEEPING_TIMERS]; /* system counter; 0: not set */
};

_Static_assert(sizeof(struct housekeeping) <= 4096, "layout.h has one page for it");

extern struct housekeeping housekeeping;

/* Sets a timer to a value of the system counter; 0: off. */
void housekeeping_set_timer(enum housekeeping_timer timer, uint64_t at);

/* The alarm has come: does what is due. */
void housekeeping_alarm(void);

/* Somebody may have left something: consoles, orders for partitions in direct mode, deadlines. */
void housekeeping_look(void);

#endif

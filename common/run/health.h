/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A partition's health: the log of what has happened to it. Bounded; the oldest event goes first.
 * The partition's CPUs write it, others may read it (view.h): event n is whole when the count that
 * is read after it is less than n + HEALTH_EVENTS, for the next one may be written just then.
 */
#ifndef BULKHEAD_RUN_HEALTH_H
#define BULKHEAD_RUN_HEALTH_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#define HEALTH_EVENTS	 32
#define HEALTH_TEXT_SIZE 144 /* of an event in words, with the NUL */

enum health_kind {
	HEALTH_NONE,
	HEALTH_STARTED,		/* number: of the restart; microseconds: since it ended */
	HEALTH_SHUTDOWN,	/* the guest switches itself off */
	HEALTH_RESET,		/* the guest resets itself */
	HEALTH_ACCESS,		/* outside its map; the guest got an external abort */
	HEALTH_EXECUTION,	/* the same */
	HEALTH_FURTHER,		/* such ones, which are not recorded */
	HEALTH_VECTORS,		/* it cannot take exceptions: its vectors are outside its map */
	HEALTH_EXCEPTION,	/* to EL2, of a kind that no handler takes */
	HEALTH_SERROR_SURVIVED, /* corrected by the hardware */
	HEALTH_SERROR,
	HEALTH_PANIC,	   /* pvpanic */
	HEALTH_WATCHDOG,   /* its watchdog has expired */
	HEALTH_STOP_ORDER, /* number: who gave it (order.h), as in the next ones */
	HEALTH_RESTART_ORDER,
	HEALTH_START_ORDER,
	HEALTH_BROKEN, /* an exception in EL2 while it was served; number: the vector */
	HEALTH_KINDS,
};

/* What becomes of the partition. */
enum health_outcome {
	HEALTH_GOES_ON,
	HEALTH_STOPS,
	HEALTH_RESTARTS,
	HEALTH_RESTARTED_ENOUGH, /* it stops, by its restart limit */
	HEALTH_RESETS_BOARD,	 /* it stops too */
};

struct health_event {
	uint64_t time; /* system counter */
	uint32_t kind; /* enum health_kind */
	uint32_t number;
	uint32_t outcome; /* enum health_outcome */
	uint32_t after;	  /* bytes of console output that were written before */
	/* Zero where they mean nothing for the kind. */
	uint64_t esr;
	uint64_t pc; /* ELR_EL2 */
	uint64_t far;
	uint64_t ipa;
	uint64_t microseconds;
};

struct health_log {
	_Atomic uint32_t count; /* of all events since boot; event n is at n % HEALTH_EVENTS */
	struct health_event events[HEALTH_EVENTS];
};

/*
 * Enters an event, whose time it fills in, into this partition's log; housekeeping says it on the
 * console.
 * Any CPU of the partition, no lock held.
 */
void health_record(struct health_event event);

/*
 * The event as a sentence without an end; returns its length. source: the name of who gave an
 * order.
 */
size_t health_text(const struct health_event *event, const char *source, char *out, size_t size);

#endif

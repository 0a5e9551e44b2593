/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A partition at run time: what its CPUs share in EL2 besides the arch's part. Each CPU sees its
 * own partition as this_partition; no other partition's has an address.
 *
 *              partition_end()         the policy for what has ended it
 *   RUNNING -----------------> ENDING -------------------------------> STOPPED
 *      ^                          |                                       ^
 *      |                          +-----> RESTARTING                      |
 *      |   all vCPUs are off:                |  |                         |
 *      +-------------------------------------+  +-------------------------+
 *          partition_restart() on the              a bug in EL2, from any state
 *          CPU of vCPU 0 (restart.h)
 *
 * An ended partition's CPUs sleep in EL2 and do nothing but EL2's own work. "reset-board" stops the
 * partition too; housekeeping resets the board when the console has said why.
 */
#ifndef BULKHEAD_RUN_PARTITION_H
#define BULKHEAD_RUN_PARTITION_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "common/lib/lock.h"
#include "common/plan/plan.h"
#include "common/vdev/pl011.h"
#include "common/vdev/watchdog.h"

enum partition_state {
	PARTITION_RUNNING,
	PARTITION_ENDING,
	PARTITION_RESTARTING,
	PARTITION_STOPPED, /* for good */
};

/* What ends a partition. */
enum partition_event {
	PARTITION_SHUTDOWN, /* the guest switches itself off */
	PARTITION_RESET,    /* the guest resets itself */
	PARTITION_CRASH,    /* something that it cannot go on from */
	PARTITION_BROKEN,   /* a bug in EL2: as a crash, but it is never restarted */
};

struct partition {
	uint32_t index;		/* into the plan */
	_Atomic uint32_t state; /* enum partition_state */
	_Atomic uint32_t accesses_reported;
	uint32_t restarts; /* since boot; written by who has ended it */
	/* System counter: when each of the last ones was, by its number. */
	uint64_t restart_times[PLAN_MAX_RESTARTS];
	struct lock log_lock;
	struct pl011 uart;
	struct watchdog watchdog;
};

extern struct partition this_partition;

static inline uint32_t partition_state(void)
{
	return atomic_load_explicit(&this_partition.state, memory_order_acquire);
}

static inline bool partition_is_running(void)
{
	return partition_state() == PARTITION_RUNNING;
}

/*
 * From one state to another. False: it is in neither. Acquire and release: who sees the new state
 * sees what led to it.
 */
static inline bool partition_change(enum partition_state from, enum partition_state to)
{
	uint32_t expected = from;

	return atomic_compare_exchange_strong_explicit(&this_partition.state, &expected, to,
						       memory_order_acq_rel, memory_order_relaxed);
}

/* Fills in this_partition; its memory is zeroed. Its first CPU, before launch. */
void partition_create(uint32_t index);

/* Its virtual devices are as after a reset. Its first CPU, while booting or restarting. */
void partition_reset(void);

/*
 * Ends this partition by its policy for the event, says so, and makes its other CPUs leave the
 * guest. Of several events at once the first counts. The caller's own vCPU must stop afterwards.
 */
void partition_end(enum partition_event event);

/* After an exception in EL2: its locks may be held for ever. */
void partition_open_locks(void);

/*
 * Logs an access outside the partition's map (kind: a word; address: IPA; pc: of the guest). The
 * first few of a partition only: a guest must not fill the log.
 */
void partition_report_access(const char *kind, uint64_t address, uint64_t pc);

#endif

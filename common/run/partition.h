/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A partition at run time: what its CPUs share in EL2 besides the arch's part. Each CPU sees its
 * own partition as this_partition; no other partition's has an address.
 *
 *              partition_end()         the policy for what has ended it
 *   RUNNING -----------------> ENDING -------------------------------> STOPPED
 *      ^                          |                                       |
 *      |                          +-----> RESTARTING <--------------------+
 *      |   all vCPUs are off:                 |   partition_start_again()
 *      +--------------------------------------+
 *          partition_restart() on the
 *          CPU of vCPU 0 (restart.h)        a bug in EL2, from any state: FAILED
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
#include "common/run/health.h"
#include "common/vdev/pl011.h"
#include "common/vdev/supervisor.h"
#include "common/vdev/watchdog.h"

enum partition_state {
	PARTITION_RUNNING,
	PARTITION_ENDING,
	PARTITION_RESTARTING,
	PARTITION_STOPPED, /* until it is ordered to start */
	PARTITION_FAILED,  /* by a bug in EL2: for good */
};

struct partition {
	uint32_t index;		/* into the plan */
	_Atomic uint32_t state; /* enum partition_state */
	_Atomic uint32_t accesses_reported;
	uint32_t restarts; /* since boot; written by who has ended it */
	uint32_t counted;  /* of them, those that the limit counts */
	uint64_t started;  /* system counter: when its life began */
	uint64_t ended;	   /* and when the last one ended, or was ordered to begin again */
	struct health_log health;
	/* System counter: when each of the last ones was, by its number. */
	uint64_t restart_times[PLAN_MAX_RESTARTS];
	struct lock log_lock;
	struct pl011 uart;
	struct supervisor supervisor;
	struct watchdog watchdog;
};

_Static_assert(sizeof(struct partition) <= 4096, "layout.h has one page for it");

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
 * Ends this partition by its policy for the event, records it, and makes its other CPUs leave the
 * guest. Of several events at once the first counts; false: this was not the one. The caller's own
 * vCPU must stop afterwards.
 */
bool partition_end(struct health_event event);

/* Starts this partition, which is STOPPED and whose images were kept, by order of somebody. */
void partition_start_again(uint32_t source);

/* After an exception in EL2: its locks may be held for ever. */
void partition_open_locks(void);

/*
 * Records an access outside the partition's map. The first few of a life only: a guest must not
 * fill the log.
 */
void partition_report_access(struct health_event event);

#endif

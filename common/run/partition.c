/* SPDX-License-Identifier: Apache-2.0 */
#include "common/run/partition.h"

#include "common/arch.h"
#include "common/console/output.h"
#include "common/plan/system.h"

#define ACCESSES_LOGGED 8

static const struct plan_partition *own_plan(void)
{
	return &system_plan.partitions[this_partition.index];
}

static enum plan_policy policy_for(enum health_kind kind)
{
	switch (kind) {
	case HEALTH_SHUTDOWN:
		return (enum plan_policy)own_plan()->on_shutdown;
	case HEALTH_RESET:
		return (enum plan_policy)own_plan()->on_reset;
	case HEALTH_WATCHDOG:
		return (enum plan_policy)own_plan()->on_watchdog;
	case HEALTH_STOP_ORDER:
		return PLAN_STOP;
	case HEALTH_RESTART_ORDER:
		return PLAN_RESTART;
	case HEALTH_BROKEN:
		return own_plan()->on_crash == PLAN_RESET_BOARD ? PLAN_RESET_BOARD : PLAN_STOP;
	default:
		return (enum plan_policy)own_plan()->on_crash;
	}
}

/* Counts a restart. False: one more than the limit allows in its window; orders have none. */
static bool count_restart(bool is_ordered)
{
	const uint32_t limit = is_ordered ? 0 : own_plan()->restart_limit;
	const uint64_t now = arch_counter();
	const uint64_t window = own_plan()->restart_window * arch_counter_frequency() / 1000;

	if (limit != 0) {
		uint64_t *const time =
			&this_partition.restart_times[this_partition.counted % limit];

		/* It holds the restart that was so many before this one. */
		if (this_partition.counted >= limit && now - *time < window)
			return false;
		*time = now;
		this_partition.counted++;
	}
	this_partition.restarts++;
	return true;
}

static enum health_outcome decide(enum health_kind kind)
{
	switch (policy_for(kind)) {
	case PLAN_RESTART:
		return count_restart(kind == HEALTH_RESTART_ORDER) ? HEALTH_RESTARTS
								   : HEALTH_RESTARTED_ENOUGH;
	case PLAN_RESET_BOARD:
		return HEALTH_RESETS_BOARD;
	default:
		return HEALTH_STOPS;
	}
}

bool partition_end(struct health_event event)
{
	const enum health_kind kind = (enum health_kind)event.kind;

	/* What is broken stays, whatever another CPU is about to make of it. */
	if (kind == HEALTH_BROKEN)
		atomic_store_explicit(&this_partition.state, PARTITION_FAILED,
				      memory_order_release);
	else if (!partition_change(PARTITION_RUNNING, PARTITION_ENDING))
		return false;
	this_partition.ended = arch_counter();
	event.outcome = decide(kind);
	health_record(event);
	(void)partition_change(PARTITION_ENDING, event.outcome == HEALTH_RESTARTS
							 ? PARTITION_RESTARTING
							 : PARTITION_STOPPED);
	if (event.outcome == HEALTH_RESETS_BOARD)
		console_ask_board_reset();
	arch_stop_siblings();
	return true;
}

void partition_start_again(uint32_t source)
{
	/* Of two CPUs that take the order one starts it. */
	if (!partition_change(PARTITION_STOPPED, PARTITION_ENDING))
		return;
	health_record((struct health_event){.kind = HEALTH_START_ORDER, .number = source});
	this_partition.restarts++;
	this_partition.ended = arch_counter();
	/* Release: who restarts it sees the count. */
	(void)partition_change(PARTITION_ENDING, PARTITION_RESTARTING);
}

void partition_open_locks(void)
{
	lock_open(&this_partition.uart.lock);
	lock_open(&this_partition.watchdog.lock);
	lock_open(&this_partition.log_lock);
}

void partition_report_access(struct health_event event)
{
	const uint32_t before =
		atomic_load_explicit(&this_partition.accesses_reported, memory_order_relaxed);

	if (before > ACCESSES_LOGGED)
		return;
	atomic_store_explicit(&this_partition.accesses_reported, before + 1, memory_order_relaxed);
	if (before == ACCESSES_LOGGED)
		health_record((struct health_event){.kind = HEALTH_FURTHER});
	else
		health_record(event);
}

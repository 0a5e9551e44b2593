/* SPDX-License-Identifier: Apache-2.0 */
#include "common/run/partition.h"

#include "common/arch.h"
#include "common/console/log.h"
#include "common/console/output.h"
#include "common/plan/system.h"

#define ACCESSES_LOGGED 8

static const struct plan_partition *own_plan(void)
{
	return &system_plan.partitions[this_partition.index];
}

static void report_exits(void)
{
	uint64_t counts[EXIT_CLASSES];

	arch_count_exits(this_partition.index, counts);
	log_event("exits: %lu interrupts, %lu calls, %lu device accesses, "
		  "%lu register accesses, %lu others",
		  counts[EXIT_INTERRUPT], counts[EXIT_CALL], counts[EXIT_DEVICE],
		  counts[EXIT_REGISTER], counts[EXIT_OTHER]);
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
			&this_partition.restart_times[this_partition.restarts % limit];

		/* It holds the restart that was so many before this one. */
		if (this_partition.restarts >= limit && now - *time < window)
			return false;
		*time = now;
	}
	this_partition.restarts++;
	return true;
}

static void carry_out(enum plan_policy policy, bool is_ordered)
{
	if (policy == PLAN_RESTART && count_restart(is_ordered)) {
		if (partition_change(PARTITION_ENDING, PARTITION_RESTARTING))
			log_event("restarts");
		return;
	}
	if (policy == PLAN_RESET_BOARD)
		log_event("resets the board");
	else if (policy == PLAN_RESTART)
		log_event("stopped: it may restart %u times in %u ms", own_plan()->restart_limit,
			  own_plan()->restart_window);
	else
		log_event("stopped");
	(void)partition_change(PARTITION_ENDING, PARTITION_STOPPED);
	if (policy == PLAN_RESET_BOARD)
		console_ask_board_reset();
}

void partition_end(struct health_event event)
{
	const enum health_kind kind = (enum health_kind)event.kind;

	/* What is broken stays, whatever another CPU is about to make of it. */
	if (kind == HEALTH_BROKEN)
		atomic_store_explicit(&this_partition.state, PARTITION_FAILED,
				      memory_order_release);
	else if (!partition_change(PARTITION_RUNNING, PARTITION_ENDING))
		return;
	this_partition.ended = arch_counter();
	health_record(event);
	report_exits();
	carry_out(policy_for(kind), kind == HEALTH_RESTART_ORDER);
	arch_stop_siblings();
}

void partition_start_again(uint32_t source)
{
	health_record((struct health_event){.kind = HEALTH_START_ORDER, .number = source});
	this_partition.restarts++;
	this_partition.ended = arch_counter();
	/* Release: who restarts it sees the count. */
	(void)partition_change(PARTITION_STOPPED, PARTITION_RESTARTING);
}

void partition_open_locks(void)
{
	lock_open(&this_partition.uart.lock);
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
		log_event("further accesses outside its memory are not shown");
	else
		health_record(event);
}

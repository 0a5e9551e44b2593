/* SPDX-License-Identifier: Apache-2.0 */
#include "common/run/watchdogs.h"

#include "common/arch.h"
#include "common/plan/system.h"
#include "common/run/housekeeping.h"
#include "common/run/order.h"
#include "common/run/view.h"

#define RETRIES_PER_SECOND 10

extern volatile uint8_t watchdog_registers[];

static struct watchdogs *const dogs = &housekeeping.watchdogs;

static uint64_t earlier(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

/*
 * Carries out what is due of one partition. When to look again: at the next deadline, but also when
 * it may tell of an earlier one again, and what it has written since is visible.
 */
static uint64_t look_at(uint32_t index, uint64_t now, uint64_t pause)
{
	const struct plan_partition *const plan = &system_plan.partitions[index];
	const struct watchdog *const dog = &partition_view(index)->watchdog;

	if (plan->watchdog_intid == 0 || view_state(index) != PARTITION_RUNNING)
		return WATCHDOG_NEVER;

	const uint64_t first = atomic_load_explicit(&dog->first, memory_order_acquire);
	const uint64_t second = atomic_load_explicit(&dog->second, memory_order_acquire);
	const uint64_t told = atomic_load_explicit(&dog->told, memory_order_relaxed);
	const uint64_t again = now - told < 2 * pause ? told + 2 * pause : WATCHDOG_NEVER;

	if (now < first)
		return earlier(first, again);
	if (now >= second) {
		(void)order_give(index, ORDER_WATCHDOG, index);
		/* Again if another order has come first and was void. */
		return now + arch_counter_frequency() / RETRIES_PER_SECOND;
	}
	/* The guest is told once. */
	if (dogs->told[index] != first && plan->direct_interrupts != 0)
		arch_pend_interrupt(plan->watchdog_intid);
	else if (dogs->told[index] != first)
		arch_kick_cpu(plan->cpus[0]);
	dogs->told[index] = first;
	return earlier(second, again);
}

void watchdogs_look(void)
{
	const uint64_t now = arch_counter();
	const uint64_t pause = arch_counter_frequency() / WATCHDOG_PER_SECOND;
	uint64_t next;

	if (now >= dogs->feed_at) {
		arch_mmio_write(watchdog_registers + WATCHDOG_WRR, 4, 0);
		dogs->feed_at =
			now + arch_counter_frequency() * system_plan.board.feed_watchdog / 3000;
	}
	next = dogs->feed_at;
	for (uint32_t i = 0; i < system_plan.partition_count; i++)
		next = earlier(next, look_at(i, now, pause));
	/* Whatever the guests' deadlines are. */
	housekeeping_set_timer(TIMER_WATCHDOGS, next < now + pause ? now + pause : next);
}

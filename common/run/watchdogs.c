/* SPDX-License-Identifier: Apache-2.0 */
#include "common/run/watchdogs.h"

#include "common/arch.h"
#include "common/plan/system.h"
#include "common/run/housekeeping.h"
#include "common/run/order.h"
#include "common/run/view.h"

extern volatile uint8_t watchdog_registers[];

static struct watchdogs *const dogs = &housekeeping.watchdogs;

/* Carries out what is due of one partition. When to look again. */
static uint64_t look_at(uint32_t index, uint64_t now)
{
	const struct plan_partition *const plan = &system_plan.partitions[index];
	const struct watchdog *const dog = &partition_view(index)->watchdog;
	const uint64_t first = atomic_load_explicit(&dog->first, memory_order_acquire);
	const uint64_t second = atomic_load_explicit(&dog->second, memory_order_acquire);

	if (plan->watchdog_intid == 0 || view_state(index) != PARTITION_RUNNING)
		return WATCHDOG_NEVER;
	if (now < first)
		return first;
	if (now >= second) {
		(void)order_give(index, ORDER_WATCHDOG, index);
		return WATCHDOG_NEVER;
	}
	/* The guest is told once. */
	if (dogs->told[index] != first && plan->direct_interrupts != 0)
		arch_pend_interrupt(plan->watchdog_intid);
	else if (dogs->told[index] != first)
		arch_kick_cpu(plan->cpus[0]);
	dogs->told[index] = first;
	return second;
}

void watchdogs_look(void)
{
	const uint64_t now = arch_counter();
	uint64_t next;

	if (now >= dogs->feed_at) {
		arch_mmio_write32(watchdog_registers + WATCHDOG_WRR, 0);
		dogs->feed_at =
			now + arch_counter_frequency() * system_plan.board.feed_watchdog / 3000;
	}
	next = dogs->feed_at;
	for (uint32_t i = 0; i < system_plan.partition_count; i++) {
		const uint64_t at = look_at(i, now);

		next = at < next ? at : next;
	}
	housekeeping_set_timer(TIMER_WATCHDOGS, next);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "common/run/watchdogs.h"

#include "common/arch.h"
#include "common/plan/system.h"
#include "common/run/housekeeping.h"
#include "common/run/order.h"
#include "common/run/view.h"

extern volatile uint8_t watchdog_registers[];

static struct watchdogs *const dogs = &housekeeping.watchdogs;

/* Tells a guest, once, that the first stage is over. */
static void tell(uint32_t index, uint64_t first)
{
	const struct plan_partition *const plan = &system_plan.partitions[index];

	if (dogs->told[index] == first)
		return;
	dogs->told[index] = first;
	if (plan->direct_interrupts != 0)
		arch_pend_interrupt(plan->watchdog_intid);
	else
		arch_kick_cpu(plan->cpus[0]);
}

/* Looks at one partition. When to look again. */
static uint64_t look_at(uint32_t index, uint64_t now)
{
	const struct watchdog *const dog = &partition_view(index)->watchdog;
	const uint64_t next = watchdog_next(dog, now);

	if (view_state(index) != PARTITION_RUNNING)
		return WATCHDOG_NEVER;
	if (now >= next) {
		(void)order_give(index, ORDER_WATCHDOG, index);
		return WATCHDOG_NEVER;
	}
	if (watchdog_has_passed(&dog->first, now))
		tell(index, atomic_load_explicit(&dog->first, memory_order_relaxed));
	return next;
}

/* Feeds the board's watchdog, every third of its time. When to feed it again. */
static uint64_t feed(uint64_t now)
{
	const uint64_t period = arch_counter_frequency() * system_plan.board.feed_watchdog / 3000;

	if (period == 0 || dogs->is_starved)
		return WATCHDOG_NEVER;
	if (now >= dogs->feed_at) {
		arch_mmio_write32(watchdog_registers + WATCHDOG_WRR, 0);
		dogs->feed_at = now + period;
	}
	return dogs->feed_at;
}

void watchdogs_look(void)
{
	const uint64_t now = arch_counter();
	uint64_t next = feed(now);

	for (uint32_t i = 0; i < system_plan.partition_count; i++) {
		const uint64_t at = system_plan.partitions[i].watchdog_intid != 0 ? look_at(i, now)
										  : WATCHDOG_NEVER;

		next = at < next ? at : next;
	}
	housekeeping_set_timer(TIMER_WATCHDOGS, next);
}

void watchdogs_starve(void)
{
	dogs->is_starved = true;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "common/run/health.h"

#include "common/arch.h"
#include "common/console/output.h"
#include "common/run/partition.h"

void health_record(struct health_event event)
{
	struct health_log *const log = &this_partition.health;

	lock_acquire(&this_partition.log_lock);
	event.time = arch_counter();
	event.after = console_output_written();

	const uint32_t count = atomic_load_explicit(&log->count, memory_order_relaxed);

	log->events[count % HEALTH_EVENTS] = event;
	/* Release: the event is there before the count says so. */
	atomic_store_explicit(&log->count, count + 1, memory_order_release);
	lock_release(&this_partition.log_lock);
	console_notify();
}

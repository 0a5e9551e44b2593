/* SPDX-License-Identifier: Apache-2.0 */
#include "common/run/health.h"

#include "common/arch.h"
#include "common/console/log.h"
#include "common/plan/system.h"
#include "common/run/partition.h"

static const char *source_name(uint32_t source)
{
	return source < system_plan.partition_count ? system_plan.partitions[source].name
						    : "the console";
}

void health_record(struct health_event event)
{
	struct health_log *const log = &this_partition.health;
	char line[HEALTH_TEXT_SIZE];

	event.time = arch_counter();
	lock_acquire(&this_partition.log_lock);

	const uint32_t count = atomic_load_explicit(&log->count, memory_order_relaxed);

	log->events[count % HEALTH_EVENTS] = event;
	/* Release: the event is there before the count says so. */
	atomic_store_explicit(&log->count, count + 1, memory_order_release);
	lock_release(&this_partition.log_lock);
	(void)health_text(&event, source_name(event.number), line, sizeof(line));
	log_event("%s", line);
}

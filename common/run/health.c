/* SPDX-License-Identifier: Apache-2.0 */
#include "common/run/health.h"

#include "common/arch.h"
#include "common/console/log.h"
#include "common/lib/format.h"
#include "common/plan/system.h"
#include "common/run/order.h"
#include "common/run/partition.h"

/* What is said of a kind, and the numbers that belong to it. */
enum shown {
	SHOW_NUMBER = 1,
	SHOW_SOURCE = 2,
	SHOW_SYNDROME = 4,
	SHOW_IPA = 8,
	SHOW_TIME = 16,
	SHOW_FAR = 32,
};

struct row {
	const char *words;
	uint32_t shown;
};

static const struct row rows[HEALTH_KINDS] = {
	[HEALTH_NONE] = {"nothing", 0},
	[HEALTH_STARTED] = {"restart", SHOW_NUMBER | SHOW_TIME},
	[HEALTH_SHUTDOWN] = {"switched itself off", 0},
	[HEALTH_RESET] = {"asked for a reset", 0},
	[HEALTH_ACCESS] = {"access outside its memory", SHOW_IPA | SHOW_SYNDROME},
	[HEALTH_EXECUTION] = {"execution outside its memory", SHOW_IPA | SHOW_SYNDROME},
	[HEALTH_VECTORS] = {"cannot take exceptions: no memory at its vectors",
			    SHOW_IPA | SHOW_SYNDROME},
	[HEALTH_EXCEPTION] = {"exception that nobody handles", SHOW_SYNDROME | SHOW_FAR},
	[HEALTH_SERROR_SURVIVED] = {"SError that was corrected (others are only counted)",
				    SHOW_SYNDROME},
	[HEALTH_SERROR] = {"SError", SHOW_SYNDROME},
	[HEALTH_PANIC] = {"its kernel has panicked", 0},
	[HEALTH_WATCHDOG] = {"its watchdog has expired", 0},
	[HEALTH_STOP_ORDER] = {"stopped by order of", SHOW_SOURCE},
	[HEALTH_RESTART_ORDER] = {"restarted by order of", SHOW_SOURCE},
	[HEALTH_START_ORDER] = {"started by order of", SHOW_SOURCE},
	[HEALTH_BROKEN] = {"exception in EL2, vector", SHOW_NUMBER | SHOW_SYNDROME | SHOW_FAR},
};

static const char *source_name(uint32_t source)
{
	return source < system_plan.partition_count ? system_plan.partitions[source].name
						    : "the console";
}

size_t health_text(const struct health_event *event, char *out, size_t size)
{
	const struct row *const row = &rows[event->kind < HEALTH_KINDS ? event->kind : HEALTH_NONE];
	size_t at = format(out, size, "%s", row->words);

	if ((row->shown & SHOW_NUMBER) != 0)
		at += format(out + at, size - at, " %u", event->number);
	if ((row->shown & SHOW_SOURCE) != 0)
		at += format(out + at, size - at, " %s", source_name(event->number));
	if ((row->shown & SHOW_IPA) != 0)
		at += format(out + at, size - at, " at 0x%lx", event->ipa);
	if ((row->shown & SHOW_SYNDROME) != 0)
		at += format(out + at, size - at, ", PC 0x%lx, ESR 0x%lx", event->pc, event->esr);
	if ((row->shown & SHOW_FAR) != 0)
		at += format(out + at, size - at, ", FAR 0x%lx", event->far);
	if ((row->shown & SHOW_TIME) != 0)
		at += format(out + at, size - at, ", after %lu.%03lu ms",
			     event->microseconds / 1000, event->microseconds % 1000);
	return at;
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
	(void)health_text(&event, line, sizeof(line));
	log_event("%s", line);
}

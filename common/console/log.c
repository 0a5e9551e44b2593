/* SPDX-License-Identifier: Apache-2.0 */
#include "common/console/log.h"

#include <stdarg.h>

#include "common/arch.h"
#include "common/console/mux.h"
#include "common/console/record.h"
#include "common/console/stage.h"
#include "common/lib/format.h"
#include "common/plan/system.h"
#include "common/run/housekeeping.h"
#include "common/run/view.h"

#define LINE_SIZE 192

static struct console_mux *const mux = &housekeeping.mux;

static const struct plan_partition *planned(void)
{
	return &system_plan.partitions[mux->log_partition];
}

/* A line about the partition. */
static void say(const char *template, ...) __attribute__((format(printf, 1, 2)));
static void say(const char *template, ...)
{
	char line[LINE_SIZE];
	va_list arguments;
	const size_t size = format(line, sizeof(line), "%s: ", planned()->name);

	va_start(arguments, template);
	(void)format_list(line + size, sizeof(line) - size, template, arguments);
	va_end(arguments);
	stage_text("bulkhead: ");
	stage_text(line);
	stage_text("\r\n");
	record_line(line);
}

bool log_copy(uint32_t partition, uint32_t number, struct health_event *event)
{
	*event = partition_view(partition)->health.events[number % HEALTH_EVENTS];
	/* The count is read after the event (health.h). */
	atomic_thread_fence(memory_order_acquire);
	return view_events(partition) - number < HEALTH_EVENTS;
}

size_t log_text(const struct health_event *event, char *out, size_t size)
{
	return health_text(event,
			   event->number < system_plan.partition_count
				   ? system_plan.partitions[event->number].name
				   : "the console",
			   out, size);
}

static void say_exits(void)
{
	uint64_t counts[EXIT_CLASSES];

	arch_count_exits(mux->log_partition, counts);
	say("exits: %lu interrupts, %lu calls, %lu device accesses, "
	    "%lu register accesses, %lu others",
	    counts[EXIT_INTERRUPT], counts[EXIT_CALL], counts[EXIT_DEVICE], counts[EXIT_REGISTER],
	    counts[EXIT_OTHER]);
}

/* What becomes of the partition after an event. */
static void say_outcome(uint32_t outcome)
{
	if (outcome == HEALTH_GOES_ON)
		return;
	say_exits();
	if (outcome == HEALTH_RESTARTS)
		say("restarts");
	else if (outcome == HEALTH_RESETS_BOARD)
		say("resets the board");
	else if (outcome == HEALTH_RESTARTED_ENOUGH)
		say("stopped: it may restart %u times in %u ms", planned()->restart_limit,
		    planned()->restart_window);
	else
		say("stopped");
}

static void say_event(uint32_t number)
{
	struct health_event event;
	char text[HEALTH_TEXT_SIZE];

	if (!log_copy(mux->log_partition, number, &event)) {
		say("an event came too late to be shown");
		return;
	}
	(void)log_text(&event, text, sizeof(text));
	say("%s", text);
	say_outcome(event.outcome);
}

void log_turn(void)
{
	uint32_t *const shown = &mux->events_shown[mux->log_partition];
	const uint32_t missed = view_events(mux->log_partition) - *shown;

	stage_hide_unfinished();
	/* One may be written just now: that many are whole, less one. */
	if (missed >= HEALTH_EVENTS) {
		say("%u events came too fast to be shown", missed - (HEALTH_EVENTS - 1));
		*shown += missed - (HEALTH_EVENTS - 1);
	} else {
		/* First, so that one that harms EL2 is not met again. */
		say_event((*shown)++);
	}
	stage_show_unfinished();
}

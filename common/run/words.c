/* SPDX-License-Identifier: Apache-2.0 */
/* What is said of events and orders: on the console, and by tools in guests. No state. */
#include "common/lib/format.h"
#include "common/run/health.h"
#include "common/run/order.h"

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
	[HEALTH_FURTHER] = {"further accesses outside its memory are not shown", 0},
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

size_t health_text(const struct health_event *event, const char *source, char *out, size_t size)
{
	const struct row *const row = &rows[event->kind < HEALTH_KINDS ? event->kind : HEALTH_NONE];
	size_t at = format(out, size, "%s", row->words);

	if ((row->shown & SHOW_NUMBER) != 0)
		at += format(out + at, size - at, " %u", event->number);
	if ((row->shown & SHOW_SOURCE) != 0)
		at += format(out + at, size - at, " %s", source);
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

const char *order_result_text(enum order_result result)
{
	static const char *const texts[ORDER_RESULTS] = {
		[ORDER_GIVEN] = "ordered",
		[ORDER_NOT_RUNNING] = "it does not run",
		[ORDER_NOT_STOPPED] = "it is not stopped",
		[ORDER_NO_COPY] = "no policy restarts it, nobody supervises it: no copy was kept",
		[ORDER_BROKEN] = "EL2 has failed in it: reset the board",
	};

	return texts[result];
}

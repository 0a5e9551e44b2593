/* SPDX-License-Identifier: Apache-2.0 */
#include "common/run/housekeeping.h"

#include "common/arch.h"
#include "common/run/order.h"

static void set_alarm(void)
{
	uint64_t first = UINT64_MAX;

	for (unsigned i = 0; i < HOUSEKEEPING_TIMERS; i++)
		if (housekeeping.timers[i] != 0 && housekeeping.timers[i] < first)
			first = housekeeping.timers[i];
	arch_set_alarm(first);
}

void housekeeping_set_timer(enum housekeeping_timer timer, uint64_t at)
{
	housekeeping.timers[timer] = at;
	set_alarm();
}

static void serve(enum housekeeping_timer timer)
{
	switch (timer) {
	case TIMER_CONSOLE:
		console_mux_alarm();
		return;
	case TIMER_MONITOR:
		console_mux_refresh();
		return;
	case TIMER_WATCHDOGS:
		watchdogs_look();
		return;
	default:
		return;
	}
}

void housekeeping_alarm(void)
{
	const uint64_t now = arch_counter();

	for (unsigned i = 0; i < HOUSEKEEPING_TIMERS; i++) {
		if (housekeeping.timers[i] == 0 || housekeeping.timers[i] > now)
			continue;
		housekeeping.timers[i] = 0;
		serve((enum housekeeping_timer)i);
	}
	set_alarm();
}

void housekeeping_look(void)
{
	order_break_in();
	console_mux_drain();
	watchdogs_look();
}

/* SPDX-License-Identifier: Apache-2.0 */
/* The board's watchdog starts, and housekeeping feeds it. Boot only. */
#include "common/run/watchdogs.h"

#include "common/arch.h"
#include "common/plan/system.h"
#include "common/run/housekeeping.h"
#include "common/vdev/watchdog.h"

void watchdogs_start(void)
{
	const struct plan_board *const board = &system_plan.board;
	/* Half of the time in each stage: the first one has an interrupt, which nobody needs. */
	const uint64_t stage = arch_counter_frequency() * board->feed_watchdog / 2000;

	housekeeping.watchdogs.feed_at = WATCHDOG_NEVER;
	if (board->feed_watchdog == 0)
		return;

	uint8_t *const control =
		arch_window(ARCH_WINDOW_DEVICE, board->watchdog_control, PAGE_SIZE);

	/* The upper half is not there in version 0. Enabling it is a refresh. */
	arch_mmio_write(control + WATCHDOG_WOR, 4, (uint32_t)stage);
	arch_mmio_write(control + WATCHDOG_WOR + 4, 4, 0);
	arch_mmio_write(control + WATCHDOG_WCS, 4, WATCHDOG_ENABLE);
	housekeeping.watchdogs.feed_at = arch_counter();
	housekeeping_set_timer(TIMER_WATCHDOGS, housekeeping.watchdogs.feed_at);
}

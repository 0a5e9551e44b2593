/* SPDX-License-Identifier: Apache-2.0 */
#include "common/vdev/watchdog.h"

void watchdog_reset(struct watchdog *watchdog)
{
	/* An idle CPU of the partition may be about to leave what it does with the lock held. */
	lock_acquire(&watchdog->lock);
	watchdog->line = false;
	watchdog->is_enabled = false;
	watchdog->offset = 0;
	watchdog->compare = 0;
	atomic_store_explicit(&watchdog->told, 0, memory_order_relaxed);
	atomic_store_explicit(&watchdog->second, WATCHDOG_NEVER, memory_order_release);
	atomic_store_explicit(&watchdog->first, WATCHDOG_NEVER, memory_order_release);
	lock_release(&watchdog->lock);
}

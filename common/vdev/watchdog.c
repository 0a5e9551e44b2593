/* SPDX-License-Identifier: Apache-2.0 */
#include "common/vdev/watchdog.h"

#include "common/arch.h"
#include "common/plan/system.h"
#include "common/run/partition.h"

#define CONTROL	 PAGE_SIZE
#define WCS_WS0	 2U
#define WCS_WS1	 4U
#define WOR_MASK UINT64_C(0xffffffffffff)
#define W_IIDR	 UINT64_C(0x1043b) /* version 1, by Arm */

/*
 * Gives both deadlines. The second one first: as a rule they move on, and housekeeping, should it
 * look in between, finds none that is earlier than it was.
 */
static void set_deadlines(struct watchdog *dog, uint64_t first, uint64_t second)
{
	const bool is_on = dog->is_enabled;

	atomic_store_explicit(&dog->second, is_on ? second : WATCHDOG_NEVER, memory_order_release);
	atomic_store_explicit(&dog->first, is_on ? first : WATCHDOG_NEVER, memory_order_release);
}

/* WCV is the deadline of this stage. A first one that lies back begins the second stage now. */
static void set_compare_value(struct watchdog *dog, uint64_t now, uint64_t value)
{
	const uint64_t start = value > now ? value : now;
	const bool is_endless = start > WATCHDOG_NEVER - dog->offset;

	dog->compare = value;
	if (watchdog_has_passed(&dog->first, now))
		atomic_store_explicit(&dog->second, value, memory_order_release);
	else
		set_deadlines(dog, value, is_endless ? WATCHDOG_NEVER : start + dog->offset);
}

/* What is not there reads as zero. */
static uint64_t read_pair(const struct watchdog *dog, uint32_t offset, uint64_t now)
{
	if (offset == CONTROL + WATCHDOG_WCS)
		return (dog->is_enabled ? WATCHDOG_ENABLE : 0) |
		       (watchdog_has_passed(&dog->first, now) ? WCS_WS0 : 0) |
		       (watchdog_has_passed(&dog->second, now) ? WCS_WS1 : 0);
	if (offset == CONTROL + WATCHDOG_WOR)
		return dog->offset;
	if (offset == CONTROL + WATCHDOG_WCV)
		return dog->is_enabled ? watchdog_next(dog, now) : dog->compare;
	return offset % CONTROL == WATCHDOG_IDS ? W_IIDR << 32 : 0;
}

/* value: of both halves, one of which is new. */
static void write_pair(struct watchdog *dog, uint32_t offset, uint64_t now, uint64_t value)
{
	const uint32_t pair = offset & ~7U;

	if (pair == CONTROL + WATCHDOG_WCV) {
		set_compare_value(dog, now, value);
		return;
	}
	if (pair == CONTROL + WATCHDOG_WOR)
		dog->offset = value & WOR_MASK;
	else if (offset == CONTROL + WATCHDOG_WCS)
		dog->is_enabled = (value & WATCHDOG_ENABLE) != 0;
	else if (offset != WATCHDOG_WRR)
		return;
	dog->compare = now + dog->offset;
	set_deadlines(dog, dog->compare, dog->compare + dog->offset);
}

/*
 * The interrupt is WS0. In direct mode housekeeping makes it pending; a level that is still high is
 * said again, for the guest's acknowledge has consumed it.
 */
static void update_line(struct watchdog *dog, uint64_t now)
{
	const struct plan_partition *const plan = &system_plan.partitions[this_partition.index];
	const bool was = dog->line;

	dog->line = watchdog_has_passed(&dog->first, now);
	if (dog->line != was || (was && plan->direct_interrupts != 0))
		arch_set_line(plan->watchdog_intid, dog->line);
}

/* Not too often: it looks again anyway, a while after it has been told (run/watchdogs.c). */
static bool may_tell(struct watchdog *dog, uint64_t now)
{
	const uint64_t last = atomic_load_explicit(&dog->told, memory_order_relaxed);

	if (now - last < arch_counter_frequency() / WATCHDOG_PER_SECOND)
		return false;
	atomic_store_explicit(&dog->told, now, memory_order_relaxed);
	return true;
}

bool watchdog_access(uint32_t offset, uint32_t size, bool is_write, uint32_t *value)
{
	struct watchdog *const dog = &this_partition.watchdog;
	const unsigned shift = offset % 8 * 8;

	if (size != 4 || offset % 4 != 0)
		return false;

	lock_acquire(&dog->lock);

	const uint64_t now = arch_counter();
	const uint64_t before = watchdog_next(dog, now);
	const uint64_t old = read_pair(dog, offset & ~7U, now);

	/* Before it as well: what is refreshed after the first deadline must fall. */
	update_line(dog, now);
	if (is_write)
		write_pair(dog, offset, now,
			   (old & (uint64_t)UINT32_MAX << (32 - shift)) | (uint64_t)*value
										  << shift);
	else
		*value = (uint32_t)(old >> shift);
	update_line(dog, now);

	/* Housekeeping looks at the deadline that it knows; only an earlier one is news to it. */
	const bool tells = watchdog_next(dog, now) < before && may_tell(dog, now);

	lock_release(&dog->lock);
	if (tells)
		arch_kick_cpu(system_plan.housekeeping_cpu);
	return true;
}

void watchdog_poll(void)
{
	struct watchdog *const dog = &this_partition.watchdog;

	lock_acquire(&dog->lock);
	update_line(dog, arch_counter());
	lock_release(&dog->lock);
}

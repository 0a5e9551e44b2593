/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The ticket lock of lock.h, first come, first served, as two steps that other CPUs can come
 * between: a ticket is drawn, the lock is had. A wait is one step however long it lasts.
 */
#ifndef BULKHEAD_TESTS_LOCK_H
#define BULKHEAD_TESTS_LOCK_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "common/arch.h"

struct lock {
	uint32_t next;
	uint32_t serving;
	uint32_t is_open;
};

void lock_acquire(struct lock *lock);
bool lock_try(struct lock *lock);
void lock_open(struct lock *lock);
void lock_release(struct lock *lock);

#endif

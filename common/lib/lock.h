/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A ticket lock between the CPUs of one partition, never between partitions (law 4). First come,
 * first served, so that the wait is bounded by the other vCPUs' short critical sections.
 */
#ifndef BULKHEAD_LIB_LOCK_H
#define BULKHEAD_LIB_LOCK_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "common/arch.h"

struct lock {
	_Atomic uint32_t next;	  /* the ticket that the next caller gets */
	_Atomic uint32_t serving; /* the ticket that holds the lock */
	_Atomic uint32_t is_open; /* its holder will never release it; all pass */
};

/* Acquire: what the last holder wrote is visible. */
static inline void lock_acquire(struct lock *lock)
{
	const uint32_t ticket = atomic_fetch_add_explicit(&lock->next, 1, memory_order_relaxed);

	while (atomic_load_explicit(&lock->serving, memory_order_acquire) != ticket &&
	       atomic_load_explicit(&lock->is_open, memory_order_relaxed) == 0)
		arch_relax();
}

/* False: somebody has it, or waits for it. */
static inline bool lock_try(struct lock *lock)
{
	/* Acquire: as above. If this is the next ticket too, nobody has taken it. */
	uint32_t ticket = atomic_load_explicit(&lock->serving, memory_order_acquire);

	return atomic_compare_exchange_strong_explicit(&lock->next, &ticket, ticket + 1,
						       memory_order_relaxed, memory_order_relaxed);
}

/*
 * For a partition that has failed in EL2, and stops: whoever holds the lock may never release it,
 * so nobody waits any more. What it guarded is not used again but to shut down.
 */
static inline void lock_open(struct lock *lock)
{
	atomic_store_explicit(&lock->is_open, 1, memory_order_relaxed);
}

/* Release: what this holder wrote is visible to the next. */
static inline void lock_release(struct lock *lock)
{
	const uint32_t ticket = atomic_load_explicit(&lock->serving, memory_order_relaxed);

	atomic_store_explicit(&lock->serving, ticket + 1, memory_order_release);
}

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The virtual watchdog of a partition: Arm's generic watchdog, version 1 (BSA, DEN0094, its
 * appendix on the generic watchdog).
 *
 *      a refresh               WS0: the interrupt            WS1: bulkhead,on-watchdog
 *   -------+---------- WOR ---------+----------- WOR ---------------+------------------>
 *                                 first                          second
 *
 * A write to WRR, WOR or WCS is a refresh; WCV is the next of the two deadlines, and may be
 * written. Nothing counts here: the deadlines are values of the system counter, which is the
 * guest's too, and WS0 and WS1 are found by it when somebody looks. Who carries out what is due is
 * the housekeeping CPU (run/watchdogs.h). It sees this structure, may not write to it and takes no
 * lock: each of the deadlines is one atomic word, and each alone says what is due.
 */
#ifndef BULKHEAD_VDEV_WATCHDOG_H
#define BULKHEAD_VDEV_WATCHDOG_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "common/lib/lock.h"

/* Registers of the refresh frame, of the control frame, of both; each in 64 bits. */
#define WATCHDOG_WRR 0x000
#define WATCHDOG_WCS 0x000
#define WATCHDOG_WOR 0x008
#define WATCHDOG_WCV 0x010
#define WATCHDOG_IDS 0xfc8 /* W_IIDR is the upper half */

#define WATCHDOG_ENABLE	    1U	 /* WCS */
#define WATCHDOG_PER_SECOND 1000 /* so often may a guest make housekeeping look */
#define WATCHDOG_NEVER	    UINT64_MAX

struct watchdog {
	struct lock lock;
	bool line;		 /* WS0, as far as the interrupt controller has been told */
	bool is_enabled;	 /* WCS.EN */
	uint64_t offset;	 /* WOR */
	uint64_t compare;	 /* WCV while it is switched off */
	_Atomic uint64_t first;	 /* system counter, or WATCHDOG_NEVER: it is switched off */
	_Atomic uint64_t second; /* the same */
	_Atomic uint64_t told;	 /* when housekeeping was, of an earlier deadline */
};

/* Switched off, as after a reset. */
void watchdog_reset(struct watchdog *watchdog);

/* An access by a vCPU of this partition, as pl011_access(). The control frame comes second. */
bool watchdog_access(uint32_t offset, uint32_t size, bool is_write, uint32_t *value);

/* The first deadline may have passed: makes the interrupt follow. Any CPU of the partition. */
void watchdog_poll(void);

/* Whether a deadline has come. Acquire: who sees a new first one sees its second one. */
static inline bool watchdog_has_passed(const _Atomic uint64_t *deadline, uint64_t now)
{
	return now >= atomic_load_explicit(deadline, memory_order_acquire);
}

/* The deadline that comes next. */
static inline uint64_t watchdog_next(const struct watchdog *watchdog, uint64_t now)
{
	return atomic_load_explicit(watchdog_has_passed(&watchdog->first, now) ? &watchdog->second
									       : &watchdog->first,
				    memory_order_acquire);
}

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A partition at run time: what its CPUs share in EL2 besides the arch's part. Each CPU sees its
 * own partition as this_partition; no other partition's has an address.
 *
 *   RUNNING ----> STOPPED   SYSTEM_OFF, SYSTEM_RESET, SError, or an exception in EL2
 *
 * A stopped partition's CPUs sleep in EL2 and do nothing but EL2's own work.
 */
#ifndef BULKHEAD_RUN_PARTITION_H
#define BULKHEAD_RUN_PARTITION_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "common/lib/lock.h"
#include "common/vdev/pl011.h"

enum partition_state {
	PARTITION_RUNNING,
	PARTITION_STOPPED,
};

struct partition {
	uint32_t index;		/* into the plan */
	_Atomic uint32_t state; /* enum partition_state */
	_Atomic uint32_t accesses_reported;
	struct lock log_lock;
	struct pl011 uart;
};

extern struct partition this_partition;

static inline bool partition_is_running(void)
{
	return atomic_load_explicit(&this_partition.state, memory_order_acquire) ==
	       PARTITION_RUNNING;
}

/* Fills in this_partition; its memory is zeroed. Its first CPU, before launch. */
void partition_create(uint32_t index);

/*
 * Marks this partition as stopped and tells its other CPUs, which leave the guest as soon as they
 * are kicked. The caller's own vCPU must stop afterwards.
 */
void partition_stop(void);

/* The same after an exception in EL2: its locks may be held for ever, so they open. */
void partition_fail(void);

/*
 * Logs an access outside the partition's map (kind: a word; address: IPA; pc: of the guest). The
 * first few of a partition only: a guest must not fill the log.
 */
void partition_report_access(const char *kind, uint64_t address, uint64_t pc);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* The supervisor device (supervisor_registers.h). */
#ifndef BULKHEAD_VDEV_SUPERVISOR_H
#define BULKHEAD_VDEV_SUPERVISOR_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "common/plan/plan.h"

/* What a supervisor has written, of each partition. */
struct supervisor {
	_Atomic uint32_t selected[PLAN_MAX_PARTITIONS];
	_Atomic uint32_t results[PLAN_MAX_PARTITIONS];
};

/* An access by a vCPU of this partition, as pl011_access(). */
bool supervisor_access(uint32_t offset, uint32_t size, bool is_write, uint64_t *value);

#endif

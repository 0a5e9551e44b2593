/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Other partitions' state, to be read: housekeeping sees all partitions, each partition itself and
 * those that it supervises. Read-only mappings; what is not atomic in it may change while it is
 * read, and is for show.
 */
#ifndef BULKHEAD_RUN_VIEW_H
#define BULKHEAD_RUN_VIEW_H

#include "common/run/partition.h"

/* As layout.h places them: struct partition first, what only arch/ knows behind it. */
union partition_view {
	struct partition partition;
	uint8_t slot[0x10000];
};

extern const union partition_view partition_views[];

static inline const struct partition *partition_view(uint32_t index)
{
	return &partition_views[index].partition;
}

/* enum partition_state. Acquire: what led to it is visible. */
static inline uint32_t view_state(uint32_t index)
{
	return atomic_load_explicit(&partition_view(index)->state, memory_order_acquire);
}

#endif

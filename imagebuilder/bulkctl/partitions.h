/* SPDX-License-Identifier: Apache-2.0 */
/* What the supervisor device shows of the partitions, and orders for them. */
#ifndef BULKHEAD_BULKCTL_PARTITIONS_H
#define BULKHEAD_BULKCTL_PARTITIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "common/run/order.h"
#include "common/vdev/supervisor_registers.h"

struct partitions {
	struct supervisor_header header;
	struct supervisor_record records[SUPERVISOR_MAX_RECORDS];
};

/* The events of a partition that are still kept. */
struct partition_log {
	uint32_t first; /* number of the first one: so many are no longer kept */
	uint32_t count;
	struct health_event events[HEALTH_EVENTS];
};

/* All there is. False: not our device, or of another version; says so. */
bool partitions_read(struct partitions *partitions);

/* One record, and the events that belong to it; slot: its index in struct partitions. */
void partitions_read_record(uint32_t slot, struct supervisor_record *record);
void partitions_read_log(uint32_t slot, struct partition_log *log);

/* Gives an order. ORDER_RESULTS: the device has not answered. */
enum order_result partitions_order(uint32_t slot, enum order order);

/* Its slot; SUPERVISOR_MAX_RECORDS: there is none of this name. */
uint32_t partitions_find(const struct partitions *partitions, const char *name);

/* System counter to milliseconds. */
uint64_t partitions_milliseconds(const struct partitions *partitions, uint64_t ticks);

#endif

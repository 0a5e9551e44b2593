/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Registers of the supervisor device: a page through which a partition sees those that it
 * supervises, and orders them about. Plain C, for guests too (imagebuilder/bulkctl).
 *
 *   slot 0        struct supervisor_header
 *   slot 1 ..     struct supervisor_record, one for each supervised partition, in the plan's order
 *
 * Reads have 4 or 8 bytes, writes 4, all aligned; others are external aborts, as by other devices.
 * What is not there reads as zero and ignores writes. Each vCPU may read what it likes at any time,
 * but command and selected are one for all of them: who uses these takes turns (bulkctl locks).
 */
#ifndef BULKHEAD_VDEV_SUPERVISOR_REGISTERS_H
#define BULKHEAD_VDEV_SUPERVISOR_REGISTERS_H

#include <stdint.h>

#include "common/run/health.h"

#define SUPERVISOR_MAGIC	0x76736862 /* "bhsv" */
#define SUPERVISOR_VERSION	1
#define SUPERVISOR_SIZE		0x1000
#define SUPERVISOR_SLOT_SIZE	256
#define SUPERVISOR_MAX_RECORDS	15
#define SUPERVISOR_NAME_SIZE	32 /* with the NUL */
#define SUPERVISOR_EXIT_CLASSES 5

struct supervisor_header {
	uint32_t magic;
	uint32_t version;
	uint32_t count; /* of records */
	uint32_t index; /* of this partition itself: events name by it who gave an order */
	uint64_t frequency;
	uint64_t now; /* system counter */
	char name[SUPERVISOR_NAME_SIZE];
};

struct supervisor_record {
	char name[SUPERVISOR_NAME_SIZE];
	uint32_t index;
	uint32_t state; /* enum partition_state */
	uint32_t direct;
	uint32_t vcpus;
	uint32_t restarts;
	/* Write: enum order, stop, start or restart. Read: 0, or the last one's order_result + 1.
	 */
	uint32_t command;
	/*
	 * How many there have been. Of them event selected can be read; zeros: there is none, or it
	 * is no longer kept. It is whole if events is then less than selected + HEALTH_EVENTS.
	 */
	uint32_t events;
	uint32_t selected;
	uint64_t started;			 /* system counter */
	uint64_t exits[SUPERVISOR_EXIT_CLASSES]; /* enum exit_class */
	struct health_event event;
};

#endif

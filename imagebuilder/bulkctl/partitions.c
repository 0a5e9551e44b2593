/* SPDX-License-Identifier: Apache-2.0 */
#include "imagebuilder/bulkctl/partitions.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "imagebuilder/bulkctl/registers.h"

#define OFFSET(slot, field)                                                                        \
	(((slot) + 1) * SUPERVISOR_SLOT_SIZE + (uint32_t)offsetof(struct supervisor_record, field))

_Static_assert(sizeof(struct supervisor_header) % 8 == 0 &&
		       sizeof(struct supervisor_record) % 8 == 0 &&
		       sizeof(struct health_event) % 8 == 0 &&
		       offsetof(struct supervisor_record, event) % 8 == 0,
	       "they are read in pieces of 8 bytes");

static void read_bytes(uint32_t offset, void *out, size_t size)
{
	for (size_t at = 0; at < size; at += 8) {
		const uint64_t word = registers_read(offset + (uint32_t)at);

		memcpy((uint8_t *)out + at, &word, sizeof(word));
	}
}

static uint32_t read_number(uint32_t offset)
{
	return (uint32_t)(registers_read(offset / 8 * 8) >> offset % 8 * 8);
}

void partitions_read_record(uint32_t slot, struct supervisor_record *record)
{
	read_bytes((slot + 1) * SUPERVISOR_SLOT_SIZE, record, sizeof(*record));
	record->name[sizeof(record->name) - 1] = '\0';
}

bool partitions_read(struct partitions *partitions)
{
	struct supervisor_header *const header = &partitions->header;

	read_bytes(0, header, sizeof(*header));
	header->name[sizeof(header->name) - 1] = '\0';
	if (header->magic != SUPERVISOR_MAGIC || header->version != SUPERVISOR_VERSION ||
	    header->count > SUPERVISOR_MAX_RECORDS || header->frequency == 0) {
		(void)fprintf(stderr,
			      "bulkctl: this is no supervisor device of version %d: 0x%x 0x%x\n",
			      SUPERVISOR_VERSION, header->magic, header->version);
		return false;
	}
	for (uint32_t i = 0; i < header->count; i++)
		partitions_read_record(i, &partitions->records[i]);
	return true;
}

/*
 * An event may be overwritten while it is read: the count then says so, but for the oldest one,
 * whose place is written to before the count changes. Two copies of that differ.
 */
static bool read_event(uint32_t slot, uint32_t number, struct health_event *event)
{
	struct health_event again;

	registers_write(OFFSET(slot, selected), number);
	read_bytes(OFFSET(slot, event), event, sizeof(*event));
	read_bytes(OFFSET(slot, event), &again, sizeof(again));
	return memcmp(event, &again, sizeof(again)) == 0 &&
	       read_number(OFFSET(slot, events)) - number <= HEALTH_EVENTS;
}

void partitions_read_log(uint32_t slot, struct partition_log *log)
{
	const uint32_t end = read_number(OFFSET(slot, events));

	log->count = 0;
	log->first = end < HEALTH_EVENTS ? 0 : end - HEALTH_EVENTS;
	for (uint32_t number = log->first; number != end; number++) {
		if (read_event(slot, number, &log->events[log->count])) {
			log->count++;
			continue;
		}
		/* Those before it are gone too. */
		log->count = 0;
		log->first = number + 1;
	}
}

enum order_result partitions_order(uint32_t slot, enum order order)
{
	registers_write(OFFSET(slot, command), (uint32_t)order);

	const uint32_t result = read_number(OFFSET(slot, command));

	return result - 1 < ORDER_RESULTS ? (enum order_result)(result - 1) : ORDER_RESULTS;
}

uint32_t partitions_find(const struct partitions *partitions, const char *name)
{
	for (uint32_t i = 0; i < partitions->header.count; i++)
		if (strcmp(partitions->records[i].name, name) == 0)
			return i;
	return SUPERVISOR_MAX_RECORDS;
}

uint64_t partitions_milliseconds(const struct partitions *partitions, uint64_t ticks)
{
	const uint64_t frequency = partitions->header.frequency;

	return ticks / frequency * 1000 + ticks % frequency * 1000 / frequency;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "common/vdev/supervisor.h"

#include <string.h>

#include "common/arch.h"
#include "common/plan/system.h"
#include "common/run/order.h"
#include "common/run/view.h"
#include "common/vdev/supervisor_registers.h"

#define FIELD(name) ((uint32_t)offsetof(struct supervisor_record, name))

union slot {
	struct supervisor_header header;
	struct supervisor_record record;
	uint64_t words[SUPERVISOR_SLOT_SIZE / 8];
};

_Static_assert(sizeof(union slot) == SUPERVISOR_SLOT_SIZE &&
		       (1 + SUPERVISOR_MAX_RECORDS) * SUPERVISOR_SLOT_SIZE <= SUPERVISOR_SIZE &&
		       SUPERVISOR_MAX_RECORDS == PLAN_MAX_PARTITIONS - 1 &&
		       SUPERVISOR_NAME_SIZE == PLAN_NAME_SIZE &&
		       SUPERVISOR_EXIT_CLASSES == EXIT_CLASSES,
	       "supervisor_registers.h");

/* The plan's index of the partition that a slot is for; PLAN_NONE: of none. */
static uint32_t partition_of(uint32_t supervised, uint32_t slot)
{
	for (uint32_t i = 0; i < PLAN_MAX_PARTITIONS; i++)
		if ((supervised >> i & 1) != 0 && --slot == 0)
			return i;
	return PLAN_NONE;
}

static void read_header(const struct plan_partition *own, struct supervisor_header *header)
{
	*header = (struct supervisor_header){
		.magic = SUPERVISOR_MAGIC,
		.version = SUPERVISOR_VERSION,
		.index = this_partition.index,
		.frequency = arch_counter_frequency(),
		.now = arch_counter(),
	};
	memcpy(header->name, own->name, sizeof(header->name));
	for (uint32_t left = own->supervises; left != 0; left &= left - 1)
		header->count++;
}

static void read_record(uint32_t index, struct supervisor_record *record)
{
	const struct plan_partition *const plan = &system_plan.partitions[index];
	const struct partition *const view = partition_view(index);
	struct supervisor *const own = &this_partition.supervisor;

	*record = (struct supervisor_record){
		.index = index,
		.state = view_state(index),
		.direct = plan->direct_interrupts,
		.vcpus = plan->cpu_count,
		.restarts = view->restarts,
		.command = atomic_load_explicit(&own->results[index], memory_order_relaxed),
		.events = atomic_load_explicit(&view->health.count, memory_order_acquire),
		.selected = atomic_load_explicit(&own->selected[index], memory_order_relaxed),
		.started = view->started,
	};
	memcpy(record->name, plan->name, sizeof(record->name));
	arch_count_exits(index, record->exits);
	if (record->events - record->selected - 1 < HEALTH_EVENTS)
		record->event = view->health.events[record->selected % HEALTH_EVENTS];
	/* The guest may look at the count next, to learn whether that was whole. */
	atomic_thread_fence(memory_order_acquire);
}

static void write_record(uint32_t index, uint32_t field, uint32_t value)
{
	struct supervisor *const own = &this_partition.supervisor;

	if (field == FIELD(selected))
		atomic_store_explicit(&own->selected[index], value, memory_order_relaxed);
	if (field != FIELD(command) || value < ORDER_STOP || value > ORDER_RESTART)
		return;
	value = 1 + order_give(index, (enum order)value, this_partition.index);
	atomic_store_explicit(&own->results[index], value, memory_order_relaxed);
}

bool supervisor_access(uint32_t offset, uint32_t size, bool is_write, uint64_t *value)
{
	const struct plan_partition *const own = &system_plan.partitions[this_partition.index];
	const uint32_t number = offset / SUPERVISOR_SLOT_SIZE;
	const uint32_t field = offset % SUPERVISOR_SLOT_SIZE;
	const uint32_t index = number == 0 ? PLAN_NONE : partition_of(own->supervises, number);
	union slot slot = {.words = {0}};

	if (size < 4 || (is_write && size > 4) || offset % size != 0)
		return false;
	if (is_write) {
		if (index != PLAN_NONE)
			write_record(index, field, (uint32_t)*value);
		return true;
	}
	if (number == 0)
		read_header(own, &slot.header);
	else if (index != PLAN_NONE)
		read_record(index, &slot.record);
	*value = slot.words[field / 8] >> field % 8 * 8;
	return true;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* The supervisor device. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/arch.h"
#include "common/plan/system.h"
#include "common/run/order.h"
#include "common/run/partition.h"
#include "common/run/view.h"
#include "imagebuilder/bulkctl/partitions.h"
#include "imagebuilder/bulkctl/registers.h"
#include "imagebuilder/bulkctl/show.h"
#include "tests/unit/printed.h"
#include "tests/unit/supervising.h"

static void header_is_there(void **state)
{
	struct partitions read;

	(void)state;
	assert_true(partitions_read(&read));
	assert_int_equal(read.header.magic, SUPERVISOR_MAGIC);
	assert_int_equal(read.header.version, SUPERVISOR_VERSION);
	assert_int_equal(read.header.count, 2);
	assert_int_equal(read.header.index, SELF);
	assert_int_equal(read.header.frequency, FREQUENCY);
	assert_int_equal(read.header.now, NOW);
	assert_string_equal(read.header.name, "linux0");
	assert_string_equal(read.records[0].name, "linux1");
	assert_string_equal(read.records[1].name, "rt0");
	assert_int_equal(read.records[0].started, 40000);
	assert_int_equal(read.records[0].restarts, 3);
	assert_int_equal(read.records[1].index, DIRECT);
	assert_int_equal(read.records[1].state, PARTITION_STOPPED);
	assert_int_equal(read.records[1].direct, 1);
	assert_int_equal(read.records[1].vcpus, 4);
	for (unsigned i = 0; i < EXIT_CLASSES; i++)
		assert_int_equal(read.records[1].exits[i], 300 + i + (UINT64_C(1) << 40));
}

/* Behind the last record there is nothing, whatever is written. */
static void nothing_else_is_there(void **state)
{
	(void)state;
	for (uint32_t offset = RECORD(2); offset < SUPERVISOR_SIZE; offset += 4) {
		registers_write(offset, ORDER_STOP);
		assert_int_equal(read32(offset), 0);
		assert_int_equal(registers_read(offset / 8 * 8), 0);
	}
	for (uint32_t i = 0; i < 2; i++)
		for (uint32_t field = sizeof(struct supervisor_record);
		     field < SUPERVISOR_SLOT_SIZE; field += 4)
			assert_int_equal(read32(RECORD(i) + field), 0);
	for (uint32_t i = 0; i < PLAN_MAX_PARTITIONS; i++)
		assert_int_equal(mailboxes.orders[i], 0);
	assert_int_equal(kicked, 0);
}

/* What docs/binding.md says, and guests were compiled for. */
static void layout_stays(void **state)
{
	(void)state;
	assert_int_equal(offsetof(struct supervisor_header, frequency), 0x10);
	assert_int_equal(offsetof(struct supervisor_header, name), 0x20);
	assert_int_equal(offsetof(struct supervisor_record, index), 0x20);
	assert_int_equal(offsetof(struct supervisor_record, command), 0x34);
	assert_int_equal(offsetof(struct supervisor_record, selected), 0x3c);
	assert_int_equal(offsetof(struct supervisor_record, exits), 0x48);
	assert_int_equal(FIELD(0, event.time), 0x170);
	assert_int_equal(FIELD(0, event.outcome), 0x180);
	assert_int_equal(FIELD(0, event.esr), 0x188);
	assert_int_equal(FIELD(0, event.microseconds), 0x1a8);
	assert_int_equal(HEALTH_EVENTS, 32);
	assert_int_equal(HEALTH_FURTHER, 6);
	assert_int_equal(HEALTH_KINDS, 17);
	assert_int_equal(HEALTH_RESETS_BOARD, 4);
	assert_int_equal(PARTITION_FAILED, 4);
	assert_int_equal(ORDER_RESTART, 3);
	assert_int_equal(ORDER_BROKEN, 4);
}

static void all_partitions_have_room(void **state)
{
	struct partitions read;

	(void)state;
	system_plan.partition_count = PLAN_MAX_PARTITIONS;
	system_plan.partitions[SELF].supervises = 0xffff & ~(1U << SELF);
	assert_true(partitions_read(&read));
	assert_int_equal(read.header.count, SUPERVISOR_MAX_RECORDS);
	for (uint32_t i = 0; i < SUPERVISOR_MAX_RECORDS; i++)
		assert_int_equal(read.records[i].index, i < SELF ? i : i + 1);
}

/* Reads of 4 and 8 bytes, writes of 4, aligned. */
static void other_accesses_are_none(void **state)
{
	uint64_t value = 0;

	(void)state;
	for (uint32_t offset = 0; offset < SUPERVISOR_SIZE; offset++) {
		for (uint32_t size = 1; size <= 8; size *= 2) {
			const bool is_good = size >= 4 && offset % size == 0;

			value = 0;
			assert_int_equal(supervisor_access(offset, size, false, &value), is_good);
			value = 0;
			assert_int_equal(supervisor_access(offset, size, true, &value),
					 is_good && size == 4);
		}
		if (offset % 8 == 0)
			assert_int_equal(registers_read(offset),
					 read32(offset) | (uint64_t)read32(offset + 4) << 32);
	}
	/* Not even where an order would be. */
	for (uint32_t size = 1; size <= 8; size *= 2) {
		value = ORDER_STOP;
		if (size != 4)
			assert_false(supervisor_access(FIELD(0, command), size, true, &value));
	}
	assert_int_equal(mailboxes.orders[LINUX], 0);
}

/* Garbage in all registers but command changes selected alone. */
static void the_rest_is_read_only(void **state)
{
	struct partitions before;
	struct partitions after;

	(void)state;
	assert_true(partitions_read(&before));
	for (uint32_t offset = 0; offset < SUPERVISOR_SIZE; offset += 4)
		if (offset != FIELD(0, command) && offset != FIELD(1, command))
			registers_write(offset, 0x5a5a0000 + offset);
	assert_int_equal(read32(FIELD(0, selected)), 0x5a5a0000 + FIELD(0, selected));
	registers_write(FIELD(0, selected), 0);
	registers_write(FIELD(1, selected), 0);
	assert_true(partitions_read(&after));
	assert_memory_equal(&before, &after, sizeof(before.header) + 2 * sizeof(before.records[0]));
	assert_int_equal(kicked, 0);
}

static void orders_are_given(void **state)
{
	(void)state;
	assert_int_equal(read32(FIELD(0, command)), 0);
	assert_int_equal(partitions_order(0, ORDER_STOP), ORDER_GIVEN);
	assert_int_equal(mailboxes.orders[LINUX], ORDER_STOP | SELF << 8);
	assert_int_equal(partitions_order(0, ORDER_START), ORDER_NOT_STOPPED);
	assert_int_equal(partitions_order(0, ORDER_RESTART), ORDER_GIVEN);
	assert_int_equal(mailboxes.orders[LINUX], ORDER_RESTART | SELF << 8);
	assert_int_equal(kicked, 1U << LINUX);
	/* One in direct mode, by the housekeeping CPU. */
	assert_int_equal(partitions_order(1, ORDER_STOP), ORDER_NOT_RUNNING);
	assert_int_equal(partitions_order(1, ORDER_START), ORDER_GIVEN);
	assert_int_equal(mailboxes.direct, 1U << DIRECT);
	assert_int_equal(kicked, 1U << LINUX | 1U << 9);
	of(LINUX)->state = PARTITION_FAILED;
	assert_int_equal(partitions_order(0, ORDER_RESTART), ORDER_BROKEN);
}

/* A watchdog's expiry is not for a guest to order. */
static void other_orders_are_none(void **state)
{
	static const uint32_t none[] = {ORDER_NONE, ORDER_WATCHDOG, 5, 0x101, 0x80000001, ~0U};

	(void)state;
	for (unsigned i = 0; i < sizeof(none) / sizeof(none[0]); i++) {
		registers_write(FIELD(0, command), none[i]);
		assert_int_equal(read32(FIELD(0, command)), 0);
		assert_int_equal(mailboxes.orders[LINUX], 0);
	}
	assert_int_equal(partitions_order(0, (enum order)ORDER_WATCHDOG), ORDER_RESULTS);
	assert_int_equal(kicked, 0);
}

static void events_are_selected(void **state)
{
	(void)state;
	registers_write(FIELD(0, selected), 0);
	assert_int_equal(read32(FIELD(0, event.kind)), HEALTH_NONE);
	for (unsigned i = 0; i < HEALTH_EVENTS + 4; i++)
		add_event(LINUX, HEALTH_RESET);
	assert_int_equal(read32(FIELD(0, events)), HEALTH_EVENTS + 4);
	for (uint32_t number = 0; number < HEALTH_EVENTS + 8; number++) {
		const bool is_kept = number >= 4 && number < HEALTH_EVENTS + 4;

		registers_write(FIELD(0, selected), number);
		assert_int_equal(read32(FIELD(0, event.kind)), is_kept ? HEALTH_RESET : 0);
		assert_int_equal(read32(FIELD(0, event.esr)), is_kept ? number : 0);
	}
	/* The other partition's is another. */
	assert_int_equal(read32(FIELD(1, selected)), 0);
}

/* Whatever another partition's EL2 has left there. */
static void foreign_state_is_not_trusted(void **state)
{
	(void)state;
	srand(1);
	for (unsigned round = 0; round < 300; round++) {
		for (unsigned i = 0; i < sizeof(struct partition); i++)
			((uint8_t *)of(LINUX))[i] = (uint8_t)(rand() >> 7);
		registers_write(FIELD(0, selected),
				of(LINUX)->health.count - (uint32_t)(rand() % 40));
		for (uint32_t offset = 0; offset < SUPERVISOR_SIZE; offset += 8)
			(void)registers_read(offset);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(header_is_there, supervisor_set_up),
		cmocka_unit_test_setup(nothing_else_is_there, supervisor_set_up),
		cmocka_unit_test_setup(layout_stays, supervisor_set_up),
		cmocka_unit_test_setup(all_partitions_have_room, supervisor_set_up),
		cmocka_unit_test_setup(other_accesses_are_none, supervisor_set_up),
		cmocka_unit_test_setup(the_rest_is_read_only, supervisor_set_up),
		cmocka_unit_test_setup(orders_are_given, supervisor_set_up),
		cmocka_unit_test_setup(other_orders_are_none, supervisor_set_up),
		cmocka_unit_test_setup(events_are_selected, supervisor_set_up),
		cmocka_unit_test_setup(foreign_state_is_not_trusted, supervisor_set_up),
	};

	return cmocka_run_group_tests_name("supervisor", tests, NULL, NULL);
}

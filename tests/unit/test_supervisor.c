/* SPDX-License-Identifier: Apache-2.0 */
/* The supervisor device, and bulkctl, which reads it here as in a guest. */
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

#define SELF	       2
#define LINUX	       0 /* what it supervises */
#define DIRECT	       3
#define OTHER	       1 /* what it does not */
#define FREQUENCY      1000
#define NOW	       100000
#define CALLS	       7
#define UNTOUCHED      0xdeadbeefdeadbeefU
#define RECORD(n)      (SUPERVISOR_SLOT_SIZE * ((n) + 1))
#define FIELD(n, name) (uint32_t)(RECORD(n) + offsetof(struct supervisor_record, name))

static union partition_view views[PLAN_MAX_PARTITIONS];
extern const union partition_view partition_views[PLAN_MAX_PARTITIONS]
	__attribute__((alias("views")));

struct plan system_plan;
struct partition this_partition;

static uint32_t kicked;		   /* bit n: a CPU of partition n */
static uint32_t events_while_read; /* that come with each of bulkctl's next accesses */

uint64_t arch_counter(void)
{
	return NOW;
}

uint64_t arch_counter_frequency(void)
{
	return FREQUENCY;
}

void arch_count_exits(uint32_t partition, uint64_t counts[EXIT_CLASSES])
{
	/* Only what it has views of. */
	assert_true((system_plan.partitions[SELF].supervises >> partition & 1) != 0);
	for (unsigned i = 0; i < EXIT_CLASSES; i++)
		counts[i] = 100 * (uint64_t)partition + i + (UINT64_C(1) << 40);
}

bool arch_is_housekeeping(void)
{
	return false;
}

void arch_kick_cpu(uint32_t cpu)
{
	kicked |= 1U << cpu;
}

void arch_break_in(uint32_t partition)
{
	(void)partition;
	fail();
}

bool partition_end(struct health_event event)
{
	(void)event;
	return true;
}

void partition_start_again(uint32_t source)
{
	(void)source;
}

static struct partition *of(uint32_t partition)
{
	return &views[partition].partition;
}

static void add_event(uint32_t partition, enum health_kind kind)
{
	struct health_log *const log = &of(partition)->health;
	const uint32_t number = log->count;

	log->events[number % HEALTH_EVENTS] = (struct health_event){
		.time = number,
		.kind = kind,
		.number = SELF,
		.outcome = kind == HEALTH_PANIC ? HEALTH_STOPS : HEALTH_GOES_ON,
		.esr = kind == HEALTH_RESET || kind == HEALTH_ACCESS ? number : 0,
		.microseconds = 12345,
	};
	log->count++;
}

/* bulkctl's way to the registers. */
uint64_t registers_read(uint32_t offset)
{
	uint64_t value = UNTOUCHED;

	for (uint32_t i = 0; i < events_while_read; i++)
		add_event(LINUX, HEALTH_ACCESS);
	assert_true(supervisor_access(offset, 8, false, &value));
	return value;
}

void registers_write(uint32_t offset, uint32_t value)
{
	/* What stands in the upper half of the guest's register does not matter. */
	uint64_t wide = UINT64_C(0x1234567800000000) | value;

	assert_true(supervisor_access(offset, 4, true, &wide));
}

static uint32_t read32(uint32_t offset)
{
	uint64_t value = UNTOUCHED;

	assert_true(supervisor_access(offset, 4, false, &value));
	return (uint32_t)value;
}

static int set_up(void **state)
{
	static const char *const names[] = {"linux1", "secret", "linux0", "rt0"};

	(void)state;
	memset(&system_plan, 0, sizeof(system_plan));
	memset(&mailboxes, 0, sizeof(mailboxes));
	memset(&this_partition, 0, sizeof(this_partition));
	memset(views, 0, sizeof(views));
	system_plan.partition_count = 4;
	system_plan.housekeeping_cpu = 9;
	for (uint32_t i = 0; i < 4; i++) {
		(void)strcpy(system_plan.partitions[i].name, names[i]);
		system_plan.partitions[i].cpus[0] = (uint8_t)i;
		system_plan.partitions[i].cpu_count = i + 1;
		system_plan.partitions[i].is_supervised = 1;
	}
	this_partition.index = SELF;
	system_plan.partitions[SELF].supervises = 1U << LINUX | 1U << DIRECT;
	system_plan.partitions[DIRECT].direct_interrupts = 1;
	of(LINUX)->started = 40000;
	of(LINUX)->restarts = 3;
	of(DIRECT)->state = PARTITION_STOPPED;
	kicked = 0;
	events_while_read = 0;
	return 0;
}

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

static void bulkctl_reads_the_log(void **state)
{
	struct partition_log log;

	(void)state;
	partitions_read_log(0, &log);
	assert_int_equal(log.count, 0);
	assert_int_equal(log.first, 0);
	for (unsigned i = 0; i < 3; i++)
		add_event(LINUX, HEALTH_RESET);
	partitions_read_log(0, &log);
	assert_int_equal(log.count, 3);
	for (unsigned i = 0; i < HEALTH_EVENTS + 5; i++)
		add_event(LINUX, HEALTH_RESET);
	partitions_read_log(0, &log);
	assert_int_equal(log.first, 8);
	assert_int_equal(log.count, HEALTH_EVENTS);
	for (uint32_t i = 0; i < HEALTH_EVENTS; i++)
		assert_int_equal(log.events[i].esr, 8 + i);
	/* The count passes its end. */
	of(LINUX)->health.count = UINT32_MAX - 3;
	for (unsigned i = 0; i < 10; i++)
		add_event(LINUX, HEALTH_RESET);
	partitions_read_log(0, &log);
	assert_int_equal(log.count, 6);
}

/* No event is shown that was written to while it was read. */
static void bulkctl_reads_a_log_that_grows(void **state)
{
	struct partition_log log;

	(void)state;
	for (unsigned i = 0; i < HEALTH_EVENTS + 3; i++)
		add_event(LINUX, HEALTH_RESET);
	events_while_read = 1;
	partitions_read_log(0, &log);
	events_while_read = 0;
	assert_int_equal(log.count, 0);
	partitions_read_log(0, &log);
	assert_int_equal(log.count, HEALTH_EVENTS);
	/* The oldest one is being written to: its place is that of the next. */
	of(LINUX)->health.events[of(LINUX)->health.count % HEALTH_EVENTS].esr = 99;
	partitions_read_log(0, &log);
	assert_int_equal(log.events[0].esr, 99);
	assert_int_equal(log.count, HEALTH_EVENTS);
}

static void other_devices_are_refused(void **state)
{
	struct partitions read;

	(void)state;
	system_plan.partitions[SELF].supervises = 0;
	assert_true(partitions_read(&read));
	assert_int_equal(read.header.count, 0);
	assert_int_equal(partitions_find(&read, "linux1"), SUPERVISOR_MAX_RECORDS);
}

static struct partitions shown;
static struct partition_log logs[SUPERVISOR_MAX_RECORDS];
static bool is_json;
static uint32_t only = SUPERVISOR_MAX_RECORDS;

static void print_list(FILE *out)
{
	show_list(out, &shown, is_json);
}

static void print_stats(FILE *out)
{
	show_stats(out, &shown, is_json);
}

static void print_log(FILE *out)
{
	show_log(out, &shown, logs, only, is_json);
}

static void print_order(FILE *out)
{
	const struct show_order order = {"linux1",	    "stop", ORDER_GIVEN, true, true,
					 PARTITION_STOPPED, 17};

	show_order(out, &order, is_json);
}

static void tables_are_aligned(void **state)
{
	(void)state;
	is_json = false;
	only = SUPERVISOR_MAX_RECORDS;
	add_event(LINUX, HEALTH_RESTART_ORDER);
	add_event(LINUX, HEALTH_STARTED);
	for (unsigned i = 0; i < HEALTH_EVENTS + 1; i++)
		add_event(DIRECT, HEALTH_PANIC);
	assert_true(partitions_read(&shown));
	capture(print_list);
	assert_string_equal(printed,
			    "NAME    STATE       MODE     VCPUS  RESTARTS              UP\n"
			    "linux1  running     virtual      1         3        60.000 s\n"
			    "rt0     stopped     direct       4         0               -\n");
	capture(print_stats);
	contains("NAME    INTERRUPTS       CALLS     DEVICES   REGISTERS      OTHERS    EVENTS\n"
		 "linux1  1099511627776  1099511627777");
	for (uint32_t i = 0; i < 2; i++)
		partitions_read_log(i, &logs[i]);
	capture(print_log);
	contains("          TIME  NAME    EVENT\n"
		 "             -  rt0     1 older events are no longer kept\n"
		 "             -  linux1  restarted by order of linux0\n"
		 "       0.001 s  linux1  restart 2, after 12.345 ms\n"
		 "       0.001 s  rt0     its kernel has panicked: stopped\n");
	logs[0].events[1].esr = 0x93820045;
	capture(print_log);
	contains("after 12.345 ms\n                          ESR: data abort: translation fault, "
		 "level 1, write of 4 bytes\n");
	only = 0;
	capture(print_log);
	assert_null(strstr(printed, "rt0"));
	capture(print_order);
	assert_string_equal(printed, "linux1: stopped, after 17 ms\n");
}

static void strange_values_are_shown(void **state)
{
	(void)state;
	is_json = false;
	only = SUPERVISOR_MAX_RECORDS;
	of(LINUX)->state = 77;
	of(LINUX)->started = UINT64_MAX;
	of(LINUX)->health.count = 1;
	of(LINUX)->health.events[0] = (struct health_event){
		.time = UINT64_MAX, .kind = 999, .number = 999, .outcome = 999, .esr = UINT64_MAX};
	assert_true(partitions_read(&shown));
	for (uint32_t i = 0; i < 2; i++)
		partitions_read_log(i, &logs[i]);
	for (int json = 0; json < 2; json++) {
		is_json = json != 0;
		capture(print_list);
		contains("?");
		capture(print_stats);
		capture(print_log);
		contains("nothing");
	}
	contains("\"kind\": \"?\"");
}

static void json_is_json(void **state)
{
	(void)state;
	is_json = true;
	only = SUPERVISOR_MAX_RECORDS;
	/* The planner allows no such name; a guest's tool escapes what it reads. */
	(void)strcpy(system_plan.partitions[LINUX].name, "a\"b\\c\n\xff");
	add_event(LINUX, HEALTH_START_ORDER);
	assert_true(partitions_read(&shown));
	capture(print_list);
	contains("\"name\": \"a\\\"b\\\\c\\u000a\\ufffd\"");
	contains("\"supervisor\": \"linux0\"");
	contains("\"uptime_ms\": 60000");
	capture(print_stats);
	contains("\"interrupts\": 1099511627776");
	for (uint32_t i = 0; i < 2; i++)
		partitions_read_log(i, &logs[i]);
	capture(print_log);
	contains("\"kind\": \"start-order\"");
	contains("\"by\": \"linux0\"");
	contains("\"syndrome\": null");
	contains("\"outcome\": \"goes on\"");
	contains("\"events\": []");
	capture(print_order);
	contains("\"done\": true");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(header_is_there, set_up),
		cmocka_unit_test_setup(nothing_else_is_there, set_up),
		cmocka_unit_test_setup(layout_stays, set_up),
		cmocka_unit_test_setup(all_partitions_have_room, set_up),
		cmocka_unit_test_setup(other_accesses_are_none, set_up),
		cmocka_unit_test_setup(the_rest_is_read_only, set_up),
		cmocka_unit_test_setup(orders_are_given, set_up),
		cmocka_unit_test_setup(other_orders_are_none, set_up),
		cmocka_unit_test_setup(events_are_selected, set_up),
		cmocka_unit_test_setup(foreign_state_is_not_trusted, set_up),
		cmocka_unit_test_setup(bulkctl_reads_the_log, set_up),
		cmocka_unit_test_setup(bulkctl_reads_a_log_that_grows, set_up),
		cmocka_unit_test_setup(other_devices_are_refused, set_up),
		cmocka_unit_test_setup_teardown(tables_are_aligned, set_up, printed_tear_down),
		cmocka_unit_test_setup_teardown(strange_values_are_shown, set_up,
						printed_tear_down),
		cmocka_unit_test_setup_teardown(json_is_json, set_up, printed_tear_down),
	};

	return cmocka_run_group_tests_name("supervisor", tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* bulkctl, which reads the real device here as in a guest. */
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
		cmocka_unit_test_setup(bulkctl_reads_the_log, supervisor_set_up),
		cmocka_unit_test_setup(bulkctl_reads_a_log_that_grows, supervisor_set_up),
		cmocka_unit_test_setup(other_devices_are_refused, supervisor_set_up),
		cmocka_unit_test_setup_teardown(tables_are_aligned, supervisor_set_up,
						printed_tear_down),
		cmocka_unit_test_setup_teardown(strange_values_are_shown, supervisor_set_up,
						printed_tear_down),
		cmocka_unit_test_setup_teardown(json_is_json, supervisor_set_up, printed_tear_down),
	};

	return cmocka_run_group_tests_name("supervisor", tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* The console's monitor: what its commands answer. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/arch.h"
#include "common/console/log.h"
#include "common/console/mux.h"
#include "common/console/mux_input.h"
#include "common/console/record.h"
#include "common/console/slot.h"
#include "common/console/stage.h"
#include "common/plan/system.h"
#include "common/run/health.h"
#include "common/run/housekeeping.h"
#include "common/run/order.h"
#include "common/run/view.h"
#include "tests/unit/monitoring.h"

static void help_shows_every_command(void **state)
{
	(void)state;
	type(ESCAPE_KEY "?");
	assert_shows("?\r\n  help ");
	for (const char *const *name =
		     (const char *const[]){"list", "stats [live]", "log NAME", "stop NAME",
					   "start NAME", "restart NAME", "plan", "map", "version",
					   "quit", "^O ^O", NULL};
	     *name != NULL; name++)
		assert_shows(*name);
	assert_true(housekeeping.mux.monitor.is_open);
}

static void list_shows_all_that_is(void **state)
{
	(void)state;
	now = 3723 * FREQUENCY;
	views[0].partition.restarts = 7;
	views[1].partition.state = PARTITION_STOPPED;
	views[2].partition.state = PARTITION_FAILED;
	system_plan.partitions[2].direct_interrupts = 1;
	system_plan.partitions[0].cpu_count = 2;
	system_plan.partitions[0].cpus[1] = 3;
	add_event(1, (struct health_event){.kind = HEALTH_SHUTDOWN});
	type(ESCAPE_KEY "list\r");
	assert_shows(
		"\r\nrt0        *0     running     0 3       virtual         7    1:02:03  \r\n");
	assert_shows("linux0      1     stopped     1         virtual         0          -  "
		     "switched itself off\r\n");
	assert_shows("direct      2     failed      2         direct ");
}

/* A partition whose EL2 has failed may have written anything. */
static void garbage_harms_nobody(void **state)
{
	(void)state;
	memset(views, 0xff, sizeof(views));
	type(ESCAPE_KEY "list\rstats\rlog rt0\rlog linux0\r");
	assert_shows("?  ");
	memset(views, 0x5a, sizeof(views));
	type("list\rstats\rlog rt0\rlog linux0\r");
	assert_shows("nothing");
}

static void stats_are_shown_live(void **state)
{
	(void)state;
	type(ESCAPE_KEY "stats\r");
	assert_shows("\r\ndirect            200         201         202         203         204");
	assert_int_equal(timer, 0);
	type("stats live\r");
	assert_int_equal(timer, FREQUENCY);
	/* Not before its time. */
	housekeeping.mux.monitor.is_due = true;
	type("");
	assert_screen("");
	now = FREQUENCY;
	housekeeping.mux.monitor.is_due = true;
	type("");
	assert_shows("\033[4A\033[Jpartition ");
	assert_int_equal(timer, 2 * FREQUENCY);
	/* Not over the lines of others. */
	stage_hide_unfinished();
	now = timer;
	housekeeping.mux.monitor.is_due = true;
	type("");
	assert_null(strstr(screen, "\033["));
	assert_shows("partition ");
	type("q");
	assert_screen(PROMPT);
	assert_int_equal(timer, 0);
	type("stats live\r");
	type(ESCAPE_KEY "1");
	assert_int_equal(housekeeping.mux.focus, 1);
	type(ESCAPE_KEY "stats dead\r");
	assert_shows("stats: this has no such argument");
}

static void plan_and_map(void **state)
{
	struct plan_partition *const rt0 = &system_plan.partitions[0];

	(void)state;
	rt0->region_count = 2;
	rt0->regions[0] = (struct plan_region){.host = pa(0x40000000), .size = 0x200000};
	rt0->regions[1] = (struct plan_region){.host = pa(0x80000000), .size = 0x100000};
	rt0->on_reset = PLAN_RESTART;
	rt0->on_crash = PLAN_RESET_BOARD;
	system_plan.partitions[1].device_region_first = 1;
	system_plan.partitions[1].device_region_count = 1;
	system_plan.partitions[1].device_count = 1;
	system_plan.device_region_count = 2;
	system_plan.device_regions[1] = (struct plan_region){.host = pa(0x9030000), .size = 0x1000};
	system_plan.hypervisor = (struct plan_range){pa(0x60000000), 0x100000};
	system_plan.board.feed_watchdog = 1000;
	system_plan.board.watchdog_control = pa(0x2a440000);
	system_plan.board.watchdog_refresh = pa(0x2a450000);
	system_plan.board.redistributor_count = 1;
	system_plan.board.redistributors[0] = (struct plan_range){pa(0x80a0000), 0xf60000};
	type(ESCAPE_KEY "plan\r");
	assert_shows("\r\nrt0        0              3072        2        0  stop         restart  "
		     "    reset-board  -\r\n");
	type("map\r");
	assert_screen("map\r\n"
		      "  0x0060000000-0x00600fffff        1024 KiB  hypervisor\r\n"
		      "  0x002a440000-0x002a440fff           4 KiB  watchdog, control\r\n"
		      "  0x002a450000-0x002a450fff           4 KiB  watchdog, refresh\r\n"
		      "  0x00080a0000-0x0008ffffff       15744 KiB  GIC redistributors\r\n"
		      "  0x0040000000-0x00401fffff        2048 KiB  RAM of rt0\r\n"
		      "  0x0080000000-0x00800fffff        1024 KiB  RAM of rt0\r\n"
		      "  0x0009030000-0x0009030fff           4 KiB  device of linux0\r\n" PROMPT);
}

static void log_says_what_has_happened(void **state)
{
	(void)state;
	type(ESCAPE_KEY "log linux0\r");
	assert_shows("nothing has happened to it\r\n");
	add_event(1,
		  (struct health_event){
			  .time = 1234, .kind = HEALTH_ACCESS, .esr = 0x93820045, .ipa = 0x1000});
	add_event(1, (struct health_event){.time = 2001, .kind = HEALTH_RESET});
	type("log linux0\r");
	assert_shows("     1.234 s  access outside its memory at 0x1000, PC 0x0, ESR 0x93820045");
	assert_shows("ESR: data abort: translation fault, level 1, write of 4 bytes\r\n"
		     "     2.001 s  asked for a reset\r\n" PROMPT);
}

/* One less than there is room for: the writer may be at the oldest. */
static void log_shows_whole_events_alone(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < 100; i++)
		add_event(0, (struct health_event){.kind = HEALTH_STARTED, .number = i});
	type(ESCAPE_KEY "log rt0\r");
	assert_null(strstr(screen, "restart 68,"));
	assert_shows("restart 69,");
	assert_shows("restart 99,");
	/* More come while it is shown. */
	screen_size = 0;
	press("log rt0\r");
	for (unsigned turn = 0; turn < 3; turn++) {
		monitor_turn();
		while (!stage_is_empty())
			screen[screen_size++] = (char)stage_take();
	}
	for (uint32_t i = 100; i < 108; i++)
		add_event(0, (struct health_event){.kind = HEALTH_STARTED, .number = i});
	show_all();
	assert_shows("restart 70,");
	assert_shows("newer events have taken the place of one");
	assert_null(strstr(screen, "restart 76,"));
	assert_shows("restart 77,");
	assert_shows("restart 99,");
	assert_null(strstr(screen, "restart 100,"));
}

static void orders_are_given(void **state)
{
	static const struct {
		const char *typed;
		enum order order;
		uint32_t partition;
	} rows[] = {
		{"stop rt0\r", ORDER_STOP, 0},
		{"start linux0\r", ORDER_START, 1},
		{"restart direct\r", ORDER_RESTART, 2},
	};

	(void)state;
	type(ESCAPE_KEY "\r");
	for (unsigned i = 0; i < 3; i++) {
		type(rows[i].typed);
		assert_int_equal(ordered, rows[i].order);
		assert_int_equal(ordered_partition, rows[i].partition);
		assert_shows(": ordered\r\n" PROMPT);
	}
	result = ORDER_BROKEN;
	type("start direct\r");
	assert_shows("direct: EL2 has failed in it: reset the board\r\n" PROMPT);
	ordered = ORDER_NONE;
	type("stop\r");
	assert_shows("stop: which partition? list has their names\r\n");
	type("stop nobody\r");
	assert_shows("stop: which partition?");
	type("stop rt0 now\r");
	assert_shows("stop: which partition?");
	type("version now\r");
	assert_shows("version: this has no such argument; try help\r\n");
	assert_int_equal(ordered, ORDER_NONE);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(help_shows_every_command, monitor_set_up),
		cmocka_unit_test_setup(list_shows_all_that_is, monitor_set_up),
		cmocka_unit_test_setup(garbage_harms_nobody, monitor_set_up),
		cmocka_unit_test_setup(stats_are_shown_live, monitor_set_up),
		cmocka_unit_test_setup(plan_and_map, monitor_set_up),
		cmocka_unit_test_setup(log_says_what_has_happened, monitor_set_up),
		cmocka_unit_test_setup(log_shows_whole_events_alone, monitor_set_up),
		cmocka_unit_test_setup(orders_are_given, monitor_set_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

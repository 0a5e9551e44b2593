/* SPDX-License-Identifier: Apache-2.0 */
/* What ends a partition, and what its policies make of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "common/arch.h"
#include "common/console/output.h"
#include "common/plan/system.h"
#include "common/run/partition.h"

#define SELF	  1
#define FREQUENCY 1000 /* ticks are ms */
#define EVENTS	  40

struct plan system_plan;
struct partition this_partition;
struct console_slot console_slots[SELF + 1];

static struct plan_partition *const self = &system_plan.partitions[SELF];
static uint64_t now;
static uint32_t stopped_siblings;
static uint32_t board_resets;
static bool starts_too; /* another CPU, which has seen the order as well */
static bool breaks;	/* on another CPU, while the end is recorded */

uint64_t arch_counter(void)
{
	return now;
}

uint64_t arch_counter_frequency(void)
{
	return FREQUENCY;
}

void arch_relax(void)
{
}

void arch_stop_siblings(void)
{
	/* They look at the state when they come. */
	assert_false(partition_is_running());
	stopped_siblings++;
}

void console_forget(void)
{
}

void console_ask_board_reset(void)
{
	board_resets++;
}

void pl011_reset(struct pl011 *uart)
{
	memset(uart, 0, sizeof(*uart));
}

void watchdog_reset(struct watchdog *watchdog)
{
	memset(watchdog, 0, sizeof(*watchdog));
}

static struct health_event event_of(enum health_kind kind)
{
	return (struct health_event){.kind = kind};
}

static enum health_outcome last_outcome(void)
{
	const struct health_log *const log = &this_partition.health;

	return (enum health_outcome)log->events[(log->count - 1) % HEALTH_EVENTS].outcome;
}

/* Housekeeping is told of an event. */
void console_notify(void)
{
	if (starts_too) {
		starts_too = false;
		partition_start_again(SELF);
	}
	if (breaks) {
		breaks = false;
		(void)partition_end(event_of(HEALTH_BROKEN));
	}
}

static int set_up(void **state)
{
	(void)state;
	memset(self, 0, sizeof(*self));
	memset(&this_partition, 0, sizeof(this_partition));
	partition_create(SELF);
	now = 0;
	stopped_siblings = 0;
	board_resets = 0;
	return 0;
}

static void set_policies(enum plan_policy policy)
{
	self->on_shutdown = policy;
	self->on_reset = policy;
	self->on_crash = policy;
}

static void live_again(void)
{
	atomic_store(&this_partition.state, PARTITION_RUNNING);
}

static void each_event_has_its_policy(void **state)
{
	static const enum health_kind events[] = {HEALTH_SHUTDOWN, HEALTH_RESET, HEALTH_PANIC};

	(void)state;
	for (unsigned i = 0; i < 3; i++) {
		uint32_t *const policies[] = {&self->on_shutdown, &self->on_reset, &self->on_crash};

		set_policies(PLAN_STOP);
		*policies[i] = PLAN_RESTART;
		for (unsigned event = 0; event < 3; event++) {
			live_again();
			(void)partition_end(event_of(events[event]));
			assert_int_equal(partition_state(),
					 event == i ? PARTITION_RESTARTING : PARTITION_STOPPED);
		}
	}
	assert_int_equal(this_partition.restarts, 3);
	assert_int_equal(stopped_siblings, 9);
	assert_int_equal(board_resets, 0);
}

static void board_is_reset(void **state)
{
	(void)state;
	set_policies(PLAN_RESET_BOARD);
	(void)partition_end(event_of(HEALTH_SHUTDOWN));
	assert_int_equal(partition_state(), PARTITION_STOPPED);
	assert_int_equal(board_resets, 1);
	assert_int_equal(last_outcome(), HEALTH_RESETS_BOARD);
}

/* Two vCPUs end it at once. */
static void first_event_counts(void **state)
{
	(void)state;
	self->on_reset = PLAN_RESTART;
	(void)partition_end(event_of(HEALTH_RESET));
	(void)partition_end(event_of(HEALTH_SHUTDOWN));
	assert_int_equal(partition_state(), PARTITION_RESTARTING);
	assert_int_equal(this_partition.restarts, 1);
	assert_int_equal(stopped_siblings, 1);
}

/* A bug of ours may have broken its state: never again. Also while it restarts. */
static void broken_one_stays(void **state)
{
	(void)state;
	set_policies(PLAN_RESTART);
	(void)partition_end(event_of(HEALTH_BROKEN));
	assert_int_equal(partition_state(), PARTITION_FAILED);
	live_again();
	(void)partition_end(event_of(HEALTH_RESET));
	assert_int_equal(partition_state(), PARTITION_RESTARTING);
	(void)partition_end(event_of(HEALTH_BROKEN));
	assert_int_equal(partition_state(), PARTITION_FAILED);
	assert_int_equal(board_resets, 0);
	self->on_crash = PLAN_RESET_BOARD;
	(void)partition_end(event_of(HEALTH_BROKEN));
	assert_int_equal(board_resets, 1);
}

static void broken_while_it_ends(void **state)
{
	(void)state;
	set_policies(PLAN_RESTART);
	breaks = true;
	(void)partition_end(event_of(HEALTH_RESET));
	assert_int_equal(partition_state(), PARTITION_FAILED);
	/* While it restarts. */
	assert_false(partition_change(PARTITION_RESTARTING, PARTITION_RUNNING));
	assert_int_equal(partition_state(), PARTITION_FAILED);
}

static bool restarts_at(uint64_t time)
{
	now = time;
	live_again();
	(void)partition_end(event_of(HEALTH_RESET));
	return partition_state() == PARTITION_RESTARTING;
}

/* Three in any 100 ms: the fourth must come 100 ms after the first of them. */
static void limit(void **state)
{
	(void)state;
	self->on_reset = PLAN_RESTART;
	self->restart_limit = 3;
	self->restart_window = 100;
	assert_true(restarts_at(5));
	assert_true(restarts_at(50));
	assert_true(restarts_at(60));
	assert_true(restarts_at(105));
	assert_true(restarts_at(150));
	assert_false(restarts_at(159));
	assert_int_equal(last_outcome(), HEALTH_RESTARTED_ENOUGH);
	assert_int_equal(this_partition.restarts, 5);
	assert_true(restarts_at(160));
}

static void largest_limit(void **state)
{
	(void)state;
	self->on_reset = PLAN_RESTART;
	self->restart_limit = PLAN_MAX_RESTARTS;
	self->restart_window = UINT32_MAX;
	for (uint64_t i = 0; i < PLAN_MAX_RESTARTS; i++)
		assert_true(restarts_at(i));
	assert_false(restarts_at(UINT32_MAX - UINT64_C(1)));
	assert_true(restarts_at(UINT32_MAX));
}

static void no_limit(void **state)
{
	(void)state;
	self->on_reset = PLAN_RESTART;
	for (unsigned i = 0; i < 1000; i++)
		assert_true(restarts_at(0));
	assert_int_equal(this_partition.restarts, 1000);
}

/* What it has ended for is kept, the last ones of it. */
static void events_are_kept(void **state)
{
	const struct health_log *const log = &this_partition.health;
	char line[HEALTH_TEXT_SIZE];

	(void)state;
	for (unsigned i = 0; i < EVENTS; i++) {
		now = i;
		live_again();
		(void)partition_end(
			(struct health_event){.kind = HEALTH_SERROR, .esr = i, .pc = 7});
	}
	assert_int_equal(log->count, EVENTS);
	for (unsigned i = EVENTS - HEALTH_EVENTS; i < EVENTS; i++) {
		assert_int_equal(log->events[i % HEALTH_EVENTS].time, i);
		assert_int_equal(log->events[i % HEALTH_EVENTS].esr, i);
	}
	(void)health_text(&log->events[(EVENTS - 1) % HEALTH_EVENTS], "", line, sizeof(line));
	assert_string_equal(line, "SError, PC 0x7, ESR 0x27");
}

/* A sentence for each kind, which fits. */
static void events_have_words(void **state)
{
	char line[160];

	(void)state;
	for (unsigned kind = 0; kind <= HEALTH_KINDS; kind++) {
		const struct health_event event = {
			.kind = kind,
			.number = SELF,
			.esr = UINT64_MAX,
			.pc = UINT64_MAX,
			.far = UINT64_MAX,
			.ipa = UINT64_MAX,
			.microseconds = 1234567,
		};

		assert_in_range(health_text(&event, self->name, line, sizeof(line)), 6,
				HEALTH_TEXT_SIZE - 2);
	}
}

/* Restarts by order are none of those that the limit counts. */
static void orders_do_not_count(void **state)
{
	(void)state;
	self->on_reset = PLAN_RESTART;
	self->restart_limit = 2;
	self->restart_window = 60000;
	for (now = 1000; now <= 2000; now += 1000) {
		live_again();
		(void)partition_end(event_of(HEALTH_RESTART_ORDER));
		assert_int_equal(partition_state(), PARTITION_RESTARTING);
	}
	assert_true(restarts_at(30000));
	live_again();
	(void)partition_end(event_of(HEALTH_RESTART_ORDER));
	assert_true(restarts_at(31000));
	assert_false(restarts_at(32000));
	assert_int_equal(this_partition.restarts, 5);
}

static void one_cpu_starts_it(void **state)
{
	(void)state;
	atomic_store(&this_partition.state, PARTITION_STOPPED);
	starts_too = true;
	partition_start_again(SELF);
	assert_int_equal(partition_state(), PARTITION_RESTARTING);
	assert_int_equal(this_partition.restarts, 1);
	assert_int_equal(this_partition.health.count, 1);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(each_event_has_its_policy, set_up),
		cmocka_unit_test_setup(board_is_reset, set_up),
		cmocka_unit_test_setup(first_event_counts, set_up),
		cmocka_unit_test_setup(broken_one_stays, set_up),
		cmocka_unit_test_setup(broken_while_it_ends, set_up),
		cmocka_unit_test_setup(limit, set_up),
		cmocka_unit_test_setup(largest_limit, set_up),
		cmocka_unit_test_setup(no_limit, set_up),
		cmocka_unit_test_setup(orders_do_not_count, set_up),
		cmocka_unit_test_setup(one_cpu_starts_it, set_up),
		cmocka_unit_test_setup(events_are_kept, set_up),
		cmocka_unit_test_setup(events_have_words, set_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Orders: who may give which, and what a partition makes of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/arch.h"
#include "common/plan/system.h"
#include "common/run/order.h"
#include "common/run/partition.h"
#include "common/run/view.h"

#define VIRTUAL	     0
#define DIRECT	     1
#define SUPERVISOR   2
#define HOUSEKEEPING 9 /* a CPU */
#define CPU(p)	     (20 + (p))

/* As the page tables and the linker script do it: the view is the partition itself. */
static union partition_view views[PLAN_MAX_PARTITIONS];
extern const union partition_view partition_views[PLAN_MAX_PARTITIONS]
	__attribute__((alias("views")));

struct plan system_plan;
struct partition this_partition;

static bool is_housekeeping;
static uint32_t kicked;	   /* the last CPU that was kicked */
static uint32_t broken_in; /* the partition, plus one */
static struct health_event ended;
static uint32_t started_by;
static bool sibling_resets; /* just before the order is carried out */

bool arch_is_housekeeping(void)
{
	return is_housekeeping;
}

void arch_kick_cpu(uint32_t cpu)
{
	kicked = cpu;
	if (cpu == HOUSEKEEPING)
		order_break_in();
}

void arch_break_in(uint32_t partition)
{
	/* A restart that is due waits for the end of this. */
	this_partition.index = partition;
	assert_true(order_is_breaking_in());
	broken_in = partition + 1;
}

bool partition_end(struct health_event event)
{
	if (sibling_resets) {
		atomic_store(&this_partition.state, PARTITION_RESTARTING);
		return false;
	}
	ended = event;
	return true;
}

void partition_start_again(uint32_t source)
{
	started_by = source;
}

static void set_state(uint32_t partition, enum partition_state value)
{
	atomic_store(&views[partition].partition.state, value);
}

static int set_up(void **state)
{
	(void)state;
	memset(&system_plan, 0, sizeof(system_plan));
	memset(&mailboxes, 0, sizeof(mailboxes));
	memset(views, 0, sizeof(views));
	system_plan.partition_count = 3;
	system_plan.housekeeping_cpu = HOUSEKEEPING;
	for (uint32_t i = 0; i < 3; i++) {
		system_plan.partitions[i].cpus[0] = (uint8_t)CPU(i);
		system_plan.partitions[i].on_reset = PLAN_RESTART;
	}
	system_plan.partitions[DIRECT].direct_interrupts = 1;
	is_housekeeping = false;
	kicked = 0;
	broken_in = 0;
	ended = (struct health_event){0};
	started_by = PLAN_NONE;
	sibling_resets = false;
	return 0;
}

/* The partition's CPU looks at its mailbox. */
static void take(uint32_t partition)
{
	this_partition.index = partition;
	atomic_store(&this_partition.state, view_state(partition));
	order_take();
}

static void each_state_has_its_orders(void **state)
{
	static const struct {
		enum partition_state state;
		enum order_result stop, start, restart, watchdog;
	} rows[] = {
		{PARTITION_RUNNING, ORDER_GIVEN, ORDER_NOT_STOPPED, ORDER_GIVEN, ORDER_GIVEN},
		{PARTITION_ENDING, ORDER_GIVEN, ORDER_NOT_STOPPED, ORDER_GIVEN, ORDER_NOT_RUNNING},
		{PARTITION_RESTARTING, ORDER_GIVEN, ORDER_NOT_STOPPED, ORDER_GIVEN,
		 ORDER_NOT_RUNNING},
		{PARTITION_STOPPED, ORDER_NOT_RUNNING, ORDER_GIVEN, ORDER_GIVEN, ORDER_NOT_RUNNING},
		{PARTITION_FAILED, ORDER_BROKEN, ORDER_BROKEN, ORDER_BROKEN, ORDER_BROKEN},
	};

	(void)state;
	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		set_state(VIRTUAL, rows[i].state);
		atomic_store(&mailboxes.orders[VIRTUAL], ORDER_NONE);
		assert_int_equal(order_give(VIRTUAL, ORDER_STOP, 2), rows[i].stop);
		assert_int_equal(order_give(VIRTUAL, ORDER_START, 2), rows[i].start);
		assert_int_equal(order_give(VIRTUAL, ORDER_RESTART, 2), rows[i].restart);
		assert_int_equal(order_give(VIRTUAL, ORDER_WATCHDOG, 2), rows[i].watchdog);
	}
}

static void refused_orders_change_nothing(void **state)
{
	(void)state;
	system_plan.partitions[VIRTUAL].on_reset = PLAN_STOP;
	assert_int_equal(order_give(VIRTUAL, ORDER_RESTART, 2), ORDER_NO_COPY);
	set_state(VIRTUAL, PARTITION_STOPPED);
	assert_int_equal(order_give(VIRTUAL, ORDER_START, 2), ORDER_NO_COPY);
	assert_int_equal(kicked, 0);
	assert_int_equal(mailboxes.orders[VIRTUAL], 0);
}

static void every_result_has_words(void **state)
{
	(void)state;
	for (unsigned i = 0; i < ORDER_RESULTS; i++)
		assert_true(strlen(order_result_text((enum order_result)i)) > 5);
}

static void orders_are_carried_out_once(void **state)
{
	(void)state;
	assert_int_equal(order_give(VIRTUAL, ORDER_STOP, SUPERVISOR), ORDER_GIVEN);
	assert_int_equal(kicked, CPU(VIRTUAL));
	take(VIRTUAL);
	assert_int_equal(ended.kind, HEALTH_STOP_ORDER);
	assert_int_equal(ended.number, SUPERVISOR);
	ended.kind = HEALTH_NONE;
	take(VIRTUAL);
	assert_int_equal(ended.kind, HEALTH_NONE);

	set_state(VIRTUAL, PARTITION_STOPPED);
	(void)order_give(VIRTUAL, ORDER_START, ORDER_BY_CONSOLE);
	take(VIRTUAL);
	assert_int_equal(started_by, ORDER_BY_CONSOLE);
}

/* All CPUs can write the mailboxes. */
static void nonsense_is_dropped(void **state)
{
	(void)state;
	for (uint32_t word = ORDER_WATCHDOG + 1; word < 0x20000; word += 0xff) {
		if ((word & 0xff) <= ORDER_WATCHDOG)
			continue;
		atomic_store(&mailboxes.orders[VIRTUAL], word);
		take(VIRTUAL);
		assert_int_equal(ended.kind, HEALTH_NONE);
		assert_int_equal(mailboxes.orders[VIRTUAL], 0);
	}
}

static void orders_wait_for_the_restart(void **state)
{
	(void)state;
	set_state(VIRTUAL, PARTITION_RESTARTING);
	(void)order_give(VIRTUAL, ORDER_STOP, SUPERVISOR);
	take(VIRTUAL);
	assert_int_equal(ended.kind, HEALTH_NONE);
	set_state(VIRTUAL, PARTITION_RUNNING);
	take(VIRTUAL);
	assert_int_equal(ended.kind, HEALTH_STOP_ORDER);
}

/* A start that is not carried out yet. */
static void starts_can_be_stopped(void **state)
{
	(void)state;
	set_state(VIRTUAL, PARTITION_STOPPED);
	assert_int_equal(order_give(VIRTUAL, ORDER_STOP, SUPERVISOR), ORDER_NOT_RUNNING);
	(void)order_give(VIRTUAL, ORDER_START, SUPERVISOR);
	assert_int_equal(order_give(VIRTUAL, ORDER_STOP, SUPERVISOR), ORDER_GIVEN);
	/* That one is not a start. */
	assert_int_equal(order_give(VIRTUAL, ORDER_STOP, SUPERVISOR), ORDER_NOT_RUNNING);
	take(VIRTUAL);
	assert_int_equal(started_by, PLAN_NONE);
	assert_int_equal(mailboxes.orders[VIRTUAL], 0);
}

static void watchdogs_displace_no_order(void **state)
{
	(void)state;
	(void)order_give(VIRTUAL, ORDER_STOP, SUPERVISOR);
	(void)order_give(VIRTUAL, ORDER_WATCHDOG, 0);
	take(VIRTUAL);
	assert_int_equal(ended.kind, HEALTH_STOP_ORDER);
	(void)order_give(VIRTUAL, ORDER_WATCHDOG, 0);
	take(VIRTUAL);
	assert_int_equal(ended.kind, HEALTH_WATCHDOG);
	(void)order_give(VIRTUAL, ORDER_STOP, SUPERVISOR);
	(void)order_give(VIRTUAL, ORDER_RESTART, SUPERVISOR);
	take(VIRTUAL);
	assert_int_equal(ended.kind, HEALTH_RESTART_ORDER);
}

/* It came as the guest reset itself: the next life has a watchdog of its own. */
static void watchdogs_end_one_life(void **state)
{
	(void)state;
	(void)order_give(VIRTUAL, ORDER_WATCHDOG, 0);
	set_state(VIRTUAL, PARTITION_RESTARTING);
	take(VIRTUAL);
	set_state(VIRTUAL, PARTITION_RUNNING);
	take(VIRTUAL);
	assert_int_equal(ended.kind, HEALTH_NONE);
}

static void housekeeping_breaks_in(void **state)
{
	(void)state;
	(void)order_give(DIRECT, ORDER_RESTART, SUPERVISOR);
	assert_int_equal(broken_in, DIRECT + 1);
	/* Whoever waited for the end of it is told. */
	assert_int_equal(kicked, CPU(DIRECT));
	assert_int_equal(mailboxes.broken_into, 0);
	take(DIRECT);
	assert_int_equal(ended.kind, HEALTH_RESTART_ORDER);

	is_housekeeping = true;
	broken_in = 0;
	(void)order_give(DIRECT, ORDER_STOP, ORDER_BY_CONSOLE);
	assert_int_equal(broken_in, DIRECT + 1);
}

/* Its CPUs are EL2's: they take kicks. */
static void no_break_in_when_it_does_not_run(void **state)
{
	(void)state;
	set_state(DIRECT, PARTITION_STOPPED);
	(void)order_give(DIRECT, ORDER_START, SUPERVISOR);
	assert_int_equal(broken_in, 0);
	assert_int_equal(kicked, CPU(DIRECT));
	/* It has been started by another: this one is void, and its guest is not disturbed. */
	set_state(DIRECT, PARTITION_RUNNING);
	kicked = 0;
	atomic_store(&mailboxes.direct, 1U << DIRECT);
	order_break_in();
	assert_int_equal(kicked, 0);
	assert_int_equal(broken_in, 0);
	assert_int_equal(mailboxes.orders[DIRECT], 0);
}

/* One of its CPUs has taken the order; another may have seen us and wait for our end. */
static void who_waits_for_the_end_is_told(void **state)
{
	(void)state;
	set_state(DIRECT, PARTITION_RESTARTING);
	atomic_store(&mailboxes.direct, 1U << DIRECT);
	order_break_in();
	assert_int_equal(broken_in, 0);
	assert_int_equal(kicked, CPU(DIRECT));
}

/* Who asks again and again kicks no more often than orders are taken. */
static void kicks_are_few(void **state)
{
	(void)state;
	(void)order_give(VIRTUAL, ORDER_RESTART, SUPERVISOR);
	assert_int_equal(kicked, CPU(VIRTUAL));
	kicked = 0;
	for (unsigned i = 0; i < 100; i++)
		assert_int_equal(order_give(VIRTUAL, i % 2 != 0 ? ORDER_STOP : ORDER_RESTART, 2),
				 ORDER_GIVEN);
	assert_int_equal(kicked, 0);
	take(VIRTUAL);
	/* The last one. */
	assert_int_equal(ended.kind, HEALTH_STOP_ORDER);
	(void)order_give(VIRTUAL, ORDER_RESTART, SUPERVISOR);
	assert_int_equal(kicked, CPU(VIRTUAL));
}

/* It resets itself as it is stopped: it stops when it has restarted. */
static void stop_meets_a_reset(void **state)
{
	(void)state;
	(void)order_give(VIRTUAL, ORDER_STOP, SUPERVISOR);
	sibling_resets = true;
	take(VIRTUAL);
	sibling_resets = false;
	assert_int_equal(ended.kind, HEALTH_NONE);
	take(VIRTUAL);
	assert_int_equal(ended.kind, HEALTH_STOP_ORDER);
}

/* The mailbox says what nobody may order. */
static void no_restart_without_a_copy(void **state)
{
	(void)state;
	system_plan.partitions[VIRTUAL].on_reset = PLAN_STOP;
	atomic_store(&mailboxes.orders[VIRTUAL], ORDER_RESTART);
	take(VIRTUAL);
	set_state(VIRTUAL, PARTITION_STOPPED);
	atomic_store(&mailboxes.orders[VIRTUAL], ORDER_START);
	take(VIRTUAL);
	assert_int_equal(ended.kind, HEALTH_NONE);
	assert_int_equal(started_by, PLAN_NONE);
}

/* An exception in EL2 while housekeeping looks at several. */
static void housekeeping_goes_on(void **state)
{
	(void)state;
	system_plan.partitions[VIRTUAL].direct_interrupts = 1;
	system_plan.partitions[SUPERVISOR].direct_interrupts = 1;
	for (uint32_t i = 0; i < 2; i++)
		atomic_store(&mailboxes.orders[i], ORDER_STOP);
	atomic_store(&mailboxes.broken_into, VIRTUAL + 1);
	/* The last one that is kicked is housekeeping's CPU, which breaks in at once here. */
	order_resume();
	assert_int_equal(broken_in, DIRECT + 1);
	assert_int_equal(mailboxes.broken_into, 0);
	/* One that it cannot trust. */
	broken_in = 0;
	atomic_store(&mailboxes.orders[DIRECT], ORDER_NONE);
	atomic_store(&mailboxes.broken_into, 0xffff);
	order_resume();
	assert_int_equal(broken_in, VIRTUAL + 1);
}

/* A guest is not broken into for what its partition would not do. */
static void no_break_in_for_nonsense(void **state)
{
	static const uint32_t words[] = {ORDER_WATCHDOG + 1, 0xff, 0x1234500, ORDER_RESTART};

	(void)state;
	system_plan.partitions[DIRECT].on_reset = PLAN_STOP;
	for (unsigned i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		atomic_store(&mailboxes.orders[DIRECT], words[i]);
		atomic_store(&mailboxes.direct, 1U << DIRECT);
		order_break_in();
		assert_int_equal(broken_in, 0);
		assert_int_equal(mailboxes.orders[DIRECT], 0);
	}
}

/* The watchdog of a direct partition that has just reset itself. */
static void watchdogs_end_no_later_life(void **state)
{
	(void)state;
	set_state(DIRECT, PARTITION_RESTARTING);
	atomic_store(&mailboxes.orders[DIRECT], ORDER_WATCHDOG);
	atomic_store(&mailboxes.direct, 1U << DIRECT);
	order_break_in();
	assert_int_equal(broken_in, 0);
	assert_int_equal(mailboxes.orders[DIRECT], 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(each_state_has_its_orders, set_up),
		cmocka_unit_test_setup(kicks_are_few, set_up),
		cmocka_unit_test_setup(stop_meets_a_reset, set_up),
		cmocka_unit_test_setup(no_restart_without_a_copy, set_up),
		cmocka_unit_test_setup(watchdogs_end_no_later_life, set_up),
		cmocka_unit_test_setup(housekeeping_goes_on, set_up),
		cmocka_unit_test_setup(no_break_in_for_nonsense, set_up),
		cmocka_unit_test_setup(refused_orders_change_nothing, set_up),
		cmocka_unit_test_setup(every_result_has_words, set_up),
		cmocka_unit_test_setup(orders_are_carried_out_once, set_up),
		cmocka_unit_test_setup(nonsense_is_dropped, set_up),
		cmocka_unit_test_setup(orders_wait_for_the_restart, set_up),
		cmocka_unit_test_setup(starts_can_be_stopped, set_up),
		cmocka_unit_test_setup(watchdogs_displace_no_order, set_up),
		cmocka_unit_test_setup(watchdogs_end_one_life, set_up),
		cmocka_unit_test_setup(housekeeping_breaks_in, set_up),
		cmocka_unit_test_setup(no_break_in_when_it_does_not_run, set_up),
		cmocka_unit_test_setup(who_waits_for_the_end_is_told, set_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

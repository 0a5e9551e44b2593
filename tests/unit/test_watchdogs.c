/* SPDX-License-Identifier: Apache-2.0 */
/* What housekeeping does about watchdogs: those of partitions, and the board's. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/arch.h"
#include "common/plan/system.h"
#include "common/run/housekeeping.h"
#include "common/run/order.h"
#include "common/run/view.h"
#include "common/run/watchdogs.h"

#define PARTITIONS 3
#define VIRTUAL	   0
#define DIRECT	   1
#define WITHOUT	   2
#define CPU	   5 /* of the virtual one's first vCPU */
#define INTID	   70
#define FREQUENCY  1000 /* ticks are ms */

struct plan system_plan;
struct housekeeping housekeeping;

/* They are only read where they are used. */
static union partition_view views[PLAN_MAX_PARTITIONS];
extern const union partition_view partition_views[PLAN_MAX_PARTITIONS]
	__attribute__((alias("views")));

extern volatile uint8_t watchdog_registers[];
volatile uint8_t watchdog_registers[0x1000];

static uint64_t now;
static uint64_t frequency;
static uint64_t timer;
static unsigned kicks;
static unsigned pends;
static unsigned feeds;
static unsigned orders[PARTITIONS];
static uint8_t control_frame[0x1000];

uint64_t arch_counter(void)
{
	return now;
}

uint64_t arch_counter_frequency(void)
{
	return frequency;
}

void arch_kick_cpu(uint32_t cpu)
{
	assert_int_equal(cpu, CPU);
	kicks++;
}

void arch_pend_interrupt(uint32_t intid)
{
	assert_int_equal(intid, INTID);
	pends++;
}

void *arch_window(enum arch_window window, pa_t base, uint64_t size)
{
	assert_int_equal(window, ARCH_WINDOW_DEVICE);
	assert_int_equal(base.value, system_plan.board.watchdog_control.value);
	assert_true(size >= 0x1000);
	return control_frame;
}

void arch_mmio_write(volatile void *address, uint32_t width, uint32_t value)
{
	assert_int_equal(width, 4);
	if (address == watchdog_registers)
		feeds++;
	else
		memcpy((void *)address, &value, sizeof(value));
}

void housekeeping_set_timer(enum housekeeping_timer which, uint64_t at)
{
	assert_int_equal(which, TIMER_WATCHDOGS);
	timer = at;
}

enum order_result order_give(uint32_t partition, enum order order, uint32_t source)
{
	(void)source;
	assert_int_equal(order, ORDER_WATCHDOG);
	orders[partition]++;
	return ORDER_GIVEN;
}

static void set(uint32_t index, uint64_t first, uint64_t second)
{
	atomic_store(&views[index].partition.watchdog.first, first);
	atomic_store(&views[index].partition.watchdog.second, second);
}

static void set_state(uint32_t index, enum partition_state state)
{
	atomic_store(&views[index].partition.state, state);
}

static int set_up(void **state)
{
	(void)state;
	memset(&system_plan, 0, sizeof(system_plan));
	memset(&housekeeping, 0, sizeof(housekeeping));
	housekeeping.watchdogs.feed_at = WATCHDOG_NEVER;
	memset(views, 0, sizeof(views));
	memset(orders, 0, sizeof(orders));
	memset(control_frame, 0xff, sizeof(control_frame));
	system_plan.partition_count = PARTITIONS;
	system_plan.partitions[VIRTUAL].watchdog_intid = INTID - 1;
	system_plan.partitions[VIRTUAL].cpus[0] = CPU;
	system_plan.partitions[DIRECT].watchdog_intid = INTID;
	system_plan.partitions[DIRECT].direct_interrupts = 1;
	for (uint32_t i = 0; i < PARTITIONS; i++)
		set(i, WATCHDOG_NEVER, WATCHDOG_NEVER);
	now = 100000;
	frequency = FREQUENCY;
	timer = 0;
	kicks = 0;
	pends = 0;
	feeds = 0;
	return 0;
}

static void look(uint64_t time)
{
	now = time;
	watchdogs_look();
}

static void nothing_to_do(void **state)
{
	(void)state;
	look(100000);
	assert_int_equal(timer, WATCHDOG_NEVER);
	/* It has no watchdog, whatever its memory says. */
	set(WITHOUT, 1, 2);
	look(200000);
	assert_int_equal(timer, WATCHDOG_NEVER);
	assert_int_equal(orders[WITHOUT] + kicks + pends + feeds, 0);
}

static void both_stages(void **state)
{
	(void)state;
	set(VIRTUAL, 100100, 100200);
	set(DIRECT, 100150, 100300);
	look(100000);
	assert_int_equal(timer, 100100);
	look(100100);
	assert_int_equal(kicks, 1);
	assert_int_equal(timer, 100150);
	look(100160);
	/* Said once. */
	assert_int_equal(kicks, 1);
	assert_int_equal(pends, 1);
	assert_int_equal(timer, 100200);
	look(100200);
	assert_int_equal(orders[VIRTUAL], 1);
	assert_int_equal(timer, 100300);
	set_state(VIRTUAL, PARTITION_ENDING);
	look(100299);
	assert_int_equal(orders[VIRTUAL], 1);
	assert_int_equal(orders[DIRECT], 0);
	assert_int_equal(timer, 100300);
	look(100301);
	assert_int_equal(orders[DIRECT], 1);
	assert_int_equal(kicks, 1);
	assert_int_equal(pends, 1);
	/* Again, should it still run by then. */
	assert_int_equal(timer, 100301 + FREQUENCY / 10);
	set_state(DIRECT, PARTITION_ENDING);
	look(timer);
	assert_int_equal(orders[DIRECT], 1);
	assert_int_equal(timer, WATCHDOG_NEVER);
}

static void refreshed_in_time(void **state)
{
	(void)state;
	set(VIRTUAL, 100100, 100200);
	look(100000);
	for (uint64_t time = 100100; time < 101000; time += 90) {
		set(VIRTUAL, time + 90, time + 190);
		look(time);
		assert_int_equal(timer, time + 90);
	}
	/* In the second stage; then the first one is over once more. */
	look(101050);
	assert_int_equal(kicks, 1);
	set(VIRTUAL, 101200, 101300);
	look(101150);
	assert_int_equal(timer, 101200);
	look(101200);
	assert_int_equal(kicks, 2);
	assert_int_equal(orders[VIRTUAL], 0);
}

/* Its CPU was busy with something else: the end comes without the warning. */
static void both_have_passed(void **state)
{
	(void)state;
	set(DIRECT, 100100, 100200);
	look(100250);
	assert_int_equal(orders[DIRECT], 1);
	assert_int_equal(pends, 0);
}

static void what_does_not_run(void **state)
{
	static const enum partition_state states[] = {PARTITION_ENDING, PARTITION_RESTARTING,
						      PARTITION_STOPPED};

	(void)state;
	set(VIRTUAL, 100100, 100200);
	for (unsigned i = 0; i < sizeof(states) / sizeof(states[0]); i++) {
		set_state(VIRTUAL, states[i]);
		look(100150);
		look(100250);
		assert_int_equal(timer, WATCHDOG_NEVER);
		assert_int_equal(kicks + orders[VIRTUAL], 0);
	}
}

/* A guest that has told of a deadline may not tell of the next one at once. */
static void told_of_a_deadline(void **state)
{
	(void)state;
	frequency = 20000; /* a ms is 20 ticks */
	set(VIRTUAL, 200000, 300000);
	atomic_store(&views[VIRTUAL].partition.watchdog.told, 99995);
	look(100000);
	assert_int_equal(timer, 100035);
	look(100035);
	assert_int_equal(timer, 200000);
	/* Switched off, too: it may be switched on again. */
	set(VIRTUAL, WATCHDOG_NEVER, WATCHDOG_NEVER);
	atomic_store(&views[VIRTUAL].partition.watchdog.told, 110000);
	look(110000);
	assert_int_equal(timer, 110040);
	look(110050);
	assert_int_equal(timer, WATCHDOG_NEVER);
}

/* One that lets its watchdog run out without end costs a look in each ms. */
static void short_stages(void **state)
{
	(void)state;
	frequency = 20000;
	for (uint64_t time = 100000; time < 100400; time += 20) {
		set(VIRTUAL, time + 1, time + 2);
		look(time);
		assert_int_equal(timer, time + 20);
	}
	assert_int_equal(orders[VIRTUAL] + kicks, 0);
}

static uint32_t control(uint32_t offset)
{
	uint32_t value;

	memcpy(&value, control_frame + offset, sizeof(value));
	return value;
}

static void board_is_not_fed(void **state)
{
	(void)state;
	watchdogs_start();
	look(110000);
	assert_int_equal(feeds, 0);
	assert_int_equal(control(0), 0xffffffff);
}

static void board_is_fed(void **state)
{
	unsigned fed = 0;

	(void)state;
	system_plan.board.feed_watchdog = 3000;
	watchdogs_start();
	assert_int_equal(control(0x8), 1500);
	assert_int_equal(control(0xc), 0);
	assert_int_equal(control(0), 1);
	assert_true(timer != 0 && timer <= now);
	look(now);
	assert_int_equal(feeds, 1);
	assert_int_equal(timer, now + 1000);
	/* However often somebody kicks. */
	for (uint64_t time = now; time < 110000; time += 7)
		look(time);
	assert_int_equal(feeds, 10);
	for (unsigned i = 0; i < 100; i++) {
		fed = feeds;
		look(timer);
		assert_int_equal(feeds, fed + 1);
	}
	housekeeping.watchdogs.feed_at = WATCHDOG_NEVER;
	look(timer + 10000);
	assert_int_equal(feeds, fed + 1);
	assert_int_equal(timer, WATCHDOG_NEVER);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(nothing_to_do, set_up),
		cmocka_unit_test_setup(both_stages, set_up),
		cmocka_unit_test_setup(refreshed_in_time, set_up),
		cmocka_unit_test_setup(both_have_passed, set_up),
		cmocka_unit_test_setup(what_does_not_run, set_up),
		cmocka_unit_test_setup(told_of_a_deadline, set_up),
		cmocka_unit_test_setup(short_stages, set_up),
		cmocka_unit_test_setup(board_is_not_fed, set_up),
		cmocka_unit_test_setup(board_is_fed, set_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

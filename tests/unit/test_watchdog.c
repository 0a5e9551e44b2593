/* SPDX-License-Identifier: Apache-2.0 */
/* The virtual watchdog: its registers, its two stages, and what housekeeping is told. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/arch.h"
#include "common/plan/system.h"
#include "common/run/partition.h"
#include "common/vdev/watchdog.h"

#define SELF	     2
#define INTID	     33
#define HOUSEKEEPING 7
#define FREQUENCY    5000 /* so that a ms is 5 ticks */

/* The frames as the BSA has them, not the device's own numbers, which may be wrong. */
#define WRR	 0x0000
#define WCS	 0x1000
#define WOR	 0x1008
#define WOR_HIGH 0x100c
#define WCV	 0x1010
#define WCV_HIGH 0x1014
#define W_IIDR	 0xfcc
#define CONTROL	 0x1000

struct plan system_plan;
struct partition this_partition;

static struct watchdog *const dog = &this_partition.watchdog;
static uint64_t now;
static bool line;
static unsigned line_changes;
static unsigned kicks;

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
	fail_msg("the lock is not free");
}

void arch_set_line(uint32_t intid, bool level)
{
	assert_int_equal(intid, INTID);
	line = level;
	line_changes++;
}

void arch_kick_cpu(uint32_t cpu)
{
	assert_int_equal(cpu, HOUSEKEEPING);
	/* Housekeeping may look at once. */
	assert_int_equal(dog->lock.next, dog->lock.serving);
	kicks++;
}

static int set_up(void **state)
{
	(void)state;
	memset(&system_plan, 0, sizeof(system_plan));
	memset(&this_partition, 0, sizeof(this_partition));
	system_plan.housekeeping_cpu = HOUSEKEEPING;
	system_plan.partitions[SELF].watchdog_intid = INTID;
	this_partition.index = SELF;
	watchdog_reset(dog);
	now = 1000;
	line = false;
	line_changes = 0;
	kicks = 0;
	return 0;
}

static void write_to(uint32_t offset, uint32_t value)
{
	assert_true(watchdog_access(offset, 4, true, &value));
}

static uint32_t read_from(uint32_t offset)
{
	uint32_t value = 0xdead;

	assert_true(watchdog_access(offset, 4, false, &value));
	return value;
}

static uint64_t compare_value(void)
{
	return (uint64_t)read_from(WCV_HIGH) << 32 | read_from(WCV);
}

static void check_deadlines(uint64_t first, uint64_t second)
{
	assert_int_equal(atomic_load(&dog->first), first);
	assert_int_equal(atomic_load(&dog->second), second);
}

/* Enables it with an offset, at 1000. */
static void start(uint32_t offset)
{
	write_to(WOR, offset);
	write_to(WCS, 1);
	assert_int_equal(kicks, 1);
	kicks = 0;
}

static void is_off_after_reset(void **state)
{
	(void)state;
	for (unsigned life = 0; life < 2; life++) {
		check_deadlines(WATCHDOG_NEVER, WATCHDOG_NEVER);
		assert_int_equal(read_from(WCS), 0);
		assert_int_equal(read_from(WOR), 0);
		assert_int_equal(read_from(WOR_HIGH), 0);
		assert_int_equal(compare_value(), 0);
		/* While it is off nobody need be told. */
		write_to(WOR, 100);
		write_to(WOR_HIGH, 0xffff1234);
		write_to(WRR, 1);
		assert_int_equal(kicks, 0);
		check_deadlines(WATCHDOG_NEVER, WATCHDOG_NEVER);
		assert_int_equal(read_from(WOR), 100);
		assert_int_equal(read_from(WOR_HIGH), 0x1234);
		write_to(WCS, 1);
		now = UINT64_C(1) << 47;
		kicks = 0;
		watchdog_reset(dog);
		now = 1000;
	}
}

static void identifies_itself(void **state)
{
	(void)state;
	assert_int_equal(read_from(W_IIDR) >> 16 & 0xf, 1);
	assert_int_equal(read_from(CONTROL + W_IIDR), read_from(W_IIDR));
	write_to(W_IIDR, 0);
	assert_int_equal(read_from(W_IIDR) >> 16 & 0xf, 1);
	/* What is reserved. */
	for (uint32_t offset = 0; offset < 2 * CONTROL; offset += 4)
		if (offset % CONTROL != W_IIDR && (offset < WCS || offset > WCV_HIGH))
			assert_int_equal(read_from(offset), 0);
}

static void takes_words_alone(void **state)
{
	uint32_t value = 1;

	(void)state;
	assert_false(watchdog_access(WCS, 1, true, &value));
	assert_false(watchdog_access(WCS, 2, true, &value));
	assert_false(watchdog_access(WCV, 8, false, &value));
	assert_false(watchdog_access(WCS + 2, 4, true, &value));
	assert_int_equal(read_from(WCS), 0);
}

static void two_stages(void **state)
{
	(void)state;
	start(100);
	check_deadlines(1100, 1200);
	assert_int_equal(compare_value(), 1100);
	now = 1099;
	assert_int_equal(read_from(WCS), 1);
	watchdog_poll();
	assert_int_equal(line_changes, 0);
	now = 1100;
	watchdog_poll();
	assert_true(line);
	assert_int_equal(read_from(WCS), 3);
	assert_int_equal(compare_value(), 1200);
	now = 1200;
	assert_int_equal(read_from(WCS), 7);
	check_deadlines(1100, 1200);
	assert_int_equal(line_changes, 1);
	assert_int_equal(kicks, 0);
}

/* Each of them in each stage; none of them tells housekeeping. */
static void refreshes(void **state)
{
	static const struct {
		uint32_t offset;
		uint32_t value;
	} ways[] = {{WRR, 0}, {WRR, 77}, {WOR, 100}, {WOR_HIGH, 0}, {WCS, 1}, {WCS, 0xffffffff}};

	(void)state;
	start(100);
	for (unsigned way = 0; way < sizeof(ways) / sizeof(ways[0]); way++) {
		for (unsigned stage = 0; stage < 2; stage++) {
			now += stage == 0 ? 99 : 199;
			watchdog_poll();
			assert_int_equal(line, stage);
			write_to(ways[way].offset, ways[way].value);
			assert_false(line);
			check_deadlines(now + 100, now + 200);
			assert_int_equal(read_from(WCS), 1);
		}
	}
	/* What is reserved is none. */
	now += 50;
	write_to(WRR + 4, 0);
	write_to(WCS + 4, 0);
	write_to(CONTROL + W_IIDR, 0);
	write_to(0x8, 0);
	write_to(0x10, 0);
	check_deadlines(now + 50, now + 150);
	assert_int_equal(kicks, 0);
}

static void sooner_is_told(void **state)
{
	(void)state;
	start(100);
	/* Another offset, smaller: both deadlines before the one that housekeeping waits for. */
	now = 1005;
	write_to(WOR, 40);
	check_deadlines(1045, 1085);
	assert_int_equal(kicks, 1);
	now = 1010;
	write_to(WOR, 60);
	assert_int_equal(kicks, 1);
	/* In the second stage housekeeping waits for 1130. */
	now = 1080;
	write_to(WOR, 20);
	check_deadlines(1100, 1120);
	assert_int_equal(kicks, 2);
	now = 1085;
	write_to(WCS, 0);
	check_deadlines(WATCHDOG_NEVER, WATCHDOG_NEVER);
	assert_int_equal(kicks, 2);
	write_to(WCS, 1);
	assert_int_equal(kicks, 3);
}

/* However often it is switched on and off: housekeeping looks again in between. */
static void tells_not_too_often(void **state)
{
	(void)state;
	start(100);
	assert_int_equal(atomic_load(&dog->told), 1000);
	for (; now < 1500; now++) {
		write_to(WCS, 0);
		write_to(WCS, 1);
		write_to(WCS, 0);
		write_to(WCS, 1);
	}
	assert_int_equal(kicks, 99);
	assert_int_equal(atomic_load(&dog->told), 1495);
	/* The next life may at once. */
	watchdog_reset(dog);
	write_to(WCS, 1);
	assert_int_equal(kicks, 100);
}

static void compare_value_is_written(void **state)
{
	(void)state;
	start(100);
	now = 1010;
	write_to(WCV, 1050);
	check_deadlines(1050, 1150);
	assert_int_equal(kicks, 1);
	write_to(WCV_HIGH, 5);
	check_deadlines(UINT64_C(5) << 32 | 1050, UINT64_C(5) << 32 | 1150);
	assert_int_equal(compare_value(), UINT64_C(5) << 32 | 1050);
	write_to(WCV, 0xffffffff);
	write_to(WCV_HIGH, 0xffffffff);
	assert_int_equal(atomic_load(&dog->second), WATCHDOG_NEVER);
	now = UINT64_C(1) << 40;
	assert_int_equal(read_from(WCS), 1);
	assert_int_equal(kicks, 1);
	/* A deadline that lies back: the second stage begins now. */
	write_to(WCV_HIGH, 1);
	assert_true(line);
	check_deadlines(UINT64_C(1) << 32 | 0xffffffff, now + 100);
	assert_int_equal(kicks, 2);
	assert_int_equal(read_from(WCS), 3);
	/* There WCV is the second deadline. */
	now += 10;
	assert_int_equal(compare_value(), now + 90);
	write_to(WCV, 70);
	check_deadlines(UINT64_C(1) << 32 | 0xffffffff, now + 60);
	assert_int_equal(kicks, 3);
	write_to(WRR, 0);
	check_deadlines(now + 100, now + 200);
	assert_false(line);
}

static void compare_value_while_off(void **state)
{
	(void)state;
	write_to(WOR, 100);
	assert_int_equal(compare_value(), 1100);
	write_to(WCV, 0x1234);
	write_to(WCV_HIGH, 0x5678);
	assert_int_equal(compare_value(), UINT64_C(0x567800001234));
	check_deadlines(WATCHDOG_NEVER, WATCHDOG_NEVER);
	assert_int_equal(kicks, 0);
	/* Switching it on is a refresh. */
	write_to(WCS, 1);
	check_deadlines(1100, 1200);
}

static void longest_offset(void **state)
{
	(void)state;
	write_to(WOR, 0xffffffff);
	write_to(WOR_HIGH, 0xffffffff);
	write_to(WCS, 1);
	check_deadlines(1000 + UINT64_C(0xffffffffffff), 1000 + 2 * UINT64_C(0xffffffffffff));
}

static void switched_off_in_the_second_stage(void **state)
{
	(void)state;
	start(100);
	now = 1150;
	watchdog_poll();
	assert_true(line);
	write_to(WCS, 0);
	assert_false(line);
	assert_int_equal(read_from(WCS), 0);
	check_deadlines(WATCHDOG_NEVER, WATCHDOG_NEVER);
	now = 5000;
	watchdog_poll();
	assert_false(line);
}

/* Housekeeping makes it pending; it is said again as long as it is high, and taken back after it.
 */
static void direct_mode(void **state)
{
	(void)state;
	system_plan.partitions[SELF].direct_interrupts = 1;
	start(100);
	assert_int_equal(line_changes, 0);
	now = 1100;
	line = true; /* by housekeeping */
	assert_int_equal(read_from(WCS), 3);
	assert_true(line_changes > 0);
	line_changes = 0;
	line = false; /* acknowledged */
	assert_int_equal(read_from(WCS), 3);
	assert_true(line);
	write_to(WRR, 0);
	assert_false(line);
	line_changes = 0;
	assert_int_equal(read_from(WCS), 1);
	assert_int_equal(line_changes, 0);
	/* Pending, and the guest has not looked before it refreshes. */
	now += 150;
	line = true;
	write_to(WRR, 0);
	assert_false(line);
}

/* A mixture of old and new, as housekeeping may see it, is not due earlier than what was. */
static void what_comes_next(void **state)
{
	struct watchdog mixed;

	(void)state;
	start(100);
	mixed = *dog;
	now = 1090;
	write_to(WRR, 0);
	atomic_store(&mixed.second, atomic_load(&dog->second));
	assert_int_equal(watchdog_next(&mixed, now), 1100);
	assert_int_equal(watchdog_next(dog, now), 1190);
	assert_int_equal(watchdog_next(dog, 1190), 1290);
	assert_int_equal(watchdog_next(dog, 2000), 1290);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(is_off_after_reset, set_up),
		cmocka_unit_test_setup(identifies_itself, set_up),
		cmocka_unit_test_setup(takes_words_alone, set_up),
		cmocka_unit_test_setup(two_stages, set_up),
		cmocka_unit_test_setup(refreshes, set_up),
		cmocka_unit_test_setup(sooner_is_told, set_up),
		cmocka_unit_test_setup(tells_not_too_often, set_up),
		cmocka_unit_test_setup(compare_value_is_written, set_up),
		cmocka_unit_test_setup(compare_value_while_off, set_up),
		cmocka_unit_test_setup(longest_offset, set_up),
		cmocka_unit_test_setup(switched_off_in_the_second_stage, set_up),
		cmocka_unit_test_setup(direct_mode, set_up),
		cmocka_unit_test_setup(what_comes_next, set_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

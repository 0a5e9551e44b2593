/* SPDX-License-Identifier: Apache-2.0 */
/* Events of the partitions as lines on the console. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/arch.h"
#include "common/console/log.h"
#include "common/console/record.h"
#include "common/console/stage.h"
#include "common/plan/system.h"
#include "common/run/housekeeping.h"
#include "common/run/view.h"

#define SELF 1

struct plan system_plan;
struct record record;
struct housekeeping housekeeping;

static union partition_view views[PLAN_MAX_PARTITIONS];
extern const union partition_view partition_views[PLAN_MAX_PARTITIONS]
	__attribute__((alias("views")));

static struct health_log *const events = &views[SELF].partition.health;
static char screen[CONSOLE_STAGE_SIZE + 1];

uint64_t arch_counter(void)
{
	return 1500;
}

uint64_t arch_counter_frequency(void)
{
	return 1000;
}

void arch_clean(const void *memory, uint64_t size)
{
	(void)memory;
	(void)size;
}

void arch_count_exits(uint32_t partition, uint64_t counts[EXIT_CLASSES])
{
	for (unsigned class = 0; class < EXIT_CLASSES; class ++)
		counts[class] = 10 * partition + class;
}

static int set_up(void **state)
{
	(void)state;
	memset(&housekeeping, 0, sizeof(housekeeping));
	memset(views, 0, sizeof(views));
	memset(&record, 0, sizeof(record));
	system_plan.partition_count = 2;
	strcpy(system_plan.partitions[0].name, "chief");
	strcpy(system_plan.partitions[SELF].name, "rt0");
	housekeeping.mux.log_partition = SELF;
	return 0;
}

/* As its CPUs do it, 2^32 times if need be. */
static void happens(struct health_event event)
{
	events->events[events->count % HEALTH_EVENTS] = event;
	events->count++;
}

static void assert_says(const char *text)
{
	size_t size = 0;

	log_turn();
	while (!stage_is_empty())
		screen[size++] = (char)stage_take();
	screen[size] = '\0';
	assert_string_equal(screen, text);
}

static void one_event(void **state)
{
	(void)state;
	happens((struct health_event){.kind = HEALTH_STARTED, .number = 3, .microseconds = 70123});
	assert_says("bulkhead: rt0: restart 3, after 70.123 ms\r\n");
	assert_string_equal(record.text, "[    1.500] rt0: restart 3, after 70.123 ms\n");
}

static void outcomes(void **state)
{
	struct health_event event = {.kind = HEALTH_RESET, .outcome = HEALTH_RESTARTS};

	(void)state;
	system_plan.partitions[SELF].restart_limit = 3;
	system_plan.partitions[SELF].restart_window = 500;
	happens(event);
	assert_says("bulkhead: rt0: asked for a reset\r\n"
		    "bulkhead: rt0: exits: 10 interrupts, 11 calls, 12 device accesses, "
		    "13 register accesses, 14 others\r\n"
		    "bulkhead: rt0: restarts\r\n");
	event.outcome = HEALTH_RESTARTED_ENOUGH;
	happens(event);
	log_turn();
	assert_non_null(strstr((char *)housekeeping.mux.stage,
			       "rt0: stopped: it may restart 3 times in 500 ms\r\n"));
	stage_clear();
	event.outcome = HEALTH_RESETS_BOARD;
	happens(event);
	log_turn();
	assert_non_null(strstr((char *)housekeeping.mux.stage, "rt0: resets the board\r\n"));
	stage_clear();
	event.outcome = 77;
	happens(event);
	log_turn();
	assert_non_null(strstr((char *)housekeeping.mux.stage, "rt0: stopped\r\n"));
}

static void orders_name_who_gave_them(void **state)
{
	(void)state;
	happens((struct health_event){.kind = HEALTH_STOP_ORDER, .number = 0});
	happens((struct health_event){.kind = HEALTH_STOP_ORDER, .number = PLAN_MAX_PARTITIONS});
	happens((struct health_event){.kind = HEALTH_STOP_ORDER, .number = UINT32_MAX});
	assert_says("bulkhead: rt0: stopped by order of chief\r\n");
	assert_says("bulkhead: rt0: stopped by order of the console\r\n");
	assert_says("bulkhead: rt0: stopped by order of the console\r\n");
}

/* What the partition's EL2 claims is not believed. */
static void nonsense(void **state)
{
	(void)state;
	happens((struct health_event){.kind = UINT32_MAX, .number = UINT32_MAX, .esr = 1});
	assert_says("bulkhead: rt0: nothing\r\n");
	events->count -= 5;
	assert_says("bulkhead: rt0: 4294967260 events came too fast to be shown\r\n");
}

static void the_last_ones_are_shown(void **state)
{
	(void)state;
	events->count = housekeeping.mux.events_shown[SELF] = UINT32_MAX - 5;
	for (unsigned i = 0; i < HEALTH_EVENTS + 9; i++)
		happens((struct health_event){.kind = HEALTH_STARTED, .number = i});
	assert_says("bulkhead: rt0: 10 events came too fast to be shown\r\n");
	for (unsigned i = 10; i < HEALTH_EVENTS + 9; i++) {
		log_turn();
		assert_int_equal(housekeeping.mux.stage[sizeof("bulkhead: rt0: restart ") - 1],
				 '0' + i / 10);
		stage_clear();
	}
	assert_int_equal(housekeeping.mux.events_shown[SELF], events->count);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(one_event, set_up),
		cmocka_unit_test_setup(outcomes, set_up),
		cmocka_unit_test_setup(orders_name_who_gave_them, set_up),
		cmocka_unit_test_setup(nonsense, set_up),
		cmocka_unit_test_setup(the_last_ones_are_shown, set_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

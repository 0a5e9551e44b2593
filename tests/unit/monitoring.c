/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/monitoring.h"

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

#define SCREEN_SIZE 65536

struct plan system_plan;
struct partition this_partition;
struct housekeeping housekeeping;
struct record record;
struct console_slot console_slots[PLAN_MAX_PARTITIONS];

/* As the page tables and the linker script do it. */
union partition_view views[PLAN_MAX_PARTITIONS];
extern const union partition_view partition_views[PLAN_MAX_PARTITIONS]
	__attribute__((alias("views")));

uint64_t now;
uint64_t timer;
uint32_t ordered_partition;
enum order ordered;
enum order_result result;
char screen[SCREEN_SIZE];
size_t screen_size;

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

void arch_kick_cpu(uint32_t cpu)
{
	(void)cpu;
}

void arch_pend_interrupt(uint32_t intid)
{
	(void)intid;
}

void arch_count_exits(uint32_t partition, uint64_t counts[EXIT_CLASSES])
{
	for (unsigned class = 0; class < EXIT_CLASSES; class ++)
		counts[class] = 100 * partition + class;
}

void housekeeping_set_timer(enum housekeeping_timer which, uint64_t at)
{
	assert_int_equal(which, TIMER_MONITOR);
	timer = at;
}

enum order_result order_give(uint32_t partition, enum order order, uint32_t source)
{
	assert_int_equal(source, ORDER_BY_CONSOLE);
	ordered_partition = partition;
	ordered = order;
	return result;
}

void arch_clean(const void *memory, uint64_t size)
{
	(void)memory;
	(void)size;
}

/* As the multiplexer does it: a turn when the stage is empty, all of it to the UART. */
void show_all(void)
{
	for (;;) {
		while (!stage_is_empty()) {
			assert_true(screen_size < SCREEN_SIZE - 1);
			screen[screen_size++] = (char)stage_take();
		}
		if (!housekeeping.mux.monitor.is_due)
			break;
		monitor_turn();
		assert_true(stage_size() < CONSOLE_STAGE_SIZE);
		assert_false(stage_is_empty() && housekeeping.mux.monitor.is_due);
	}
	screen[screen_size] = '\0';
}

/* Keys without a turn in between. */
void press(const char *keys)
{
	while (*keys != '\0')
		mux_receive((uint8_t)*keys++);
}

void type(const char *keys)
{
	screen_size = 0;
	press(keys);
	show_all();
}

/* Its lines, as the terminal has them. */
void assert_shows(const char *text)
{
	if (strstr(screen, text) == NULL)
		fail_msg("\"%s\" is not in \"%s\"", text, screen);
}

void assert_screen(const char *text)
{
	assert_string_equal(screen, text);
}

const char *input_of(uint32_t partition)
{
	static char text[CONSOLE_INPUT_SIZE + 1];
	const struct console_in *const in = &console_slots[partition].in;

	memcpy(text, in->input, in->input_written);
	text[in->input_written] = '\0';
	return text;
}

/* The partition writes, and all of it is read. */
void writes(uint32_t partition, const char *text)
{
	struct console_slot *const slot = &console_slots[partition];

	for (; *text != '\0'; text++)
		slot->out.output[slot->out.output_written++ % CONSOLE_OUTPUT_RING] = (uint8_t)*text;
	slot->in.output_read = slot->out.output_written;
}

void add_event(uint32_t partition, struct health_event event)
{
	struct health_log *const log = &views[partition].partition.health;

	log->events[log->count++ % HEALTH_EVENTS] = event;
}

int monitor_set_up(void **state)
{
	static const char *const names[] = {"rt0", "linux0", "direct"};

	(void)state;
	memset(&system_plan, 0, sizeof(system_plan));
	memset(&housekeeping, 0, sizeof(housekeeping));
	memset(console_slots, 0, sizeof(console_slots));
	memset(views, 0, sizeof(views));
	system_plan.partition_count = 3;
	for (uint32_t i = 0; i < 3; i++) {
		strcpy(system_plan.partitions[i].name, names[i]);
		system_plan.partitions[i].cpu_count = 1;
		system_plan.partitions[i].cpus[0] = (uint8_t)i;
	}
	housekeeping.mux.partitions = 3;
	housekeeping.mux.name_width = 6;
	housekeeping.mux.escape_key = ESCAPE_KEY[0];
	console_slots[0].in.has_focus = 1;
	now = 0;
	timer = 0;
	ordered = ORDER_NONE;
	result = ORDER_GIVEN;
	screen_size = 0;
	return 0;
}

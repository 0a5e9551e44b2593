/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/supervising.h"

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

union partition_view views[PLAN_MAX_PARTITIONS];
extern const union partition_view partition_views[PLAN_MAX_PARTITIONS]
	__attribute__((alias("views")));

struct plan system_plan;
struct partition this_partition;

uint32_t kicked;	    /* bit n: a CPU of partition n */
uint32_t events_while_read; /* that come with each of bulkctl's next accesses */

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

struct partition *of(uint32_t partition)
{
	return &views[partition].partition;
}

void add_event(uint32_t partition, enum health_kind kind)
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

uint32_t read32(uint32_t offset)
{
	uint64_t value = UNTOUCHED;

	assert_true(supervisor_access(offset, 4, false, &value));
	return (uint32_t)value;
}

int supervisor_set_up(void **state)
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

/* SPDX-License-Identifier: Apache-2.0 */
#include "common/run/partition.h"

#include "common/arch.h"
#include "common/console/log.h"

#define ACCESSES_LOGGED 8

void partition_create(uint32_t index)
{
	this_partition.index = index;
	pl011_reset(&this_partition.uart);
}

static void report_exits(void)
{
	uint64_t counts[EXIT_CLASSES];

	arch_count_exits(counts);
	log_event("exits: %lu interrupts, %lu calls, %lu device accesses, "
		  "%lu register accesses, %lu others",
		  counts[EXIT_INTERRUPT], counts[EXIT_CALL], counts[EXIT_DEVICE],
		  counts[EXIT_REGISTER], counts[EXIT_OTHER]);
}

void partition_stop(void)
{
	report_exits();
	/* Release: what led to the stop is visible to the CPUs that see it. */
	atomic_store_explicit(&this_partition.state, PARTITION_STOPPED, memory_order_release);
	arch_stop_siblings();
}

void partition_fail(void)
{
	lock_open(&this_partition.uart.lock);
	lock_open(&this_partition.log_lock);
	partition_stop();
}

void partition_report_access(const char *kind, uint64_t address, uint64_t pc)
{
	const uint32_t before =
		atomic_load_explicit(&this_partition.accesses_reported, memory_order_relaxed);

	if (before > ACCESSES_LOGGED)
		return;
	atomic_store_explicit(&this_partition.accesses_reported, before + 1, memory_order_relaxed);
	if (before == ACCESSES_LOGGED)
		log_event("further accesses outside its memory are not shown");
	else
		log_event("%s outside its memory at 0x%lx, PC 0x%lx: external abort", kind, address,
			  pc);
}

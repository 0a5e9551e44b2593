/* SPDX-License-Identifier: Apache-2.0 */
/* A partition as each of its lives begins. */
#include <string.h>

#include "common/arch.h"
#include "common/console/output.h"
#include "common/run/partition.h"

void partition_create(uint32_t index)
{
	this_partition.index = index;
	partition_reset();
}

void partition_reset(void)
{
	atomic_store_explicit(&this_partition.accesses_reported, 0, memory_order_relaxed);
	this_partition.started = arch_counter();
	console_forget();
	pl011_reset(&this_partition.uart);
	memset(&this_partition.supervisor, 0, sizeof(this_partition.supervisor));
	watchdog_reset(&this_partition.watchdog);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "common/run/restart.h"

#include "common/arch.h"
#include "common/console/log.h"
#include "common/plan/system.h"
#include "common/run/fill.h"
#include "common/run/partition.h"

static void restore(const struct content *content)
{
	fill_copy(content->base, content->pristine, content->size, FILL_SERVE);
}

void partition_restart(void)
{
	const struct plan_partition *const partition =
		&system_plan.partitions[this_partition.index];
	struct content contents[FILL_MAX_CONTENTS];
	const uint32_t count = fill_contents(partition, contents);

	fill_scrub(partition, contents, count, FILL_SERVE);
	for (uint32_t i = 0; i < count; i++)
		restore(&contents[i]);
	partition_reset();
	arch_reset_partition();
	health_record((struct health_event){
		.kind = HEALTH_STARTED,
		.number = this_partition.restarts,
		.microseconds = (arch_counter() - this_partition.ended) * 1000000 /
				arch_counter_frequency(),
	});
	/* Unless it has broken meanwhile. */
	(void)partition_change(PARTITION_RESTARTING, PARTITION_RUNNING);
}

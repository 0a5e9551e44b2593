/* SPDX-License-Identifier: Apache-2.0 */
#include "common/vdev/pvpanic.h"

#include "common/run/partition.h"

bool pvpanic_access(bool is_write, uint8_t *value)
{
	const bool has_panicked = is_write && (*value & PVPANIC_PANICKED) != 0;

	*value = PVPANIC_PANICKED;
	if (has_panicked)
		(void)partition_end((struct health_event){.kind = HEALTH_PANIC});
	return has_panicked;
}

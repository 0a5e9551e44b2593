/* SPDX-License-Identifier: Apache-2.0 */
#include "common/vdev/pvpanic.h"

#include "common/console/log.h"
#include "common/run/partition.h"

bool pvpanic_access(bool is_write, uint8_t *value)
{
	const bool has_panicked = is_write && (*value & PVPANIC_PANICKED) != 0;

	*value = PVPANIC_PANICKED;
	if (has_panicked) {
		log_event("its kernel has panicked");
		partition_end(PARTITION_CRASH);
	}
	return has_panicked;
}

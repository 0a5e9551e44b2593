/* SPDX-License-Identifier: Apache-2.0 */
/* UARTFR of this partition's virtual PL011. Inline: guests poll it (arch's fast exits). */
#ifndef BULKHEAD_VDEV_PL011_FLAGS_H
#define BULKHEAD_VDEV_PL011_FLAGS_H

#include "common/console/output.h"
#include "common/vdev/pl011_registers.h"

#define PL011_FIFO_DEPTH 32 /* what the guest believes, for its trigger levels */

static inline uint32_t pl011_flags(void)
{
	const uint32_t waiting = console_input_waiting();

	return (waiting == 0 ? PL011_FR_RXFE : 0) |
	       (waiting >= PL011_FIFO_DEPTH ? PL011_FR_RXFF : 0) |
	       (console_output_room() == 0 ? PL011_FR_TXFF : PL011_FR_TXFE);
}

#endif

/* SPDX-License-Identifier: Apache-2.0 */
#include "common/vdev/pl011.h"
#include "common/vdev/pl011_registers.h"

void pl011_reset(struct pl011 *uart)
{
	*uart = (struct pl011){
		.control = PL011_CR_TX | PL011_CR_RX,
		.fifo_levels = 0x12,
	};
}

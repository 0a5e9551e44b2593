/* SPDX-License-Identifier: Apache-2.0 */
#include <stddef.h>
#include <string.h>

#include "common/vdev/pl011.h"
#include "common/vdev/pl011_registers.h"

void pl011_reset(struct pl011 *uart)
{
	/* An idle CPU of the partition may be about to leave what it does with the lock held. */
	lock_acquire(&uart->lock);
	memset(&uart->transmit_raised, 0, sizeof(*uart) - offsetof(struct pl011, transmit_raised));
	uart->control = PL011_CR_TX | PL011_CR_RX;
	uart->fifo_levels = 0x12;
	lock_release(&uart->lock);
}

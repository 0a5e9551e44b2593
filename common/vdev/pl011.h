/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The virtual PL011 (Arm DDI 0183) of a partition: its console.
 *
 * The FIFOs are the rings of the partition's console slot. The line is infinitely fast while there
 * is room in the output ring; a full ring is a full FIFO. Receive and receive-timeout interrupts
 * are levels that follow the input ring; the transmit interrupt is raised when a byte has gone out
 * and there is room for more, as hardware does when the FIFO falls below its mark.
 */
#ifndef BULKHEAD_VDEV_PL011_H
#define BULKHEAD_VDEV_PL011_H

#include <stdbool.h>
#include <stdint.h>

#include "common/lib/lock.h"

struct pl011 {
	struct lock lock;
	bool transmit_raised; /* the TX bit of the raw interrupt status */
	bool line;	      /* the interrupt output */
	uint32_t mask;	      /* IMSC */
	/* Without effect here, but they read back. */
	uint32_t control;
	uint32_t line_control;
	uint32_t fifo_levels;
	uint32_t baud_integer;
	uint32_t baud_fraction;
	uint32_t low_power;
	uint32_t dma_control;
};

/* Reset values (table 3-1). */
void pl011_reset(struct pl011 *uart);

/*
 * An access by a vCPU of this partition: offset into the frame, size in bytes. value: what is
 * written, or the result. False: not an access that the device takes (size, alignment).
 */
bool pl011_access(uint32_t offset, uint32_t size, bool is_write, uint32_t *value);

/* Housekeeping has left input or made room: looks at the rings again. Any CPU of the partition. */
void pl011_poll(void);

#endif

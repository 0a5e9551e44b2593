/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The partition's end of its console slot. Any CPU of the partition; the caller holds the lock of
 * the device or log that it writes for, because a ring has one writer.
 */
#ifndef BULKHEAD_CONSOLE_OUTPUT_H
#define BULKHEAD_CONSOLE_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/console/slot.h"
#include "common/run/partition.h"

static inline struct console_slot *console_own_slot(void)
{
	return &console_slots[this_partition.index];
}

/* Bytes of output that this partition has written. */
static inline uint32_t console_output_written(void)
{
	return atomic_load_explicit(&console_own_slot()->out.output_written, memory_order_relaxed);
}

/* Room in this partition's output ring, in bytes. */
static inline uint32_t console_output_room(void)
{
	const struct console_slot *const slot = console_own_slot();

	/* Acquire: the bytes that were read may be overwritten only after they were. */
	return CONSOLE_OUTPUT_SIZE -
	       (atomic_load_explicit(&slot->out.output_written, memory_order_relaxed) -
		atomic_load_explicit(&slot->in.output_read, memory_order_acquire));
}

/* Appends a byte, for which there is room. Returns true when housekeeping should be told now. */
bool console_output_put(uint8_t byte);

/* Asks for a kick when the full ring has room again; whether that was asked; and the end of it. */
void console_output_want_room(void);
bool console_output_wanted_room(void);
void console_output_got_room(void);

/* Direct mode: what housekeeping is to interrupt the guest for (slot.h). */
void console_want_interrupts(uint32_t interrupts);

/* Bytes of input that wait. */
static inline uint32_t console_input_waiting(void)
{
	const struct console_slot *const slot = console_own_slot();

	/* Acquire: the bytes up to the index are there. */
	return atomic_load_explicit(&slot->in.input_written, memory_order_acquire) -
	       atomic_load_explicit(&slot->out.input_read, memory_order_relaxed);
}

/* The next of them; 0 when there is none. */
uint8_t console_input_take(void);

/* A life of the partition is over: its unfinished line ends, what was typed for it is dropped. */
void console_forget(void);

/* Asks housekeeping to reset the board, as soon as all that was logged is on its way. */
void console_ask_board_reset(void);

/*
 * Tells housekeeping to look at this partition's rings and events, unless it is about to anyway.
 */
void console_notify(void);

#endif

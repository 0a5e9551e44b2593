/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A partition's console slot: the memory between a partition and the housekeeping CPU.
 *
 * Two structures, each with one writer, in pages of their own. The partition may not write the
 * second, the housekeeping CPU not the first (but for its own partition's): the page tables say so.
 * Indices count bytes for ever and wrap at 2^32; the ring position is the index modulo the size.
 *
 *              partition writes                    housekeeping writes
 *   output     output_written, output[]  ------->  output_read
 *   input      input_read                <-------  input_written, input[]
 *
 * EL2 of a direct partition is not kicked (vgic/direct.h): what it would be told is the guest's
 * interrupt, which housekeeping pends when the partition's side says that the guest wants it.
 *
 * Neither side ever waits for the other. A full output ring shows to the guest as a full FIFO. On a
 * board without a UART the rings stay empty.
 */
#ifndef BULKHEAD_CONSOLE_SLOT_H
#define BULKHEAD_CONSOLE_SLOT_H

#include <stdatomic.h>
#include <stdint.h>

/*
 * Of the memory of an output ring, so much may wait to be read. The rest is what was read last: it
 * is shown again when the input comes to the partition.
 */
#define CONSOLE_OUTPUT_SIZE 4096
#define CONSOLE_OUTPUT_RING 8192
#define CONSOLE_INPUT_SIZE  1024

/* console_out.interrupts: so many bytes of input that wait (0: none), and room for output. */
#define CONSOLE_INTERRUPT_INPUT 0xffffU
#define CONSOLE_INTERRUPT_ROOM	(1U << 16)

struct console_out {
	_Atomic uint32_t output_written;
	_Atomic uint32_t input_read;
	_Atomic uint32_t wants_room;  /* kick when there is room for output again */
	_Atomic uint32_t interrupts;  /* what interrupts a guest in direct mode, as below */
	_Atomic uint32_t board_reset; /* the board is to be reset */
	uint8_t output[CONSOLE_OUTPUT_RING];
};

struct console_in {
	_Atomic uint32_t output_read;
	_Atomic uint32_t input_written;
	_Atomic uint32_t is_draining; /* housekeeping will look at the rings again without a kick */
	_Atomic uint32_t has_focus;   /* partial lines are shown at once */
	uint8_t input[CONSOLE_INPUT_SIZE];
};

/* As layout.h places them. */
struct console_slot {
	union {
		struct console_out out;
		uint8_t out_pages[0x3000];
	};
	union {
		struct console_in in;
		uint8_t in_pages[0x1000];
	};
	uint8_t unmapped[0x1000];
};

_Static_assert(sizeof(struct console_out) <= 0x3000, "three pages");
_Static_assert(sizeof(struct console_in) <= 0x1000, "one page");
_Static_assert(sizeof(struct console_slot) == 0x5000, "layout.h");

/* One for each partition of the plan; which of them can be reached depends on the CPU. */
extern struct console_slot console_slots[];

#endif

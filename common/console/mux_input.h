/* SPDX-License-Identifier: Apache-2.0 */
/* Where typed bytes go. Housekeeping CPU only; a part of the multiplexer (mux.h). */
#ifndef BULKHEAD_CONSOLE_MUX_INPUT_H
#define BULKHEAD_CONSOLE_MUX_INPUT_H

#include <stdint.h>

/* A byte came from the UART. */
void mux_receive(uint8_t byte);

/* For the partition with the focus; without room it is dropped, as by a full FIFO. */
void mux_give_input(uint8_t byte);

/* Makes a partition look at its console slot. */
void mux_poke_partition(uint32_t partition);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The stage: text on its way to the UART, and what it does to the screen. Housekeeping CPU only; a
 * part of the multiplexer (mux.h).
 */
#ifndef BULKHEAD_CONSOLE_STAGE_H
#define BULKHEAD_CONSOLE_STAGE_H

#include <stdbool.h>
#include <stdint.h>

bool stage_is_empty(void);
uint32_t stage_size(void); /* bytes that wait */
void stage_clear(void);

/* The next byte for the UART; the stage must not be empty. */
uint8_t stage_take(void);

/* Appends; what does not fit is cut. The stage holds the longest line with all that is around it.
 */
void stage_byte(uint8_t byte);
void stage_text(const char *text);

/* The partition's name as it stands in front of a line, padded to the longest. */
void stage_name(uint32_t partition);

/* A byte of the partition with the focus: line ends, and the name in front of a new line. */
void stage_focused_byte(uint8_t byte);

/* A line of the focused partition begins, or of the monitor, if it is open. */
void stage_begin_line(void);

/* The focused partition's line ends here, on the screen too; so does what it has begun in it. */
void stage_end_line(void);

/* Takes the unfinished line of the focused partition off the screen, and puts it back. */
void stage_hide_unfinished(void);
void stage_show_unfinished(void);

#endif

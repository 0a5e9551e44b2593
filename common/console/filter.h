/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What of a guest's output may reach the operator's terminal, byte by byte (ECMA-48).
 *
 * The screen and the keyboard belong to all partitions. A guest that could make the terminal answer
 * (cursor position, identification) would type into the partition with the focus; one that could
 * move the cursor would write in another's name. So
 *
 *   without the focus   text alone: printable characters, tab, UTF-8; all else shows as '.'
 *   with the focus      also what line editors and full-screen programs need: backspace, bell,
 *                       cursor, erase, colours, scrolling, modes. No queries, no strings (DCS,
 * OSC).
 *
 * A sequence passes as it comes; where it turns out to be none of these, its last byte becomes CAN,
 * which ends a sequence without effect.
 */
#ifndef BULKHEAD_CONSOLE_FILTER_H
#define BULKHEAD_CONSOLE_FILTER_H

#include <stdbool.h>
#include <stdint.h>

#define FILTER_CANCEL 0x18 /* CAN */

enum filter_state {
	FILTER_TEXT,
	FILTER_ESCAPE,	/* behind ESC */
	FILTER_CHARSET, /* behind ESC ( and ESC ): one more byte */
	FILTER_CONTROL, /* behind ESC [ */
	FILTER_PRIVATE, /* behind ESC [ ? */
	FILTER_REFUSED, /* in a control sequence that will be cancelled */
};

/* Zeroed: at the beginning of a text. */
struct filter {
	uint8_t state; /* enum filter_state */
	uint8_t lead;  /* of the UTF-8 character that is not yet complete */
	uint8_t missing;
	bool has_other_modes; /* of a control sequence: a parameter that is no harmless mode */
	uint16_t number;      /* its parameter that comes */
};

/* What to show for the next byte of a guest without the focus, and with it. */
uint8_t filter_plain(struct filter *filter, uint8_t byte);
uint8_t filter_focused(struct filter *filter, uint8_t byte);

/* Whether the terminal is inside of a sequence. */
static inline bool filter_is_inside(const struct filter *filter)
{
	return filter->state != FILTER_TEXT;
}

#endif

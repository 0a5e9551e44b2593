/* SPDX-License-Identifier: Apache-2.0 */
#include "common/console/filter.h"

#include <string.h>

#define BELL	   0x07
#define BACKSPACE  0x08
#define SHIFT_IN   0x0f /* no drawing characters: a part of "attributes off" */
#define ESCAPE	   0x1b
#define DELETE	   0x7f
#define HIDDEN	   '.'
#define MODE_LIMIT 6000 /* larger numbers stay as they are: no mode has one */

/* Save, restore, index, next line, tab stop, reverse index, keypads, reset. */
#define ESCAPE_FINALS "78DEHM=>c"

/* Insert, cursor, erase, scroll, delete, tabs, repeat, modes, colours, margins, save, restore. */
#define CONTROL_FINALS "@ABCDEFGHIJKLMPSTXZ`abdefghlmrsu"
#define PRIVATE_FINALS "JKhl"

static bool is_one_of(uint8_t byte, const char *set)
{
	return byte != 0 && strchr(set, byte) != NULL;
}

/* A byte from 0x80 on: alone it may be a control character (C1), in a UTF-8 character it is text.
 */
static uint8_t filter_upper(struct filter *filter, uint8_t byte)
{
	if (byte >= 0xc2 && byte <= 0xf4) {
		filter->lead = byte;
		filter->missing = byte < 0xe0 ? 1 : byte < 0xf0 ? 2 : 3;
		return byte;
	}
	/* U+0080 to U+009f are the same control characters once more. */
	if (filter->missing == 0 || byte >= 0xc0 || (filter->lead == 0xc2 && byte < 0xa0)) {
		filter->missing = 0;
		return HIDDEN;
	}
	filter->missing--;
	return byte;
}

uint8_t filter_plain(struct filter *filter, uint8_t byte)
{
	if (byte >= 0x80)
		return filter_upper(filter, byte);
	filter->missing = 0;
	return (byte < ' ' && byte != '\t') || byte == DELETE ? HIDDEN : byte;
}

/* The byte behind ESC. */
static uint8_t filter_escape(struct filter *filter, uint8_t byte)
{
	filter->number = 0;
	filter->has_other_modes = false;
	if (byte == '[')
		filter->state = FILTER_CONTROL;
	else if (byte == '(' || byte == ')')
		filter->state = FILTER_CHARSET;
	else
		filter->state = FILTER_TEXT;
	return filter->state != FILTER_TEXT || is_one_of(byte, ESCAPE_FINALS) ? byte
									      : FILTER_CANCEL;
}

/* Modes that outlive the sequence: not those that lock or add to what the keyboard sends. */
static bool is_harmless_mode(const struct filter *filter)
{
	/* Insert; cursor keys, wrap, blink, cursor, alternate screen, bracketed paste. */
	static const uint16_t private_modes[] = {1, 7, 12, 25, 1049, 2004};

	if (filter->state == FILTER_CONTROL)
		return filter->number == 4;
	for (size_t i = 0; i < sizeof(private_modes) / sizeof(private_modes[0]); i++)
		if (filter->number == private_modes[i])
			return true;
	return false;
}

/* A byte of a control sequence: parameters up to 0x3f, then the final byte. */
static uint8_t filter_control(struct filter *filter, uint8_t byte)
{
	const char *const finals = filter->state == FILTER_CONTROL   ? CONTROL_FINALS
				   : filter->state == FILTER_PRIVATE ? PRIVATE_FINALS
								     : "";

	if (byte >= '0' && byte <= '9') {
		if (filter->number < MODE_LIMIT)
			filter->number = (uint16_t)(filter->number * 10 + (byte - '0'));
		return byte;
	}
	if (byte == ';' || byte == ':' || byte == 'h' || byte == 'l') {
		filter->has_other_modes = filter->has_other_modes || !is_harmless_mode(filter);
		filter->number = 0;
	}
	if (byte == ';' || byte == ':')
		return byte;
	if (byte < 0x40) {
		/* '?' in front makes it private; other prefixes and intermediates ask or are rare.
		 */
		filter->state = byte == '?' && filter->state == FILTER_CONTROL ? FILTER_PRIVATE
									       : FILTER_REFUSED;
		return byte;
	}
	filter->state = FILTER_TEXT;
	if ((byte == 'h' || byte == 'l') && filter->has_other_modes)
		return FILTER_CANCEL;
	return is_one_of(byte, finals) ? byte : FILTER_CANCEL;
}

uint8_t filter_focused(struct filter *filter, uint8_t byte)
{
	if (byte == ESCAPE) {
		filter->state = FILTER_ESCAPE;
		return byte;
	}
	if (byte < ' ' || byte >= DELETE) {
		/* Control characters have their effect inside of a sequence too, so it ends here.
		 */
		const bool was_inside = filter_is_inside(filter);

		filter->state = FILTER_TEXT;
		if (was_inside)
			return FILTER_CANCEL;
		return byte == BELL || byte == BACKSPACE || byte == SHIFT_IN
			       ? byte
			       : filter_plain(filter, byte);
	}
	switch (filter->state) {
	case FILTER_ESCAPE:
		return filter_escape(filter, byte);
	case FILTER_CHARSET:
		filter->state = FILTER_TEXT;
		return byte;
	case FILTER_CONTROL:
	case FILTER_PRIVATE:
	case FILTER_REFUSED:
		return filter_control(filter, byte);
	default:
		return filter_plain(filter, byte);
	}
}

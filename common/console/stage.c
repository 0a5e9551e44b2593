/* SPDX-License-Identifier: Apache-2.0 */
#include "common/console/stage.h"

#include <string.h>

#include "common/console/mux.h"
#include "common/plan/system.h"
#include "common/run/housekeeping.h"

#define ERASE_LINE "\r\033[K" /* ECMA-48: carriage return, erase to the end of the line */

static struct console_mux *const mux = &housekeeping.mux;

bool stage_is_empty(void)
{
	return mux->stage_read == mux->stage_written;
}

uint32_t stage_size(void)
{
	return mux->stage_written - mux->stage_read;
}

void stage_clear(void)
{
	mux->stage_read = 0;
	mux->stage_written = 0;
}

uint8_t stage_take(void)
{
	const uint8_t byte = mux->stage[mux->stage_read++];

	if (stage_is_empty())
		stage_clear();
	return byte;
}

void stage_byte(uint8_t byte)
{
	if (mux->stage_written < CONSOLE_STAGE_SIZE)
		mux->stage[mux->stage_written++] = byte;
}

void stage_text(const char *text)
{
	while (*text != '\0')
		stage_byte((uint8_t)*text++);
}

void stage_name(uint32_t partition)
{
	const char *const name = system_plan.partitions[partition].name;

	stage_text(name);
	for (size_t width = strlen(name); width < mux->name_width; width++)
		stage_byte(' ');
	stage_text("| ");
}

/* What stands in front of the unfinished line. */
static void stage_prompt(void)
{
	if (mux->monitor.is_open)
		stage_text("bulkhead> ");
	else
		stage_name(mux->focus);
}

void stage_begin_line(void)
{
	stage_prompt();
	mux->is_on_line = true;
	mux->shown = 0;
}

static void stage_end_sequence(void)
{
	if (filter_is_inside(&mux->filter))
		stage_byte(FILTER_CANCEL);
	memset(&mux->filter, 0, sizeof(mux->filter));
}

void stage_end_line(void)
{
	stage_end_sequence();
	if (mux->is_on_line)
		stage_text("\r\n");
	mux->is_on_line = false;
	mux->carriage_return = false;
}

void stage_focused_byte(uint8_t byte)
{
	if (byte == '\r') {
		stage_end_sequence();
		mux->carriage_return = true;
		return;
	}
	if (byte == '\n') {
		if (!mux->is_on_line)
			stage_begin_line();
		stage_end_line();
		return;
	}
	if (mux->carriage_return && mux->is_on_line) {
		/* Alone it means: write the line anew. */
		stage_byte('\r');
		mux->is_on_line = false;
	}
	mux->carriage_return = false;
	if (!mux->is_on_line)
		stage_begin_line();
	byte = filter_focused(&mux->filter, byte);
	stage_byte(byte);
	if (mux->shown < CONSOLE_LONG_LINE)
		mux->shown_line[mux->shown++] = byte;
}

void stage_hide_unfinished(void)
{
	mux->monitor.is_disturbed = true;
	if (!mux->is_on_line)
		return;
	/* Its filter goes on where it was: the line is shown again. */
	if (filter_is_inside(&mux->filter))
		stage_byte(FILTER_CANCEL);
	stage_text(ERASE_LINE);
}

void stage_show_unfinished(void)
{
	if (!mux->is_on_line)
		return;
	stage_prompt();
	for (uint32_t i = 0; i < mux->shown; i++)
		stage_byte(mux->shown_line[i]);
	/* It may have been cut within a control sequence whose end the filter has let through. */
	if (mux->shown == CONSOLE_LONG_LINE)
		stage_byte(FILTER_CANCEL);
}

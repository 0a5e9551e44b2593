/* SPDX-License-Identifier: Apache-2.0 */
#include "common/console/monitor.h"

#include <string.h>

#include "common/arch.h"
#include "common/console/monitor_commands.h"
#include "common/console/mux_input.h"
#include "common/console/slot.h"
#include "common/console/stage.h"
#include "common/lib/format.h"
#include "common/plan/system.h"
#include "common/run/housekeeping.h"

#define CTRL_C	  0x03
#define CTRL_D	  0x04
#define BACKSPACE 0x08
#define CTRL_U	  0x15
#define ESCAPE	  0x1b
#define DELETE	  0x7f

/* No colours, no drawing characters, the cursor visible: whatever the partition has set. */
#define PLAIN_TEXT "\033[m\033(B\033[?25h"

#define TYPED_SIZE 80 /* of a line */

/* Keys are taken while the stage holds less than this: what one shows is shorter than the rest. */
#define STAGE_FOR_KEYS (CONSOLE_STAGE_SIZE / 2)

/* What a partition has written last, as it is shown again: all of it fits into the stage. */
#define LAST_LINES 16
#define LAST_BYTES 1300

static struct console_mux *const mux = &housekeeping.mux;
static struct monitor *const monitor = &housekeeping.mux.monitor;

/* Whether the partition with the focus is to tell of unfinished lines: they are shown as they come.
 */
static void set_focus(uint32_t has_focus)
{
	atomic_store_explicit(&console_slots[mux->focus].in.has_focus, has_focus,
			      memory_order_relaxed);
}

static void begin(const struct monitor_command *command)
{
	monitor->command = command;
	monitor->line = 0;
	monitor->refresh_at = 0;
	monitor->is_disturbed = false;
}

static void end(void)
{
	monitor->command = NULL;
	monitor->is_live = false;
	housekeeping_set_timer(TIMER_MONITOR, 0);
	stage_begin_line();
}

/*
 * The focus will move, or stay and the monitor leave (with no line but the unfinished one), when
 * the stage has room for what is shown then.
 */
static void move(uint32_t partition, uint32_t lines)
{
	static const struct monitor_command to_move;

	/* The old partition's unfinished line stays where it is. */
	stage_end_line();
	monitor->is_open = true;
	monitor->partition = partition;
	monitor->mark = lines;
	begin(&to_move);
}

static void complain(const char *template, const char *name)
{
	char line[MONITOR_LINE_SIZE];

	(void)format(line, sizeof(line), template, name);
	stage_text(line);
	stage_text("\r\n");
	stage_begin_line();
}

static bool is_same(const char *a, const char *b)
{
	for (; *a != '\0' && *a == *b; a++)
		b++;
	return *a == *b;
}

/* Cuts the first word off, in place. What is behind it. */
static char *cut_word(char *text)
{
	for (; *text != '\0' && *text != ' '; text++)
		;
	while (*text == ' ')
		*text++ = '\0';
	return text;
}

static uint32_t find_partition(const char *name)
{
	for (uint32_t i = 0; i < mux->partitions; i++)
		if (is_same(system_plan.partitions[i].name, name))
			return i;
	return PLAN_NONE;
}

/* Text has no spaces at its ends. The last row is what a partition's name does. */
static void execute(char *text)
{
	const char *const argument = cut_word(text);
	const struct monitor_command *command = monitor_commands;

	while (command->name != NULL && !is_same(command->name, text))
		command++;
	monitor->partition = find_partition(command->name == NULL ? text : argument);
	monitor->is_live = command->argument == ARGUMENT_LIVE && is_same(argument, "live");
	if (*text == '\0')
		stage_begin_line();
	else if (command->name == NULL && monitor->partition == PLAN_NONE)
		complain("%s: neither a command nor a partition; try help", text);
	else if (command->argument == ARGUMENT_PARTITION && monitor->partition == PLAN_NONE)
		complain("%s: which partition? list has their names", text);
	else if (command->argument != ARGUMENT_PARTITION && *argument != '\0' && !monitor->is_live)
		complain("%s: this has no such argument; try help", text);
	else if (command->line != NULL)
		begin(command);
	else if (command->name != NULL)
		move(mux->focus, 0);
	else
		move(monitor->partition, LAST_LINES);
}

static void enter(void)
{
	char text[TYPED_SIZE + 1] = "";
	uint32_t from = 0;

	while (mux->shown > 0 && mux->shown_line[mux->shown - 1] == ' ')
		mux->shown--;
	while (from < mux->shown && mux->shown_line[from] == ' ')
		from++;
	memcpy(text, mux->shown_line + from, mux->shown - from);
	stage_end_line();
	if (monitor->is_too_long)
		complain("%sthe line is too long", "");
	else
		execute(text);
	monitor->is_too_long = false;
}

/*
 * What arrow and function keys send: ESC, '[' or 'O', and up to a final byte. A control character
 * ends it, and is a key of its own.
 */
static bool skip(uint8_t byte)
{
	const enum monitor_skip before = monitor->skip;
	const bool goes_on =
		(before == SKIP_BEHIND_ESCAPE && (byte == '[' || byte == 'O')) ||
		(before == SKIP_SEQUENCE && byte >= ' ' && (byte < '@' || byte == '['));

	monitor->skip = goes_on ? SKIP_SEQUENCE : SKIP_NONE;
	if (byte == ESCAPE)
		monitor->skip = SKIP_BEHIND_ESCAPE;
	return byte == ESCAPE || (before != SKIP_NONE && byte >= ' ' && byte < DELETE);
}

/* A key at the prompt. */
static void edit(uint8_t byte)
{
	if (skip(byte))
		return;
	if (byte == '\r' || byte == '\n') {
		enter();
	} else if (byte == CTRL_D && mux->shown == 0) {
		move(mux->focus, 0);
	} else if (byte == CTRL_C || byte == CTRL_U) {
		stage_hide_unfinished();
		stage_begin_line();
		monitor->is_too_long = false;
	} else if ((byte == BACKSPACE || byte == DELETE) && mux->shown > 0) {
		mux->shown--;
		stage_text("\b \b");
	} else if (byte >= ' ' && byte <= '~') {
		monitor->is_too_long = monitor->is_too_long || mux->shown == TYPED_SIZE;
		if (!monitor->is_too_long)
			stage_focused_byte(byte);
	}
}

/* The key behind the escape key. */
static void take_command_key(uint8_t byte)
{
	monitor->skip = SKIP_NONE;
	if (byte == mux->escape_key) {
		mux_give_input(byte);
		return;
	}
	if (byte >= '0' && byte <= '9' && (uint32_t)(byte - '0') < mux->partitions) {
		move((uint32_t)(byte - '0'), LAST_LINES);
		return;
	}
	if (!monitor->is_open) {
		stage_end_line();
		stage_text(PLAIN_TEXT);
		set_focus(0);
		monitor->is_open = true;
		stage_begin_line();
	}
	edit(byte);
	if (byte == '?')
		edit('\r');
}

static void take_key(uint8_t byte)
{
	const bool was_escaped = monitor->is_escaped;

	monitor->is_escaped = !was_escaped && byte == mux->escape_key;
	if (was_escaped)
		take_command_key(byte);
	else if (monitor->is_open && !monitor->is_escaped)
		edit(byte);
	else if (!monitor->is_escaped)
		mux_give_input(byte);
}

/* Keys wait while a command's output comes; but one ends what is live. */
static void take_keys(void)
{
	if (monitor->is_live && monitor->taken != monitor->typed) {
		const uint8_t byte = monitor->keys[monitor->taken % MONITOR_KEYS];

		/* Those begin something. */
		monitor->taken += byte != mux->escape_key && byte != ESCAPE;
		end();
	}
	while (monitor->command == NULL && monitor->taken != monitor->typed &&
	       stage_size() < STAGE_FOR_KEYS) {
		mux->work++;
		take_key(monitor->keys[monitor->taken++ % MONITOR_KEYS]);
	}
}

static uint8_t byte_at(const struct console_slot *slot, uint32_t at)
{
	return slot->out.output[at % CONSOLE_OUTPUT_RING];
}

/* Lines as they were, but for control sequences, which may move the cursor. */
static void show_lines(const struct console_slot *slot, uint32_t from, uint32_t to)
{
	struct filter filter = {0};

	for (; from != to; from++) {
		const uint8_t byte = byte_at(slot, from);
		const bool was_inside = filter_is_inside(&filter);
		const uint8_t shown = filter_focused(&filter, byte);

		if (byte == '\n')
			stage_text("\r\n");
		else if (byte != '\r' && !was_inside && !filter_is_inside(&filter))
			stage_byte(shown);
	}
}

/*
 * Shows what the partition with the focus has written last, up to where its output is read. Its EL2
 * does not write there: the ring has more memory than may wait in it.
 */
static void show_last(uint32_t lines)
{
	const struct console_slot *const slot = &console_slots[mux->focus];
	const uint32_t end_read = atomic_load_explicit(&slot->in.output_read, memory_order_relaxed);
	const uint32_t limit = end_read - (end_read < LAST_BYTES ? end_read : LAST_BYTES);
	uint32_t unfinished = limit, first = limit, at = end_read, found = 0;

	/* The unfinished line begins behind the last line end, the others behind more. */
	for (; at != limit && found <= lines; at--) {
		if (byte_at(slot, at - 1) != '\n')
			continue;
		first = at;
		unfinished = found++ == 0 ? at : unfinished;
	}
	/* Whole lines; the first of all is one too. */
	if (limit == 0 && found <= lines)
		first = 0;
	stage_text("bulkhead: input goes to ");
	stage_text(system_plan.partitions[mux->focus].name);
	stage_text(first != unfinished ? ", which wrote last:\r\n" : "\r\n");
	show_lines(slot, first, unfinished);
	/* What has been written over is not shown. */
	for (at = unfinished; at + 1 < end_read; at++)
		unfinished = byte_at(slot, at) == '\r' ? at + 1 : unfinished;
	for (; unfinished != end_read; unfinished++)
		stage_focused_byte(byte_at(slot, unfinished));
}

static void finish_move(void)
{
	set_focus(0);
	mux->focus = monitor->partition;
	set_focus(1);
	monitor->command = NULL;
	monitor->is_open = false;
	show_last(monitor->mark);
}

/* The next line of the output; a live table begins anew, in its own place, a second later. */
static void show_line(void)
{
	char line[MONITOR_LINE_SIZE] = "";

	if (monitor->refresh_at != 0) {
		if (arch_counter() < monitor->refresh_at)
			return;
		/* Cursor up, erase all below. */
		(void)format(line, sizeof(line), "\033[%uA\033[J", (unsigned)monitor->line);
		stage_text(monitor->is_disturbed ? "" : line);
		begin(monitor->command);
	}
	do {
		line[0] = '\0';
		if (!monitor_line(monitor->line, line, sizeof(line))) {
			if (!monitor->is_live) {
				end();
				return;
			}
			monitor->refresh_at = arch_counter() + arch_counter_frequency();
			housekeeping_set_timer(TIMER_MONITOR, monitor->refresh_at);
			return;
		}
		monitor->line++;
	} while (line[0] == '\0');
	stage_text(line);
	stage_text("\r\n");
}

void monitor_turn(void)
{
	/* An exception has ended the last turn: begin anew. */
	if (monitor->is_inside) {
		memset(monitor, 0, sizeof(*monitor));
		mux->is_on_line = false;
		set_focus(1);
	}
	monitor->is_inside = true;
	take_keys();
	if (monitor->command != NULL && stage_is_empty()) {
		if (monitor->command->line != NULL)
			show_line();
		else
			finish_move();
	}
	monitor->is_listening = monitor->is_open || monitor->is_escaped;
	monitor->is_due = monitor->command != NULL ? monitor->refresh_at == 0
						   : monitor->taken != monitor->typed;
	monitor->is_inside = false;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* The console's monitor: what is typed, and what a move of the focus shows. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/arch.h"
#include "common/console/log.h"
#include "common/console/mux.h"
#include "common/console/mux_input.h"
#include "common/console/record.h"
#include "common/console/slot.h"
#include "common/console/stage.h"
#include "common/plan/system.h"
#include "common/run/health.h"
#include "common/run/housekeeping.h"
#include "common/run/order.h"
#include "common/run/view.h"
#include "tests/unit/monitoring.h"

static void keys_go_to_the_focus(void **state)
{
	(void)state;
	type("ab\r\x1b");
	assert_screen("");
	assert_string_equal(input_of(0), "ab\r\x1b");
	type(ESCAPE_KEY ESCAPE_KEY "c");
	assert_screen("");
	assert_string_equal(input_of(0), "ab\r\x1b" ESCAPE_KEY "c");
}

static void digits_move_the_focus(void **state)
{
	(void)state;
	/* What is typed behind it is for the new one, and what was before for the old one. */
	type("a" ESCAPE_KEY "1b");
	assert_screen("bulkhead: input goes to linux0\r\n");
	assert_string_equal(input_of(0), "a");
	assert_string_equal(input_of(1), "b");
	assert_int_equal(housekeeping.mux.focus, 1);
	assert_int_equal(console_slots[0].in.has_focus, 0);
	assert_int_equal(console_slots[1].in.has_focus, 1);
	type("c" ESCAPE_KEY "2" ESCAPE_KEY "0d");
	assert_screen("bulkhead: input goes to direct\r\nbulkhead: input goes to rt0\r\n");
	assert_string_equal(input_of(0), "ad");
	assert_string_equal(input_of(1), "bc");
}

/* A partition that is not there is no place to go: the digit begins a line. */
static void other_keys_open_the_monitor(void **state)
{
	(void)state;
	type(ESCAPE_KEY "9");
	assert_screen(OPENS PROMPT "9");
	type("\x15\x04");
	type(ESCAPE_KEY "\r");
	assert_screen(OPENS PROMPT "\r\n" PROMPT);
	type("x" ESCAPE_KEY "y");
	assert_screen("xy");
	assert_string_equal(input_of(0), "");
}

static void two_ways_out(void **state)
{
	static const char *const ways[] = {"quit\r", "\x04"};

	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		type(ESCAPE_KEY "\r");
		type(ways[i]);
		assert_shows("\r\nbulkhead: input goes to rt0\r\n");
		assert_false(housekeeping.mux.monitor.is_open);
	}
	type("a");
	assert_string_equal(input_of(0), "a");
	/* ^D ends no line that has begun. */
	type(ESCAPE_KEY "a\x04");
	assert_true(housekeeping.mux.monitor.is_open);
}

/* Arrows, function keys, mice: nothing of them is typed, here or into the guest. */
static void keys_that_are_no_text(void **state)
{
	static const char *const keys[] = {"\x1b[A",	"\x1bOP", "\x1b[3~",	"\x1b[1;5C",
					   "\x1b[200~", "\x1bx",  "\x1b\x1b[B", "\x1b[[A"};

	(void)state;
	type(ESCAPE_KEY "l");
	for (unsigned i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		type(keys[i]);
		assert_screen("");
	}
	/* Control characters are keys, also behind a lone Esc. */
	type("xy\x1b\x7f\x1b[\b");
	assert_screen("xy\b \b\b \b");
	type("ist\x1b\r");
	assert_shows("ist\r\npartition");
	/* The escape key begins anew. */
	type("\x1b" ESCAPE_KEY "?");
	assert_shows("?\r\n");
	assert_shows("show all partitions");
	type("stats live\r");
	type("\x1b[A");
	assert_null(strstr(screen, "[A"));
	assert_string_equal(input_of(0), "");
}

/* While the monitor is open nobody need be told of unfinished lines: only whole ones are shown. */
static void open_monitor_has_the_focus(void **state)
{
	(void)state;
	type(ESCAPE_KEY "1");
	assert_int_equal(console_slots[1].in.has_focus, 1);
	type(ESCAPE_KEY "\r");
	assert_int_equal(console_slots[1].in.has_focus, 0);
	type("quit\r");
	assert_int_equal(console_slots[1].in.has_focus, 1);
}

static void names_move_the_focus(void **state)
{
	(void)state;
	type(ESCAPE_KEY "linux0\rls\r");
	assert_screen(OPENS PROMPT "linux0\r\nbulkhead: input goes to linux0\r\n");
	assert_string_equal(input_of(1), "ls\r");
	type(ESCAPE_KEY "\r");
	type(ESCAPE_KEY "2a");
	assert_int_equal(housekeeping.mux.focus, 2);
	assert_string_equal(input_of(2), "a");
	/* In full, and alone. */
	type(ESCAPE_KEY "linux\r");
	assert_shows("linux: neither a command nor a partition; try help\r\n" PROMPT);
	type("linux0 x\r");
	assert_shows("linux0: this has no such argument");
	assert_int_equal(housekeeping.mux.focus, 2);
}

static void lines_can_be_edited(void **state)
{
	(void)state;
	type(ESCAPE_KEY "listx\b");
	assert_screen(OPENS PROMPT "listx\b \b");
	type("\x7f\x7f\x7f\x7f\x7f\x7f\x7f");
	assert_screen("\b \b\b \b\b \b\b \b");
	type("version\r");
	assert_shows("Bulkhead 0.1\r\n" PROMPT);
	type("abc\x15version\r");
	assert_shows("\r\nBulkhead 0.1\r\n");
	type("abc\x03  version  \r");
	assert_shows("\r\nBulkhead 0.1\r\n");
	type("\t\x01\x80\xff\x02version\n");
	assert_shows("version\r\nBulkhead 0.1\r\n");
	/* The line is where it was when another's has been shown. */
	type("ver");
	stage_hide_unfinished();
	stage_text("rt0| other\r\n");
	stage_show_unfinished();
	type("sion\r");
	assert_screen("\r\033[Krt0| other\r\n" PROMPT "version\r\nBulkhead 0.1\r\n" PROMPT);
}

static void too_long_a_line_does_nothing(void **state)
{
	static const char said[] = "the line is too long";
	char *found;

	(void)state;
	type(ESCAPE_KEY "stop rt0");
	for (unsigned i = 0; i < 10000; i += 100) {
		char hundred[101];

		memset(hundred, i < 200 ? ' ' : 'x', 100);
		hundred[100] = '\0';
		type(hundred);
	}
	type("\r");
	assert_shows(said);
	found = strstr(screen, said);
	assert_null(strstr(found + 1, said));
	assert_int_equal(ordered, ORDER_NONE);
	/* More than may wait for a turn is lost; the rest of the state is as it was. */
	for (unsigned i = 0; i < 100; i++)
		press("0123456789012345678901234567890123456789012345678901234567890123456789\x15");
	show_all();
	type("\x15version\r");
	assert_shows("Bulkhead 0.1");
	/* Exactly what fits is no longer too long. */
	type("                                                                         version\r");
	assert_shows("Bulkhead 0.1");
	type("                                                                          version\r");
	assert_shows(said);
}

static void every_typed_line_is_answered(void **state)
{
	const char *at = screen;
	unsigned answers = 0;

	(void)state;
	screen_size = 0;
	press(ESCAPE_KEY "list\rstats\r\rversion\rplan\rmap\rfoo\rhelp\rlog rt0\rversion\r");
	show_all();
	while ((at = strstr(at, PROMPT)) != NULL) {
		answers++;
		at++;
	}
	assert_int_equal(answers, 11);
	assert_shows("version\r\nBulkhead 0.1\r\n");
}

/* As if the last turn had not come back. */
static void an_exception_closes_it(void **state)
{
	(void)state;
	type(ESCAPE_KEY "stats live\r");
	housekeeping.mux.monitor.is_inside = true;
	housekeeping.mux.monitor.is_due = true;
	type("");
	assert_false(housekeeping.mux.monitor.is_open);
	type("a");
	assert_string_equal(input_of(0), "a");
	type(ESCAPE_KEY "version\r");
	assert_shows("Bulkhead 0.1");
}

static void last_lines_are_shown_again(void **state)
{
	(void)state;
	writes(1, "one\r\ntwo\r\n");
	type(ESCAPE_KEY "1");
	assert_screen("bulkhead: input goes to linux0, which wrote last:\r\none\r\ntwo\r\n");
	writes(1, "$ l");
	type(ESCAPE_KEY "1");
	assert_shows("last:\r\none\r\ntwo\r\nlinux0| $ l");
	/* What leaves the monitor shows the unfinished line alone. */
	type(ESCAPE_KEY "\r\x04");
	assert_shows("\r\nbulkhead: input goes to linux0\r\nlinux0| $ l");
	assert_true(housekeeping.mux.is_on_line);
	/* No more than so many lines. */
	for (unsigned i = 0; i < 100; i++) {
		char line[16];

		(void)snprintf(line, sizeof(line), "line %u\n", i);
		writes(1, line);
	}
	type(ESCAPE_KEY "1");
	assert_shows("last:\r\nline 84\r\nline 85\r\n");
	assert_shows("line 99\r\n");
}

static void what_is_not_read_is_not_shown(void **state)
{
	(void)state;
	writes(1, "read\n");
	memcpy(&console_slots[1].out.output[console_slots[1].out.output_written], "unread\n", 7);
	console_slots[1].out.output_written += 7;
	type(ESCAPE_KEY "1");
	assert_screen("bulkhead: input goes to linux0, which wrote last:\r\nread\r\n");
	assert_int_equal(console_slots[1].in.output_read, 5);
}

static void what_is_shown_again_is_harmless(void **state)
{
	(void)state;
	writes(1, "a\033[6nb\033[2Jc\033]2;x\ad\x90\n\033[1munfinished\033[6n\rover");
	type(ESCAPE_KEY "1");
	assert_shows("last:\r\nabc2;x\ad.\r\n");
	assert_shows("linux0| over");
	assert_null(strstr(screen, "\033[6n"));
	/* A carriage return at the end: the next byte shows what it means. */
	writes(2, "half\r");
	type(ESCAPE_KEY "2");
	assert_shows("direct| half");
	assert_true(housekeeping.mux.carriage_return);
}

/* The ring at its end, indices at theirs, lines without end: nothing is cut on the way. */
static void rings_and_indices_wrap(void **state)
{
	static const uint32_t starts[] = {0, CONSOLE_OUTPUT_RING - 100, UINT32_MAX - 700};
	static char text[3 * CONSOLE_OUTPUT_RING];

	(void)state;
	for (unsigned i = 0; i < 3; i++) {
		struct console_slot *const slot = &console_slots[1];

		slot->out.output_written = starts[i];
		slot->in.output_read = starts[i];
		for (unsigned line = 0; line < 50; line++)
			writes(1, "0123456789012345678901234567890123456789\n");
		type(ESCAPE_KEY "1");
		assert_shows("last:\r\n0123456789012345678901234567890123456789\r\n");
		assert_int_equal(screen_size, 51 + 16 * 42);
	}
	/* One line of more than is kept; many '\n's; many '\r's. */
	for (unsigned i = 0; i < 3; i++) {
		memset(text, "x\n\r"[i], sizeof(text) - 1);
		writes(1, text);
		type(ESCAPE_KEY "1");
		assert_true(screen_size < CONSOLE_STAGE_SIZE);
		type(ESCAPE_KEY "0");
	}
	/* Lines of which so many do not fit: whole ones. */
	memset(text, 'y', 300);
	strcpy(text + 300, "\n");
	for (unsigned i = 0; i < 20; i++)
		writes(1, text);
	type(ESCAPE_KEY "1");
	assert_int_equal(screen_size, 51 + 4 * 302);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(keys_go_to_the_focus, monitor_set_up),
		cmocka_unit_test_setup(digits_move_the_focus, monitor_set_up),
		cmocka_unit_test_setup(other_keys_open_the_monitor, monitor_set_up),
		cmocka_unit_test_setup(two_ways_out, monitor_set_up),
		cmocka_unit_test_setup(keys_that_are_no_text, monitor_set_up),
		cmocka_unit_test_setup(open_monitor_has_the_focus, monitor_set_up),
		cmocka_unit_test_setup(names_move_the_focus, monitor_set_up),
		cmocka_unit_test_setup(lines_can_be_edited, monitor_set_up),
		cmocka_unit_test_setup(too_long_a_line_does_nothing, monitor_set_up),
		cmocka_unit_test_setup(every_typed_line_is_answered, monitor_set_up),
		cmocka_unit_test_setup(an_exception_closes_it, monitor_set_up),
		cmocka_unit_test_setup(last_lines_are_shown_again, monitor_set_up),
		cmocka_unit_test_setup(what_is_not_read_is_not_shown, monitor_set_up),
		cmocka_unit_test_setup(what_is_shown_again_is_harmless, monitor_set_up),
		cmocka_unit_test_setup(rings_and_indices_wrap, monitor_set_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* The console's monitor: what is typed, what it answers, and what a move of the focus shows. */
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

#define ESCAPE_KEY "\x0f" /* ^O */
#define PROMPT	   "bulkhead> "
#define OPENS	   "\033[m\033(B\033[?25h" /* whatever a guest has set */
#define FREQUENCY  1000

struct plan system_plan;
struct partition this_partition;
struct housekeeping housekeeping;
struct record record;
struct console_slot console_slots[PLAN_MAX_PARTITIONS];

/* As the page tables and the linker script do it. */
static union partition_view views[PLAN_MAX_PARTITIONS];
extern const union partition_view partition_views[PLAN_MAX_PARTITIONS]
	__attribute__((alias("views")));

static uint64_t now;
static uint64_t timer;
static uint32_t ordered_partition;
static enum order ordered;
static enum order_result result;
static char screen[65536];
static size_t screen_size;

uint64_t arch_counter(void)
{
	return now;
}

uint64_t arch_counter_frequency(void)
{
	return FREQUENCY;
}

void arch_relax(void)
{
}

void arch_kick_cpu(uint32_t cpu)
{
	(void)cpu;
}

void arch_pend_interrupt(uint32_t intid)
{
	(void)intid;
}

void arch_count_exits(uint32_t partition, uint64_t counts[EXIT_CLASSES])
{
	for (unsigned class = 0; class < EXIT_CLASSES; class ++)
		counts[class] = 100 * partition + class;
}

void housekeeping_set_timer(enum housekeeping_timer which, uint64_t at)
{
	assert_int_equal(which, TIMER_MONITOR);
	timer = at;
}

enum order_result order_give(uint32_t partition, enum order order, uint32_t source)
{
	assert_int_equal(source, ORDER_BY_CONSOLE);
	ordered_partition = partition;
	ordered = order;
	return result;
}

void arch_clean(const void *memory, uint64_t size)
{
	(void)memory;
	(void)size;
}

/* As the multiplexer does it: a turn when the stage is empty, all of it to the UART. */
static void show_all(void)
{
	for (;;) {
		while (!stage_is_empty()) {
			assert_true(screen_size < sizeof(screen) - 1);
			screen[screen_size++] = (char)stage_take();
		}
		if (!housekeeping.mux.monitor.is_due)
			break;
		monitor_turn();
		assert_true(stage_size() < CONSOLE_STAGE_SIZE);
		assert_false(stage_is_empty() && housekeeping.mux.monitor.is_due);
	}
	screen[screen_size] = '\0';
}

/* Keys without a turn in between. */
static void press(const char *keys)
{
	while (*keys != '\0')
		mux_receive((uint8_t)*keys++);
}

static void type(const char *keys)
{
	screen_size = 0;
	press(keys);
	show_all();
}

/* Its lines, as the terminal has them. */
static void assert_shows(const char *text)
{
	if (strstr(screen, text) == NULL)
		fail_msg("\"%s\" is not in \"%s\"", text, screen);
}

static void assert_screen(const char *text)
{
	assert_string_equal(screen, text);
}

static const char *input_of(uint32_t partition)
{
	static char text[CONSOLE_INPUT_SIZE + 1];
	const struct console_in *const in = &console_slots[partition].in;

	memcpy(text, in->input, in->input_written);
	text[in->input_written] = '\0';
	return text;
}

/* The partition writes, and all of it is read. */
static void writes(uint32_t partition, const char *text)
{
	struct console_slot *const slot = &console_slots[partition];

	for (; *text != '\0'; text++)
		slot->out.output[slot->out.output_written++ % CONSOLE_OUTPUT_RING] = (uint8_t)*text;
	slot->in.output_read = slot->out.output_written;
}

static void add_event(uint32_t partition, struct health_event event)
{
	struct health_log *const log = &views[partition].partition.health;

	log->events[log->count++ % HEALTH_EVENTS] = event;
}

static int set_up(void **state)
{
	static const char *const names[] = {"rt0", "linux0", "direct"};

	(void)state;
	memset(&system_plan, 0, sizeof(system_plan));
	memset(&housekeeping, 0, sizeof(housekeeping));
	memset(console_slots, 0, sizeof(console_slots));
	memset(views, 0, sizeof(views));
	system_plan.partition_count = 3;
	for (uint32_t i = 0; i < 3; i++) {
		strcpy(system_plan.partitions[i].name, names[i]);
		system_plan.partitions[i].cpu_count = 1;
		system_plan.partitions[i].cpus[0] = (uint8_t)i;
	}
	housekeeping.mux.partitions = 3;
	housekeeping.mux.name_width = 6;
	housekeeping.mux.escape_key = ESCAPE_KEY[0];
	console_slots[0].in.has_focus = 1;
	now = 0;
	timer = 0;
	ordered = ORDER_NONE;
	result = ORDER_GIVEN;
	screen_size = 0;
	return 0;
}

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

static void help_shows_every_command(void **state)
{
	(void)state;
	type(ESCAPE_KEY "?");
	assert_shows("?\r\n  help ");
	for (const char *const *name =
		     (const char *const[]){"list", "stats [live]", "log NAME", "stop NAME",
					   "start NAME", "restart NAME", "plan", "map", "version",
					   "quit", "^O ^O", NULL};
	     *name != NULL; name++)
		assert_shows(*name);
	assert_true(housekeeping.mux.monitor.is_open);
}

static void list_shows_all_that_is(void **state)
{
	(void)state;
	now = 3723 * FREQUENCY;
	views[0].partition.restarts = 7;
	views[1].partition.state = PARTITION_STOPPED;
	views[2].partition.state = PARTITION_FAILED;
	system_plan.partitions[2].direct_interrupts = 1;
	system_plan.partitions[0].cpu_count = 2;
	system_plan.partitions[0].cpus[1] = 3;
	add_event(1, (struct health_event){.kind = HEALTH_SHUTDOWN});
	type(ESCAPE_KEY "list\r");
	assert_shows(
		"\r\nrt0        *0     running     0 3       virtual         7    1:02:03  \r\n");
	assert_shows("linux0      1     stopped     1         virtual         0          -  "
		     "switched itself off\r\n");
	assert_shows("direct      2     failed      2         direct ");
}

/* A partition whose EL2 has failed may have written anything. */
static void garbage_harms_nobody(void **state)
{
	(void)state;
	memset(views, 0xff, sizeof(views));
	type(ESCAPE_KEY "list\rstats\rlog rt0\rlog linux0\r");
	assert_shows("?  ");
	memset(views, 0x5a, sizeof(views));
	type("list\rstats\rlog rt0\rlog linux0\r");
	assert_shows("nothing");
}

static void stats_are_shown_live(void **state)
{
	(void)state;
	type(ESCAPE_KEY "stats\r");
	assert_shows("\r\ndirect            200         201         202         203         204");
	assert_int_equal(timer, 0);
	type("stats live\r");
	assert_int_equal(timer, FREQUENCY);
	/* Not before its time. */
	housekeeping.mux.monitor.is_due = true;
	type("");
	assert_screen("");
	now = FREQUENCY;
	housekeeping.mux.monitor.is_due = true;
	type("");
	assert_shows("\033[4A\033[Jpartition ");
	assert_int_equal(timer, 2 * FREQUENCY);
	/* Not over the lines of others. */
	stage_hide_unfinished();
	now = timer;
	housekeeping.mux.monitor.is_due = true;
	type("");
	assert_null(strstr(screen, "\033["));
	assert_shows("partition ");
	type("q");
	assert_screen(PROMPT);
	assert_int_equal(timer, 0);
	type("stats live\r");
	type(ESCAPE_KEY "1");
	assert_int_equal(housekeeping.mux.focus, 1);
	type(ESCAPE_KEY "stats dead\r");
	assert_shows("stats: this has no such argument");
}

static void plan_and_map(void **state)
{
	struct plan_partition *const rt0 = &system_plan.partitions[0];

	(void)state;
	rt0->region_count = 2;
	rt0->regions[0] = (struct plan_region){.host = pa(0x40000000), .size = 0x200000};
	rt0->regions[1] = (struct plan_region){.host = pa(0x80000000), .size = 0x100000};
	rt0->on_reset = PLAN_RESTART;
	rt0->on_crash = PLAN_RESET_BOARD;
	system_plan.partitions[1].device_region_first = 1;
	system_plan.partitions[1].device_region_count = 1;
	system_plan.partitions[1].device_count = 1;
	system_plan.device_region_count = 2;
	system_plan.device_regions[1] = (struct plan_region){.host = pa(0x9030000), .size = 0x1000};
	system_plan.hypervisor = (struct plan_range){pa(0x60000000), 0x100000};
	system_plan.board.feed_watchdog = 1000;
	system_plan.board.watchdog_control = pa(0x2a440000);
	system_plan.board.watchdog_refresh = pa(0x2a450000);
	system_plan.board.redistributor_count = 1;
	system_plan.board.redistributors[0] = (struct plan_range){pa(0x80a0000), 0xf60000};
	type(ESCAPE_KEY "plan\r");
	assert_shows("\r\nrt0        0              3072        2        0  stop         restart  "
		     "    reset-board  -\r\n");
	type("map\r");
	assert_screen("map\r\n"
		      "  0x0060000000-0x00600fffff        1024 KiB  hypervisor\r\n"
		      "  0x002a440000-0x002a440fff           4 KiB  watchdog, control\r\n"
		      "  0x002a450000-0x002a450fff           4 KiB  watchdog, refresh\r\n"
		      "  0x00080a0000-0x0008ffffff       15744 KiB  GIC redistributors\r\n"
		      "  0x0040000000-0x00401fffff        2048 KiB  RAM of rt0\r\n"
		      "  0x0080000000-0x00800fffff        1024 KiB  RAM of rt0\r\n"
		      "  0x0009030000-0x0009030fff           4 KiB  device of linux0\r\n" PROMPT);
}

static void log_says_what_has_happened(void **state)
{
	(void)state;
	type(ESCAPE_KEY "log linux0\r");
	assert_shows("nothing has happened to it\r\n");
	add_event(1,
		  (struct health_event){
			  .time = 1234, .kind = HEALTH_ACCESS, .esr = 0x93820045, .ipa = 0x1000});
	add_event(1, (struct health_event){.time = 2001, .kind = HEALTH_RESET});
	type("log linux0\r");
	assert_shows("     1.234 s  access outside its memory at 0x1000, PC 0x0, ESR 0x93820045");
	assert_shows("ESR: data abort: translation fault, level 1, write of 4 bytes\r\n"
		     "     2.001 s  asked for a reset\r\n" PROMPT);
}

/* One less than there is room for: the writer may be at the oldest. */
static void log_shows_whole_events_alone(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < 100; i++)
		add_event(0, (struct health_event){.kind = HEALTH_STARTED, .number = i});
	type(ESCAPE_KEY "log rt0\r");
	assert_null(strstr(screen, "restart 68,"));
	assert_shows("restart 69,");
	assert_shows("restart 99,");
	/* More come while it is shown. */
	screen_size = 0;
	press("log rt0\r");
	for (unsigned turn = 0; turn < 3; turn++) {
		monitor_turn();
		while (!stage_is_empty())
			screen[screen_size++] = (char)stage_take();
	}
	for (uint32_t i = 100; i < 108; i++)
		add_event(0, (struct health_event){.kind = HEALTH_STARTED, .number = i});
	show_all();
	assert_shows("restart 70,");
	assert_shows("newer events have taken the place of one");
	assert_null(strstr(screen, "restart 76,"));
	assert_shows("restart 77,");
	assert_shows("restart 99,");
	assert_null(strstr(screen, "restart 100,"));
}

static void orders_are_given(void **state)
{
	static const struct {
		const char *typed;
		enum order order;
		uint32_t partition;
	} rows[] = {
		{"stop rt0\r", ORDER_STOP, 0},
		{"start linux0\r", ORDER_START, 1},
		{"restart direct\r", ORDER_RESTART, 2},
	};

	(void)state;
	type(ESCAPE_KEY "\r");
	for (unsigned i = 0; i < 3; i++) {
		type(rows[i].typed);
		assert_int_equal(ordered, rows[i].order);
		assert_int_equal(ordered_partition, rows[i].partition);
		assert_shows(": ordered\r\n" PROMPT);
	}
	result = ORDER_BROKEN;
	type("start direct\r");
	assert_shows("direct: EL2 has failed in it: reset the board\r\n" PROMPT);
	ordered = ORDER_NONE;
	type("stop\r");
	assert_shows("stop: which partition? list has their names\r\n");
	type("stop nobody\r");
	assert_shows("stop: which partition?");
	type("stop rt0 now\r");
	assert_shows("stop: which partition?");
	type("version now\r");
	assert_shows("version: this has no such argument; try help\r\n");
	assert_int_equal(ordered, ORDER_NONE);
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
		cmocka_unit_test_setup(keys_go_to_the_focus, set_up),
		cmocka_unit_test_setup(digits_move_the_focus, set_up),
		cmocka_unit_test_setup(other_keys_open_the_monitor, set_up),
		cmocka_unit_test_setup(two_ways_out, set_up),
		cmocka_unit_test_setup(keys_that_are_no_text, set_up),
		cmocka_unit_test_setup(open_monitor_has_the_focus, set_up),
		cmocka_unit_test_setup(names_move_the_focus, set_up),
		cmocka_unit_test_setup(lines_can_be_edited, set_up),
		cmocka_unit_test_setup(too_long_a_line_does_nothing, set_up),
		cmocka_unit_test_setup(every_typed_line_is_answered, set_up),
		cmocka_unit_test_setup(help_shows_every_command, set_up),
		cmocka_unit_test_setup(list_shows_all_that_is, set_up),
		cmocka_unit_test_setup(garbage_harms_nobody, set_up),
		cmocka_unit_test_setup(stats_are_shown_live, set_up),
		cmocka_unit_test_setup(plan_and_map, set_up),
		cmocka_unit_test_setup(log_says_what_has_happened, set_up),
		cmocka_unit_test_setup(log_shows_whole_events_alone, set_up),
		cmocka_unit_test_setup(orders_are_given, set_up),
		cmocka_unit_test_setup(an_exception_closes_it, set_up),
		cmocka_unit_test_setup(last_lines_are_shown_again, set_up),
		cmocka_unit_test_setup(what_is_not_read_is_not_shown, set_up),
		cmocka_unit_test_setup(what_is_shown_again_is_harmless, set_up),
		cmocka_unit_test_setup(rings_and_indices_wrap, set_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

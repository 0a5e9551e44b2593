/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The monitor: what the operator can ask of EL2. Housekeeping CPU only.
 *
 *   closed --- escape key, and any but itself and digits ---> open: a line is typed <---+
 *      ^                                                       | Enter                  | last line
 *      +------- a move of the focus, also to who has it -------+------ a command -------+
 *
 * All of it lies in the demand section, which is mapped while monitor_turn() runs and never else;
 * mux_receive() leaves the typed bytes in keys, and next_text() gives the monitor its turn among
 * the partitions. A turn stages one line of a command's output, or takes keys as far as there is
 * room for what they show. The line that is typed is the screen's unfinished line (stage.h).
 *
 * Of other partitions it reads through views alone (common/run/view.h), and takes no number there
 * for good.
 */
#ifndef BULKHEAD_CONSOLE_MONITOR_H
#define BULKHEAD_CONSOLE_MONITOR_H

#include <stdbool.h>
#include <stdint.h>

#define MONITOR_KEYS 1024 /* that may wait for their turn */

struct monitor_command;

/* Where the keys are in a sequence that is no text. */
enum monitor_skip {
	SKIP_NONE,
	SKIP_BEHIND_ESCAPE,
	SKIP_SEQUENCE,
};

struct monitor {
	bool is_due;	   /* it has something to do */
	bool is_open;	   /* no partition's text is shown as it comes */
	bool is_escaped;   /* the escape key was the last */
	bool is_listening; /* one of these two: the next byte is for the monitor */
	bool is_inside;	   /* it runs; if it has not come back, an exception in EL2 has ended it */
	bool is_disturbed; /* lines of others have been shown, behind the live table */
	bool is_too_long;  /* what is typed */
	enum monitor_skip skip;
	bool is_live;			       /* the command's output is shown again and again */
	const struct monitor_command *command; /* whose output comes; NULL: none */
	uint32_t partition;		       /* its argument */
	uint32_t line;			       /* of its output, the next */
	uint32_t mark;			       /* what it keeps from line to line */
	uint64_t refresh_at; /* system counter; 0: the live table is not complete yet */
	uint32_t typed;	     /* of all keys, and taken */
	uint32_t taken;
	uint8_t keys[MONITOR_KEYS];
};

/* monitor_turn(), where running code can name it: for arch_on_demand(). */
void monitor_gate(void);

/* Does what is due next. Nothing is staged only if nothing is due any more. */
void monitor_turn(void);

#endif

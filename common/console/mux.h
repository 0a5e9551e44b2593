/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The console multiplexer: one UART for all partitions. Housekeeping CPU only.
 *
 * Output. Each partition's ring is drained in whole lines with the partition's name in front. The
 * partition with the input focus is shown as it comes, so that a prompt appears; when another's
 * line comes in between, the unfinished line is taken off the screen and put back behind it:
 *
 *   rings, events --next_text()--> stage (one line at most) --drain--> UART, a FIFO at a time
 *
 * Input goes to the partition with the focus, or, behind the escape key, to the monitor, which is
 * one more source of text (monitor.h).
 *
 * All work is bounded: one call writes at most one FIFO and reads at most one, and all calls of a
 * period together spend no more than an allowance, whatever the guests write:
 *
 *   quiet     --- a writer kicks, something is there ------------> draining
 *             <-- the alarm, and nothing was there -------------
 *
 * While draining, writers do not kick: the alarm looks again after each period, and the UART's
 * transmit interrupt as soon as there is room, until the period's allowance is used up.
 */
#ifndef BULKHEAD_CONSOLE_MUX_H
#define BULKHEAD_CONSOLE_MUX_H

#include <stdbool.h>
#include <stdint.h>

#include "common/console/filter.h"
#include "common/console/monitor.h"
#include "common/console/uart.h"

#define CONSOLE_LONG_LINE  256 /* bytes after which a line is cut */
#define CONSOLE_STAGE_SIZE 1536

/* Bytes for the UART in one go: the usual FIFO, and the time in EL2 stays short. */
#define CONSOLE_DRAIN_LIMIT 32

/* Received bytes that are taken in one go: no FIFO is deeper, and some interrupt by edges. */
#define CONSOLE_READ_LIMIT 256

/* A period, and the bytes that are taken from rings or given to the UART in it. */
#define CONSOLE_PERIODS_PER_SECOND 1000
#define CONSOLE_PERIOD_WORK	   2048
#define CONSOLE_TEXT_WORK	   16 /* what finding a line costs, in bytes */

struct console_mux {
	struct uart uart; /* none: all output is dropped */
	uint32_t partitions;
	uint32_t focus;
	uint32_t name_width; /* of the longest name */
	uint32_t next;	     /* whose turn it is: a partition's, the monitor's */
	uint32_t work;	     /* done in this period, of CONSOLE_PERIOD_WORK */
	uint64_t period;     /* ticks of the system counter */
	uint64_t reset_at;   /* system counter: when the board is reset; 0: not yet asked for */
	bool is_all_said;    /* before the reset */
	uint16_t searched[PLAN_MAX_PARTITIONS]; /* line_length() */
	uint32_t events_shown[PLAN_MAX_PARTITIONS];
	uint32_t log_partition; /* for log_turn() */
	uint8_t escape_key;
	bool is_draining;
	bool carriage_return; /* held back until the next byte shows what it means */
	bool is_on_line;      /* the focused partition's, or monitor's, unfinished line is shown */
	struct filter filter; /* of the focused partition's output */
	/* That line as far as it was shown. */
	uint32_t shown;
	uint8_t shown_line[CONSOLE_LONG_LINE];
	/* Bytes on their way to the UART. */
	uint32_t stage_read;
	uint32_t stage_written;
	uint8_t stage[CONSOLE_STAGE_SIZE];
	struct monitor monitor;
};

/* Takes the UART over from boot. Before the first guest runs. */
void console_mux_start(void);

/* The UART's interrupt. */
void console_mux_interrupt(void);

/* Somebody has written to a ring. */
void console_mux_drain(void);

/* TIMER_CONSOLE and TIMER_MONITOR are due (common/run/housekeeping.h). */
void console_mux_alarm(void);
void console_mux_refresh(void);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* The monitor's commands: a row each. In the demand section, as the monitor is (monitor.h). */
#ifndef BULKHEAD_CONSOLE_MONITOR_COMMANDS_H
#define BULKHEAD_CONSOLE_MONITOR_COMMANDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/run/order.h"

#define MONITOR_LINE_SIZE 240

enum monitor_argument {
	ARGUMENT_NONE,
	ARGUMENT_LIVE,	    /* perhaps the word "live" */
	ARGUMENT_PARTITION, /* a partition's name */
};

struct monitor_command {
	const char *name;
	enum monitor_argument argument;
	const char *help; /* NULL: help does not show it */
	/*
	 * Writes the n-th line of the output; empty: none is shown. False: the one before was the
	 * last. Bounded work. NULL: the monitor is left.
	 */
	bool (*line)(uint32_t n, char *out, size_t size);
	const char *title; /* of a table, whose lines are partitions; their names stand in front */
	enum order order;  /* that it gives */
};

/* The last row has no name. */
extern const struct monitor_command monitor_commands[];

/* A line of the output of the command that runs, as above. */
bool monitor_line(uint32_t n, char *out, size_t size);

#endif

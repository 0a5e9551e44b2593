/* SPDX-License-Identifier: Apache-2.0 */
/* Running another program, and reading files whole. */
#ifndef BULKHEAD_IMAGEBUILDER_RUN_H
#define BULKHEAD_IMAGEBUILDER_RUN_H

#include <stdbool.h>
#include <stddef.h>

/* Bytes of a file or an output; a NUL follows them. */
struct bytes {
	char *data;
	size_t size;
};

/*
 * Runs a program (arguments[0], found by PATH; the list ends with NULL) and collects its standard
 * output. False: it is not there, or it failed; the first is reported.
 */
bool run_program(char *const arguments[], struct bytes *output);

/*
 * Runs a program of a Debian package that writes files; said is all that it says, to be freed.
 * False: reported, with the first line of that.
 */
bool run_tool(char *const arguments[], const char *package, struct bytes *said);

/* The first line of what a program said, which is cut off behind it. */
const char *first_line(struct bytes *said);

/* A whole file. False: reported. */
bool read_whole(const char *path, struct bytes *contents);

#endif

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

/* A whole file. False: reported. */
bool read_whole(const char *path, struct bytes *contents);

#endif

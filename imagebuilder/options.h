/* SPDX-License-Identifier: Apache-2.0 */
/* imagebuilder's command line. */
#ifndef BULKHEAD_IMAGEBUILDER_OPTIONS_H
#define BULKHEAD_IMAGEBUILDER_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#define OPTIONS_MAX_FOLDERS   8
#define OPTIONS_MAX_LOADS     64
#define OPTIONS_MAX_FIRMWARES 8

/* Exit statuses. */
enum exit_status {
	EXIT_GOOD = 0,
	EXIT_ERRORS = 1, /* the description, its files or the output */
	EXIT_WRONG_USAGE = 2,
	EXIT_NOT_SUPPORTED = 3, /* the plan is good, but this build does not launch it */
};

enum command {
	COMMAND_CHECK,
	COMMAND_PLAN,
	COMMAND_MAP,
	COMMAND_DTB,
	COMMAND_PLACE,
	COMMAND_PACK,
	COMMAND_IMPORT,
	COMMAND_COUNT,
};

struct options {
	enum command command;
	const char *system;	/* SYSTEM.dts or SYSTEM.dtb; of import, CONFIG */
	const char *board;	/* a folder, or a .dts or .dtb; NULL: the system is whole */
	const char *output;	/* -o */
	const char *list;	/* --list, of place */
	const char *partition;	/* --partition, of dtb */
	const char *image_at;	/* --image-at */
	const char *image_file; /* --image */
	const char *tree_at;	/* --tree-at */
	const char *window;	/* --window */
	const char *address_bits;
	const char *key;			      /* --key, of pack: a folder */
	const char *firmwares[OPTIONS_MAX_FIRMWARES]; /* --firmware OFFSET=FILE, of pack */
	unsigned firmware_count;
	const char *folders[OPTIONS_MAX_FOLDERS]; /* --files */
	unsigned folder_count;
	const char *loads[OPTIONS_MAX_LOADS]; /* --load ADDRESS=FILE */
	unsigned load_count;
	bool json;
};

/*
 * Reads the command line. False: there is nothing to do but leave with *status, after help or a
 * complaint has been printed.
 */
bool options_read(int count, char **arguments, struct options *options, enum exit_status *status);

#endif

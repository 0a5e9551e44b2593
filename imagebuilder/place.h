/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Placing the files that a system description names.
 *
 * A module node with bulkhead,file = "path" gets a reg that says where the boot loader will put the
 * file: each distinct file once, in the order of the nodes, each at the beginning of a page, inside
 * a window of memory that the board keeps free. Image and device tree lie in it too, as a rule, and
 * the files behind them:
 *
 *   | image, with its BSS | device tree | room for it to grow | file | file | ...
 */
#ifndef BULKHEAD_IMAGEBUILDER_PLACE_H
#define BULKHEAD_IMAGEBUILDER_PLACE_H

#include <stdbool.h>
#include <stdint.h>

#include "common/plan/report.h"
#include "imagebuilder/board.h"

#define PLACE_MAX_FILES	  128
#define PLACE_MAX_FOLDERS 16
#define PLACE_PATH_SIZE	  1024
#define PLACE_USERS_SIZE  96
#define PLACE_ALIGNMENT	  4096
/* U-Boot adds to the tree where it lies: 12 KiB before it looks, then what it has to say. */
#define PLACE_TREE_GROWTH (64 << 10)

struct placed_file {
	char path[PLACE_PATH_SIZE];
	char users[PLACE_USERS_SIZE]; /* for people: "linux0 kernel, linux1 kernel" */
	uint64_t address;	      /* PA */
	uint64_t size;		      /* bytes */
};

struct placement {
	const char *folders[PLACE_MAX_FOLDERS]; /* where files are looked for, in this order */
	unsigned folder_count;
	uint64_t window_base; /* PA */
	uint64_t window_end;
	uint64_t files_at; /* PA: where the first file may lie */
	struct placed_file files[PLACE_MAX_FILES];
	unsigned file_count;
};

/*
 * Where the files begin: at the start of the window, or behind the image and the tree in it. Where
 * the device tree is to lie is worked out when tree_at is 0. The tree has not been placed yet.
 */
void place_boot(struct placement *placement, const struct board *board, const void *tree,
		uint64_t *tree_at);

/*
 * Replaces bulkhead,file by reg in all modules of all partitions of the tree, which must have room
 * to grow (fdt_open_into()). What is wrong goes into the report, all of it; false then.
 */
bool place_modules(void *tree, struct placement *placement, struct report *report);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the desk must know of a board besides its device tree: where its boot loader puts things.
 *
 * A board's folder may hold a file `layout`, a line for each thing; options override it:
 *
 *   image ADDRESS FILE       where the hypervisor is entered, and its image (for its size)
 *   tree ADDRESS             where the device tree is
 *   modules BASE-END         memory that is free for files
 *   files FOLDER             where bulkhead,file is looked for
 *
 * Paths in it are relative to the folder in which imagebuilder is called, as paths of options are.
 */
#ifndef BULKHEAD_IMAGEBUILDER_BOARD_H
#define BULKHEAD_IMAGEBUILDER_BOARD_H

#include <stdbool.h>
#include <stdint.h>

#include "imagebuilder/options.h"

#define BOARD_PATH_SIZE 1024

struct board {
	char folder[BOARD_PATH_SIZE]; /* of its files; empty: there is no board */
	char tree[BOARD_PATH_SIZE];   /* board.dts or board.dtb */
	bool is_compiled;	      /* the tree is a .dtb */
	bool is_assumed;	      /* no layout and no options: the addresses are guesses */
	uint64_t image_at;	      /* PA; 0: not known */
	uint64_t image_size;	      /* bytes with BSS; 0: not known */
	uint64_t tree_at;	      /* PA; 0: not known */
	uint64_t window_base;	      /* PA */
	uint64_t window_end;
	char folders[OPTIONS_MAX_FOLDERS][BOARD_PATH_SIZE];
	unsigned folder_count;
};

/* Finds the board's files and reads its layout. False: reported. */
bool board_read(const struct options *options, struct board *board);

#endif

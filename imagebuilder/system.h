/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From what the user wrote to one device tree: dtc compiles the description on top of the board's
 * tree, which it includes or which it is an overlay of.
 */
#ifndef BULKHEAD_IMAGEBUILDER_SYSTEM_H
#define BULKHEAD_IMAGEBUILDER_SYSTEM_H

#include <stdbool.h>
#include <stddef.h>

#include "imagebuilder/board.h"

struct system {
	void *tree;	 /* libfdt tree with room to grow */
	size_t room;	 /* bytes of it */
	char *annotated; /* the source as dtc sees it, with files and lines; NULL: not at hand */
};

/* Reads or compiles SYSTEM. False: reported (by dtc itself for errors of syntax). */
bool system_load(const struct options *options, const struct board *board, struct system *system);

void system_free(struct system *system);

#endif

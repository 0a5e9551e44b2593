/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Placing the files that a system description names.
 *
 * A module node with bulkhead,file = "path" gets a reg that says where the boot loader will put the
 * file: each distinct file once, on 2 MiB boundaries, in the order of the nodes, inside a window of
 * memory that the board keeps free for it.
 */
#ifndef BULKHEAD_IMAGEBUILDER_PLACE_H
#define BULKHEAD_IMAGEBUILDER_PLACE_H

#include <stdbool.h>
#include <stdint.h>

#include "common/plan/report.h"

#define PLACE_MAX_FILES	  128
#define PLACE_MAX_FOLDERS 16
#define PLACE_PATH_SIZE	  1024

struct placed_file {
	char path[PLACE_PATH_SIZE];
	uint64_t address;
	uint64_t size;
};

struct placement {
	const char *folders[PLACE_MAX_FOLDERS]; /* where files are looked for, in this order */
	unsigned folder_count;
	uint64_t window_base;
	uint64_t window_end;
	struct placed_file files[PLACE_MAX_FILES];
	unsigned file_count;
};

/*
 * Replaces bulkhead,file by reg in all modules of all partitions of the tree, which must have room
 * to grow (fdt_open_into()). What is wrong goes into the report, all of it; false then.
 */
bool place_modules(void *tree, struct placement *placement, struct report *report);

#endif

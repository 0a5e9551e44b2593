/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Packing: from a good plan to what is flashed.
 *
 * There is one layout in memory, whichever way it gets there, and so one device tree and one plan:
 *
 *   FIT | image, with its BSS | device tree | room for it to grow | file | file | ...
 *       ^ image address A                                         (each at the beginning of a page)
 *
 *   bulkhead-all.img   this memory from A on, as one arm64 Image (pack_image.c)
 *   manifest.json      says what is what (manifest.c)
 *
 * All is written into a staging folder and moved when it is complete: an error leaves the output as
 * it was. The same input gives the same bytes.
 */
#ifndef BULKHEAD_IMAGEBUILDER_PACK_H
#define BULKHEAD_IMAGEBUILDER_PACK_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "common/plan/digest.h"
#include "common/plan/plan.h"
#include "imagebuilder/board.h"
#include "imagebuilder/files.h"
#include "imagebuilder/options.h"
#include "imagebuilder/place.h"

#define PACK_FIT_HEADER UINT64_C(0x10000) /* bytes of bulkhead.itb in front of the image */
#define PACK_NAME_SIZE	64
#define PACK_MAX_PARTS	(PLACE_MAX_FILES + 2)
#define PACK_PATH_SIZE	(BOARD_PATH_SIZE + 64)

/* What the parts are: the image and the tree, then the files. */
#define PACK_IMAGE 0
#define PACK_TREE  1

struct pack_part {
	char name[PACK_NAME_SIZE]; /* of its file: "bulkhead.bin", "system.dtb", "0-linux.Image" */
	char what[PLACE_USERS_SIZE]; /* for people */
	uint64_t address;	     /* PA */
	uint64_t size;		     /* bytes of its contents */
	uint64_t room;		     /* bytes in memory, to the next part: whole pages */
	const void *contents;
};

struct pack {
	const struct options *options;
	const struct board *board;
	const struct plan *plan;
	const char *staging; /* the folder that all is written into */
	struct pack_part parts[PACK_MAX_PARTS];
	unsigned part_count;
	char digest[PLAN_DIGEST_TEXT_SIZE]; /* the plan's */
};

/* Packs the system into the folder options->output. tree: packed, with its files placed. */
bool pack_system(const struct options *options, const struct board *board, const struct plan *plan,
		 const struct placement *placement, const struct files *files, const void *tree);

/*
 * Removes what makes random numbers from the board's tree: a seed that is in a file is no secret,
 * and guests would trust it. Boot loaders put their own there.
 */
void pack_drop_seeds(void *tree);

/* Whether all of it may be written: in the window, in RAM, on nothing else. False: reported. */
bool pack_check(const struct pack *pack, const struct placement *placement, const void *tree);

/* --- For the writers of artefacts. All return false after they have reported an error. --- */

/* Where the memory of all parts ends (PA). */
uint64_t pack_end(const struct pack *pack);

/* Opens a file in the staging folder; path is that of the file, for messages. NULL: reported. */
FILE *pack_open(const struct pack *pack, const char *name, char path[PACK_PATH_SIZE]);

/* Closes it: false when not all could be written. */
bool pack_close(FILE *file, const char *path);

bool pack_image_write(const struct pack *pack);

/* bulkhead.itb, of the parts' files (fit.c). */
bool fit_write(const struct pack *pack);

/* boot.cmd, boot.scr and those for one device each (scripts.c). */
bool scripts_write(const struct pack *pack);

/* sdcard.img, of bulkhead.itb, boot.scr and the parts' files (disk.c). */
bool disk_write(const struct pack *pack);

/* Reads the other artefacts back for their digests: it comes last. */
bool manifest_write(const struct pack *pack);

#endif

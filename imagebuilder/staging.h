/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A folder of files that appear all at once: they are written into a hidden folder inside of it,
 * and moved when all are there. What goes wrong before leaves the folder as it was.
 * Files that the manifest.json of an earlier time names, and that are not written again, go.
 */
#ifndef BULKHEAD_IMAGEBUILDER_STAGING_H
#define BULKHEAD_IMAGEBUILDER_STAGING_H

#include <stdbool.h>

#include "imagebuilder/board.h"

struct staging {
	char output[BOARD_PATH_SIZE];
	char path[BOARD_PATH_SIZE + 32]; /* where files are written */
	bool is_new;			 /* the output was not there */
};

/* Makes the output, when it is not there, and the staging folder. False: reported. */
bool staging_begin(struct staging *staging, const char *output);

/* Moves what was written, or drops it when is_good is false. Returns whether all has been moved. */
bool staging_end(struct staging *staging, bool is_good);

/* Whether the user has asked to stop: SIGINT and SIGTERM do not end the program meanwhile. */
bool staging_interrupted(void);

#endif

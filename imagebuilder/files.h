/* SPDX-License-Identifier: Apache-2.0 */
/* The files that stand for memory: what a board's boot loader would have put at an address. */
#ifndef BULKHEAD_IMAGEBUILDER_FILES_H
#define BULKHEAD_IMAGEBUILDER_FILES_H

#include <stdbool.h>
#include <stdint.h>

#include "common/lib/address.h"
#include "common/plan/make.h"
#include "imagebuilder/options.h"
#include "imagebuilder/place.h"

#define FILES_MAX (PLACE_MAX_FILES + OPTIONS_MAX_LOADS)

struct loaded_file {
	uint64_t address; /* PA */
	uint64_t size;	  /* bytes */
	const void *contents;
};

struct files {
	struct loaded_file files[FILES_MAX];
	unsigned count;
	bool is_missing; /* the planner asked for memory that no file stands for */
};

/* Loads the files that were placed and those that options name. False: reported. */
bool files_load(const struct options *options, const struct placement *placement,
		struct files *files);

/* For struct plan_input: context is a struct files. */
const void *files_show(void *context, pa_t base, uint64_t size);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the parts of the table share. Only for table*.c.
 *
 * A line is "  heading  value": the heading stands in the first line of its kind only.
 */
#ifndef BULKHEAD_IMAGEBUILDER_TABLE_PARTS_H
#define BULKHEAD_IMAGEBUILDER_TABLE_PARTS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "common/plan/plan.h"

#define TABLE_VALUE_WIDTH 86 /* columns behind the heading */

struct table {
	FILE *out;
	const struct plan *plan;
	bool is_coloured;
	int digits; /* of every address, so that they stand below each other */
};

/* Begins a line of the section; heading NULL: it continues the line above. */
void table_heading(const struct table *table, const char *heading);

/* A text from the device tree, at most width characters, what cannot be shown as '?'. */
void table_text(const struct table *table, const char *text, size_t width);

/* "0x40000000-0x4fffffff", then the size in a column of its own. */
void table_range(const struct table *table, uint64_t base, uint64_t size);
void table_size(const struct table *table, uint64_t size);

/* Colours until table_plain(). */
void table_bold(const struct table *table);
void table_faint(const struct table *table);
void table_colour(const struct table *table, uint32_t partition);
void table_plain(const struct table *table);

void table_partition(const struct table *table, uint32_t index);

#endif

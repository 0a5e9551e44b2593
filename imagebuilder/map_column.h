/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A column of the picture: an address space as boxes from the lowest address down.
 *
 *   1. column_add() every range, in any order
 *   2. column_arrange(): sorts them, finds which lie inside of which, merges long runs of devices
 *   3. column_lay_out(): gives each box its place
 *   4. column_draw()
 *
 * Memory at depth 0 is to scale where that leaves it room for its lines of text, else it is marked.
 * Registers have one height. Boxes inside of others stand where they are, moved apart only as far
 * as texts need it.
 */
#ifndef BULKHEAD_IMAGEBUILDER_MAP_COLUMN_H
#define BULKHEAD_IMAGEBUILDER_MAP_COLUMN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "imagebuilder/owners.h"

#define COLUMN_MAX_BOXES 1024
#define COLUMN_TEXT_SIZE (2 * OWNERS_TEXT_SIZE + 8)

struct map_colour {
	const char *fill;
	const char *line;
};

/* Of a partition; PLAN_NONE: what is nobody's. */
const struct map_colour *map_colour(uint32_t partition);

/* Of what several use, or the board, or the hypervisor. */
const struct map_colour *map_kind_colour(enum owner_kind kind);

/* Registers, not memory. */
bool map_is_registers(enum owner_kind kind);

struct map_box {
	enum owner_kind kind;
	uint32_t partition;
	unsigned depth; /* 1: inside the last one of depth 0 */
	unsigned count; /* ranges that were merged into this */
	uint64_t base;
	uint64_t size;
	uint64_t host; /* of guest memory */
	char label[COLUMN_TEXT_SIZE];
	double y;
	double height;
	bool is_to_scale; /* of memory at depth 0 */
};

struct map_column {
	double x;
	double width;
	double top;
	double height;
	bool is_address_left; /* addresses stand on this side of it */
	size_t count;
	struct map_box boxes[COLUMN_MAX_BOXES];
};

/* A box with this place in the address space; the caller fills in the label. NULL: no room. */
struct map_box *column_add(struct map_column *column, enum owner_kind kind, uint32_t partition,
			   uint64_t base, uint64_t size);
void column_arrange(struct map_column *column);

/* Fits it into the height if its texts allow; column->height says what it takes. */
void column_lay_out(struct map_column *column, double top, double height);
void column_draw(FILE *out, const struct map_column *column);

#endif

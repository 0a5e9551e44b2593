/* SPDX-License-Identifier: Apache-2.0 */
#include "imagebuilder/map_column.h"

#include <stdlib.h>

#include "imagebuilder/words.h"

#define LINE_HEIGHT   20.0 /* of a box with one line of text */
#define INNER_HEIGHT  18.0 /* of a box inside another */
#define INNER_MARGIN  4.0  /* below the last one */
#define GAP_HEIGHT    9.0  /* where addresses are left out */
#define MOST_HEIGHT   300.0
#define MOST_NOBODY   56.0 /* nobody's memory needs no more to be seen */
#define MERGE_DEVICES 6	   /* longer runs of devices become one box */

struct map_box *column_add(struct map_column *column, enum owner_kind kind, uint32_t partition,
			   uint64_t base, uint64_t size)
{
	struct map_box *box;

	if (column->count == COLUMN_MAX_BOXES || size == 0)
		return NULL;
	box = &column->boxes[column->count++];
	*box = (struct map_box){
		.kind = kind, .partition = partition, .count = 1, .base = base, .size = size};
	return box;
}

/* By address; of two that begin together the larger first, so that it holds the other. */
static int compare(const void *left, const void *right)
{
	const struct map_box *const a = left;
	const struct map_box *const b = right;

	if (a->base != b->base)
		return a->base < b->base ? -1 : 1;
	if (a->size != b->size)
		return a->size > b->size ? -1 : 1;
	return (int)a->kind - (int)b->kind;
}

static uint64_t last_address(const struct map_box *box)
{
	return box->base + (box->size - 1);
}

static void find_depths(struct map_column *column)
{
	uint64_t last = 0;

	for (size_t i = 0; i < column->count; i++) {
		struct map_box *const box = &column->boxes[i];

		box->depth = i != 0 && box->base <= last ? 1 : 0;
		if (box->depth == 0)
			last = last_address(box);
	}
}

/* How many boxes from the first on are devices of its partition. */
static size_t count_run(const struct map_column *column, size_t first)
{
	const struct map_box *const box = &column->boxes[first];
	size_t i = first;

	while (i < column->count && column->boxes[i].kind == OWNER_DEVICE &&
	       column->boxes[i].partition == box->partition && column->boxes[i].depth == box->depth)
		i++;
	return i - first;
}

static void merge_runs(struct map_column *column)
{
	size_t kept = 0;

	for (size_t i = 0; i < column->count;) {
		struct map_box box = column->boxes[i];
		const size_t run = count_run(column, i);

		if (run <= MERGE_DEVICES) {
			column->boxes[kept++] = box;
			i++;
			continue;
		}
		i += run;
		box.count = (unsigned)run;
		box.size = last_address(&column->boxes[i - 1]) - box.base + 1;
		box.label[0] = '\0';
		words_add(box.label, sizeof(box.label), "%zu device ranges", run);
		column->boxes[kept++] = box;
	}
	column->count = kept;
}

void column_arrange(struct map_column *column)
{
	qsort(column->boxes, column->count, sizeof(column->boxes[0]), compare);
	find_depths(column);
	merge_runs(column);
}

/* How many boxes lie inside the one at index. */
static size_t count_inner(const struct map_column *column, size_t index)
{
	size_t i = index + 1;

	while (i < column->count && column->boxes[i].depth != 0)
		i++;
	return i - index - 1;
}

static double least_height(const struct map_column *column, size_t index)
{
	const size_t inner = count_inner(column, index);

	return LINE_HEIGHT + (inner == 0 ? 0 : (double)inner * INNER_HEIGHT + INNER_MARGIN);
}

bool map_is_registers(enum owner_kind kind)
{
	return kind == OWNER_BOARD || kind == OWNER_DEVICE;
}

static double box_height(const struct map_column *column, size_t index, double scale)
{
	const struct map_box *const box = &column->boxes[index];
	const double least = least_height(column, index);
	const double limit = box->kind == OWNER_NOBODY ? MOST_NOBODY : MOST_HEIGHT;
	const double most = limit > least ? limit : least;
	const double height = (double)box->size * scale;

	if (map_is_registers(box->kind) || height < least)
		return least;
	return height > most ? most : height;
}

/* Whether addresses are left out between the box at index, of depth 0, and the one before. */
static bool has_gap(const struct map_column *column, size_t index)
{
	const struct map_box *before;

	if (index == 0)
		return false;
	before = &column->boxes[index - 1];
	while (before->depth != 0)
		before--;
	return last_address(before) + 1 != column->boxes[index].base;
}

static double total_height(const struct map_column *column, double scale)
{
	double sum = 0;

	for (size_t i = 0; i < column->count; i++)
		if (column->boxes[i].depth == 0)
			sum += box_height(column, i, scale) + (has_gap(column, i) ? GAP_HEIGHT : 0);
	return sum;
}

/* Pixels per byte for which the column has the height, as nearly as its limits allow. */
static double find_scale(const struct map_column *column, double height)
{
	double low = 0;
	double high = MOST_HEIGHT / (double)PAGE_SIZE;

	/* Total height grows with the scale: halve the interval. */
	for (unsigned i = 0; i < 60; i++) {
		const double middle = (low + high) / 2;

		if (total_height(column, middle) > height)
			high = middle;
		else
			low = middle;
	}
	return low;
}

/* Boxes inside the one at index: where they are, then moved apart from above and from below. */
static void lay_out_inner(struct map_column *column, size_t index)
{
	const struct map_box *const outer = &column->boxes[index];
	struct map_box *const inner = &column->boxes[index + 1];
	const size_t count = count_inner(column, index);
	const double top = outer->y + LINE_HEIGHT;
	const double room = outer->height - LINE_HEIGHT - INNER_MARGIN;
	double limit = top;

	for (size_t i = 0; i < count; i++) {
		const double offset = (double)(inner[i].base - outer->base) / (double)outer->size;
		const double height = (double)inner[i].size / (double)outer->size * room;

		inner[i].y = top + offset * room;
		inner[i].height = height > INNER_HEIGHT ? height : INNER_HEIGHT;
		if (inner[i].y < limit)
			inner[i].y = limit;
		limit = inner[i].y + inner[i].height;
	}
	limit = top + room;
	for (size_t i = count; i-- > 0;) {
		if (inner[i].y + inner[i].height > limit)
			inner[i].y = limit - inner[i].height;
		/* A large box gives way to its neighbours above. */
		if (inner[i].y < top + (double)i * INNER_HEIGHT) {
			inner[i].y = top + (double)i * INNER_HEIGHT;
			inner[i].height = limit - inner[i].y;
		}
		limit = inner[i].y;
	}
}

void column_lay_out(struct map_column *column, double top, double height)
{
	const double scale = find_scale(column, height);
	double y = top;

	column->top = top;
	for (size_t i = 0; i < column->count; i++) {
		struct map_box *const box = &column->boxes[i];

		if (box->depth != 0)
			continue;
		y += has_gap(column, i) ? GAP_HEIGHT : 0;
		box->y = y;
		box->height = box_height(column, i, scale);
		box->is_to_scale = box->height <= (double)box->size * scale + 1 &&
				   box->height >= (double)box->size * scale - 1;
		y += box->height;
		lay_out_inner(column, i);
	}
	column->height = y - top;
}

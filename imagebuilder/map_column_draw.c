/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

#include "imagebuilder/map_column.h"
#include "imagebuilder/map_parts.h"
#include "imagebuilder/svg.h"
#include "imagebuilder/words.h"

#define TEXT_SIZE    11.0
#define INNER_INDENT 14.0
#define SIZE_ROOM    64.0
#define ADDRESS_GAP  10.0

void map_scale_mark(FILE *out, double x, double y)
{
	svg_line(out, x, y + 4, x + 3, y - 4, "#727a84", 1.2);
	svg_line(out, x + 4, y + 4, x + 7, y - 4, "#727a84", 1.2);
}

static const struct map_colour *colour_of(const struct map_box *box)
{
	return box->partition != PLAN_NONE ? map_colour(box->partition)
					   : map_kind_colour(box->kind);
}

/* Pieces inside are paler than what holds them; what EL2 makes up is white. */
static const char *fill_of(const struct map_box *box)
{
	if (box->kind == OWNER_SHARED || box->kind == OWNER_CHANNEL)
		return map_kind_colour(box->kind)->fill;
	if (box->depth != 0 || box->kind == OWNER_BOARD)
		return "#ffffff";
	return colour_of(box)->fill;
}

static void draw_frame(FILE *out, const struct map_column *column, const struct map_box *box)
{
	const double indent = box->depth != 0 ? INNER_INDENT : 0;

	svg_rectangle(out, &(struct svg_rectangle){
				   .x = column->x + indent,
				   .y = box->y,
				   .width = column->width - indent - (box->depth != 0 ? 4 : 0),
				   .height = box->height,
				   .fill = fill_of(box),
				   .line = colour_of(box)->line,
				   .line_width = box->depth != 0 ? 0.7 : 1.0,
				   .is_dashed = box->kind == OWNER_NOBODY,
			   });
}

static void draw_label(FILE *out, const struct map_column *column, const struct map_box *box)
{
	const double indent = box->depth != 0 ? INNER_INDENT : 0;
	const double y = box->y + (box->depth != 0 ? 13 : 14);
	const double size_width = column->is_address_left && box->count == 1 ? SIZE_ROOM : 0;
	char size[WORDS_SIZE];

	svg_text(out,
		 &(struct svg_text){.x = column->x + indent + (box->depth != 0 ? 6 : 14),
				    .y = y,
				    .size = TEXT_SIZE,
				    .width = column->width - indent - 22 - size_width,
				    .is_bold = box->kind == OWNER_RAM && box->depth == 0,
				    .is_faint = box->kind == OWNER_NOBODY},
		 box->label);
	if (!column->is_address_left || box->count != 1)
		return;
	words_bytes(size, sizeof(size), box->size);
	svg_text(out,
		 &(struct svg_text){.x = column->x + column->width - 8,
				    .y = y,
				    .size = 10,
				    .width = SIZE_ROOM,
				    .anchor = SVG_END,
				    .is_monospace = true,
				    .is_faint = true},
		 size);
}

/* The address beside the box; on the right its size as well. */
static void draw_address(FILE *out, const struct map_column *column, const struct map_box *box)
{
	struct svg_text style = {.y = box->y + (box->depth != 0 ? 13 : 14),
				 .size = 10.5,
				 .is_monospace = true,
				 .is_faint = box->depth != 0 || box->kind == OWNER_NOBODY};
	char text[WORDS_SIZE];

	(void)snprintf(text, sizeof(text), "0x%08llx", (unsigned long long)box->base);
	style.anchor = column->is_address_left ? SVG_END : SVG_START;
	style.x = column->is_address_left ? column->x - ADDRESS_GAP
					  : column->x + column->width + ADDRESS_GAP;
	svg_text(out, &style, text);
	if (column->is_address_left || box->count != 1)
		return;
	words_bytes(text, sizeof(text), box->size);
	style.x = column->x + column->width + MAP_GUEST_TEXT_WIDTH;
	style.anchor = SVG_END;
	style.is_faint = true;
	svg_text(out, &style, text);
}

void column_draw(FILE *out, const struct map_column *column)
{
	for (size_t i = 0; i < column->count; i++) {
		const struct map_box *const box = &column->boxes[i];
		const uint64_t last = box->base + (box->size - 1);
		char tooltip[COLUMN_TEXT_SIZE + 64];

		(void)snprintf(tooltip, sizeof(tooltip), "%s\n0x%llx-0x%llx", box->label,
			       (unsigned long long)box->base, (unsigned long long)last);
		svg_group_begin(out, tooltip);
		draw_frame(out, column, box);
		draw_label(out, column, box);
		draw_address(out, column, box);
		if (box->depth == 0 && !map_is_registers(box->kind) && !box->is_to_scale)
			map_scale_mark(out, column->x + 3, box->y + 10);
		svg_group_end(out);
	}
}

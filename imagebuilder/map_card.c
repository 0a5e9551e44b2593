/* SPDX-License-Identifier: Apache-2.0 */
/* A partition of the picture. */
#include "imagebuilder/map_parts.h"
#include "imagebuilder/svg.h"
#include "imagebuilder/words.h"

#define HEADER	   30.0
#define PADDING	   10.0
#define TALL_GUEST 230.0 /* of a guest's map, where its texts need no more */
#define LOW_GUEST  130.0 /* the same, with many partitions */
#define MANY	   6
#define ROWS_X	   (MAP_CARD_X + MAP_GUEST_WIDTH + MAP_GUEST_TEXT_WIDTH + 24.0)
#define ROWS_LABEL 80.0
#define RIGHT	   (MAP_CARD_X + MAP_CARD_WIDTH)

/* Lays the guest's map out and returns the height of the card. */
static double lay_out(const struct plan *plan, uint32_t index, double top, struct map_column *guest,
		      struct map_rows *rows)
{
	const double least = plan->partition_count > MANY ? LOW_GUEST : TALL_GUEST;
	double rows_height;

	map_guest_fill(plan, index, guest);
	map_rows_fill(plan, index, rows);
	rows_height = (double)rows->count * MAP_ROW_HEIGHT;
	column_lay_out(guest, top + HEADER + PADDING, rows_height > least ? rows_height : least);
	return HEADER + 2 * PADDING + (guest->height > rows_height ? guest->height : rows_height);
}

/* The base line of a row of text. */
static double row_y(double top, size_t row)
{
	return top + HEADER + PADDING + 13 + (double)row * MAP_ROW_HEIGHT;
}

double map_card_lay_out(const struct plan *plan, uint32_t index, double top,
			struct map_ports *ports)
{
	struct map_column guest;
	struct map_rows rows;
	const double height = lay_out(plan, index, top, &guest, &rows);

	for (size_t i = 0; i < rows.count; i++)
		if (rows.rows[i].channel != PLAN_NONE)
			ports->y[rows.rows[i].channel][rows.rows[i].end] = row_y(top, i) - 4;
	return height;
}

static void draw_header(FILE *out, const struct plan *plan, uint32_t index, double top)
{
	const struct plan_partition *const partition = &plan->partitions[index];
	struct svg_text style = {.x = MAP_CARD_X + 14,
				 .y = top + 20,
				 .size = 15,
				 .width = MAP_CARD_WIDTH / 2,
				 .is_bold = true};
	char size[WORDS_SIZE];
	char text[2 * WORDS_SIZE];

	svg_rectangle(out, &(struct svg_rectangle){.x = MAP_CARD_X,
						   .y = top,
						   .width = MAP_CARD_WIDTH,
						   .height = HEADER,
						   .fill = map_colour(index)->fill,
						   .line = map_colour(index)->line,
						   .line_width = 1});
	svg_text(out, &style, partition->name);
	words_bytes(size, sizeof(size), words_partition_memory(partition));
	(void)snprintf(text, sizeof(text), "%u vCPU%s, %s%s", partition->cpu_count,
		       partition->cpu_count == 1 ? "" : "s", size,
		       partition->direct_map != 0 ? ", direct-map" : "");
	style = (struct svg_text){.x = RIGHT - 14, .y = top + 20, .size = 12, .anchor = SVG_END};
	svg_text(out, &style, text);
}

static void draw_rows(FILE *out, const struct map_rows *rows, double top)
{
	for (size_t i = 0; i < rows->count; i++) {
		const struct map_row *const row = &rows->rows[i];
		struct svg_text style = {.x = ROWS_X,
					 .y = row_y(top, i),
					 .size = 10.5,
					 .width = ROWS_LABEL,
					 .is_faint = true};

		svg_text(out, &style, row->label);
		style.x += ROWS_LABEL;
		style.size = 11;
		style.width = RIGHT - 12 - style.x;
		style.is_faint = false;
		svg_text(out, &style, row->text);
	}
}

static void draw_band(FILE *out, const struct map_column *guest, const struct map_box *box,
		      const struct map_column *host, const struct map_box *there)
{
	const struct map_colour *const colour =
		box->kind == OWNER_RAM ? map_colour(box->partition) : map_kind_colour(box->kind);

	svg_band(out, &(struct svg_band){.left = host->x + host->width,
					 .left_top = there->y,
					 .left_bottom = there->y + there->height,
					 .right = guest->x,
					 .right_top = box->y,
					 .right_bottom = box->y + box->height,
					 .fill = colour->fill,
					 .line = colour->line});
}

/* From each piece of memory of the guest to where it really is. */
static void draw_bands(FILE *out, const struct map_column *guest, const struct map_column *host)
{
	for (size_t g = 0; g < guest->count; g++) {
		const struct map_box *const box = &guest->boxes[g];

		if (box->kind != OWNER_RAM && box->kind != OWNER_SHARED &&
		    box->kind != OWNER_CHANNEL)
			continue;
		for (size_t h = 0; h < host->count; h++)
			if (host->boxes[h].kind == box->kind && host->boxes[h].base == box->host)
				draw_band(out, guest, box, host, &host->boxes[h]);
	}
}

void map_card_draw(FILE *out, const struct plan *plan, uint32_t index, double top,
		   const struct map_column *host)
{
	struct map_column guest;
	struct map_rows rows;
	const double height = lay_out(plan, index, top, &guest, &rows);

	draw_bands(out, &guest, host);
	svg_rectangle(out, &(struct svg_rectangle){.x = MAP_CARD_X,
						   .y = top,
						   .width = MAP_CARD_WIDTH,
						   .height = height,
						   .fill = "none",
						   .line = map_colour(index)->line,
						   .line_width = 1});
	draw_header(out, plan, index, top);
	column_draw(out, &guest);
	draw_rows(out, &rows, top);
}

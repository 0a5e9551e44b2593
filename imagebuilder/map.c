/* SPDX-License-Identifier: Apache-2.0 */
#include "imagebuilder/map.h"

#include "imagebuilder/map_parts.h"
#include "imagebuilder/svg.h"
#include "imagebuilder/words.h"

#define TITLE_HEIGHT	 84.0
#define HEADING_HEIGHT	 26.0
#define LEAST_MAP_HEIGHT 420.0 /* of physical memory */
#define FOOT_HEIGHT	 40.0

struct layout {
	double width;
	double cpus_top;
	double map_top;
	double legend_top;
	double height;
	double card_tops[PLAN_MAX_PARTITIONS];
};

/* All parts below each other; physical memory is as high as the cards beside it. */
static void lay_out(const struct plan *plan, struct layout *layout, struct map_column *host,
		    struct map_ports *ports)
{
	double bottom;

	layout->cpus_top = TITLE_HEIGHT;
	layout->map_top = layout->cpus_top + map_cpus_height(plan) + 16 + HEADING_HEIGHT;
	bottom = layout->map_top;
	for (uint32_t i = 0; i < plan->partition_count; i++) {
		layout->card_tops[i] = bottom;
		bottom += map_card_lay_out(plan, i, bottom, ports) + MAP_CARD_GAP;
	}
	layout->width =
		MAP_CARD_X + MAP_CARD_WIDTH + map_channels_lay_out(plan, ports) + MAP_MARGIN;
	bottom -= layout->map_top;
	bottom -= plan->partition_count != 0 ? MAP_CARD_GAP : 0;
	map_host_lay_out(plan, host, layout->map_top,
			 bottom > LEAST_MAP_HEIGHT ? bottom : LEAST_MAP_HEIGHT);
	layout->legend_top = layout->map_top + (host->height > bottom ? host->height : bottom) + 36;
	layout->height = layout->legend_top + map_legend_height() + FOOT_HEIGHT;
}

static void draw_title(FILE *out, const struct plan *plan, const char *title, double width)
{
	const struct plan_board *const board = &plan->board;
	char size[WORDS_SIZE];
	char text[2 * WORDS_SIZE];

	svg_text(out,
		 &(struct svg_text){.x = MAP_MARGIN,
				    .y = 42,
				    .size = 22,
				    .width = width - 2 * MAP_MARGIN,
				    .is_bold = true},
		 title);
	words_bytes(size, sizeof(size), words_board_memory(board));
	(void)snprintf(text, sizeof(text), "%u partition%s on %u CPUs with %s of RAM",
		       plan->partition_count, plan->partition_count == 1 ? "" : "s",
		       board->cpu_count, size);
	if (board->uart_intid != 0)
		words_add(text, sizeof(text), ", console %s at 0x%llx", board->uart_type.name,
			  (unsigned long long)board->uart.base.value);
	svg_text(out, &(struct svg_text){.x = MAP_MARGIN, .y = 62, .size = 12.5, .is_faint = true},
		 text);
}

static void draw_headings(FILE *out, const struct layout *layout)
{
	struct svg_text style = {
		.x = MAP_HOST_X, .y = layout->map_top - 12, .size = 13, .is_bold = true};

	svg_text(out, &style, "Physical memory");
	style.x = MAP_CARD_X;
	svg_text(out, &style, "Partitions, and what each guest sees");
}

static void draw_foot(FILE *out, const struct layout *layout, const char *digest)
{
	const double y = layout->height - 22;

	svg_line(out, MAP_MARGIN, y - 20, layout->width - MAP_MARGIN, y - 20, "#b4bac2", 0.8);
	svg_text(out, &(struct svg_text){.x = MAP_MARGIN, .y = y, .size = 11, .is_faint = true},
		 "plan SHA-256");
	svg_text(out,
		 &(struct svg_text){.x = MAP_MARGIN + 96, .y = y, .size = 11, .is_monospace = true},
		 digest != NULL ? digest : "-");
}

void map_print(FILE *out, const struct plan *plan, const char *title, const char *digest)
{
	struct map_column host;
	struct map_ports ports = {0};
	struct layout layout = {0};

	lay_out(plan, &layout, &host, &ports);
	svg_begin(out, layout.width, layout.height, title);
	draw_title(out, plan, title, layout.width);
	map_cpus_draw(out, plan, layout.cpus_top);
	draw_headings(out, &layout);
	for (uint32_t i = 0; i < plan->partition_count; i++)
		map_card_draw(out, plan, i, layout.card_tops[i], &host);
	map_host_draw(out, plan, &host);
	map_channels_draw(out, plan, &ports);
	map_legend_draw(out, layout.legend_top);
	draw_foot(out, &layout, digest);
	svg_end(out);
}

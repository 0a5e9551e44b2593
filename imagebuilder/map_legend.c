/* SPDX-License-Identifier: Apache-2.0 */
#include "imagebuilder/map_parts.h"
#include "imagebuilder/svg.h"

#define SWATCH_WIDTH  26.0
#define SWATCH_HEIGHT 14.0
#define LINE	      22.0
#define COLUMN	      198.0
#define PER_LINE      6

static const char note[] = "Memory is to scale from the lowest address down, but where it is "
			   "marked; registers and boxes "
			   "inside of others are not.";

enum mark {
	MARK_BOX,
	MARK_RAM,
	MARK_SCALE,
	MARK_HOUSEKEEPING,
	MARK_SOLID,
	MARK_DASHED,
	MARK_DOTTED,
};

static const struct {
	enum mark mark;
	enum owner_kind kind; /* of a box */
	const char *text;
} entries[] = {
	{MARK_BOX, OWNER_HYPERVISOR, "hypervisor image"},
	{MARK_BOX, OWNER_POOL, "hypervisor pool"},
	{MARK_BOX, OWNER_MODULE, "used by several at boot"},
	{MARK_BOX, OWNER_SHARED, "shared memory"},
	{MARK_BOX, OWNER_BOARD, "board or virtual device"},
	{MARK_BOX, OWNER_NOBODY, "unassigned"},
	{MARK_RAM, OWNER_NOBODY, "RAM, not registers"},
	{MARK_SCALE, OWNER_NOBODY, "not to scale"},
	{MARK_HOUSEKEEPING, OWNER_NOBODY, "housekeeping CPU"},
	{MARK_SOLID, OWNER_NOBODY, "memory channel"},
	{MARK_DASHED, OWNER_NOBODY, "network link"},
	{MARK_DOTTED, OWNER_NOBODY, "console link"},
};

#define ENTRY_COUNT (sizeof(entries) / sizeof(entries[0]))

double map_legend_height(void)
{
	const size_t lines = (ENTRY_COUNT + PER_LINE - 1) / PER_LINE;

	return (double)lines * LINE + LINE + 8;
}

/* x, y: the left end of the mark's middle line. */
static void draw_line(FILE *out, double x, double y, enum svg_dash dash)
{
	svg_bracket(out, x, y, y, x + SWATCH_WIDTH, "#333c48", 1.6, dash);
}

static void draw_mark(FILE *out, size_t entry, double x, double y)
{
	const struct map_colour *const colour = map_kind_colour(entries[entry].kind);

	switch (entries[entry].mark) {
	case MARK_BOX:
		svg_rectangle(out,
			      &(struct svg_rectangle){
				      .x = x,
				      .y = y - SWATCH_HEIGHT / 2,
				      .width = SWATCH_WIDTH,
				      .height = SWATCH_HEIGHT,
				      .fill = entries[entry].kind == OWNER_BOARD ? "#ffffff"
										 : colour->fill,
				      .line = colour->line,
				      .line_width = 1,
				      .is_dashed = entries[entry].kind == OWNER_NOBODY});
		return;
	case MARK_RAM:
		svg_rectangle(out, &(struct svg_rectangle){.x = x + SWATCH_WIDTH / 2 - 1.5,
							   .y = y - SWATCH_HEIGHT / 2,
							   .width = 3,
							   .height = SWATCH_HEIGHT,
							   .fill = "#333c48"});
		return;
	case MARK_SCALE:
		map_scale_mark(out, x + SWATCH_WIDTH / 2 - 3, y);
		return;
	case MARK_HOUSEKEEPING:
		map_housekeeping_mark(out, x + SWATCH_WIDTH / 2, y);
		return;
	case MARK_SOLID:
		draw_line(out, x, y, SVG_SOLID);
		return;
	case MARK_DASHED:
		draw_line(out, x, y, SVG_DASHED);
		return;
	case MARK_DOTTED:
		draw_line(out, x, y, SVG_DOTTED);
		return;
	}
}

void map_legend_draw(FILE *out, double top)
{
	for (size_t i = 0; i < ENTRY_COUNT; i++) {
		const size_t line = i / PER_LINE;
		const double x = MAP_MARGIN + (double)(i % PER_LINE) * COLUMN;
		const double y = top + (double)line * LINE + SWATCH_HEIGHT / 2;

		draw_mark(out, i, x, y);
		svg_text(out, &(struct svg_text){.x = x + SWATCH_WIDTH + 8, .y = y + 4, .size = 11},
			 entries[i].text);
	}
	svg_text(out,
		 &(struct svg_text){.x = MAP_MARGIN,
				    .y = top + map_legend_height() - 14,
				    .size = 11,
				    .is_faint = true},
		 note);
}

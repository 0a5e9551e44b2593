/* SPDX-License-Identifier: Apache-2.0 */
#include "imagebuilder/map_parts.h"
#include "imagebuilder/svg.h"
#include "imagebuilder/words.h"

#define FULL_WIDTH  (MAP_CARD_X + MAP_CARD_WIDTH - MAP_MARGIN)
#define HEADING	    22.0
#define BOX_HEIGHT  60.0
#define GAP	    8.0
#define WIDE_BOXES  8 /* in a row, where all fit into one; else: */
#define DENSE_BOXES 16

static uint32_t count_per_row(const struct plan *plan)
{
	return plan->board.cpu_count <= WIDE_BOXES ? WIDE_BOXES : DENSE_BOXES;
}

double map_cpus_height(const struct plan *plan)
{
	const uint32_t per_row = count_per_row(plan);
	const uint32_t rows = (plan->board.cpu_count + per_row - 1) / per_row;

	return HEADING + rows * (BOX_HEIGHT + GAP);
}

static void draw_texts(FILE *out, const struct plan *plan, uint32_t index, double x, double y,
		       double width)
{
	const struct plan_cpu *const cpu = &plan->board.cpus[index];
	const bool is_used = cpu->partition < plan->partition_count;
	struct svg_text style = {.x = x + 7, .y = y + 15, .size = 11, .width = width - 10};
	char text[WORDS_SIZE];

	(void)snprintf(text, sizeof(text), "CPU %u", index);
	style.is_faint = true;
	svg_text(out, &style, text);
	style.y = y + 30;
	style.size = 12;
	style.is_bold = is_used;
	style.is_faint = !is_used;
	svg_text(out, &style, is_used ? words_partition(plan, cpu->partition) : "not used");
	style.is_bold = false;
	style.size = 11;
	style.y = y + 43;
	style.is_faint = false;
	(void)snprintf(text, sizeof(text), "vCPU %u", cpu->vcpu);
	if (is_used)
		svg_text(out, &style, text);
	(void)snprintf(text, sizeof(text), "0x%llx", (unsigned long long)cpu->mpidr);
	style.is_monospace = true;
	style.is_faint = true;
	style.size = 9;
	style.y = y + 55;
	/* The longest MPIDR in the narrowest box: smaller rather than cut. */
	if (svg_text_width(&style, text) > style.width)
		style.size = 7.5;
	svg_text(out, &style, text);
}

static void draw_cpu(FILE *out, const struct plan *plan, uint32_t index, double x, double y,
		     double width)
{
	const uint32_t partition = plan->board.cpus[index].partition;
	const struct map_colour *const colour =
		map_colour(partition < plan->partition_count ? partition : PLAN_NONE);

	svg_rectangle(out,
		      &(struct svg_rectangle){.x = x,
					      .y = y,
					      .width = width,
					      .height = BOX_HEIGHT,
					      .radius = 3,
					      .fill = colour->fill,
					      .line = colour->line,
					      .line_width = 1,
					      .is_dashed = partition >= plan->partition_count});
	draw_texts(out, plan, index, x, y, width);
	if (index == plan->housekeeping_cpu)
		map_housekeeping_mark(out, x + width - 11, y + 11);
}

void map_housekeeping_mark(FILE *out, double x, double y)
{
	svg_dot(out, x, y, 7, "#333c48");
	(void)fprintf(out,
		      "<text x=\"%.1f\" y=\"%.1f\" font-size=\"9.0\" class=\"b\" "
		      "text-anchor=\"middle\" style=\"fill:#ffffff\">H</text>\n",
		      x, y + 3.3);
}

void map_cpus_draw(FILE *out, const struct plan *plan, double top)
{
	const uint32_t per_row = count_per_row(plan);
	const double width = (FULL_WIDTH - (per_row - 1) * GAP) / per_row;

	svg_text(out,
		 &(struct svg_text){.x = MAP_MARGIN, .y = top + 10, .size = 13, .is_bold = true},
		 "CPUs");
	for (uint32_t i = 0; i < plan->board.cpu_count; i++) {
		const uint32_t row = i / per_row;
		const uint32_t column = i % per_row;

		draw_cpu(out, plan, i, MAP_MARGIN + column * (width + GAP),
			 top + HEADING + row * (BOX_HEIGHT + GAP), width);
	}
}

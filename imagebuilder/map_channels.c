/* SPDX-License-Identifier: Apache-2.0 */
/* Channels of the picture: a line between two cards, in a lane where it meets no other. */
#include <stdlib.h>

#include "imagebuilder/map_parts.h"
#include "imagebuilder/svg.h"

#define FIRST_LANE 14.0
#define LANE_WIDTH 10.0
#define RIGHT	   (MAP_CARD_X + MAP_CARD_WIDTH)

struct span {
	uint32_t channel;
	double top;
	double bottom;
};

static struct span span_of(const struct map_ports *ports, uint32_t channel)
{
	const double *const y = ports->y[channel];

	return (struct span){channel, y[0] < y[1] ? y[0] : y[1], y[0] < y[1] ? y[1] : y[0]};
}

/* Short ones first: they get the inner lanes, and long ones pass around them. */
static int compare(const void *left, const void *right)
{
	const struct span *const a = left;
	const struct span *const b = right;
	const double difference = (a->bottom - a->top) - (b->bottom - b->top);

	if (difference < 0 || difference > 0)
		return difference < 0 ? -1 : 1;
	return a->channel < b->channel ? -1 : 1;
}

/* Whether one of the first spans, which have their lanes, is in the way. */
static bool is_taken(const struct map_ports *ports, const struct span *spans, uint32_t count,
		     uint32_t lane)
{
	const struct span *const span = &spans[count];

	for (uint32_t i = 0; i < count; i++)
		if (ports->lanes[spans[i].channel] == lane && spans[i].top <= span->bottom &&
		    span->top <= spans[i].bottom)
			return true;
	return false;
}

double map_channels_lay_out(const struct plan *plan, struct map_ports *ports)
{
	struct span spans[PLAN_MAX_CHANNELS] = {0};

	for (uint32_t i = 0; i < plan->channel_count; i++)
		spans[i] = span_of(ports, i);
	qsort(spans, plan->channel_count, sizeof(spans[0]), compare);
	for (uint32_t i = 0; i < plan->channel_count; i++) {
		uint32_t lane = 0;

		while (is_taken(ports, spans, i, lane))
			lane++;
		ports->lanes[spans[i].channel] = lane;
		if (lane >= ports->lane_count)
			ports->lane_count = lane + 1;
	}
	return ports->lane_count == 0 ? 0 : FIRST_LANE + LANE_WIDTH * (ports->lane_count - 1);
}

static void draw_channel(FILE *out, const struct plan_channel *channel, const double *y,
			 double lane)
{
	static const enum svg_dash dashes[] = {
		[PLAN_CHANNEL_MEMORY] = SVG_SOLID,
		[PLAN_CHANNEL_NET] = SVG_DASHED,
		[PLAN_CHANNEL_CONSOLE] = SVG_DOTTED,
	};
	const enum svg_dash dash =
		channel->type <= PLAN_CHANNEL_CONSOLE ? dashes[channel->type] : SVG_SOLID;

	svg_group_begin(out, channel->name);
	/* A white border lets lines that cross be told apart. */
	svg_bracket(out, RIGHT + 1, y[0], y[1], lane, "#ffffff", 5, SVG_SOLID);
	svg_bracket(out, RIGHT, y[0], y[1], lane, "#333c48", 1.6, dash);
	svg_dot(out, RIGHT, y[0], 3.5, "#333c48");
	svg_dot(out, RIGHT, y[1], 3.5, "#333c48");
	svg_group_end(out);
}

void map_channels_draw(FILE *out, const struct plan *plan, const struct map_ports *ports)
{
	for (uint32_t i = 0; i < plan->channel_count; i++) {
		const double *const y = ports->y[i];

		if (y[0] > 0 && y[1] > 0)
			draw_channel(out, &plan->channels[i], y,
				     RIGHT + FIRST_LANE + LANE_WIDTH * ports->lanes[i]);
	}
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The parts of the picture. Only for map*.c.
 *
 * The whole is laid out before anything is drawn: each part says how much room it needs.
 */
#ifndef BULKHEAD_IMAGEBUILDER_MAP_PARTS_H
#define BULKHEAD_IMAGEBUILDER_MAP_PARTS_H

#include <stdint.h>
#include <stdio.h>

#include "common/plan/plan.h"
#include "imagebuilder/map_column.h"

#define MAP_MARGIN	     32.0
#define MAP_HOST_X	     140.0 /* of physical memory, right of its addresses */
#define MAP_HOST_WIDTH	     290.0
#define MAP_CARD_X	     540.0
#define MAP_CARD_WIDTH	     720.0
#define MAP_CARD_GAP	     18.0
#define MAP_GUEST_WIDTH	     170.0 /* of a guest's map */
#define MAP_GUEST_TEXT_WIDTH 172.0 /* of the addresses and sizes right of it */
#define MAP_ROW_HEIGHT	     16.0

/* The channels' lines: y of each end, 0 when it has none, and the lane that each runs in. */
struct map_ports {
	double y[PLAN_MAX_CHANNELS][2];
	uint32_t lanes[PLAN_MAX_CHANNELS];
	uint32_t lane_count;
};

/* The mark of what is not to scale, 7 pixels wide, y is its middle. */
void map_scale_mark(FILE *out, double x, double y);

/* The mark of the CPU that does the housekeeping, around its middle. */
void map_housekeeping_mark(FILE *out, double x, double y);

double map_cpus_height(const struct plan *plan);
void map_cpus_draw(FILE *out, const struct plan *plan, double top);

/* Physical memory. */
void map_host_lay_out(const struct plan *plan, struct map_column *column, double top,
		      double height);
void map_host_draw(FILE *out, const struct plan *plan, const struct map_column *column);

/* What a guest sees. */
void map_guest_fill(const struct plan *plan, uint32_t index, struct map_column *column);

/* A partition: the guest's map, and beside it what it has, line by line. */
double map_card_lay_out(const struct plan *plan, uint32_t index, double top,
			struct map_ports *ports);
void map_card_draw(FILE *out, const struct plan *plan, uint32_t index, double top,
		   const struct map_column *host);

/* The lines of text of a card. */
#define MAP_MAX_ROWS 128

struct map_row {
	const char *label;
	char text[128];
	uint32_t channel; /* whose line begins here, or PLAN_NONE */
	uint32_t end;
};

struct map_rows {
	size_t count;
	struct map_row rows[MAP_MAX_ROWS];
};

void map_rows_fill(const struct plan *plan, uint32_t index, struct map_rows *rows);

/* Lines between the cards, on the right of them. Laying them out returns their width. */
double map_channels_lay_out(const struct plan *plan, struct map_ports *ports);
void map_channels_draw(FILE *out, const struct plan *plan, const struct map_ports *ports);

double map_legend_height(void);
void map_legend_draw(FILE *out, double top);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Drawing primitives that write SVG: rectangles, texts, lines, bands.
 *
 * Coordinates are pixels, y grows downward. Texts are escaped here, and cut so that they fit the
 * width they are given whatever font the viewer has: widths are reckoned for a wide one. Colours
 * are CSS colours.
 */
#ifndef BULKHEAD_IMAGEBUILDER_SVG_H
#define BULKHEAD_IMAGEBUILDER_SVG_H

#include <stdbool.h>
#include <stdio.h>

struct svg_rectangle {
	double x;
	double y;
	double width;
	double height;
	double radius; /* of the corners */
	const char *fill;
	const char *line; /* NULL: none */
	double line_width;
	bool is_dashed;
};

enum svg_anchor {
	SVG_START,
	SVG_MIDDLE,
	SVG_END,
};

struct svg_text {
	double x; /* of the anchor */
	double y; /* of the base line */
	double size;
	double width; /* longer texts are cut; 0: there is room for any */
	enum svg_anchor anchor;
	bool is_bold;
	bool is_monospace;
	bool is_faint;
};

enum svg_dash {
	SVG_SOLID,
	SVG_DASHED,
	SVG_DOTTED,
};

/* A ribbon between two vertical edges. */
struct svg_band {
	double left;
	double left_top;
	double left_bottom;
	double right;
	double right_top;
	double right_bottom;
	const char *fill;
	const char *line;
};

void svg_begin(FILE *out, double width, double height, const char *title);
void svg_end(FILE *out);

/* A group shows its tooltip when the pointer rests on it. */
void svg_group_begin(FILE *out, const char *tooltip);
void svg_group_end(FILE *out);

void svg_rectangle(FILE *out, const struct svg_rectangle *rectangle);
void svg_text(FILE *out, const struct svg_text *style, const char *text);
void svg_line(FILE *out, double x1, double y1, double x2, double y2, const char *colour,
	      double width);
void svg_dot(FILE *out, double x, double y, double radius, const char *fill);
void svg_band(FILE *out, const struct svg_band *band);

/* A bracket that opens to the left: from (x, y1) to lane, along it to y2, and back to x. */
void svg_bracket(FILE *out, double x, double y1, double y2, double lane, const char *colour,
		 double width, enum svg_dash dash);

/* The width that a text may take. */
double svg_text_width(const struct svg_text *style, const char *text);

#endif

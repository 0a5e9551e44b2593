/* SPDX-License-Identifier: Apache-2.0 */
#include "imagebuilder/svg.h"

#include <stddef.h>
#include <stdint.h>

#include "imagebuilder/words.h"

/* Widths of a character in ems, for fonts as wide as DejaVu. */
#define SANS_WIDTH	0.60
#define BOLD_WIDTH	0.68
#define MONOSPACE_WIDTH 0.605

#define ELLIPSIS "\xe2\x80\xa6"

static void put_character(FILE *out, const char *text, size_t length)
{
	switch (*text) {
	case '&':
		(void)fputs("&amp;", out);
		return;
	case '<':
		(void)fputs("&lt;", out);
		return;
	case '>':
		(void)fputs("&gt;", out);
		return;
	case '"':
		(void)fputs("&quot;", out);
		return;
	default:
		if (length == 0)
			(void)fputc('?', out);
		else
			(void)fwrite(text, length, 1, out);
		return;
	}
}

/* Writes at most count characters; returns what is left. */
static const char *put_characters(FILE *out, const char *text, size_t count)
{
	while (*text != '\0' && count-- > 0) {
		const size_t length = words_character(text);

		put_character(out, text, length);
		text += length == 0 ? 1 : length;
	}
	return text;
}

static const char *skip_characters(const char *text, size_t count)
{
	while (*text != '\0' && count-- > 0) {
		const size_t length = words_character(text);

		text += length == 0 ? 1 : length;
	}
	return text;
}

static size_t count_characters(const char *text)
{
	size_t count = 0;

	while (*text != '\0') {
		const size_t length = words_character(text);

		text += length == 0 ? 1 : length;
		count++;
	}
	return count;
}

static double character_width(const struct svg_text *style)
{
	if (style->is_monospace)
		return MONOSPACE_WIDTH * style->size;
	return (style->is_bold ? BOLD_WIDTH : SANS_WIDTH) * style->size;
}

double svg_text_width(const struct svg_text *style, const char *text)
{
	return character_width(style) * (double)count_characters(text);
}

void svg_begin(FILE *out, double width, double height, const char *title)
{
	(void)fprintf(out,
		      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%.1f\" height=\"%.1f\" "
		      "viewBox=\"0 0 %.1f %.1f\">\n<title>",
		      width, height, width, height);
	(void)put_characters(out, title, SIZE_MAX);
	(void)fputs("</title>\n<style>"
		    "svg{print-color-adjust:exact;-webkit-print-color-adjust:exact}"
		    "text{font-family:'Helvetica Neue',Arial,'Liberation Sans','DejaVu Sans',"
		    "sans-serif;fill:#1c2128}"
		    ".b{font-weight:bold}"
		    ".m{font-family:Menlo,Consolas,'Liberation Mono','DejaVu Sans Mono',monospace}"
		    ".f{fill:#5b6470}"
		    "</style>\n",
		    out);
	svg_rectangle(out,
		      &(struct svg_rectangle){.width = width, .height = height, .fill = "#ffffff"});
}

void svg_end(FILE *out)
{
	(void)fputs("</svg>\n", out);
}

void svg_group_begin(FILE *out, const char *tooltip)
{
	(void)fputs("<g><title>", out);
	(void)put_characters(out, tooltip, SIZE_MAX);
	(void)fputs("</title>\n", out);
}

void svg_group_end(FILE *out)
{
	(void)fputs("</g>\n", out);
}

void svg_rectangle(FILE *out, const struct svg_rectangle *rectangle)
{
	(void)fprintf(out, "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\"",
		      rectangle->x, rectangle->y, rectangle->width, rectangle->height);
	if (rectangle->radius > 0)
		(void)fprintf(out, " rx=\"%.1f\"", rectangle->radius);
	(void)fprintf(out, " fill=\"%s\"", rectangle->fill);
	if (rectangle->line != NULL)
		(void)fprintf(out, " stroke=\"%s\" stroke-width=\"%.1f\"", rectangle->line,
			      rectangle->line_width);
	if (rectangle->is_dashed)
		(void)fputs(" stroke-dasharray=\"3 3\"", out);
	(void)fputs("/>\n", out);
}

/* Names that are alike often differ at their end: the middle is left out. */
static void put_cut(FILE *out, const char *text, size_t count, size_t most)
{
	const size_t tail = (most - 1) / 2;

	(void)put_characters(out, text, most - 1 - tail);
	(void)fputs(ELLIPSIS, out);
	(void)put_characters(out, skip_characters(text, count - tail), tail);
}

void svg_text(FILE *out, const struct svg_text *style, const char *text)
{
	static const char *const anchors[] = {"", " text-anchor=\"middle\"",
					      " text-anchor=\"end\""};
	const size_t count = count_characters(text);
	size_t most = SIZE_MAX;

	if (style->width > 0 && svg_text_width(style, text) > style->width)
		most = (size_t)(style->width / character_width(style));
	if (count == 0 || most == 0)
		return;
	(void)fprintf(out, "<text x=\"%.1f\" y=\"%.1f\" font-size=\"%.1f\" class=\"t%s%s%s\"%s>",
		      style->x, style->y, style->size, style->is_bold ? " b" : "",
		      style->is_monospace ? " m" : "", style->is_faint ? " f" : "",
		      anchors[style->anchor]);
	if (most < count)
		put_cut(out, text, count, most);
	else
		(void)put_characters(out, text, count);
	(void)fputs("</text>\n", out);
}

void svg_line(FILE *out, double x1, double y1, double x2, double y2, const char *colour,
	      double width)
{
	(void)fprintf(out,
		      "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"%s\" "
		      "stroke-width=\"%.1f\"/>\n",
		      x1, y1, x2, y2, colour, width);
}

void svg_dot(FILE *out, double x, double y, double radius, const char *fill)
{
	(void)fprintf(out, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"%.1f\" fill=\"%s\"/>\n", x, y,
		      radius, fill);
}

void svg_band(FILE *out, const struct svg_band *band)
{
	const double middle = (band->left + band->right) / 2;

	(void)fprintf(out,
		      "<path d=\"M%.1f %.1f C%.1f %.1f %.1f %.1f %.1f %.1f L%.1f %.1f C%.1f %.1f "
		      "%.1f %.1f %.1f %.1f Z\" fill=\"%s\" fill-opacity=\"0.6\" "
		      "stroke=\"%s\" stroke-width=\"0.6\" stroke-opacity=\"0.45\"/>\n",
		      band->left, band->left_top, middle, band->left_top, middle, band->right_top,
		      band->right, band->right_top, band->right, band->right_bottom, middle,
		      band->right_bottom, middle, band->left_bottom, band->left, band->left_bottom,
		      band->fill, band->line);
}

void svg_bracket(FILE *out, double x, double y1, double y2, double lane, const char *colour,
		 double width, enum svg_dash dash)
{
	static const char *const dashes[] = {"", " stroke-dasharray=\"7 4\"",
					     " stroke-dasharray=\"2 4\""};

	(void)fprintf(out,
		      "<path d=\"M%.1f %.1f L%.1f %.1f L%.1f %.1f L%.1f %.1f\" fill=\"none\" "
		      "stroke=\"%s\" stroke-width=\"%.1f\" stroke-linejoin=\"round\"%s/>\n",
		      x, y1, lane, y1, lane, y2, x, y2, colour, width, dashes[dash]);
}

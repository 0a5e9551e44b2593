/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The picture that imagebuilder draws of a plan: it is XML, all of it is in view, and no text
 * covers another. The pictures are left in $BUILD/tests/unit/picture_*.svg for whoever wants to see
 * them.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "imagebuilder/map.h"
#include "imagebuilder/svg.h"
#include "tests/unit/printed.h"
#include "tests/unit/sample_plans.h"

static struct plan *plan;

static void print_map(FILE *out)
{
	map_print(out, plan, "A car's <gateway> & more", DIGEST);
}

/* --- Picture --- */

#define MAX_DEPTH 16

static double view_width;
static double view_height;

/* A coordinate is a number within the view. */
static void check_number(const char *name, const char *value)
{
	char *end;
	const double number = strtod(value, &end);
	const bool is_x = strcmp(name, "x") == 0 || strcmp(name, "x1") == 0 ||
			  strcmp(name, "x2") == 0 || strcmp(name, "cx") == 0 ||
			  strcmp(name, "width") == 0;
	const bool is_y = strcmp(name, "y") == 0 || strcmp(name, "y1") == 0 ||
			  strcmp(name, "y2") == 0 || strcmp(name, "cy") == 0 ||
			  strcmp(name, "height") == 0;

	if (!is_x && !is_y)
		return;
	assert_int_equal(*end, '\0');
	if (!(number >= 0) || !(number <= (is_x ? view_width : view_height)))
		fail_msg("%s=\"%s\" is out of the picture", name, value);
}

/* The corner points of a path: letters, and pairs of numbers. */
static void check_path(const char *path)
{
	bool is_y = false;

	while (*path != '\0') {
		char *end;
		double number;

		if (strchr("MLCZ ", *path) != NULL) {
			path++;
			continue;
		}
		number = strtod(path, &end);
		assert_ptr_not_equal(end, path);
		assert_true(number >= 0 && number <= (is_y ? view_height : view_width));
		is_y = !is_y;
		path = end;
	}
}

/* name="value" pairs up to the end of a tag; returns where it ends. */
static char *check_attributes(char *at)
{
	for (;;) {
		char *name;
		char *value;

		while (*at == ' ')
			at++;
		if (*at == '>' || *at == '/')
			return at;
		name = at;
		at = strchr(at, '=');
		assert_non_null(at);
		*at++ = '\0';
		assert_int_equal(*at, '"');
		value = ++at;
		at = strchr(at, '"');
		assert_non_null(at);
		*at++ = '\0';
		assert_null(strchr(value, '<'));
		check_number(name, value);
		if (strcmp(name, "d") == 0)
			check_path(value);
	}
}

/* Text holds no bare markup: every & begins an entity that XML knows. */
static char *check_content(char *at)
{
	static const char *const entities[] = {"&amp;", "&lt;", "&gt;", "&quot;"};

	while (*at != '<' && *at != '\0') {
		bool is_known = *at != '&';

		for (size_t i = 0; i < sizeof(entities) / sizeof(entities[0]); i++)
			if (strncmp(at, entities[i], strlen(entities[i])) == 0)
				is_known = true;
		assert_true(is_known);
		assert_true((uint8_t)*at >= 0x20 || *at == '\n');
		at++;
	}
	return at;
}

/* Whether tags are balanced and numbers are in the view. Takes the text apart. */
static void check_svg(void)
{
	char *open[MAX_DEPTH];
	unsigned depth = 0;
	char *at = printed;

	assert_int_equal(sscanf(strstr(printed, "viewBox="), "viewBox=\"0 0 %lf %lf\"", &view_width,
				&view_height),
			 2);
	assert_null(strstr(printed, "nan"));
	assert_null(strstr(printed, "inf\""));
	while (*(at = check_content(at)) != '\0') {
		const bool is_end = at[1] == '/';
		char *const name = at + (is_end ? 2 : 1);
		const size_t length = strspn(name, "abcdefghijklmnopqrstuvwxyz");

		assert_true(length > 0);
		at = name + length;
		if (is_end) {
			assert_true(depth > 0);
			depth--;
			assert_int_equal(strncmp(open[depth], name, length), 0);
		} else {
			at = check_attributes(at);
			assert_true(depth < MAX_DEPTH);
			open[depth] = name;
			depth += *at == '/' ? 0 : 1;
			at += *at == '/' ? 1 : 0;
		}
		assert_int_equal(*at, '>');
		at++;
	}
	assert_int_equal(depth, 0);
}

static void keep(const char *name)
{
	const char *const build = getenv("BUILD") != NULL ? getenv("BUILD") : "build";
	char path[256];
	FILE *file;

	(void)snprintf(path, sizeof(path), "%s/tests/unit/picture_%s.svg", build, name);
	file = fopen(path, "w");
	assert_non_null(file);
	assert_int_equal(fwrite(printed, 1, printed_size, file), printed_size);
	assert_int_equal(fclose(file), 0);
}

static void picture_is_well_formed(void **state)
{
	(void)state;
	for (enum sample sample = 0; sample < SAMPLE_COUNT; sample++) {
		plan = sample_plan(sample);
		capture(print_map);
		keep(sample_name(sample));
		check_svg();
	}
}

static void picture_names_every_owner(void **state)
{
	static const char *const parts[] = {
		"A car's &lt;gateway&gt; &amp; more",
		"infotainment",
		"gateway",
		"control",
		"hypervisor image",
		"GIC redistributors",
		"shared memory frames",
		"telemetry to gateway, memory 64 KiB rw",
		"9 device ranges",
		"ramdisk",
		DIGEST,
		">H</text>",
		"stroke-dasharray=\"7 4\"",
		"stroke-dasharray=\"2 4\"",
	};

	(void)state;
	plan = sample_plan(SAMPLE_RICH);
	capture(print_map);
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		contains(parts[i]);
}

/* One text of the picture with its box, as wide as the widest font makes it. */
struct seen {
	double left;
	double right;
	double top;
	double bottom;
	const char *words;
};

static struct seen see(const char *tag)
{
	struct svg_text style = {0};
	struct seen seen;
	char words[512];
	double width;

	assert_int_equal(sscanf(tag, "<text x=\"%lf\" y=\"%lf\" font-size=\"%lf\"", &style.x,
				&style.y, &style.size),
			 3);
	(void)snprintf(words, sizeof(words), "%.*s", (int)strcspn(strchr(tag, '>') + 1, "<"),
		       strchr(tag, '>') + 1);
	const size_t head = (size_t)(strchr(tag, '>') - tag);
	const char *const is_end = strstr(tag, "anchor=\"end\"");
	const char *const is_middle = strstr(tag, "anchor=\"middle\"");
	const char *const is_monospace = strstr(tag, " m");

	style.is_monospace = is_monospace != NULL && is_monospace < tag + head;
	width = svg_text_width(&style, words);
	seen = (struct seen){style.x, style.x + width, style.y - 0.72 * style.size,
			     style.y + 0.18 * style.size, tag};
	if (is_end != NULL && is_end < tag + head) {
		seen.left = style.x - width;
		seen.right = style.x;
	} else if (is_middle != NULL && is_middle < tag + head) {
		seen.left = style.x - width / 2;
		seen.right = style.x + width / 2;
	}
	return seen;
}

static void texts_do_not_overlap(void **state)
{
	static struct seen all[8192];

	(void)state;
	for (enum sample sample = 0; sample < SAMPLE_COUNT; sample++) {
		size_t count = 0;

		plan = sample_plan(sample);
		capture(print_map);
		for (const char *at = printed; (at = strstr(at, "<text ")) != NULL; at++) {
			const struct seen seen = see(at);

			assert_true(count < sizeof(all) / sizeof(all[0]));
			for (size_t o = 0; o < count; o++)
				if (seen.left < all[o].right && all[o].left < seen.right &&
				    seen.top < all[o].bottom && all[o].top < seen.bottom)
					fail_msg("%s: '%.100s' meets '%.100s'", sample_name(sample),
						 at, all[o].words);
			all[count++] = seen;
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(picture_is_well_formed, printed_tear_down),
		cmocka_unit_test_teardown(picture_names_every_owner, printed_tear_down),
		cmocka_unit_test_teardown(texts_do_not_overlap, printed_tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

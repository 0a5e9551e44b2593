/* SPDX-License-Identifier: Apache-2.0 */
#include "imagebuilder/source.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define PATH_SIZE 1024

/* A line of the annotated output. */
struct line {
	const char *text;
	size_t length;
};

/* Takes a line, without its indentation; false: there is no more. */
static bool take_line(const char **at, struct line *line)
{
	const char *const end = strchr(*at, '\n');

	if (end == NULL)
		return false;
	while (**at == '\t' || **at == ' ')
		(*at)++;
	line->text = *at;
	line->length = (size_t)(end - *at);
	*at = end + 1;
	return true;
}

static bool starts_with(const struct line *line, const char *text)
{
	return line->length >= strlen(text) && strncmp(line->text, text, strlen(text)) == 0;
}

/* The comment at the end of a line: where it begins, or NULL. */
static const char *comment_of(const struct line *line)
{
	for (size_t i = line->length; i > 3; i--)
		if (strncmp(line->text + i - 3, "/* ", 3) == 0)
			return line->text + i;
	return NULL;
}

/* The name of the node that the line opens; NULL: it opens none. *length: of the name. */
static const char *opened_node(const struct line *line, size_t *length)
{
	const char *const comment = comment_of(line);
	const size_t end = comment == NULL ? line->length : (size_t)(comment - line->text) - 3;
	const char *name = line->text;
	size_t i = end;

	while (i > 0 && line->text[i - 1] == ' ')
		i--;
	if (i < 2 || line->text[i - 1] != '{')
		return NULL;
	i--;
	while (i > 0 && line->text[i - 1] == ' ')
		i--;
	/* Labels stand in front, each with a colon and a space. */
	for (size_t k = 0; k + 1 < i; k++)
		if (line->text[k] == ':' && line->text[k + 1] == ' ')
			name = line->text + k + 2;
	*length = (size_t)(line->text + i - name);
	return name;
}

static bool holds_property(const struct line *line, const char *property)
{
	const size_t length = strlen(property);

	return starts_with(line, property) && line->length > length &&
	       (line->text[length] == ' ' || line->text[length] == ';');
}

/* The last FILE:LINE of the comment. */
static bool copy_place(const struct line *line, const char *system, char place[SOURCE_PLACE_SIZE])
{
	const char *const comment = comment_of(line);
	const char *const slash = strrchr(system, '/');
	char beside[SOURCE_PLACE_SIZE];

	if (comment == NULL)
		return false;

	const char *const end = line->text + line->length - 3; /* " *" and "/" */
	const char *start = comment;

	for (const char *at = comment; at + 1 < end; at++)
		if (at[0] == ',' && at[1] == ' ')
			start = at + 2;
	if (end <= start)
		return false;
	(void)snprintf(place, SOURCE_PLACE_SIZE, "%.*s", (int)(end - start), start);

	/* dtc names files beside the description without its folder. */
	char *const colon = strrchr(place, ':');

	if (colon == NULL || slash == NULL)
		return colon != NULL;
	(void)snprintf(beside, sizeof(beside), "%.*s/%.*s", (int)(slash - system), system,
		       (int)(colon - place), place);
	if (access(beside, R_OK) == 0) {
		char number[32];

		(void)snprintf(number, sizeof(number), "%s", colon);
		(void)snprintf(place, SOURCE_PLACE_SIZE, "%.*s%s",
			       (int)(SOURCE_PLACE_SIZE - sizeof(number)), beside, number);
	}
	return true;
}

/* The path of the node that is open; nodes are appended and cut off again. */
static void enter(char path[PATH_SIZE], const char *name, size_t length)
{
	const size_t used = strlen(path);

	/* The root's name is "/", and its path is empty here. */
	if (length == 1 && name[0] == '/')
		return;
	if (used + length + 2 < PATH_SIZE)
		(void)snprintf(path + used, PATH_SIZE - used, "/%.*s", (int)length, name);
}

static void leave(char path[PATH_SIZE])
{
	char *const slash = strrchr(path, '/');

	if (slash != NULL)
		*slash = '\0';
}

bool source_find(const char *annotated, const char *system, const char *path, const char *property,
		 char place[SOURCE_PLACE_SIZE])
{
	const char *const wanted = strcmp(path, "/") == 0 ? "" : path;
	char open[PATH_SIZE] = "";
	bool is_found = false;
	bool is_property = false;
	struct line line;

	while (annotated != NULL && take_line(&annotated, &line)) {
		size_t length;
		const char *const name = opened_node(&line, &length);

		if (name != NULL) {
			enter(open, name, length);
			if (strcmp(open, wanted) == 0 && !is_found)
				is_found = copy_place(&line, system, place);
		} else if (starts_with(&line, "};")) {
			leave(open);
		} else if (!is_property && strcmp(open, wanted) == 0 && property[0] != '\0' &&
			   holds_property(&line, property)) {
			is_property = copy_place(&line, system, place);
		}
	}
	return is_found || is_property;
}

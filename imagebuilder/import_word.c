/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "imagebuilder/import_parse.h"

#define MAX_INDEX 9999

static bool complain(struct parser *parser, const char *what)
{
	return config_error(parser->config, parser->line, parser->label, "%s", what);
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_one_of(char c, const char *set)
{
	return c != '\0' && strchr(set, c) != NULL;
}

char parser_look(const struct parser *parser, size_t distance)
{
	if (distance >= (size_t)(parser->end - parser->at))
		return '\0';
	return parser->at[distance];
}

void parser_next(struct parser *parser)
{
	if (parser->at == parser->end)
		return;
	if (*parser->at == '\n')
		parser->line++;
	parser->at++;
}

static bool add(struct parser *parser, const char *text, size_t size)
{
	if (size >= sizeof(parser->word) - parser->word_size)
		return complain(parser, "too long; a value has at most 4096 characters");
	memcpy(parser->word + parser->word_size, text, size);
	parser->word_size += size;
	parser->word[parser->word_size] = '\0';
	return true;
}

/* Takes one character into the word as it stands. */
static bool take(struct parser *parser)
{
	const char c = parser_look(parser, 0);

	parser_next(parser);
	return add(parser, &c, 1);
}

bool parser_name(struct parser *parser, char name[CONFIG_NAME_SIZE])
{
	size_t size = 0;

	if (!is_letter(parser_look(parser, 0))) {
		name[0] = '\0';
		return true;
	}
	while (is_letter(parser_look(parser, size)) || is_digit(parser_look(parser, size)))
		size++;
	if (size >= CONFIG_NAME_SIZE)
		return config_error(parser->config, parser->line, "a name",
				    "%zu characters; a name has at most %d", size,
				    CONFIG_NAME_SIZE - 1);
	memcpy(name, parser->at, size);
	name[size] = '\0';
	parser->at += size;
	return true;
}

/* An index is a number, or the name of a variable that has one. */
static bool read_index(struct parser *parser, const char *text, size_t size, uint32_t *index)
{
	char name[CONFIG_NAME_SIZE];
	struct setting *setting = NULL;

	if (size < sizeof(name) && size != 0 && is_letter(text[0])) {
		memcpy(name, text, size);
		name[size] = '\0';
		setting = config_find_element(parser->config, name, 0);
	}
	if (setting != NULL) {
		setting->is_referred = true;
		text = setting->value;
		size = strlen(text);
	}
	*index = 0;
	for (size_t i = 0; i < size; i++) {
		if (!is_digit(text[i]) || *index > MAX_INDEX)
			return complain(parser, "an index is a number from 0 to 9999");
		*index = *index * 10 + (uint32_t)(text[i] - '0');
	}
	return (size != 0 && *index <= MAX_INDEX) ||
	       complain(parser, "an index is a number from 0 to 9999");
}

static bool split_index(struct parser *parser, const char *text, struct setting_key *key)
{
	const char *const comma = strchr(text, ',');
	const size_t first = comma == NULL ? strlen(text) : (size_t)(comma - text);

	key->is_plain = false;
	key->index_count = comma == NULL ? 1 : 2;
	return read_index(parser, text, first, &key->indices[0]) &&
	       (comma == NULL ||
		read_index(parser, comma + 1, strlen(comma + 1), &key->indices[1]));
}

bool parser_index(struct parser *parser, struct setting_key *key)
{
	parser_next(parser);
	if (!parser_word(parser, ']') || !split_index(parser, parser->word, key))
		return false;
	parser_next(parser);
	return true;
}

/* The index of a reference: digits or a name, so that nothing nests. */
static bool read_plain_index(struct parser *parser, struct setting_key *key)
{
	char text[CONFIG_NAME_SIZE];
	size_t size = 0;

	while (is_letter(parser_look(parser, 1 + size)) ||
	       is_digit(parser_look(parser, 1 + size)) || parser_look(parser, 1 + size) == ',')
		size++;
	if (size >= sizeof(text) || parser_look(parser, 1 + size) != ']')
		return complain(parser, "an index is a number from 0 to 9999");
	memcpy(text, parser->at + 1, size);
	text[size] = '\0';
	parser->at += size + 2;
	return split_index(parser, text, key);
}

/* In a list, bash splits what a reference without quotes stands for, and looks for files. */
static bool is_taken_apart(const char *value)
{
	return value[0] == '\0' || strpbrk(value, " \t\n*?[\\") != NULL;
}

static bool insert_value(struct parser *parser, const struct setting_key *key, bool is_quoted)
{
	struct setting *const setting = config_find(parser->config, key);
	char label[CONFIG_LABEL_SIZE];

	if (setting == NULL)
		return config_error(
			parser->config, parser->line, parser->label,
			"%s has no value here; a reference is to what is assigned above, "
			"not to the environment",
			config_label(key, label));
	setting->is_referred = true;
	if (parser->is_in_list && !is_quoted && !setting->is_broken &&
	    is_taken_apart(setting->value))
		return config_error(parser->config, parser->line, parser->label,
				    "in a list bash takes apart what %s stands for; put quotes "
				    "around it",
				    config_label(key, label));
	/* A broken one was complained about where it stands. */
	return !setting->is_broken && add(parser, setting->value, strlen(setting->value));
}

/* ${NAME} or ${NAME[i]} */
static bool read_braces(struct parser *parser, bool is_quoted)
{
	struct setting_key key = {.index_count = 1, .is_plain = true};

	parser->at += 2;
	if (!parser_name(parser, key.name))
		return false;
	if (key.name[0] != '\0' && parser_look(parser, 0) == '[' && !read_plain_index(parser, &key))
		return false;
	if (key.name[0] == '\0' || parser_look(parser, 0) != '}')
		return complain(parser, "of bash's ${...}, only ${NAME} and ${NAME[0]} are read");
	parser_next(parser);
	return insert_value(parser, &key, is_quoted);
}

/* What stands behind a '$'. */
static bool read_reference(struct parser *parser, bool is_quoted)
{
	struct setting_key key = {.index_count = 1, .is_plain = true};
	const char c = parser_look(parser, 1);

	if (c == '(' && parser_look(parser, 2) == '(')
		return complain(parser, "$((...)) is arithmetic; nothing is run: write the number");
	if (c == '(')
		return complain(parser, "$(...) is a command; nothing is run: write what it says");
	if (c == '{')
		return read_braces(parser, is_quoted);
	if (is_letter(c)) {
		parser_next(parser);
		return parser_name(parser, key.name) && insert_value(parser, &key, is_quoted);
	}
	if (is_digit(c) || is_one_of(c, "@*#?-!$"))
		return complain(parser,
				"a parameter of the shell; nothing is run: write the value");
	if (!is_quoted && is_one_of(c, "'\""))
		return complain(parser, "$'...' and $\"...\" are not read; leave the '$' out");
	return take(parser);
}

static bool read_single_quotes(struct parser *parser)
{
	const uint32_t line = parser->line;

	for (parser_next(parser); parser_look(parser, 0) != '\'';) {
		if (parser->at == parser->end)
			return config_error(parser->config, line, parser->label,
					    "the quotation has no end");
		if (!take(parser))
			return false;
	}
	parser_next(parser);
	return true;
}

/* A backslash between double quotes stays, but before what it takes the meaning from. */
static bool read_backslash(struct parser *parser, const char *set)
{
	const char c = parser_look(parser, 1);

	if (c == '\n') {
		parser_next(parser);
		parser_next(parser);
		return true;
	}
	if (c != '\0' && (set == NULL || is_one_of(c, set)))
		parser_next(parser);
	return take(parser);
}

static bool read_command_quotes(struct parser *parser)
{
	return complain(parser, "`...` is a command; nothing is run: write what it says");
}

static bool read_double_quotes(struct parser *parser)
{
	const uint32_t line = parser->line;
	bool is_good = true;

	for (parser_next(parser); is_good && parser_look(parser, 0) != '"';) {
		const char c = parser_look(parser, 0);

		if (c == '\0')
			is_good = config_error(parser->config, line, parser->label,
					       "the quotation has no end");
		else if (c == '\\')
			is_good = read_backslash(parser, "$`\"\\");
		else if (c == '$')
			is_good = read_reference(parser, true);
		else
			is_good = c == '`' ? read_command_quotes(parser) : take(parser);
	}
	if (is_good)
		parser_next(parser);
	return is_good;
}

/* One piece of a word: a quotation, a reference, or a character. */
static bool read_piece(struct parser *parser)
{
	const char c = parser_look(parser, 0);

	switch (c) {
	case '\'':
		return read_single_quotes(parser);
	case '"':
		return read_double_quotes(parser);
	case '\\':
		return read_backslash(parser, NULL);
	case '$':
		return read_reference(parser, false);
	case '`':
		return read_command_quotes(parser);
	default:
		break;
	}
	if (is_one_of(c, parser->is_in_list ? "&|<>()*?[{" : "&|<>()"))
		return config_error(parser->config, parser->line, parser->label,
				    "'%c' means something to the shell, and nothing is run; if it "
				    "belongs to the value, put quotes around it",
				    c);
	/* At the start of a value, and of each path in one like PATH. */
	if (c == '~' && (parser->at == parser->word_start || parser->at[-1] == ':'))
		return complain(parser, "'~' is somebody's home; write the path");
	return take(parser);
}

bool parser_word(struct parser *parser, char ends)
{
	parser->word_size = 0;
	parser->word[0] = '\0';
	parser->word_start = parser->at;
	parser->is_in_list = ends == ')';
	for (;;) {
		const char c = parser_look(parser, 0);

		if (c == '\0' || (ends != '\0' && c == ends))
			break;
		/* Blanks are characters of an index. */
		if (c == '\n' || (ends != ']' && is_one_of(c, " \t;")))
			break;
		if (!read_piece(parser))
			return false;
	}
	return ends != ']' || parser_look(parser, 0) == ']' ||
	       complain(parser, "the index has no end");
}

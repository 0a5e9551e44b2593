/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "imagebuilder/import_parse.h"
#include "imagebuilder/import_variables.h"

#define MAX_INDEX 9999
#define BAD_INDEX "an index is a number from 0 to 9999, without zeros before it"

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

static bool is_name(char c)
{
	return is_letter(c) || is_digit(c);
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
	while (is_name(parser_look(parser, size)))
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

/*
 * The number that a name stands for in an index, or the text as it is. Where indices are text, and
 * where bash would look after the list has changed, a name stands for nothing.
 */
static const char *resolve(struct parser *parser, const struct setting_key *key, const char *text)
{
	struct setting *const setting = config_find_element(parser->config, text, 0);

	if (setting == NULL || config_is_associative(key->name) || strcmp(key->name, text) == 0)
		return text;
	setting->is_referred = true;
	return setting->value;
}

/* bash reads 010 in octal, and as text where indices are text. */
static bool read_index(const char *text, size_t size, uint32_t *index)
{
	uint64_t number;

	if (strspn(text, "0123456789") < size || !value_number(text, size, &number) ||
	    number > MAX_INDEX)
		return false;
	*index = (uint32_t)number;
	return true;
}

static bool split_index(struct parser *parser, const char *text, struct setting_key *key)
{
	const char *const number = resolve(parser, key, text);
	const size_t first = strcspn(number, ",");
	const bool has_second = number[first] == ',';
	const char *const second = number + first + 1;

	if (has_second && !config_is_associative(key->name))
		return complain(parser, "an index is one number; bash drops what stands before "
					"a comma");
	key->is_plain = false;
	key->index_count = has_second ? 2 : 1;
	return (read_index(number, first, &key->indices[0]) &&
		(!has_second || read_index(second, strlen(second), &key->indices[1]))) ||
	       complain(parser, BAD_INDEX);
}

bool parser_index(struct parser *parser, struct setting_key *key)
{
	parser_next(parser);
	if (!parser_word(parser, ']', "") || !split_index(parser, parser->word, key))
		return false;
	parser_next(parser);
	return true;
}

/* The index of a reference: digits or a name, so that nothing nests. */
static bool read_plain_index(struct parser *parser, struct setting_key *key)
{
	char text[CONFIG_NAME_SIZE];
	size_t size = 0;

	while (is_name(parser_look(parser, 1 + size)) || parser_look(parser, 1 + size) == ',')
		size++;
	if (size >= sizeof(text) || parser_look(parser, 1 + size) != ']')
		return complain(parser, BAD_INDEX);
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

/* bash joins lines before it looks for the end of a name. */
static bool goes_on(const struct parser *parser)
{
	size_t size = 1;

	while (is_name(parser_look(parser, size)))
		size++;
	if (parser_look(parser, size) != '\\' || parser_look(parser, size + 1) != '\n')
		return false;
	return size == 1 || is_name(parser_look(parser, size + 2)) ||
	       parser_look(parser, size + 2) == '\\';
}

/* What stands behind a '$'. */
static bool read_reference(struct parser *parser, bool is_quoted)
{
	struct setting_key key = {.index_count = 1, .is_plain = true};
	const char c = parser_look(parser, 1);

	if (goes_on(parser))
		return complain(parser, "the name goes on in the next line; write ${NAME}");
	if (c == '[' || (c == '(' && parser_look(parser, 2) == '('))
		return complain(parser, "$((...)) and $[...] are arithmetic; nothing is run: write "
					"the number");
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
	if (is_one_of(c, parser->is_in_list ? ";&|<>()*?[{" : "&|<>()"))
		return config_error(parser->config, parser->line, parser->label,
				    "'%c' means something to the shell, and nothing is run; if it "
				    "belongs to the value, put quotes around it",
				    c);
	/* At the start of a value, and of each path in one like PATH. */
	if (c == '~' && (parser->word_size == parser->before_size ||
			 parser->word[parser->word_size - 1] == ':'))
		return complain(parser, "'~' is somebody's home; write the path");
	return take(parser);
}

bool parser_word(struct parser *parser, char ends, const char *before)
{
	parser->word_size = 0;
	(void)add(parser, before, strlen(before));
	parser->before_size = parser->word_size;
	parser->word_start = parser->at;
	parser->is_in_list = ends == ')';
	for (;;) {
		const char c = parser_look(parser, 0);

		if (c == '\0' || (ends != '\0' && c == ends))
			break;
		/* Blanks are characters of an index. */
		if (c == '\n' || (ends != ']' && is_one_of(c, " \t")) || (ends == '\0' && c == ';'))
			break;
		if (!read_piece(parser))
			return false;
	}
	return ends != ']' || parser_look(parser, 0) == ']' ||
	       complain(parser, "the index has no end");
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "imagebuilder/import_parse.h"

#include <string.h>

#define WORD_SHOWN 40

/* Words that begin what would have to be run, and what to do instead. */
struct command {
	const char *name;
	enum { BLOCK_NONE, BLOCK_BEGINS, BLOCK_GOES_ON, BLOCK_ENDS } block;
	const char *hint;
};

static const struct command commands[] = {
	{"if", BLOCK_BEGINS, "write the lines that hold"},
	{"case", BLOCK_BEGINS, "write the lines that hold"},
	{"for", BLOCK_BEGINS, "write its lines out"},
	{"while", BLOCK_BEGINS, "write its lines out"},
	{"until", BLOCK_BEGINS, "write its lines out"},
	{"function", BLOCK_BEGINS, "write its lines out"},
	{"{", BLOCK_BEGINS, "write its lines out"},
	{"then", BLOCK_GOES_ON, NULL},
	{"else", BLOCK_GOES_ON, NULL},
	{"elif", BLOCK_GOES_ON, NULL},
	{"do", BLOCK_GOES_ON, NULL},
	{"fi", BLOCK_ENDS, NULL},
	{"done", BLOCK_ENDS, NULL},
	{"esac", BLOCK_ENDS, NULL},
	{"}", BLOCK_ENDS, NULL},
	{"source", BLOCK_NONE, "put that file's lines here"},
	{".", BLOCK_NONE, "put that file's lines here"},
	{"export", BLOCK_NONE, "leave the word out"},
	{"declare", BLOCK_NONE, "leave the word and its options out"},
	{"typeset", BLOCK_NONE, "leave the word and its options out"},
	{"readonly", BLOCK_NONE, "leave the word out"},
	{"local", BLOCK_NONE, "leave the word out"},
};

/* What bash changes by itself, or keeps from change; and all that begin with BASH. */
static const char *const own_names[] = {
	"_",	  "DIRSTACK", "EPOCHREALTIME", "EPOCHSECONDS", "EUID",	     "FUNCNAME",
	"GROUPS", "HISTCMD",  "IFS",	       "LINENO",       "PIPESTATUS", "PPID",
	"RANDOM", "SECONDS",  "SHELLOPTS",     "SRANDOM",      "UID",
};

static bool is_own_name(const char *name)
{
	for (size_t i = 0; i < sizeof(own_names) / sizeof(own_names[0]); i++)
		if (strcmp(own_names[i], name) == 0)
			return true;
	return strncmp(name, "BASH", 4) == 0;
}

static const struct command *find_command(const char *name)
{
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
		if (strcmp(commands[i].name, name) == 0)
			return &commands[i];
	return NULL;
}

static bool is_end(char c, const char *set)
{
	return c == '\0' || strchr(set, c) != NULL;
}

static void skip_line(struct parser *parser)
{
	while (!is_end(parser_look(parser, 0), "\n"))
		parser_next(parser);
}

/* Characters of the set, comments, and ends of lines that go on. */
static void skip_blanks(struct parser *parser, const char *set)
{
	for (;;) {
		const char c = parser_look(parser, 0);

		if (c == '#') {
			skip_line(parser);
		} else if (c == '\\' && parser_look(parser, 1) == '\n') {
			parser_next(parser);
			parser_next(parser);
		} else if (c == '\0' || strchr(set, c) == NULL) {
			return;
		} else {
			parser_next(parser);
		}
	}
}

/* The word at this place, as it stands; it has a character at least. */
static void copy_word(const struct parser *parser, const char *start, char word[WORD_SHOWN + 1])
{
	size_t size = 1;

	while (size < WORD_SHOWN && start + size < parser->end && !is_end(start[size], " \t\n;"))
		size++;
	memcpy(word, start, size);
	word[size] = '\0';
}

/* "name()" begins a function, as the word function does. */
static bool is_function(const char *word)
{
	const size_t size = strlen(word);

	return size > 2 && strcmp(word + size - 2, "()") == 0;
}

/* Complains about what is no assignment, and skips its line. */
static void refuse_command(struct parser *parser, const char *start)
{
	char word[WORD_SHOWN + 1];
	const struct command *command;

	copy_word(parser, start, word);
	command = find_command(is_function(word) ? "function" : word);
	skip_line(parser);
	if (command != NULL && command->hint == NULL && parser->open_blocks != 0) {
		parser->open_blocks -= command->block == BLOCK_ENDS ? 1 : 0;
		return;
	}
	if (command != NULL && command->block == BLOCK_BEGINS)
		parser->open_blocks++;
	(void)config_error(parser->config, parser->line, word,
			   "a command; nothing is run, only assignments NAME=value are read%s%s",
			   command != NULL && command->hint != NULL ? ": " : "",
			   command != NULL && command->hint != NULL ? command->hint : "");
}

static size_t count_blanks(const struct parser *parser)
{
	size_t count = 0;

	while (parser_look(parser, count) == ' ' || parser_look(parser, count) == '\t')
		count++;
	return count;
}

/* NAME= value, which bash takes for a command with NAME in its environment. */
static bool has_blanks_behind_equals(const struct parser *parser)
{
	const size_t count = count_blanks(parser);

	return parser->at == parser->word_start && count != 0 &&
	       !is_end(parser_look(parser, count), "\n;#)");
}

/* Reads a value and assigns it. What cannot be read is remembered as that. */
static bool read_value(struct parser *parser, const struct setting_key *key, char ends,
		       bool is_added)
{
	const struct setting *const setting = is_added ? config_find(parser->config, key) : NULL;
	const uint32_t line = parser->line;
	bool is_good;

	(void)config_label(key, parser->label);
	is_good = parser_word(parser, ends, setting == NULL ? "" : setting->value);
	if (is_good && ends == '\0' && has_blanks_behind_equals(parser))
		is_good = config_error(parser->config, line, parser->label,
				       "blanks behind the '='; bash takes what follows for a "
				       "command; write NAME=value");
	return config_assign(parser->config, key, is_good ? parser->word : NULL, line) && is_good;
}

/* One element of NAME=(...): value or [index]=value. */
static bool read_element(struct parser *parser, struct setting_key *key)
{
	const bool has_index = parser_look(parser, 0) == '[';

	(void)snprintf(parser->label, sizeof(parser->label), "%s", key->name);
	if (has_index && !parser_index(parser, key))
		return false;
	if (has_index && parser_look(parser, 0) != '=')
		return config_error(parser->config, parser->line, key->name,
				    "an index in a list is followed by '=': [0]=value");
	if (has_index)
		parser_next(parser);
	if (!read_value(parser, key, ')', false))
		return false;
	key->index_count = 1;
	key->indices[0]++;
	return true;
}

/* From the '(' to behind the ')'. */
static bool read_elements(struct parser *parser, struct setting_key *key)
{
	const uint32_t line = parser->line;

	parser_next(parser);
	for (;;) {
		skip_blanks(parser, " \t\n");
		if (parser_look(parser, 0) == ')')
			break;
		if (parser->at == parser->end)
			return config_error(parser->config, line, key->name, "the list has no end");
		if (!read_element(parser, key))
			return false;
	}
	parser_next(parser);
	/* bash takes (a)b for text, brackets and all. */
	return is_end(parser_look(parser, 0), " \t\n;") ||
	       config_error(parser->config, parser->line, key->name,
			    "no blank behind the list; bash takes all of it for text");
}

/* A list counts when all of it is read: its values may refer to what NAME was. */
static bool read_list(struct parser *parser, struct setting_key *key, bool is_added)
{
	bool is_good;

	key->is_plain = false;
	key->indices[0] = is_added ? config_next_index(parser->config, key->name) : 0;
	/* But bash adds to indices that are text one by one. */
	key->is_staged = !is_added || !config_is_associative(key->name);
	is_good = read_elements(parser, key);
	config_adopt(parser->config, key->name, is_added);
	return is_good;
}

/* Behind the name and the index. False: reported. */
static bool read_assignment(struct parser *parser, struct setting_key *key, bool is_added)
{
	if (is_own_name(key->name))
		return config_error(parser->config, parser->line, key->name,
				    "a variable of bash's own; take another name");
	parser->at += is_added ? 2 : 1;
	if (parser_look(parser, 0) != '(')
		return read_value(parser, key, '\0', is_added);
	if (!key->is_plain)
		return config_error(parser->config, parser->line, key->name,
				    "a list belongs to the whole: NAME=(...)");
	return read_list(parser, key, is_added);
}

/* NAME = value, which bash takes for a command. */
static bool has_blanks_before_equals(const struct parser *parser)
{
	const size_t count = count_blanks(parser);

	return count != 0 && parser_look(parser, count) == '=';
}

static void read_statement(struct parser *parser)
{
	const char *const start = parser->at;
	struct setting_key key = {.index_count = 1, .is_plain = true};

	if (!parser_name(parser, key.name)) {
		skip_line(parser);
		return;
	}
	(void)snprintf(parser->label, sizeof(parser->label), "%s", key.name);
	if (key.name[0] != '\0' && parser_look(parser, 0) == '[' && !parser_index(parser, &key)) {
		skip_line(parser);
		return;
	}

	const bool is_added = parser_look(parser, 0) == '+' && parser_look(parser, 1) == '=';

	if (key.name[0] != '\0' && (is_added || parser_look(parser, 0) == '=')) {
		if (!read_assignment(parser, &key, is_added))
			skip_line(parser);
	} else if (key.name[0] != '\0' && has_blanks_before_equals(parser)) {
		(void)config_assign(parser->config, &key, NULL, parser->line);
		(void)config_error(parser->config, parser->line, config_label(&key, parser->label),
				   "blanks before the '='; bash takes that for a command; write "
				   "NAME=value");
		skip_line(parser);
	} else {
		refuse_command(parser, start);
	}
}

void parse_config(struct config *config, const char *text, size_t size)
{
	struct parser parser = {.config = config, .at = text, .end = text + size, .line = 1};

	for (;;) {
		skip_blanks(&parser, " \t\n");
		if (parser.at == parser.end)
			return;
		read_statement(&parser);
		/* One ';' is the end of a line; one more ends nothing, and is an error. */
		skip_blanks(&parser, " \t");
		if (parser_look(&parser, 0) == ';')
			parser_next(&parser);
	}
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The part of bash that a configuration needs:
 *
 *   NAME=value   NAME[i]=value   NAME[i,j]=value   NAME=(value [i]=value ...)   and += for =
 *
 * with comments, quotes, backslashes, lines that go on, and $NAME, ${NAME} and ${NAME[i]} for what
 * is assigned above. All else is an error with its line, and what follows is read on.
 */
#ifndef BULKHEAD_IMAGEBUILDER_IMPORT_PARSE_H
#define BULKHEAD_IMAGEBUILDER_IMPORT_PARSE_H

#include "imagebuilder/import_config.h"

struct parser {
	struct config *config;
	const char *at;
	const char *end;
	uint32_t line;
	char label[CONFIG_LABEL_SIZE]; /* what errors in a word are about */
	const char *word_start;	       /* of the word that is read */
	bool is_in_list;	       /* where bash takes apart what is not quoted */
	char word[CONFIG_VALUE_SIZE];
	size_t word_size;
	size_t before_size;   /* of what '+=' adds to, with which the word begins */
	unsigned open_blocks; /* of if, for and their like that were complained about */
};

/* The character at this distance; '\0' behind the end, and nowhere before it. */
char parser_look(const struct parser *parser, size_t distance);

/* Goes over a character. */
void parser_next(struct parser *parser);

/*
 * Reads a word with its quotes, backslashes and references into word: a value up to a blank or ';',
 * or what stands in brackets or in a list up to what ends it (0: nothing but that). The word begins
 * with the text before. False: reported.
 */
bool parser_word(struct parser *parser, char ends, const char *before);

/* Reads a name; empty when there is none. False: it is too long, reported. */
bool parser_name(struct parser *parser, char name[CONFIG_NAME_SIZE]);

/* Reads what stands in brackets: one or two indices, which the key gets. False: reported. */
bool parser_index(struct parser *parser, struct setting_key *key);

/* Reads the text into the configuration. All errors are in there. */
void parse_config(struct config *config, const char *text, size_t size);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writes JSON: commas, indentation and escapes. name is the key, NULL inside of a list and at the
 * top. Each json_object() and json_list() is ended by json_end().
 */
#ifndef BULKHEAD_IMAGEBUILDER_JSON_WRITER_H
#define BULKHEAD_IMAGEBUILDER_JSON_WRITER_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#define JSON_MAX_DEPTH 16

struct json {
	FILE *out;
	unsigned depth;
	bool is_empty; /* nothing stands yet in the innermost object or list */
	char ends[JSON_MAX_DEPTH];
};

void json_object(struct json *json, const char *name);
void json_list(struct json *json, const char *name);
void json_end(struct json *json);

void json_text(struct json *json, const char *name, const char *text); /* NULL: null */
void json_number(struct json *json, const char *name, uint64_t number);
void json_hexadecimal(struct json *json, const char *name, uint64_t number);
void json_flag(struct json *json, const char *name, bool flag);
void json_null(struct json *json, const char *name);

#endif

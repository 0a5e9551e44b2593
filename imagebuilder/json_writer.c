/* SPDX-License-Identifier: Apache-2.0 */
#include "imagebuilder/json_writer.h"

#include "imagebuilder/words.h"

static void put_string(const struct json *json, const char *text)
{
	(void)fputc('"', json->out);
	while (*text != '\0') {
		const size_t length = words_character(text);

		if (*text == '"' || *text == '\\')
			(void)fprintf(json->out, "\\%c", *text);
		else if (length != 0)
			(void)fwrite(text, length, 1, json->out);
		else if ((uint8_t)*text < 0x80)
			(void)fprintf(json->out, "\\u%04x", (unsigned)(uint8_t)*text);
		else
			(void)fputs("\\ufffd", json->out);
		text += length == 0 ? 1 : length;
	}
	(void)fputc('"', json->out);
}

static void new_line(const struct json *json)
{
	(void)fprintf(json->out, "\n%*s", (int)(2 * json->depth), "");
}

/* Comma, indentation, key: all that stands before a value. */
static void begin(struct json *json, const char *name)
{
	if (!json->is_empty)
		(void)fputc(',', json->out);
	if (json->depth != 0)
		new_line(json);
	json->is_empty = false;
	if (name == NULL)
		return;
	put_string(json, name);
	(void)fputs(": ", json->out);
}

static void begin_group(struct json *json, const char *name, char first, char last)
{
	begin(json, name);
	(void)fputc(first, json->out);
	json->ends[json->depth++] = last;
	json->is_empty = true;
}

void json_object(struct json *json, const char *name)
{
	begin_group(json, name, '{', '}');
}

void json_list(struct json *json, const char *name)
{
	begin_group(json, name, '[', ']');
}

void json_end(struct json *json)
{
	json->depth--;
	if (!json->is_empty)
		new_line(json);
	(void)fputc(json->ends[json->depth], json->out);
	json->is_empty = false;
	if (json->depth == 0)
		(void)fputc('\n', json->out);
}

void json_text(struct json *json, const char *name, const char *text)
{
	if (text == NULL) {
		json_null(json, name);
		return;
	}
	begin(json, name);
	put_string(json, text);
}

void json_number(struct json *json, const char *name, uint64_t number)
{
	begin(json, name);
	(void)fprintf(json->out, "%llu", (unsigned long long)number);
}

void json_hexadecimal(struct json *json, const char *name, uint64_t number)
{
	begin(json, name);
	(void)fprintf(json->out, "\"0x%llx\"", (unsigned long long)number);
}

void json_flag(struct json *json, const char *name, bool flag)
{
	begin(json, name);
	(void)fputs(flag ? "true" : "false", json->out);
}

void json_null(struct json *json, const char *name)
{
	begin(json, name);
	(void)fputs("null", json->out);
}

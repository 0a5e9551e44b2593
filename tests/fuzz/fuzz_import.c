/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any bytes as a configuration of ImageBuilder: either errors and no description, or a description
 * whose strings, comments and braces end, and no errors.
 */
#include "tests/fuzz/fuzz.h"

#include <string.h>

#include "imagebuilder/import.h"

static bool has(const char *text, const char *what)
{
	return strstr(text, what) != NULL;
}

/* Behind the string or comment that begins here, else behind one character. */
static const char *skip(const char *at)
{
	if (strncmp(at, "/*", 2) == 0) {
		at = strstr(at + 2, "*/");
		CHECK(at != NULL);
		return at + 2;
	}
	if (*at != '"')
		return at + 1;
	for (at++; *at != '"'; at++) {
		CHECK(*at != '\0' && *at != '\n');
		at += *at == '\\' ? 1 : 0;
	}
	return at + 1;
}

static void check_description(const char *text)
{
	int depth = 0;

	for (const char *at = text; *at != '\0'; at = skip(at)) {
		CHECK((unsigned char)*at >= ' ' || *at == '\n' || *at == '\t');
		depth += *at == '{' ? 1 : 0;
		depth -= *at == '}' ? 1 : 0;
		CHECK(depth >= 0);
	}
	CHECK(depth == 0);
	CHECK(has(text, "\n/dts-v1/;\n") && has(text, "\t\tdomU0 {\n") && has(text, "kernel {\n"));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *description = NULL;
	char *said = NULL;
	size_t description_size = 0;
	size_t said_size = 0;
	FILE *const out = open_memstream(&description, &description_size);
	FILE *const says = open_memstream(&said, &said_size);
	bool is_good;

	CHECK(out != NULL && says != NULL);
	is_good = import_text("config", (const char *)data, size, out, says);
	CHECK(fclose(out) == 0 && fclose(says) == 0);
	CHECK(strlen(said) == said_size);
	CHECK(is_good == !has(said, ": error: "));
	CHECK(is_good == (description_size != 0));
	if (is_good) {
		CHECK(strlen(description) == description_size);
		check_description(description);
	}
	free(description);
	free(said);
	return 0;
}

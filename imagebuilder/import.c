/* SPDX-License-Identifier: Apache-2.0 */
#include "imagebuilder/import.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "imagebuilder/import_parse.h"
#include "imagebuilder/import_variables.h"
#include "imagebuilder/message.h"
#include "imagebuilder/run.h"

/* Lines of Windows end with a carriage return, which bash would take into the values. */
static size_t drop_carriage_returns(const char *text, size_t size, char *out)
{
	size_t kept = 0;

	for (size_t i = 0; i < size; i++)
		if (text[i] != '\r' || i + 1 == size || text[i + 1] != '\n')
			out[kept++] = text[i];
	return kept;
}

static bool import_lines(const char *name, const char *text, size_t size, FILE *out, FILE *says)
{
	static struct config config;
	static struct import import;
	const char *const slash = strrchr(name, '/');
	bool is_good;

	config_reset(&config);
	import = (struct import){.config = &config};
	parse_config(&config, text, size);
	import_check(&import);
	is_good = config.errors == 0;
	if (is_good)
		import_write(&import, slash == NULL ? name : slash + 1, out);
	config_print(&config, name, says);
	return is_good;
}

bool import_text(const char *name, const char *text, size_t size, FILE *out, FILE *says)
{
	char *lines;
	bool is_good;

	if (size > CONFIG_MAX_SIZE || memchr(text, '\0', size) != NULL) {
		(void)fprintf(says, "%s: error: not a configuration: a text of at most 1 MiB\n",
			      name);
		return false;
	}
	lines = malloc(size + 1);
	if (lines == NULL)
		return fail("%s: too little memory", name);
	is_good = import_lines(name, lines, drop_carriage_returns(text, size, lines), out, says);
	free(lines);
	return is_good;
}

static bool is_same_file(const char *a, const char *b)
{
	struct stat first;
	struct stat second;

	return stat(a, &first) == 0 && stat(b, &second) == 0 && first.st_dev == second.st_dev &&
	       first.st_ino == second.st_ino;
}

/* Writes all or nothing: what is half written is removed. */
static bool write_file(const char *path, const char *text, size_t size)
{
	FILE *const file = fopen(path, "wb");
	struct stat status;
	bool is_good;

	if (file == NULL)
		return fail("%s: cannot be written", path);
	is_good = fwrite(text, 1, size, file) == size;
	is_good = fclose(file) == 0 && is_good;
	if (!is_good && stat(path, &status) == 0 && S_ISREG(status.st_mode))
		(void)remove(path);
	return is_good || fail("%s: cannot be written", path);
}

static bool write_out(const struct options *options, const char *text, size_t size)
{
	if (options->output != NULL)
		return write_file(options->output, text, size);
	return (fwrite(text, 1, size, stdout) == size && fflush(stdout) == 0) ||
	       fail("standard output: cannot be written");
}

static bool import_bytes(const struct options *options, const struct bytes *bytes)
{
	char *text = NULL;
	size_t size = 0;
	FILE *const out = open_memstream(&text, &size);
	bool is_good;

	if (out == NULL)
		return fail("%s: too little memory", options->system);
	is_good = import_text(options->system, bytes->data, bytes->size, out, stderr);
	if (fclose(out) != 0)
		is_good = fail("%s: too little memory", options->system);
	is_good = is_good && write_out(options, text, size);
	free(text);
	return is_good;
}

enum exit_status import_run(const struct options *options)
{
	struct bytes bytes = {NULL, 0};
	bool is_good;

	if (options->output != NULL && is_same_file(options->system, options->output)) {
		(void)fail("%s: it is read, and cannot be the output", options->output);
		return EXIT_ERRORS;
	}
	is_good = read_whole(options->system, &bytes) && bytes.data != NULL &&
		  import_bytes(options, &bytes);
	free(bytes.data);
	return is_good ? EXIT_GOOD : EXIT_ERRORS;
}

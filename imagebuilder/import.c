/* SPDX-License-Identifier: Apache-2.0 */
#define _XOPEN_SOURCE 700 /* realpath() */
#include "imagebuilder/import.h"

#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

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

static bool write_text(const char *path, const char *mode, const char *text, size_t size)
{
	FILE *const file = fopen(path, mode);
	bool is_good;

	if (file == NULL)
		return false;
	is_good = fwrite(text, 1, size, file) == size;
	return fclose(file) == 0 && is_good;
}

/* Writes a file beside the path, of the same mode as what is there, and puts it into its place. */
static bool replace_file(const char *path, const struct stat *old, const char *text, size_t size)
{
	char beside[PATH_MAX];
	const int length = snprintf(beside, sizeof(beside), "%s.%ld~", path, (long)getpid());

	if (length < 0 || (size_t)length >= sizeof(beside))
		return false;
	if (write_text(beside, "wbx", text, size) &&
	    (old == NULL || chmod(beside, old->st_mode & 07777) == 0) && rename(beside, path) == 0)
		return true;
	(void)unlink(beside);
	return false;
}

/* A device is written in place; a link stays, and what it leads to is replaced. */
static bool write_file(const char *path, const char *text, size_t size)
{
	char real[PATH_MAX];
	struct stat old;

	if (stat(path, &old) != 0)
		return replace_file(path, NULL, text, size);
	if (!S_ISREG(old.st_mode))
		return write_text(path, "wb", text, size);
	return access(path, W_OK) == 0 && realpath(path, real) != NULL &&
	       replace_file(real, &old, text, size);
}

/* All or nothing: no signal ends the program with a file half written. */
static bool write_safely(const char *path, const char *text, size_t size)
{
	sigset_t all;
	sigset_t before;
	bool is_good;

	(void)sigfillset(&all);
	(void)sigprocmask(SIG_BLOCK, &all, &before);
	is_good = write_file(path, text, size) || fail("%s: cannot be written", path);
	(void)sigprocmask(SIG_SETMASK, &before, NULL);
	return is_good;
}

static bool write_out(const struct options *options, const char *text, size_t size)
{
	if (options->output != NULL)
		return write_safely(options->output, text, size);
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

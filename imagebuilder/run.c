/* SPDX-License-Identifier: Apache-2.0 */
#include "imagebuilder/run.h"

#include <errno.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "imagebuilder/message.h"

#define PIECE 65536

extern char **environ;

/* All that a file has left. */
static bool collect(FILE *file, struct bytes *bytes)
{
	size_t room = 0;

	*bytes = (struct bytes){NULL, 0};
	for (;;) {
		if (room - bytes->size < PIECE + 1) {
			char *const larger = realloc(bytes->data, room + 2 * PIECE);

			if (larger == NULL)
				return false;
			bytes->data = larger;
			room += 2 * PIECE;
		}

		const size_t count = fread(bytes->data + bytes->size, 1, PIECE, file);

		bytes->size += count;
		bytes->data[bytes->size] = '\0';
		if (count == 0)
			return ferror(file) == 0;
	}
}

/* Starts the program with its output, or both of its outputs, going into the pipe. */
static int spawn(char *const arguments[], const int ends[2], bool with_errors, pid_t *child)
{
	posix_spawn_file_actions_t actions;
	int result = posix_spawn_file_actions_init(&actions);

	if (result != 0)
		return result;
	(void)posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
	if (with_errors)
		(void)posix_spawn_file_actions_adddup2(&actions, ends[1], STDERR_FILENO);
	(void)posix_spawn_file_actions_addclose(&actions, ends[0]);
	result = posix_spawnp(child, arguments[0], &actions, NULL, arguments, environ);
	(void)posix_spawn_file_actions_destroy(&actions);
	return result;
}

/* Runs a program of a Debian package. *is_started: it was there. */
static bool run(char *const arguments[], const char *package, bool with_errors,
		struct bytes *output, bool *is_started)
{
	int ends[2];
	pid_t child;
	int status = 0;

	*output = (struct bytes){NULL, 0};
	*is_started = false;
	if (pipe(ends) != 0)
		return fail("%s: %s", arguments[0], strerror(errno));

	const int result = spawn(arguments, ends, with_errors, &child);
	FILE *const file = fdopen(ends[0], "rb");

	(void)close(ends[1]);
	if (result != 0 || file == NULL) {
		if (file != NULL)
			(void)fclose(file);
		return fail("%s cannot be started: %s; install the package %s", arguments[0],
			    strerror(result), package);
	}

	const bool is_read = collect(file, output);

	*is_started = true;
	(void)fclose(file);
	return waitpid(child, &status, 0) == child && is_read && WIFEXITED(status) &&
	       WEXITSTATUS(status) == 0;
}

bool run_program(char *const arguments[], struct bytes *output)
{
	bool is_started;

	return run(arguments, "device-tree-compiler", false, output, &is_started);
}

const char *first_line(struct bytes *said)
{
	if (said->data == NULL || said->data[0] == '\0')
		return "it does not say why";
	said->data[strcspn(said->data, "\n")] = '\0';
	return said->data;
}

bool run_tool(char *const arguments[], const char *package, struct bytes *said)
{
	bool is_started;

	if (run(arguments, package, true, said, &is_started))
		return true;
	if (is_started)
		(void)fail("%s: %s", arguments[0], first_line(said));
	free(said->data);
	said->data = NULL;
	return false;
}

bool read_whole(const char *path, struct bytes *contents)
{
	FILE *const file = fopen(path, "rb");
	const bool is_read = file != NULL && collect(file, contents);

	if (file != NULL)
		(void)fclose(file);
	return is_read || fail("%s: %s", path, strerror(errno));
}

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

/* Starts the program with its output going into the pipe. */
static int spawn(char *const arguments[], const int ends[2], pid_t *child)
{
	posix_spawn_file_actions_t actions;
	int result = posix_spawn_file_actions_init(&actions);

	if (result != 0)
		return result;
	(void)posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
	(void)posix_spawn_file_actions_addclose(&actions, ends[0]);
	result = posix_spawnp(child, arguments[0], &actions, NULL, arguments, environ);
	(void)posix_spawn_file_actions_destroy(&actions);
	return result;
}

bool run_program(char *const arguments[], struct bytes *output)
{
	int ends[2];
	pid_t child;
	int status = 0;

	*output = (struct bytes){NULL, 0};
	if (pipe(ends) != 0)
		return fail("%s: %s", arguments[0], strerror(errno));

	const int result = spawn(arguments, ends, &child);
	FILE *const file = fdopen(ends[0], "rb");

	(void)close(ends[1]);
	if (result != 0 || file == NULL) {
		if (file != NULL)
			(void)fclose(file);
		return fail("%s cannot be started: %s; install the package device-tree-compiler",
			    arguments[0], strerror(result));
	}

	const bool is_read = collect(file, output);

	(void)fclose(file);
	return waitpid(child, &status, 0) == child && is_read && WIFEXITED(status) &&
	       WEXITSTATUS(status) == 0;
}

bool read_whole(const char *path, struct bytes *contents)
{
	FILE *const file = fopen(path, "rb");
	const bool is_read = file != NULL && collect(file, contents);

	if (file != NULL)
		(void)fclose(file);
	return is_read || fail("%s: %s", path, strerror(errno));
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "imagebuilder/staging.h"

#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "imagebuilder/message.h"

#define NAME_SIZE 256
#define PATH_SIZE (BOARD_PATH_SIZE + 32 + NAME_SIZE)

static volatile sig_atomic_t is_interrupted;

static void interrupt(int signal)
{
	(void)signal;
	is_interrupted = 1;
}

bool staging_interrupted(void)
{
	return is_interrupted != 0;
}

/* Programs that are run get SIGINT too, and end: their failure is seen. */
static void catch_signals(void (*handler)(int))
{
	struct sigaction action = {.sa_handler = handler};

	(void)sigemptyset(&action.sa_mask);
	(void)sigaction(SIGINT, &action, NULL);
	(void)sigaction(SIGTERM, &action, NULL);
}

bool staging_begin(struct staging *staging, const char *output)
{
	if (strlen(output) >= sizeof(staging->output))
		return fail("%s: too long a path", output);
	(void)snprintf(staging->output, sizeof(staging->output), "%s", output);
	staging->is_new = mkdir(output, 0777) == 0;
	if (!staging->is_new && errno != EEXIST)
		return fail("%s: %s", output, strerror(errno));
	(void)snprintf(staging->path, sizeof(staging->path), "%s/.packing-XXXXXX", output);
	if (mkdtemp(staging->path) == NULL) {
		const int error = errno;

		if (staging->is_new)
			(void)rmdir(output);
		return fail("%s: %s", output, strerror(error));
	}
	catch_signals(interrupt);
	return true;
}

static bool is_hidden(const char *name)
{
	return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

/* Moves a file into the output, or removes it. */
static bool settle(const struct staging *staging, const char *name, bool is_good)
{
	char from[PATH_SIZE];
	char to[PATH_SIZE];

	(void)snprintf(from, sizeof(from), "%s/%s", staging->path, name);
	(void)snprintf(to, sizeof(to), "%s/%s", staging->output, name);
	if (is_good && rename(from, to) != 0) {
		(void)fail("%s: %s", to, strerror(errno));
		is_good = false;
	}
	if (!is_good)
		(void)unlink(from);
	return is_good;
}

/* The file that a line of a manifest names, or an empty text. */
static void read_name(const char *line, char name[NAME_SIZE])
{
	if (sscanf(line, " \"name\": \"%255[^\"]\"", name) != 1 || strchr(name, '/') != NULL)
		name[0] = '\0';
}

/* Removes what an earlier manifest names and this time's files do not replace. */
static void drop_old(const struct staging *staging)
{
	char line[PATH_SIZE];
	char name[NAME_SIZE];
	char path[PATH_SIZE];

	(void)snprintf(path, sizeof(path), "%s/manifest.json", staging->output);

	FILE *const manifest = fopen(path, "r");

	while (manifest != NULL && fgets(line, sizeof(line), manifest) != NULL) {
		read_name(line, name);
		(void)snprintf(path, sizeof(path), "%s/%s", staging->path, name);
		if (name[0] == '\0' || access(path, F_OK) == 0)
			continue;
		(void)snprintf(path, sizeof(path), "%s/%s", staging->output, name);
		(void)unlink(path);
	}
	if (manifest != NULL)
		(void)fclose(manifest);
}

bool staging_end(struct staging *staging, bool is_good)
{
	struct dirent **entries;

	if (is_good && staging_interrupted())
		is_good = false;

	if (is_good)
		drop_old(staging);

	const bool is_asked = is_good;
	const int count = scandir(staging->path, &entries, NULL, alphasort);

	for (int i = 0; i < count; i++) {
		if (!is_hidden(entries[i]->d_name))
			is_good = settle(staging, entries[i]->d_name, is_asked) && is_good;
		free(entries[i]);
	}
	if (count >= 0)
		free(entries);
	(void)rmdir(staging->path);
	if (!is_good && staging->is_new)
		(void)rmdir(staging->output);
	catch_signals(SIG_DFL);
	if (staging_interrupted())
		(void)fail("interrupted; %s is as it was", staging->output);
	return is_good && count >= 0;
}

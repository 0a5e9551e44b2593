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

#define NAME_SIZE      256
#define MANIFEST       "manifest.json"
#define MANIFEST_START "{\n  \"bulkhead\": \"" /* of one that is ours */
#define OLD	       ".old"		       /* in the staging folder: what was replaced */
#define PATH_SIZE      (BOARD_PATH_SIZE + 32 + NAME_SIZE)

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
	struct sigaction before;

	(void)sigemptyset(&action.sa_mask);
	(void)sigaction(SIGINT, &action, NULL);
	(void)sigaction(SIGTERM, &action, NULL);
	/* nohup has it ignored. */
	if (sigaction(SIGHUP, NULL, &before) == 0 && before.sa_handler != SIG_IGN)
		(void)sigaction(SIGHUP, &action, NULL);
}

/* A folder that holds a manifest of somebody else's is no place for ours. */
static bool check_manifest(const char *output)
{
	char path[PATH_SIZE];
	char start[sizeof(MANIFEST_START)] = "";

	(void)snprintf(path, sizeof(path), "%s/" MANIFEST, output);

	FILE *const file = fopen(path, "r");

	if (file == NULL)
		return true;
	(void)fread(start, 1, sizeof(start) - 1, file);
	(void)fclose(file);
	return strcmp(start, MANIFEST_START) == 0 ||
	       fail("%s: not written by imagebuilder pack; choose another folder", path);
}

bool staging_begin(struct staging *staging, const char *output)
{
	if (strlen(output) >= sizeof(staging->output))
		return fail("%s: too long a path", output);
	(void)snprintf(staging->output, sizeof(staging->output), "%s", output);
	if (!check_manifest(output))
		return false;
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

/* What is to be moved: the manifest last, so that it never names what is not there yet. */
static int by_name(const struct dirent **a, const struct dirent **b)
{
	const int a_is_last = strcmp((*a)->d_name, MANIFEST) == 0;
	const int b_is_last = strcmp((*b)->d_name, MANIFEST) == 0;

	return a_is_last != b_is_last ? a_is_last - b_is_last : strcmp((*a)->d_name, (*b)->d_name);
}

static int is_visible(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

/* The three places that a file may have: written, in the output, and replaced. */
struct places {
	char new[PATH_SIZE];
	char output[PATH_SIZE];
	char old[PATH_SIZE];
};

static struct places places_of(const struct staging *staging, const char *name)
{
	struct places places;

	(void)snprintf(places.new, sizeof(places.new), "%s/%s", staging->path, name);
	(void)snprintf(places.output, sizeof(places.output), "%s/%s", staging->output, name);
	(void)snprintf(places.old, sizeof(places.old), "%s/" OLD "/%s", staging->path, name);
	return places;
}

static void undo(const struct staging *staging, const char *name)
{
	const struct places places = places_of(staging, name);

	(void)rename(places.output, places.new);
	(void)rename(places.old, places.output);
}

/* Puts a file into the output, and what was there aside. */
static bool move(const struct staging *staging, const char *name)
{
	const struct places places = places_of(staging, name);
	struct stat status;

	if (lstat(places.output, &status) == 0 && S_ISDIR(status.st_mode))
		return fail("%s: %s", places.output, strerror(EISDIR));
	if (rename(places.output, places.old) != 0 && errno != ENOENT)
		return fail("%s: %s", places.output, strerror(errno));
	if (rename(places.new, places.output) == 0)
		return true;
	(void)fail("%s: %s", places.output, strerror(errno));
	(void)rename(places.old, places.output);
	return false;
}

/* The file that a line of a manifest names, or an empty text. */
static void read_name(const char *line, char name[NAME_SIZE])
{
	if (sscanf(line, " \"name\": \"%255[^\"]\"", name) != 1 || strchr(name, '/') != NULL)
		name[0] = '\0';
}

static bool is_moved(struct dirent *const entries[], int count, const char *name)
{
	for (int i = 0; i < count; i++)
		if (strcmp(entries[i]->d_name, name) == 0)
			return true;
	return false;
}

/* Removes what the replaced manifest names and this time's files do not. */
static void drop_old(const struct staging *staging, struct dirent *const entries[], int count)
{
	const struct places manifest = places_of(staging, MANIFEST);
	char line[PATH_SIZE];
	char name[NAME_SIZE] = "";
	FILE *const file = fopen(manifest.old, "r");

	while (file != NULL && fgets(line, sizeof(line), file) != NULL) {
		read_name(line, name);

		const struct places places = places_of(staging, name);

		if (name[0] != '\0' && !is_moved(entries, count, name))
			(void)unlink(places.output);
	}
	if (file != NULL)
		(void)fclose(file);
}

/* All of them or none. */
static bool move_all(const struct staging *staging)
{
	char old[PATH_SIZE];
	struct dirent **entries;
	int count = 0;
	int done = 0;
	bool is_good;

	(void)snprintf(old, sizeof(old), "%s/" OLD, staging->path);
	is_good = mkdir(old, 0777) == 0;
	if (is_good)
		count = scandir(staging->path, &entries, is_visible, by_name);
	if (!is_good || count < 0)
		return fail("%s: %s", staging->path, strerror(errno));
	while (is_good && done < count) {
		is_good = move(staging, entries[done]->d_name);
		done += is_good ? 1 : 0;
	}
	while (!is_good && done-- > 0)
		undo(staging, entries[done]->d_name);
	if (is_good)
		drop_old(staging, entries, count);
	for (int i = 0; i < count; i++)
		free(entries[i]);
	free(entries);
	return is_good;
}

static void remove_folder(const char *path)
{
	struct dirent **entries;
	const int count = scandir(path, &entries, NULL, NULL);
	char file[PATH_SIZE];

	for (int i = 0; i < count; i++) {
		(void)snprintf(file, sizeof(file), "%s/%s", path, entries[i]->d_name);
		(void)unlink(file); /* not "." and "..", nor a folder */
		free(entries[i]);
	}
	if (count >= 0)
		free(entries);
	(void)rmdir(path);
}

bool staging_end(struct staging *staging, bool is_good)
{
	char old[PATH_SIZE];

	/* What is moved is moved to the end. */
	catch_signals(SIG_IGN);
	if (staging_interrupted())
		is_good = fail("interrupted; %s is as it was", staging->output);
	is_good = is_good && move_all(staging);
	(void)snprintf(old, sizeof(old), "%s/" OLD, staging->path);
	remove_folder(old);
	remove_folder(staging->path);
	if (!is_good && staging->is_new)
		(void)rmdir(staging->output);
	catch_signals(SIG_DFL);
	return is_good;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "imagebuilder/pack.h"

#include <errno.h>
#include <libfdt.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "imagebuilder/message.h"
#include "imagebuilder/run.h"
#include "imagebuilder/staging.h"

/* --- The parts --- */

static uint64_t whole_pages(uint64_t bytes)
{
	return (bytes + PLACE_ALIGNMENT - 1) & ~(uint64_t)(PLACE_ALIGNMENT - 1);
}

uint64_t pack_end(const struct pack *pack)
{
	const struct pack_part *const last = &pack->parts[pack->part_count - 1];

	return last->address + last->room;
}

/* What boot loaders' commands and FAT take in a name. */
static bool is_plain(char letter)
{
	return letter > ' ' && letter <= '~' && strchr("'\"$;&|<>()*?:\\", letter) == NULL;
}

/* A part's file name: by number, for two files of one name. */
static void name_part(struct pack_part *part, unsigned number, const char *path)
{
	const char *const slash = strrchr(path, '/');

	(void)snprintf(part->name, sizeof(part->name), "%u-%s", number,
		       slash == NULL ? path : slash + 1);
	for (char *at = part->name; *at != '\0'; at++)
		if (!is_plain(*at) || (*at == '.' && at[1] == '\0'))
			*at = '_';
}

static void add_part(struct pack *pack, const char *name, const char *what,
		     const struct loaded_file *contents)
{
	struct pack_part *const part = &pack->parts[pack->part_count++];

	(void)snprintf(part->name, sizeof(part->name), "%s", name);
	(void)snprintf(part->what, sizeof(part->what), "%s", what);
	part->address = contents->address;
	part->size = contents->size;
	part->contents = contents->contents;
}

/* Each part has the room up to the next; the tree's is what it may grow to. */
static void give_room(struct pack *pack)
{
	for (unsigned i = 0; i < pack->part_count; i++) {
		struct pack_part *const part = &pack->parts[i];

		if (i + 1 < pack->part_count)
			part->room = pack->parts[i + 1].address - part->address;
		else
			part->room =
				whole_pages(part->size + (i == PACK_TREE ? PLACE_TREE_GROWTH : 0));
	}
}

static void list_parts(struct pack *pack, const struct bytes *image, const void *tree,
		       const struct placement *placement, const struct files *files)
{
	add_part(pack, "bulkhead.bin", "Bulkhead",
		 &(struct loaded_file){pack->board->image_at, image->size, image->data});
	add_part(pack, "system.dtb", "device tree",
		 &(struct loaded_file){pack->board->tree_at, fdt_totalsize(tree), tree});
	for (unsigned i = 0; i < placement->file_count; i++) {
		add_part(pack, "", placement->files[i].users, &files->files[i]);
		name_part(&pack->parts[pack->part_count - 1], i, placement->files[i].path);
	}
	give_room(pack);
}

void pack_drop_seeds(void *tree)
{
	static const char *const seeds[] = {"rng-seed", "kaslr-seed"};

	for (unsigned i = 0; i < sizeof(seeds) / sizeof(seeds[0]); i++) {
		const int chosen = fdt_path_offset(tree, "/chosen");

		if (chosen >= 0)
			(void)fdt_delprop(tree, chosen, seeds[i]);
	}
}

/* --- Writing --- */

FILE *pack_open(const struct pack *pack, const char *name, char path[PACK_PATH_SIZE])
{
	(void)snprintf(path, PACK_PATH_SIZE, "%s/%s", pack->staging, name);

	FILE *const file = fopen(path, "wb");

	if (file == NULL)
		(void)fail("%s: %s", path, strerror(errno));
	return file;
}

bool pack_close(FILE *file, const char *path)
{
	const bool is_written = fflush(file) == 0 && ferror(file) == 0;
	const int error = errno;

	return (fclose(file) == 0 && is_written) || fail("%s: %s", path, strerror(error));
}

static bool parts_write(const struct pack *pack)
{
	char path[PACK_PATH_SIZE];

	for (unsigned i = 0; i < pack->part_count; i++) {
		FILE *const file = pack_open(pack, pack->parts[i].name, path);

		if (file == NULL)
			return false;
		(void)fwrite(pack->parts[i].contents, pack->parts[i].size, 1, file);
		if (!pack_close(file, path))
			return false;
	}
	return true;
}

/* The manifest last: it has the digests of all others. */
static bool write_all(const struct pack *pack)
{
	static bool (*const writers[])(const struct pack *) = {
		parts_write, pack_image_write, fit_write, scripts_write, disk_write, manifest_write,
	};

	for (unsigned i = 0; i < sizeof(writers) / sizeof(writers[0]); i++)
		if (staging_interrupted() || !writers[i](pack))
			return false;
	return true;
}

static void say_what(const struct pack *pack)
{
	const uint64_t image = pack->parts[PACK_IMAGE].address;

	for (unsigned i = 0; i < pack->part_count; i++)
		(void)printf("  0x%-12llx %8llu KiB  %s%s%s%s\n",
			     (unsigned long long)pack->parts[i].address,
			     (unsigned long long)(pack->parts[i].size + 1023) / 1024,
			     pack->parts[i].name, i > PACK_TREE ? " (" : "",
			     i > PACK_TREE ? pack->parts[i].what : "", i > PACK_TREE ? ")" : "");
	(void)printf("%s: load bulkhead-all.img at 0x%llx, or bulkhead.itb at 0x%llx, or use "
		     "sdcard.img or boot.scr\n",
		     pack->options->output, (unsigned long long)image,
		     (unsigned long long)(image - PACK_FIT_HEADER));
	(void)printf("plan %s\n", pack->digest);
}

static bool pack_into(struct pack *pack)
{
	struct staging staging;

	if (!staging_begin(&staging, pack->options->output))
		return false;
	pack->staging = staging.path;

	const bool is_good = staging_end(&staging, write_all(pack));

	pack->staging = NULL;
	return is_good;
}

bool pack_system(const struct options *options, const struct board *board, const struct plan *plan,
		 const struct placement *placement, const struct files *files, const void *tree)
{
	struct pack pack = {.options = options, .board = board, .plan = plan};
	struct bytes image;

	if (board->is_assumed)
		return fail("where the image is loaded is not known; a layout has a line 'image "
			    "ADDRESS FILE', or give --image FILE and --image-at ADDRESS");
	if (!read_whole(board->image, &image))
		return false;
	plan_digest_text(plan, pack.digest);
	list_parts(&pack, &image, tree, placement, files);

	const bool is_good = pack_check(&pack, placement, tree) && pack_into(&pack);

	free(image.data);
	if (is_good)
		say_what(&pack);
	return is_good;
}

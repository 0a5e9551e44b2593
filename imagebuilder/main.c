/* SPDX-License-Identifier: Apache-2.0 */
/* imagebuilder: from a system description to what the boot loader loads. */
#include <libfdt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "imagebuilder/place.h"

#define EXIT_USAGE 2
#define ROOM	   65536 /* bytes that the device tree may grow */
#define TREE_LIMIT (2UL << 20)

static const char usage[] =
	"usage: imagebuilder place SYSTEM.dtb -o OUT.dtb --list LIST --window BASE-END\n"
	"                          [--files FOLDER]...\n"
	"\n"
	"Gives each file that SYSTEM.dtb names (bulkhead,file) an address in the window, writes "
	"the\n"
	"device tree with these addresses to OUT.dtb, and a line 'ADDRESS SIZE PATH' for each "
	"file\n"
	"to LIST.\n"
	"\n"
	"  -o OUT.dtb         where the finished device tree goes\n"
	"  --list LIST        where the list of files goes\n"
	"  --window BASE-END  memory that the board keeps free for the files (hexadecimal)\n"
	"  --files FOLDER     where files are looked for; several are tried in turn\n"
	"  --help             this text\n"
	"\n"
	"Exit status: 0 good, 1 an error in the description or its files, 2 wrong usage.\n";

struct options {
	const char *input;
	const char *output;
	const char *list;
};

static struct placement placement;

/* BASE-END */
static bool read_window(const char *text)
{
	char *end;

	placement.window_base = strtoull(text, &end, 0);
	if (*end != '-')
		return false;
	placement.window_end = strtoull(end + 1, &end, 0);
	return *end == '\0' && placement.window_end > placement.window_base;
}

/* Reads the arguments behind "place"; false: wrong usage. */
static bool read_arguments(int count, char **arguments, struct options *options)
{
	for (int i = 0; i < count; i++) {
		const char *const value = i + 1 < count ? arguments[i + 1] : NULL;

		if (arguments[i][0] != '-') {
			if (options->input != NULL)
				return false;
			options->input = arguments[i];
			continue;
		}
		if (value == NULL)
			return false;
		if (strcmp(arguments[i], "-o") == 0)
			options->output = value;
		else if (strcmp(arguments[i], "--list") == 0)
			options->list = value;
		else if (strcmp(arguments[i], "--files") == 0 &&
			 placement.folder_count < PLACE_MAX_FOLDERS)
			placement.folders[placement.folder_count++] = value;
		else if (strcmp(arguments[i], "--window") != 0 || !read_window(value))
			return false;
		i++;
	}
	return options->input != NULL && options->output != NULL && options->list != NULL &&
	       placement.window_end != 0;
}

/* Reads a device tree and gives it room to grow. NULL: reported. */
static void *read_tree(const char *path)
{
	char *const bytes = calloc(1, TREE_LIMIT);
	char *const tree = malloc(TREE_LIMIT + ROOM);
	FILE *const file = fopen(path, "rb");
	size_t size = 0;

	if (file != NULL) {
		size = bytes == NULL ? 0 : fread(bytes, 1, TREE_LIMIT, file);
		(void)fclose(file);
	}
	if (tree == NULL || size == 0 || fdt_check_full(bytes, size) != 0 ||
	    fdt_open_into(bytes, tree, TREE_LIMIT + ROOM) != 0) {
		(void)fprintf(stderr, "imagebuilder: error: %s: %s\n", path,
			      size == 0 ? "cannot be read" : "not a device tree");
		free(bytes);
		free(tree);
		return NULL;
	}
	free(bytes);
	return tree;
}

static bool write_tree(const char *path, void *tree)
{
	FILE *const file = fopen(path, "wb");
	bool is_good = file != NULL && fdt_pack(tree) == 0 &&
		       fwrite(tree, fdt_totalsize(tree), 1, file) == 1;

	if (file != NULL && fclose(file) != 0)
		is_good = false;
	if (!is_good)
		(void)fprintf(stderr, "imagebuilder: error: %s: cannot be written\n", path);
	return is_good;
}

static bool write_list(const char *path)
{
	FILE *const file = fopen(path, "w");
	bool is_good = file != NULL;

	for (unsigned i = 0; is_good && i < placement.file_count; i++)
		is_good = fprintf(file, "0x%llx 0x%llx %s\n",
				  (unsigned long long)placement.files[i].address,
				  (unsigned long long)placement.files[i].size,
				  placement.files[i].path) > 0;
	if (file != NULL && fclose(file) != 0)
		is_good = false;
	if (!is_good)
		(void)fprintf(stderr, "imagebuilder: error: %s: cannot be written\n", path);
	return is_good;
}

static int place(int count, char **arguments)
{
	struct options options = {0};

	if (!read_arguments(count, arguments, &options)) {
		(void)fputs(usage, stderr);
		return EXIT_USAGE;
	}

	void *const tree = read_tree(options.input);
	const bool is_good = tree != NULL && place_modules(tree, &placement) &&
			     write_tree(options.output, tree) && write_list(options.list);

	free(tree);
	return is_good ? EXIT_SUCCESS : EXIT_FAILURE;
}

int main(int count, char **arguments)
{
	if (count >= 2 && strcmp(arguments[1], "--help") == 0) {
		(void)fputs(usage, stdout);
		return EXIT_SUCCESS;
	}
	if (count >= 2 && strcmp(arguments[1], "place") == 0)
		return place(count - 2, arguments + 2);
	(void)fputs(usage, stderr);
	return EXIT_USAGE;
}

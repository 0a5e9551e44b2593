/* SPDX-License-Identifier: Apache-2.0 */
#include "imagebuilder/board.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "imagebuilder/message.h"

#define GAP_LIMIT (UINT64_C(1) << 30)
#define LINE_SIZE (2 * BOARD_PATH_SIZE)

const char *const board_devices[BOARD_DEVICE_COUNT] = {"mmc", "usb", "scsi"};

static bool is_folder(const char *path)
{
	struct stat status;

	return stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

static bool is_file(const char *path)
{
	struct stat status;

	return stat(path, &status) == 0 && S_ISREG(status.st_mode);
}

static bool ends_with(const char *text, const char *end)
{
	const size_t length = strlen(text);
	const size_t end_length = strlen(end);

	return length >= end_length && strcmp(text + length - end_length, end) == 0;
}

static bool read_number(const char *text, uint64_t *number)
{
	char *end;

	errno = 0;
	*number = strtoull(text, &end, 0);
	return errno == 0 && end != text && *end == '\0';
}

/* BASE-END */
static bool read_window(const char *text, struct board *board)
{
	char base[32];
	const char *const dash = strchr(text, '-');

	if (dash == NULL || (size_t)(dash - text) >= sizeof(base))
		return false;
	(void)snprintf(base, sizeof(base), "%.*s", (int)(dash - text), text);
	return read_number(base, &board->window_base) &&
	       read_number(dash + 1, &board->window_end) && board->window_end > board->window_base;
}

static uint64_t read_u64(const unsigned char *at)
{
	uint64_t value = 0;

	for (int i = 7; i >= 0; i--)
		value = value << 8 | at[i];
	return value;
}

/* What the image occupies in memory, as its header says. It must be ours, and carry nothing yet. */
static bool read_image(const char *path, struct board *board)
{
	unsigned char header[IMAGE_HEADER_SIZE];
	struct stat status = {.st_size = 0};
	FILE *const file = fopen(path, "rb");
	const bool is_read = file != NULL && fread(header, sizeof(header), 1, file) == 1 &&
			     fstat(fileno(file), &status) == 0;

	if (file != NULL)
		(void)fclose(file);
	if (!is_read || memcmp(header + IMAGE_MAGIC, "ARM\x64", 4) != 0 ||
	    memcmp(header + IMAGE_NAME, "BULKHEAD", 8) != 0)
		return fail("%s: %s", path,
			    is_read ? "not the hypervisor's image" : "cannot be read");
	if (read_u64(header + IMAGE_CARRIED_TREE) != 0)
		return fail("%s: carries a system already; bulkhead.bin does not", path);
	(void)snprintf(board->image, sizeof(board->image), "%s", path);
	board->image_size = read_u64(header + IMAGE_SIZE);
	return (uint64_t)status.st_size <= board->image_size ||
	       fail("%s: %lld bytes, but its header says that it occupies %llu: something was put "
		    "behind it",
		    path, (long long)status.st_size, (unsigned long long)board->image_size);
}

static bool add_folder(struct board *board, const char *path)
{
	if (board->folder_count == BOARD_MAX_FOLDERS)
		return fail("%s: more than 14 folders", path);
	(void)snprintf(board->folders[board->folder_count++], BOARD_PATH_SIZE, "%s", path);
	return true;
}

/* The lines of a layout: what reads one, false: it is none of this kind. second is NULL or a word.
 */
static bool line_image(struct board *board, const char *address, const char *path)
{
	return read_number(address, &board->image_at) && board->image_at % IMAGE_ALIGNMENT == 0 &&
	       (path == NULL || read_image(path, board));
}

static bool line_window(struct board *board, const char *window, const char *second)
{
	return second == NULL && read_window(window, board);
}

static bool line_files(struct board *board, const char *folder, const char *second)
{
	return second == NULL && add_folder(board, folder);
}

static bool line_device(struct board *board, const char *kind, const char *numbers)
{
	for (unsigned i = 0; i < BOARD_DEVICE_COUNT; i++) {
		if (strcmp(kind, board_devices[i]) != 0 || numbers == NULL ||
		    strspn(numbers, "0123456789:") != strlen(numbers))
			continue;
		(void)snprintf(board->devices[i], BOARD_DEVICE_SIZE, "%s", numbers);
		return true;
	}
	return false;
}

static bool line_gap(struct board *board, const char *bytes, const char *second)
{
	return second == NULL && read_number(bytes, &board->gap) && board->gap >= BOARD_GAP &&
	       board->gap % BOARD_GAP == 0 && board->gap <= GAP_LIMIT;
}

static const struct {
	const char *key;
	const char *usage;
	bool (*read)(struct board *board, const char *value, const char *second);
} lines[] = {
	{"image", "image ADDRESS [FILE], the address a multiple of 2 MiB", line_image},
	{"window", "window BASE-END", line_window},
	{"files", "files FOLDER", line_files},
	{"device", "device mmc|usb|scsi NUMBERS", line_device},
	{"gap", "gap BYTES, a multiple of 1 MiB, at most 1 GiB", line_gap},
};

/* One line of the layout. */
static bool read_line(struct board *board, const char *path, unsigned number, char *line)
{
	char *state;
	char *const comment = strchr(line, '#');

	if (comment != NULL)
		*comment = '\0';

	const char *const key = strtok_r(line, " \t\n", &state);
	const char *const value = key == NULL ? NULL : strtok_r(NULL, " \t\n", &state);
	const char *const second = value == NULL ? NULL : strtok_r(NULL, " \t\n", &state);

	if (key == NULL)
		return true;
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		if (strcmp(key, lines[i].key) != 0)
			continue;
		return (value != NULL && strtok_r(NULL, " \t\n", &state) == NULL &&
			lines[i].read(board, value, second)) ||
		       fail("%s:%u: not '%s'", path, number, lines[i].usage);
	}
	return fail("%s:%u: '%s' is none of image, window, files, device and gap", path, number,
		    key);
}

static bool read_layout(struct board *board)
{
	char path[BOARD_PATH_SIZE + 16];
	char line[LINE_SIZE];
	unsigned number = 0;
	bool is_good = true;

	(void)snprintf(path, sizeof(path), "%s/layout", board->folder);

	FILE *const file = fopen(path, "r");

	if (file == NULL)
		return errno == ENOENT || fail("%s: %s", path, strerror(errno));
	while (is_good && fgets(line, sizeof(line), file) != NULL)
		is_good = read_line(board, path, ++number, line);
	if (ferror(file) != 0)
		is_good = fail("%s: %s", path, strerror(errno));
	(void)fclose(file);
	return is_good;
}

/* The folder and the tree that --board names. */
static bool find_files(const char *path, struct board *board)
{
	const char *const slash = strrchr(path, '/');

	if (strlen(path) + sizeof("/board.dts") > BOARD_PATH_SIZE)
		return fail("%s: too long a path", path);
	if (is_folder(path)) {
		(void)snprintf(board->folder, sizeof(board->folder), "%s", path);
		(void)snprintf(board->tree, sizeof(board->tree), "%s/board.dts", path);
		if (!is_file(board->tree))
			(void)snprintf(board->tree, sizeof(board->tree), "%s/board.dtb", path);
	} else {
		(void)snprintf(board->tree, sizeof(board->tree), "%s", path);
		(void)snprintf(board->folder, sizeof(board->folder), "%.*s",
			       slash == NULL ? 1 : (int)(slash - path), slash == NULL ? "." : path);
	}
	board->is_compiled = ends_with(board->tree, ".dtb");
	return is_file(board->tree) ||
	       fail("%s: neither a device tree nor a folder with board.dts or board.dtb", path);
}

static bool read_option(const char *name, const char *text, uint64_t *number)
{
	return text == NULL || read_number(text, number) ||
	       fail("%s %s: not an address", name, text);
}

bool board_read(const struct options *options, struct board *board)
{
	memset(board, 0, sizeof(*board));
	board->gap = BOARD_GAP;
	for (unsigned i = 0; i < BOARD_DEVICE_COUNT; i++)
		(void)snprintf(board->devices[i], BOARD_DEVICE_SIZE, "0:1");
	for (unsigned i = 0; i < options->folder_count; i++)
		if (!add_folder(board, options->folders[i]))
			return false;
	if (options->board != NULL && !(find_files(options->board, board) && read_layout(board)))
		return false;
	if (options->image_file != NULL && !read_image(options->image_file, board))
		return false;
	if (!read_option("--image-at", options->image_at, &board->image_at) ||
	    !read_option("--tree-at", options->tree_at, &board->tree_at))
		return false;
	if (options->window != NULL && !read_window(options->window, board))
		return fail("--window %s: not BASE-END", options->window);
	if (board->image_at % IMAGE_ALIGNMENT != 0)
		return fail("--image-at %s: not a multiple of 2 MiB", options->image_at);
	board->is_assumed = board->image_at == 0 || board->image_size == 0;
	return true;
}

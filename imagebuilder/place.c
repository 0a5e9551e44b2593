/* SPDX-License-Identifier: Apache-2.0 */
#include "imagebuilder/place.h"

#include <libfdt.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

/* What placing adds to a tree at most: a reg for each file, cells for each partition, fewer names.
 */
#define PLACING_GROWTH (16 << 10)

static uint64_t whole_pages(uint64_t bytes)
{
	return (bytes + PLACE_ALIGNMENT - 1) & ~(uint64_t)(PLACE_ALIGNMENT - 1);
}

static void complain(struct report *report, const void *tree, int node, const char *what,
		     const char *value, const char *rule)
{
	char path[PLAN_PATH_SIZE];

	if (fdt_get_path(tree, node, path, sizeof(path)) != 0)
		(void)snprintf(path, sizeof(path), "(a node with a very long path)");
	report_add(report, REPORT_ERROR, path, "bulkhead,file", rule, NULL, "%s (%s)", what, value);
}

/* Finds a file in the folders. */
static bool find_file(const struct placement *placement, const char *name,
		      char path[PLACE_PATH_SIZE], uint64_t *size)
{
	struct stat status;

	for (unsigned i = 0; i < placement->folder_count; i++) {
		const bool is_full = name[0] == '/';
		const int length =
			snprintf(path, PLACE_PATH_SIZE, "%s%s%s",
				 is_full ? "" : placement->folders[i], is_full ? "" : "/", name);

		if (length > 0 && length < PLACE_PATH_SIZE && stat(path, &status) == 0 &&
		    S_ISREG(status.st_mode)) {
			*size = (uint64_t)status.st_size;
			return true;
		}
	}
	return false;
}

/* The file's place: the one that it has, or the next. NULL: reported. */
static struct placed_file *place_file(const void *tree, int node, const char *name,
				      struct placement *placement, struct report *report)
{
	struct placed_file *const file = &placement->files[placement->file_count];
	uint64_t at = placement->files_at;

	if (placement->file_count == PLACE_MAX_FILES) {
		complain(report, tree, node, "one file too many", name,
			 "at most 128 files are supported");
		return NULL;
	}
	if (!find_file(placement, name, file->path, &file->size)) {
		complain(report, tree, node, "no such file", name,
			 "files are looked for in the folders given by --files");
		return NULL;
	}
	if (file->size == 0) {
		complain(report, tree, node, "the file is empty", file->path,
			 "a module has contents");
		return NULL;
	}
	for (unsigned i = 0; i < placement->file_count; i++) {
		struct placed_file *const other = &placement->files[i];

		if (strcmp(other->path, file->path) == 0)
			return other;
		at = whole_pages(other->address + other->size);
	}
	if (at > placement->window_end || file->size > placement->window_end - at) {
		complain(report, tree, node, "the window is full", file->path,
			 "image, device tree and files fit into the window of the board's layout, "
			 "or --window");
		return NULL;
	}
	file->address = at;
	file->users[0] = '\0';
	placement->file_count++;
	return file;
}

/* "linux0 ramdisk": the partition and what the file is to it. */
static void add_user(struct placed_file *file, const char *partition, const void *tree, int node)
{
	const char *const compatible = fdt_stringlist_get(tree, node, "compatible", 0, NULL);
	const char *const comma = compatible == NULL ? NULL : strchr(compatible, ',');
	const size_t used = strlen(file->users);
	char *end = file->users + used;

	(void)snprintf(file->users + used, sizeof(file->users) - used, "%s%s %s",
		       used == 0 ? "" : ", ", partition, comma == NULL ? "module" : comma + 1);
	/* It goes into scripts and tables, a line each. */
	for (; *end != '\0'; end++)
		if (*end < ' ' || *end > '~')
			*end = '_';
}

/* Puts value into 1 or 2 cells at *at; false: it does not fit. */
static bool put_cells(fdt32_t **at, int cells, uint64_t value)
{
	if (cells == 2)
		*(*at)++ = cpu_to_fdt32((uint32_t)(value >> 32));
	else if (value > UINT32_MAX)
		return false;
	*(*at)++ = cpu_to_fdt32((uint32_t)value);
	return true;
}

/* Writes reg in the cells of the partition, which gets two of each when it says nothing. */
static bool write_reg(void *tree, int partition, const char *module, const struct placed_file *file)
{
	fdt32_t reg[4];
	fdt32_t *at = reg;
	int node;

	if (fdt_getprop(tree, partition, "#address-cells", NULL) == NULL &&
	    fdt_setprop_u32(tree, partition, "#address-cells", 2) != 0)
		return false;
	if (fdt_getprop(tree, partition, "#size-cells", NULL) == NULL &&
	    fdt_setprop_u32(tree, partition, "#size-cells", 2) != 0)
		return false;
	node = fdt_subnode_offset(tree, partition, module);
	return node >= 0 && put_cells(&at, fdt_address_cells(tree, partition), file->address) &&
	       put_cells(&at, fdt_size_cells(tree, partition), file->size) &&
	       fdt_setprop(tree, node, "reg", reg, (int)((char *)at - (char *)reg)) == 0 &&
	       fdt_delprop(tree, node, "bulkhead,file") == 0;
}

/* Places the modules of one partition; its node keeps its offset, because only it and below change.
 */
static bool place_partition(void *tree, int partition, struct placement *placement,
			    struct report *report)
{
	bool is_good = true;
	int node;

	fdt_for_each_subnode (node, tree, partition) {
		int length;
		char module[64];
		const char *const name = fdt_getprop(tree, node, "bulkhead,file", &length);

		if (name == NULL)
			continue;
		if (length < 2 || name[length - 1] != '\0') {
			complain(report, tree, node, "no file name", "",
				 "a string: the path of the file");
			is_good = false;
			continue;
		}

		struct placed_file *const file = place_file(tree, node, name, placement, report);

		if (file != NULL)
			add_user(file, fdt_get_name(tree, partition, NULL), tree, node);
		(void)snprintf(module, sizeof(module), "%s", fdt_get_name(tree, node, NULL));
		if (file == NULL || !write_reg(tree, partition, module, file)) {
			if (file != NULL)
				complain(report, tree, node, "reg cannot be written", file->path,
					 "the partition's cells hold address and size, and module "
					 "names are short and differ before their '@'");
			is_good = false;
			continue;
		}
		/* Properties have moved: go on from where the node is now. */
		node = fdt_subnode_offset(tree, partition, module);
	}
	return is_good;
}

/* The end of what lies at an address, when it is inside of the window; else the address itself. */
static uint64_t behind(const struct placement *placement, uint64_t at, uint64_t base, uint64_t size)
{
	const bool is_inside =
		base >= placement->window_base && base < placement->window_end && size != 0;
	const uint64_t end = whole_pages(base + size);

	return is_inside && end > at ? end : at;
}

void place_boot(struct placement *placement, const struct board *board, const void *tree,
		uint64_t *tree_at)
{
	const uint64_t packed = fdt_off_dt_strings(tree) + fdt_size_dt_strings(tree);
	uint64_t at = board->window_base;

	placement->window_base = board->window_base;
	placement->window_end = board->window_end;
	if (*tree_at == 0)
		*tree_at = whole_pages(board->image_at + board->image_size);
	at = behind(placement, at, board->image_at, board->image_size);
	at = behind(placement, at, *tree_at, packed + PLACING_GROWTH + PLACE_TREE_GROWTH);
	placement->files_at = at;
}

bool place_modules(void *tree, struct placement *placement, struct report *report)
{
	const int chosen = fdt_path_offset(tree, "/chosen");
	bool is_good = true;
	int node;

	if (chosen < 0) {
		report_add(report, REPORT_ERROR, "/chosen", NULL, "partitions are its children",
			   NULL, "missing");
		return false;
	}
	fdt_for_each_subnode (node, tree, chosen) {
		if (!place_partition(tree, node, placement, report))
			is_good = false;
	}
	return is_good;
}

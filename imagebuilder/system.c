/* SPDX-License-Identifier: Apache-2.0 */
#include "imagebuilder/system.h"

#include <libfdt.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/plan/tree.h"
#include "imagebuilder/message.h"
#include "imagebuilder/run.h"

#define GROWTH	   (1 << 18) /* bytes that placing files may add */
#define TREE_LIMIT (2 << 20) /* what the board reads */

/* A folder of our own for a board.dts that is made from a .dtb. */
struct scratch_folder {
	char path[32];
	char file[64];
};

static bool ends_with(const char *text, const char *end)
{
	const size_t length = strlen(text);

	return length >= strlen(end) && strcmp(text + length - strlen(end), end) == 0;
}

static bool compile(const char *source, const char *folder, const char *symbols,
		    struct bytes *output)
{
	char *const arguments[] = {"dtc", "-q", "-I",		"dts",		 "-O",
				   "dtb", "-i", (char *)folder, (char *)symbols, (char *)source,
				   NULL};

	return run_program(arguments, output);
}

/* The board's .dtb as a source that a description can include. */
static bool make_source(const struct board *board, struct scratch_folder *scratch)
{
	struct bytes text;
	char *const arguments[] = {"dtc", "-q", "-I", "dtb", "-O", "dts", (char *)board->tree,
				   NULL};

	(void)snprintf(scratch->path, sizeof(scratch->path), "/tmp/imagebuilder-XXXXXX");
	if (mkdtemp(scratch->path) == NULL)
		return fail("%s: cannot be made", scratch->path);
	(void)snprintf(scratch->file, sizeof(scratch->file), "%s/board.dts", scratch->path);

	bool is_good = run_program(arguments, &text);
	FILE *const file = is_good ? fopen(scratch->file, "wb") : NULL;

	is_good = file != NULL && fwrite(text.data, text.size, 1, file) == 1;
	if (file != NULL && fclose(file) != 0)
		is_good = false;
	free(text.data);
	return is_good || fail("%s: not a device tree", board->tree);
}

static void drop_source(const struct scratch_folder *scratch)
{
	if (scratch->path[0] == '\0')
		return;
	(void)unlink(scratch->file);
	(void)rmdir(scratch->path);
}

/* Takes bytes over as the system's tree, with room to grow. */
static bool take_tree(const char *name, const struct bytes *bytes, struct system *system)
{
	if (bytes->size > TREE_LIMIT)
		return fail("%s: a device tree has at most 2 MiB", name);
	if (tree_check(bytes->data, bytes->size, NULL) != TREE_OK)
		return fail("%s: not a device tree, or a damaged one", name);
	system->room = bytes->size + GROWTH;
	system->tree = calloc(1, system->room);
	if (system->tree == NULL ||
	    fdt_open_into(bytes->data, system->tree, (int)system->room) != 0)
		return fail("%s: too little memory", name);
	return true;
}

static bool is_overlay(const struct bytes *bytes)
{
	return fdt_check_header(bytes->data) == 0 &&
	       (fdt_path_offset(bytes->data, "/__fixups__") >= 0 ||
		fdt_path_offset(bytes->data, "/fragment@0/__overlay__") >= 0);
}

/* Applies an overlay to the board's tree. */
static bool apply_overlay(const struct board *board, const char *name, const struct bytes *overlay,
			  struct system *system)
{
	struct bytes base = {NULL, 0};
	bool is_good = board->is_compiled ? read_whole(board->tree, &base)
					  : compile(board->tree, board->folder, "-@", &base);

	is_good = is_good && take_tree(board->tree, &base, system);
	free(base.data);
	if (!is_good)
		return false;

	const int result = fdt_overlay_apply(system->tree, overlay->data);

	return result == 0 ||
	       fail("%s: the overlay does not fit the board's tree: %s%s", name,
		    fdt_strerror(result),
		    result == -FDT_ERR_NOTFOUND ? " (labels need a board tree with __symbols__)"
						: "");
}

/* dtc's output with comments that say where each line comes from. */
static void annotate(const char *source, const char *folder, struct system *system)
{
	struct bytes text;
	char *const arguments[] = {"dtc", "-q", "-T",		"-I",		"dts", "-O",
				   "dts", "-i", (char *)folder, (char *)source, NULL};

	if (run_program(arguments, &text))
		system->annotated = text.data;
	else
		free(text.data);
}

static bool load_source(const struct options *options, const struct board *board,
			const char *folder, struct system *system)
{
	struct bytes compiled;
	bool is_good = compile(options->system, folder, "-q", &compiled);

	/* dtc has said what is wrong, with file and line. */
	if (!is_good)
		return fail("%s: cannot be compiled", options->system);
	if (options->board != NULL && is_overlay(&compiled)) {
		is_good = apply_overlay(board, options->system, &compiled, system);
	} else {
		is_good = take_tree(options->system, &compiled, system);
		annotate(options->system, folder, system);
	}
	free(compiled.data);
	return is_good;
}

bool system_load(const struct options *options, const struct board *board, struct system *system)
{
	struct scratch_folder scratch = {.path = ""};
	bool is_good;

	*system = (struct system){NULL, 0, NULL};
	if (ends_with(options->system, ".dtb")) {
		struct bytes bytes = {NULL, 0};

		is_good = read_whole(options->system, &bytes) &&
			  take_tree(options->system, &bytes, system);
		free(bytes.data);
		return is_good;
	}
	if (access(options->system, R_OK) != 0)
		return fail("%s: cannot be read", options->system);
	is_good = !board->is_compiled || make_source(board, &scratch);
	if (is_good)
		is_good = load_source(options, board,
				      board->is_compiled	 ? scratch.path
				      : board->folder[0] != '\0' ? board->folder
								 : ".",
				      system);
	drop_source(&scratch);
	return is_good;
}

void system_free(struct system *system)
{
	free(system->tree);
	free(system->annotated);
}

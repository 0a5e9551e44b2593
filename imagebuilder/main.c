/* SPDX-License-Identifier: Apache-2.0 */
/* imagebuilder: from a system description to what the boot loader loads. */
#include <libfdt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/arch.h"
#include "common/plan/make.h"
#include "common/plan/digest.h"
#include "common/plan/scratch.h"
#include "common/plan/tree.h"
#include "imagebuilder/board.h"
#include "imagebuilder/cores.h"
#include "imagebuilder/files.h"
#include "imagebuilder/import.h"
#include "imagebuilder/json.h"
#include "imagebuilder/map.h"
#include "imagebuilder/message.h"
#include "imagebuilder/options.h"
#include "imagebuilder/pack.h"
#include "imagebuilder/place.h"
#include "imagebuilder/system.h"
#include "imagebuilder/table.h"
#include "imagebuilder/verdict.h"

#define GUESSED_IMAGE_SIZE BLOCK_2M

/* All that one run works on. */
static struct options options;
static struct board board;
static struct system whole;
static struct placement placement;
static struct files files;
static struct plan plan;
static struct plan_scratch scratch;
static struct report report;  /* of the planner */
static uint32_t errors;	      /* of both, as printed */
static struct report placing; /* of placing files, before */

/* Where the files are looked for: the given folders, then beside the description, then here. */
static void set_folders(void)
{
	static char beside[BOARD_PATH_SIZE];
	const char *const slash = strrchr(options.system, '/');

	for (unsigned i = 0; i < board.folder_count; i++)
		placement.folders[placement.folder_count++] = board.folders[i];
	if (slash != NULL) {
		(void)snprintf(beside, sizeof(beside), "%.*s", (int)(slash - options.system),
			       options.system);
		placement.folders[placement.folder_count++] = beside;
	}
	placement.folders[placement.folder_count++] = ".";
}

/* Without a layout: the image 2 MiB above the start of the RAM. */
static void guess_addresses(void)
{
	const struct tree tree = {whole.tree, NULL};
	int node;

	note("no layout and no addresses: those of image and device tree are assumed, so that the "
	     "board may print another digest");
	fdt_for_each_subnode (node, whole.tree, 0) {
		const char *const type = tree_string(&tree, node, "device_type");
		struct plan_range bank;

		if (type == NULL || strcmp(type, "memory") != 0 || !tree_reg(&tree, node, 0, &bank))
			continue;
		if (board.image_at == 0)
			board.image_at = align_up(bank.base.value, BLOCK_2M) + BLOCK_2M;
		break;
	}
	if (board.image_size == 0)
		board.image_size = GUESSED_IMAGE_SIZE;
}

/* An architected size of guest addresses. */
static bool check_address_bits(void)
{
	char *end;
	const unsigned long bits =
		options.address_bits == NULL ? 32 : strtoul(options.address_bits, &end, 0);

	return (bits >= 32 && bits <= 52 && (options.address_bits == NULL || *end == '\0')) ||
	       fail("--address-bits %s: not a number from 32 to 52", options.address_bits);
}

static bool load(void)
{
	if (!check_address_bits())
		return false;
	if (!board_read(&options, &board) || !system_load(&options, &board, &whole))
		return false;
	set_folders();
	if (board.is_assumed && options.command != COMMAND_PLACE)
		guess_addresses();
	place_boot(&placement, &board, whole.tree, &board.tree_at);
	return true;
}

static uint32_t address_bits(void)
{
	return options.address_bits == NULL ? cores_address_bits(whole.tree)
					    : (uint32_t)strtoul(options.address_bits, NULL, 0);
}

/* Plans what was loaded; true: without errors. All findings are printed. */
static bool make_plan(void)
{
	const bool is_placed = place_modules(whole.tree, &placement, &placing);
	struct plan_needs needs = arch_plan_needs();
	bool is_good = files_load(&options, &placement, &files) && is_placed;

	(void)fdt_pack(whole.tree);
	needs.max_ipa_bits = address_bits();

	const struct plan_input input = {
		.device_tree = whole.tree,
		.device_tree_size = fdt_totalsize(whole.tree),
		.device_tree_address = pa(board.tree_at),
		.hypervisor = {pa(board.image_at), board.image_size},
		.needs = &needs,
		.scratch = &scratch,
		.module = files_show,
		.context = &files,
	};

	is_good = plan_system(&input, &plan, &report) && is_good;
	errors = verdict_print(&placing, &whole, options.system, NULL) +
		 verdict_print(&report, &whole, options.system, is_placed ? NULL : "bulkhead,file");
	if (files.is_missing)
		note("memory that reg names is known by --load ADDRESS=FILE");
	return is_good;
}

/* The verdict's last line. */
static void summarize(bool is_good)
{
	char digest[PLAN_DIGEST_TEXT_SIZE];

	if (!is_good) {
		(void)fprintf(stderr, "%u error%s, %u warning%s\n", errors, errors == 1 ? "" : "s",
			      report.warnings, report.warnings == 1 ? "" : "s");
		return;
	}
	plan_digest_text(&plan, digest);
	(void)printf("plan %s\n", digest);
	if (report.unsupported != 0)
		(void)fprintf(stderr,
			      "the plan is good, but this build does not support %u of the things "
			      "in it\n",
			      report.unsupported);
}

static enum exit_status status_of(bool is_good)
{
	if (!is_good)
		return EXIT_ERRORS;
	return report.unsupported != 0 ? EXIT_NOT_SUPPORTED : EXIT_GOOD;
}

/* From here on, standard output is the file that -o names. False: reported. */
static bool open_output(void)
{
	return options.output == NULL || freopen(options.output, "wb", stdout) != NULL ||
	       fail("%s: cannot be written", options.output);
}

/* Whether all has been written. */
static bool close_output(void)
{
	return (fflush(stdout) == 0 && ferror(stdout) == 0) ||
	       fail("%s: cannot be written",
		    options.output == NULL ? "standard output" : options.output);
}

static bool show_plan(void)
{
	char digest[PLAN_DIGEST_TEXT_SIZE];

	if (!open_output())
		return false;
	plan_digest_text(&plan, digest);
	if (options.json) {
		json_print(stdout, &plan, digest);
	} else {
		table_print(stdout, &plan, wants_colour(stdout));
		(void)fprintf(stdout, "plan %s\n", digest);
	}
	return close_output();
}

static bool draw_map(void)
{
	char digest[PLAN_DIGEST_TEXT_SIZE];
	const char *const slash = strrchr(options.system, '/');

	if (!open_output())
		return false;
	plan_digest_text(&plan, digest);
	map_print(stdout, &plan, slash == NULL ? options.system : slash + 1, digest);
	return close_output();
}

static uint32_t find_partition_by_name(void)
{
	for (uint32_t i = 0; i < plan.partition_count; i++)
		if (strcmp(plan.partitions[i].name, options.partition) == 0)
			return i;
	(void)fail("%s: there is no partition %s", options.system, options.partition);
	return PLAN_NONE;
}

static bool write_guest_tree(void)
{
	const uint32_t index = find_partition_by_name();

	if (index == PLAN_NONE)
		return false;
	if (options.output == NULL && isatty(STDOUT_FILENO) != 0)
		return fail("a device tree is binary: name a file with -o, or pipe it to "
			    "dtc -I dtb -O dts");

	const struct plan_partition *const partition = &plan.partitions[index];
	const struct guest_tree_input input = {
		.host_tree = whole.tree,
		.host_index = &scratch.index,
		.partial_tree = partition->partial_tree.size == 0
					? NULL
					: files_show(&files, partition->partial_tree.base,
						     partition->partial_tree.size),
	};
	void *const tree = malloc(partition->device_tree_size);
	const bool is_written =
		tree != NULL && plan_guest_tree(&plan, index, &input, tree,
						partition->device_tree_size) == GUEST_TREE_OK;
	bool is_good = is_written && open_output();

	if (is_good) {
		(void)fwrite(tree, fdt_totalsize(tree), 1, stdout);
		is_good = close_output();
	}
	free(tree);
	return is_good;
}

static bool write_tree(void)
{
	if (!open_output())
		return false;
	(void)fdt_pack(whole.tree);
	(void)fwrite(whole.tree, fdt_totalsize(whole.tree), 1, stdout);
	return close_output();
}

static bool write_list(void)
{
	FILE *const file = fopen(options.list, "w");
	bool is_good = file != NULL;

	for (unsigned i = 0; is_good && i < placement.file_count; i++)
		is_good = fprintf(file, "0x%llx 0x%llx %s\n",
				  (unsigned long long)placement.files[i].address,
				  (unsigned long long)placement.files[i].size,
				  placement.files[i].path) > 0;
	if (file != NULL && fclose(file) != 0)
		is_good = false;
	return is_good || fail("%s: cannot be written", options.list);
}

static enum exit_status run(void)
{
	bool is_good;

	if (options.command == COMMAND_PLACE) {
		is_good = place_modules(whole.tree, &placement, &placing);
		(void)verdict_print(&placing, &whole, options.system, NULL);
		is_good = is_good && write_tree() && write_list();
		return is_good ? EXIT_GOOD : EXIT_ERRORS;
	}
	if (options.command == COMMAND_PACK)
		pack_drop_seeds(whole.tree);
	is_good = make_plan();
	if (options.command == COMMAND_CHECK || !is_good) {
		summarize(is_good);
		is_good = close_output() && is_good;
	} else if (options.command == COMMAND_PLAN) {
		is_good = show_plan();
	} else if (options.command == COMMAND_MAP) {
		is_good = draw_map();
	} else if (options.command == COMMAND_PACK) {
		/* What would not be launched is not packed. */
		if (report.unsupported != 0)
			summarize(true);
		else
			is_good = pack_system(&options, &board, &plan, &placement, &files,
					      whole.tree);
	} else {
		is_good = write_guest_tree();
	}
	return status_of(is_good);
}

int main(int count, char **arguments)
{
	enum exit_status status;

	if (!options_read(count, arguments, &options, &status))
		return (int)status;
	if (options.command == COMMAND_IMPORT)
		return (int)import_run(&options);
	status = load() ? run() : EXIT_ERRORS;
	system_free(&whole);
	return (int)status;
}

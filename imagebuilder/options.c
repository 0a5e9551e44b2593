/* SPDX-License-Identifier: Apache-2.0 */
#include "imagebuilder/options.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

#define FOR(command) (1U << COMMAND_##command)
#define FOR_ALL	     (((1U << COMMAND_COUNT) - 1) & ~FOR(IMPORT)) /* that have a SYSTEM */
#define FOR_PLANS    (FOR(CHECK) | FOR(PLAN) | FOR(MAP) | FOR(DTB) | FOR(PACK))

static const char help[] =
	"usage: imagebuilder COMMAND SYSTEM --board BOARD [OPTION]...\n"
	"\n"
	"Plans a system description as the board would, before anything is flashed.\n"
	"\n"
	"Commands:\n"
	"  check   say what is wrong, or the plan's SHA-256, which the board prints too\n"
	"  plan    show the plan as a table, or with --json\n"
	"  map     draw the plan as SVG: memory, guests, CPUs, interrupts, channels\n"
	"  dtb     write the device tree that --partition NAME will get\n"
	"  place   give each file an address; write the device tree (-o) and a --list of them\n"
	"  pack    write what is flashed and booted into the folder -o\n"
	"  import  write a SYSTEM (-o) from CONFIG, a configuration of Xen's ImageBuilder, which "
	"is\n"
	"          read, never run: imagebuilder import CONFIG [-o SYSTEM.dts]\n"
	"\n"
	"SYSTEM is a .dts that includes \"board.dts\", an overlay (/plugin/), or a whole .dtb.\n"
	"BOARD is a folder with board.dts or board.dtb and a layout, or one such file.\n"
	"\n"
	"  -o FILE             where the output goes; map, plan, dtb and import: standard output "
	"otherwise\n"
	"  --partition NAME    whose device tree\n"
	"  --json              the plan as JSON\n"
	"  --list FILE         of place: a line 'ADDRESS SIZE PATH' for each file\n"
	"  --files FOLDER      where bulkhead,file is looked for; several are tried in turn\n"
	"  --load ADDRESS=FILE the file that reg names at this address\n"
	"  --window BASE-END   memory that the board keeps free for files\n"
	"  --image FILE        bulkhead.bin; --image-at ADDRESS: where the boot loader enters it\n"
	"  --tree-at ADDRESS   where the boot loader puts the device tree\n"
	"  --key FOLDER        of pack: sign bulkhead.itb with the key in it\n"
	"  --firmware OFFSET=FILE  of pack: goes in front of the partition of sdcard.img\n"
	"  --address-bits N    that the board's CPUs translate (default: by their kind)\n"
	"  --help              this text; man imagebuilder says more\n"
	"\n"
	"Exit status: 0 good, 1 errors, 2 wrong usage, 3 good but not supported by this build.\n";

static const char *const commands[COMMAND_COUNT] = {"check", "plan", "map",   "dtb",
						    "place", "pack", "import"};

/* An option: where its value goes, and which commands take it. */
struct row {
	const char *name;
	size_t field;
	unsigned commands;
};

static const struct row rows[] = {
	{"--board", offsetof(struct options, board), FOR_ALL},
	{"-o", offsetof(struct options, output),
	 FOR(PLAN) | FOR(MAP) | FOR(DTB) | FOR(PLACE) | FOR(PACK) | FOR(IMPORT)},
	{"--list", offsetof(struct options, list), FOR(PLACE)},
	{"--partition", offsetof(struct options, partition), FOR(DTB)},
	{"--image", offsetof(struct options, image_file), FOR_PLANS},
	{"--image-at", offsetof(struct options, image_at), FOR_PLANS},
	{"--tree-at", offsetof(struct options, tree_at), FOR_PLANS},
	{"--window", offsetof(struct options, window), FOR_ALL},
	{"--key", offsetof(struct options, key), FOR(PACK)},
	{"--address-bits", offsetof(struct options, address_bits), FOR_PLANS},
};

static bool complain(const char *what, const char *value)
{
	(void)fprintf(stderr, "imagebuilder: %s '%s'; imagebuilder --help lists what there is\n",
		      what, value);
	return false;
}

/* Puts the value of an option where it belongs. */
static bool set_value(struct options *options, const char *name, const char *value)
{
	if (strcmp(name, "--files") == 0) {
		if (options->folder_count == OPTIONS_MAX_FOLDERS)
			return complain("more than 8 folders at", value);
		options->folders[options->folder_count++] = value;
		return true;
	}
	if (strcmp(name, "--load") == 0) {
		if (options->load_count == OPTIONS_MAX_LOADS)
			return complain("more than 64 files at", value);
		options->loads[options->load_count++] = value;
		return true;
	}
	if (strcmp(name, "--firmware") == 0) {
		if (options->command != COMMAND_PACK)
			return complain("this command has no option", name);
		if (options->firmware_count == OPTIONS_MAX_FIRMWARES)
			return complain("more than 8 files at", value);
		options->firmwares[options->firmware_count++] = value;
		return true;
	}
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (strcmp(name, rows[i].name) != 0)
			continue;
		if ((rows[i].commands >> options->command & 1) == 0)
			return complain("this command has no option", name);
		*(const char **)(void *)((char *)options + rows[i].field) = value;
		return true;
	}
	return complain("unknown option", name);
}

static bool read_command(const char *name, struct options *options)
{
	for (unsigned i = 0; i < COMMAND_COUNT; i++) {
		if (strcmp(name, commands[i]) == 0) {
			options->command = (enum command)i;
			return true;
		}
	}
	return complain("unknown command", name);
}

/* What each command cannot do without. */
static bool is_complete(const struct options *options)
{
	if (options->system == NULL)
		return complain("there is no SYSTEM for", commands[options->command]);
	if (options->command == COMMAND_IMPORT && options->folder_count + options->load_count != 0)
		return complain("this command has no option", "--files or --load");
	if (options->command == COMMAND_DTB && options->partition == NULL)
		return complain("dtb needs an option", "--partition NAME");
	if (options->command == COMMAND_PLACE && options->output == NULL)
		return complain("place needs an option", "-o FILE");
	if (options->command == COMMAND_PACK && options->output == NULL)
		return complain("pack needs an option", "-o FOLDER");
	if (options->command == COMMAND_PACK && options->board == NULL)
		return complain("pack needs an option", "--board BOARD");
	if (options->command == COMMAND_PLACE && options->list == NULL)
		return complain("place needs an option", "--list FILE");
	return true;
}

static bool read_arguments(int count, char **arguments, struct options *options)
{
	for (int i = 2; i < count; i++) {
		const char *const name = arguments[i];

		if (strcmp(name, "--json") == 0 && options->command == COMMAND_PLAN) {
			options->json = true;
		} else if (name[0] != '-') {
			if (options->system != NULL)
				return complain("a second SYSTEM:", name);
			options->system = name;
		} else {
			if (i + 1 == count)
				return complain("there is no value for", name);
			if (!set_value(options, name, arguments[++i]))
				return false;
		}
	}
	return is_complete(options);
}

bool options_read(int count, char **arguments, struct options *options, enum exit_status *status)
{
	memset(options, 0, sizeof(*options));
	*status = EXIT_GOOD;
	for (int i = 1; i < count; i++) {
		if (strcmp(arguments[i], "--help") == 0) {
			(void)fputs(help, stdout);
			return false;
		}
	}
	*status = EXIT_WRONG_USAGE;
	if (count < 2) {
		(void)fputs(help, stderr);
		return false;
	}
	return read_command(arguments[1], options) && read_arguments(count, arguments, options);
}

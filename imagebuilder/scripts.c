/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Boot scripts for U-Boot: each loads the parts' files to their addresses and enters Bulkhead by
 * booti. NAME.cmd is for people, NAME.scr is what U-Boot runs.
 *
 * U-Boot's shell differs: 2023.01 goes on behind an `exit` inside of an `if`, ends a command at the
 * end of its line, and takes c for a part of b in `a && b || c`. So the first failure is kept in a
 * variable, and what follows looks at it.
 */
#include <stdlib.h>

#include "imagebuilder/message.h"
#include "imagebuilder/pack.h"
#include "imagebuilder/run.h"

#define LOAD_SIZE 128

/* A script: how it gets at the device, and how it loads ${part} to ${at}. */
struct script {
	const char *name;
	const char *where;   /* for people */
	const char *comment; /* more of that, whole lines; may be empty */
	const char *prepare; /* a command; NULL: nothing is to be done */
	char load[LOAD_SIZE];
};

static void write_head(FILE *file, const struct pack *pack, const struct script *script)
{
	(void)fprintf(
		file,
		"# Bulkhead, from %s.\n"
		"# Plan %s\n"
		"#\n"
		"# Made by imagebuilder pack; U-Boot runs %s.scr, which is this text.\n"
		"# Each file goes to its address in the plan. After one that is not there, or\n"
		"# not of the size that was packed, nothing more is loaded and nothing started.\n"
		"%s\n",
		script->where, pack->digest, script->name, script->comment);
}

static void write_part(FILE *file, const struct pack_part *part)
{
	(void)fprintf(file,
		      "\n# %s\n"
		      "setenv part %s; setenv at 0x%llx; setenv bytes 0x%llx; run get\n",
		      part->what, part->name, (unsigned long long)part->address,
		      (unsigned long long)part->size);
}

static void write_script(FILE *file, const struct pack *pack, const struct script *script)
{
	write_head(file, pack, script);
	if (script->prepare != NULL)
		(void)fprintf(file, "%s\n", script->prepare);
	(void)fprintf(file,
		      "setenv failed\n"
		      "setenv get 'if test -z \"${failed}\"; then if %s && test 0x${filesize} -eq "
		      "${bytes}; then true; else setenv failed ${part}; fi; fi'\n",
		      script->load);
	for (unsigned i = 0; i < pack->part_count; i++)
		write_part(file, &pack->parts[i]);
	(void)fprintf(
		file,
		"\n# The device tree stays where it is.\n"
		"setenv fdt_high 0xffffffffffffffff\n"
		"if test -z \"${failed}\"; then booti 0x%llx - 0x%llx; setenv failed booti; fi\n"
		"echo \"Bulkhead is not started: ${failed} failed, or is not of the size that "
		"was packed\"\n",
		(unsigned long long)pack->parts[PACK_IMAGE].address,
		(unsigned long long)pack->parts[PACK_TREE].address);
}

/* Makes NAME.scr of NAME.cmd. */
static bool compile(const struct pack *pack, const char *name, char *source)
{
	char path[PACK_PATH_SIZE];
	struct bytes said;
	char *const arguments[] = {"mkimage", "-A",	  "arm64", "-T",   "script", "-C", "none",
				   "-n",      "Bulkhead", "-d",	   source, path,     NULL};

	(void)snprintf(path, sizeof(path), "%s/%s.scr", pack->staging, name);
	if (!run_tool(arguments, "u-boot-tools", &said))
		return false;
	free(said.data);
	return true;
}

static bool write_one(const struct pack *pack, const struct script *script)
{
	char path[PACK_PATH_SIZE];
	char name[PACK_NAME_SIZE];

	(void)snprintf(name, sizeof(name), "%s.cmd", script->name);

	FILE *const file = pack_open(pack, name, path);

	if (file == NULL)
		return false;
	write_script(file, pack, script);
	return pack_close(file, path) && compile(pack, script->name, path);
}

/* For one device of the board. */
static bool write_device(const struct pack *pack, enum board_device device)
{
	static const char *const prepare[BOARD_DEVICE_COUNT] = {
		[BOARD_USB] = "usb start",
		[BOARD_SCSI] = "scsi scan",
	};
	const char *const kind = board_devices[device];
	const char *const numbers = pack->board->devices[device];
	char name[PACK_NAME_SIZE];
	char where[PACK_NAME_SIZE];
	struct script script = {name, where, "", prepare[device], ""};

	(void)snprintf(name, sizeof(name), "boot-%s", kind);
	(void)snprintf(where, sizeof(where), "%s %s", kind, numbers);
	(void)snprintf(script.load, sizeof(script.load), "load %s %s ${at} ${part}", kind, numbers);
	return write_one(pack, &script);
}

bool scripts_write(const struct pack *pack)
{
	static const struct script any = {
		.name = "boot",
		.where = "the partition that U-Boot found it on",
		.comment = "# U-Boot's distro boot and bootstd say where that is.\n",
		.load = "load ${devtype} ${devnum}:${distro_bootpart} ${at} ${prefix}${part}",
	};
	static const struct script tftp = {
		.name = "boot-tftp",
		.where = "a TFTP server",
		.comment =
			"# The server is ${serverip}, or the one that DHCP names; the files are in "
			"its folder\n"
			"# ${tftp_folder}, which ends with a slash, or at its top.\n",
		.prepare = "if test -z \"${serverip}\"; then setenv autoload no; dhcp; fi",
		.load = "tftpboot ${at} ${tftp_folder}${part}",
	};

	(void)setenv("SOURCE_DATE_EPOCH", "0", 0);
	if (!write_one(pack, &any) || !write_one(pack, &tftp))
		return false;
	for (unsigned i = 0; i < BOARD_DEVICE_COUNT; i++)
		if (!write_device(pack, (enum board_device)i))
			return false;
	return true;
}

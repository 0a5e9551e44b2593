/* SPDX-License-Identifier: Apache-2.0 */
/* manifest.json: what was packed, from what, and where each part lies in memory. */
#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include "common/lib/sha256.h"
#include "common/lib/version.h"
#include "imagebuilder/json_writer.h"
#include "imagebuilder/message.h"
#include "imagebuilder/pack.h"
#include "imagebuilder/run.h"

#define PIECE	  65536
#define TEXT_SIZE (2 * SHA256_SIZE + 1)

static void end_text(struct sha256 *hash, char text[TEXT_SIZE])
{
	uint8_t digest[SHA256_SIZE];

	sha256_end(hash, digest);
	for (unsigned i = 0; i < SHA256_SIZE; i++)
		(void)snprintf(&text[2 * i], 3, "%02x", digest[i]);
}

/* The last name of a path, which may end with slashes. */
static void put_last(struct json *json, const char *key, const char *path)
{
	char name[PACK_PATH_SIZE];
	size_t end = strlen(path);
	size_t start;

	while (end > 1 && path[end - 1] == '/')
		end--;
	start = end;
	while (start > 0 && path[start - 1] != '/')
		start--;
	(void)snprintf(name, sizeof(name), "%.*s", (int)(end - start), path + start);
	json_text(json, key, name);
}

/* The tools whose output is part of what is packed: other versions may write other bytes. */
static bool put_tools(struct json *json)
{
	static const struct {
		const char *name;
		const char *package;
		char *const arguments[3];
	} tools[] = {
		{"dtc", "device-tree-compiler", {"dtc", "--version", NULL}},
		{"mkimage", "u-boot-tools", {"mkimage", "-V", NULL}},
		{"mtools", "mtools", {"mtools", "--version", NULL}},
	};

	json_object(json, "tools");
	for (size_t i = 0; i < sizeof(tools) / sizeof(tools[0]); i++) {
		struct bytes said;

		if (!run_tool(tools[i].arguments, tools[i].package, &said))
			return false;
		json_text(json, tools[i].name, first_line(&said));
		free(said.data);
	}
	json_end(json);
	return true;
}

static void put_part(struct json *json, const struct pack_part *part)
{
	struct sha256 hash;
	char text[TEXT_SIZE];

	sha256_begin(&hash);
	sha256_update(&hash, part->contents, part->size);
	end_text(&hash, text);
	json_object(json, NULL);
	json_text(json, "name", part->name);
	json_text(json, "what", part->what);
	json_hexadecimal(json, "address", part->address);
	json_number(json, "size", part->size);
	json_number(json, "room", part->room);
	json_text(json, "sha256", text);
	json_end(json);
}

/* Size and digest of a file in the staging folder. */
static bool put_artefact(struct json *json, const struct pack *pack, const char *name)
{
	static char piece[PIECE];
	struct sha256 hash;
	char text[TEXT_SIZE];
	char path[PACK_PATH_SIZE];
	uint64_t size = 0;
	size_t count;

	(void)snprintf(path, sizeof(path), "%s/%s", pack->staging, name);

	FILE *const file = fopen(path, "rb");

	if (file == NULL)
		return fail("%s: cannot be read", path);
	sha256_begin(&hash);
	while ((count = fread(piece, 1, sizeof(piece), file)) > 0) {
		sha256_update(&hash, piece, count);
		size += count;
	}

	const bool is_good = ferror(file) == 0;

	(void)fclose(file);
	if (!is_good)
		return fail("%s: cannot be read", path);
	end_text(&hash, text);
	json_object(json, NULL);
	json_text(json, "name", name);
	json_number(json, "size", size);
	json_text(json, "sha256", text);
	json_end(json);
	return true;
}

static bool is_part(const struct pack *pack, const char *name)
{
	for (unsigned i = 0; i < pack->part_count; i++)
		if (strcmp(name, pack->parts[i].name) == 0)
			return true;
	return false;
}

/* All that was written besides the parts, in the order of the names. */
static bool put_artefacts(struct json *json, const struct pack *pack)
{
	struct dirent **entries;
	const int count = scandir(pack->staging, &entries, NULL, alphasort);
	bool is_good = count >= 0 || fail("%s: cannot be read", pack->staging);

	json_list(json, "artefacts");
	for (int i = 0; i < count; i++) {
		const char *const name = entries[i]->d_name;

		if (name[0] != '.' && strcmp(name, "manifest.json") != 0 && !is_part(pack, name))
			is_good = is_good && put_artefact(json, pack, name);
		free(entries[i]);
	}
	json_end(json);
	if (count >= 0)
		free(entries);
	return is_good;
}

bool manifest_write(const struct pack *pack)
{
	char path[PACK_PATH_SIZE];
	FILE *const file = pack_open(pack, "manifest.json", path);
	struct json json = {.out = file, .is_empty = true};

	if (file == NULL)
		return false;
	json_object(&json, NULL);
	json_text(&json, "bulkhead", BULKHEAD_VERSION);
	put_last(&json, "system", pack->options->system);
	put_last(&json, "board", pack->options->board);
	json_text(&json, "plan", pack->digest);
	json_hexadecimal(&json, "entry", pack->parts[PACK_IMAGE].address);
	json_hexadecimal(&json, "tree", pack->parts[PACK_TREE].address);
	json_hexadecimal(&json, "end", pack_end(pack));
	json_hexadecimal(&json, "fit", pack->parts[PACK_IMAGE].address - PACK_FIT_HEADER);
	json_list(&json, "parts");
	for (unsigned i = 0; i < pack->part_count; i++)
		put_part(&json, &pack->parts[i]);
	json_end(&json);

	const bool is_good = put_artefacts(&json, pack) && put_tools(&json);

	json_end(&json);
	(void)fputc('\n', file);
	return pack_close(file, path) && is_good;
}

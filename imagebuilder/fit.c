/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bulkhead.itb: all parts in one FIT (flattened image tree), which U-Boot's bootm verifies.
 *
 * Its data stand behind its tree, in the order and with the gaps that the parts have in memory.
 * Loaded PACK_FIT_HEADER below the image's address, each part lies where it belongs, and bootm
 * copies nothing; loaded elsewhere, bootm copies each part to its address.
 *
 * With a key it is signed for U-Boot's verified boot, and bulkhead-key.dtsi is what U-Boot's own
 * device tree needs to ask for that.
 */
#include <libfdt.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "imagebuilder/key.h"
#include "imagebuilder/message.h"
#include "imagebuilder/pack.h"
#include "imagebuilder/run.h"

#define FIT	  "bulkhead.itb"
#define SOURCE	  ".bulkhead.its"
#define ZEROS	  ".zeros"
#define IMAGE	  "bulkhead"
#define TREE	  "system"
#define NODE_SIZE 16

/* What U-Boot calls a signature of so many bytes. */
struct algorithm {
	int size;
	const char *name;
};

static const struct algorithm algorithms[] = {
	{256, "sha256,rsa2048"},
	{384, "sha256,rsa3072"},
	{512, "sha256,rsa4096"},
};

#define ALGORITHM_COUNT (sizeof(algorithms) / sizeof(algorithms[0]))

/* --- The source --- */

static void put_text(FILE *file, const char *name, const char *text)
{
	(void)fprintf(file, "\t\t\t%s = \"", name);
	for (; *text != '\0'; text++)
		(void)fprintf(file, *text == '"' || *text == '\\' ? "\\%c" : "%c", *text);
	(void)fputs("\";\n", file);
}

static void put_address(FILE *file, const char *name, uint64_t address)
{
	(void)fprintf(file, "\t\t\t%s = <0x%x 0x%x>;\n", name, (unsigned)(address >> 32),
		      (unsigned)address);
}

/* The part's node in /images. */
static const char *name_node(unsigned part, char node[NODE_SIZE])
{
	(void)snprintf(node, NODE_SIZE, "file-%u", part - PACK_TREE - 1);
	return part == PACK_IMAGE ? IMAGE : part == PACK_TREE ? TREE : node;
}

/* What mkimage does not fill itself, on its way to the next page. */
static uint64_t padding(const struct pack *pack, unsigned part)
{
	const struct pack_part *const p = &pack->parts[part];
	const uint64_t pages = (p->size + PLACE_ALIGNMENT - 1) / PLACE_ALIGNMENT * PLACE_ALIGNMENT;

	return part + 1 == pack->part_count || pages >= p->room ? 0 : p->room - p->size;
}

static void put_image(FILE *file, const struct pack *pack, unsigned part)
{
	static const char *const types[] = {"kernel", "flat_dt", "firmware"};
	const struct pack_part *const p = &pack->parts[part];
	char node[NODE_SIZE];

	(void)fprintf(file, "\t\t%s {\n", name_node(part, node));
	put_text(file, "description", p->what);
	put_text(file, "type", types[part < PACK_TREE + 1 ? part : PACK_TREE + 1]);
	put_text(file, "arch", "arm64");
	put_text(file, "os", "linux");
	put_text(file, "compression", "none");
	put_address(file, "load", p->address);
	if (part == PACK_IMAGE)
		put_address(file, "entry", p->address);
	(void)fprintf(file, "\t\t\tdata = /incbin/(\"%s\")", p->name);
	if (padding(pack, part) != 0)
		(void)fprintf(file, ", /incbin/(\"" ZEROS "\", 0, 0x%llx)",
			      (unsigned long long)padding(pack, part));
	(void)fputs(";\n\t\t\thash { algo = \"sha256\"; };\n\t\t};\n", file);
}

static void put_configuration(FILE *file, const struct pack *pack, const char *key,
			      const char *algorithm)
{
	char node[NODE_SIZE];

	(void)fputs("\tconfigurations {\n\t\tdefault = \"" IMAGE "\";\n\t\t" IMAGE " {\n", file);
	put_text(file, "description", pack->digest);
	put_text(file, "kernel", IMAGE);
	put_text(file, "fdt", TREE);
	for (unsigned i = PACK_TREE + 1; i < pack->part_count; i++)
		(void)fprintf(file, "%s\"%s\"%s", i == PACK_TREE + 1 ? "\t\t\tloadables = " : ", ",
			      name_node(i, node), i + 1 == pack->part_count ? ";\n" : "");
	if (key != NULL) {
		(void)fputs("\t\t\tsignature {\n", file);
		put_text(file, "algo", algorithm);
		put_text(file, "key-name-hint", key);
		(void)fprintf(file, "\t\t\tsign-images = \"kernel\", \"fdt\"%s;\n\t\t\t};\n",
			      pack->part_count > PACK_TREE + 1 ? ", \"loadables\"" : "");
	}
	(void)fputs("\t\t};\n\t};\n", file);
}

static bool write_source(const struct pack *pack, const char *key, const char *algorithm)
{
	char path[PACK_PATH_SIZE];
	FILE *const file = pack_open(pack, SOURCE, path);

	if (file == NULL)
		return false;
	(void)fputs("/dts-v1/;\n/ {\n\tdescription = \"Bulkhead\";\n\t#address-cells = <2>;\n"
		    "\timages {\n",
		    file);
	for (unsigned i = 0; i < pack->part_count; i++)
		put_image(file, pack, i);
	(void)fputs("\t};\n", file);
	put_configuration(file, pack, key, algorithm);
	(void)fputs("};\n", file);
	return pack_close(file, path);
}

/* As many zeros as any part needs behind it. */
static bool write_zeros(const struct pack *pack)
{
	char path[PACK_PATH_SIZE];
	FILE *const file = pack_open(pack, ZEROS, path);
	uint64_t most = 0;

	if (file == NULL)
		return false;
	for (unsigned i = 0; i < pack->part_count; i++)
		most = padding(pack, i) > most ? padding(pack, i) : most;

	const bool is_good = ftruncate(fileno(file), (off_t)most) == 0;

	return pack_close(file, path) && (is_good || fail("%s: cannot be written", path));
}

/* --- Making it --- */

/* Runs mkimage on a source that has just been written. */
static bool make(const struct pack *pack, const char *key, const char *algorithm, const char *path,
		 struct bytes *said)
{
	char source[PACK_PATH_SIZE];
	char alignment[24];
	char position[24];
	char key_tree[PACK_PATH_SIZE];
	char *arguments[16] = {"mkimage", "-E", "-B", alignment, "-p", position, "-f", source};
	unsigned count = 8;

	(void)snprintf(source, sizeof(source), "%s/" SOURCE, pack->staging);
	(void)snprintf(key_tree, sizeof(key_tree), "%s/" KEY_TREE, pack->staging);
	(void)snprintf(alignment, sizeof(alignment), "%x", (unsigned)PLACE_ALIGNMENT);
	(void)snprintf(position, sizeof(position), "%x", (unsigned)PACK_FIT_HEADER);
	if (key != NULL) {
		arguments[count++] = "-k";
		arguments[count++] = (char *)pack->options->key;
		arguments[count++] = "-K";
		arguments[count++] = key_tree;
		arguments[count++] = "-r";
	}
	arguments[count] = (char *)path;
	return write_source(pack, key, algorithm) && (key == NULL || key_write_tree(pack)) &&
	       run_tool(arguments, "u-boot-tools", said);
}

/* A number of one cell; -1: there is none. */
static int64_t read_number(const void *fit, int node, const char *name)
{
	int size;
	const fdt32_t *const cell = fdt_getprop(fit, node, name, &size);

	return cell == NULL || size != (int)sizeof(*cell) ? -1 : (int64_t)fdt32_to_cpu(*cell);
}

/* Whether each part lies in the file as it lies in memory. */
static bool check_positions(const struct pack *pack, const struct bytes *fit)
{
	const uint64_t base = pack->parts[PACK_IMAGE].address - PACK_FIT_HEADER;
	char node[NODE_SIZE];
	char name[NODE_SIZE + sizeof("/images/")];

	if (fit->size < PACK_FIT_HEADER || fdt_check_header(fit->data) != 0 ||
	    fdt_totalsize(fit->data) > PACK_FIT_HEADER)
		return fail(FIT ": what mkimage wrote is not a FIT");
	for (unsigned i = 0; i < pack->part_count; i++) {
		const struct pack_part *const part = &pack->parts[i];

		(void)snprintf(name, sizeof(name), "/images/%s", name_node(i, node));

		const int at = fdt_path_offset(fit->data, name);
		const int64_t position = read_number(fit->data, at, "data-position");
		const int64_t size = read_number(fit->data, at, "data-size");

		if (position != (int64_t)(part->address - base) || size < (int64_t)part->size ||
		    (uint64_t)(position + size) > fit->size ||
		    memcmp(fit->data + position, part->contents, part->size) != 0)
			return fail(FIT
				    ": mkimage put %s at 0x%llx, not at 0x%llx; version 2023.01 "
				    "does, in a FIT of up to 2 GiB",
				    part->name, (long long)position,
				    (unsigned long long)(part->address - base));
	}
	return true;
}

/* How many bytes the signature has; 0: there is none, which mkimage does not call an error. */
static int signature_size(const struct bytes *fit)
{
	const int node = fdt_path_offset(fit->data, "/configurations/" IMAGE "/signature");
	int size = 0;

	return node >= 0 && fdt_getprop(fit->data, node, "value", &size) != NULL ? size : 0;
}

/* Makes the FIT once and looks at it. *size: of the signature. */
static bool try_algorithm(const struct pack *pack, const char *key, unsigned algorithm, int *size)
{
	char path[PACK_PATH_SIZE];
	struct bytes said = {NULL, 0};
	struct bytes fit = {NULL, 0};
	bool is_good;

	(void)snprintf(path, sizeof(path), "%s/" FIT, pack->staging);
	is_good = make(pack, key, algorithms[algorithm].name, path, &said) &&
		  read_whole(path, &fit) && check_positions(pack, &fit);
	*size = is_good ? signature_size(&fit) : 0;
	if (is_good && key != NULL && *size == 0)
		is_good = fail("--key %s: %s.key does not sign: %s", pack->options->key, key,
			       first_line(&said));
	free(said.data);
	free(fit.data);
	return is_good;
}

/* The size of the first signature tells what kind of key it is, and so the algorithm's name. */
static bool find_algorithm(const struct pack *pack, const char *key)
{
	int size;

	if (!try_algorithm(pack, key, 0, &size))
		return false;
	for (unsigned i = 0; i < ALGORITHM_COUNT; i++)
		if (algorithms[i].size == size)
			return i == 0 || try_algorithm(pack, key, i, &size);
	return fail("--key %s: %s.key is not an RSA key of 2048, 3072 or 4096 bits",
		    pack->options->key, key);
}

static bool sign(const struct pack *pack)
{
	char key[NAME_MAX + 1];

	return key_find(pack->options->key, key) && find_algorithm(pack, key) &&
	       key_check_certificate(pack->options->key, key) && key_write_source(pack);
}

/* mkimage hands the path to a shell, in double quotes. */
static bool check_path(const struct pack *pack)
{
	return strpbrk(pack->staging, "\"$`\\") == NULL ||
	       fail("%s: mkimage takes no folder with one of \" $ ` \\ in its name",
		    pack->options->output);
}

static void remove_file(const struct pack *pack, const char *name)
{
	char path[PACK_PATH_SIZE];

	(void)snprintf(path, sizeof(path), "%s/%s", pack->staging, name);
	(void)unlink(path);
}

bool fit_write(const struct pack *pack)
{
	bool is_good;
	int size;

	/* The same input gives the same bytes: mkimage would take the time of day. */
	(void)setenv("SOURCE_DATE_EPOCH", "0", 0);
	if (!check_path(pack) || !write_zeros(pack))
		return false;
	is_good = pack->options->key != NULL ? sign(pack) : try_algorithm(pack, NULL, 0, &size);
	remove_file(pack, SOURCE);
	remove_file(pack, ZEROS);
	remove_file(pack, KEY_TREE);
	return is_good;
}

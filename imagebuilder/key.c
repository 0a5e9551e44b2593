/* SPDX-License-Identifier: Apache-2.0 */
#include "imagebuilder/key.h"

#include <dirent.h>
#include <libfdt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "imagebuilder/message.h"
#include "imagebuilder/run.h"

#define KEY_SUFFIX ".key"
#define KEY_SOURCE "bulkhead-key.dtsi"

static bool is_key(const char *name)
{
	const size_t length = strlen(name);
	const size_t suffix = strlen(KEY_SUFFIX);

	return length > suffix && strcmp(name + length - suffix, KEY_SUFFIX) == 0;
}

/* The name of the only private key in the folder. */
static bool find_private(const char *folder, char name[NAME_MAX + 1])
{
	DIR *const directory = opendir(folder);
	unsigned count = 0;

	if (directory == NULL)
		return fail("--key %s: not a folder that can be read", folder);
	for (struct dirent *entry = readdir(directory); entry != NULL; entry = readdir(directory))
		if (is_key(entry->d_name) && count++ == 0)
			(void)snprintf(name, NAME_MAX + 1, "%.*s",
				       (int)(strlen(entry->d_name) - strlen(KEY_SUFFIX)),
				       entry->d_name);
	(void)closedir(directory);
	if (count == 0)
		return fail("--key %s: there is no private key; it is a file NAME.key, PEM",
			    folder);
	return count == 1 || fail("--key %s: there are %u files NAME.key; one is used to sign: "
				  "give it a folder of its own",
				  folder, count);
}

/* mkimage wants the public half as a certificate. */
static bool find_certificate(const char *folder, const char *name)
{
	char path[BOARD_PATH_SIZE];

	(void)snprintf(path, sizeof(path), "%s/%s.crt", folder, name);
	return access(path, R_OK) == 0 ||
	       fail("--key %s: there is no %s.crt; make it with openssl req -batch -new -x509 -key "
		    "%s.key -out %s.crt",
		    folder, name, name, name);
}

bool key_find(const char *folder, char name[NAME_MAX + 1])
{
	return find_private(folder, name) && find_certificate(folder, name);
}

/* What openssl says of the modulus of one half of the key. */
static bool read_modulus(const char *kind, const char *folder, const char *name, const char *suffix,
			 struct bytes *modulus)
{
	char path[BOARD_PATH_SIZE];
	char *const arguments[] = {"openssl", (char *)kind, "-noout", "-modulus",
				   "-in",     path,	    NULL};

	(void)snprintf(path, sizeof(path), "%s/%s%s", folder, name, suffix);
	return run_tool(arguments, "openssl", modulus);
}

bool key_check_certificate(const char *folder, const char *name)
{
	struct bytes private = {NULL, 0};
	struct bytes public = {NULL, 0};
	const bool is_read = read_modulus("rsa", folder, name, KEY_SUFFIX, &private) &&
			     read_modulus("x509", folder, name, ".crt", &public);
	const bool is_good = is_read && strcmp(private.data, public.data) == 0;

	free(private.data);
	free(public.data);
	return is_good || !is_read ||
	       fail("--key %s: %s.crt is not the certificate of %s.key", folder, name, name);
}

bool key_write_tree(const struct pack *pack)
{
	char tree[256];
	char path[PACK_PATH_SIZE];
	FILE *const file = pack_open(pack, KEY_TREE, path);

	if (file == NULL)
		return false;
	(void)fdt_create_empty_tree(tree, sizeof(tree));
	(void)fwrite(tree, sizeof(tree), 1, file);
	return pack_close(file, path);
}

bool key_write_source(const struct pack *pack)
{
	static const char version[] = "/dts-v1/;";
	char tree[PACK_PATH_SIZE];
	char path[PACK_PATH_SIZE];
	char *const arguments[] = {"dtc", "-q", "-I", "dtb", "-O", "dts", tree, NULL};
	struct bytes text;
	FILE *file;

	(void)snprintf(tree, sizeof(tree), "%s/" KEY_TREE, pack->staging);
	if (!run_tool(arguments, "device-tree-compiler", &text))
		return false;
	file = pack_open(pack, KEY_SOURCE, path);
	if (file != NULL) {
		const char *const nodes = strstr(text.data, version);

		(void)fputs("/* What U-Boot's own device tree needs to boot nothing that is not "
			    "signed. */",
			    file);
		(void)fputs(nodes == NULL ? text.data : nodes + strlen(version), file);
	}
	free(text.data);
	return file != NULL && pack_close(file, path);
}

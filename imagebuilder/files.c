/* SPDX-License-Identifier: Apache-2.0 */
#include "imagebuilder/files.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "imagebuilder/message.h"

static bool add_file(struct files *files, const char *path, uint64_t address)
{
	struct loaded_file *const file = &files->files[files->count];
	struct stat status;
	const int descriptor = open(path, O_RDONLY);
	void *contents = MAP_FAILED;

	if (descriptor >= 0 && fstat(descriptor, &status) == 0 && status.st_size > 0)
		contents =
			mmap(NULL, (size_t)status.st_size, PROT_READ, MAP_PRIVATE, descriptor, 0);
	if (descriptor >= 0)
		(void)close(descriptor);
	if (contents == MAP_FAILED)
		return fail("%s: cannot be read, or is empty", path);
	*file = (struct loaded_file){address, (uint64_t)status.st_size, contents};
	files->count++;
	return true;
}

/* --load ADDRESS=FILE */
static bool add_option(struct files *files, const char *text)
{
	char *end;
	const uint64_t address = strtoull(text, &end, 0);

	if (end == text || *end != '=')
		return fail("--load %s: not ADDRESS=FILE", text);
	return add_file(files, end + 1, address);
}

bool files_load(const struct options *options, const struct placement *placement,
		struct files *files)
{
	bool is_good = true;

	files->count = 0;
	files->is_missing = false;
	for (unsigned i = 0; i < placement->file_count; i++)
		is_good = add_file(files, placement->files[i].path, placement->files[i].address) &&
			  is_good;
	for (unsigned i = 0; i < options->load_count; i++)
		is_good = add_option(files, options->loads[i]) && is_good;
	return is_good;
}

const void *files_show(void *context, pa_t base, uint64_t size)
{
	struct files *const files = context;

	for (unsigned i = 0; i < files->count; i++) {
		const struct loaded_file *const file = &files->files[i];

		if (base.value >= file->address && size <= file->size &&
		    base.value - file->address <= file->size - size)
			return (const char *)file->contents + (base.value - file->address);
	}
	files->is_missing = true;
	return NULL;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* flock() and O_SYNC's device memory are Linux's own. */
#define _GNU_SOURCE
#include "imagebuilder/bulkctl/registers.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <unistd.h>

#include "common/vdev/supervisor_registers.h"

#define TREE	  "/proc/device-tree"
#define MEMORY	  "/dev/mem"
#define PATH_SIZE 512

static volatile uint8_t *page;

static bool complain(const char *what, const char *why)
{
	(void)fprintf(stderr, "bulkctl: %s: %s\n", what, why);
	return false;
}

/* Reads a property of a node below the root; returns its size, 0 when there is none. */
static size_t read_property(const char *node, const char *name, void *value, size_t size)
{
	char path[PATH_SIZE];
	const int length = snprintf(path, sizeof(path), "%s/%s/%s", TREE, node, name);
	FILE *const file = length < (int)sizeof(path) ? fopen(path, "rb") : NULL;

	if (file == NULL)
		return 0;

	const size_t used = fread(value, 1, size, file);

	(void)fclose(file);
	return used;
}

static bool is_supervisor(const char *node)
{
	static const char compatible[] = "bulkhead,supervisor";
	char found[sizeof(compatible)] = "";

	return read_property(node, "compatible", found, sizeof(found)) == sizeof(found) &&
	       memcmp(found, compatible, sizeof(found)) == 0;
}

/* reg of a node of the root, whose cells are two each (guest_tree.c). False: no such node. */
static bool find_device(uint64_t *base)
{
	DIR *const root = opendir(TREE);
	uint8_t reg[16];
	bool is_found = false;

	for (struct dirent *at = NULL; root != NULL && !is_found && (at = readdir(root)) != NULL;)
		is_found = is_supervisor(at->d_name) &&
			   read_property(at->d_name, "reg", reg, sizeof(reg)) == sizeof(reg);
	if (root != NULL)
		(void)closedir(root);
	*base = 0;
	for (unsigned i = 0; is_found && i < 8; i++)
		*base = *base << 8 | reg[i];
	return is_found;
}

bool registers_open(void)
{
	uint64_t base;

	if (!find_device(&base))
		return complain("no supervisor device",
				"this partition supervises none (bulkhead,supervises)");

	/* Synchronous: the kernel maps it as device memory. */
	const int memory = open(MEMORY, O_RDWR | O_SYNC | O_CLOEXEC);

	if (memory < 0)
		return complain(MEMORY, strerror(errno));
	/* The process keeps the lock, and the file, until it ends. */
	if (flock(memory, LOCK_EX) != 0)
		return complain(MEMORY, strerror(errno));

	/* The kernel's pages may be larger. */
	const uint64_t in_page = base % (uint64_t)sysconf(_SC_PAGESIZE);
	uint8_t *const mapped = mmap(NULL, in_page + SUPERVISOR_SIZE, PROT_READ | PROT_WRITE,
				     MAP_SHARED, memory, (off_t)(base - in_page));

	if (mapped == MAP_FAILED)
		return complain(MEMORY, strerror(errno));
	page = mapped + in_page;
	return true;
}

uint64_t registers_read(uint32_t offset)
{
	return *(const volatile uint64_t *)(page + offset);
}

void registers_write(uint32_t offset, uint32_t value)
{
	*(volatile uint32_t *)(page + offset) = value;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/kernel_files.h"

uint8_t file[FILE_SIZE];

void put(uint32_t at, uint64_t value, int count)
{
	for (int i = 0; i < count; i++)
		file[at + (uint32_t)i] = (uint8_t)(value >> 8 * i);
}

void put_big(uint32_t at, uint64_t value, int count)
{
	for (int i = 0; i < count; i++)
		file[at + (uint32_t)i] = (uint8_t)(value >> 8 * (count - 1 - i));
}

void make_image(uint32_t at, uint64_t text_offset, uint64_t size, uint64_t flags)
{
	memset(file + at, 0, sizeof(file) - at);
	put(at + 8, text_offset, 8);
	put(at + 16, size, 8);
	put(at + 24, flags, 8);
	memcpy(file + at + 56, "ARM\x64", 4);
}

/* What is behind a gzip header and the head of a stored block (RFC 1952, RFC 1951); its size. */
size_t make_gzip(uint32_t at, uint32_t size)
{
	static const uint8_t header[] = {0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 1};

	memmove(file + at + 15, file + at, size);
	memcpy(file + at, header, sizeof(header));
	put(at + 11, size, 2);
	put(at + 13, ~size, 2);
	return size + 15;
}

void make_uimage(uint32_t size, uint8_t arch, uint8_t compression, uint64_t load, uint64_t entry)
{
	memset(file, 0, 64);
	put_big(0, 0x27051956, 4);
	put_big(12, size, 4);
	put_big(16, load, 4);
	put_big(20, entry, 4);
	file[29] = arch;
	file[31] = compression;
}

/* Plans a partition with so many bytes of the file; more: properties of the kernel's node. */
bool plan_file(size_t size, const char *more)
{
	char text[512];

	(void)planning_set_up(NULL);
	planning_module(FILE_AT, file, size);
	(void)snprintf(text, sizeof(text),
		       "a { compatible = \"bulkhead,partition\"; #address-cells = <2>; "
		       "#size-cells = <2>; " GOOD "k { compatible = \"multiboot,kernel\"; reg = "
		       "<0 0x%x 0 0x%lx>; %s }; };",
		       FILE_AT, (unsigned long)size, more);
	compile(text);
	return run_planner();
}

void assert_planned(bool is_planned)
{
	if (!is_planned)
		show_report();
	assert_true(is_planned);
}

void assert_refused(bool is_planned, const char *line)
{
	assert_false(is_planned);
	assert_says(line);
}

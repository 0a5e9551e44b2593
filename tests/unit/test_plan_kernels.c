/* SPDX-License-Identifier: Apache-2.0 */
/* The formats of kernels: good ones, and what a boot loader may have left there instead. */
#include "tests/unit/planning.h"

#define FILE_AT	  0x70000000
#define FILE_SIZE 0x8000
#define GUEST_RAM 0x40000000 /* 64 MiB of it, with GOOD */

#define NOT_SUCH_AN_ELF "/chosen/a/k: reg: another kind of ELF file, or a truncated one"

static uint8_t file[FILE_SIZE];

struct segment {
	uint64_t offset;
	uint64_t virtual_address;
	uint64_t address;
	uint64_t file_size;
	uint64_t size;
};

static void put(uint32_t at, uint64_t value, int count)
{
	for (int i = 0; i < count; i++)
		file[at + (uint32_t)i] = (uint8_t)(value >> 8 * i);
}

static void put_big(uint32_t at, uint64_t value, int count)
{
	for (int i = 0; i < count; i++)
		file[at + (uint32_t)i] = (uint8_t)(value >> 8 * (count - 1 - i));
}

static void make_image(uint32_t at, uint64_t text_offset, uint64_t size, uint64_t flags)
{
	memset(file + at, 0, sizeof(file) - at);
	put(at + 8, text_offset, 8);
	put(at + 16, size, 8);
	put(at + 24, flags, 8);
	memcpy(file + at + 56, "ARM\x64", 4);
}

/* What is behind a gzip header and the head of a stored block (RFC 1952, RFC 1951); its size. */
static size_t make_gzip(uint32_t at, uint32_t size)
{
	static const uint8_t header[] = {0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 1};

	memmove(file + at + 15, file + at, size);
	memcpy(file + at, header, sizeof(header));
	put(at + 11, size, 2);
	put(at + 13, ~size, 2);
	return size + 15;
}

static void make_uimage(uint32_t size, uint8_t arch, uint8_t compression, uint64_t load,
			uint64_t entry)
{
	memset(file, 0, 64);
	put_big(0, 0x27051956, 4);
	put_big(12, size, 4);
	put_big(16, load, 4);
	put_big(20, entry, 4);
	file[29] = arch;
	file[31] = compression;
}

static void make_elf(uint64_t entry, const struct segment *segments, uint32_t count)
{
	memset(file, 0, sizeof(file));
	memcpy(file,
	       "\x7f"
	       "ELF\x02\x01\x01",
	       7);
	put(16, 2, 2);
	put(18, 183, 2);
	put(24, entry, 8);
	put(32, 64, 8);
	put(54, 56, 2);
	put(56, count, 2);
	for (uint32_t i = 0; i < count; i++) {
		const uint32_t at = 64 + 56 * i;

		put(at, 1, 4);
		put(at + 8, segments[i].offset, 8);
		put(at + 16, segments[i].virtual_address, 8);
		put(at + 24, segments[i].address, 8);
		put(at + 32, segments[i].file_size, 8);
		put(at + 40, segments[i].size, 8);
	}
}

/* Plans a partition with so many bytes of the file; more: properties of the kernel's node. */
static bool plan_file(size_t size, const char *more)
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

static void assert_planned(bool is_planned)
{
	if (!is_planned)
		show_report();
	assert_true(is_planned);
}

static void assert_refused(bool is_planned, const char *line)
{
	assert_false(is_planned);
	assert_says(line);
}

static void images(void **state)
{
	const struct plan_image *const kernel = &plan.partitions[0].kernel[0];

	(void)state;
	make_image(0, 0, 0x200000, 0xa);
	assert_planned(plan_file(FILE_SIZE, ""));
	assert_int_equal(plan.partitions[0].kernel_count, 1);
	assert_int_equal(plan.partitions[0].entry.value, GUEST_RAM);
	assert_int_equal(kernel->format, PLAN_IMAGE_RAW);
	assert_int_equal(kernel->source.value, FILE_AT);
	assert_int_equal(kernel->source_size, FILE_SIZE);
	assert_int_equal(kernel->size, 0x200000);
	assert_int_equal(kernel->guest.value, GUEST_RAM);
	assert_int_equal(kernel->destination.value, plan.partitions[0].regions[0].host.value);
	assert_int_equal(plan.partitions[0].device_tree.value, GUEST_RAM + 0x200000);

	make_image(0, 0x80000, 0x200000, 0xa);
	assert_planned(plan_file(FILE_SIZE, ""));
	assert_int_equal(kernel->guest.value, GUEST_RAM + 0x80000);
	assert_int_equal(plan.partitions[0].entry.value, GUEST_RAM + 0x80000);
	assert_int_equal(plan.partitions[0].device_tree.value, GUEST_RAM + 0x400000);

	/* The file is exactly as large as what it occupies. */
	make_image(0, 0, FILE_SIZE, 0);
	assert_planned(plan_file(FILE_SIZE, ""));
}

static void bad_images(void **state)
{
	(void)state;
	make_image(0, 0, 0x200000, 1);
	assert_refused(plan_file(FILE_SIZE, ""), "/chosen/a/k: reg: a big-endian kernel");
	make_image(0, 0x80000, 0, 0);
	assert_refused(plan_file(FILE_SIZE, ""),
		       "/chosen/a/k: reg: image_size 0x0, text_offset 0x80000, file 0x8000; the "
		       "header's image_size covers the file and its BSS, at most 1 GiB; the kernel "
		       "is older than Linux 3.17");
	make_image(0, 0, FILE_SIZE - 1, 0);
	assert_refused(plan_file(FILE_SIZE, ""), "/chosen/a/k: reg: image_size 0x7fff");
	make_image(0, 0, BLOCK_1G + 1, 0);
	assert_refused(plan_file(FILE_SIZE, ""), "/chosen/a/k: reg: image_size 0x40000001");
	make_image(0, BLOCK_1G + 1, 0x200000, 0);
	assert_refused(plan_file(FILE_SIZE, ""), "/chosen/a/k: reg: image_size 0x200000, "
						 "text_offset 0x40000001");
	/* Cut off in its header. */
	make_image(0, 0, 0x200000, 0);
	file[0] = 0x4d;
	assert_refused(plan_file(60, ""), "/chosen/a/k: reg: no kernel at 0x70000000: it begins 4d "
					  "00 00 00");
	/* More than the partition has. */
	make_image(0, 0, 64 << 20, 0);
	assert_refused(plan_file(FILE_SIZE, ""), "/chosen/a: memory: 65536 KiB, but 65600 KiB");
}

static void gzip_files(void **state)
{
	const struct plan_image *const kernel = &plan.partitions[0].kernel[0];
	size_t size;

	(void)state;
	make_image(0, 0x80000, 0x200000, 0);
	size = make_gzip(0, 1024);
	assert_planned(plan_file(size, ""));
	assert_int_equal(kernel->format, PLAN_IMAGE_GZIP);
	assert_int_equal(kernel->source_size, size);
	assert_int_equal(kernel->size, 0x200000);
	assert_int_equal(plan.partitions[0].entry.value, GUEST_RAM + 0x80000);

	memset(file, 0x42, sizeof(file));
	size = make_gzip(0, 1024);
	assert_refused(plan_file(size, ""),
		       "/chosen/a/k: reg: what is compressed begins 42 42 42 42");
	make_image(0, 0, 0, 0);
	assert_refused(plan_file(make_gzip(0, 1024), ""), "/chosen/a/k: reg: image_size 0x0");
	make_image(0, 0, 0x200000, 0);
	(void)make_gzip(0, 1024);
	assert_refused(plan_file(40, ""), "/chosen/a/k: reg: the compressed kernel cannot be read: "
					  "the file ends too early");
	file[13] ^= 1;
	assert_refused(plan_file(FILE_SIZE, ""),
		       "/chosen/a/k: reg: the compressed kernel cannot be read: ");
}

static void uimages(void **state)
{
	const struct plan_image *const kernel = &plan.partitions[0].kernel[0];
	size_t size;

	(void)state;
	make_image(64, 0, 0x200000, 0);
	make_uimage(FILE_SIZE - 64, 22, 0, 0, 0);
	assert_planned(plan_file(FILE_SIZE, ""));
	assert_int_equal(kernel->format, PLAN_IMAGE_RAW);
	assert_int_equal(kernel->source.value, FILE_AT + 64);
	assert_int_equal(kernel->source_size, FILE_SIZE - 64);
	assert_int_equal(plan.partitions[0].entry.value, GUEST_RAM);

	make_image(64, 0, 0x200000, 0);
	size = make_gzip(64, 1024);
	make_uimage((uint32_t)size, 22, 1, 0, 0);
	assert_planned(plan_file(64 + size, ""));
	assert_int_equal(kernel->format, PLAN_IMAGE_GZIP);
	assert_int_equal(kernel->source.value, FILE_AT + 64);
	assert_int_equal(kernel->source_size, size);

	/* A raw binary goes where the header says; what follows it is no part of it. */
	memset(file, 0x55, sizeof(file));
	make_uimage(0x1000, 22, 0, GUEST_RAM + 0x10000, GUEST_RAM + 0x10100);
	assert_planned(plan_file(FILE_SIZE, ""));
	assert_int_equal(kernel->guest.value, GUEST_RAM + 0x10000);
	assert_int_equal(kernel->size, 0x1000);
	assert_int_equal(plan.partitions[0].entry.value, GUEST_RAM + 0x10100);
	assert_int_equal(plan.partitions[0].device_tree.value, GUEST_RAM + 0x200000);
	/* Too short for an Image's header. */
	make_uimage(8, 22, 0, GUEST_RAM, GUEST_RAM + 4);
	assert_planned(plan_file(72, ""));
	assert_int_equal(kernel->size, 8);
}

static void bad_uimages(void **state)
{
	(void)state;
	memset(file, 0x55, sizeof(file));
	make_uimage(0x1000, 2, 0, GUEST_RAM, GUEST_RAM);
	assert_refused(plan_file(FILE_SIZE, ""), "/chosen/a/k: reg: not such a uImage");
	make_uimage(0x1000, 22, 3, GUEST_RAM, GUEST_RAM);
	assert_refused(plan_file(FILE_SIZE, ""), "/chosen/a/k: reg: not such a uImage");
	make_uimage(FILE_SIZE - 63, 22, 0, GUEST_RAM, GUEST_RAM);
	assert_refused(plan_file(FILE_SIZE, ""), "/chosen/a/k: reg: not such a uImage");
	make_uimage(0, 22, 0, GUEST_RAM, GUEST_RAM);
	assert_refused(plan_file(FILE_SIZE, ""), "/chosen/a/k: reg: it is empty");
	make_uimage(0, 22, 1, GUEST_RAM, GUEST_RAM);
	assert_refused(plan_file(64, ""), "/chosen/a/k: reg: the compressed kernel cannot be read");
	make_uimage(0x1000, 22, 0, 0x1000, 0x1000);
	assert_refused(plan_file(FILE_SIZE, ""),
		       "/chosen/a/k: reg: 0x1000 bytes at guest address 0x1000");
	make_uimage(0x1000, 22, 0, GUEST_RAM, GUEST_RAM + 0x1000);
	assert_refused(plan_file(FILE_SIZE, ""),
		       "/chosen/a/k: reg: entry 0x40001000, but the kernel begins at 0x40000000");
}

static void elf_files(void **state)
{
	static const struct segment segments[] = {
		{0x1000, UINT64_C(0xffff000000080000), 0x40080000, 0x2000, 0x2000},
		{0x3000, UINT64_C(0xffff000000200000), 0x40200000, 0x1000, 0x100000},
		{0, 0, 0, 0, 0}, /* nothing to load */
		{0, UINT64_C(0xffff000000400000), 0x40400000, 0, 0x1000},
	};
	const struct plan_partition *const partition = &plan.partitions[0];

	(void)state;
	make_elf(UINT64_C(0xffff000000080010), segments, 4);
	/* A header of another kind is passed over. */
	put(64 + 56 * 2, 4, 4);
	assert_planned(plan_file(FILE_SIZE, ""));
	assert_int_equal(partition->kernel_count, 3);
	assert_int_equal(partition->entry.value, 0x40080010);
	assert_int_equal(partition->kernel[0].source.value, FILE_AT + 0x1000);
	assert_int_equal(partition->kernel[1].guest.value, 0x40200000);
	assert_int_equal(partition->kernel[1].source_size, 0x1000);
	assert_int_equal(partition->kernel[1].size, 0x100000);
	assert_int_equal(partition->kernel[1].destination.value,
			 partition->regions[0].host.value + 0x200000);
	assert_int_equal(partition->kernel[2].source_size, 0);
	assert_int_equal(partition->device_tree.value, 0x40600000);
}

/* One segment, as it may not be, and what is said of it. */
static void bad_elf_segments(void **state)
{
	static const struct {
		struct segment segment;
		const char *line;
	} bad[] = {
		{{0x7000, 0x40000000, 0x40000000, 0x1001, 0x1001},
		 "/chosen/a/k: reg: segment at 0x40000000: 0x1001 bytes at offset 0x7000"},
		{{0x8001, 0x40000000, 0x40000000, 0, 0x1000},
		 "/chosen/a/k: reg: segment at 0x40000000: 0x0 bytes at offset 0x8001"},
		{{0x1000, 0x40000000, 0x40000000, 0x1001, 0x1000},
		 "/chosen/a/k: reg: segment at 0x40000000: 0x1001 bytes at offset 0x1000"},
		{{0x1000, 0x40000000, 0x40000000, 0x1000, BLOCK_1G + 1},
		 "/chosen/a/k: reg: segment at 0x40000000: 0x1000 bytes at offset 0x1000"},
		{{0x1000, 0x40000000, UINT64_MAX, 0x1000, 0x1000},
		 "/chosen/a/k: reg: segment at 0xffffffffffffffff"},
		{{UINT64_MAX, 0x40000000, 0x40000000, 2, 2},
		 "/chosen/a/k: reg: segment at 0x40000000: 0x2 bytes at offset 0xffffffffffffffff"},
		{{0x1000, 0x40000000, 0x80000000, 0x1000, 0x1000},
		 "/chosen/a/k: reg: 0x1000 bytes at guest address 0x80000000"},
		{{0x1000, 0x50000000, 0x40000000, 0x1000, 0x1000},
		 "/chosen/a/k: reg: entry 0x40000000 lies in none"},
		{{0x1000, 0x3ffffffe, 0x3ffffffe, 0x1000, 0x1000},
		 "/chosen/a/k: reg: 0x1000 bytes at guest address 0x3ffffffe"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		make_elf(0x40000000, &bad[i].segment, 1);
		assert_refused(plan_file(FILE_SIZE, ""), bad[i].line);
	}
	/* An entry that is no instruction's address. */
	make_elf(0x40000002, &(struct segment){0, 0x40000000, 0x40000000, 0x1000, 0x1000}, 1);
	assert_refused(plan_file(FILE_SIZE, ""), "/chosen/a/k: reg: entry 0x40000002");
}

static void bad_elf_files(void **state)
{
	static const struct segment one = {0x1000, 0x40000000, 0x40000000, 0x1000, 0x1000};
	static const struct segment overlapping[] = {
		{0x1000, 0x40000000, 0x40000000, 0x1000, 0x3000},
		{0x2000, 0x40002fff, 0x40002fff, 0x1000, 0x1000},
	};
	/* Where a byte of the header is another one: class, data, machine, entry size, table. */
	static const uint32_t wrong[] = {4, 5, 18, 54, 36};
	struct segment many[9];

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		make_elf(0x40000000, &one, 1);
		file[wrong[i]] ^= 2;
		assert_refused(plan_file(FILE_SIZE, ""), NOT_SUCH_AN_ELF);
	}
	make_elf(0x40000000, &one, 1);
	assert_refused(plan_file(64 + 55, ""), NOT_SUCH_AN_ELF);
	put(56, 0, 2);
	assert_refused(plan_file(FILE_SIZE, ""), "/chosen/a/k: reg: entry 0x40000000 lies in none");
	make_elf(0x40000000, overlapping, 2);
	assert_refused(plan_file(FILE_SIZE, ""), "/chosen/a/k: reg: two lie at 0x40002fff");
	for (uint64_t i = 0; i < 9; i++)
		many[i] = (struct segment){0x1000, 0x40000000 + 0x1000 * i, 0x40000000 + 0x1000 * i,
					   16, 16};
	make_elf(0x40000000, many, 8);
	assert_planned(plan_file(FILE_SIZE, ""));
	assert_int_equal(plan.partitions[0].kernel_count, 8);
	make_elf(0x40000000, many, 9);
	assert_refused(plan_file(FILE_SIZE, ""), "/chosen/a/k: reg: the ELF file has more");
}

static void raw_binaries(void **state)
{
	(void)state;
	memset(file, 0x55, sizeof(file));
	assert_planned(plan_file(FILE_SIZE, "bulkhead,entry = <0x40000000>;"));
	assert_int_equal(plan.partitions[0].kernel[0].guest.value, GUEST_RAM);
	assert_int_equal(plan.partitions[0].kernel[0].size, FILE_SIZE);
	assert_int_equal(plan.partitions[0].entry.value, GUEST_RAM);
	assert_planned(plan_file(FILE_SIZE, "bulkhead,entry = <0 0x40007ffc>;"));
	assert_int_equal(plan.partitions[0].entry.value, GUEST_RAM + 0x7ffc);
	/* A single instruction is a kernel too. */
	assert_planned(plan_file(4, "bulkhead,entry = <0x40000000>;"));

	assert_refused(plan_file(FILE_SIZE, "bulkhead,entry = <0x40008000>;"),
		       "/chosen/a/k: bulkhead,entry: entry 0x40008000, but the kernel begins at "
		       "0x40000000");
	assert_refused(plan_file(FILE_SIZE, "bulkhead,entry = <0x3ffffffc>;"),
		       "/chosen/a/k: bulkhead,entry: entry 0x3ffffffc");
	assert_refused(plan_file(FILE_SIZE, "bulkhead,entry = <0x40000002>;"),
		       "/chosen/a/k: bulkhead,entry: entry 0x40000002");
	assert_refused(plan_file(FILE_SIZE, "bulkhead,entry;"),
		       "/chosen/a/k: bulkhead,entry: 0 bytes");
	assert_refused(plan_file(FILE_SIZE, "bulkhead,entry = <0 0 0>;"),
		       "/chosen/a/k: bulkhead,entry: 12 bytes");
}

static void no_kernels(void **state)
{
	(void)state;
	memset(file, 0, sizeof(file));
	put_big(0, 0xd00dfeed, 4);
	assert_refused(
		plan_file(FILE_SIZE, ""),
		"/chosen/a/k: reg: no kernel at 0x70000000: it begins d0 0d fe ed; a kernel "
		"is an arm64 Image, plain or gzip-compressed, a uImage or an ELF file; it is "
		"a FIT image or a device tree");
	memset(file, 0, sizeof(file));
	assert_refused(
		plan_file(FILE_SIZE, ""),
		"/chosen/a/k: reg: no kernel at 0x70000000: it begins 00 00 00 00; a kernel "
		"is an arm64 Image, plain or gzip-compressed, a uImage or an ELF file; there "
		"are only zeros");
	file[0] = 'M';
	file[1] = 'Z';
	assert_refused(plan_file(2, ""), "/chosen/a/k: reg: no kernel at 0x70000000: it begins 4d "
					 "5a 00 00");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(images),	    cmocka_unit_test(bad_images),
		cmocka_unit_test(gzip_files),	    cmocka_unit_test(uimages),
		cmocka_unit_test(bad_uimages),	    cmocka_unit_test(elf_files),
		cmocka_unit_test(bad_elf_segments), cmocka_unit_test(bad_elf_files),
		cmocka_unit_test(raw_binaries),	    cmocka_unit_test(no_kernels),
	};

	return cmocka_run_group_tests_name("kernels", tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* The formats of kernels: good ones, and what a boot loader may have left there instead. */
#include "tests/unit/kernel_files.h"

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
		cmocka_unit_test(images),      cmocka_unit_test(bad_images),
		cmocka_unit_test(gzip_files),  cmocka_unit_test(uimages),
		cmocka_unit_test(bad_uimages), cmocka_unit_test(raw_binaries),
		cmocka_unit_test(no_kernels),
	};

	return cmocka_run_group_tests_name("kernels", tests, NULL, NULL);
}

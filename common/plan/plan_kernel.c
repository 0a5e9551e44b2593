/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a kernel is, by its first bytes, and how it is loaded:
 *
 *   arm64 Image  text_offset above the start of the RAM; one compressed by gzip is decompressed
 *   ELF64        each segment to its physical address
 *   uImage       a header before an Image, plain or gzip, or before a raw binary, which goes to
 *                the header's load address
 *   raw binary   to the start of the RAM; bulkhead,entry says where it begins
 */
#include "common/lib/inflate.h"
#include "common/plan/planner.h"

/* Linux, Documentation/arch/arm64/booting.rst: the header of an Image, little-endian. */
#define IMAGE_HEADER_SIZE 64
#define IMAGE_TEXT_OFFSET 8
#define IMAGE_SIZE	  16
#define IMAGE_FLAGS	  24
#define IMAGE_MAGIC	  56
#define IMAGE_BIG_ENDIAN  1
#define GZIP_MIN_SIZE	  18

/* U-Boot's legacy image header, big-endian. */
#define UIMAGE_HEADER_SIZE 64
#define UIMAGE_MAGIC	   0x27051956
#define UIMAGE_SIZE	   12
#define UIMAGE_LOAD	   16
#define UIMAGE_ENTRY	   20
#define UIMAGE_ARCH	   29
#define UIMAGE_COMPRESSION 31
#define UIMAGE_ARM64	   22
#define UIMAGE_GZIP	   1

/* ELF-64 object file format: the file header and the program headers. */
#define ELF_MAGIC	  0x7f454c46 /* "\x7fELF" */
#define ELF_CLASS	  4
#define ELF_DATA	  5
#define ELF_MACHINE	  18
#define ELF_ENTRY	  24
#define ELF_PHOFF	  32
#define ELF_PHENTSIZE	  54
#define ELF_PHNUM	  56
#define ELF_CLASS_64	  2
#define ELF_LITTLE_ENDIAN 1
#define ELF_AARCH64	  183
#define PROGRAM_SIZE	  56
#define PROGRAM_OFFSET	  8
#define PROGRAM_VADDR	  16
#define PROGRAM_PADDR	  24
#define PROGRAM_FILESZ	  32
#define PROGRAM_MEMSZ	  40
#define PROGRAM_LOAD	  1

/* The file that is being looked at. */
struct file {
	struct request *request;
	int node;
	const uint8_t *bytes;
	struct plan_range range;
};

static uint64_t little_endian(const uint8_t *bytes, int count)
{
	uint64_t value = 0;

	while (count-- > 0)
		value = value << 8 | bytes[count];
	return value;
}

/* The file as one piece of the kernel. */
static struct plan_image *whole_file(const struct file *file, enum plan_image_format format)
{
	struct plan_partition *const partition = file->request->partition;

	partition->kernel_count = 1;
	partition->kernel[0] = (struct plan_image){
		.format = format,
		.source = file->range.base,
		.source_size = file->range.size,
		.size = file->range.size,
	};
	return &partition->kernel[0];
}

static bool is_image(const uint8_t header[IMAGE_HEADER_SIZE])
{
	return memcmp(header + IMAGE_MAGIC, "ARM\x64", 4) == 0;
}

static void plan_image(struct planner *planner, const struct file *file,
		       const uint8_t header[IMAGE_HEADER_SIZE], enum plan_image_format format)
{
	const uint64_t size = little_endian(header + IMAGE_SIZE, 8);
	const uint64_t text_offset = little_endian(header + IMAGE_TEXT_OFFSET, 8);

	if ((little_endian(header + IMAGE_FLAGS, 8) & IMAGE_BIG_ENDIAN) != 0)
		plan_error(planner, file->node, "reg", "guests start little-endian", NULL,
			   "a big-endian kernel");
	if (size == 0 || size > BLOCK_1G || text_offset > BLOCK_1G ||
	    (format == PLAN_IMAGE_RAW && size < file->range.size)) {
		plan_error(planner, file->node, "reg",
			   "the header's image_size covers the file and its BSS, at most 1 GiB",
			   "the kernel is older than Linux 3.17, or its header is damaged",
			   "image_size 0x%lx, text_offset 0x%lx, file 0x%lx", size, text_offset,
			   file->range.size);
		return;
	}
	whole_file(file, format)->size = size;
	file->request->text_offset = text_offset;
}

static void plan_gzip(struct planner *planner, const struct file *file)
{
	uint8_t header[IMAGE_HEADER_SIZE];
	size_t written;
	const enum gzip_result result =
		gunzip(file->bytes, file->range.size, header, sizeof(header), &written);

	if (written != sizeof(header))
		plan_error(planner, file->node, "reg", "a gzip file that holds an arm64 Image",
			   NULL, "the compressed kernel cannot be read: %s",
			   gzip_result_text(result));
	else if (!is_image(header))
		plan_error(planner, file->node, "reg", "a gzip file that holds an arm64 Image",
			   NULL, "what is compressed begins %02x %02x %02x %02x", header[0],
			   header[1], header[2], header[3]);
	else
		plan_image(planner, file, header, PLAN_IMAGE_GZIP);
}

/* A binary without a header that says more: it goes to a guest address and begins at another. */
static void plan_raw(const struct file *file, enum kernel_place place, uint64_t load,
		     uint64_t entry)
{
	whole_file(file, PLAN_IMAGE_RAW)->guest = ipa(load);
	file->request->kernel_place = place;
	file->request->entry = entry;
}

static void plan_uimage(struct planner *planner, const struct file *file)
{
	const uint8_t *const header = file->bytes;
	const uint64_t size = tree_number(header + UIMAGE_SIZE, 1);
	struct file payload = *file;

	payload.bytes += UIMAGE_HEADER_SIZE;
	payload.range.base.value += UIMAGE_HEADER_SIZE;
	payload.range.size = size;
	if (size > file->range.size - UIMAGE_HEADER_SIZE || header[UIMAGE_ARCH] != UIMAGE_ARM64 ||
	    header[UIMAGE_COMPRESSION] > UIMAGE_GZIP)
		plan_error(planner, file->node, "reg",
			   "a uImage is for arm64, complete, and not compressed or with gzip",
			   "mkimage -A arm64 -O linux -T kernel -C none", "not such a uImage");
	else if (header[UIMAGE_COMPRESSION] == UIMAGE_GZIP)
		plan_gzip(planner, &payload);
	else if (size >= IMAGE_HEADER_SIZE && is_image(payload.bytes))
		plan_image(planner, &payload, payload.bytes, PLAN_IMAGE_RAW);
	else if (size == 0)
		plan_error(planner, file->node, "reg", "a uImage holds a kernel", NULL,
			   "it is empty");
	else
		plan_raw(&payload, KERNEL_AT_ADDRESS, tree_number(header + UIMAGE_LOAD, 1),
			 tree_number(header + UIMAGE_ENTRY, 1));
}

/* One program header that is loaded. False: reported. */
static bool add_segment(struct planner *planner, const struct file *file, const uint8_t *program)
{
	struct plan_partition *const partition = file->request->partition;
	const uint64_t offset = little_endian(program + PROGRAM_OFFSET, 8);
	const uint64_t address = little_endian(program + PROGRAM_VADDR, 8);
	const uint64_t guest = little_endian(program + PROGRAM_PADDR, 8);
	const uint64_t file_size = little_endian(program + PROGRAM_FILESZ, 8);
	const uint64_t size = little_endian(program + PROGRAM_MEMSZ, 8);
	const uint64_t elf_entry = little_endian(file->bytes + ELF_ENTRY, 8);

	if (size == 0)
		return true;
	if (offset > file->range.size || file_size > file->range.size - offset ||
	    file_size > size || size > BLOCK_1G || guest + size < guest)
		return plan_error(
			planner, file->node, "reg", "an ELF file's segments lie in the file",
			"was the whole file loaded?",
			"segment at 0x%lx: 0x%lx bytes at offset 0x%lx", guest, file_size, offset);
	if (partition->kernel_count == PLAN_MAX_SEGMENTS)
		return plan_error(planner, file->node, "reg", "at most 8 segments", NULL,
				  "the ELF file has more");
	for (uint32_t i = 0; i < partition->kernel_count; i++)
		if (spans_overlap(guest_span(partition->kernel[i].guest, partition->kernel[i].size),
				  guest_span(ipa(guest), size)))
			return plan_error(planner, file->node, "reg",
					  "an ELF file's segments do not overlap", NULL,
					  "two lie at 0x%lx", guest);
	/* The entry is a virtual address: the segment tells where that is. */
	if (elf_entry - address < size)
		file->request->entry = guest + (elf_entry - address);
	partition->kernel[partition->kernel_count++] = (struct plan_image){
		.format = PLAN_IMAGE_RAW,
		.source = pa(file->range.base.value + offset),
		.source_size = file_size,
		.size = size,
		.guest = ipa(guest),
	};
	return true;
}

static void plan_elf(struct planner *planner, const struct file *file)
{
	const uint8_t *const header = file->bytes;
	const uint64_t table = little_endian(header + ELF_PHOFF, 8);
	const uint64_t count = little_endian(header + ELF_PHNUM, 2);
	struct request *const request = file->request;

	if (header[ELF_CLASS] != ELF_CLASS_64 || header[ELF_DATA] != ELF_LITTLE_ENDIAN ||
	    little_endian(header + ELF_MACHINE, 2) != ELF_AARCH64 ||
	    little_endian(header + ELF_PHENTSIZE, 2) != PROGRAM_SIZE || table > file->range.size ||
	    count > (file->range.size - table) / PROGRAM_SIZE) {
		plan_error(planner, file->node, "reg",
			   "an ELF kernel is a 64-bit little-endian AArch64 executable", NULL,
			   "another kind of ELF file, or a truncated one");
		return;
	}
	request->kernel_place = KERNEL_AT_ADDRESS;
	request->entry = UINT64_MAX;
	for (uint64_t i = 0; i < count; i++) {
		const uint8_t *const program = header + table + i * PROGRAM_SIZE;

		if (little_endian(program, 4) == PROGRAM_LOAD &&
		    !add_segment(planner, file, program))
			return;
	}
	if (request->entry == UINT64_MAX)
		plan_error(planner, file->node, "reg",
			   "an ELF kernel begins in one of its segments",
			   "link it as an executable", "entry 0x%lx lies in none",
			   little_endian(header + ELF_ENTRY, 8));
}

/* What the bytes are instead of a kernel, for the one who wonders. */
static const char *describe(const uint8_t header[IMAGE_HEADER_SIZE])
{
	if (tree_number(header, 1) == FDT_MAGIC)
		return "it is a FIT image or a device tree";
	if (tree_number(header, 1) == 0)
		return "there are only zeros: was the file loaded to this address?";
	return "was another file loaded? A raw binary needs bulkhead,entry";
}

/* A file that does not say what it is. */
static void plan_nameless(struct planner *planner, const struct file *file,
			  const uint8_t header[IMAGE_HEADER_SIZE])
{
	const struct property entry = tree_property(&planner->tree, file->node, "bulkhead,entry");

	if (entry.bytes == NULL)
		plan_error(planner, file->node, "reg",
			   "a kernel is an arm64 Image, plain or gzip-compressed, a uImage or an "
			   "ELF file",
			   describe(header), "no kernel at 0x%lx: it begins %02x %02x %02x %02x",
			   file->range.base.value, header[0], header[1], header[2], header[3]);
	else if (entry.length != 4 && entry.length != 8)
		plan_error(planner, file->node, "bulkhead,entry",
			   "a guest address in one or two cells", NULL, "%d bytes", entry.length);
	else
		plan_raw(file, KERNEL_AT_BASE, 0, tree_number(entry.bytes, entry.length / 4));
}

void plan_kernel_format(struct planner *planner, struct request *request, struct plan_range range)
{
	const struct plan_input *const input = planner->input;
	uint8_t header[IMAGE_HEADER_SIZE] = {0};
	const struct file file = {
		.request = request,
		.node = request->kernel,
		.bytes = input->module(input->context, range.base, range.size),
		.range = range,
	};
	const bool has_header = range.size >= IMAGE_HEADER_SIZE;

	if (file.bytes == NULL) {
		plan_error(planner, file.node, "reg", "a module is at most 1022 MiB large", NULL,
			   "cannot be read");
		return;
	}
	memcpy(header, file.bytes, has_header ? IMAGE_HEADER_SIZE : range.size);
	if (range.size >= GZIP_MIN_SIZE && is_gzip(file.bytes, range.size)) {
		plan_gzip(planner, &file);
	} else if (has_header && is_image(header)) {
		plan_image(planner, &file, header, PLAN_IMAGE_RAW);
	} else if (has_header && tree_number(header, 1) == ELF_MAGIC) {
		plan_elf(planner, &file);
	} else if (has_header && tree_number(header, 1) == UIMAGE_MAGIC) {
		plan_uimage(planner, &file);
	} else {
		plan_nameless(planner, &file, header);
		return;
	}
	if (tree_has(&planner->tree, file.node, "bulkhead,entry"))
		plan_error(planner, file.node, "bulkhead,entry",
			   "it is for raw binaries: other kernels say themselves where they begin",
			   "leave it out", "on a kernel with a header");
}

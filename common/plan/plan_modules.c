/* SPDX-License-Identifier: Apache-2.0 */
/* Kernels and ramdisks: where the boot loader put them, and what they are. */
#include <libfdt.h>
#include <string.h>

#include "common/lib/format.h"
#include "common/lib/inflate.h"
#include "common/plan/planner.h"

/* Linux, Documentation/arm64/booting.rst: the header of an Image, little-endian. */
#define IMAGE_HEADER_SIZE 64
#define IMAGE_TEXT_OFFSET 8
#define IMAGE_SIZE	  16
#define IMAGE_FLAGS	  24
#define IMAGE_MAGIC	  56
#define IMAGE_BIG_ENDIAN  1
#define GZIP_MIN_SIZE	  18

static const char *const module_properties[] = {
	"compatible", "reg", "bootargs", "phandle", "name", "linux,phandle", "status"};

#define MODULE_PROPERTIES (sizeof(module_properties) / sizeof(module_properties[0]))

static uint64_t little_endian64(const uint8_t *bytes)
{
	uint64_t value = 0;

	for (int i = 7; i >= 0; i--)
		value = value << 8 | bytes[i];
	return value;
}

/* A module's node has no other properties than these. */
static void check_properties(struct planner *planner, int node)
{
	int property;

	fdt_for_each_property_offset (property, planner->tree, node) {
		const char *name = NULL;
		bool is_known = false;

		(void)fdt_getprop_by_offset(planner->tree, property, &name, NULL);
		for (size_t i = 0; name != NULL && i < MODULE_PROPERTIES; i++)
			is_known = is_known || strcmp(name, module_properties[i]) == 0;
		if (name == NULL || is_known)
			continue;

		plan_error(planner, node, name, "a module has compatible, reg and bootargs",
			   strcmp(name, "bulkhead,file") == 0 ? "imagebuilder turns it into reg"
							      : "leave it out",
			   "unknown property");
	}
}

/* Reports a module that lies on something else. The very same module may serve two partitions. */
static bool check_overlap(struct planner *planner, int node, const struct plan_range *range)
{
	const struct claim *claim;
	uint32_t index = 0;
	bool is_free = true;

	while ((claim = find_claim(planner, range->base.value, range->size, &index)) != NULL) {
		if (claim->partition != PLAN_NONE && claim->base == range->base.value &&
		    claim->size == range->size)
			continue;
		plan_error(
			planner, node, "reg", "nothing may overlap", "load it somewhere else",
			"0x%lx-0x%lx overlaps %s at 0x%lx-0x%lx", (unsigned long)range->base.value,
			(unsigned long)(range->base.value + range->size - 1), claim->owner,
			(unsigned long)claim->base, (unsigned long)(claim->base + claim->size - 1));
		is_free = false;
	}
	return is_free;
}

/* Where the module is. False: nowhere that it could be read. */
static bool find_module(struct planner *planner, int node, uint32_t partition,
			struct plan_range *range)
{
	char owner[PLAN_OWNER_SIZE];

	check_properties(planner, node);
	if (!tree_reg(planner->tree, node, 0, range)) {
		plan_error(planner, node, "reg",
			   "(address, size) in the #address-cells and #size-cells of the partition",
			   "the boot loader's script loads the file and says where",
			   "missing or of the wrong length");
		return false;
	}
	if (range->size == 0) {
		plan_error(planner, node, "reg", "the exact size of the file",
			   "was the file loaded?", "size 0 at 0x%lx",
			   (unsigned long)range->base.value);
		return false;
	}
	if (!is_in_memory(&planner->plan->board, range->base.value, range->size)) {
		plan_error(planner, node, "reg", "a module lies in the board's RAM",
			   "check the address that the boot loader used", "0x%lx bytes at 0x%lx",
			   (unsigned long)range->size, (unsigned long)range->base.value);
		return false;
	}
	if (!check_overlap(planner, node, range))
		return false;
	if (planner->scratch->module_count++ == PLAN_MAX_MODULES) {
		plan_error(planner, node, NULL, "at most 128 modules are supported", NULL,
			   "one module too many");
		return false;
	}
	(void)format(owner, sizeof(owner), "module %s/%s",
		     planner->plan->partitions[partition].name,
		     fdt_get_name(planner->tree, node, NULL));
	claim_memory(planner, range->base.value, range->size, partition, owner);
	return true;
}

/* Gets the kernel's first bytes, decompressed if need be. False: reported. */
static bool read_header(struct planner *planner, int node, struct plan_image *kernel,
			uint8_t header[IMAGE_HEADER_SIZE])
{
	const struct plan_input *const input = planner->input;
	const uint8_t *bytes = input->module(input->context, kernel->source, kernel->source_size);
	size_t written;

	if (bytes == NULL) {
		plan_error(planner, node, "reg", "a module is at most 1022 MiB large", NULL,
			   "cannot be read");
		return false;
	}
	kernel->format = PLAN_IMAGE_RAW;
	if (kernel->source_size >= GZIP_MIN_SIZE && is_gzip(bytes, kernel->source_size)) {
		const enum gzip_result result =
			gunzip(bytes, kernel->source_size, header, IMAGE_HEADER_SIZE, &written);

		kernel->format = PLAN_IMAGE_GZIP;
		if (written == IMAGE_HEADER_SIZE)
			return true;
		plan_error(planner, node, "reg", "a gzip file that holds an arm64 Image", NULL,
			   "the compressed kernel cannot be read: %s", gzip_result_text(result));
		return false;
	}
	memset(header, 0, IMAGE_HEADER_SIZE);
	memcpy(header, bytes,
	       kernel->source_size < IMAGE_HEADER_SIZE ? kernel->source_size : IMAGE_HEADER_SIZE);
	return true;
}

/* What the bytes are instead of an Image, for the one who wonders. */
static const char *describe(const uint8_t header[IMAGE_HEADER_SIZE])
{
	static const uint8_t elf[] = {0x7f, 'E', 'L', 'F'};
	static const uint8_t uimage[] = {0x27, 0x05, 0x19, 0x56};
	static const uint8_t fit[] = {0xd0, 0x0d, 0xfe, 0xed};
	static const uint8_t nothing[] = {0, 0, 0, 0};

	if (memcmp(header, elf, sizeof(elf)) == 0)
		return "it is an ELF file, which this build does not load";
	if (memcmp(header, uimage, sizeof(uimage)) == 0)
		return "it is a uImage, which this build does not load";
	if (memcmp(header, fit, sizeof(fit)) == 0)
		return "it is a FIT image or a device tree";
	if (memcmp(header, nothing, sizeof(nothing)) == 0)
		return "there are only zeros: was the file loaded to this address?";
	return "was another file loaded to this address?";
}

static void plan_kernel(struct planner *planner, uint32_t index)
{
	struct request *const request = &planner->scratch->requests[index];
	struct plan_image *const kernel = &planner->plan->partitions[index].kernel[0];
	uint8_t header[IMAGE_HEADER_SIZE];
	struct plan_range range;

	if (!find_module(planner, request->kernel, index, &range))
		return;
	planner->plan->partitions[index].kernel_count = 1;
	kernel->source = range.base;
	kernel->source_size = range.size;
	if (!read_header(planner, request->kernel, kernel, header))
		return;
	if (memcmp(header + IMAGE_MAGIC, "ARM\x64", 4) != 0) {
		plan_error(planner, request->kernel, "reg",
			   "a kernel is an arm64 Image, plain or gzip-compressed", describe(header),
			   "no kernel at 0x%lx: it begins %02x %02x %02x %02x",
			   (unsigned long)range.base.value, header[0], header[1], header[2],
			   header[3]);
		kernel->format = PLAN_IMAGE_NONE;
		return;
	}
	kernel->size = little_endian64(header + IMAGE_SIZE);
	request->text_offset = little_endian64(header + IMAGE_TEXT_OFFSET);
	if ((little_endian64(header + IMAGE_FLAGS) & IMAGE_BIG_ENDIAN) != 0)
		plan_error(planner, request->kernel, "reg", "guests start little-endian", NULL,
			   "a big-endian kernel");
	if (kernel->size == 0 || kernel->size > BLOCK_1G || request->text_offset > BLOCK_1G ||
	    (kernel->format == PLAN_IMAGE_RAW && kernel->size < kernel->source_size))
		plan_error(planner, request->kernel, "reg",
			   "the header's image_size covers the file and its BSS, at most 1 GiB",
			   "the kernel is older than Linux 3.17, or its header is damaged",
			   "image_size 0x%lx, text_offset 0x%lx, file 0x%lx",
			   (unsigned long)kernel->size, (unsigned long)request->text_offset,
			   (unsigned long)kernel->source_size);
}

static void plan_ramdisk(struct planner *planner, uint32_t index)
{
	struct plan_image *const ramdisk = &planner->plan->partitions[index].ramdisk;
	struct plan_range range;

	if (!find_module(planner, planner->scratch->requests[index].ramdisk, index, &range))
		return;
	ramdisk->format = PLAN_IMAGE_RAW;
	ramdisk->source = range.base;
	ramdisk->source_size = range.size;
	ramdisk->size = range.size;
}

static void read_bootargs(struct planner *planner, uint32_t index)
{
	const int node = planner->scratch->requests[index].kernel;
	struct plan_partition *const partition = &planner->plan->partitions[index];
	const char *const bootargs = tree_string(planner->tree, node, "bootargs");

	if (fdt_getprop(planner->tree, node, "bootargs", NULL) == NULL)
		return;
	if (bootargs == NULL || strlen(bootargs) >= PLAN_BOOTARGS_SIZE) {
		plan_error(planner, node, "bootargs", "a string of at most 2047 characters", NULL,
			   "not a string, or too long");
		return;
	}
	partition->bootargs = plan_keep_text(planner, node, bootargs);
}

void plan_modules(struct planner *planner)
{
	for (uint32_t i = 0; i < planner->plan->partition_count; i++) {
		if (planner->scratch->requests[i].kernel >= 0) {
			plan_kernel(planner, i);
			read_bootargs(planner, i);
		}
		if (planner->scratch->requests[i].ramdisk >= 0)
			plan_ramdisk(planner, i);
	}
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "common/run/fill.h"

#include <string.h>

#include "common/arch.h"

/* The most that one window shows. */
#define CHUNK (BLOCK_1G / 2)

/* What is done without a look at the interrupts. */
#define PIECE UINT64_C(0x40000)

static uint64_t smaller(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static struct content content_of(const struct plan_image *image)
{
	return (struct content){
		.base = image->destination.value,
		.size = plan_image_bytes(image),
		.pristine =
			image->pristine.value != 0 ? image->pristine.value : image->source.value,
	};
}

uint32_t fill_contents(const struct plan_partition *partition,
		       struct content contents[FILL_MAX_CONTENTS])
{
	uint32_t count = 0;

	for (uint32_t i = 0; i < partition->kernel_count; i++)
		contents[count++] = content_of(&partition->kernel[i]);
	contents[count++] = content_of(&partition->ramdisk);
	contents[count++] = (struct content){
		.base = partition->device_tree_host.value,
		.size = partition->device_tree_size,
		.pristine = partition->device_tree_pristine.value,
	};
	return count;
}

/* Zeroes a piece, or copies it unless it is in place; windows show both. */
static void fill_piece(uint8_t *to, const uint8_t *from, uint64_t size, enum fill_mode mode)
{
	if (from == NULL)
		arch_zero(to, size);
	else if (from != to)
		memcpy(to, from, size);
	arch_clean(to, size);
	if (mode == FILL_SERVE)
		arch_serve_interrupts();
}

/* What one window shows at a time; from: 0 for zeros. */
static void fill_chunk(uint64_t to, uint64_t from, uint64_t size, enum fill_mode mode)
{
	uint8_t *const target = arch_window(ARCH_WINDOW_TARGET, pa(to), size);
	const uint8_t *source = NULL;

	if (from == to)
		source = target;
	else if (from != 0)
		source = arch_window(ARCH_WINDOW_SOURCE, pa(from), size);
	for (uint64_t done = 0; done < size; done += PIECE)
		fill_piece(target + done, source != NULL ? source + done : NULL,
			   smaller(size - done, PIECE), mode);
}

void fill_copy(uint64_t to, uint64_t from, uint64_t size, enum fill_mode mode)
{
	for (uint64_t done = 0; done < size; done += CHUNK)
		fill_chunk(to + done, from != 0 ? from + done : 0, smaller(size - done, CHUNK),
			   mode);
}

static void scrub_region(const struct plan_region *region, const struct content *contents,
			 uint32_t count, enum fill_mode mode)
{
	const uint64_t end = region->host.value + region->size;
	uint64_t at = region->host.value;

	while (at < end) {
		uint64_t gap_end = end;
		uint64_t next = end;

		/* The content that begins first at or behind this address. */
		for (uint32_t i = 0; i < count; i++) {
			if (contents[i].size != 0 && contents[i].base >= at &&
			    contents[i].base < gap_end) {
				gap_end = contents[i].base;
				next = contents[i].base + contents[i].size;
			}
		}
		fill_copy(at, 0, gap_end - at, mode);
		at = next;
	}
}

void fill_scrub(const struct plan_partition *partition, const struct content *contents,
		uint32_t count, enum fill_mode mode)
{
	for (uint32_t i = 0; i < partition->region_count; i++)
		scrub_region(&partition->regions[i], contents, count, mode);
}

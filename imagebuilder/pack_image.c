/* SPDX-License-Identifier: Apache-2.0 */
/* bulkhead-all.img: the parts as they lie in memory, behind the header of one arm64 Image. */
#include <string.h>

#include "imagebuilder/message.h"
#include "imagebuilder/pack.h"

static void put_u64(unsigned char *at, uint64_t value)
{
	for (unsigned i = 0; i < 8; i++)
		at[i] = (unsigned char)(value >> 8 * i);
}

static uint64_t ram_base(const struct plan_board *board)
{
	uint64_t base = UINT64_MAX;

	for (uint32_t i = 0; i < board->memory_bank_count; i++)
		if (board->memory_banks[i].base.value < base)
			base = board->memory_banks[i].base.value;
	return base;
}

/*
 * The image's header, of one that carries all. It asks to be loaded where it was planned to be:
 * QEMU's -kernel puts it so far above the base of the RAM. U-Boot leaves it where it is, for the
 * flags say that it may be anywhere.
 */
static void make_header(const struct pack *pack, unsigned char header[IMAGE_HEADER_SIZE])
{
	const uint64_t base = pack->parts[PACK_IMAGE].address;
	const uint64_t offset = base - ram_base(&pack->plan->board);

	memcpy(header, pack->parts[PACK_IMAGE].contents, IMAGE_HEADER_SIZE);
	if (offset % IMAGE_ALIGNMENT == 0)
		put_u64(header + IMAGE_TEXT_OFFSET, offset);
	put_u64(header + IMAGE_SIZE, pack_end(pack) - base);
	put_u64(header + IMAGE_CARRIED_TREE, pack->parts[PACK_TREE].address - base);
	put_u64(header + IMAGE_PACKED_ADDRESS, base);
}

static bool put_zeros(FILE *file, uint64_t count)
{
	static const char zeros[65536];

	while (count > 0) {
		const size_t piece = count < sizeof(zeros) ? count : sizeof(zeros);

		if (fwrite(zeros, piece, 1, file) != 1)
			return false;
		count -= piece;
	}
	return true;
}

static bool put_part(FILE *file, const struct pack_part *part, size_t skipped)
{
	return fwrite((const char *)part->contents + skipped, part->size - skipped, 1, file) == 1 &&
	       put_zeros(file, part->room - part->size);
}

bool pack_image_write(const struct pack *pack)
{
	unsigned char header[IMAGE_HEADER_SIZE];
	char path[PACK_PATH_SIZE];
	bool is_good;

	FILE *const file = pack_open(pack, "bulkhead-all.img", path);

	if (file == NULL)
		return false;
	make_header(pack, header);
	is_good = fwrite(header, sizeof(header), 1, file) == 1;
	for (unsigned i = 0; is_good && i < pack->part_count; i++)
		is_good = put_part(file, &pack->parts[i], i == PACK_IMAGE ? IMAGE_HEADER_SIZE : 0);
	return pack_close(file, path) && is_good;
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sdcard.img: an MBR, a gap that may hold the board's firmware, and a FAT32 partition with
 * boot.scr, bulkhead.itb and the parts. It needs no root and no loop device, and is sparse.
 */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "imagebuilder/message.h"
#include "imagebuilder/pack.h"
#include "imagebuilder/run.h"

#define DISK	     "sdcard.img"
#define SECTOR	     UINT64_C(512)
#define MIB	     (UINT64_C(1) << 20)
#define LARGEST_DISK (UINT64_C(0xffffffff) * SECTOR)
/* For what the user adds: firmware that the board's ROM loads from FAT, other boot files. */
#define SPARE	   (8 * MIB)
#define SMALLEST   (40 * MIB) /* FAT32 has no fewer than 65525 clusters */
#define SERIAL	   0x424c4b48 /* of disk and partition: the same for the same bytes each time */
#define FIRST_TIME 315532800  /* 1980, where FAT's time begins */
#define MAX_FILES  (PACK_MAX_PARTS + 2)

/* What stands in the gap. */
struct firmware {
	const char *option;
	uint64_t base; /* bytes from the beginning of the disk */
	uint64_t end;
	struct bytes contents;
};

/* --- The partition's contents --- */

/* What is put into the partition, by paths. */
struct contents {
	char paths[MAX_FILES][PACK_PATH_SIZE];
	unsigned count;
	uint64_t size; /* bytes, in whole clusters */
};

static bool add_file(const struct pack *pack, struct contents *contents, const char *name)
{
	char *const path = contents->paths[contents->count++];
	struct stat status;

	(void)snprintf(path, PACK_PATH_SIZE, "%s/%s", pack->staging, name);
	if (stat(path, &status) != 0)
		return fail("%s: %s", path, strerror(errno));
	contents->size += ((uint64_t)status.st_size + PLACE_ALIGNMENT - 1) / PLACE_ALIGNMENT *
			  PLACE_ALIGNMENT;
	return true;
}

static bool list_contents(const struct pack *pack, struct contents *contents)
{
	if (!add_file(pack, contents, "boot.scr") || !add_file(pack, contents, "bulkhead.itb"))
		return false;
	for (unsigned i = 0; i < pack->part_count; i++)
		if (!add_file(pack, contents, pack->parts[i].name))
			return false;
	return true;
}

/* Contents, the allocation tables (two of 4 bytes for each cluster), and room. */
static uint64_t partition_size(const struct contents *contents)
{
	const uint64_t size = contents->size + contents->size / 32 + SPARE;

	return size < SMALLEST ? SMALLEST : (size + MIB - 1) / MIB * MIB;
}

/* --- Firmware --- */

/* "32K=FILE": bytes, or with K or M. NULL: it is not that. */
static const char *read_offset(const char *option, uint64_t *offset)
{
	uint64_t unit = 1;
	char *end;

	errno = 0;
	*offset = strtoull(option, &end, 0);
	if (*end == 'K' || *end == 'M')
		unit = *end++ == 'K' ? 1024 : MIB;
	if (isdigit((unsigned char)option[0]) == 0 || errno != 0 || *end != '=' ||
	    *offset > UINT64_MAX / unit)
		return NULL;
	*offset *= unit;
	return end + 1;
}

static bool read_firmware(const char *option, uint64_t gap, struct firmware *firmware)
{
	const char *const file = read_offset(option, &firmware->base);

	firmware->option = option;
	if (file == NULL)
		return fail(
			"--firmware %s: not OFFSET=FILE; the offset is in bytes, or with K or M",
			option);
	if (!read_whole(file, &firmware->contents))
		return false;
	firmware->end = firmware->base + firmware->contents.size;
	if (firmware->contents.size == 0)
		return fail("--firmware %s: the file is empty", option);
	if (firmware->base < SECTOR)
		return fail("--firmware %s: the first 512 bytes hold the partition table", option);
	if (firmware->end > gap || firmware->end < firmware->base)
		return fail("--firmware %s: ends at byte 0x%llx, but the partition begins at "
			    "0x%llx; the layout's line 'gap BYTES' leaves more room",
			    option, (unsigned long long)firmware->end, (unsigned long long)gap);
	return true;
}

static bool read_firmwares(const struct pack *pack, struct firmware *firmwares)
{
	const struct options *const options = pack->options;

	for (unsigned i = 0; i < options->firmware_count; i++) {
		struct firmware *const new = &firmwares[i];

		if (!read_firmware(options->firmwares[i], pack->board->gap, new))
			return false;
		for (unsigned j = 0; j < i; j++)
			if (new->base < firmwares[j].end && firmwares[j].base < new->end)
				return fail("--firmware %s: overlaps %s, which ends at 0x%llx",
					    new->option, firmwares[j].option,
					    (unsigned long long)firmwares[j].end);
	}
	return true;
}

/* --- The disk --- */

static void put_u32(unsigned char *at, uint64_t value)
{
	for (unsigned i = 0; i < 4; i++)
		at[i] = (unsigned char)(value >> 8 * i);
}

/* A master boot record with one bootable partition, FAT32 by LBA. */
static void make_record(unsigned char record[SECTOR], uint64_t base, uint64_t size)
{
	unsigned char *const entry = record + 446;

	memset(record, 0, SECTOR);
	put_u32(record + 440, SERIAL);
	/* In cylinders, heads and sectors as far as these count; the type stands between. */
	put_u32(entry, 0xfffffe80);
	put_u32(entry + 4, 0xfffffe0c);
	put_u32(entry + 8, base / SECTOR);
	put_u32(entry + 12, size / SECTOR);
	record[510] = 0x55;
	record[511] = 0xaa;
}

static bool write_frame(const struct pack *pack, uint64_t size, const struct firmware *firmwares)
{
	unsigned char record[SECTOR];
	char path[PACK_PATH_SIZE];
	FILE *const file = pack_open(pack, DISK, path);
	const uint64_t gap = pack->board->gap;
	bool is_good;

	if (file == NULL)
		return false;
	make_record(record, gap, size);
	is_good = fwrite(record, sizeof(record), 1, file) == 1;
	for (unsigned i = 0; is_good && i < pack->options->firmware_count; i++)
		is_good = fseeko(file, (off_t)firmwares[i].base, SEEK_SET) == 0 &&
			  fwrite(firmwares[i].contents.data, firmwares[i].contents.size, 1, file) ==
				  1;
	is_good = is_good && fflush(file) == 0 && ftruncate(fileno(file), (off_t)(gap + size)) == 0;

	const int error = errno;

	return pack_close(file, path) && (is_good || fail("%s: %s", path, strerror(error)));
}

static bool run_mtools(char *const arguments[])
{
	struct bytes said;

	if (!run_tool(arguments, "mtools", &said))
		return false;
	free(said.data);
	return true;
}

/* The user's own configuration, time zone and time of day would show in the file system. */
static void fix_environment(void)
{
	const char *const epoch = getenv("SOURCE_DATE_EPOCH");
	char first[24];

	(void)snprintf(first, sizeof(first), "%d", FIRST_TIME);
	if (epoch == NULL || strtoll(epoch, NULL, 10) < FIRST_TIME)
		(void)setenv("SOURCE_DATE_EPOCH", first, 1);
	(void)setenv("TZ", "UTC0", 1);
	(void)setenv("LC_ALL", "C", 1);
	(void)setenv("MTOOLSRC", "/dev/null", 1);
}

static bool write_partition(const struct pack *pack, uint64_t size, struct contents *contents)
{
	char image[PACK_PATH_SIZE + 32];
	char sectors[24];
	char hidden[24];
	char serial[24];
	char *const format[] = {"mformat", "-i",   image, "-F",	      "-h", "255",
				"-s",	   "63",   "-T",  sectors,    "-H", hidden,
				"-N",	   serial, "-v",  "BULKHEAD", "::", NULL};
	char *copy[MAX_FILES + 5] = {"mcopy", "-i", image};
	unsigned count = 3;

	(void)snprintf(image, sizeof(image), "%s/" DISK "@@%llu", pack->staging,
		       (unsigned long long)pack->board->gap);
	(void)snprintf(sectors, sizeof(sectors), "%llu", (unsigned long long)(size / SECTOR));
	(void)snprintf(hidden, sizeof(hidden), "%llu",
		       (unsigned long long)(pack->board->gap / SECTOR));
	(void)snprintf(serial, sizeof(serial), "%x", SERIAL);
	for (unsigned i = 0; i < contents->count; i++)
		copy[count++] = contents->paths[i];
	copy[count] = "::";
	fix_environment();
	return run_mtools(format) && run_mtools(copy);
}

bool disk_write(const struct pack *pack)
{
	static struct contents contents;
	struct firmware firmwares[OPTIONS_MAX_FIRMWARES] = {{0}};
	bool is_good = read_firmwares(pack, firmwares);

	contents.count = 0;
	contents.size = 0;
	is_good = is_good && list_contents(pack, &contents);

	const uint64_t size = partition_size(&contents);

	if (is_good && size > LARGEST_DISK - pack->board->gap)
		is_good = fail("%s: more than a partition can hold", pack->options->output);
	is_good = is_good && write_frame(pack, size, firmwares) &&
		  write_partition(pack, size, &contents);
	for (unsigned i = 0; i < pack->options->firmware_count; i++)
		free(firmwares[i].contents.data);
	return is_good;
}

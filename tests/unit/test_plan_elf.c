/* SPDX-License-Identifier: Apache-2.0 */
/* ELF kernels: several segments, an entry by virtual address, and what is wrong with others. */
#include "tests/unit/kernel_files.h"

#define NOT_SUCH_AN_ELF "/chosen/a/k: reg: another kind of ELF file, or a truncated one"

struct segment {
	uint64_t offset;
	uint64_t virtual_address;
	uint64_t address;
	uint64_t file_size;
	uint64_t size;
};

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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(elf_files),
		cmocka_unit_test(bad_elf_segments),
		cmocka_unit_test(bad_elf_files),
	};

	return cmocka_run_group_tests_name("ELF files", tests, NULL, NULL);
}

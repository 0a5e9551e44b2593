/* SPDX-License-Identifier: Apache-2.0 */
/* What the table builder builds, walked as the hardware walks it (Arm ARM D8.2). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "arch/arm64/boot/page_table.h"
#include "arch/arm64/stage2/stage2.h"
#include "common/arch.h"

#define POOL_PAGES   64
#define POOL_ADDRESS UINT64_C(0x12340000)

static uint8_t *memory;
static struct table_pool pool;

static int set_up(void **state)
{
	(void)state;
	memory = aligned_alloc(PAGE_SIZE, POOL_PAGES * PAGE_SIZE);
	assert_non_null(memory);
	memset(memory, 0, POOL_PAGES * PAGE_SIZE);
	pool = (struct table_pool){memory, pa(POOL_ADDRESS), POOL_PAGES, 0};
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	free(memory);
	return 0;
}

/* Translates an address; returns the level of the entry that maps it, or -1. */
static int walk(const struct page_table *table, uint64_t address, uint64_t *output)
{
	const uint64_t *entries = table->root;

	for (unsigned level = table->root_level; level <= 3; level++) {
		const unsigned shift = 12 + 9 * (3 - level);
		const uint64_t index =
			level == table->root_level ? address >> shift : address >> shift & 511;
		const uint64_t entry = entries[index];

		if ((entry & 1) == 0)
			return -1;
		if (level == 3 || (entry & 2) == 0) {
			const uint64_t offset = (UINT64_C(1) << shift) - 1;

			*output = (entry & PTE_ADDRESS_MASK & ~offset) | (address & offset);
			return (int)level;
		}
		entries = (const uint64_t *)(const void *)(memory + ((entry & PTE_ADDRESS_MASK) -
								     POOL_ADDRESS));
	}
	return -1;
}

static void expect(const struct page_table *table, uint64_t address, int level, uint64_t output)
{
	uint64_t found = 0;

	assert_int_equal(walk(table, address, &found), level);
	if (level >= 0)
		assert_int_equal(found, output);
}

static void largest_blocks(void **state)
{
	struct page_table table = page_table_create(&pool, 1, 1);

	(void)state;
	/* 1 GiB, then 2 MiB, then 4 KiB, and the same backwards at the start. */
	assert_int_equal(page_table_map(&table, BLOCK_1G - BLOCK_2M - PAGE_SIZE,
					pa(2 * BLOCK_1G - BLOCK_2M - PAGE_SIZE),
					BLOCK_1G + 2 * BLOCK_2M + 2 * PAGE_SIZE, STAGE2_RAM),
			 PAGE_TABLE_OK);
	expect(&table, BLOCK_1G - BLOCK_2M - PAGE_SIZE - 1, -1, 0);
	expect(&table, BLOCK_1G - BLOCK_2M - 8, 3, 2 * BLOCK_1G - BLOCK_2M - 8);
	expect(&table, BLOCK_1G - 8, 2, 2 * BLOCK_1G - 8);
	expect(&table, BLOCK_1G + 12345, 1, 2 * BLOCK_1G + 12345);
	expect(&table, 2 * BLOCK_1G + 5, 2, 3 * BLOCK_1G + 5);
	expect(&table, 2 * BLOCK_1G + BLOCK_2M, 3, 3 * BLOCK_1G + BLOCK_2M);
	expect(&table, 2 * BLOCK_1G + BLOCK_2M + PAGE_SIZE, -1, 0);
}

static void offset_decides(void **state)
{
	struct page_table table = page_table_create(&pool, 0, 1);

	(void)state;
	assert_int_equal(
		page_table_map(&table, BLOCK_2M, pa(BLOCK_2M + PAGE_SIZE), BLOCK_2M, EL2_RW),
		PAGE_TABLE_OK);
	expect(&table, BLOCK_2M, 3, BLOCK_2M + PAGE_SIZE);
	expect(&table, 2 * BLOCK_2M - 1, 3, 2 * BLOCK_2M + PAGE_SIZE - 1);
}

static void errors(void **state)
{
	struct page_table table = page_table_create(&pool, 1, 1);

	(void)state;
	assert_int_equal(page_table_map(&table, 1, pa(0), PAGE_SIZE, EL2_RW), PAGE_TABLE_UNALIGNED);
	assert_int_equal(page_table_map(&table, 0, pa(0), BLOCK_2M, EL2_RW), PAGE_TABLE_OK);
	assert_int_equal(page_table_map(&table, 0, pa(0), PAGE_SIZE, EL2_RW), PAGE_TABLE_OCCUPIED);
	assert_int_equal(page_table_map(&table, 0, pa(0), BLOCK_2M, EL2_RW), PAGE_TABLE_OCCUPIED);
	pool.used = POOL_PAGES;
	assert_int_equal(page_table_map(&table, BLOCK_1G, pa(0), PAGE_SIZE, EL2_RW),
			 PAGE_TABLE_POOL_EMPTY);
	assert_null(page_table_create(&pool, 1, 1).root);
}

/* The size that the planner keeps for one partition with this RAM and these devices. */
static uint64_t size_of(const struct plan_region *ram, uint32_t ram_count,
			const struct plan_region *devices, uint32_t device_count, uint32_t ipa_bits)
{
	static struct plan plan;
	struct plan_partition *const partition = &plan.partitions[1];

	/* Not the first of either array, so that a wrong index shows. */
	partition->ipa_bits = ipa_bits;
	partition->region_count = ram_count;
	memcpy(partition->regions, ram, ram_count * sizeof(*ram));
	partition->device_region_first = 3;
	partition->device_region_count = device_count;
	if (device_count != 0)
		memcpy(&plan.device_regions[3], devices, device_count * sizeof(*devices));
	return arch_stage2_size(&plan, 1);
}

/* What the planner keeps for stage 2 always suffices, and little is wasted. */
static void planned_size(void **state)
{
	(void)state;
	srand(7);
	for (unsigned round = 0; round < 2000; round++) {
		const uint32_t ipa_bits = round % 3 ? 40 : 32;
		const struct plan_region region = {
			ipa((uint64_t)(rand() % 4096) * PAGE_SIZE + BLOCK_1G),
			pa((uint64_t)(rand() % 4096) * PAGE_SIZE * (round % 2 ? 512 : 1)),
			(uint64_t)(rand() % 8192 + 1) * PAGE_SIZE,
		};
		const uint64_t size = size_of(&region, 1, NULL, 0, ipa_bits);
		struct table_pool used = {memory, pa(POOL_ADDRESS), POOL_PAGES, 0};
		struct page_table table;

		memset(memory, 0, POOL_PAGES * PAGE_SIZE);
		table = page_table_create(&used, 1, stage2_root_pages(ipa_bits));
		assert_int_equal(page_table_map(&table, region.guest.value, region.host,
						region.size, STAGE2_RAM),
				 PAGE_TABLE_OK);
		assert_true(used.used * PAGE_SIZE <= size);
		assert_true(size <= (used.used + 1) * PAGE_SIZE);
	}
}

/* A random region: pages pages at most, in one of the 16 MiB slots of 0 - 1 GiB. */
static struct plan_region device_region(unsigned slot, unsigned pages)
{
	const uint64_t base = slot * UINT64_C(0x1000000) + (uint64_t)(rand() % 512) * PAGE_SIZE;

	return (struct plan_region){ipa(base), pa(base + (rand() % 2) * BLOCK_1G),
				    (uint64_t)(rand() % pages + 1) * PAGE_SIZE};
}

/* The same with devices beside the RAM, from a root at level 1 and at level 0. */
static void planned_size_with_devices(void **state)
{
	(void)state;
	srand(11);
	for (unsigned round = 0; round < 1000; round++) {
		const uint32_t ipa_bits = round % 3 == 0 ? 44 : 40;
		const struct plan_region ram = {ipa(BLOCK_1G), pa(2 * BLOCK_1G),
						(uint64_t)(rand() % 4096 + 1) * PAGE_SIZE};
		struct plan_region devices[8];
		struct table_pool used = {memory, pa(POOL_ADDRESS), POOL_PAGES, 0};
		struct page_table table;
		uint64_t output;

		for (unsigned i = 0; i < 8; i++)
			devices[i] = device_region(8 * i + (unsigned)rand() % 8, 1024);
		used.pages = (uint32_t)(size_of(&ram, 1, devices, 8, ipa_bits) / PAGE_SIZE);
		assert_true(used.pages <= POOL_PAGES);
		memset(memory, 0, POOL_PAGES * PAGE_SIZE);
		table = page_table_create(&used, ipa_bits >= STAGE2_LEVEL0_BITS ? 0 : 1,
					  stage2_root_pages(ipa_bits));
		assert_int_equal(
			page_table_map(&table, ram.guest.value, ram.host, ram.size, STAGE2_RAM),
			PAGE_TABLE_OK);
		for (unsigned i = 0; i < 8; i++)
			assert_int_equal(page_table_map(&table, devices[i].guest.value,
							devices[i].host, devices[i].size,
							STAGE2_DEVICE),
					 PAGE_TABLE_OK);
		assert_true(walk(&table, devices[7].guest.value, &output) > 0);
		assert_int_equal(output, devices[7].host.value);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(largest_blocks, set_up, tear_down),
		cmocka_unit_test_setup_teardown(offset_decides, set_up, tear_down),
		cmocka_unit_test_setup_teardown(errors, set_up, tear_down),
		cmocka_unit_test_setup_teardown(planned_size, set_up, tear_down),
		cmocka_unit_test_setup_teardown(planned_size_with_devices, set_up, tear_down),
	};

	return cmocka_run_group_tests_name("page table", tests, NULL, NULL);
}

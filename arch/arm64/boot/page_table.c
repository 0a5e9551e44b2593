/* SPDX-License-Identifier: Apache-2.0 */
#include "arch/arm64/boot/page_table.h"

#include <stddef.h>

#define ENTRIES_PER_TABLE 512
#define LAST_LEVEL	  3

/* The lowest address bit that selects an entry at this level. */
static unsigned level_shift(unsigned level)
{
	return 12 + 9 * (LAST_LEVEL - level);
}

/* Takes the next pages of the pool, or returns NULL. They are zero: no entry is valid. */
static uint64_t *take_pages(struct table_pool *pool, uint32_t count)
{
	if (pool->pages - pool->used < count)
		return NULL;

	uint64_t *page = (uint64_t *)(pool->memory + pool->used * PAGE_SIZE);

	pool->used += count;
	return page;
}

static uint64_t page_address(const struct table_pool *pool, const uint64_t *page)
{
	return pool->base.value + (uint64_t)((const uint8_t *)page - pool->memory);
}

static uint64_t *page_at(const struct table_pool *pool, uint64_t entry)
{
	return (uint64_t *)(pool->memory + ((entry & PTE_ADDRESS_MASK) - pool->base.value));
}

struct page_table page_table_create(struct table_pool *pool, uint32_t root_level,
				    uint32_t root_pages)
{
	return (struct page_table){
		.pool = pool,
		.root = take_pages(pool, root_pages),
		.root_level = root_level,
	};
}

/* The level of the largest block that address, output and size allow. */
static unsigned block_level(uint64_t address, uint64_t output, uint64_t size)
{
	const uint64_t alignment = address | output;

	if (size >= BLOCK_1G && is_aligned(alignment, BLOCK_1G))
		return 1;
	if (size >= BLOCK_2M && is_aligned(alignment, BLOCK_2M))
		return 2;
	return LAST_LEVEL;
}

/* Maps one block or page at the given level, with the tables that lead to it. */
static enum page_table_result map_one(struct page_table *table, uint64_t address, uint64_t output,
				      unsigned level, uint64_t attributes)
{
	/* The root may be several tables in a row, so its index is not cut to nine bits. */
	uint64_t *entry = &table->root[address >> level_shift(table->root_level)];

	for (unsigned at = table->root_level; at < level; at++) {
		if (*entry == 0) {
			const uint64_t *next = take_pages(table->pool, 1);

			if (next == NULL)
				return PAGE_TABLE_POOL_EMPTY;
			*entry = page_address(table->pool, next) | PTE_TABLE_OR_PAGE | PTE_VALID;
		} else if ((*entry & PTE_TABLE_OR_PAGE) == 0) {
			return PAGE_TABLE_OCCUPIED;
		}
		entry = page_at(table->pool, *entry) +
			(address >> level_shift(at + 1)) % ENTRIES_PER_TABLE;
	}
	if (*entry != 0)
		return PAGE_TABLE_OCCUPIED;

	*entry = output | attributes | PTE_VALID | (level == LAST_LEVEL ? PTE_TABLE_OR_PAGE : 0);
	return PAGE_TABLE_OK;
}

enum page_table_result page_table_map(struct page_table *table, uint64_t address, pa_t output,
				      uint64_t size, uint64_t attributes)
{
	if (!is_aligned(address | output.value | size, PAGE_SIZE))
		return PAGE_TABLE_UNALIGNED;

	for (uint64_t done = 0; done < size;) {
		const unsigned level =
			block_level(address + done, output.value + done, size - done);
		const enum page_table_result result =
			map_one(table, address + done, output.value + done, level, attributes);

		if (result != PAGE_TABLE_OK)
			return result;
		done += UINT64_C(1) << level_shift(level);
	}
	return PAGE_TABLE_OK;
}

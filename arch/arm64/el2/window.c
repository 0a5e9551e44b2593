/* SPDX-License-Identifier: Apache-2.0 */
#include "arch/arm64/el2/window.h"

#include <stddef.h>
#include <string.h>

#include "arch/arm64/boot/page_table.h"
#include "arch/arm64/el2/barriers.h"
#include "arch/arm64/el2/cpu.h"
#include "arch/arm64/el2/layout.h"
#include "arch/arm64/el2/symbols.h"
#include "arch/arm64/el2/system_registers.h"

/* A window's tables: 2 MiB blocks, and pages for the ragged ends. */
struct window_tables {
	uint64_t blocks[512];
	uint64_t first_pages[512];
	uint64_t last_pages[512];
};

_Static_assert(CPU_POOL_PAGES *PAGE_SIZE + ARCH_WINDOW_COUNT * sizeof(struct window_tables) <=
		       CPU_TABLE_PAGES * PAGE_SIZE,
	       "layout.h keeps too few pages for the windows");

static struct window_tables *tables_of(enum arch_window window)
{
	return (struct window_tables *)(void *)(boot_tables + CPU_POOL_PAGES * PAGE_SIZE) + window;
}

/* Physical address of a page in this CPU's table memory. */
static uint64_t table_address(const void *table)
{
	return this_cpu.memory.value + (uint64_t)((const uint8_t *)table - boot_tables);
}

/* The table that an entry or TTBR0_EL2 points to, where this CPU can write it. */
static uint64_t *table_at(uint64_t entry)
{
	const uint64_t offset = (entry & PTE_ADDRESS_MASK) - this_cpu.memory.value;

	return (uint64_t *)(void *)(boot_tables + offset);
}

/* The entry of the 1 GiB that the window occupies, in the tables that are in use. */
static uint64_t *window_entry(enum arch_window window)
{
	const uint64_t *const root = table_at(read_register(ttbr0_el2));

	return table_at(root[EL2_BASE >> 39]) + 1 + window;
}

void window_hide(enum arch_window window)
{
	*window_entry(window) = 0;
	complete_own_table_writes();
	__asm__ volatile("tlbi alle2" : : : "memory");
	complete_own_tlb_maintenance();
	synchronize_context();
	memset(tables_of(window), 0, sizeof(struct window_tables));
}

static uint64_t window_attributes(enum arch_window window)
{
	switch (window) {
	case ARCH_WINDOW_CONSOLE:
	case ARCH_WINDOW_DEVICE:
		return EL2_DEVICE;
	case ARCH_WINDOW_DEVICE_TREE:
	case ARCH_WINDOW_SOURCE:
		return EL2_RO;
	default:
		return EL2_RW;
	}
}

/* Fills in the pages [from, to) of one 2 MiB, offsets into the window's physical span. */
static void show_pages(struct window_tables *tables, uint64_t *pages, uint64_t block_base,
		       uint64_t from, uint64_t to, unsigned index, uint64_t attributes)
{
	for (uint64_t at = from; at < to; at += PAGE_SIZE)
		pages[(at - block_base) / PAGE_SIZE] =
			at | attributes | PTE_TABLE_OR_PAGE | PTE_VALID;
	tables->blocks[index] = table_address(pages) | PTE_TABLE_OR_PAGE | PTE_VALID;
}

void *window_show(enum arch_window window, pa_t base, uint64_t size)
{
	if (size == 0 || size > ARCH_WINDOW_LIMIT)
		return NULL;

	struct window_tables *tables = tables_of(window);
	const uint64_t attributes = window_attributes(window);
	const uint64_t start = align_down(base.value, PAGE_SIZE);
	const uint64_t end = align_up(base.value + size, PAGE_SIZE);
	const uint64_t first_block = align_down(start, BLOCK_2M);
	unsigned index = 0;

	window_hide(window);
	for (uint64_t block = first_block; block < end; block += BLOCK_2M, index++) {
		const uint64_t from = block < start ? start : block;
		const uint64_t to = end - block < BLOCK_2M ? end : block + BLOCK_2M;

		if (to - from == BLOCK_2M)
			tables->blocks[index] = block | attributes | PTE_VALID;
		else
			show_pages(tables, index == 0 ? tables->first_pages : tables->last_pages,
				   block, from, to, index, attributes);
	}
	*window_entry(window) = table_address(tables->blocks) | PTE_TABLE_OR_PAGE | PTE_VALID;
	complete_own_table_writes();
	synchronize_context();
	return (void *)(EL2_WINDOWS + window * (uint64_t)EL2_WINDOW_SIZE +
			(base.value - first_block));
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Building translation tables: one walk for EL2's own tables and for stage 2 (Arm ARM D8.2, 4 KiB
 * granule, 48-bit output addresses).
 *
 *   bits of an address    47..39    38..30    29..21    20..12    11..0
 *   index at level             0         1         2         3    (offset)
 *   one entry maps        (table)     1 GiB     2 MiB     4 KiB
 *
 * Tables are only ever built before the CPUs that walk them use the addresses concerned: an entry
 * goes from invalid to valid once and never changes, so that no break-before-make is needed
 * (D8.14.1). Callers make the writes visible to the walker (barriers.h) before the first use.
 *
 * Boot only. Compiles for the host too, where the unit tests walk what it builds.
 */
#ifndef BULKHEAD_ARM64_PAGE_TABLE_H
#define BULKHEAD_ARM64_PAGE_TABLE_H

#include <stdint.h>

#include "common/lib/address.h"

/* Descriptor bits that both regimes share (D8.3). */
#define PTE_VALID	    UINT64_C(0x1)
#define PTE_TABLE_OR_PAGE   UINT64_C(0x2) /* table at levels 0-2, page at level 3; else a block */
#define PTE_INNER_SHAREABLE (UINT64_C(3) << 8)
#define PTE_ACCESSED	    (UINT64_C(1) << 10)
#define PTE_EXECUTE_NEVER   (UINT64_C(1) << 54)
#define PTE_ADDRESS_MASK    UINT64_C(0x0000fffffffff000)

/* EL2 stage 1: memory type by MAIR index, AP[1] is RES1, AP[2] makes it read-only (D8.4). */
#define EL2_DEVICE (PTE_ACCESSED | PTE_EXECUTE_NEVER | 0x40 | (0 << 2))
#define EL2_RW	   (PTE_ACCESSED | PTE_INNER_SHAREABLE | PTE_EXECUTE_NEVER | 0x40 | (1 << 2))
#define EL2_RO	   (EL2_RW | 0x80)
#define EL2_RX	   (EL2_RO & ~PTE_EXECUTE_NEVER)

/* Stage 2: MemAttr[3:0] write-back, S2AP read and write, executable (D8.5). */
#define STAGE2_RAM (PTE_ACCESSED | PTE_INNER_SHAREABLE | (UINT64_C(0xf) << 2) | (UINT64_C(3) << 6))

/*
 * Stage 2: MemAttr[3:0] Device-nGnRE, S2AP read and write, XN. The stricter of both stages holds
 * (D8.5): a guest may still ask for nGnRnE, but a mapping of its own that says cacheable or
 * gathering has no effect on a device. Early acknowledge is what Linux's ioremap() asks for.
 */
#define STAGE2_DEVICE (PTE_ACCESSED | PTE_EXECUTE_NEVER | (UINT64_C(0x1) << 2) | (UINT64_C(3) << 6))

/* Where tables come from: zeroed pages, taken in order, never returned. */
struct table_pool {
	uint8_t *memory; /* where this code can write them */
	pa_t base;	 /* where the walker finds them */
	uint32_t pages;
	uint32_t used;
};

struct page_table {
	struct table_pool *pool;
	uint64_t *root;	     /* several pages in a row when stage 2 concatenates them */
	uint32_t root_level; /* 0 or 1 */
};

enum page_table_result {
	PAGE_TABLE_OK,
	PAGE_TABLE_POOL_EMPTY,
	PAGE_TABLE_UNALIGNED, /* address, output or size is not a multiple of 4 KiB */
	PAGE_TABLE_OCCUPIED,  /* something is mapped there already */
};

/* Takes root_pages for the root; the pool must be large enough (else root is NULL). */
struct page_table page_table_create(struct table_pool *pool, uint32_t root_level,
				    uint32_t root_pages);

/*
 * Maps size bytes at address to output with the largest blocks that fit. attributes: one of the
 * sets above. On an error some of the range may be mapped: the tables must then not be used.
 */
enum page_table_result page_table_map(struct page_table *table, uint64_t address, pa_t output,
				      uint64_t size, uint64_t attributes);

#endif

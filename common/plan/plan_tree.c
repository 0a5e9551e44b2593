/* SPDX-License-Identifier: Apache-2.0 */
/* Reading the device tree: cells, addresses, interrupts. All lengths are checked. */
#include <libfdt.h>
#include <string.h>

#include "common/plan/planner.h"

#define MAX_DEPTH	16 /* buses above a device */
#define INTERRUPT_CELLS 3
#define INTERRUPT_SPI	0
#define INTERRUPT_PPI	1
#define FIRST_PPI	16
#define PPI_COUNT	16
#define EDGE_RISING	1
#define ALIAS_SIZE	64

uint64_t tree_number(const void *cells, int count)
{
	const uint8_t *const bytes = cells;
	uint64_t value = 0;

	for (int i = 0; i < count * 4; i++)
		value = value << 8 | bytes[i];
	return value;
}

/* Cells of addresses and sizes below a node; false: not 1 or 2. */
static bool read_cells(const void *tree, int node, int *address_cells, int *size_cells)
{
	*address_cells = fdt_address_cells(tree, node);
	*size_cells = fdt_size_cells(tree, node);
	return *address_cells >= 1 && *address_cells <= 2 && *size_cells >= 0 && *size_cells <= 2;
}

bool tree_reg(const void *tree, int node, int index, struct plan_range *range)
{
	const int parent = fdt_parent_offset(tree, node);
	int address_cells;
	int size_cells;
	int length;
	const char *const reg = fdt_getprop(tree, node, "reg", &length);

	if (reg == NULL || parent < 0 || !read_cells(tree, parent, &address_cells, &size_cells))
		return false;

	const int entry = 4 * (address_cells + size_cells);

	if (length % entry != 0 || index < 0 || index >= length / entry)
		return false;
	range->base = pa(tree_number(reg + index * entry, address_cells));
	range->size = tree_number(reg + index * entry + 4 * address_cells, size_cells);
	return true;
}

/* Translates an address by one bus's ranges. */
static bool translate(const void *tree, int bus, uint64_t *address)
{
	const int parent = fdt_parent_offset(tree, bus);
	int child_cells;
	int size_cells;
	int parent_cells;
	int unused;
	int length;
	const char *const ranges = fdt_getprop(tree, bus, "ranges", &length);

	if (ranges == NULL)
		return false;
	if (length == 0)
		return true;
	if (parent < 0 || !read_cells(tree, bus, &child_cells, &size_cells) ||
	    !read_cells(tree, parent, &parent_cells, &unused))
		return false;

	const int entry = 4 * (child_cells + parent_cells + size_cells);

	for (int at = 0; at + entry <= length; at += entry) {
		const char *const cells = ranges + at;
		const uint64_t child = tree_number(cells, child_cells);
		const uint64_t target = tree_number(cells + 4 * child_cells, parent_cells);
		const uint64_t size =
			tree_number(cells + 4 * (child_cells + parent_cells), size_cells);

		if (*address - child < size) {
			*address = target + (*address - child);
			return true;
		}
	}
	return false;
}

bool tree_translated_reg(const void *tree, int node, int index, struct plan_range *range)
{
	if (!tree_reg(tree, node, index, range))
		return false;

	int bus = fdt_parent_offset(tree, node);

	for (int depth = 0; bus > 0; depth++) {
		if (depth == MAX_DEPTH || !translate(tree, bus, &range->base.value))
			return false;
		bus = fdt_parent_offset(tree, bus);
	}
	return bus == 0;
}

bool tree_is_enabled(const void *tree, int node)
{
	const char *const status = tree_string(tree, node, "status");

	return fdt_getprop(tree, node, "status", NULL) == NULL ||
	       (status != NULL && (strcmp(status, "okay") == 0 || strcmp(status, "ok") == 0));
}

bool tree_interrupt(const void *tree, int node, int index, uint32_t *intid, bool *is_level)
{
	int length;
	const char *const cells = fdt_getprop(tree, node, "interrupts", &length);
	const int entry = 4 * INTERRUPT_CELLS;

	if (cells == NULL || length % entry != 0 || index >= length / entry)
		return false;

	const uint64_t type = tree_number(cells + index * entry, 1);
	const uint64_t number = tree_number(cells + index * entry + 4, 1);
	const uint64_t flags = tree_number(cells + index * entry + 8, 1);

	*is_level = (flags & 0xf) != EDGE_RISING;
	if (type == INTERRUPT_PPI && number < PPI_COUNT) {
		*intid = FIRST_PPI + (uint32_t)number;
		return true;
	}
	if (type == INTERRUPT_SPI && number < PLAN_MAX_INTID - PLAN_FIRST_SPI) {
		*intid = PLAN_FIRST_SPI + (uint32_t)number;
		return true;
	}
	return false;
}

const char *tree_string(const void *tree, int node, const char *name)
{
	int length;
	const char *const text = fdt_getprop(tree, node, name, &length);

	if (text == NULL || length < 1 || strnlen(text, (size_t)length) != (size_t)length - 1)
		return NULL;
	return text;
}

int tree_find(const void *tree, const char *path, size_t length)
{
	char alias[ALIAS_SIZE];

	if (length == 0)
		return -FDT_ERR_BADPATH;
	if (path[0] == '/')
		return fdt_path_offset_namelen(tree, path, (int)length);
	if (length >= sizeof(alias))
		return -FDT_ERR_BADPATH;
	memcpy(alias, path, length);
	alias[length] = '\0';

	/* An alias that names an alias is not followed: two of them could go round in a circle. */
	const int aliases = fdt_path_offset(tree, "/aliases");
	const char *const target = aliases < 0 ? NULL : tree_string(tree, aliases, alias);

	if (target == NULL || target[0] != '/')
		return -FDT_ERR_NOTFOUND;
	return fdt_path_offset(tree, target);
}

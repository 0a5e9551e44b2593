/* SPDX-License-Identifier: Apache-2.0 */
#include "common/plan/tree.h"

#include <libfdt.h>
#include <string.h>

#define INTERRUPT_CELLS 3
#define INTERRUPT_SPI	0
#define INTERRUPT_PPI	1
#define FIRST_PPI	16
#define PPI_COUNT	16
#define EDGE_RISING	1
#define ALIAS_SIZE	64

int tree_find(const struct tree *tree, const char *path, size_t length)
{
	char alias[ALIAS_SIZE];

	if (length == 0)
		return -FDT_ERR_BADPATH;
	if (path[0] == '/')
		return tree_path_part(tree, path, length);
	if (length >= sizeof(alias))
		return -FDT_ERR_BADPATH;
	memcpy(alias, path, length);
	alias[length] = '\0';

	/* An alias that names an alias is not followed: two of them could go round in a circle. */
	const int aliases = tree_path(tree, "/aliases");
	const char *const target = aliases < 0 ? NULL : tree_string(tree, aliases, alias);

	if (target == NULL || target[0] != '/')
		return -FDT_ERR_NOTFOUND;
	return tree_path(tree, target);
}

/* Where the tokens of a node begin that follow its name. */
static const char *node_tokens(const void *fdt, int node)
{
	const char *const name =
		(const char *)fdt + fdt_off_dt_struct(fdt) + node + sizeof(fdt32_t);

	return name + align_up(strlen(name) + 1, sizeof(fdt32_t));
}

static uint32_t token(const char *at)
{
	return fdt32_ld((const fdt32_t *)(const void *)at);
}

/*
 * A property of a node of an indexed tree, whose structure has been checked from end to end:
 * libfdt's own function checks each step anew, which takes ten times as long.
 */
static const struct fdt_property *find_property(const void *fdt, int node, const char *name)
{
	const char *const strings = (const char *)fdt + fdt_off_dt_strings(fdt);
	const char *at = node_tokens(fdt, node);

	for (;;) {
		const struct fdt_property *const property = (const void *)at;

		if (token(at) == FDT_NOP) {
			at += sizeof(fdt32_t);
			continue;
		}
		if (token(at) != FDT_PROP)
			return NULL;
		if (strcmp(strings + fdt32_ld(&property->nameoff), name) == 0)
			return property;
		at += sizeof(*property) + align_up(fdt32_ld(&property->len), sizeof(fdt32_t));
	}
}

const void *tree_property(const struct tree *tree, int node, const char *name, int *length)
{
	if (tree->index == NULL)
		return fdt_getprop(tree->fdt, node, name, length);

	const struct fdt_property *const property = find_property(tree->fdt, node, name);

	if (length != NULL)
		*length = property == NULL ? -FDT_ERR_NOTFOUND : (int)fdt32_ld(&property->len);
	return property == NULL ? NULL : property->data;
}

bool tree_is_compatible(const struct tree *tree, int node, const char *name)
{
	int length;
	const char *const list = tree_property(tree, node, "compatible", &length);

	return list != NULL && fdt_stringlist_contains(list, length, name) != 0;
}

const char *tree_string(const struct tree *tree, int node, const char *name)
{
	int length;
	const char *const text = tree_property(tree, node, name, &length);

	if (text == NULL || length < 1 || strnlen(text, (size_t)length) != (size_t)length - 1)
		return NULL;
	return text;
}

bool tree_is_enabled(const struct tree *tree, int node)
{
	const char *const status = tree_string(tree, node, "status");

	return tree_property(tree, node, "status", NULL) == NULL ||
	       (status != NULL && (strcmp(status, "okay") == 0 || strcmp(status, "ok") == 0));
}

uint64_t tree_number(const void *cells, int count)
{
	const uint8_t *const bytes = cells;
	uint64_t value = 0;

	for (int i = 0; i < count * 4; i++)
		value = value << 8 | bytes[i];
	return value;
}

uint32_t tree_u32(const struct tree *tree, int node, const char *name, uint32_t otherwise)
{
	int length;
	const void *const cell = tree_property(tree, node, name, &length);

	return cell != NULL && length == 4 ? (uint32_t)tree_number(cell, 1) : otherwise;
}

/* One of the two properties that count cells; negative: it cannot be read. */
static int read_cells(const struct tree *tree, int node, const char *name, int otherwise)
{
	int length;
	const void *const cell = tree_property(tree, node, name, &length);

	if (cell == NULL)
		return otherwise;
	return length == 4 && tree_number(cell, 1) <= FDT_MAX_NCELLS ? (int)tree_number(cell, 1)
								     : -1;
}

bool tree_cells(const struct tree *tree, int node, int *address_cells, int *size_cells)
{
	/* The defaults are the specification's (2.3.5). */
	*address_cells = read_cells(tree, node, "#address-cells", 2);
	*size_cells = read_cells(tree, node, "#size-cells", 1);
	return *address_cells >= 1 && *address_cells <= 2 && *size_cells >= 0 && *size_cells <= 2;
}

bool tree_reg(const struct tree *tree, int node, int index, struct plan_range *range)
{
	const int parent = tree_parent(tree, node);
	int address_cells;
	int size_cells;
	int length;
	const char *const reg = tree_property(tree, node, "reg", &length);

	if (reg == NULL || parent < 0 || !tree_cells(tree, parent, &address_cells, &size_cells))
		return false;

	const int entry = 4 * (address_cells + size_cells);

	if (length % entry != 0 || index < 0 || index >= length / entry)
		return false;
	range->base = pa(tree_number(reg + index * entry, address_cells));
	range->size = tree_number(reg + index * entry + 4 * address_cells, size_cells);
	return true;
}

/* Translates an address by one bus's ranges. */
static bool translate(const struct tree *tree, int bus, uint64_t *address)
{
	const int parent = tree_parent(tree, bus);
	int child_cells;
	int size_cells;
	int parent_cells;
	int unused;
	int length;
	const char *const ranges = tree_property(tree, bus, "ranges", &length);

	if (ranges == NULL)
		return false;
	if (length == 0)
		return true;
	if (parent < 0 || !tree_cells(tree, bus, &child_cells, &size_cells) ||
	    !tree_cells(tree, parent, &parent_cells, &unused))
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

bool tree_translated_reg(const struct tree *tree, int node, int index, struct plan_range *range)
{
	if (!tree_reg(tree, node, index, range))
		return false;

	int bus = tree_parent(tree, node);

	for (int depth = 0; bus > 0; depth++) {
		if (depth == PLAN_MAX_DEPTH || !translate(tree, bus, &range->base.value))
			return false;
		bus = tree_parent(tree, bus);
	}
	return bus == 0;
}

int tree_interrupt_parent(const struct tree *tree, int node)
{
	for (int depth = 0; node >= 0 && depth < PLAN_MAX_DEPTH; depth++) {
		int length;
		const void *const cell = tree_property(tree, node, "interrupt-parent", &length);

		if (cell != NULL)
			return length != 4 ? -FDT_ERR_BADVALUE
					   : tree_by_phandle(tree, (uint32_t)tree_number(cell, 1));
		node = tree_parent(tree, node);
		/* Without the property, a controller or nexus above takes them (2.4.1). */
		if (node >= 0 && (tree_property(tree, node, "interrupt-controller", NULL) != NULL ||
				  tree_property(tree, node, "interrupt-map", NULL) != NULL))
			return node;
	}
	return -FDT_ERR_NOTFOUND;
}

int tree_interrupt_target(const struct tree *tree, int node)
{
	int length;
	const void *const extended = tree_property(tree, node, "interrupts-extended", &length);

	if (extended != NULL)
		return length < 4 ? -1 : tree_by_phandle(tree, (uint32_t)tree_number(extended, 1));
	return tree_property(tree, node, "interrupts", NULL) == NULL
		       ? -1
		       : tree_interrupt_parent(tree, node);
}

/*
 * The interrupts of a node as cells, and the cells of each. interrupts-extended names the parent in
 * each entry: that cell is skipped, *skip says so.
 */
static const char *interrupt_cells(const struct tree *tree, int node, int *length, int *entry,
				   int *skip)
{
	const char *cells = tree_property(tree, node, "interrupts-extended", length);
	const int parent =
		cells == NULL
			? tree_interrupt_parent(tree, node)
			: (*length < 4 ? -1
				       : tree_by_phandle(tree, (uint32_t)tree_number(cells, 1)));
	const uint32_t count =
		parent < 0 ? INTERRUPT_CELLS
			   : tree_u32(tree, parent, "#interrupt-cells", INTERRUPT_CELLS);

	*skip = cells == NULL ? 0 : 4;
	if (cells == NULL)
		cells = tree_property(tree, node, "interrupts", length);
	if (cells == NULL || count < INTERRUPT_CELLS || count > 8)
		return NULL;
	*entry = *skip + 4 * (int)count;
	return cells;
}

int tree_interrupt_count(const struct tree *tree, int node)
{
	int length;
	int entry;
	int skip;
	const char *const cells = interrupt_cells(tree, node, &length, &entry, &skip);

	if (cells == NULL)
		return 0;
	return length % entry == 0 ? length / entry : -1;
}

bool tree_interrupt(const struct tree *tree, int node, int index, uint32_t *intid, bool *is_level)
{
	int length;
	int entry;
	int skip;
	const char *cells = interrupt_cells(tree, node, &length, &entry, &skip);

	if (cells == NULL || length % entry != 0 || index < 0 || index >= length / entry)
		return false;
	/* Another controller's numbers are not the GIC's. */
	if (skip != 0 && tree_number(cells + index * entry, 1) != tree_number(cells, 1))
		return false;
	cells += index * entry + skip;

	const uint64_t type = tree_number(cells, 1);
	const uint64_t number = tree_number(cells + 4, 1);
	const uint64_t flags = tree_number(cells + 8, 1);

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

/* SPDX-License-Identifier: Apache-2.0 */
#include "common/plan/tree.h"

#include <libfdt.h>
#include <string.h>

#define INTERRUPT_CELLS	    3
#define MAX_INTERRUPT_CELLS 8
#define PPI_COUNT	    16
#define ALIAS_SIZE	    64

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

struct property tree_property(const struct tree *tree, int node, const char *name)
{
	struct property value;

	if (tree->index == NULL) {
		value.bytes = fdt_getprop(tree->fdt, node, name, &value.length);
		return value.bytes == NULL ? (struct property){NULL, 0} : value;
	}

	const struct fdt_property *const found = find_property(tree->fdt, node, name);

	if (found == NULL)
		return (struct property){NULL, 0};
	return (struct property){found->data, (int)fdt32_ld(&found->len)};
}

bool tree_has(const struct tree *tree, int node, const char *name)
{
	return tree_property(tree, node, name).bytes != NULL;
}

bool tree_next_property(const struct tree *tree, int node, struct property_walk *walk)
{
	do {
		walk->offset = walk->offset == 0
				       ? fdt_first_property_offset(tree->fdt, node)
				       : fdt_next_property_offset(tree->fdt, walk->offset);
		if (walk->offset < 0)
			return false;
		walk->value.bytes = fdt_getprop_by_offset(tree->fdt, walk->offset, &walk->name,
							  &walk->value.length);
	} while (walk->value.bytes == NULL);
	return true;
}

struct tree_walk tree_walk(const struct tree *tree, int node)
{
	return (struct tree_walk){tree->fdt, node, 0};
}

void tree_walk_on(struct tree_walk *walk)
{
	const int next = fdt_next_node(walk->fdt, walk->node, &walk->depth);

	walk->node = walk->depth > 0 ? next : -FDT_ERR_NOTFOUND;
}

const char *tree_name(const struct tree *tree, int node)
{
	const char *const name = fdt_get_name(tree->fdt, node, NULL);

	return name == NULL ? "" : name;
}

bool tree_is_compatible(const struct tree *tree, int node, const char *name)
{
	const struct property list = tree_property(tree, node, "compatible");

	return list.bytes != NULL && fdt_stringlist_contains(list.bytes, list.length, name) != 0;
}

const char *tree_string(const struct tree *tree, int node, const char *name)
{
	const struct property text = tree_property(tree, node, name);
	const size_t size = (size_t)text.length;

	return text.length < 1 || strnlen(text.bytes, size) != size - 1 ? NULL : text.bytes;
}

bool tree_says(const struct tree *tree, int node, const char *name, const char *text)
{
	const char *const found = tree_string(tree, node, name);

	return found != NULL && strcmp(found, text) == 0;
}

bool tree_is_enabled(const struct tree *tree, int node)
{
	return !tree_has(tree, node, "status") || tree_says(tree, node, "status", "okay") ||
	       tree_says(tree, node, "status", "ok");
}

uint64_t tree_number(const void *cells, int count)
{
	const uint8_t *const bytes = cells;
	uint64_t value = 0;

	for (int i = 0; i < count * 4; i++)
		value = value << 8 | bytes[i];
	return value;
}

uint64_t tree_take(const char **at, int count)
{
	const char *const cells = *at;

	*at += 4 * count;
	return tree_number(cells, count);
}

uint32_t tree_u32(const struct tree *tree, int node, const char *name, uint32_t otherwise)
{
	const struct property value = tree_property(tree, node, name);

	return value.length == 4 ? (uint32_t)tree_number(value.bytes, 1) : otherwise;
}

bool tree_u64(const struct tree *tree, int node, const char *name, uint64_t *number)
{
	const struct property value = tree_property(tree, node, name);

	if (value.length != 4 && value.length != 8)
		return false;
	*number = tree_number(value.bytes, value.length / 4);
	return true;
}

/* One of the two properties that count cells; negative: it cannot be read. */
static int read_cells(const struct tree *tree, int node, const char *name, int otherwise)
{
	if (!tree_has(tree, node, name))
		return otherwise;

	const uint32_t count = tree_u32(tree, node, name, UINT32_MAX);

	return count <= FDT_MAX_NCELLS ? (int)count : -1;
}

bool tree_cells(const struct tree *tree, int node, struct cells *cells)
{
	/* The defaults are the specification's (2.3.5). */
	cells->address = read_cells(tree, node, "#address-cells", 2);
	cells->size = read_cells(tree, node, "#size-cells", 1);
	return cells->address >= 1 && cells->address <= 2 && cells->size >= 0 && cells->size <= 2;
}

bool tree_reg(const struct tree *tree, int node, int index, struct plan_range *range)
{
	const int parent = tree_parent(tree, node);
	const struct property reg = tree_property(tree, node, "reg");
	struct cells cells;

	if (reg.bytes == NULL || parent < 0 || !tree_cells(tree, parent, &cells))
		return false;

	const int entry = 4 * (cells.address + cells.size);

	if (reg.length % entry != 0 || index < 0 || index >= reg.length / entry)
		return false;

	const char *at = reg.bytes + index * entry;

	range->base = pa(tree_take(&at, cells.address));
	range->size = tree_take(&at, cells.size);
	return true;
}

/* Translates an address by one bus's ranges. */
static bool translate(const struct tree *tree, int bus, uint64_t *address)
{
	const int parent = tree_parent(tree, bus);
	const struct property ranges = tree_property(tree, bus, "ranges");
	struct cells below;
	struct cells above;

	if (ranges.bytes == NULL || ranges.length == 0)
		return ranges.bytes != NULL;
	if (parent < 0 || !tree_cells(tree, bus, &below) || !tree_cells(tree, parent, &above))
		return false;

	const int entry = 4 * (below.address + above.address + below.size);

	for (int i = 0; i < ranges.length / entry; i++) {
		const char *at = ranges.bytes + i * entry;
		const uint64_t child = tree_take(&at, below.address);
		const uint64_t target = tree_take(&at, above.address);

		if (*address - child < tree_take(&at, below.size)) {
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

/* The node that the phandle at the beginning of a property names. */
static int first_target(const struct tree *tree, const struct property *property)
{
	return property->length < 4
		       ? -FDT_ERR_BADVALUE
		       : tree_by_phandle(tree, (uint32_t)tree_number(property->bytes, 1));
}

int tree_interrupt_parent(const struct tree *tree, int node)
{
	for (int depth = 0; node >= 0 && depth < PLAN_MAX_DEPTH; depth++) {
		const struct property parent = tree_property(tree, node, "interrupt-parent");

		if (parent.bytes != NULL)
			return parent.length == 4 ? first_target(tree, &parent) : -FDT_ERR_BADVALUE;
		node = tree_parent(tree, node);
		/* Without the property, a controller or nexus above takes them (2.4.1). */
		if (node >= 0 && (tree_has(tree, node, "interrupt-controller") ||
				  tree_has(tree, node, "interrupt-map")))
			return node;
	}
	return -FDT_ERR_NOTFOUND;
}

int tree_interrupt_target(const struct tree *tree, int node)
{
	const struct property extended = tree_property(tree, node, "interrupts-extended");

	if (extended.bytes != NULL)
		return first_target(tree, &extended);
	return tree_has(tree, node, "interrupts") ? tree_interrupt_parent(tree, node)
						  : -FDT_ERR_NOTFOUND;
}

/* A node's interrupts: entries of so many bytes, which begin with skip bytes of phandle. */
struct interrupts {
	struct property cells;
	int entry;
	int skip;
};

static struct interrupts find_interrupts(const struct tree *tree, int node)
{
	const int target = tree_interrupt_target(tree, node);
	const uint32_t count =
		target < 0 ? INTERRUPT_CELLS
			   : tree_u32(tree, target, "#interrupt-cells", INTERRUPT_CELLS);
	const struct property extended = tree_property(tree, node, "interrupts-extended");

	if (count < INTERRUPT_CELLS || count > MAX_INTERRUPT_CELLS)
		return (struct interrupts){.entry = 4};
	/* Each of its entries names the controller. */
	if (extended.bytes != NULL)
		return (struct interrupts){extended, 4 + 4 * (int)count, 4};
	return (struct interrupts){tree_property(tree, node, "interrupts"), 4 * (int)count, 0};
}

int tree_interrupt_count(const struct tree *tree, int node)
{
	const struct interrupts found = find_interrupts(tree, node);

	if (found.cells.bytes == NULL)
		return 0;
	return found.cells.length % found.entry == 0 ? found.cells.length / found.entry : -1;
}

bool tree_interrupt(const struct tree *tree, int node, int index, struct plan_interrupt *interrupt)
{
	const struct interrupts found = find_interrupts(tree, node);

	if (found.cells.bytes == NULL || index < 0 || index >= tree_interrupt_count(tree, node))
		return false;

	const char *at = found.cells.bytes + index * found.entry;

	/* Another controller's numbers are not the GIC's. */
	if (memcmp(at, found.cells.bytes, (size_t)found.skip) != 0)
		return false;
	at += found.skip;

	const uint64_t type = tree_take(&at, 1);
	const uint64_t number = tree_take(&at, 1);

	interrupt->level_triggered = (tree_take(&at, 1) & 0xf) != EDGE_RISING;
	if (type == INTERRUPT_PPI && number < PPI_COUNT)
		interrupt->intid = FIRST_PPI + (uint32_t)number;
	else if (type == INTERRUPT_SPI && number < PLAN_MAX_INTID - PLAN_FIRST_SPI)
		interrupt->intid = PLAN_FIRST_SPI + (uint32_t)number;
	else
		return false;
	return true;
}

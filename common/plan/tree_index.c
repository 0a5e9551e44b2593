/* SPDX-License-Identifier: Apache-2.0 */
/* One walk over the tree: every node's parent, and where each phandle is. */
#include <libfdt.h>

#include "common/plan/tree.h"

/* Where a phandle is looked for first: phandles are small numbers in a row, or nearly. */
static uint32_t first_slot(uint32_t phandle)
{
	return phandle % TREE_HASH_SIZE;
}

/* The slot that has this phandle, or the empty one where it would go: the table is half empty. */
static uint32_t find_slot(const struct tree_index *index, uint32_t phandle)
{
	uint32_t slot = first_slot(phandle);

	while (index->by_phandle[slot] != 0 &&
	       index->nodes[index->by_phandle[slot] - 1].phandle != phandle)
		slot = (slot + 1) % TREE_HASH_SIZE;
	return slot;
}

static void add_phandle(struct tree_index *index, uint32_t node)
{
	const uint32_t phandle = index->nodes[node].phandle;
	const uint32_t slot = find_slot(index, phandle);

	if (index->by_phandle[slot] != 0)
		index->duplicate = phandle;
	else
		index->by_phandle[slot] = (uint16_t)(node + 1);
}

/* libfdt takes a property's length as it stands; a negative one would pass for a huge one. */
static bool has_good_properties(const void *fdt, int node)
{
	int property;

	fdt_for_each_property_offset (property, fdt, node) {
		int length;

		if (fdt_getprop_by_offset(fdt, property, NULL, &length) == NULL || length < 0)
			return false;
	}
	return true;
}

bool tree_is_good(const void *fdt, uint64_t size)
{
	int depth = 0;

	if (fdt == NULL || size < sizeof(struct fdt_header) || fdt_check_full(fdt, size) != 0)
		return false;
	for (int node = 0; node >= 0 && depth >= 0; node = fdt_next_node(fdt, node, &depth))
		if (!has_good_properties(fdt, node))
			return false;
	return true;
}

enum tree_result tree_build_index(const void *fdt, struct tree_index *index)
{
	uint32_t open[PLAN_MAX_DEPTH]; /* the node that is open at each depth */
	int depth = 0;

	index->count = 0;
	index->duplicate = 0;
	for (uint32_t i = 0; i < TREE_HASH_SIZE; i++)
		index->by_phandle[i] = 0;
	for (int node = 0; node >= 0 && depth >= 0; node = fdt_next_node(fdt, node, &depth)) {
		if (depth >= PLAN_MAX_DEPTH)
			return TREE_TOO_DEEP;
		if (index->count == PLAN_MAX_NODES)
			return TREE_TOO_LARGE;
		open[depth] = index->count;
		index->nodes[index->count] = (struct tree_node){
			.offset = node,
			.parent = depth == 0 ? 0 : open[depth - 1],
			.phandle = fdt_get_phandle(fdt, node),
		};
		if (index->nodes[index->count].phandle != 0)
			add_phandle(index, index->count);
		index->count++;
	}
	return TREE_OK;
}

int tree_parent(const struct tree *tree, int node)
{
	uint32_t low = 0;
	uint32_t high;

	if (node == 0)
		return -FDT_ERR_NOTFOUND;
	if (tree->index == NULL)
		return fdt_parent_offset(tree->fdt, node);

	/* Nodes stand in the order of their offsets. */
	high = tree->index->count;
	while (high - low > 1) {
		const uint32_t middle = (low + high) / 2;

		if (tree->index->nodes[middle].offset <= node)
			low = middle;
		else
			high = middle;
	}
	return tree->index->nodes[tree->index->nodes[low].parent].offset;
}

int tree_by_phandle(const struct tree *tree, uint32_t phandle)
{
	if (phandle == 0 || phandle == UINT32_MAX)
		return -FDT_ERR_BADPHANDLE;
	if (tree->index == NULL)
		return fdt_node_offset_by_phandle(tree->fdt, phandle);

	const uint32_t found = tree->index->by_phandle[find_slot(tree->index, phandle)];

	return found == 0 ? -FDT_ERR_NOTFOUND : tree->index->nodes[found - 1].offset;
}

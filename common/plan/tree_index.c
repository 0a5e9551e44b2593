/* SPDX-License-Identifier: Apache-2.0 */
/* One walk over the tree: every node's parent, and where each phandle is. */
#include <libfdt.h>
#include <string.h>

#include "common/plan/tree.h"

/*
 * The slot that has this phandle, or the empty one where it would go: the table is half empty, and
 * phandles are small numbers in a row, or nearly.
 */
static uint32_t find_slot(const struct tree_index *index, uint32_t phandle)
{
	uint32_t slot = phandle % TREE_HASH_SIZE;

	while (index->by_phandle[slot] != 0 &&
	       index->nodes[index->by_phandle[slot] - 1].phandle != phandle)
		slot = (slot + 1) % TREE_HASH_SIZE;
	return slot;
}

static void add_phandle(struct tree_index *index, uint32_t node)
{
	const uint32_t phandle = index->nodes[node].phandle;
	const uint32_t slot = find_slot(index, phandle);

	if (phandle > index->highest)
		index->highest = phandle;
	if (index->by_phandle[slot] != 0)
		index->duplicate = phandle;
	else
		index->by_phandle[slot] = (uint16_t)(node + 1);
}

/* The property at a tag; NULL: its length is one that no property can have. */
static const struct fdt_property *property_at(const void *fdt, int offset)
{
	const struct fdt_property *const property = fdt_offset_ptr(fdt, offset, sizeof(*property));

	/* libfdt takes a length as it stands; a negative one would pass for a huge one. */
	return property == NULL || (int32_t)fdt32_ld(&property->len) < 0 ? NULL : property;
}

/* Keeps the properties that the index is for. */
static void note_property(const void *fdt, const struct fdt_property *property,
			  struct tree_node *node, int offset)
{
	/* fdt_check_full() has seen that names lie in the strings and end there. */
	const char *const name =
		(const char *)fdt + fdt_off_dt_strings(fdt) + fdt32_ld(&property->nameoff);
	/* The older name counts where the newer one is missing. */
	const bool is_phandle = strcmp(name, "phandle") == 0 ||
				(node->phandle == 0 && strcmp(name, "linux,phandle") == 0);

	if (strcmp(name, "compatible") == 0)
		node->compatible = offset;
	else if (is_phandle && fdt32_ld(&property->len) == sizeof(fdt32_t))
		node->phandle = fdt32_ld((const fdt32_t *)(const void *)property->data);
}

/* Walks from tag to tag; open: the nodes that are not yet at their end. index may be NULL. */
static enum tree_result walk_tags(const void *fdt, struct tree_index *index)
{
	uint16_t open[PLAN_MAX_DEPTH] = {0};
	uint32_t depth = 0;
	uint16_t count = 0;
	int offset = 0;
	int next;

	for (uint32_t tag = fdt_next_tag(fdt, 0, &next); tag != FDT_END;
	     tag = fdt_next_tag(fdt, offset, &next)) {
		if (tag == FDT_BEGIN_NODE) {
			if (depth == PLAN_MAX_DEPTH)
				return TREE_TOO_DEEP;
			if (count == PLAN_MAX_NODES)
				return TREE_TOO_LARGE;
			if (index != NULL)
				index->nodes[count] = (struct tree_node){
					.offset = offset,
					.parent = depth == 0 ? 0 : open[depth - 1],
				};
			open[depth++] = count++;
		} else if (tag == FDT_END_NODE && depth > 0) {
			depth--;
			if (index != NULL)
				index->nodes[open[depth]].end = count;
		} else if (tag == FDT_PROP) {
			const struct fdt_property *const property = property_at(fdt, offset);

			/* libfdt's full check lets a property pass that belongs to no node. */
			if (property == NULL || depth == 0)
				return TREE_DAMAGED;
			if (index != NULL)
				note_property(fdt, property, &index->nodes[open[depth - 1]],
					      offset);
		}
		offset = next;
	}
	if (index != NULL)
		index->count = count;
	return TREE_OK;
}

/* Fills the index in; libfdt can walk the tree. */
static enum tree_result build_index(const void *fdt, struct tree_index *index)
{
	index->duplicate = 0;
	index->highest = 0;
	memset(index->by_phandle, 0, sizeof(index->by_phandle));

	const enum tree_result result = walk_tags(fdt, index);

	for (uint32_t i = 0; result == TREE_OK && i < index->count; i++)
		if (index->nodes[i].phandle != 0)
			add_phandle(index, i);
	return result;
}

enum tree_result tree_check(const void *fdt, uint64_t size, struct tree_index *index)
{
	/* Before version 16, names and alignment were others. */
	if (fdt == NULL || size < sizeof(struct fdt_header) || fdt_version(fdt) < 16 ||
	    fdt_check_full(fdt, size) != 0)
		return TREE_DAMAGED;
	return index == NULL ? walk_tags(fdt, NULL) : build_index(fdt, index);
}

/* The index of a node: nodes stand in the order of their offsets. */
static uint32_t find_node(const struct tree_index *index, int node)
{
	uint32_t low = 0;
	uint32_t high = index->count;

	while (high - low > 1) {
		const uint32_t middle = (low + high) / 2;

		if (index->nodes[middle].offset <= node)
			low = middle;
		else
			high = middle;
	}
	return low;
}

/* The node at this index when it is a child of the parent; negative: the parent has no more. */
static int child_at(const struct tree_index *index, uint32_t at, uint32_t parent)
{
	return at < index->nodes[parent].end ? index->nodes[at].offset : -FDT_ERR_NOTFOUND;
}

int tree_first_child(const struct tree *tree, int node)
{
	if (tree->index == NULL)
		return fdt_first_subnode(tree->fdt, node);

	const uint32_t parent = find_node(tree->index, node);

	return child_at(tree->index, parent + 1, parent);
}

int tree_next_child(const struct tree *tree, int child)
{
	if (tree->index == NULL)
		return fdt_next_subnode(tree->fdt, child);

	const struct tree_node *const node = &tree->index->nodes[find_node(tree->index, child)];

	return child_at(tree->index, node->end, node->parent);
}

/* Whether a component of a path means this node: its unit address may be left out (2.2.3). */
static bool is_named(const char *full, const char *name, size_t length)
{
	return strncmp(full, name, length) == 0 &&
	       (full[length] == '\0' || (full[length] == '@' && memchr(name, '@', length) == NULL));
}

static int find_child(const struct tree *tree, int node, const char *name, size_t length)
{
	for_each_child (child, tree, node)
		if (is_named(tree_name(tree, child), name, length))
			return child;
	return -FDT_ERR_NOTFOUND;
}

int tree_child(const struct tree *tree, int node, const char *name)
{
	return find_child(tree, node, name, strlen(name));
}

int tree_path(const struct tree *tree, const char *path)
{
	return tree_path_part(tree, path, strlen(path));
}

int tree_path_part(const struct tree *tree, const char *path, size_t length)
{
	int node = 0;

	for (size_t at = 0; at < length && node >= 0;) {
		size_t end = at;

		while (end < length && path[end] != '/')
			end++;
		if (end > at)
			node = find_child(tree, node, path + at, end - at);
		at = end + 1;
	}
	return node;
}

int tree_find_compatible(const struct tree *tree, const char *name)
{
	for (uint32_t i = 0; i < tree->index->count; i++) {
		const struct tree_node *const node = &tree->index->nodes[i];

		if (node->compatible != 0 && tree_is_compatible(tree, node->offset, name))
			return node->offset;
	}
	return -FDT_ERR_NOTFOUND;
}

int tree_parent(const struct tree *tree, int node)
{
	if (node == 0)
		return -FDT_ERR_NOTFOUND;
	if (tree->index == NULL)
		return fdt_parent_offset(tree->fdt, node);
	return tree->index->nodes[tree->index->nodes[find_node(tree->index, node)].parent].offset;
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

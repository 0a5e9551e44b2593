/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading a device tree (Devicetree Specification 0.4), on top of libfdt.
 *
 * A node is its offset in the tree, as with libfdt. libfdt finds a node's parent, or the node of a
 * phandle, by walking the tree from its start; struct tree_index holds both for all nodes, found in
 * one walk, so that planning takes time in proportion to the tree. Without an index everything
 * works, only slower.
 *
 * No function trusts the tree: lengths, cells and depths are checked, circles end.
 */
#ifndef BULKHEAD_PLAN_TREE_H
#define BULKHEAD_PLAN_TREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/plan/plan.h"

#define TREE_HASH_SIZE (2 * PLAN_MAX_NODES)

/* GIC interrupts in a device tree: kind, number, flags. */
#define INTERRUPT_SPI 0
#define INTERRUPT_PPI 1
#define FIRST_PPI     16
#define EDGE_RISING   1
#define LEVEL_HIGH    4
#define LEVEL_LOW     8

struct tree_node {
	int32_t offset;
	uint16_t parent; /* index of its parent; the root's is 0 */
	uint16_t end;	 /* index of the first node behind it that is not below it */
	uint32_t phandle;
	int32_t compatible; /* offset of that property; 0: it has none */
};

/* All nodes in the order of their offsets, and a hash table from phandle to node. */
struct tree_index {
	uint32_t count;
	uint32_t duplicate; /* a phandle that two nodes have; 0: none */
	uint32_t highest;   /* phandle; 0: there is none */
	struct tree_node nodes[PLAN_MAX_NODES];
	uint16_t by_phandle[TREE_HASH_SIZE]; /* index + 1; 0: empty */
};

struct tree {
	const void *fdt;
	const struct tree_index *index; /* NULL: none */
};

/* The value of a property; bytes is NULL, and length 0, when there is none. */
struct property {
	const char *bytes;
	int length; /* bytes */
};

/* A node's properties one after the other: zero it first, then take each with tree_next_property().
 */
struct property_walk {
	int offset;
	const char *name;
	struct property value;
};

/* A node and all nodes below it, in the order of the tree, from tree_walk() on. */
struct tree_walk {
	const void *fdt;
	int node;  /* negative: no more */
	int depth; /* below the first one */
};

/* How many cells addresses and sizes have below a node. */
struct cells {
	int address;
	int size;
};

enum tree_result {
	TREE_OK,
	TREE_TOO_DEEP,
	TREE_TOO_LARGE,
	TREE_DAMAGED, /* a property of impossible length, or outside of all nodes */
};

/*
 * Whether libfdt can walk the whole tree, and it is within bounds; size: bytes that may be read.
 * Then the index, unless it is NULL, is filled in.
 */
enum tree_result tree_check(const void *fdt, uint64_t size, struct tree_index *index);

/* The first child and the next one, in their order; negative: none. */
int tree_first_child(const struct tree *tree, int node);
int tree_next_child(const struct tree *tree, int child);

#define for_each_child(node, tree, parent)                                                         \
	for (int node = tree_first_child(tree, parent); node >= 0;                                 \
	     node = tree_next_child(tree, node))

struct tree_walk tree_walk(const struct tree *tree, int node);
void tree_walk_on(struct tree_walk *walk);

/* The next property of a node. False: there is none. */
bool tree_next_property(const struct tree *tree, int node, struct property_walk *walk);

/* The child of this name (without a unit address); negative: none. */
int tree_child(const struct tree *tree, int node, const char *name);

/*
 * The node at a full path, which begins with '/', or at the first length bytes of one; negative:
 * none. Unlike libfdt's function it knows no aliases, so that it does not call itself.
 */
int tree_path(const struct tree *tree, const char *path);
int tree_path_part(const struct tree *tree, const char *path, size_t length);

/* The first node of the tree that is compatible with this; negative: none. Needs the index. */
int tree_find_compatible(const struct tree *tree, const char *name);

/* The parent; negative: the root has none. */
int tree_parent(const struct tree *tree, int node);

/* The node that has this phandle; negative: none. */
int tree_by_phandle(const struct tree *tree, uint32_t phandle);

/*
 * The node at a path, which is a full path or an alias; negative: none. libfdt's own function
 * follows aliases of aliases, without end when they form a circle.
 */
int tree_find(const struct tree *tree, const char *path, size_t length);

/* A node's name; "" where the tree is damaged. */
const char *tree_name(const struct tree *tree, int node);

bool tree_is_compatible(const struct tree *tree, int node, const char *name);

/* A node that is not switched off by its status. */
bool tree_is_enabled(const struct tree *tree, int node);

struct property tree_property(const struct tree *tree, int node, const char *name);
bool tree_has(const struct tree *tree, int node, const char *name);

/* The text of a string property, or NULL when it is missing or no single string. */
const char *tree_string(const struct tree *tree, int node, const char *name);

/* Whether a string property is this text. */
bool tree_says(const struct tree *tree, int node, const char *name, const char *text);

/* A number of one or two cells. */
uint64_t tree_number(const void *cells, int count);

/* The same; *at moves behind it. */
uint64_t tree_take(const char **at, int count);

/* A property of one cell; otherwise, or when there is none, the default. */
uint32_t tree_u32(const struct tree *tree, int node, const char *name, uint32_t otherwise);

/* A property of one or two cells. False: of another length, or there is none. */
bool tree_u64(const struct tree *tree, int node, const char *name, uint64_t *number);

/* Cells of addresses and sizes below a node. False: not 1 or 2 (sizes: 0 to 2). */
bool tree_cells(const struct tree *tree, int node, struct cells *cells);

/*
 * The index-th (address, size) of reg, in the parent's cells, not translated. False: there is none,
 * or the cells cannot be read.
 */
bool tree_reg(const struct tree *tree, int node, int index, struct plan_range *range);

/* The same, as the CPU sees it: translated by the ranges of the buses above (2.3.8). */
bool tree_translated_reg(const struct tree *tree, int node, int index, struct plan_range *range);

/* The node that a node's interrupts go to (2.4.1); negative: none can be found. */
int tree_interrupt_parent(const struct tree *tree, int node);

/* Where a node's own interrupts go; negative: it has none. */
int tree_interrupt_target(const struct tree *tree, int node);

/*
 * The index-th interrupt of a node whose interrupt parent is a GIC. Of the GIC's cells the first
 * three are kind, number and flags. False: none, or neither SPI nor PPI, or it goes to another
 * controller than the first one does.
 */
bool tree_interrupt(const struct tree *tree, int node, int index, struct plan_interrupt *interrupt);

/* How many interrupts there are; negative: the length is not a multiple of the cells. */
int tree_interrupt_count(const struct tree *tree, int node);

#endif

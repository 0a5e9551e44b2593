/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Inside the planner: what its files share. The steps, in their order:
 *
 *   plan_board.c       CPUs, memory, interrupt controller, timer, PSCI, console
 *   plan_partition.c   the partitions' properties, one row each; which CPU is whose
 *   plan_modules.c     kernels and ramdisks
 *   plan_place.c       where everything goes
 *
 * A step that finds an error reports it and goes on, so that one run finds them all.
 */
#ifndef BULKHEAD_PLAN_PLANNER_H
#define BULKHEAD_PLAN_PLANNER_H

#include "common/plan/plan.h"
#include "common/plan/scratch.h"

struct planner {
	const struct plan_input *input;
	const void *tree;
	struct plan *plan;
	struct report *report;
	struct plan_scratch *scratch;
};

/* Reports about a node; property may be NULL. */
void plan_error(struct planner *planner, int node, const char *property, const char *rule,
		const char *hint, const char *what, ...) __attribute__((format(printf, 6, 7)));
void plan_warning(struct planner *planner, int node, const char *property, const char *rule,
		  const char *hint, const char *what, ...) __attribute__((format(printf, 6, 7)));
void plan_note(struct planner *planner, int node, const char *property, const char *rule,
	       const char *hint, const char *what, ...) __attribute__((format(printf, 6, 7)));

/* Puts a text into the plan and returns its offset; the empty one when there is no room. */
uint32_t plan_keep_text(struct planner *planner, int node, const char *text);

/* The steps. */
void plan_board(struct planner *planner);
void plan_partitions(struct planner *planner);
void plan_modules(struct planner *planner);
void plan_place(struct planner *planner);

/* plan_tree.c: reading the device tree. */

/* A number of one or two cells. */
uint64_t tree_number(const void *cells, int count);

/*
 * The index-th (address, size) of reg, in the parent's cells, not translated. False: there is none,
 * or the cells cannot be read.
 */
bool tree_reg(const void *tree, int node, int index, struct plan_range *range);

/* The same, as the CPU sees it: translated by the ranges of the buses above. */
bool tree_translated_reg(const void *tree, int node, int index, struct plan_range *range);

/* A node that is not switched off by its status. */
bool tree_is_enabled(const void *tree, int node);

/*
 * The index-th interrupt of a node whose interrupts are three GIC cells: INTID, and whether it is
 * level-triggered. False: none, or not an SPI or PPI.
 */
bool tree_interrupt(const void *tree, int node, int index, uint32_t *intid, bool *is_level);

/*
 * The node at a path, which is a full path or an alias; negative: none. libfdt's own function
 * follows aliases of aliases, without end when they form a circle.
 */
int tree_find(const void *tree, const char *path, size_t length);

/* The text of a string property, or NULL when it is missing or no string. */
const char *tree_string(const void *tree, int node, const char *name);

/* plan_claims.c: whose memory is whose. */

/* Whether the two ranges have a byte in common; neither wraps. */
bool ranges_overlap(uint64_t a, uint64_t a_size, uint64_t b, uint64_t b_size);

/* Whether the range lies in one memory bank. */
bool is_in_memory(const struct plan_board *board, uint64_t base, uint64_t size);

/* Notes that memory is taken. partition: PLAN_NONE, or whose module it is. */
void claim_memory(struct planner *planner, uint64_t base, uint64_t size, uint32_t partition,
		  const char *owner);

/* The first claim that overlaps, from *index on; NULL: none. *index moves behind it. */
const struct claim *find_claim(const struct planner *planner, uint64_t base, uint64_t size,
			       uint32_t *index);

/* A free range of this size and alignment, the lowest. False: none. */
bool find_free(const struct planner *planner, uint64_t size, uint64_t alignment, uint64_t *base);

/* The largest free range of whole blocks, aligned to them; size 0: none. */
struct plan_range largest_free(const struct planner *planner, uint64_t block);

/* plan_suggest.c: the name in the list that is closest to a misspelled one, or NULL. */
const char *suggest_name(const char *name, const char *const *names, size_t count);

#endif

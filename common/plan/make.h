/* SPDX-License-Identifier: Apache-2.0 */
/* Making a plan, and the guests' device trees by it: what the planner is asked for. */
#ifndef BULKHEAD_PLAN_MAKE_H
#define BULKHEAD_PLAN_MAKE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/plan/plan.h"
#include "common/plan/report.h"

/*
 * What the planner must know of the machine's side: sizes in bytes, whole pages. Constants of the
 * architecture, the same on the desk and on the board; max_ipa_bits alone is the CPU's.
 */
struct plan_needs {
	uint64_t cpu_memory_size;
	uint64_t partition_memory_size;
	uint64_t console_memory_size;
	uint64_t stage2_alignment;
	uint32_t max_ipa_bits; /* what this CPU can translate to: ID_AA64MMFR0_EL1.PARange */
};

struct plan_scratch;

struct plan_input {
	const void *device_tree; /* libfdt tree */
	size_t device_tree_size; /* bytes that may be read; the tree's own totalsize is checked
				    against it */
	pa_t device_tree_address;
	struct plan_range hypervisor;
	uint64_t modules_shift; /* bytes that modules lie above their reg, modulo 2^64 */
	const struct plan_needs *needs;
	struct plan_scratch *scratch; /* memory that the planner works in (scratch.h) */
	/*
	 * Makes size bytes of a module readable and returns them, or NULL when the range is not RAM
	 * that can be read. Called only for ranges inside the memory banks and outside of
	 * /reserved-memory.
	 */
	const void *(*module)(void *context, pa_t base, uint64_t size);
	void *context;
};

/*
 * Plans the whole system. Returns true when the report holds no error; otherwise the plan must not
 * be used (but plan->board is filled in as far as it could be read). A plan that asks for what this
 * build cannot carry out yet is good, but report->unsupported is not zero and it is not launched.
 */
bool plan_system(const struct plan_input *input, struct plan *plan, struct report *report);

struct tree_index;

/*
 * Finds the console without planning anything: the first thing that boot does, so that errors can
 * be said at all. Fills in the uart_* fields; uart_intid 0 when there is none. A tree of
 * size bytes that is damaged is searched too, as far as libfdt gets; of one that is not, the index
 * is used, which is written anew.
 */
void plan_find_console(const void *device_tree, size_t size, struct tree_index *index,
		       struct plan_board *board);

/* Where the guest has a device of which it has at most one; 0: it has none. */
static inline uint64_t plan_own_device(const struct plan *plan, uint32_t partition,
				       enum plan_virtual_device_type type)
{
	for (uint32_t i = 0; i < plan->virtual_device_count; i++)
		if (plan->virtual_devices[i].partition == partition &&
		    plan->virtual_devices[i].type == type)
			return plan->virtual_devices[i].base.value;
	return 0;
}

enum guest_tree_result {
	GUEST_TREE_OK,
	GUEST_TREE_TOO_LARGE, /* more than size bytes */
	GUEST_TREE_BROKEN,    /* a tree could not be read, or is not the one that was planned */
};

struct guest_tree_input {
	const void *host_tree;
	const void *partial_tree;	     /* the partition's module, or NULL when it has none */
	const uint64_t *entropy;	     /* 8 words for rng-seed and kaslr-seed, or NULL */
	const struct tree_index *host_index; /* of host_tree; NULL: it is walked again and again */
};

/* Writes the device tree that the partition will get into out. */
enum guest_tree_result plan_guest_tree(const struct plan *plan, uint32_t partition,
				       const struct guest_tree_input *input, void *out,
				       size_t size);

#endif

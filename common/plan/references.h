/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a passed-through node refers to: clocks, resets, pins, regulators. A reference is good in
 * the guest's tree when its target goes there too; fixed clocks and regulators are copied along;
 * what refers to anything else is left out, and the planner says so.
 */
#ifndef BULKHEAD_PLAN_REFERENCES_H
#define BULKHEAD_PLAN_REFERENCES_H

#include "common/plan/tree.h"

#define PASSED_MAX_FIXED 32

/* The nodes of one partition's devices; what is below them belongs to them. */
struct passed_nodes {
	const struct tree *tree;
	const int *nodes;
	uint32_t count;
};

enum reference {
	REFERENCE_NONE,	  /* the property is no reference */
	REFERENCE_KEPT,	  /* all its targets are in the guest */
	REFERENCE_FIXED,  /* the same, some of them fixed clocks or regulators to be copied */
	REFERENCE_BEHIND, /* a target stays behind: the guest does not get the property */
};

/* Whether the property holds phandles itself, and does not just go with one that does. */
bool is_reference(const char *property);

/* Whether the node is one of the devices, or below one. */
bool is_passed(const struct passed_nodes *passed, int node);

/*
 * What a property of a node is. *target: the node that stays behind, or the first fixed one;
 * negative: the phandle dangles.
 */
enum reference find_reference(const struct passed_nodes *passed, int node, const char *property,
			      int *target);

/*
 * The fixed nodes that the devices refer to, each once. Returns their number; negative: more than
 * PASSED_MAX_FIXED.
 */
int collect_fixed(const struct passed_nodes *passed, int fixed[PASSED_MAX_FIXED]);

#endif

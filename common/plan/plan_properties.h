/* SPDX-License-Identifier: Apache-2.0 */
/* The properties of the binding, a row each (inside the planner). */
#ifndef BULKHEAD_PLAN_PROPERTIES_H
#define BULKHEAD_PLAN_PROPERTIES_H

#include "common/plan/planner.h"

struct property_row;

/* One property of a partition's node, as it stands in the tree. */
struct property_value {
	const struct property_row *row; /* its rule */
	int node;
	uint32_t partition;
	const char *name;
	const void *data;
	int length; /* bytes */
};

/* Reads it into the plan or the request, or reports what is wrong. */
void plan_property(struct planner *planner, struct property_value *value);

/* Checks the properties of /chosen itself. */
void plan_chosen_properties(struct planner *planner);

#endif

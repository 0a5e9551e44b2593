/* SPDX-License-Identifier: Apache-2.0 */
/* The properties of the binding, a row each (inside the planner). */
#ifndef BULKHEAD_PLAN_PROPERTIES_H
#define BULKHEAD_PLAN_PROPERTIES_H

#include "common/plan/planner.h"

struct property_row;

/* One property of a partition's node, as it stands in the tree. */
struct property_value {
	const struct property_row *row; /* its rule */
	struct request *request;	/* whose it is */
	int node;
	const char *name;
	const char *bytes;
	int length;
};

/*
 * What the values of properties may be: a function for each kind of value reads one property of one
 * partition into the plan or the request. False: it is wrong, which has been reported. What depends
 * on several properties is checked when all have been read.
 */
typedef bool property_reader(struct planner *planner, const struct property_value *value);

struct property_row {
	const char *name;
	property_reader *read;
	size_t field;		  /* of struct plan_partition, a uint32_t */
	const char *const *words; /* of a choice: the value is the word's index */
	uint32_t carried_out;	  /* of a choice, bit n: this build carries word n out */
	const char *unsupported;  /* what this build does not carry out when it is there */
	const char *instead;	  /* what to do instead */
};

property_reader read_memory, read_cpus, read_named_cpus, read_static_memory, read_spis;
property_reader read_passthrough, read_colors, read_sve, read_restart_limit;
property_reader read_smc_list, read_smc_ranges;
property_reader read_flag;     /* a boolean, which has no value */
property_reader read_bit;      /* 0 or 1 in a cell */
property_reader read_choice;   /* one of the row's words */
property_reader read_nothing;  /* read elsewhere, or of no meaning here */
property_reader read_refused;  /* of old bindings */
property_reader read_ignored;  /* a warning */
property_reader read_xen_only; /* only what switches it off is accepted */

/* Reads a partition's properties into the plan or the request. */
void plan_properties(struct planner *planner, struct request *request);

/* Checks the properties of /chosen itself. */
void plan_chosen_properties(struct planner *planner);

/* A decimal number; *text moves behind it, or behind what made it at least limit. Negative: none.
 */
int take_decimal(const char **text, int limit);

/* Whether a name is ours or Xen's. */
bool is_of_binding(const char *name);

#endif

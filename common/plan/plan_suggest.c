/* SPDX-License-Identifier: Apache-2.0 */
/* Did you mean ...: the edit distance between names (Levenshtein). */
#include "common/plan/planner.h"

#define MAX_LENGTH   40
#define MAX_DISTANCE 3

static unsigned least(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

/* Insertions, deletions and replacements that turn one name into the other. */
static unsigned distance(const char *a, const char *b)
{
	const size_t a_length = strlen(a);
	const size_t b_length = strlen(b);
	unsigned row[MAX_LENGTH + 1];

	if (a_length > MAX_LENGTH || b_length > MAX_LENGTH)
		return MAX_LENGTH;
	for (unsigned j = 0; j <= b_length; j++)
		row[j] = j;
	for (unsigned i = 1; i <= a_length; i++) {
		unsigned diagonal = row[0];

		row[0] = i;
		for (unsigned j = 1; j <= b_length; j++) {
			const unsigned above = row[j];

			row[j] = least(least(above, row[j - 1]) + 1,
				       diagonal + (a[i - 1] == b[j - 1] ? 0 : 1));
			diagonal = above;
		}
	}
	return row[b_length];
}

const char *suggest_name(const char *name, const char *const *names, size_t count)
{
	unsigned best_distance = MAX_DISTANCE + 1;
	const char *best = NULL;

	for (size_t i = 0; i < count; i++) {
		const unsigned edits = distance(name, names[i]);

		if (edits < best_distance) {
			best_distance = edits;
			best = names[i];
		}
	}
	/* A short name is easily three edits from any other. */
	return best != NULL && best_distance < strlen(name) ? best : NULL;
}

void check_property_names(struct planner *planner, int node, const char *const *names, size_t count,
			  const char *rule)
{
	for (struct property_walk at = {0}; tree_next_property(&planner->tree, node, &at);) {
		size_t i = 0;

		while (i < count && strcmp(at.name, names[i]) != 0)
			i++;
		if (i < count)
			continue;

		const char *const closest = suggest_name(at.name, names, count);

		plan_error(planner, node, at.name, rule, NULL, "unknown property%s%s%s",
			   closest != NULL ? "; did you mean '" : "", closest,
			   closest != NULL ? "'?" : "");
	}
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "common/plan/references.h"

#include <libfdt.h>
#include <string.h>

/*
 * Properties that hold phandles. A name that begins with '-' stands for all names that end so.
 * cells: how many cells follow each phandle, a property of its target (NULL: none). of: the
 * property that decides about this one, which only goes with it.
 */
struct row {
	const char *name;
	const char *cells;
	const char *of;
};

static const struct row rows[] = {
	{"clocks", "#clock-cells", NULL},
	{"clock-names", NULL, "clocks"},
	{"assigned-clocks", "#clock-cells", NULL},
	{"assigned-clock-parents", NULL, "assigned-clocks"},
	{"assigned-clock-rates", NULL, "assigned-clocks"},
	{"resets", "#reset-cells", NULL},
	{"reset-names", NULL, "resets"},
	{"power-domains", "#power-domain-cells", NULL},
	{"power-domain-names", NULL, "power-domains"},
	{"dmas", "#dma-cells", NULL},
	{"dma-names", NULL, "dmas"},
	{"iommus", "#iommu-cells", NULL},
	{"msi-parent", "#msi-cells", NULL},
	{"phys", "#phy-cells", NULL},
	{"phy-names", NULL, "phys"},
	{"mboxes", "#mbox-cells", NULL},
	{"mbox-names", NULL, "mboxes"},
	{"interconnects", "#interconnect-cells", NULL},
	{"interconnect-names", NULL, "interconnects"},
	{"nvmem-cells", "#nvmem-cell-cells", NULL},
	{"nvmem-cell-names", NULL, "nvmem-cells"},
	{"operating-points-v2", NULL, NULL},
	{"pinctrl-0", NULL, NULL},
	{"pinctrl-1", NULL, NULL},
	{"pinctrl-2", NULL, NULL},
	{"pinctrl-names", NULL, "pinctrl-0"},
	{"gpios", "#gpio-cells", NULL},
	{"-gpios", "#gpio-cells", NULL},
	{"-gpio", "#gpio-cells", NULL},
	{"-supply", NULL, NULL},
};

static bool matches(const struct row *row, const char *name)
{
	const size_t length = strlen(row->name);
	const size_t name_length = strlen(name);

	if (row->name[0] != '-')
		return strcmp(row->name, name) == 0;
	return name_length > length && strcmp(name + name_length - length, row->name) == 0;
}

static const struct row *find_row(const char *name)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (matches(&rows[i], name))
			return &rows[i];
	return NULL;
}

bool is_reference(const char *property)
{
	const struct row *const row = find_row(property);

	return row != NULL && row->of == NULL;
}

bool is_passed(const struct passed_nodes *passed, int node)
{
	for (int depth = 0; node > 0 && depth < PLAN_MAX_DEPTH; depth++) {
		for (uint32_t i = 0; i < passed->count; i++)
			if (passed->nodes[i] == node)
				return true;
		node = tree_parent(passed->tree, node);
	}
	return false;
}

/* A node that works wherever it stands, because it refers to nothing. */
static bool is_fixed(const struct tree *tree, int node)
{
	return tree_is_compatible(tree, node, "fixed-clock") ||
	       (tree_is_compatible(tree, node, "regulator-fixed") &&
		tree_property(tree, node, "vin-supply", NULL) == NULL &&
		tree_property(tree, node, "gpio", NULL) == NULL);
}

/*
 * The next target of a property whose cells begin at *at, which moves behind it. Negative: the
 * phandle dangles, or the cells are cut off; *at is then the length.
 */
static int next_target(const struct tree *tree, const struct row *row, const char *cells,
		       int length, int *at)
{
	const int target = *at + 4 <= length
				   ? tree_by_phandle(tree, (uint32_t)tree_number(cells + *at, 1))
				   : -1;
	const uint32_t count =
		target < 0 || row->cells == NULL ? 0 : tree_u32(tree, target, row->cells, 0);

	if (target < 0 || count > (uint32_t)(length - *at) / 4 - 1) {
		*at = length;
		return -FDT_ERR_BADPHANDLE;
	}
	*at += 4 + 4 * (int)count;
	return target;
}

enum reference find_reference(const struct passed_nodes *passed, int node, const char *property,
			      int *target)
{
	const struct row *row = find_row(property);
	enum reference result = REFERENCE_KEPT;
	int length;

	*target = -1;
	if (row != NULL && row->of != NULL) {
		property = row->of;
		row = find_row(property);
	}
	if (row == NULL)
		return REFERENCE_NONE;

	const char *const cells = tree_property(passed->tree, node, property, &length);

	for (int at = 0; cells != NULL && at < length;) {
		const int next = next_target(passed->tree, row, cells, length, &at);

		if (next >= 0 && is_passed(passed, next))
			continue;
		if (next < 0 || !is_fixed(passed->tree, next)) {
			*target = next;
			return REFERENCE_BEHIND;
		}
		if (result == REFERENCE_KEPT)
			*target = next;
		result = REFERENCE_FIXED;
	}
	return result;
}

/* Adds the fixed nodes that a property refers to. False: there are too many. */
static bool add_fixed(const struct passed_nodes *passed, int node, const char *property,
		      int fixed[PASSED_MAX_FIXED], int *count)
{
	const struct row *const row = find_row(property);
	int length;
	int unused;
	const char *const cells = tree_property(passed->tree, node, property, &length);

	if (row == NULL || row->of != NULL || cells == NULL ||
	    find_reference(passed, node, property, &unused) != REFERENCE_FIXED)
		return true;
	for (int at = 0; at < length;) {
		const int target = next_target(passed->tree, row, cells, length, &at);
		int i = 0;

		while (i < *count && fixed[i] != target)
			i++;
		if (target < 0 || i < *count || is_passed(passed, target))
			continue;
		if (*count == PASSED_MAX_FIXED)
			return false;
		fixed[(*count)++] = target;
	}
	return true;
}

int collect_fixed(const struct passed_nodes *passed, int fixed[PASSED_MAX_FIXED])
{
	const void *const fdt = passed->tree->fdt;
	int count = 0;

	for (uint32_t i = 0; i < passed->count; i++) {
		int depth = 0;

		for (int node = passed->nodes[i];
		     node >= 0 && (depth > 0 || node == passed->nodes[i]);
		     node = fdt_next_node(fdt, node, &depth)) {
			int property;

			fdt_for_each_property_offset (property, fdt, node) {
				const char *name = NULL;

				(void)fdt_getprop_by_offset(fdt, property, &name, NULL);
				if (name != NULL && !add_fixed(passed, node, name, fixed, &count))
					return -1;
			}
		}
	}
	return count;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "common/plan/references.h"

#include <libfdt.h>
#include <string.h>

/*
 * Properties that hold phandles. A name that begins with '-' stands for all names that end so.
 * cells: how many cells follow each phandle, a property of its target (NULL: fixed_cells). with:
 * properties that only go with this one, which decides about them.
 */
struct row {
	const char *name;
	const char *cells;
	const char *with[2];
	uint32_t fixed_cells;
};

static const struct row rows[] = {
	{"clocks", .cells = "#clock-cells", .with = {"clock-names"}},
	{"assigned-clocks", .cells = "#clock-cells",
	 .with = {"assigned-clock-parents", "assigned-clock-rates"}},
	{"resets", .cells = "#reset-cells", .with = {"reset-names"}},
	{"power-domains", .cells = "#power-domain-cells", .with = {"power-domain-names"}},
	{"dmas", .cells = "#dma-cells", .with = {"dma-names"}},
	{"iommus", .cells = "#iommu-cells"},
	{"msi-parent", .cells = "#msi-cells"},
	{"phys", .cells = "#phy-cells", .with = {"phy-names"}},
	{"mboxes", .cells = "#mbox-cells", .with = {"mbox-names"}},
	{"interconnects", .cells = "#interconnect-cells", .with = {"interconnect-names"}},
	{"nvmem-cells", .cells = "#nvmem-cell-cells", .with = {"nvmem-cell-names"}},
	{"io-channels", .cells = "#io-channel-cells", .with = {"io-channel-names"}},
	{"io-backends", .cells = "#io-backend-cells"},
	{"pwms", .cells = "#pwm-cells", .with = {"pwm-names"}},
	{"hwlocks", .cells = "#hwlock-cells"},
	{"thermal-sensors", .cells = "#thermal-sensor-cells"},
	{"sound-dai", .cells = "#sound-dai-cells"},
	{"access-controllers", .cells = "#access-controller-cells"},
	{"memory-region", .with = {"memory-region-names"}},
	{"pinctrl-0", .with = {"pinctrl-names"}},
	{"gpios", .cells = "#gpio-cells"},
	{"-gpios", .cells = "#gpio-cells"},
	{"-gpio", .cells = "#gpio-cells"},
	{"gpio-ranges", .fixed_cells = 3},
	{"-supply", .cells = NULL},
};

/* Lists of phandles alone. */
static const char phandles[] =
	"operating-points-v2\0wakeup-parent\0extcon\0phy-handle\0mmc-pwrseq\0remote-endpoint\0"
	"leds\0backlight\0panel\0pinctrl-1\0pinctrl-2\0pinctrl-3";
static const struct row phandles_row = {.name = NULL};

/* How many pins there are, among the names that end in -gpios. */
static const char pin_counts[] = "snps,nr-gpios\0nr-gpios";

static bool is_in(const char *list, size_t size, const char *name)
{
	return fdt_stringlist_contains(list, (int)size - 1, name) != 0;
}

static bool matches(const struct row *row, const char *name)
{
	const size_t length = strlen(row->name);
	const size_t name_length = strlen(name);

	if (row->name[0] != '-')
		return strcmp(row->name, name) == 0;
	return name_length > length && strcmp(name + name_length - length, row->name) == 0;
}

static bool goes_with(const struct row *row, const char *name)
{
	for (unsigned i = 0; i < 2; i++)
		if (row->with[i] != NULL && strcmp(row->with[i], name) == 0)
			return true;
	return false;
}

/* The row that decides about a property; *own: the property that it is about. NULL: none does. */
static const struct row *find_row(const char *name, const char **own)
{
	*own = name;
	if (is_in(pin_counts, sizeof(pin_counts), name))
		return NULL;
	if (is_in(phandles, sizeof(phandles), name))
		return &phandles_row;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (matches(&rows[i], name))
			return &rows[i];
		if (goes_with(&rows[i], name)) {
			*own = rows[i].name;
			return &rows[i];
		}
	}
	return NULL;
}

bool is_reference(const char *property)
{
	const char *own;

	return find_row(property, &own) != NULL && own == property;
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
		!tree_has(tree, node, "vin-supply") && !tree_has(tree, node, "gpio"));
}

/*
 * The next target of a property whose cells begin at *at, which moves behind it. Negative: the
 * phandle dangles, or the cells are cut off; *at is then the length.
 */
static int next_target(const struct tree *tree, const struct row *row, struct property list,
		       int *at)
{
	const int target =
		*at + 4 <= list.length
			? tree_by_phandle(tree, (uint32_t)tree_number(list.bytes + *at, 1))
			: -1;
	const uint32_t count = target < 0 || row->cells == NULL
				       ? row->fixed_cells
				       : tree_u32(tree, target, row->cells, 0);

	if (target < 0 || count > (uint32_t)(list.length - *at) / 4 - 1) {
		*at = list.length;
		return -FDT_ERR_BADPHANDLE;
	}
	*at += 4 + 4 * (int)count;
	return target;
}

enum reference find_reference(const struct passed_nodes *passed, int node, const char *property,
			      int *target)
{
	const struct row *const row = find_row(property, &property);
	const struct property list = tree_property(passed->tree, node, property);
	enum reference result = REFERENCE_KEPT;

	*target = -1;
	/* A hog's pins are its controller's, which is the node above it. */
	if (row == NULL ||
	    (strcmp(property, "gpios") == 0 && tree_has(passed->tree, node, "gpio-hog")))
		return REFERENCE_NONE;
	for (int at = 0; at < list.length;) {
		const int next = next_target(passed->tree, row, list, &at);

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
static bool add_fixed(const struct passed_nodes *passed, int node,
		      const struct property_walk *property, int fixed[PASSED_MAX_FIXED], int *count)
{
	const char *own;
	const struct row *const row = find_row(property->name, &own);
	int target;

	if (row == NULL || own != property->name ||
	    find_reference(passed, node, own, &target) != REFERENCE_FIXED)
		return true;
	for (int at = 0; at < property->value.length;) {
		int i = 0;

		target = next_target(passed->tree, row, property->value, &at);
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
	const struct tree *const tree = passed->tree;
	int count = 0;

	for (uint32_t i = 0; i < passed->count; i++)
		for (struct tree_walk at = tree_walk(tree, passed->nodes[i]); at.node >= 0;
		     tree_walk_on(&at))
			for (struct property_walk property = {0};
			     tree_next_property(tree, at.node, &property);)
				if (!add_fixed(passed, at.node, &property, fixed, &count))
					return -1;
	return count;
}

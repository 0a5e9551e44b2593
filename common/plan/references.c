/* SPDX-License-Identifier: Apache-2.0 */
#include "common/plan/references.h"

#include <libfdt.h>
#include <string.h>

/*
 * Properties that hold phandles. A name that begins with '-' stands for all names that end so.
 * cells: how many cells follow each phandle, a property of its target (NULL: fixed_cells). of: the
 * property that decides about this one, which only goes with it.
 */
struct row {
	const char *name;
	const char *cells;
	const char *of;
	uint32_t fixed_cells;
};

static const struct row rows[] = {
	{.name = "clocks", .cells = "#clock-cells"},
	{.name = "clock-names", .of = "clocks"},
	{.name = "assigned-clocks", .cells = "#clock-cells"},
	{.name = "assigned-clock-parents", .of = "assigned-clocks"},
	{.name = "assigned-clock-rates", .of = "assigned-clocks"},
	{.name = "resets", .cells = "#reset-cells"},
	{.name = "reset-names", .of = "resets"},
	{.name = "power-domains", .cells = "#power-domain-cells"},
	{.name = "power-domain-names", .of = "power-domains"},
	{.name = "dmas", .cells = "#dma-cells"},
	{.name = "dma-names", .of = "dmas"},
	{.name = "iommus", .cells = "#iommu-cells"},
	{.name = "msi-parent", .cells = "#msi-cells"},
	{.name = "phys", .cells = "#phy-cells"},
	{.name = "phy-names", .of = "phys"},
	{.name = "mboxes", .cells = "#mbox-cells"},
	{.name = "mbox-names", .of = "mboxes"},
	{.name = "interconnects", .cells = "#interconnect-cells"},
	{.name = "interconnect-names", .of = "interconnects"},
	{.name = "nvmem-cells", .cells = "#nvmem-cell-cells"},
	{.name = "nvmem-cell-names", .of = "nvmem-cells"},
	{.name = "io-channels", .cells = "#io-channel-cells"},
	{.name = "io-channel-names", .of = "io-channels"},
	{.name = "io-backends", .cells = "#io-backend-cells"},
	{.name = "pwms", .cells = "#pwm-cells"},
	{.name = "pwm-names", .of = "pwms"},
	{.name = "hwlocks", .cells = "#hwlock-cells"},
	{.name = "thermal-sensors", .cells = "#thermal-sensor-cells"},
	{.name = "sound-dai", .cells = "#sound-dai-cells"},
	{.name = "access-controllers", .cells = "#access-controller-cells"},
	{.name = "memory-region"},
	{.name = "memory-region-names", .of = "memory-region"},
	{.name = "operating-points-v2"},
	{.name = "wakeup-parent"},
	{.name = "extcon"},
	{.name = "phy-handle"},
	{.name = "mmc-pwrseq"},
	{.name = "remote-endpoint"},
	{.name = "leds"},
	{.name = "backlight"},
	{.name = "panel"},
	{.name = "pinctrl-0"},
	{.name = "pinctrl-1"},
	{.name = "pinctrl-2"},
	{.name = "pinctrl-3"},
	{.name = "pinctrl-names", .of = "pinctrl-0"},
	{.name = "gpios", .cells = "#gpio-cells"},
	{.name = "-gpios", .cells = "#gpio-cells"},
	{.name = "-gpio", .cells = "#gpio-cells"},
	{.name = "gpio-ranges", .fixed_cells = 3},
	{.name = "-supply"},
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
	/* How many pins there are, among the names that end in -gpios. */
	if (strcmp(name, "snps,nr-gpios") == 0 || strcmp(name, "nr-gpios") == 0)
		return NULL;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (matches(&rows[i], name))
			return &rows[i];
	return NULL;
}

/* The row of a property where it stands in a node; NULL: it is no reference. */
static const struct row *find_row_in(const struct tree *tree, int node, const char *name)
{
	/* A hog's pins are its controller's, which is the node above it. */
	if (strcmp(name, "gpios") == 0 && tree_property(tree, node, "gpio-hog", NULL) != NULL)
		return NULL;
	return find_row(name);
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
	const uint32_t count = target < 0 || row->cells == NULL
				       ? row->fixed_cells
				       : tree_u32(tree, target, row->cells, 0);

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
	const struct row *row = find_row_in(passed->tree, node, property);
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
	const struct row *const row = find_row_in(passed->tree, node, property);
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

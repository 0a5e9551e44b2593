/* SPDX-License-Identifier: Apache-2.0 */
#include "common/plan/plan_properties.h"

#define KIB	   1024
#define MAX_MEMORY (UINT64_C(1) << 46)
#define MAX_SVE	   2048 /* bits */
#define SVE_STEP   128

/* The field of the partition that the row names. */
static uint32_t *field_of(const struct property_value *value)
{
	return (uint32_t *)(void *)((char *)value->request->partition + value->row->field);
}

/* A property of one cell. False: it is not, which has been reported. */
static bool read_cell(struct planner *planner, const struct property_value *value, uint32_t *number)
{
	if (value->length != 4)
		return plan_error(planner, value->node, value->name, "one cell: <number>", NULL,
				  "%d bytes", value->length);
	*number = (uint32_t)tree_number(value->bytes, 1);
	return true;
}

bool read_flag(struct planner *planner, const struct property_value *value)
{
	if (value->length != 0)
		return plan_error(
			planner, value->node, value->name, "a boolean property has no value",
			"write only its name to switch it on, leave it out to switch it off",
			"has a value of %d bytes", value->length);
	*field_of(value) = 1;
	return true;
}

bool read_bit(struct planner *planner, const struct property_value *value)
{
	uint32_t *const number = field_of(value);

	if (!read_cell(planner, value, number))
		return false;
	if (*number > 1)
		return plan_error(planner, value->node, value->name, "<0> or <1>", NULL, "<%u>",
				  *number);
	return true;
}

bool read_choice(struct planner *planner, const struct property_value *value)
{
	const char *const text = tree_string(&planner->tree, value->node, value->name);
	const char *const *const words = value->row->words;
	const bool is_third = words[2] != NULL;

	for (uint32_t i = 0; text != NULL && words[i] != NULL; i++) {
		if (strcmp(text, words[i]) != 0)
			continue;
		*field_of(value) = i;
		/* Launch will refuse it. */
		if ((value->row->carried_out >> i & 1) == 0)
			plan_unsupported(planner, value->node, value->name, words[i]);
		return true;
	}
	return plan_error(planner, value->node, value->name,
			  is_third ? "one of three words" : "one of two words", NULL,
			  "\"%s\" is not \"%s\"%s\"%s\"%s%s%s", text, words[0],
			  is_third ? ", " : " or ", words[1], is_third ? " or \"" : "", words[2],
			  is_third ? "\"" : "");
}

bool read_memory(struct planner *planner, const struct property_value *value)
{
	if (value->length != 4 && value->length != 8)
		return plan_error(planner, value->node, value->name,
				  "KiB in two cells: <0 0x40000>", NULL, "%d bytes", value->length);

	const uint64_t kib = tree_number(value->bytes, value->length / 4);

	if (kib == 0 || kib > MAX_MEMORY / KIB || kib % 4 != 0)
		return plan_error(planner, value->node, value->name,
				  "KiB, a multiple of 4, more than 0 and at most 64 TiB", NULL,
				  "%lu KiB", kib);
	value->request->memory = kib * KIB;
	return true;
}

bool read_cpus(struct planner *planner, const struct property_value *value)
{
	uint32_t count = 0;

	if (!read_cell(planner, value, &count))
		return false;
	if (count == 0 || count > PLAN_MAX_CPUS)
		return plan_error(planner, value->node, value->name, "1 to 64 vCPUs", NULL, "%u",
				  count);
	value->request->cpu_count = count;
	return true;
}

bool read_named_cpus(struct planner *planner, const struct property_value *value)
{
	if (value->length == 0 || value->length % 4 != 0 || value->length / 4 > PLAN_MAX_CPUS)
		return plan_error(planner, value->node, value->name,
				  "1 to 64 phandles of /cpus/cpu@* nodes", NULL, "%d bytes",
				  value->length);
	value->request->named_cpus = (uint32_t)value->length / 4;
	return true;
}

/* One (address, size) of xen,static-mem. */
static bool add_static_range(struct planner *planner, const struct property_value *value,
			     uint64_t base, uint64_t size)
{
	struct request *const request = value->request;

	if (size == 0 || !is_aligned(base | size, PAGE_SIZE))
		return plan_error(planner, value->node, value->name,
				  "addresses and sizes are multiples of 4 KiB, sizes not 0", NULL,
				  "0x%lx bytes at 0x%lx", size, base);
	if (request->static_count == PLAN_MAX_REGIONS)
		return plan_error(planner, value->node, value->name, "at most 16 ranges", NULL,
				  "one range too many");
	request->static_memory[request->static_count++] = (struct plan_range){pa(base), size};
	return true;
}

bool read_static_memory(struct planner *planner, const struct property_value *value)
{
	const char *const end = value->bytes + value->length;
	struct cells cells;

	if (!tree_cells(&planner->tree, planner->chosen, &cells) || cells.size == 0 ||
	    value->length == 0 || value->length % (4 * (cells.address + cells.size)) != 0)
		return plan_error(
			planner, value->node, value->name,
			"(address, size) in the #address-cells and #size-cells of /chosen",
			"give /chosen #address-cells = <2> and #size-cells = <2>",
			"%d bytes are not entries of %d + %d cells", value->length, cells.address,
			cells.size);
	for (const char *at = value->bytes; at < end;) {
		const uint64_t base = tree_take(&at, cells.address);

		add_static_range(planner, value, base, tree_take(&at, cells.size));
	}
	return true;
}

bool read_spis(struct planner *planner, const struct property_value *value)
{
	uint32_t count = 0;

	if (!read_cell(planner, value, &count))
		return false;
	if (count > PLAN_MAX_GUEST_INTID - PLAN_FIRST_SPI)
		return plan_error(planner, value->node, value->name, "at most 960 SPIs", NULL, "%u",
				  count);
	value->request->spi_limit = count;
	return true;
}

bool read_passthrough(struct planner *planner, const struct property_value *value)
{
	const char *const text = tree_string(&planner->tree, value->node, value->name);
	const bool is_enabled = text != NULL && strcmp(text, "enabled") == 0;

	if (!is_enabled && (text == NULL || strcmp(text, "disabled") != 0))
		return plan_error(planner, value->node, value->name, "\"enabled\" or \"disabled\"",
				  NULL, "\"%s\"", text);
	value->request->passthrough = is_enabled ? PASSTHROUGH_ENABLED : PASSTHROUGH_DISABLED;
	return true;
}

int take_decimal(const char **text, int limit)
{
	int number = -1;

	while (**text >= '0' && **text <= '9' && number < limit) {
		number = (number < 0 ? 0 : 10 * number) + (**text - '0');
		(*text)++;
	}
	return number;
}

/* "0-3,5" as bits; 0: not so. */
static uint64_t parse_colors(const char *text)
{
	uint64_t colors = 0;

	for (;;) {
		const int first = take_decimal(&text, 10);
		int last = first;

		if (*text == '-') {
			text++;
			last = take_decimal(&text, 10);
		}
		if (first < 0 || last < first || last >= PLAN_MAX_COLORS)
			return 0;
		for (int i = first; i <= last; i++)
			colors |= UINT64_C(1) << i;
		if (*text == '\0')
			return colors;
		if (*text++ != ',')
			return 0;
	}
}

bool read_colors(struct planner *planner, const struct property_value *value)
{
	const char *const text = tree_string(&planner->tree, value->node, value->name);
	const uint64_t colors = text == NULL ? 0 : parse_colors(text);

	if (colors == 0)
		return plan_error(planner, value->node, value->name,
				  "colours 0 to 63 and ranges of them, such as \"0-3,5\"", NULL,
				  "\"%s\"", text);
	value->request->partition->colors = colors;
	return true;
}

bool read_sve(struct planner *planner, const struct property_value *value)
{
	uint32_t bits = 0;

	if (!read_cell(planner, value, &bits))
		return false;
	if (bits % SVE_STEP != 0 || bits > MAX_SVE)
		return plan_error(planner, value->node, value->name,
				  "a vector length in bits: a multiple of 128, at most 2048", NULL,
				  "%u", bits);
	value->request->partition->sve = bits;
	return true;
}

bool read_restart_limit(struct planner *planner, const struct property_value *value)
{
	struct plan_partition *const partition = value->request->partition;

	if (value->length != 8)
		return plan_error(
			planner, value->node, value->name,
			"two cells: <count window>, restarts and the ms in which they count", NULL,
			"%d bytes", value->length);
	partition->restart_limit = (uint32_t)tree_number(value->bytes, 1);
	partition->restart_window = (uint32_t)tree_number(value->bytes + 4, 1);
	if (partition->restart_limit == 0 || partition->restart_window == 0)
		return plan_error(planner, value->node, value->name,
				  "neither the count nor the window is 0",
				  "write \"stop\" as the policy to forbid restarts", "a zero");
	if (partition->restart_limit > PLAN_MAX_RESTARTS)
		return plan_error(planner, value->node, value->name, "at most 16 restarts count",
				  "write a smaller count and window", "%u restarts",
				  partition->restart_limit);
	return true;
}

bool read_xen_only(struct planner *planner, const struct property_value *value)
{
	if (!tree_says(&planner->tree, value->node, value->name, "disabled") &&
	    tree_u32(&planner->tree, value->node, value->name, 1) != 0)
		return plan_error(
			planner, value->node, value->name,
			"Bulkhead has no Xen hypercalls, grants, CPU pools or capabilities",
			value->row->instead, "not supported");
	return true;
}

bool read_refused(struct planner *planner, const struct property_value *value)
{
	return plan_error(planner, value->node, value->name,
			  "xen,static-mem is in the cells of /chosen, as in today's Xen",
			  value->row->instead, "not supported");
}

bool read_ignored(struct planner *planner, const struct property_value *value)
{
	plan_say(planner, REPORT_WARNING, value->node, value->name,
		 "neither Xen nor Bulkhead reads it", value->row->instead, "has no effect");
	return true;
}

bool read_nothing(struct planner *planner, const struct property_value *value)
{
	(void)planner;
	(void)value;
	return true;
}

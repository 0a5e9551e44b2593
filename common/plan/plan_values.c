/* SPDX-License-Identifier: Apache-2.0 */
#include "common/plan/plan_properties.h"

#include <string.h>

#define KIB	   1024
#define MAX_MEMORY (UINT64_C(1) << 46)
#define MAX_SVE	   2048 /* bits */
#define SVE_STEP   128

static struct plan_partition *partition_of(const struct planner *planner,
					   const struct property_value *value)
{
	return &planner->plan->partitions[value->partition];
}

static struct request *request_of(const struct planner *planner, const struct property_value *value)
{
	return &planner->scratch->requests[value->partition];
}

/* The field of the partition that the row names. */
static uint32_t *field_of(const struct planner *planner, const struct property_value *value)
{
	return (uint32_t *)(void *)((char *)partition_of(planner, value) + value->row->field);
}

/* A property of one cell. False: it is not, which has been reported. */
static bool read_cell(struct planner *planner, const struct property_value *value, uint32_t *number)
{
	if (value->length != 4) {
		plan_error(planner, value->node, value->name, "one cell: <number>", NULL,
			   "%d bytes", value->length);
		return false;
	}
	*number = (uint32_t)tree_number(value->data, 1);
	return true;
}

/* Notes a value that launch will refuse. */
static void check_carried_out(struct planner *planner, const struct property_value *value,
			      uint32_t number)
{
	if ((value->row->carried_out >> number & 1) == 0)
		plan_unsupported(planner, value->node, value->name,
				 value->row->words != NULL ? value->row->words[number]
							   : value->row->instead);
}

void read_flag(struct planner *planner, const struct property_value *value)
{
	if (value->length != 0) {
		plan_error(planner, value->node, value->name, "a boolean property has no value",
			   "write only its name to switch it on, leave it out to switch it off",
			   "has a value of %d bytes", value->length);
		return;
	}
	*field_of(planner, value) = 1;
	check_carried_out(planner, value, 1);
}

void read_bit(struct planner *planner, const struct property_value *value)
{
	uint32_t number;

	if (!read_cell(planner, value, &number))
		return;
	if (number > 1)
		plan_error(planner, value->node, value->name, "<0> or <1>", NULL, "<%u>", number);
	*field_of(planner, value) = number;
}

void read_choice(struct planner *planner, const struct property_value *value)
{
	const char *const text = tree_string(&planner->tree, value->node, value->name);
	const char *const *const words = value->row->words;

	for (uint32_t i = 0; text != NULL && words[i] != NULL; i++) {
		if (strcmp(text, words[i]) != 0)
			continue;
		*field_of(planner, value) = i;
		check_carried_out(planner, value, i);
		return;
	}
	plan_error(planner, value->node, value->name,
		   words[2] == NULL ? "one of two words" : "one of three words", NULL,
		   "\"%s\" is not \"%s\"%s\"%s\"%s%s%s", text == NULL ? "" : text, words[0],
		   words[2] == NULL ? " or " : ", ", words[1], words[2] == NULL ? "" : " or \"",
		   words[2] == NULL ? "" : words[2], words[2] == NULL ? "" : "\"");
}

void read_memory(struct planner *planner, const struct property_value *value)
{
	if (value->length != 4 && value->length != 8) {
		plan_error(planner, value->node, value->name, "KiB in two cells: <0 0x40000>", NULL,
			   "%d bytes", value->length);
		return;
	}

	const uint64_t kib = tree_number(value->data, value->length / 4);

	if (kib == 0 || kib > MAX_MEMORY / KIB || kib % 4 != 0) {
		plan_error(planner, value->node, value->name,
			   "KiB, a multiple of 4, more than 0 and at most 64 TiB", NULL, "%lu KiB",
			   kib);
		return;
	}
	request_of(planner, value)->memory = kib * KIB;
}

void read_cpus(struct planner *planner, const struct property_value *value)
{
	uint32_t count;

	if (!read_cell(planner, value, &count))
		return;
	if (count == 0 || count > PLAN_MAX_CPUS) {
		plan_error(planner, value->node, value->name, "1 to 64 vCPUs", NULL, "%u", count);
		return;
	}
	request_of(planner, value)->cpu_count = count;
}

void read_named_cpus(struct planner *planner, const struct property_value *value)
{
	if (value->length == 0 || value->length % 4 != 0 || value->length / 4 > PLAN_MAX_CPUS) {
		plan_error(planner, value->node, value->name,
			   "1 to 64 phandles of /cpus/cpu@* nodes", NULL, "%d bytes",
			   value->length);
		return;
	}
	request_of(planner, value)->named_cpus = (uint32_t)value->length / 4;
}

/* One (address, size) of xen,static-mem. */
static void add_static_range(struct planner *planner, const struct property_value *value,
			     uint64_t base, uint64_t size)
{
	struct request *const request = request_of(planner, value);

	if (size == 0 || !is_aligned(base | size, PAGE_SIZE)) {
		plan_error(planner, value->node, value->name,
			   "addresses and sizes are multiples of 4 KiB, sizes not 0", NULL,
			   "0x%lx bytes at 0x%lx", size, base);
		return;
	}
	if (request->static_count == PLAN_MAX_REGIONS) {
		plan_error(planner, value->node, value->name, "at most 16 ranges", NULL,
			   "one range too many");
		return;
	}
	request->static_memory[request->static_count++] = (struct plan_range){pa(base), size};
}

void read_static_memory(struct planner *planner, const struct property_value *value)
{
	const char *const cells = value->data;
	int address_cells;
	int size_cells;

	const bool is_readable =
		tree_cells(&planner->tree, planner->chosen, &address_cells, &size_cells);
	const int entry = 4 * (address_cells + size_cells);

	if (!is_readable || size_cells == 0 || value->length == 0 || value->length % entry != 0) {
		plan_error(planner, value->node, value->name,
			   "(address, size) in the #address-cells and #size-cells of /chosen",
			   "give /chosen #address-cells = <2> and #size-cells = <2>",
			   "%d bytes are not entries of %d + %d cells", value->length,
			   address_cells, size_cells);
		return;
	}
	for (int at = 0; at < value->length; at += entry)
		add_static_range(planner, value, tree_number(cells + at, address_cells),
				 tree_number(cells + at + 4 * address_cells, size_cells));
}

void read_spis(struct planner *planner, const struct property_value *value)
{
	uint32_t count;

	if (!read_cell(planner, value, &count))
		return;
	if (count > PLAN_MAX_GUEST_INTID - PLAN_FIRST_SPI) {
		plan_error(planner, value->node, value->name, "at most 960 SPIs", NULL, "%u",
			   count);
		return;
	}
	request_of(planner, value)->spi_limit = count;
}

void read_passthrough(struct planner *planner, const struct property_value *value)
{
	const char *const text = tree_string(&planner->tree, value->node, value->name);

	if (text != NULL && strcmp(text, "enabled") == 0)
		request_of(planner, value)->passthrough = PASSTHROUGH_ENABLED;
	else if (text != NULL && strcmp(text, "disabled") == 0)
		request_of(planner, value)->passthrough = PASSTHROUGH_DISABLED;
	else
		plan_error(planner, value->node, value->name, "\"enabled\" or \"disabled\"", NULL,
			   "\"%s\"", text == NULL ? "" : text);
}

/* A decimal number of at most two digits; *text moves behind it. Negative: none. */
static int take_number(const char **text)
{
	int number = -1;

	while (**text >= '0' && **text <= '9' && number < 10) {
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
		const int first = take_number(&text);
		int last = first;

		if (*text == '-') {
			text++;
			last = take_number(&text);
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

void read_colors(struct planner *planner, const struct property_value *value)
{
	const char *const text = tree_string(&planner->tree, value->node, value->name);
	const uint64_t colors = text == NULL ? 0 : parse_colors(text);

	if (colors == 0) {
		plan_error(planner, value->node, value->name,
			   "colours 0 to 63 and ranges of them, such as \"0-3,5\"", NULL, "\"%s\"",
			   text == NULL ? "" : text);
		return;
	}
	partition_of(planner, value)->colors = colors;
	plan_unsupported(planner, value->node, value->name, "cache colouring");
}

void read_sve(struct planner *planner, const struct property_value *value)
{
	uint32_t bits;

	if (!read_cell(planner, value, &bits))
		return;
	if (bits % SVE_STEP != 0 || bits > MAX_SVE) {
		plan_error(planner, value->node, value->name,
			   "a vector length in bits: a multiple of 128, at most 2048", NULL, "%u",
			   bits);
		return;
	}
	partition_of(planner, value)->sve = bits;
}

void read_restart_limit(struct planner *planner, const struct property_value *value)
{
	struct plan_partition *const partition = partition_of(planner, value);

	if (value->length != 8) {
		plan_error(planner, value->node, value->name,
			   "two cells: <count window>, restarts and the ms in which they count",
			   NULL, "%d bytes", value->length);
		return;
	}
	if (tree_number(value->data, 1) == 0 ||
	    tree_number((const char *)value->data + 4, 1) == 0) {
		plan_error(planner, value->node, value->name,
			   "neither the count nor the window is 0",
			   "write \"stop\" as the policy to forbid restarts", "a zero");
		return;
	}
	partition->restart_limit = (uint32_t)tree_number(value->data, 1);
	partition->restart_window = (uint32_t)tree_number((const char *)value->data + 4, 1);
	plan_unsupported(planner, value->node, value->name, "restarting");
}

void read_xen_only(struct planner *planner, const struct property_value *value)
{
	const char *const text = tree_string(&planner->tree, value->node, value->name);
	const bool is_off = (text != NULL && strcmp(text, "disabled") == 0) ||
			    (value->length == 4 && tree_number(value->data, 1) == 0);

	if (!is_off)
		plan_error(planner, value->node, value->name,
			   "Bulkhead has no Xen hypercalls, grants, CPU pools or capabilities",
			   value->row->instead, "not supported");
}

void read_refused(struct planner *planner, const struct property_value *value)
{
	plan_error(planner, value->node, value->name,
		   "xen,static-mem is in the cells of /chosen, as in today's Xen",
		   value->row->instead, "not supported");
}

void read_ignored(struct planner *planner, const struct property_value *value)
{
	plan_say(planner, REPORT_WARNING, value->node, value->name,
		 "neither Xen nor Bulkhead reads it", value->row->instead, "has no effect");
}

void read_nothing(struct planner *planner, const struct property_value *value)
{
	(void)planner;
	(void)value;
}

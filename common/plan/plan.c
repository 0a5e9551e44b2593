/* SPDX-License-Identifier: Apache-2.0 */
#include "common/plan/plan.h"

#include <libfdt.h>
#include <stdarg.h>
#include <string.h>

#include "common/lib/format.h"
#include "common/plan/planner.h"

#define MAX_DEPTH 32
#define MAX_NODES 100000

static void find_path(const struct planner *planner, int node, char path[REPORT_PATH_SIZE])
{
	if (fdt_get_path(planner->tree, node, path, REPORT_PATH_SIZE) != 0)
		(void)format(path, REPORT_PATH_SIZE, "(a node with a very long path)");
}

/* The common part of plan_error() and its like. */
static void add(struct planner *planner, enum report_severity severity, int node,
		const char *property, const char *rule, const char *hint, const char *what,
		va_list arguments)
{
	char path[REPORT_PATH_SIZE];
	char text[REPORT_TEXT_SIZE];

	find_path(planner, node, path);
	(void)format_list(text, sizeof(text), what, arguments);
	report_add(planner->report, severity, path, property, rule, hint, "%s", text);
}

void plan_error(struct planner *planner, int node, const char *property, const char *rule,
		const char *hint, const char *what, ...)
{
	va_list arguments;

	va_start(arguments, what);
	add(planner, REPORT_ERROR, node, property, rule, hint, what, arguments);
	va_end(arguments);
}

void plan_warning(struct planner *planner, int node, const char *property, const char *rule,
		  const char *hint, const char *what, ...)
{
	va_list arguments;

	va_start(arguments, what);
	add(planner, REPORT_WARNING, node, property, rule, hint, what, arguments);
	va_end(arguments);
}

void plan_note(struct planner *planner, int node, const char *property, const char *rule,
	       const char *hint, const char *what, ...)
{
	va_list arguments;

	va_start(arguments, what);
	add(planner, REPORT_NOTE, node, property, rule, hint, what, arguments);
	va_end(arguments);
}

uint32_t plan_keep_text(struct planner *planner, int node, const char *text)
{
	struct plan *const plan = planner->plan;
	const size_t size = strlen(text) + 1;
	const uint32_t offset = plan->text_size;

	if (size == 1)
		return 0;
	if (size > sizeof(plan->text) - offset) {
		plan_error(planner, node, NULL, "all texts of a plan together have 64 KiB",
			   "use shorter bootargs", "there is no room left for \"%s\"", text);
		return 0;
	}
	memcpy(&plan->text[offset], text, size);
	plan->text_size += (uint32_t)size;
	return offset;
}

/* Whether libfdt can walk the tree, and it is not deeper than any real one. */
static bool is_good_tree(const struct plan_input *input, struct report *report)
{
	const void *const tree = input->device_tree;
	int depth = 0;
	int nodes = 0;

	if (input->device_tree_size < sizeof(struct fdt_header) ||
	    fdt_check_full(tree, input->device_tree_size) != 0) {
		report_add(report, REPORT_ERROR, "/", NULL, "the host device tree is complete",
			   "was the whole file loaded?", "the device tree is truncated or damaged");
		return false;
	}
	for (int node = 0; node >= 0; node = fdt_next_node(tree, node, &depth)) {
		if (depth < MAX_DEPTH && ++nodes < MAX_NODES)
			continue;
		report_add(report, REPORT_ERROR, "/", NULL,
			   "a device tree has at most 32 levels and 100000 nodes", NULL,
			   "the device tree is too deep or too large");
		return false;
	}
	return true;
}

bool plan_system(const struct plan_input *input, struct plan *plan, struct report *report)
{
	struct planner planner = {
		.input = input,
		.tree = input->device_tree,
		.plan = plan,
		.report = report,
		.scratch = input->scratch,
	};

	memset(plan, 0, sizeof(*plan));
	memset(input->scratch, 0, sizeof(*input->scratch));
	report_clear(report);
	plan->hypervisor = input->hypervisor;
	plan->text_size = 1;
	if (!is_good_tree(input, report))
		return false;
	plan_board(&planner);
	plan_partitions(&planner);
	plan_modules(&planner);
	plan_place(&planner);
	return report->errors == 0;
}

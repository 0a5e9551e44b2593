/* SPDX-License-Identifier: Apache-2.0 */
#include "common/plan/plan.h"

#include <stdarg.h>

#include "common/plan/planner.h"

/* The common part of plan_error() and plan_say(). */
static void add(struct planner *planner, enum report_severity severity, int node,
		const char *property, const char *rule, const char *hint, const char *what,
		va_list arguments)
{
	char path[PLAN_PATH_SIZE] = "";
	char text[REPORT_TEXT_SIZE];

	/* Finding a path takes long, and a full report only counts. */
	if (report_has_room(planner->report, severity) &&
	    fdt_get_path(planner->tree.fdt, node, path, sizeof(path)) != 0)
		(void)format(path, sizeof(path), "(a node with a very long path)");
	(void)format_list(text, sizeof(text), what, arguments);
	report_add(planner->report, severity, path, property, rule, hint, "%s", text);
}

bool plan_error(struct planner *planner, int node, const char *property, const char *rule,
		const char *hint, const char *what, ...)
{
	va_list arguments;

	va_start(arguments, what);
	add(planner, REPORT_ERROR, node, property, rule, hint, what, arguments);
	va_end(arguments);
	return false;
}

void plan_say(struct planner *planner, enum report_severity severity, int node,
	      const char *property, const char *rule, const char *hint, const char *what, ...)
{
	va_list arguments;

	va_start(arguments, what);
	add(planner, severity, node, property, rule, hint, what, arguments);
	va_end(arguments);
}

void plan_unsupported(struct planner *planner, int node, const char *property, const char *what)
{
	plan_say(planner, REPORT_UNSUPPORTED, node, property, NULL, NULL,
		 "%s is planned but not supported by this build", what);
}

uint32_t plan_keep_text(struct planner *planner, const char *text)
{
	struct plan *const plan = planner->plan;
	const size_t size = strlen(text) + 1;
	const uint32_t offset = plan->text_size;

	if (size == 1)
		return 0;
	memcpy(&plan->text[offset], text, size);
	plan->text_size += (uint32_t)size;
	return offset;
}

/* Whether libfdt can walk the tree, and it is not deeper or larger than any real one. */
static bool index_tree(struct planner *planner)
{
	const struct plan_input *const input = planner->input;
	struct tree_index *const index = &input->scratch->index;

	switch (tree_check(input->device_tree, input->device_tree_size, index)) {
	case TREE_DAMAGED:
		report_add(planner->report, REPORT_ERROR, "/", NULL,
			   "the host device tree is complete", "was the whole file loaded?",
			   "the device tree is truncated or damaged");
		return false;
	case TREE_TOO_DEEP:
		return plan_error(planner, 0, NULL, "a device tree has at most 32 levels", NULL,
				  "the device tree is too deep");
	case TREE_TOO_LARGE:
		return plan_error(planner, 0, NULL, "a device tree has at most 8192 nodes",
				  "remove what the board does not need",
				  "the device tree is too large");
	default:
		if (index->duplicate != 0)
			return plan_error(planner, 0, "phandle",
					  "no two nodes have the same phandle",
					  "compile the tree from one source", "<0x%x> stands twice",
					  index->duplicate);
		return true;
	}
}

bool plan_system(const struct plan_input *input, struct plan *plan, struct report *report)
{
	struct planner planner = {
		.input = input,
		.tree = {input->device_tree, &input->scratch->index},
		.plan = plan,
		.report = report,
		.scratch = input->scratch,
	};

	/* Of the scratch memory, the steps themselves clear what they use; the index is filled. */
	memset(plan, 0, sizeof(*plan));
	memset(input->scratch, 0, offsetof(struct plan_scratch, claims));
	memset(input->scratch->interrupt_user, 0, sizeof(input->scratch->interrupt_user));
	memset(report, 0, sizeof(*report));
	plan->hypervisor = input->hypervisor;
	plan->text_size = 1;
	if (!index_tree(&planner))
		return false;
	planner.chosen = tree_child(&planner.tree, 0, "chosen");
	plan_board(&planner);
	plan_partitions(&planner);
	plan_cpus(&planner);
	plan_modules(&planner);
	plan_devices(&planner);
	plan_channels(&planner);
	plan_place(&planner);
	return report->errors == 0;
}

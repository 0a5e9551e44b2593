/* SPDX-License-Identifier: Apache-2.0 */
#include "imagebuilder/verdict.h"

#include <stdio.h>
#include <string.h>

#include "imagebuilder/message.h"
#include "imagebuilder/source.h"

/* How a kind of finding is named, and in which colour. */
struct kind {
	enum report_severity severity;
	const char *name;
	const char *colour;
};

static const struct kind kinds[] = {
	{REPORT_ERROR, "error", "\033[1;31m"},
	{REPORT_WARNING, "warning", "\033[1;35m"},
	{REPORT_UNSUPPORTED, "unsupported", "\033[1;33m"},
	{REPORT_NOTE, "note", "\033[1;36m"},
};

static void print_finding(const struct finding *finding, const struct kind *kind,
			  const struct system *system, const char *path)
{
	char line[PLAN_PATH_SIZE + REPORT_PROPERTY_SIZE + 3 * REPORT_TEXT_SIZE];
	char place[SOURCE_PLACE_SIZE];
	const bool is_coloured = wants_colour(stderr);

	(void)report_line(finding, line, sizeof(line));
	if (source_find(system->annotated, path, finding->path, finding->property, place))
		(void)fprintf(stderr, "%s: ", place);
	else
		(void)fprintf(stderr, "%s: ", path);
	(void)fprintf(stderr, "%s%s:%s %s\n", is_coloured ? kind->colour : "", kind->name,
		      is_coloured ? "\033[0m" : "", line);
}

uint32_t verdict_print(const struct report *report, const struct system *system, const char *path,
		       const char *skipped)
{
	uint32_t errors = report->errors_lost;

	for (size_t k = 0; k < sizeof(kinds) / sizeof(kinds[0]); k++) {
		for (uint32_t i = 0; i < report->count; i++) {
			const struct finding *const finding = &report->findings[i];

			if (finding->severity != kinds[k].severity ||
			    (skipped != NULL && strcmp(finding->property, skipped) == 0))
				continue;
			print_finding(finding, &kinds[k], system, path);
			errors += finding->severity == REPORT_ERROR ? 1 : 0;
		}
	}
	if (report->errors_lost != 0)
		(void)fprintf(stderr, "%s: error: and %u more errors\n", path, report->errors_lost);
	return errors;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "common/plan/report.h"

#include <stdarg.h>
#include <string.h>

#include "common/lib/format.h"

/* Moves the findings from one place on, to another. */
static void move(struct report *report, uint32_t to, uint32_t from)
{
	memmove(&report->findings[to], &report->findings[from],
		(report->count - from) * sizeof(report->findings[0]));
	report->count += to - from;
}

/* Behind all findings whose path does not come after this one's. */
static void insert(struct report *report, const struct finding *finding)
{
	uint32_t at = report->count;

	while (at > 0 && strcmp(report->findings[at - 1].path, finding->path) > 0)
		at--;
	move(report, at + 1, at);
	report->findings[at] = *finding;
}

bool report_has_room(const struct report *report, enum report_severity severity)
{
	const uint32_t errors = report->errors - report->errors_lost;

	return report->count < REPORT_MAX_FINDINGS ||
	       (severity == REPORT_ERROR && errors < report->count);
}

/* Takes out the last finding that is no error. There is one. */
static void drop_last(struct report *report)
{
	uint32_t at = report->count - 1;

	while (report->findings[at].severity == REPORT_ERROR)
		at--;
	move(report, at, at + 1);
}

void report_add(struct report *report, enum report_severity severity, const char *path,
		const char *property, const char *rule, const char *hint, const char *what, ...)
{
	const bool has_room = report_has_room(report, severity);
	struct finding finding = {.severity = severity};
	char text[REPORT_TEXT_SIZE];
	va_list arguments;

	report->errors += severity == REPORT_ERROR ? 1 : 0;
	report->warnings += severity == REPORT_WARNING ? 1 : 0;
	report->unsupported += severity == REPORT_UNSUPPORTED ? 1 : 0;
	if (!has_room) {
		report->errors_lost += severity == REPORT_ERROR ? 1 : 0;
		return;
	}
	va_start(arguments, what);
	(void)format_list(text, sizeof(text), what, arguments);
	va_end(arguments);
	(void)format(finding.path, sizeof(finding.path), "%s", path);
	(void)format(finding.property, sizeof(finding.property), "%s", property);
	(void)format(finding.text, sizeof(finding.text), "%s%s%s%s%s", text,
		     rule != NULL ? "; " : "", rule, hint != NULL ? "; " : "", hint);
	if (report->count == REPORT_MAX_FINDINGS)
		drop_last(report);
	insert(report, &finding);
}

size_t report_line(const struct finding *finding, char *out, size_t size)
{
	return format(out, size, "%s: %s%s%s", finding->path, finding->property,
		      finding->property[0] != '\0' ? ": " : "", finding->text);
}

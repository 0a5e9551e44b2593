/* SPDX-License-Identifier: Apache-2.0 */
#include "common/plan/report.h"

#include <stdarg.h>
#include <string.h>

#include "common/lib/format.h"

/* Makes room behind all findings whose path does not come after this one. */
static struct finding *insert(struct report *report, const char *path)
{
	uint32_t at = report->count;

	while (at > 0 && strcmp(report->findings[at - 1].path, path) > 0)
		at--;
	memmove(&report->findings[at + 1], &report->findings[at],
		(report->count - at) * sizeof(report->findings[0]));
	report->count++;
	return &report->findings[at];
}

static void copy(char *out, size_t size, const char *text)
{
	(void)format(out, size, "%s", text);
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
	report->count--;
	memmove(&report->findings[at], &report->findings[at + 1],
		(report->count - at) * sizeof(report->findings[0]));
}

void report_add(struct report *report, enum report_severity severity, const char *path,
		const char *property, const char *rule, const char *hint, const char *what, ...)
{
	const bool has_room = report_has_room(report, severity);
	va_list arguments;

	report->errors += severity == REPORT_ERROR ? 1 : 0;
	report->warnings += severity == REPORT_WARNING ? 1 : 0;
	report->unsupported += severity == REPORT_UNSUPPORTED ? 1 : 0;
	if (!has_room) {
		report->errors_lost += severity == REPORT_ERROR ? 1 : 0;
		return;
	}
	if (report->count == REPORT_MAX_FINDINGS)
		drop_last(report);

	char key[REPORT_PATH_SIZE];

	/* Cut as it will be stored, so that the order is that of what is stored. */
	copy(key, sizeof(key), path);

	struct finding *const finding = insert(report, key);

	memset(finding, 0, sizeof(*finding));
	finding->severity = severity;
	copy(finding->path, sizeof(finding->path), key);
	copy(finding->property, sizeof(finding->property), property);
	copy(finding->rule, sizeof(finding->rule), rule);
	copy(finding->hint, sizeof(finding->hint), hint);
	va_start(arguments, what);
	(void)format_list(finding->what, sizeof(finding->what), what, arguments);
	va_end(arguments);
}

size_t report_line(const struct finding *finding, char *out, size_t size)
{
	const bool has_property = finding->property[0] != '\0';
	const bool has_rule = finding->rule[0] != '\0';
	const bool has_hint = finding->hint[0] != '\0';

	return format(out, size, "%s: %s%s%s%s%s%s%s", finding->path, finding->property,
		      has_property ? ": " : "", finding->what, has_rule ? "; " : "", finding->rule,
		      has_hint ? "; " : "", finding->hint);
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the planner found wrong: a list of findings with words, not codes.
 *
 * Each finding has the node's path, the property, its value, the rule that it breaks and a hint.
 * report_line() makes one line of it:
 *
 *   /chosen/linux0: memroy: unknown property; the partition binding has no such property;
 *   did you mean 'memory'?
 *
 * It begins as zeros. Findings are kept in the order of their paths. When the report is full, an
 * error takes the place of the last finding that is none; when all are errors, further ones are
 * only counted: errors_lost says how many.
 */
#ifndef BULKHEAD_PLAN_REPORT_H
#define BULKHEAD_PLAN_REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/plan/plan.h"

#define REPORT_MAX_FINDINGS  64
#define REPORT_PROPERTY_SIZE 48
#define REPORT_TEXT_SIZE     192

enum report_severity {
	REPORT_ERROR,
	REPORT_WARNING,
	REPORT_NOTE,
	REPORT_UNSUPPORTED, /* good, but launch refuses it */
};

struct finding {
	enum report_severity severity;
	char path[PLAN_PATH_SIZE];
	char property[REPORT_PROPERTY_SIZE]; /* empty: the finding is about the node */
	char text[3 * REPORT_TEXT_SIZE];     /* what is wrong, with the value; the rule; a hint */
};

struct report {
	uint32_t count;
	uint32_t errors;
	uint32_t warnings;
	uint32_t unsupported; /* planned, but this build cannot carry it out */
	uint32_t errors_lost;
	struct finding findings[REPORT_MAX_FINDINGS];
};

/*
 * Adds a finding; what is a format template (common/lib/format.h), rule and hint are plain text and
 * may be NULL. Over-long texts are cut.
 */
void report_add(struct report *report, enum report_severity severity, const char *path,
		const char *property, const char *rule, const char *hint, const char *what, ...)
	__attribute__((format(printf, 7, 8)));

/* Whether a finding would be kept, and not only counted. */
bool report_has_room(const struct report *report, enum report_severity severity);

/* Writes the finding as one line without a newline; returns its length. */
size_t report_line(const struct finding *finding, char *out, size_t size);

#endif

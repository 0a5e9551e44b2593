/* SPDX-License-Identifier: Apache-2.0 */
/* What the planner found, as a compiler would say it. */
#ifndef BULKHEAD_IMAGEBUILDER_VERDICT_H
#define BULKHEAD_IMAGEBUILDER_VERDICT_H

#include "common/plan/report.h"
#include "imagebuilder/system.h"

/*
 * Prints the findings to standard error, errors first, each kind in the order of its paths:
 * "FILE:LINE: error: PATH: PROPERTY: what; rule; hint". skipped: a property whose errors another
 * message has said; NULL: none. Returns the number of errors.
 */
uint32_t verdict_print(const struct report *report, const struct system *system, const char *path,
		       const char *skipped);

#endif

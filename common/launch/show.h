/* SPDX-License-Identifier: Apache-2.0 */
/* Printing a plan and a report on the boot console. */
#ifndef BULKHEAD_LAUNCH_SHOW_H
#define BULKHEAD_LAUNCH_SHOW_H

#include "common/plan/plan.h"
#include "common/plan/report.h"

void show_board(const struct plan *plan);
void show_plan(const struct plan *plan, const char *digest);
void show_report(const struct report *report);

#endif

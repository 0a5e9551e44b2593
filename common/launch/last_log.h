/* SPDX-License-Identifier: Apache-2.0 */
/* What EL2 has said before the board was reset (console/record.h). Boot CPU only. */
#ifndef BULKHEAD_LAUNCH_LAST_LOG_H
#define BULKHEAD_LAUNCH_LAST_LOG_H

#include "common/plan/plan.h"

/*
 * Prints the record that the last boot of this plan, whose digest it is, has left, if there is one;
 * begins a new one.
 */
void last_log_show(const struct plan *plan, const char *digest);

#endif

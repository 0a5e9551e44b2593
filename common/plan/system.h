/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The plan of the system that runs on this board. Boot writes it once; afterwards it is mapped
 * read-only on every CPU.
 */
#ifndef BULKHEAD_PLAN_SYSTEM_H
#define BULKHEAD_PLAN_SYSTEM_H

#include "common/plan/plan.h"

extern struct plan system_plan;

#endif

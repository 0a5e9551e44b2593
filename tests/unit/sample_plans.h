/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Plans filled in by hand, for tests of what shows them. They look like real ones, but nothing is
 * planned: devices and channels are there whether or not the planner knows them yet.
 */
#ifndef BULKHEAD_TESTS_SAMPLE_PLANS_H
#define BULKHEAD_TESTS_SAMPLE_PLANS_H

#include "common/plan/plan.h"

enum sample {
	SAMPLE_EMPTY, /* all zero */
	SAMPLE_ONE,   /* a partition on one of four CPUs */
	SAMPLE_RICH,  /* a bit of everything */
	SAMPLE_LARGE, /* the most partitions, CPUs and channels, with long names */
	SAMPLE_COUNT,
};

/* Fills it in anew; the next call overwrites it. */
struct plan *sample_plan(enum sample sample);
const char *sample_name(enum sample sample);

#endif

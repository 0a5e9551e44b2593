/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The plan as text for a terminal: the board, who owns which part of physical memory, each
 * partition, the channels. Lines stay within 100 columns, but for names that are longer.
 */
#ifndef BULKHEAD_IMAGEBUILDER_TABLE_H
#define BULKHEAD_IMAGEBUILDER_TABLE_H

#include <stdbool.h>
#include <stdio.h>

#include "common/plan/plan.h"

/* is_coloured: with terminal escapes, each partition in a colour of its own. */
void table_print(FILE *out, const struct plan *plan, bool is_coloured);

#endif

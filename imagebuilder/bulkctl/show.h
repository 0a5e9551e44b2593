/* SPDX-License-Identifier: Apache-2.0 */
/* bulkctl's output: tables, or JSON. */
#ifndef BULKHEAD_BULKCTL_SHOW_H
#define BULKHEAD_BULKCTL_SHOW_H

#include <stdbool.h>
#include <stdio.h>

#include "imagebuilder/bulkctl/partitions.h"

/* What a state is called; a number that is none: "?". */
const char *show_state(uint32_t state);

void show_list(FILE *out, const struct partitions *partitions, bool is_json);
void show_stats(FILE *out, const struct partitions *partitions, bool is_json);

/* logs: of each partition, in their order; only: of this slot, or SUPERVISOR_MAX_RECORDS: all. */
void show_log(FILE *out, const struct partitions *partitions, const struct partition_log *logs,
	      uint32_t only, bool is_json);

/* What has become of an order. */
struct show_order {
	const char *partition;
	const char *order;
	enum order_result result;
	bool is_awaited;
	bool is_done;	       /* the partition is where it was ordered to */
	uint32_t state;	       /* afterwards */
	uint64_t milliseconds; /* that was waited */
};

void show_order(FILE *out, const struct show_order *order, bool is_json);

#endif

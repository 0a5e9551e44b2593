/* SPDX-License-Identifier: Apache-2.0 */
/* Building one partition: its RAM, images and device tree. Its first CPU, before launch. */
#ifndef BULKHEAD_LAUNCH_BUILD_H
#define BULKHEAD_LAUNCH_BUILD_H

#include <stdint.h>

#include "common/plan/plan.h"
#include "common/plan/tree.h"

enum build_result {
	BUILD_OK,
	BUILD_KERNEL,	   /* the compressed kernel is damaged, or larger than it said */
	BUILD_DEVICE_TREE, /* the guest's device tree does not fit, or the host's is broken */
	BUILD_TABLES,	   /* more stage-2 tables than planned: an error of the planner */
};

const char *build_result_text(enum build_result result);

/* host: the host's device tree, readable on this CPU. */
enum build_result build_partition(const struct plan *plan, uint32_t partition,
				  const struct tree *host);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The planner's working memory. The caller provides it, so that the planner needs neither globals
 * nor a large stack; its contents mean nothing before and after plan_system().
 */
#ifndef BULKHEAD_PLAN_SCRATCH_H
#define BULKHEAD_PLAN_SCRATCH_H

#include <stdint.h>

#include "common/plan/plan.h"

#define PLAN_MAX_CLAIMS 512
#define PLAN_OWNER_SIZE 64

/* A range of physical memory that is not free, and whose it is, in words. */
struct claim {
	uint64_t base;
	uint64_t size;
	uint32_t partition; /* a module of this partition, or PLAN_NONE */
	char owner[PLAN_OWNER_SIZE];
};

/* What a partition's node asks for, before it is placed. */
struct request {
	int node;   /* offset in the device tree */
	int kernel; /* of its modules' nodes; negative: none */
	int ramdisk;
	uint64_t memory; /* bytes; 0: not given */
	uint32_t cpu_count;
	uint32_t named_cpus; /* entries of bulkhead,cpus; 0: the planner chooses */
	uint32_t static_count;
	struct plan_range static_memory[PLAN_MAX_REGIONS];
	uint64_t text_offset; /* of the kernel's header */
};

struct plan_scratch {
	uint32_t claim_count;
	uint32_t module_count;
	struct claim claims[PLAN_MAX_CLAIMS];
	struct request requests[PLAN_MAX_PARTITIONS];
};

#endif

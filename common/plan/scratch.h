/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The planner's working memory. The caller provides it, so that the planner needs neither globals
 * nor a large stack; its contents mean nothing before and after plan_system().
 */
#ifndef BULKHEAD_PLAN_SCRATCH_H
#define BULKHEAD_PLAN_SCRATCH_H

#include <stdint.h>

#include "common/plan/make.h"
#include "common/plan/tree.h"

#define PLAN_MAX_CLAIMS 1024

/* Addresses of the host, or of one guest. */
struct span {
	uint64_t base;
	uint64_t size; /* bytes */
};

/*
 * Addresses that are not free, and whose they are. Claims are kept sorted by space and base. A
 * space is the host's physical memory map, or the map that one guest sees.
 */
struct claim {
	struct span span;
	const char *what;   /* "RAM", "module": words for people, never freed */
	uint32_t partition; /* whose, or PLAN_NONE */
	int32_t node;	    /* in the host device tree, or negative */
	uint32_t space;
};

#define SPACE_HOST	       0
#define SPACE_GUEST(partition) ((partition) + 1)

/* What a partition's node asks for, before it is placed. */
struct request {
	struct plan_partition *partition; /* its place in the plan */
	uint32_t index;			  /* the same as a number */
	int node;			  /* offset in the device tree */
	int kernel;			  /* of its modules' nodes; negative: none */
	int ramdisk;
	int partial_tree;
	uint64_t memory; /* bytes; 0: not given */
	uint32_t cpu_count;
	uint32_t named_cpus;	      /* vCPUs whose CPU is named; 0: the planner chooses */
	uint32_t cpus[PLAN_MAX_CPUS]; /* the CPUs that xen,vcpu nodes name, or PLAN_NONE */
	uint32_t tree_size;	      /* bytes that its devices add to the guest's tree, at most */
	uint32_t spi_limit;	      /* nr_spis; 0: not given */
	uint32_t static_count;
	uint32_t passthrough; /* enum request_passthrough */
	struct plan_range static_memory[PLAN_MAX_REGIONS];
	uint32_t kernel_place;			  /* enum kernel_place */
	uint64_t text_offset;			  /* bytes from a 2 MiB boundary to the Image */
	uint64_t entry;				  /* IPA; of an Image it is its start */
	uint32_t spis[PLAN_MAX_GUEST_INTID / 32]; /* interrupts in use, a bit each */
};

enum kernel_place {
	KERNEL_IMAGE,	   /* text_offset above a 2 MiB boundary */
	KERNEL_AT_BASE,	   /* at a 2 MiB boundary */
	KERNEL_AT_ADDRESS, /* plan_image.guest says where */
};

enum request_passthrough {
	PASSTHROUGH_BY_USE, /* the property is not there */
	PASSTHROUGH_ENABLED,
	PASSTHROUGH_DISABLED,
};

struct plan_scratch {
	uint32_t claim_count;
	uint32_t is_full; /* a claim was lost, which has been reported */
	uint32_t gic_phandle;
	int32_t console_node;			/* negative: none that EL2 drives */
	int32_t watchdog_node;			/* the same */
	uint32_t has_spis;			/* the next are known */
	uint32_t spis[PLAN_MAX_INTID / 32 + 1]; /* that the board's devices use or may use */
	struct claim claims[PLAN_MAX_CLAIMS];
	struct request requests[PLAN_MAX_PARTITIONS];
	int32_t device_nodes[PLAN_MAX_DEVICES]; /* of the plan's devices, in the host tree */
	int32_t shared_nodes[PLAN_MAX_SHARED];
	int32_t interrupt_user[PLAN_MAX_INTID]; /* device node + 1; 0: free; -1: EL2's own */
	struct tree_index index;
};

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who owns what of physical memory: all ranges that a plan names, in the order of their addresses.
 *
 *   0x40000000  +------------------+
 *               | unassigned       |  RAM that nobody owns
 *   0x40200000  +------------------+
 *               | hypervisor image |  depth 0
 *   0x60000000  +------------------+
 *               | RAM of linux0    |  depth 0
 *               |  | kernel        |  depth 1: it lies inside the range before it of depth 0
 *   0x70000000  +------------------+
 *
 * A range that several partitions use (a kernel loaded once, shared memory) stands there once and
 * names them all.
 */
#ifndef BULKHEAD_IMAGEBUILDER_OWNERS_H
#define BULKHEAD_IMAGEBUILDER_OWNERS_H

#include <stddef.h>
#include <stdint.h>

#include "common/plan/plan.h"

#define OWNERS_MAX	 1024
#define OWNERS_TEXT_SIZE 96

enum owner_kind {
	OWNER_NOBODY,
	OWNER_BOARD, /* the interrupt controller, the console */
	OWNER_HYPERVISOR,
	OWNER_POOL,
	OWNER_RAM,
	OWNER_MODULE,
	OWNER_SHARED,
	OWNER_CHANNEL,
	OWNER_DEVICE,
};

struct owner {
	enum owner_kind kind;
	uint32_t depth;	    /* 0, or 1: inside of another */
	uint32_t partition; /* the only one that uses it, or PLAN_NONE */
	uint32_t count;	    /* of the partitions that use it */
	uint64_t base;
	uint64_t size;		      /* bytes, not zero */
	char what[OWNERS_TEXT_SIZE];  /* "kernel", "RAM", a device's path */
	char names[OWNERS_TEXT_SIZE]; /* "linux0, linux1" */
};

struct owners {
	size_t count;
	struct owner list[OWNERS_MAX];
};

void owners_find(const struct plan *plan, struct owners *owners);

/* What and whose, as "kernel of linux0, linux1". */
void owners_text(const struct owner *owner, char *out, size_t size);

#endif

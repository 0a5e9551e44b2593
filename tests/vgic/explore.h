/* SPDX-License-Identifier: Apache-2.0 */
/* A scenario for the explorer (explore.c): what a few CPUs and a device do at the same time. */
#ifndef BULKHEAD_TESTS_VGIC_EXPLORE_H
#define BULKHEAD_TESTS_VGIC_EXPLORE_H

#include "tests/vgic/setup.h"

struct scenario {
	const char *name;
	unsigned cpus;	  /* 0: 2 */
	unsigned lists;	  /* 0: 4 */
	bool is_open;	  /* known to fail */
	bool is_late_too; /* again, with a distributor that takes its time for what it is told */
	/* Before: the guest is set up, all vCPUs on, and everything at rest. */
	void (*prepare)(void);
	/* Each CPU's part; a CPU without one only takes its interrupts. */
	void (*scripts[MACHINE_CPUS])(void);
	/* On a vCPU that has been started meanwhile. */
	void (*started)(void);
	/* What no CPU does. */
	void (*device)(void);
	/* The device falls silent when the guest serves its interrupt. */
	void (*handle)(uint32_t intid);
	/* After all have come to rest, besides the invariants. */
	void (*check)(void);
};

/* Those of one subject. */
struct scenarios {
	const struct scenario *rows;
	unsigned count;
};

/* The last is NULL. */
extern const struct scenarios *const all_scenarios[];

#endif

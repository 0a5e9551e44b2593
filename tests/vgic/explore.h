/* SPDX-License-Identifier: Apache-2.0 */
/* Scenarios for the explorer (explore.c): what a few CPUs and a device do at the same time. */
#ifndef BULKHEAD_TESTS_VGIC_EXPLORE_H
#define BULKHEAD_TESTS_VGIC_EXPLORE_H

#include "tests/vgic/setup.h"

struct scenario {
	const char *name;
	unsigned cpus;
	unsigned lists;
	bool is_open; /* known to fail */
	bool late;    /* the distributor carries out in its own time what it is told */
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

extern const struct scenario scenarios[];
extern const unsigned scenario_count;

#endif

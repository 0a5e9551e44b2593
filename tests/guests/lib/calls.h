/* SPDX-License-Identifier: Apache-2.0 */
/*
 * PSCI (DEN0022) and SMCCC (DEN0028) calls for guests that check their answers. The numbers are
 * those of the specifications, not the hypervisor's own, which may be wrong.
 */
#ifndef BULKHEAD_TESTS_CALLS_H
#define BULKHEAD_TESTS_CALLS_H

#include "tests/guests/lib/guest.h"

#define CPU_SUSPEND_32	  0x84000001
#define CPU_ON_32	  0x84000003
#define AFFINITY_INFO_32  0x84000004
#define SYSTEM_SUSPEND_32 0x8400000e
#define SYSTEM_SUSPEND	  0xc400000e
#define SYSTEM_RESET2_32  0x84000012
#define SYSTEM_RESET2	  0xc4000012

#define SUCCESS		   0
#define NOT_SUPPORTED	   (-1)
#define INVALID_PARAMETERS (-2)
#define DENIED		   (-3)
#define ALREADY_ON	   (-4)
#define INVALID_ADDRESS	   (-9)

/* In the upper half of a register of which a call is to take the lower one. */
#define GARBAGE 0xabcd000000000000

/* A call with all 64 bits of its result; by SMC or by HVC. */
extern bool calls_by_smc;
int64_t call(uint64_t function, uint64_t a, uint64_t b, uint64_t c);

/* Under a hypervisor only: QEMU's own PSCI is another, and is not even called. */
#define check_here(name, is_good)                                                                  \
	(platform.is_bare ? check_skip(name, "plain QEMU does it otherwise") : check(name, is_good))

#endif

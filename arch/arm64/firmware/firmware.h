/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Calls to the firmware below us: SMC by the SMC Calling Convention (DEN0028), and PSCI (DEN0022).
 * EL2's own conduit is always SMC: an HVC from EL2 would come back to EL2.
 */
#ifndef BULKHEAD_ARM64_FIRMWARE_H
#define BULKHEAD_ARM64_FIRMWARE_H

#include <stdint.h>

#include "common/lib/address.h"

#define SMCCC_VERSION	    0x80000000
#define SMCCC_ARCH_FEATURES 0x80000001
#define SMCCC_WORKAROUND_1  0x80008000
#define SMCCC_WORKAROUND_2  0x80007fff
#define SMCCC_WORKAROUND_3  0x80003fff
#define SMCCC_NOT_SUPPORTED (-1)
#define SMCCC_VERSION_1_1   0x10001

#define PSCI_VERSION	       0x84000000
#define PSCI_CPU_SUSPEND_32    0x84000001
#define PSCI_CPU_SUSPEND_64    0xc4000001
#define PSCI_CPU_OFF	       0x84000002
#define PSCI_CPU_ON_32	       0x84000003
#define PSCI_CPU_ON_64	       0xc4000003
#define PSCI_AFFINITY_INFO_32  0x84000004
#define PSCI_AFFINITY_INFO_64  0xc4000004
#define PSCI_MIGRATE_INFO_TYPE 0x84000006
#define PSCI_SYSTEM_OFF	       0x84000008
#define PSCI_SYSTEM_RESET      0x84000009
#define PSCI_FEATURES	       0x8400000a

#define PSCI_SUCCESS		0
#define PSCI_NOT_SUPPORTED	(-1)
#define PSCI_INVALID_PARAMETERS (-2)
#define PSCI_DENIED		(-3)
#define PSCI_ALREADY_ON		(-4)
#define PSCI_ON_PENDING		(-5)
#define PSCI_INVALID_ADDRESS	(-9)

/* x0 - x3 in, x0 out. */
static inline int64_t firmware_call(uint64_t function, uint64_t a, uint64_t b, uint64_t c)
{
	register uint64_t x0 __asm__("x0") = function;
	register uint64_t x1 __asm__("x1") = a;
	register uint64_t x2 __asm__("x2") = b;
	register uint64_t x3 __asm__("x3") = c;

	__asm__ volatile("smc #0"
			 : "+r"(x0), "+r"(x1), "+r"(x2), "+r"(x3)
			 :
			 : "x4", "x5", "x6", "x7", "x8", "x9", "x10", "x11", "x12", "x13", "x14",
			   "x15", "x16", "x17", "memory");
	return (int64_t)x0;
}

#endif

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
#define PSCI_SYSTEM_SUSPEND_32 0x8400000e
#define PSCI_SYSTEM_SUSPEND_64 0xc400000e
#define PSCI_SYSTEM_RESET2_32  0x84000012
#define PSCI_SYSTEM_RESET2_64  0xc4000012

/* Random numbers (DEN0098). */
#define TRNG_VERSION  0x84000050
#define TRNG_FEATURES 0x84000051
#define TRNG_GET_UUID 0x84000052
#define TRNG_RND_32   0x84000053
#define TRNG_RND_64   0xc4000053

/* What a hypervisor says of itself: general queries of its own range (DEN0028). */
#define HYPERVISOR_CALL_COUNT 0x8600ff00
#define HYPERVISOR_CALL_UID   0x8600ff01
#define HYPERVISOR_REVISION   0x8600ff03

#define PSCI_SUCCESS		0
#define PSCI_NOT_SUPPORTED	(-1)
#define PSCI_INVALID_PARAMETERS (-2)
#define PSCI_DENIED		(-3)
#define PSCI_ALREADY_ON		(-4)
#define PSCI_ON_PENDING		(-5)
#define PSCI_INVALID_ADDRESS	(-9)

/* x0 - x3 in and out. Firmware preserves x18 - x30, where the compiler has to keep x. */
static inline void firmware_call_registers(uint64_t x[4])
{
	__asm__ volatile("ldp x0, x1, [%0]\n\tldp x2, x3, [%0, #16]\n\tsmc #0\n\t"
			 "stp x0, x1, [%0]\n\tstp x2, x3, [%0, #16]"
			 :
			 : "r"(x)
			 : "x0", "x1", "x2", "x3", "x4", "x5", "x6", "x7", "x8", "x9", "x10", "x11",
			   "x12", "x13", "x14", "x15", "x16", "x17", "memory");
}

/* x0 - x3 in, x0 out. */
static inline int64_t firmware_call(uint64_t function, uint64_t a, uint64_t b, uint64_t c)
{
	uint64_t x[4] = {function, a, b, c};

	firmware_call_registers(x);
	return (int64_t)x[0];
}

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * PSCI 1.0 for guests (DEN0022): a guest's power management ends at its own vCPUs and its own
 * partition. Results are PSCI's codes (firmware.h).
 */
#ifndef BULKHEAD_ARM64_VPSCI_H
#define BULKHEAD_ARM64_VPSCI_H

#include <stdint.h>

#define PSCI_VERSION_1_0	0x10000
#define PSCI_MIGRATE_NOT_NEEDED 2 /* no trusted OS that would be bound to a CPU (5.9) */

int64_t psci_features(uint32_t function);

/* Any state is entered as a standby state, which keeps everything (5.4, 6.5). */
int64_t psci_cpu_suspend(void);

/* target: MPIDR affinity; entry: IPA; context: x0 at the entry (5.6). */
int64_t psci_cpu_on(uint64_t target, uint64_t entry, uint64_t context);

/* Level 0 only, as PSCI 1.0 allows (5.7). */
int64_t psci_affinity_info(uint64_t target, uint64_t level);

_Noreturn void psci_system_off(void);
_Noreturn void psci_system_reset(void);

#endif

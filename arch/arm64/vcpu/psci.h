/* SPDX-License-Identifier: Apache-2.0 */
/*
 * PSCI 1.1 for guests (DEN0022): a guest's power management ends at its own vCPUs and its own
 * partition. Results are PSCI's codes (firmware.h).
 *
 * Each function gets x0 - x3 as the guest called it; of a 32-bit function, their lower halves.
 */
#ifndef BULKHEAD_ARM64_VPSCI_H
#define BULKHEAD_ARM64_VPSCI_H

#include <stdint.h>

#define PSCI_VERSION_1_1	0x10001
#define PSCI_MIGRATE_NOT_NEEDED 2 /* no trusted OS that would be bound to a CPU (5.9) */

/*
 * Any state is entered as a standby state, which keeps everything (5.4): a power-down state is one
 * that need not be reached, and its entry point is not used then.
 */
int64_t psci_cpu_suspend(uint64_t *x);

int64_t psci_cpu_on(uint64_t *x);
int64_t psci_cpu_off(uint64_t *x);
int64_t psci_affinity_info(uint64_t *x);
int64_t psci_system_off(uint64_t *x);
int64_t psci_system_reset(uint64_t *x);

/* The architecture's warm reset alone, which is the only kind of reset there is (5.12). */
int64_t psci_system_reset2(uint64_t *x);

/* The last vCPU sleeps until it is interrupted, and starts anew as CPU_ON starts one (5.20). */
int64_t psci_system_suspend(uint64_t *x);

#endif

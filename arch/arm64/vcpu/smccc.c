/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Calls that a guest makes by HVC or SMC: a row for each function of the SMC Calling Convention
 * (DEN0028) and PSCI (DEN0022) that it may call. All others return NOT_SUPPORTED; none reaches
 * firmware but the workarounds for processor errata, which are the CPU's own business.
 */
#include "arch/arm64/el2/exits.h"
#include "arch/arm64/firmware/firmware.h"
#include "arch/arm64/vcpu/psci.h"
#include "arch/arm64/vcpu/vcpu.h"

static bool is_workaround(uint32_t function)
{
	return function == SMCCC_WORKAROUND_1 || function == SMCCC_WORKAROUND_2 ||
	       function == SMCCC_WORKAROUND_3;
}

/* SMCCC_ARCH_FEATURES: whether the function exists; for workarounds, what firmware says. */
static int64_t arch_features(uint32_t function)
{
	if (function == SMCCC_VERSION || function == SMCCC_ARCH_FEATURES)
		return 0;
	if (is_workaround(function))
		return (int32_t)firmware_call(SMCCC_ARCH_FEATURES, function, 0, 0);
	return SMCCC_NOT_SUPPORTED;
}

void smccc_call(struct guest_registers *guest)
{
	const uint32_t function = (uint32_t)guest->x[0];
	uint64_t *const x = guest->x;

	switch (function) {
	case PSCI_VERSION:
		x[0] = PSCI_VERSION_1_0;
		return;
	case PSCI_FEATURES:
		x[0] = (uint64_t)psci_features((uint32_t)x[1]);
		return;
	case PSCI_CPU_SUSPEND_32:
	case PSCI_CPU_SUSPEND_64:
		x[0] = (uint64_t)psci_cpu_suspend();
		return;
	case PSCI_CPU_ON_32:
		x[0] = (uint64_t)psci_cpu_on((uint32_t)x[1], (uint32_t)x[2], (uint32_t)x[3]);
		return;
	case PSCI_CPU_ON_64:
		x[0] = (uint64_t)psci_cpu_on(x[1], x[2], x[3]);
		return;
	case PSCI_CPU_OFF:
		vcpu_stop();
	case PSCI_AFFINITY_INFO_32:
		x[0] = (uint64_t)psci_affinity_info((uint32_t)x[1], (uint32_t)x[2]);
		return;
	case PSCI_AFFINITY_INFO_64:
		x[0] = (uint64_t)psci_affinity_info(x[1], x[2]);
		return;
	case PSCI_MIGRATE_INFO_TYPE:
		x[0] = PSCI_MIGRATE_NOT_NEEDED;
		return;
	case PSCI_SYSTEM_OFF:
		psci_system_off();
	case PSCI_SYSTEM_RESET:
		psci_system_reset();
	case SMCCC_VERSION:
		x[0] = SMCCC_VERSION_1_1;
		return;
	case SMCCC_ARCH_FEATURES:
		x[0] = (uint64_t)arch_features((uint32_t)x[1]);
		return;
	case SMCCC_WORKAROUND_1:
	case SMCCC_WORKAROUND_2:
	case SMCCC_WORKAROUND_3:
		(void)firmware_call(function, x[1], 0, 0);
		return;
	default:
		x[0] = (uint64_t)SMCCC_NOT_SUPPORTED;
		return;
	}
}

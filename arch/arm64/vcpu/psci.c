/* SPDX-License-Identifier: Apache-2.0 */
#include "arch/arm64/vcpu/psci.h"

#include <stddef.h>

#include "arch/arm64/el2/barriers.h"
#include "arch/arm64/firmware/firmware.h"
#include "arch/arm64/gic/gic.h"
#include "arch/arm64/vcpu/vcpu.h"
#include "arch/arm64/vgic/direct.h"
#include "arch/arm64/vgic/list_registers.h"
#include "common/console/log.h"
#include "common/run/partition.h"

#define AFFINITY_ON	    0
#define AFFINITY_OFF	    1
#define AFFINITY_ON_PENDING 2

static const uint32_t functions[] = {
	PSCI_VERSION,		PSCI_CPU_SUSPEND_32, PSCI_CPU_SUSPEND_64,   PSCI_CPU_OFF,
	PSCI_CPU_ON_32,		PSCI_CPU_ON_64,	     PSCI_AFFINITY_INFO_32, PSCI_AFFINITY_INFO_64,
	PSCI_MIGRATE_INFO_TYPE, PSCI_SYSTEM_OFF,     PSCI_SYSTEM_RESET,	    PSCI_FEATURES,
	SMCCC_VERSION,
};

int64_t psci_features(uint32_t function)
{
	for (size_t i = 0; i < sizeof(functions) / sizeof(functions[0]); i++)
		if (functions[i] == function)
			return PSCI_SUCCESS;
	return PSCI_NOT_SUPPORTED;
}

int64_t psci_cpu_suspend(void)
{
	if (this_cpu.is_direct)
		direct_suspend();
	/* A physical interrupt ends the sleep; one that is listed already is the guest's alone. */
	else if (list_registers_free() == list_registers_implemented())
		wait_for_interrupt();
	return PSCI_SUCCESS;
}

static struct vcpu *find_vcpu(uint64_t affinity)
{
	for (uint32_t i = 0; i < this_guest.vcpu_count; i++)
		if (this_guest.vcpus[i].mpidr == affinity)
			return &this_guest.vcpus[i];
	return NULL;
}

static bool is_in_ram(uint64_t address)
{
	const struct plan_partition *const plan = this_guest.plan;

	for (uint32_t i = 0; i < plan->region_count; i++)
		if (address - plan->regions[i].guest.value < plan->regions[i].size)
			return true;
	return false;
}

int64_t psci_cpu_on(uint64_t target, uint64_t entry, uint64_t context)
{
	struct vcpu *const vcpu = find_vcpu(target);
	uint32_t expected = VCPU_OFF;

	if (vcpu == NULL)
		return PSCI_INVALID_PARAMETERS;
	if (!is_in_ram(entry) || entry % 4 != 0)
		return PSCI_INVALID_ADDRESS;

	/* The target's state is claimed, so that of two callers one wins; its CPU waits for
	 * STARTING. */
	if (!atomic_compare_exchange_strong_explicit(&vcpu->state, &expected, VCPU_CLAIMED,
						     memory_order_acquire, memory_order_relaxed))
		return expected == VCPU_ON ? PSCI_ALREADY_ON : PSCI_ON_PENDING;
	vcpu->entry = entry;
	vcpu->context = context;
	atomic_store_explicit(&vcpu->state, VCPU_STARTING, memory_order_release);
	gic_kick(vcpu->kick);
	return PSCI_SUCCESS;
}

int64_t psci_affinity_info(uint64_t target, uint64_t level)
{
	struct vcpu *const vcpu = find_vcpu(target);

	if (vcpu == NULL || level != 0)
		return PSCI_INVALID_PARAMETERS;
	switch (atomic_load_explicit(&vcpu->state, memory_order_acquire)) {
	case VCPU_ON:
		return AFFINITY_ON;
	case VCPU_OFF:
		return AFFINITY_OFF;
	default:
		return AFFINITY_ON_PENDING;
	}
}

void psci_system_off(void)
{
	log_event("switched itself off");
	partition_stop();
	vcpu_stop();
}

void psci_system_reset(void)
{
	log_event("asked for a reset; this build cannot restart a partition, so it stops");
	partition_stop();
	vcpu_stop();
}

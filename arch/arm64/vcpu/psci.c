/* SPDX-License-Identifier: Apache-2.0 */
#include "arch/arm64/vcpu/psci.h"

#include <stddef.h>

#include "arch/arm64/el2/barriers.h"
#include "arch/arm64/el2/exits.h"
#include "arch/arm64/firmware/firmware.h"
#include "arch/arm64/gic/gic.h"
#include "arch/arm64/vcpu/vcpu.h"
#include "arch/arm64/vgic/direct.h"
#include "arch/arm64/vgic/list_registers.h"
#include "common/run/partition.h"

#define AFFINITY_ON	    0
#define AFFINITY_OFF	    1
#define AFFINITY_ON_PENDING 2

/* power_state, in the original format (5.4.2). */
#define POWER_STATE_RESERVED 0xfcfe0000
#define POWER_STATE_DOWN     BIT(16)

#define ICH_VMCR_ENABLES(vmcr)	((vmcr)&3) /* of group 0, of group 1 */
#define ICH_VMCR_PRIORITY(vmcr) ((vmcr) >> 24 & 0xff)
#define ISR_ERROR		BIT(8)

/*
 * Whether the vCPU has something to wake for. A core in standby has its interface, and wakes for
 * what that signals. In a deeper state it has none: it wakes for all that is pending.
 */
static bool has_wakeup(bool is_deep)
{
	const uint64_t vmcr = read_register(ich_vmcr_el2);

	for (uint32_t i = 0; (list_registers_implemented() >> i & 1) != 0; i++) {
		const uint64_t value = list_register_read(i);
		const uint64_t group = (value & LR_GROUP1) != 0 ? 2 : 1;

		if ((value & LR_STATE) == LR_PENDING &&
		    (is_deep || ((ICH_VMCR_ENABLES(vmcr) & group) != 0 &&
				 LR_PRIORITY(value) < ICH_VMCR_PRIORITY(vmcr))))
			return true;
	}
	/* An SError waits until the guest runs. */
	return (read_register(isr_el1) & ISR_ERROR) != 0;
}

/* Interrupts of EL2 are served meanwhile; those of the guest go to its list registers. */
static void sleep_until_wakeup(bool is_deep)
{
	if (this_cpu.is_direct) {
		direct_suspend(is_deep);
		return;
	}
	while (!has_wakeup(is_deep)) {
		wait_for_interrupt();
		/* What was listed in the last round shows, as after an exit (list_registers.h). */
		synchronize_context();
		exit_interrupt(gic_acknowledge());
	}
}

static bool is_entry(uint64_t address)
{
	const struct plan_partition *const plan = this_guest.plan;

	for (uint32_t i = 0; i < plan->region_count; i++)
		if (address - plan->regions[i].guest.value < plan->regions[i].size)
			return address % 4 == 0;
	return false;
}

int64_t psci_cpu_suspend(uint64_t *x)
{
	const bool is_deep = (x[1] & POWER_STATE_DOWN) != 0;

	if (((uint32_t)x[1] & POWER_STATE_RESERVED) != 0)
		return PSCI_INVALID_PARAMETERS;
	if (is_deep && !is_entry(x[2]))
		return PSCI_INVALID_ADDRESS;
	sleep_until_wakeup(is_deep);
	return PSCI_SUCCESS;
}

int64_t psci_system_suspend(uint64_t *x)
{
	struct vcpu *const self = this_cpu.vcpu;

	if (!is_entry(x[1]))
		return PSCI_INVALID_ADDRESS;
	/* Nobody else can start one while they are all off. */
	for (uint32_t i = 0; i < this_guest.vcpu_count; i++)
		if (&this_guest.vcpus[i] != self &&
		    atomic_load_explicit(&this_guest.vcpus[i].state, memory_order_acquire) !=
			    VCPU_OFF)
			return PSCI_DENIED;
	/* The CPU interface loses its state; what is pending and active is the distributor's. */
	vgic_reset_interface();
	if (this_cpu.is_direct)
		gic_reset_interface();
	sleep_until_wakeup(true);
	self->entry = x[1];
	self->context = x[2];
	vcpu_start(self);
}

static struct vcpu *find_vcpu(uint64_t affinity)
{
	for (uint32_t i = 0; i < this_guest.vcpu_count; i++)
		if (this_guest.vcpus[i].mpidr == affinity)
			return &this_guest.vcpus[i];
	return NULL;
}

int64_t psci_cpu_on(uint64_t *x)
{
	struct vcpu *const vcpu = find_vcpu(x[1]);
	uint32_t expected = VCPU_OFF;

	if (vcpu == NULL)
		return PSCI_INVALID_PARAMETERS;
	if (!is_entry(x[2]))
		return PSCI_INVALID_ADDRESS;

	/* The target's state is claimed, so that of two callers one wins; its CPU waits for
	 * STARTING. */
	if (!atomic_compare_exchange_strong_explicit(&vcpu->state, &expected, VCPU_CLAIMED,
						     memory_order_acquire, memory_order_relaxed))
		return expected == VCPU_ON ? PSCI_ALREADY_ON : PSCI_ON_PENDING;
	vcpu->entry = x[2];
	vcpu->context = x[3];
	atomic_store_explicit(&vcpu->state, VCPU_STARTING, memory_order_release);
	gic_kick(vcpu->kick);
	return PSCI_SUCCESS;
}

int64_t psci_cpu_off(uint64_t *x)
{
	(void)x;
	vcpu_stop();
}

/* Of a level above 0 the fields below it do not count; it is on when any core in it is (5.7). */
int64_t psci_affinity_info(uint64_t *x)
{
	static const uint64_t ignored[] = {0, 0xff, 0xffff, 0xffffff};
	int64_t result = PSCI_INVALID_PARAMETERS;

	if (x[2] >= sizeof(ignored) / sizeof(ignored[0]))
		return PSCI_INVALID_PARAMETERS;
	for (uint32_t i = 0; i < this_guest.vcpu_count; i++) {
		const struct vcpu *const vcpu = &this_guest.vcpus[i];

		if (((vcpu->mpidr ^ x[1]) & ~ignored[x[2]]) != 0)
			continue;
		switch (atomic_load_explicit(&vcpu->state, memory_order_acquire)) {
		case VCPU_ON:
			return AFFINITY_ON;
		case VCPU_OFF:
			result = result < 0 ? AFFINITY_OFF : result;
			break;
		default:
			result = AFFINITY_ON_PENDING;
			break;
		}
	}
	return result;
}

int64_t psci_system_off(uint64_t *x)
{
	(void)x;
	(void)partition_end((struct health_event){.kind = HEALTH_SHUTDOWN});
	vcpu_stop();
}

int64_t psci_system_reset(uint64_t *x)
{
	(void)x;
	(void)partition_end((struct health_event){.kind = HEALTH_RESET});
	vcpu_stop();
}

int64_t psci_system_reset2(uint64_t *x)
{
	return (uint32_t)x[1] == 0 ? psci_system_reset(x) : PSCI_INVALID_PARAMETERS;
}

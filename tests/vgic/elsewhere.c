// SPDX-License-Identifier: Apache-2.0
/* What the sources under test call outside of them: vcpu.c's part here, the rest does nothing. */
#include <stddef.h>

#include "arch/arm64/el2/exits.h"
#include "arch/arm64/firmware/firmware.h"
#include "arch/arm64/gic/gic.h"
#include "arch/arm64/vcpu/id_registers.h"
#include "arch/arm64/vcpu/psci.h"
#include "arch/arm64/vgic/direct.h"
#include "common/console/mux.h"
#include "common/console/output.h"
#include "common/run/housekeeping.h"
#include "common/run/order.h"
#include "common/run/partition.h"
#include "tests/vgic/model.h"

struct console_slot console_slots[1];

/* As vcpu.c does it, but that the CPU's loop is the test's (machine_take_interrupt()). */
void vcpu_stop(void)
{
	const struct model_step off = {.kind = MODEL_OFF};
	struct vcpu *const vcpu = machine_cpu->vcpu;

	model_begin(&off);
	vgic_reset_cpu(vcpu);
	if (!partition_is_running())
		vgic_silence_hardware();
	atomic_store_explicit(&vcpu->state, VCPU_OFF, memory_order_release);
	longjmp(machine_self()->stop, 1);
}

/* After SYSTEM_SUSPEND, which no test does. */
void vcpu_start(struct vcpu *vcpu)
{
	(void)vcpu;
	machine_fail("vcpu_start()");
}

void smccc_call(struct guest_registers *guest)
{
	static const struct {
		uint32_t function;
		int64_t (*answer)(uint64_t *x);
	} functions[] = {
		{PSCI_CPU_ON_64, psci_cpu_on},
		{PSCI_CPU_OFF, psci_cpu_off},
		{PSCI_CPU_SUSPEND_64, psci_cpu_suspend},
		{PSCI_SYSTEM_OFF, psci_system_off},
	};

	for (unsigned i = 0; i < sizeof(functions) / sizeof(functions[0]); i++)
		if (functions[i].function == guest->x[0]) {
			guest->x[0] = (uint64_t)functions[i].answer(guest->x);
			return;
		}
	guest->x[0] = (uint64_t)SMCCC_NOT_SUPPORTED;
}

void arch_relax(void)
{
	machine_wait_for_others();
}

void arch_stop_siblings(void)
{
	for (uint32_t i = 0; i < this_guest.vcpu_count; i++)
		if (&this_guest.vcpus[i] != machine_cpu->vcpu)
			gic_kick(this_guest.vcpus[i].kick);
}

void arch_count_exits(uint32_t partition, uint64_t counts[EXIT_CLASSES])
{
	(void)partition;
	for (unsigned i = 0; i < EXIT_CLASSES; i++)
		counts[i] = 0;
}

/* The guest sees these as exceptions; a test looks at ESR_EL1's stand-in. */
void vcpu_inject_abort(bool is_instruction, uint64_t address)
{
	(void)is_instruction;
	(void)address;
	machine_self()->has_aborted = true;
}

void vcpu_inject_undefined(void)
{
	machine_self()->has_aborted = true;
}

uint64_t id_register(unsigned crm, unsigned op2)
{
	(void)crm;
	(void)op2;
	return 0;
}

/* No CPU is direct. */
bool direct_distributor_access(struct vgic_access *access)
{
	(void)access;
	machine_fail("direct mode");
}

bool direct_is_changing(const struct vcpu *vcpu)
{
	(void)vcpu;
	machine_fail("direct mode");
}

bool direct_register_access(uint32_t name, bool is_read, uint64_t *value)
{
	(void)name;
	(void)is_read;
	(void)value;
	machine_fail("direct mode");
}

void direct_leave_group0(void)
{
}

void direct_fast_interrupt(void)
{
	machine_fail("direct mode");
}

void direct_suspend(bool is_deep)
{
	(void)is_deep;
	machine_fail("direct mode");
}

void direct_restore(void)
{
	machine_fail("direct mode");
}

void console_forget(void)
{
}

void console_ask_board_reset(void)
{
	machine_fail("no partition's policy resets the board");
}

uint64_t arch_counter(void)
{
	return 0;
}

uint64_t arch_counter_frequency(void)
{
	return 1;
}

void health_record(struct health_event event)
{
	(void)event;
}

void pl011_reset(struct pl011 *uart)
{
	(void)uart;
}

bool pl011_access(uint32_t offset, uint32_t size, bool is_write, uint32_t *value)
{
	(void)offset;
	(void)size;
	(void)is_write;
	(void)value;
	return false;
}

void pl011_poll(void)
{
}

void watchdog_reset(struct watchdog *watchdog)
{
	(void)watchdog;
}

bool watchdog_access(uint32_t offset, uint32_t size, bool is_write, uint32_t *value)
{
	return pl011_access(offset, size, is_write, value);
}

void watchdog_poll(void)
{
}

void console_mux_interrupt(void)
{
}

void housekeeping_look(void)
{
}

void housekeeping_alarm(void)
{
}

bool supervisor_access(uint32_t offset, uint32_t size, bool is_write, uint64_t *value)
{
	(void)offset;
	(void)size;
	(void)is_write;
	(void)value;
	return false;
}

/* Nobody gives orders. */
void order_take(void)
{
}

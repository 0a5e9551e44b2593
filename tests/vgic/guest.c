// SPDX-License-Identifier: Apache-2.0
/* What a guest does, as the exits see it (arch/arm64/el2/vectors.S), and the CPU's loop. */
#include <string.h>

#include "arch/arm64/el2/exits.h"
#include "arch/arm64/el2/fast.h"
#include "arch/arm64/el2/syndrome.h"
#include "arch/arm64/firmware/firmware.h"
#include "arch/arm64/gic/gic.h"
#include "arch/arm64/gic/registers.h"
#include "arch/arm64/vgic/list_registers.h"
#include "common/run/partition.h"
#include "tests/vgic/model.h"

#define DATA_ABORT_TRANSLATION UINT64_C(0x07)
#define VMCR_OPEN	       (UINT64_C(0xf8) << 24 | 3)
#define VMCR_EOIMODE	       BIT(9)

/* An exception to EL2 is a context synchronization event, and so is its return. */
static struct machine_cpu *enter_el2(void)
{
	struct machine_cpu *const self = machine_self();

	interface_show_status();
	self->is_in_el2 = true;
	return self;
}

static void leave_el2(void)
{
	physical_complete_acknowledge();
	interface_show_status();
	machine_self()->is_in_el2 = false;
	for (unsigned i = 0; i < machine.config.lists; i++)
		if (machine_self()->lists[i] != 0)
			machine_trace("  list register %u: 0x%016lx", i, machine_self()->lists[i]);
	check_entry(machine.current);
}

static void went_off(void)
{
	struct machine_cpu *const self = machine_self();

	self->is_on = false;
	self->is_masked = true;
	self->guest_depth = 0;
}

static void exit_synchronously(uint64_t esr)
{
	struct machine_cpu *const self = enter_el2();

	self->registers[REGISTER_esr_el2] = esr;
	self->has_aborted = false;
	if (setjmp(self->stop) == 0) {
		if (!fast_synchronous(&self->guest, esr))
			exit_synchronous(&self->guest);
	} else {
		went_off();
	}
	memset(&self->stop, 0, sizeof(self->stop));
	leave_el2();
}

void guest_exception(unsigned class)
{
	exit_synchronously((uint64_t) class << ESR_EC_SHIFT | ESR_IL);
}

static void instruction(void)
{
	if (machine_hooks.instruction != NULL)
		machine_hooks.instruction();
	if (!machine_self()->is_on)
		machine_fail("the vCPU is off and has an instruction");
}

/* --- Accesses to the frames. --- */

static uint64_t data_abort(uint64_t address, unsigned size, bool is_write)
{
	struct machine_cpu *const self = machine_self();

	self->registers[REGISTER_far_el2] = address;
	self->registers[REGISTER_hpfar_el2] = address >> 12 << 4;
	exit_synchronously((uint64_t)EC_DATA_ABORT_LOW << ESR_EC_SHIFT | ESR_IL | ISS_VALID |
			   (uint64_t)__builtin_ctz(size) << 22 | (size == 8 ? ISS_64_BIT : 0) |
			   (is_write ? ISS_WRITE : 0) | DATA_ABORT_TRANSLATION);
	return self->guest.x[0];
}

/* Which frame with fields an address is in; false: in none. */
static bool find_access(uint64_t address, struct model_step *access)
{
	const uint64_t in_redistributors = address - GUEST_GICR;

	access->frame = -1;
	access->offset = (uint32_t)(address - GUEST_GICD);
	if (address - GUEST_GICD < 0x10000)
		return true;
	access->frame = (int)(in_redistributors / 0x20000);
	access->offset = (uint32_t)(in_redistributors % 0x10000);
	return in_redistributors < machine.config.cpus * UINT64_C(0x20000) &&
	       in_redistributors % 0x20000 >= 0x10000;
}

uint64_t guest_load(uint64_t address, unsigned size)
{
	instruction();
	machine_self()->guest.x[0] = 0;

	const uint64_t value = data_abort(address, size, false);

	machine_trace("load of %u from 0x%lx: 0x%lx", size, address, value);
	return value;
}

void guest_store(uint64_t address, unsigned size, uint64_t value)
{
	struct model_step access = {.kind = MODEL_STORE, .size = size, .value = value};
	const bool has_fields = find_access(address, &access);

	instruction();
	machine_trace("store of %u to %s 0x%x: 0x%lx", size,
		      access.frame < 0 ? "distributor" : "redistributor", access.offset, value);
	if (has_fields)
		model_begin(&access);
	machine_self()->guest.x[0] = value;
	(void)data_abort(address, size, true);
	model_abandon(machine.current);
}

void guest_write(uint32_t offset, uint32_t value)
{
	guest_store(GUEST_GICD + offset, 4, value);
}

uint32_t guest_read(uint32_t offset)
{
	return (uint32_t)guest_load(GUEST_GICD + offset, 4);
}

void guest_write_own(unsigned cpu, uint32_t offset, uint32_t value)
{
	guest_store(GUEST_SGIS(cpu) + offset, 4, value);
}

uint32_t guest_read_own(unsigned cpu, uint32_t offset)
{
	return (uint32_t)guest_load(GUEST_SGIS(cpu) + offset, 4);
}

void guest_route(uint32_t intid, uint64_t affinity)
{
	guest_store(GUEST_GICD + GICD_IROUTER + UINT64_C(8) * intid, 8, affinity);
}

void guest_set_priority(uint32_t intid, uint8_t priority)
{
	guest_store((intid < 32 ? GUEST_SGIS(machine.current) : GUEST_GICD) + GICD_IPRIORITYR +
			    intid,
		    1, priority);
}

/* --- System registers. --- */

static void trapped_write(unsigned crm, unsigned op2, uint64_t value)
{
	machine_self()->guest.x[0] = value;
	exit_synchronously((uint64_t)EC_SYSTEM_REGISTER << ESR_EC_SHIFT | ESR_IL |
			   SYSREG(3U, 0U, 12U, crm, op2));
}

void guest_send(enum guest_sgi kind, uint64_t value)
{
	static const unsigned op2[] = {[GUEST_SGI1] = 5, [GUEST_ASGI1] = 6, [GUEST_SGI0] = 7};

	instruction();
	machine_trace("sends SGI %lu to 0x%lx", value >> 24 & 0xf, value & UINT64_C(0xffff));
	model_send_begins(kind, value);
	trapped_write(11, op2[kind], value);
	model_send_ends(kind, value);
}

void guest_send_to(uint32_t targets, uint32_t intid)
{
	guest_send(GUEST_SGI1, targets | (uint64_t)intid << 24);
}

void guest_open_interface(bool split_end)
{
	struct machine_cpu *const self = machine_self();

	instruction();
	self->registers[REGISTER_ich_vmcr_el2] = VMCR_OPEN | (split_end ? VMCR_EOIMODE : 0);
	self->is_masked = false;
}

bool guest_splits_end(unsigned cpu)
{
	return (machine.cpus[cpu].registers[REGISTER_ich_vmcr_el2] & VMCR_EOIMODE) != 0;
}

uint32_t guest_acknowledge(unsigned group)
{
	struct machine_cpu *const self = machine_self();

	instruction();

	const uint32_t intid = interface_acknowledge(group);

	if (intid == MACHINE_NONE)
		return MACHINE_NONE;
	machine_trace("guest acknowledges %u", intid);
	model_acknowledged(machine.current, intid);
	if (self->guest_depth == MACHINE_DEPTH)
		machine_fail("the guest has too many active interrupts");
	self->guest_taken[self->guest_depth++] = (uint16_t)intid;
	return intid;
}

void guest_end(uint32_t intid, unsigned group)
{
	struct machine_cpu *const self = machine_self();

	instruction();
	/* A hardware interrupt's end reaches the distributor. */
	machine_trace("guest ends %u", intid);
	machine_point("end", __func__, intid);
	interface_end(intid, group);
	if (!guest_splits_end(machine.current))
		model_deactivated(machine.current, intid);
	if (self->guest_depth != 0)
		self->guest_depth--;
}

void guest_deactivate(uint32_t intid)
{
	instruction();
	machine_trace("guest deactivates %u", intid);
	if ((machine_self()->registers[REGISTER_ich_hcr_el2] & ICH_HCR_TDIR) != 0) {
		trapped_write(11, 1, intid);
	} else {
		machine_point("deactivate", __func__, intid);
		(void)interface_deactivate(intid);
	}
	model_deactivated(machine.current, intid);
}

bool guest_handle(void)
{
	unsigned group = 0;
	const uint32_t highest = interface_highest(machine.current, &group);

	if (highest == MACHINE_NONE || machine_self()->is_masked)
		return false;
	machine_self()->is_masked = true;

	const uint32_t intid = guest_acknowledge(group);

	if (intid != MACHINE_NONE) {
		if (machine_hooks.handle != NULL)
			machine_hooks.handle(intid);
		guest_end(intid, group);
		if (guest_splits_end(machine.current))
			guest_deactivate(intid);
	}
	machine_self()->is_masked = false;
	return true;
}

/* --- PSCI. --- */

static uint64_t call(uint64_t function, uint64_t a, uint64_t b, uint64_t c)
{
	struct machine_cpu *const self = machine_self();

	instruction();
	machine_trace("calls 0x%lx (%lu)", function, a);
	self->guest.x[0] = function;
	self->guest.x[1] = a;
	self->guest.x[2] = b;
	self->guest.x[3] = c;
	exit_synchronously((uint64_t)EC_HVC64 << ESR_EC_SHIFT | ESR_IL);
	return self->guest.x[0];
}

int64_t guest_cpu_on(unsigned cpu)
{
	return (int64_t)call(PSCI_CPU_ON_64, cpu, 0x40000000, 0);
}

void guest_cpu_off(void)
{
	(void)call(PSCI_CPU_OFF, 0, 0, 0);
}

void guest_system_off(void)
{
	model.is_stopped = true;
	(void)call(PSCI_SYSTEM_OFF, 0, 0, 0);
}

void guest_cpu_suspend(void)
{
	(void)call(PSCI_CPU_SUSPEND_64, 0, 0, 0);
}

/* --- Devices. --- */

void device_line(unsigned cpu, uint32_t intid, bool level)
{
	struct machine_word *const word = physical_word(cpu, intid);
	const uint32_t mask = 1U << intid % 32;

	machine_trace("line %u %s", intid, level ? "rises" : "falls");
	machine_point("line", __func__, intid);
	model_device_line(cpu, intid, level);
	if (level && (word->level & mask) == 0)
		word->latch |= mask & word->edge;
	word->level = level ? word->level | mask : word->level & ~mask;
}

/* A store to the virtual device's frame ends in arch_set_line(). */
void virtual_line(uint32_t intid, bool level)
{
	const struct model_step step = {.kind = MODEL_LINE, .intid = intid, .level = level};

	instruction();
	machine_trace("virtual line %u %s", intid, level ? "rises" : "falls");
	model_begin(&step);
	(void)enter_el2();
	vgic_set_line(intid, level);
	leave_el2();
}

/* --- The CPU's loop. --- */

bool machine_wants_interrupt(unsigned cpu)
{
	return physical_highest(cpu) != MACHINE_NONE;
}

/* vcpu.c, run() and vcpu_start(): the start comes after the kick. */
static void take_while_off(struct machine_cpu *self)
{
	struct vcpu *const vcpu = machine_cpu->vcpu;

	if (serve_idle_interrupt() != GIC_KICK_SGI || !partition_is_running() ||
	    atomic_load_explicit(&vcpu->state, memory_order_acquire) != VCPU_STARTING)
		return;
	atomic_store_explicit(&vcpu->state, VCPU_ON, memory_order_release);
	vgic_start_cpu(vcpu);
	self->is_on = true;
}

static void take_in_guest(struct machine_cpu *self)
{
	if (setjmp(self->stop) == 0) {
		const uint32_t intid = fast_interrupt();

		if (intid != GIC_SPURIOUS)
			exit_interrupt(intid);
	} else {
		went_off();
	}
	memset(&self->stop, 0, sizeof(self->stop));
}

bool machine_take_interrupt(void)
{
	struct machine_cpu *const self = machine_self();

	if (!machine_wants_interrupt(machine.current))
		return false;
	machine_trace("interrupt %u, maintenance 0x%x", physical_highest(machine.current),
		      interface_maintenance(machine.current));
	if (interface_maintenance(machine.current) != 0)
		machine_maintenance_exits[machine.current]++;
	(void)enter_el2();
	if (self->is_on)
		take_in_guest(self);
	else
		take_while_off(self);
	leave_el2();
	return true;
}

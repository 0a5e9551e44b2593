// SPDX-License-Identifier: Apache-2.0
/* The machine that EL2's sources run on: registers, devices, locks, and what they call elsewhere.
 */
#include "tests/vgic/machine.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arch/arm64/gic/gic.h"
#include "common/lib/lock.h"
#include "common/plan/system.h"
#include "common/run/partition.h"
#include "tests/vgic/model.h"

struct machine machine;
struct machine_hooks machine_hooks;
uint64_t machine_maintenance_exits[MACHINE_CPUS];
struct cpu cpus[MACHINE_CPUS];
struct cpu *machine_cpu = &cpus[0]; /* this_cpu */
struct guest this_guest;
struct partition this_partition;
struct plan system_plan;
uint8_t gicd_registers[0x10000];
uint8_t gicr_registers[0x20000];

void machine_fail(const char *template, ...)
{
	char reason[256];
	va_list arguments;

	va_start(arguments, template);
	vsnprintf(reason, sizeof(reason), template, arguments);
	va_end(arguments);
	if (machine_hooks.failed != NULL)
		machine_hooks.failed(reason);
	fprintf(stderr, "broken: CPU %u: %s\n", machine.current, reason);
	abort();
}

int machine_trace_level = -1;

static int trace_level(void)
{
	const char *const wanted = machine_trace_level < 0 ? getenv("VGIC_TRACE") : NULL;

	if (machine_trace_level < 0)
		machine_trace_level = wanted == NULL ? 0 : atoi(wanted);
	return machine_trace_level;
}

void machine_trace(const char *template, ...)
{
	va_list arguments;

	if (trace_level() == 0)
		return;
	fprintf(stderr, "%*sCPU %u: ", (int)machine.current * 4, "", machine.current);
	va_start(arguments, template);
	vfprintf(stderr, template, arguments);
	va_end(arguments);
	fprintf(stderr, "\n");
}

void machine_point(const char *what, const char *where, unsigned line)
{
	if (trace_level() > 1)
		machine_trace("  %s: %s, %u", where, what, line);
	if (machine_hooks.point != NULL)
		machine_hooks.point(what, where, line);
}

void machine_run_on(unsigned cpu)
{
	machine.current = cpu;
	machine_cpu = &cpus[cpu];
}

/* --- Registers. --- */

uint64_t machine_read_register(enum machine_register name, const char *where)
{
	if (name == REGISTER_icc_iar1_el1) {
		machine_point("acknowledge", where, 0);
		return physical_acknowledge();
	}
	if (name == REGISTER_mpidr_el1)
		return machine.current;
	if (name > REGISTER_COUNT)
		return 0;
	return interface_read(name);
}

void machine_write_register(enum machine_register name, uint64_t value, const char *where)
{
	if (name > REGISTER_COUNT)
		return;
	switch (name) {
	case REGISTER_icc_sgi1r_el1:
		machine_point("send", where, 0);
		physical_send_sgi(value);
		return;
	case REGISTER_icc_eoir1_el1:
		physical_drop_priority((uint32_t)value);
		return;
	case REGISTER_icc_dir_el1:
		physical_deactivate(machine.current, (uint32_t)value);
		return;
	default:
		interface_write(name, value);
	}
}

void machine_synchronize_context(void)
{
	interface_show_status();
}

void machine_complete_accesses(void)
{
	if (machine_self()->activating == MACHINE_NONE)
		return;
	machine_point("activate", "gic_acknowledge", 0);
	physical_complete_acknowledge();
}

/* Nobody else does anything meanwhile, but the test's hook. */
void machine_sleep(void)
{
	if (!machine_wants_interrupt(machine.current) && machine_hooks.sleep != NULL)
		machine_hooks.sleep();
	if (!machine_wants_interrupt(machine.current))
		machine_fail("sleeps for ever");
}

/* --- Devices. --- */

static bool find_frame(const volatile void *address, uint32_t *offset)
{
	const uintptr_t at = (uintptr_t)address;
	const bool is_distributor = at - (uintptr_t)gicd_registers < sizeof(gicd_registers);
	const uintptr_t base = (uintptr_t)(is_distributor ? gicd_registers : gicr_registers);

	if (!is_distributor && at - base >= sizeof(gicr_registers))
		machine_fail("an access to no device");
	*offset = (uint32_t)(at - base);
	return is_distributor;
}

uint64_t machine_load(const volatile void *address, unsigned size, const char *where)
{
	uint32_t offset;
	const bool is_distributor = find_frame(address, &offset);

	if (is_distributor)
		machine_point("load", where, offset);
	return physical_load(is_distributor, offset, size);
}

void machine_store(volatile void *address, unsigned size, uint64_t value, const char *where)
{
	uint32_t offset;
	const bool is_distributor = find_frame(address, &offset);

	if (is_distributor)
		machine_point("store", where, offset);
	physical_store(is_distributor, offset, size, value);
}

/* --- Locks. --- */

void lock_acquire(struct lock *lock)
{
	machine_point("lock", __func__, 0);

	const uint32_t ticket = lock->next++;

	while (lock->serving != ticket && lock->is_open == 0) {
		if (machine_hooks.wait == NULL)
			machine_fail("waits for a lock that nobody will release");
		machine_hooks.wait(lock, ticket);
	}
	machine_self()->locks++;
}

bool lock_try(struct lock *lock)
{
	machine_point("try", __func__, 0);
	if (lock->serving != lock->next)
		return false;
	lock->next++;
	machine_self()->locks++;
	return true;
}

void lock_open(struct lock *lock)
{
	lock->is_open = 1;
}

void lock_release(struct lock *lock)
{
	machine_point("unlock", __func__, 0);
	if (lock == &this_guest.vgic.lock)
		model_commit(machine.current);
	lock->serving++;
	machine_self()->locks--;
	/* Nobody has a ticket: the count begins anew, and equal states are equal. */
	if (lock->serving == lock->next)
		lock->serving = lock->next = 0;
}

/* --- Boot. --- */

static void make_plan(const struct machine_config *config)
{
	struct plan_partition *const partition = &system_plan.partitions[0];

	partition->interrupt_count = 0;
	system_plan.board.maintenance_intid = MACHINE_MAINTENANCE;
	system_plan.board.hypervisor_timer_intid = MACHINE_EL2_TIMER;
	system_plan.board.virtual_timer_intid = MACHINE_VIRTUAL_TIMER;
	system_plan.board.physical_timer_intid = MACHINE_PHYSICAL_TIMER;
	partition->cpu_count = config->cpus;
	partition->spi_count = MACHINE_INTIDS - 32;
	partition->distributor.value = GUEST_GICD;
	partition->redistributors.value = GUEST_GICR;
	partition->trap_unmapped = 1;
	partition->region_count = 1;
	partition->regions[0].guest.value = 0x40000000;
	partition->regions[0].size = 0x1000;
	for (unsigned cpu = 0; cpu < config->cpus; cpu++) {
		partition->cpus[cpu] = (uint8_t)cpu;
		system_plan.board.cpus[cpu].mpidr = cpu;
	}
	for (uint32_t i = 0; i < MACHINE_INTIDS - 32; i++)
		if ((config->passed >> i & 1) != 0)
			system_plan.interrupts[partition->interrupt_count++] =
				(struct plan_interrupt){32 + i, config->levels >> i & 1};
}

void machine_boot(const struct machine_config *config)
{
	memset(&machine, 0, sizeof(machine));
	memset(machine_maintenance_exits, 0, sizeof(machine_maintenance_exits));
	memset(&this_guest, 0, sizeof(this_guest));
	memset(&this_partition, 0, sizeof(this_partition));
	machine.config = *config;
	make_plan(config);
	model_reset();
	physical_reset();
	machine_run_on(0);
	guest_create(&system_plan, 0);
	for (unsigned cpu = 0; cpu < config->cpus; cpu++) {
		machine_run_on(cpu);
		machine_cpu->index = cpu;
		machine_cpu->vcpu_index = cpu;
		machine_cpu->vcpu = &this_guest.vcpus[cpu];
		machine_self()->is_masked = true;
		vgic_reset_cpu(machine_cpu->vcpu);
	}
	machine_run_on(0);
	/* arch_run(): vCPU 0 is started as others are. */
	machine_self()->own.latch |= 1U << GIC_KICK_SGI;
	while (machine_take_interrupt())
		;
}

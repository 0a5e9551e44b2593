/* SPDX-License-Identifier: Apache-2.0 */
/* What common/ asks of this architecture at any time (common/arch.h, the last part). */
#include <stddef.h>

#include "arch/arm64/el2/barriers.h"
#include "arch/arm64/el2/exits.h"
#include "arch/arm64/el2/mmio.h"
#include "arch/arm64/el2/system_registers.h"
#include "arch/arm64/firmware/firmware.h"
#include "arch/arm64/gic/gic.h"
#include "arch/arm64/gic/registers.h"
#include "arch/arm64/vcpu/vcpu.h"
#include "arch/arm64/vgic/direct.h"
#include "common/plan/system.h"
#include "common/run/partition.h"

void arch_run(void)
{
	/* From here on boot's code, data and windows have no address (law 2). */
	this_cpu.fault_while_booting = NULL;
	switch_tables(this_cpu.running_root.value);
	/* vCPU 0 is started as others are. */
	if (this_cpu.vcpu != NULL && this_cpu.vcpu->index == 0)
		gic_kick(this_cpu.vcpu->kick);
	vcpu_run();
}

uint64_t arch_counter(void)
{
	/* The counter may be read early otherwise (D12.1.1). */
	synchronize_context();
	return read_register(cntpct_el0);
}

uint64_t arch_counter_frequency(void)
{
	return read_register(cntfrq_el0);
}

void arch_relax(void)
{
	__asm__ volatile("yield" : : : "memory");
}

void arch_wait_interrupt(void)
{
	wait_for_interrupt();
}

void arch_kick_cpu(uint32_t cpu)
{
	gic_kick(gic_kick_value(system_plan.board.cpus[cpu].mpidr, GIC_KICK_SGI));
}

void arch_stop_siblings(void)
{
	if (this_cpu.is_direct) {
		direct_stop(this_partition.index);
		return;
	}
	for (uint32_t i = 0; i < this_guest.vcpu_count; i++)
		if (&this_guest.vcpus[i] != this_cpu.vcpu)
			gic_kick(this_guest.vcpus[i].kick);
}

void arch_break_in(uint32_t partition)
{
	direct_stop(partition);
}

void arch_count_exits(uint32_t partition, uint64_t counts[EXIT_CLASSES])
{
	const struct guest *const guest = &guest_views[partition].guest;

	for (uint32_t class = 0; class < EXIT_CLASSES; class ++) {
		counts[class] = 0;
		for (uint32_t i = 0; i < system_plan.partitions[partition].cpu_count; i++)
			counts[class] += guest->vcpus[i].exits[class];
	}
}

void arch_set_line(uint32_t intid, bool level)
{
	if (this_cpu.is_direct)
		direct_set_line(intid, level);
	else
		vgic_set_line(intid, level);
}

void arch_pend_interrupt(uint32_t intid)
{
	publish_before_interrupt();
	gic_write_spis(GICD_ISPENDR, intid / 32, 1U << intid % 32);
}

void arch_clean(const void *memory, uint64_t size)
{
	const uint64_t line = UINT64_C(4) << (read_register(ctr_el0) >> 16 & 0xf); /* DminLine */
	const uint64_t end = (uintptr_t)memory + size;

	/*
	 * A guest starts with its MMU off and reads past the caches, and a reset drops what is in
	 * them: what we wrote must be at the point of coherency, and no line of ours may stay
	 * behind to be written back later (D7.5.9.3).
	 */
	for (uint64_t at = align_down((uintptr_t)memory, line); at < end; at += line)
		__asm__ volatile("dc civac, %0" : : "r"(at) : "memory");
	complete_all_accesses();
	/* Instructions fetched from there before are dropped where a vCPU starts (vcpu_start()). */
}

void arch_reset_board(void)
{
	(void)firmware_call(PSCI_SYSTEM_RESET, 0, 0, 0);
	/* It does not return (DEN0022, 5.1.9). */
	for (;;)
		wait_for_event();
}

void arch_set_alarm(uint64_t at)
{
	write_register(cnthp_cval_el2, at);
	write_register(cnthp_ctl_el2, at != UINT64_MAX ? CNTHP_CTL_ENABLE : 0);
	synchronize_context();
}

void arch_on_demand(void (*gate)(void))
{
	/* A restart, which has them in use, serves the interrupts that lead to the monitor. */
	const uint64_t before = read_register(ttbr0_el2);

	switch_tables(this_cpu.demand_root.value);
	gate();
	switch_tables(before);
}

bool arch_is_housekeeping(void)
{
	return this_cpu.is_housekeeping;
}

uint32_t arch_mmio_read32(const volatile void *address)
{
	return mmio_read32(address);
}

void arch_mmio_write32(volatile void *address, uint32_t value)
{
	mmio_write32(address, value);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* What launch asks of this architecture (common/arch.h, the boot part). */
#include <stddef.h>

#include "arch/arm64/boot/el2_tables.h"
#include "arch/arm64/el2/window.h"
#include "arch/arm64/el2/barriers.h"
#include "arch/arm64/el2/cpu.h"
#include "arch/arm64/el2/exits.h"
#include "arch/arm64/el2/symbols.h"
#include "arch/arm64/el2/system_registers.h"
#include "arch/arm64/firmware/firmware.h"
#include "arch/arm64/gic/gic.h"
#include "arch/arm64/stage2/stage2.h"
#include "arch/arm64/vcpu/vcpu.h"
#include "arch/arm64/vgic/direct.h"

extern const char secondary_entry[];

/* Behind the image's header (head.S). */
extern const uint64_t carried_tree, packed_address;

struct plan_range arch_image(void)
{
	/* Only the boot CPU asks, and its memory is part of the image. */
	const uint64_t offset = image_offset(boot_cpu_memory);

	return (struct plan_range){
		.base = pa(this_cpu.memory.value - offset),
		.size = image_offset(_image_end),
	};
}

uint64_t arch_modules_shift(void)
{
	return carried_tree == 0 ? 0 : arch_image().base.value - packed_address;
}

uint32_t arch_max_ipa_bits(void)
{
	static const uint8_t bits[] = {32, 36, 40, 42, 44, 48}; /* ID_AA64MMFR0_EL1.PARange */
	const uint64_t parange = read_register(id_aa64mmfr0_el1) & 0xf;

	return bits[parange < sizeof(bits) ? parange : sizeof(bits) - 1];
}

uint32_t arch_find_own_cpu(const struct plan_board *board)
{
	const uint64_t mpidr = read_register(mpidr_el1) & MPIDR_AFFINITY_MASK;

	for (uint32_t i = 0; i < board->cpu_count; i++)
		if (board->cpus[i].mpidr == mpidr)
			return i;
	return PLAN_NONE;
}

int64_t arch_start_cpu(const struct plan *plan, uint32_t cpu)
{
	const struct plan_cpu *const planned = &plan->board.cpus[cpu];
	uint8_t *const memory =
		window_show(ARCH_WINDOW_MEMORY, planned->private_memory, CPU_MEMORY_SIZE);
	const uint64_t entry = plan->hypervisor.base.value + image_offset(secondary_entry);

	arch_zero(memory, CPU_MEMORY_SIZE);
	if (!el2_build_boot_tables(memory, planned->private_memory, plan->hypervisor.base))
		return PSCI_DENIED;
	((struct cpu *)(void *)(memory + CPU_MEMORY_CPU))->index = cpu;

	/*
	 * The CPU reads nothing but instructions before its MMU is on, and then walks these tables
	 * through the caches, coherently with us: they only have to be written.
	 */
	complete_all_accesses();
	return firmware_call(PSCI_CPU_ON_64, planned->mpidr, entry, planned->private_memory.value);
}

uint32_t arch_own_cpu(void)
{
	return this_cpu.index;
}

uint32_t arch_interrupt_limit(void)
{
	return gic_spi_limit();
}

bool arch_owns_interrupt(uint32_t intid)
{
	return gic_owns_spi(intid);
}

enum arch_result arch_join(const struct plan *plan, uint32_t cpu, bool is_first)
{
	const struct plan_cpu *const planned = &plan->board.cpus[cpu];

	this_cpu.index = cpu;
	this_cpu.vcpu_index = planned->vcpu;
	this_cpu.is_housekeeping = cpu == plan->housekeeping_cpu;
	if (planned->partition != PLAN_NONE) {
		this_cpu.is_direct = plan->partitions[planned->partition].direct_interrupts != 0;
		this_cpu.is_open = plan->partitions[planned->partition].direct_sgi_open != 0;
	}
	/* The planner knows the boot CPU's alone; other clusters may have fewer. */
	if (planned->partition != PLAN_NONE &&
	    plan->partitions[planned->partition].ipa_bits > arch_max_ipa_bits())
		return ARCH_TOO_FEW_BITS;
	if (planned->partition != PLAN_NONE &&
	    !vcpu_has_vector_length(plan->partitions[planned->partition].sve))
		return ARCH_NO_VECTOR_LENGTH;
	if (arch_counter_frequency() == 0)
		return ARCH_NO_FREQUENCY;
	if (!gic_find_redistributor(&plan->board, cpu, &this_cpu.redistributor))
		return ARCH_NO_REDISTRIBUTOR;
	if (!el2_build_running_tables(plan, planned->partition, this_cpu.is_housekeeping))
		return ARCH_TABLES_TOO_SMALL;
	complete_own_table_writes();
	/*
	 * EL2 takes interrupts, also on a CPU that has only housekeeping to do: what would go to
	 * EL1 is not taken at EL2, and need not end a WFI there (D1.3.6, D1.6.2).
	 */
	write_register(hcr_el2, HCR_RW | HCR_FMO | HCR_IMO | HCR_AMO);
	synchronize_context();
	if (is_first && !gic_start_distributor(plan))
		return ARCH_NO_DISTRIBUTOR;
	return gic_start_cpu(&plan->board) ? ARCH_OK : ARCH_NO_CPU_INTERFACE;
}

enum arch_result arch_create_partition(const struct plan *plan, uint32_t partition)
{
	const struct plan_partition *const planned = &plan->partitions[partition];
	void *const tables = window_show(ARCH_WINDOW_MEMORY, planned->stage2, planned->stage2_size);

	if (tables == NULL)
		return ARCH_TABLES_TOO_SMALL;
	arch_zero(tables, planned->stage2_size);
	if (!stage2_build(plan, partition, tables))
		return ARCH_TABLES_TOO_SMALL;
	/* Visible to the walkers of the partition's other CPUs before they are told to go on. */
	complete_all_accesses();
	guest_create(plan, partition);
	return ARCH_OK;
}

void arch_create_vcpu(const struct plan *plan, uint32_t cpu)
{
	const uint32_t partition = plan->board.cpus[cpu].partition;

	this_cpu.vcpu = &this_guest.vcpus[this_cpu.vcpu_index];
	vgic_reset_cpu(this_cpu.vcpu);
	if (this_cpu.is_direct)
		direct_take_cpu();
	vcpu_configure_traps(plan, partition);
}

void arch_claim_interrupt(uint32_t intid)
{
	gic_claim_spi(intid);
}

void arch_wait_event(void)
{
	wait_for_event();
}

void arch_send_event(void)
{
	send_event();
}

void arch_set_fault_handler(arch_fault_handler handler)
{
	this_cpu.fault_while_booting = handler;
}

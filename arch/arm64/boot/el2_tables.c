/* SPDX-License-Identifier: Apache-2.0 */
#include "arch/arm64/boot/el2_tables.h"

#include "arch/arm64/boot/page_table.h"
#include "arch/arm64/el2/cpu.h"
#include "arch/arm64/el2/layout.h"
#include "arch/arm64/el2/symbols.h"
#include "arch/arm64/gic/gic.h"
#include "arch/arm64/gic/registers.h"
#include "arch/arm64/stage2/stage2.h"

/* The sets of tables. */
enum phase {
	BOOT,
	RUNNING,
	DEMAND,
	PHASES,
};

/* A part of the image, with its rights in each set (0: not mapped). */
struct image_part {
	uint64_t offset; /* bytes from the start of the image */
	uint64_t size;
	uint64_t attributes[PHASES];
};

#define IMAGE_PARTS 9

/* Offsets, computed at run time: the first caller runs where link-time addresses mean nothing. */
static struct image_part image_part(const char *start, const char *end, uint64_t boot,
				    uint64_t running, uint64_t demand)
{
	return (struct image_part){image_offset(start),
				   image_offset(end) - image_offset(start),
				   {boot, running, demand}};
}

static void list_image_parts(struct image_part parts[IMAGE_PARTS])
{
	parts[0] = image_part(_boot_text_start, _boot_text_end, EL2_RX, 0, 0);
	parts[1] = image_part(_boot_rodata_start, _boot_rodata_end, EL2_RO, 0, 0);
	parts[2] = image_part(_demand_text_start, _demand_text_end, EL2_RX, 0, EL2_RX);
	parts[3] = image_part(_demand_rodata_start, _demand_rodata_end, EL2_RO, 0, EL2_RO);
	parts[4] = image_part(_text_start, _text_end, EL2_RX, EL2_RX, EL2_RX);
	parts[5] = image_part(_rodata_start, _rodata_end, EL2_RO, EL2_RO, EL2_RO);
	parts[6] = image_part(_bss_start, _boot_bss_end, EL2_RW, 0, 0);
	parts[7] = image_part(_plan_start, _plan_end, EL2_RW, EL2_RO, EL2_RO);
	parts[8] = image_part(_mailboxes_start, _mailboxes_end, EL2_RW, EL2_RW, EL2_RW);
}

/* Maps size bytes; nothing for size 0. */
static bool map(struct page_table *table, uint64_t address, pa_t output, uint64_t size,
		uint64_t attributes)
{
	return size == 0 ||
	       page_table_map(table, address, output, size, attributes) == PAGE_TABLE_OK;
}

static bool map_image(struct page_table *table, pa_t image, enum phase phase)
{
	struct image_part parts[IMAGE_PARTS];

	list_image_parts(parts);
	for (unsigned i = 0; i < IMAGE_PARTS; i++) {
		const uint64_t attributes = parts[i].attributes[phase];

		if (attributes != 0 &&
		    !map(table, EL2_IMAGE + parts[i].offset, pa(image.value + parts[i].offset),
			 parts[i].size, attributes))
			return false;
	}
	return true;
}

/* The CPU's own memory. The pages around the stack stay unmapped: an overflow faults. */
static bool map_own_memory(struct page_table *table, pa_t memory)
{
	return map(table, EL2_STACK, pa(memory.value + CPU_MEMORY_STACK), EL2_STACK_SIZE, EL2_RW) &&
	       map(table, EL2_CPU, pa(memory.value + CPU_MEMORY_CPU), PAGE_SIZE, EL2_RW);
}

/* The tables themselves, because windows are opened in them. */
static bool map_tables(struct page_table *table, pa_t memory)
{
	return map(table, EL2_BOOT_TABLES, memory, CPU_TABLE_PAGES * PAGE_SIZE, EL2_RW);
}

bool el2_build_boot_tables(void *memory, pa_t memory_address, pa_t image)
{
	struct table_pool pool = {memory, memory_address, CPU_POOL_PAGES, 0};
	struct page_table table = page_table_create(&pool, 0, 1);

	if (!map_image(&table, image, BOOT) || !map_own_memory(&table, memory_address) ||
	    !map_tables(&table, memory_address) ||
	    /* The code that switches the MMU on, in the first page, goes on at its PA. */
	    !map(&table, image.value, image, PAGE_SIZE, EL2_RX))
		return false;

	struct cpu *cpu = (struct cpu *)((uint8_t *)memory + CPU_MEMORY_CPU);

	cpu->memory = memory_address;
	cpu->table_pages = pool.used;
	return true;
}

/* What a partition in direct mode is stopped with (direct.h). */
static bool map_direct(struct page_table *table, const struct plan *plan, uint32_t index)
{
	const struct plan_partition *const partition = &plan->partitions[index];

	for (uint32_t i = 0; i < partition->cpu_count; i++) {
		const uint64_t address = EL2_FRAMES + partition->cpus[i] * (uint64_t)EL2_FRAME_SIZE;
		pa_t frame;

		if (!gic_find_redistributor(&plan->board, partition->cpus[i], &frame) ||
		    !map(table, address, frame, PAGE_SIZE, EL2_DEVICE) ||
		    !map(table, address + PAGE_SIZE, pa(frame.value + GICR_SGI_BASE), PAGE_SIZE,
			 EL2_DEVICE))
			return false;
	}
	return map(table, EL2_STAGE2_ROOTS + index * (uint64_t)EL2_STAGE2_ROOT_SIZE,
		   partition->stage2, stage2_root_pages(partition->ipa_bits) * PAGE_SIZE, EL2_RW);
}

/* Maps the partition's state and its console slot. */
static bool map_partition(struct page_table *table, const struct plan *plan, uint32_t index)
{
	const struct plan_partition *partition = &plan->partitions[index];
	const uint64_t console = EL2_CONSOLE + index * (uint64_t)EL2_CONSOLE_SLOT;

	return map(table, EL2_PARTITION, partition->state, EL2_PARTITION_SIZE + EL2_GUEST_SIZE,
		   EL2_RW) &&
	       map(table, console, partition->console, EL2_CONSOLE_OUT_SIZE, EL2_RW);
}

/* Partitions that this CPU looks at (view.h), and those in direct mode that it may stop. */
static bool map_others(struct page_table *table, const struct plan *plan, uint32_t own,
		       bool is_housekeeping)
{
	const uint32_t supervised = own == PLAN_NONE ? 0 : plan->partitions[own].supervises;

	for (uint32_t i = 0; i < plan->partition_count; i++) {
		const struct plan_partition *const partition = &plan->partitions[i];
		const bool may_stop = is_housekeeping || i == own;

		if ((may_stop || (supervised >> i & 1) != 0) &&
		    !map(table, EL2_VIEWS + i * (uint64_t)EL2_VIEW_SIZE, partition->state,
			 EL2_PARTITION_SIZE + EL2_GUEST_SIZE, EL2_RO))
			return false;
		if (may_stop && partition->direct_interrupts != 0 && !map_direct(table, plan, i))
			return false;
	}
	return true;
}

/*
 * Maps the reading side of the consoles: a partition reads what housekeeping wrote for it,
 * housekeeping reads what the partitions wrote. Its own partition's output is mapped already.
 */
static bool map_consoles(struct page_table *table, const struct plan *plan, uint32_t own,
			 bool is_housekeeping)
{
	for (uint32_t i = 0; i < plan->partition_count; i++) {
		const pa_t out = plan->partitions[i].console;
		const pa_t in = pa(out.value + EL2_CONSOLE_OUT_SIZE);
		const uint64_t slot = EL2_CONSOLE + i * (uint64_t)EL2_CONSOLE_SLOT;

		if (is_housekeeping && i != own &&
		    !map(table, slot, out, EL2_CONSOLE_OUT_SIZE, EL2_RO))
			return false;
		if ((is_housekeeping || i == own) &&
		    !map(table, slot + EL2_CONSOLE_OUT_SIZE, in, EL2_CONSOLE_IN_SIZE,
			 is_housekeeping ? EL2_RW : EL2_RO))
			return false;
	}
	return true;
}

static bool map_devices(struct page_table *table, const struct plan *plan, bool is_housekeeping)
{
	const struct plan_board *board = &plan->board;

	return map(table, EL2_GICD, board->distributor.base, EL2_GICD_SIZE, EL2_DEVICE) &&
	       map(table, EL2_GICR, this_cpu.redistributor, EL2_GICR_SIZE, EL2_DEVICE) &&
	       (!is_housekeeping || board->uart_type == PLAN_UART_NONE ||
		map(table, EL2_UART, pa(align_down(board->uart.base.value, PAGE_SIZE)), PAGE_SIZE,
		    EL2_DEVICE));
}

/* What a CPU needs besides the image and its own memory, in all sets of tables. */
static bool map_role(struct page_table *table, const struct plan *plan, uint32_t partition,
		     bool is_housekeeping)
{
	return (partition == PLAN_NONE || map_partition(table, plan, partition)) &&
	       map_others(table, plan, partition, is_housekeeping) &&
	       map_consoles(table, plan, partition, is_housekeeping) &&
	       (!is_housekeeping ||
		(map(table, EL2_HOUSEKEEPING, pa(this_cpu.memory.value + CPU_MEMORY_HOUSE),
		     PAGE_SIZE, EL2_RW) &&
		 map(table, EL2_RECORD, plan->record, PAGE_SIZE, EL2_RW))) &&
	       map_devices(table, plan, is_housekeeping);
}

/* Physical address of a root in this CPU's table memory. */
static pa_t root_address(const struct page_table *table)
{
	return pa(this_cpu.memory.value +
		  (uint64_t)((const uint8_t *)table->root - (const uint8_t *)boot_tables));
}

/* Tables for after the boot: what all need, and the image as the phase sees it. */
static bool build(struct page_table *table, enum phase phase, const struct plan *plan,
		  uint32_t partition, bool is_housekeeping)
{
	return table->root != NULL && map_image(table, plan->hypervisor.base, phase) &&
	       map_own_memory(table, this_cpu.memory) &&
	       map_role(table, plan, partition, is_housekeeping);
}

/* On the CPU that restarts the partition, and where the console's monitor runs. */
static bool build_demand_tables(struct table_pool *pool, const struct plan *plan,
				uint32_t partition, bool is_housekeeping)
{
	const bool restarts = partition != PLAN_NONE && this_cpu.vcpu_index == 0 &&
			      plan_may_restart(&plan->partitions[partition]);
	struct page_table table;

	if (!restarts && !is_housekeeping)
		return true;
	table = page_table_create(pool, 0, 1);
	if (!build(&table, DEMAND, plan, partition, is_housekeeping) ||
	    (restarts && !map_tables(&table, this_cpu.memory)))
		return false;
	this_cpu.demand_root = root_address(&table);
	return true;
}

bool el2_build_running_tables(const struct plan *plan, uint32_t partition, bool is_housekeeping)
{
	struct table_pool pool = {boot_tables, this_cpu.memory, CPU_POOL_PAGES,
				  this_cpu.table_pages};
	struct page_table boot = {&pool, (uint64_t *)(void *)boot_tables, 0};
	struct page_table running = page_table_create(&pool, 0, 1);

	if (!map_role(&boot, plan, partition, is_housekeeping) ||
	    !build(&running, RUNNING, plan, partition, is_housekeeping) ||
	    !build_demand_tables(&pool, plan, partition, is_housekeeping))
		return false;
	this_cpu.running_root = root_address(&running);
	this_cpu.table_pages = pool.used;
	return true;
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What must hold for each plan that the planner accepts, found out anew from the plan alone: none
 * of the planner's own helpers is used, so that their mistakes show.
 */
#include "tests/fuzz/fuzz.h"

#include <libfdt.h>
#include <string.h>

#define GICD_SIZE   0x10000
#define GICR_SIZE   0x20000
#define UART_SIZE   0x1000
#define MAX_PIECES  1024
#define NAME_LETTER "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-@"

/* Ranges of one address space that must be apart. */
struct pieces {
	uint32_t count;
	struct plan_range at[MAX_PIECES];
};

static bool is_apart(uint64_t a, uint64_t a_size, uint64_t b, uint64_t b_size)
{
	return a_size == 0 || b_size == 0 || a > b + (b_size - 1) || b > a + (a_size - 1);
}

static bool is_inside(uint64_t base, uint64_t size, uint64_t outer, uint64_t outer_size)
{
	return base >= outer && base - outer <= outer_size && size <= outer_size - (base - outer);
}

static bool is_text(const char *text, size_t size)
{
	return memchr(text, '\0', size) != NULL;
}

static uint64_t read_cells(const uint8_t *bytes, int cells)
{
	uint64_t value = 0;

	for (int i = 0; i < 4 * cells; i++)
		value = value << 8 | bytes[i];
	return value;
}

static void add(struct pieces *pieces, uint64_t base, uint64_t size)
{
	CHECK(pieces->count < MAX_PIECES);
	CHECK(size == 0 || base + (size - 1) >= base);
	for (uint32_t i = 0; i < pieces->count; i++)
		CHECK(is_apart(base, size, pieces->at[i].base.value, pieces->at[i].size));
	pieces->at[pieces->count++] = (struct plan_range){pa(base), size};
}

static void check_in_memory(const struct plan *plan, uint64_t base, uint64_t size)
{
	bool is_in = false;

	for (uint32_t i = 0; i < plan->board.memory_bank_count; i++)
		is_in = is_in || is_inside(base, size, plan->board.memory_banks[i].base.value,
					   plan->board.memory_banks[i].size);
	CHECK(is_in);
}

void check_report(const struct report *report, bool is_planned)
{
	uint32_t errors = 0;
	char line[1024];

	CHECK(is_planned == (report->errors == 0));
	CHECK(report->count <= REPORT_MAX_FINDINGS);
	for (uint32_t i = 0; i < report->count; i++) {
		const struct finding *const finding = &report->findings[i];

		CHECK(is_text(finding->path, sizeof(finding->path)));
		CHECK(is_text(finding->property, sizeof(finding->property)));
		CHECK(is_text(finding->text, sizeof(finding->text)));
		CHECK(finding->path[0] != '\0' && finding->text[0] != '\0');
		CHECK(i == 0 || strcmp(report->findings[i - 1].path, finding->path) <= 0);
		CHECK(report_line(finding, line, sizeof(line)) < sizeof(line));
		errors += finding->severity == REPORT_ERROR ? 1 : 0;
	}
	CHECK(report->errors == errors + report->errors_lost);
}

/* Each CPU belongs to one vCPU; no two CPUs are the same one. */
static void check_cpus(const struct plan *plan)
{
	uint32_t used = 0;

	CHECK(plan->board.cpu_count >= 1 && plan->board.cpu_count <= PLAN_MAX_CPUS);
	CHECK(plan->housekeeping_cpu < plan->board.cpu_count);
	for (uint32_t i = 0; i < plan->board.cpu_count; i++) {
		used += plan->board.cpus[i].partition != PLAN_NONE ? 1 : 0;
		for (uint32_t j = 0; j < i; j++)
			CHECK(plan->board.cpus[i].mpidr != plan->board.cpus[j].mpidr);
	}
	for (uint32_t p = 0; p < plan->partition_count; p++) {
		const struct plan_partition *const partition = &plan->partitions[p];

		CHECK(partition->cpu_count >= 1 && partition->cpu_count <= PLAN_MAX_CPUS);
		for (uint32_t v = 0; v < partition->cpu_count; v++) {
			CHECK(partition->cpus[v] < plan->board.cpu_count);
			CHECK(plan->board.cpus[partition->cpus[v]].partition == p);
			CHECK(plan->board.cpus[partition->cpus[v]].vcpu == v);
		}
		used -= partition->cpu_count;
	}
	CHECK(used == 0);
}

static void check_names(const struct plan *plan)
{
	for (uint32_t p = 0; p < plan->partition_count; p++) {
		const struct plan_partition *const partition = &plan->partitions[p];

		CHECK(is_text(partition->name, sizeof(partition->name)));
		CHECK(partition->bootargs < plan->text_size);
		CHECK(partition->name[0] != '\0');
		CHECK(partition->name[strspn(partition->name, NAME_LETTER)] == '\0');
		for (uint32_t q = 0; q < p; q++)
			CHECK(strcmp(partition->name, plan->partitions[q].name) != 0);
	}
}

/* What is not ours to place: it may overlap itself, and goes on to the last address at most. */
static void reserve(struct pieces *reserved, uint64_t base, uint64_t size)
{
	if (size == 0)
		return;
	CHECK(reserved->count < MAX_PIECES);
	reserved->at[reserved->count++] =
		(struct plan_range){pa(base), base + (size - 1) < base ? 0 - base : size};
}

/* The regs below /reserved-memory; a plan is not good when one cannot be read. */
static void reserve_nodes(struct pieces *reserved, const void *tree)
{
	const int parent = fdt_subnode_offset(tree, 0, "reserved-memory");
	const int address = parent < 0 ? 0 : fdt_address_cells(tree, parent);
	const int size = parent < 0 ? 0 : fdt_size_cells(tree, parent);
	int node;

	if (parent < 0)
		return;
	fdt_for_each_subnode (node, tree, parent) {
		int length;
		const uint8_t *const reg = fdt_getprop(tree, node, "reg", &length);
		const int entry = 4 * (address + size);

		if (reg == NULL)
			continue;
		CHECK(address >= 1 && address <= 2 && size >= 1 && size <= 2);
		CHECK(length >= entry && length % entry == 0);
		for (int at = 0; at < length; at += entry)
			reserve(reserved, read_cells(reg + at, address),
				read_cells(reg + at + 4 * address, size));
	}
}

/* The boot loader's ramdisk. */
static void reserve_ramdisk(struct pieces *reserved, const void *tree)
{
	const int chosen = fdt_subnode_offset(tree, 0, "chosen");
	int start_size = 0;
	int end_size = 0;
	const uint8_t *const start = fdt_getprop(tree, chosen, "linux,initrd-start", &start_size);
	const uint8_t *const end = fdt_getprop(tree, chosen, "linux,initrd-end", &end_size);

	if ((start_size != 4 && start_size != 8) || (end_size != 4 && end_size != 8))
		return;

	const uint64_t base = read_cells(start, start_size / 4);
	const uint64_t limit = read_cells(end, end_size / 4);

	if (base < limit)
		reserve(reserved, base, limit - base);
}

static void reserve_all(struct pieces *reserved, const struct plan *plan, const void *tree,
			size_t tree_size)
{
	reserved->count = 0;
	reserve(reserved, plan->hypervisor.base.value, plan->hypervisor.size);
	reserve(reserved, FUZZ_TREE_ADDRESS, tree_size);
	for (int i = 0; i < fdt_num_mem_rsv(tree); i++) {
		uint64_t base;
		uint64_t size;

		CHECK(fdt_get_mem_rsv(tree, i, &base, &size) == 0);
		reserve(reserved, base, size);
	}
	reserve_nodes(reserved, tree);
	reserve_ramdisk(reserved, tree);
}

static void check_apart(const struct pieces *pieces, uint64_t base, uint64_t size)
{
	for (uint32_t i = 0; i < pieces->count; i++)
		CHECK(is_apart(base, size, pieces->at[i].base.value, pieces->at[i].size));
}

/* The host's memory: everything in RAM, nothing on anything else. */
static void check_memory(const struct plan *plan, const struct pieces *reserved)
{
	static struct pieces taken;

	taken.count = 0;
	add(&taken, plan->pool.base.value, plan->pool.size);
	check_in_memory(plan, plan->pool.base.value, plan->pool.size);
	for (uint32_t p = 0; p < plan->partition_count; p++) {
		const struct plan_partition *const partition = &plan->partitions[p];

		CHECK(partition->region_count >= 1 && partition->region_count <= PLAN_MAX_REGIONS);
		for (uint32_t r = 0; r < partition->region_count; r++) {
			const struct plan_region *const region = &partition->regions[r];

			CHECK(region->size != 0);
			CHECK(is_aligned(region->host.value | region->guest.value | region->size,
					 PAGE_SIZE));
			check_in_memory(plan, region->host.value, region->size);
			add(&taken, region->host.value, region->size);
		}
	}
	for (uint32_t i = 0; i < taken.count; i++)
		check_apart(reserved, taken.at[i].base.value, taken.at[i].size);
}

/* EL2's pool: every piece in it, none on another. */
static void check_pool(const struct plan *plan, const struct plan_needs *needs)
{
	static struct pieces taken;

	taken.count = 0;
	for (uint32_t p = 0; p < plan->partition_count; p++) {
		const struct plan_partition *const partition = &plan->partitions[p];

		CHECK(is_aligned(partition->stage2.value, needs->stage2_alignment));
		CHECK(partition->stage2_size != 0);
		add(&taken, partition->stage2.value, partition->stage2_size);
		add(&taken, partition->state.value, needs->partition_memory_size);
		add(&taken, partition->console.value, needs->console_memory_size);
	}
	for (uint32_t i = 0; i < plan->board.cpu_count; i++) {
		const bool is_used =
			plan->board.cpus[i].partition != PLAN_NONE || i == plan->housekeeping_cpu;

		CHECK(is_used == (plan->board.cpus[i].private_memory.value != 0));
		if (is_used)
			add(&taken, plan->board.cpus[i].private_memory.value,
			    needs->cpu_memory_size);
	}
	for (uint32_t i = 0; i < taken.count; i++) {
		CHECK(is_aligned(taken.at[i].base.value, PAGE_SIZE));
		CHECK(is_inside(taken.at[i].base.value, taken.at[i].size, plan->pool.base.value,
				plan->pool.size));
	}
}

/* The guest's map: RAM, devices beside it, all apart and within its address bits. */
static void check_guest_map(const struct plan *plan, uint32_t index, const struct plan_needs *needs)
{
	static struct pieces taken;
	const struct plan_partition *const partition = &plan->partitions[index];

	taken.count = 0;
	CHECK(partition->ipa_bits >= 32 && partition->ipa_bits <= needs->max_ipa_bits);
	for (uint32_t r = 0; r < partition->region_count; r++)
		add(&taken, partition->regions[r].guest.value, partition->regions[r].size);
	for (uint32_t r = 0; r < partition->device_region_count; r++) {
		const struct plan_region *const region =
			&plan->device_regions[partition->device_region_first + r];

		add(&taken, region->guest.value, region->size);
	}
	for (uint32_t i = 0; i < plan->virtual_device_count; i++)
		if (plan->virtual_devices[i].partition == index)
			add(&taken, plan->virtual_devices[i].base.value,
			    plan->virtual_devices[i].size);
	for (uint32_t i = 0; i < plan->shared_count; i++)
		if (plan->shared[i].partition == index)
			add(&taken, plan->shared[i].region.guest.value,
			    plan->shared[i].region.size);
	add(&taken, partition->distributor.value, GICD_SIZE);
	add(&taken, partition->redistributors.value, partition->cpu_count * (uint64_t)GICR_SIZE);
	if (partition->virtual_uart != 0)
		add(&taken, partition->uart.value, UART_SIZE);
	for (uint32_t i = 0; i < taken.count; i++)
		CHECK(is_inside(taken.at[i].base.value, taken.at[i].size, 0,
				UINT64_C(1) << partition->ipa_bits));
}

/* A module lies in RAM that nobody writes, or already where its own partition wants it. */
static void check_module(const struct plan *plan, uint32_t index, const struct plan_image *image,
			 const struct pieces *reserved)
{
	const uint64_t source = image->source.value;

	CHECK(image->size != 0);
	if (image->source_size == 0)
		return;
	CHECK(image->format == PLAN_IMAGE_GZIP || image->size >= image->source_size);
	check_in_memory(plan, source, image->source_size);
	CHECK(is_apart(source, image->source_size, plan->pool.base.value, plan->pool.size));
	check_apart(reserved, source, image->source_size);
	bool is_in = false;

	for (uint32_t r = 0; r < plan->partitions[index].region_count; r++) {
		const struct plan_region *const region = &plan->partitions[index].regions[r];

		is_in = is_in || (is_inside(image->guest.value, image->size, region->guest.value,
					    region->size) &&
				  image->destination.value - region->host.value ==
					  image->guest.value - region->guest.value);
	}
	CHECK(is_in);
	for (uint32_t p = 0; p < plan->partition_count; p++)
		for (uint32_t r = 0; r < plan->partitions[p].region_count; r++)
			CHECK(is_apart(source, image->source_size,
				       plan->partitions[p].regions[r].host.value,
				       plan->partitions[p].regions[r].size) ||
			      (p == index && source == image->destination.value &&
			       image->format == PLAN_IMAGE_RAW));
}

static void check_images(const struct plan *plan, uint32_t index, const struct pieces *reserved)
{
	static struct pieces taken;
	const struct plan_partition *const partition = &plan->partitions[index];
	const struct plan_region *const first = &partition->regions[0];
	bool has_entry = false;

	taken.count = 0;
	CHECK(partition->kernel_count >= 1 && partition->kernel_count <= PLAN_MAX_SEGMENTS);
	for (uint32_t i = 0; i < partition->kernel_count; i++) {
		const struct plan_image *const segment = &partition->kernel[i];

		CHECK(segment->format != PLAN_IMAGE_NONE);
		check_module(plan, index, segment, reserved);
		add(&taken, segment->guest.value, segment->size);
		has_entry = has_entry || is_inside(partition->entry.value, 4, segment->guest.value,
						   segment->size);
	}
	CHECK(has_entry);
	if (partition->ramdisk.format != PLAN_IMAGE_NONE) {
		check_module(plan, index, &partition->ramdisk, reserved);
		add(&taken, partition->ramdisk.guest.value, partition->ramdisk.size);
	}
	add(&taken, partition->device_tree.value, partition->device_tree_size);
	CHECK(is_aligned(partition->device_tree.value, 8));
	CHECK(is_inside(partition->device_tree.value, partition->device_tree_size,
			first->guest.value, first->size));
	CHECK(partition->device_tree_host.value - first->host.value ==
	      partition->device_tree.value - first->guest.value);
}

/* Whether the partition has this SPI of the board, if it is one at all. */
static bool has_interrupt(const struct plan *plan, const struct plan_partition *partition,
			  uint32_t intid)
{
	bool has = intid == 0;

	for (uint32_t i = 0; i < partition->interrupt_count; i++)
		has = has || plan->interrupts[partition->interrupt_first + i].intid == intid;
	return has;
}

/* Passed-through registers and interrupts: none in RAM, none with two owners. */
static void check_devices(const struct plan *plan)
{
	static struct pieces taken;

	taken.count = 0;
	for (uint32_t i = 0; i < plan->device_region_count; i++) {
		const struct plan_region *const region = &plan->device_regions[i];

		CHECK(is_aligned(region->host.value | region->guest.value | region->size,
				 PAGE_SIZE));
		add(&taken, region->host.value, region->size);
		for (uint32_t b = 0; b < plan->board.memory_bank_count; b++)
			CHECK(is_apart(region->host.value, region->size,
				       plan->board.memory_banks[b].base.value,
				       plan->board.memory_banks[b].size));
	}
	for (unsigned i = 0; i < 2 && plan->board.feed_watchdog != 0; i++) {
		const uint64_t frame =
			(i == 0 ? plan->board.watchdog_control : plan->board.watchdog_refresh)
				.value;

		CHECK(is_aligned(frame, PAGE_SIZE));
		add(&taken, frame, PAGE_SIZE);
		for (uint32_t b = 0; b < plan->board.memory_bank_count; b++)
			CHECK(is_apart(frame, PAGE_SIZE, plan->board.memory_banks[b].base.value,
				       plan->board.memory_banks[b].size));
	}
	for (uint32_t i = 0; i < plan->interrupt_count; i++) {
		CHECK(plan->interrupts[i].intid >= PLAN_FIRST_SPI &&
		      plan->interrupts[i].intid < PLAN_MAX_GUEST_INTID &&
		      plan->interrupts[i].intid != plan->board.uart_intid);
		for (uint32_t j = 0; j < i; j++)
			CHECK(plan->interrupts[i].intid != plan->interrupts[j].intid);
	}
	/* A direct partition's virtual devices have SPIs of the board. */
	for (uint32_t p = 0; p < plan->partition_count; p++) {
		const struct plan_partition *const partition = &plan->partitions[p];

		CHECK(partition->interrupt_first + partition->interrupt_count ==
		      (p + 1 < plan->partition_count ? partition[1].interrupt_first
						     : plan->interrupt_count));
		CHECK(partition->direct_interrupts == 0 ||
		      (has_interrupt(plan, partition, partition->uart_intid) &&
		       has_interrupt(plan, partition, partition->watchdog_intid)));
	}
	CHECK(plan->board.cpus[plan->housekeeping_cpu].partition == PLAN_NONE ||
	      plan->partitions[plan->board.cpus[plan->housekeeping_cpu].partition]
			      .direct_interrupts == 0);
}

/* The driver reaches all registers in the one page, and accesses are aligned. */
static void check_console(const struct plan_board *board)
{
	const struct plan_uart *const uart = &board->uart_type;
	const uint64_t in_page = board->uart.base.value % PAGE_SIZE;

	if (board->uart_intid == 0)
		return;
	CHECK(uart->shift <= 8 && in_page + ((uint64_t)uart->size << uart->shift) <= PAGE_SIZE);
	CHECK(uart->width == 1 || uart->width == 2 || uart->width == 4);
	CHECK(in_page % uart->width == 0);
	CHECK(uart->is_16550 == 0 || (1U << uart->shift) % uart->width == 0);
}

void check_plan(const struct plan *plan, const struct plan_needs *needs, const void *tree,
		size_t tree_size)
{
	static struct pieces reserved;

	CHECK(plan->partition_count >= 1 && plan->partition_count <= PLAN_MAX_PARTITIONS);
	CHECK(plan->board.memory_bank_count <= PLAN_MAX_MEMORY_BANKS);
	CHECK(plan->board.redistributor_count >= 1 &&
	      plan->board.redistributor_count <= PLAN_MAX_REDISTRIBUTOR_REGIONS);
	check_console(&plan->board);
	check_cpus(plan);
	check_names(plan);
	reserve_all(&reserved, plan, tree, tree_size);
	check_memory(plan, &reserved);
	check_pool(plan, needs);
	check_devices(plan);
	for (uint32_t p = 0; p < plan->partition_count; p++) {
		const uint32_t spis = plan->partitions[p].spi_count;

		CHECK(spis >= 32 && spis % 32 == 0 && spis <= 960);
		check_guest_map(plan, p, needs);
		check_images(plan, p, &reserved);
	}
}

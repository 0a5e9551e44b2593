/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where everything goes. In the order in which it is placed:
 *
 *   1. the ranges that partitions name themselves (xen,static-mem)
 *   2. the RAM of the other partitions, so that the largest blocks map it
 *   3. in each partition's RAM: kernel, ramdisk, device tree
 *   4. EL2's pool: stage-2 tables (as large as the RAM's layout demands), partition state,
 *      consoles, CPU memory
 */
#include <string.h>

#include "common/arch.h"
#include "common/lib/format.h"
#include "common/plan/planner.h"

#define GUEST_RAM_0	  UINT64_C(0x40000000)
#define GUEST_RAM_0_SIZE  (3 * BLOCK_1G)
#define GUEST_RAM_1	  UINT64_C(0x200000000)
#define GUEST_GICD	  0x03001000
#define GUEST_GICR	  0x03020000
#define GUEST_UART	  0x22000000
#define GUEST_UART_INTID  32
#define GICD_SIZE	  0x10000
#define GICR_SIZE	  0x20000
#define UART_SIZE	  0x1000
#define DEVICE_TREE_SIZE  0x10000
#define SMALLEST_IPA_BITS 32

/* Adds a piece of RAM behind the others in the guest's map; splits it where bank 0 ends. */
static bool add_region(struct plan_partition *partition, uint64_t host, uint64_t size)
{
	while (size > 0) {
		const struct plan_region *const last =
			partition->region_count == 0
				? NULL
				: &partition->regions[partition->region_count - 1];
		uint64_t guest = last == NULL ? GUEST_RAM_0 : last->guest.value + last->size;
		uint64_t piece = size;

		if (partition->direct_map != 0)
			guest = host;
		else if (guest == GUEST_RAM_0 + GUEST_RAM_0_SIZE)
			guest = GUEST_RAM_1;
		if (partition->direct_map == 0 && guest < GUEST_RAM_0 + GUEST_RAM_0_SIZE &&
		    piece > GUEST_RAM_0 + GUEST_RAM_0_SIZE - guest)
			piece = GUEST_RAM_0 + GUEST_RAM_0_SIZE - guest;
		if (partition->region_count == PLAN_MAX_REGIONS)
			return false;
		partition->regions[partition->region_count++] =
			(struct plan_region){ipa(guest), pa(host), piece};
		host += piece;
		size -= piece;
	}
	return true;
}

/* Reports what a named range lies on. A module of the same partition may lie in its RAM. */
static void check_static_range(struct planner *planner, uint32_t index,
			       const struct plan_range *range)
{
	const int node = planner->scratch->requests[index].node;
	const uint64_t base = range->base.value;
	const struct claim *claim;
	uint32_t at = 0;

	if (!is_in_memory(&planner->plan->board, base, range->size))
		plan_error(planner, node, "xen,static-mem", "a range lies in the board's RAM", NULL,
			   "0x%lx bytes at 0x%lx", (unsigned long)range->size, (unsigned long)base);
	while ((claim = find_claim(planner, base, range->size, &at)) != NULL) {
		if (claim->partition == index && claim->base >= base &&
		    claim->base + claim->size <= base + range->size)
			continue;
		plan_error(planner, node, "xen,static-mem", "nothing may overlap",
			   "move one of the two", "0x%lx-0x%lx overlaps %s at 0x%lx-0x%lx",
			   (unsigned long)base, (unsigned long)(base + range->size - 1),
			   claim->owner, (unsigned long)claim->base,
			   (unsigned long)(claim->base + claim->size - 1));
	}
}

/* Step 1. */
static void place_static(struct planner *planner, uint32_t index)
{
	const struct request *const request = &planner->scratch->requests[index];
	struct plan_partition *const partition = &planner->plan->partitions[index];
	char owner[PLAN_OWNER_SIZE];
	uint64_t sum = 0;

	(void)format(owner, sizeof(owner), "RAM of %s", partition->name);
	for (uint32_t i = 0; i < request->static_count; i++) {
		const struct plan_range *const range = &request->static_memory[i];

		check_static_range(planner, index, range);
		claim_memory(planner, range->base.value, range->size, PLAN_NONE, owner);
		sum += range->size;
		if (!add_region(partition, range->base.value, range->size))
			plan_error(planner, request->node, "xen,static-mem",
				   "at most 16 pieces of RAM", NULL, "one piece too many");
	}
	if (request->static_count != 0 && request->memory != 0 && request->memory != sum)
		plan_error(planner, request->node, "memory", "memory and xen,static-mem must agree",
			   "leave memory out", "%lu KiB, but xen,static-mem has %lu KiB",
			   (unsigned long)(request->memory / 1024), (unsigned long)(sum / 1024));
}

/* Guest addresses of the virtual hardware; the host's own for direct-map. */
static void place_devices(struct planner *planner, uint32_t index)
{
	const struct plan_board *const board = &planner->plan->board;
	struct plan_partition *const partition = &planner->plan->partitions[index];
	const int node = planner->scratch->requests[index].node;

	partition->uart_intid = GUEST_UART_INTID;
	partition->distributor = ipa(GUEST_GICD);
	partition->redistributors = ipa(GUEST_GICR);
	partition->uart = ipa(GUEST_UART);
	if (partition->direct_map == 0)
		return;
	if (planner->scratch->requests[index].static_count == 0)
		plan_error(planner, node, "direct-map", "direct-map needs xen,static-mem",
			   "name the RAM, or leave direct-map out", "no xen,static-mem");
	partition->distributor = ipa(board->distributor.base.value);
	partition->redistributors = ipa(board->redistributors[0].base.value);
	if (board->redistributors[0].size < partition->cpu_count * (uint64_t)GICR_SIZE)
		plan_error(planner, node, "direct-map",
			   "the vCPUs' redistributors fit into the host's first region", NULL,
			   "%u vCPUs are too many", partition->cpu_count);
	if (board->uart_type != PLAN_UART_NONE)
		partition->uart = ipa(align_down(board->uart.base.value, UART_SIZE));
}

/* Reports RAM that covers the guest's view of a device. */
static void check_window(struct planner *planner, uint32_t index, ipa_t window, uint64_t size,
			 const char *what)
{
	const struct plan_partition *const partition = &planner->plan->partitions[index];

	for (uint32_t i = 0; i < partition->region_count; i++) {
		const struct plan_region *const region = &partition->regions[i];

		if (ranges_overlap(region->guest.value, region->size, window.value, size))
			plan_error(planner, planner->scratch->requests[index].node,
				   "xen,static-mem", "RAM and devices must not overlap", NULL,
				   "0x%lx-0x%lx covers the guest's %s at 0x%lx",
				   (unsigned long)region->guest.value,
				   (unsigned long)(region->guest.value + region->size - 1), what,
				   (unsigned long)window.value);
	}
}

/* Step 2: one range if there is one, on a boundary that allows the largest blocks. */
static bool place_contiguous(struct planner *planner, struct plan_partition *partition,
			     uint64_t size, const char *owner)
{
	uint64_t base;

	if (!(size >= BLOCK_1G && find_free(planner, size, BLOCK_1G, &base)) &&
	    !find_free(planner, size, BLOCK_2M, &base))
		return false;
	claim_memory(planner, base, size, PLAN_NONE, owner);
	return add_region(partition, base, size);
}

/* ... else pieces of whole 2 MiB, the largest first. */
static bool place_scattered(struct planner *planner, struct plan_partition *partition,
			    uint64_t size, const char *owner)
{
	while (size > 0 && partition->region_count < PLAN_MAX_REGIONS) {
		const struct plan_range free = largest_free(planner, BLOCK_2M);
		const uint64_t piece = free.size < size ? free.size : size;

		if (piece == 0)
			return false;
		claim_memory(planner, free.base.value, piece, PLAN_NONE, owner);
		if (!add_region(partition, free.base.value, piece))
			return false;
		size -= piece;
	}
	return size == 0;
}

static void place_memory(struct planner *planner, uint32_t index)
{
	const struct request *const request = &planner->scratch->requests[index];
	struct plan_partition *const partition = &planner->plan->partitions[index];
	char owner[PLAN_OWNER_SIZE];

	if (request->static_count != 0)
		return;
	if (request->memory == 0) {
		plan_error(planner, request->node, "memory",
			   "a partition's RAM is given by memory or xen,static-mem",
			   "write memory = <0 0x40000> for 256 MiB", "missing");
		return;
	}
	(void)format(owner, sizeof(owner), "RAM of %s", partition->name);
	if (place_contiguous(planner, partition, request->memory, owner))
		return;

	const struct plan_range largest = largest_free(planner, BLOCK_2M);

	if (!place_scattered(planner, partition, request->memory, owner))
		plan_error(planner, request->node, "memory",
			   "the partitions' RAM fits into the board's free RAM",
			   "give the partitions less memory",
			   "%lu KiB do not fit; the largest free piece has %lu KiB",
			   (unsigned long)(request->memory / 1024),
			   (unsigned long)(largest.size / 1024));
}

static bool fits(const struct plan_region *region, uint64_t guest, uint64_t size)
{
	return guest >= region->guest.value && size <= region->size &&
	       guest - region->guest.value <= region->size - size;
}

static pa_t host_of(const struct plan_region *region, uint64_t guest)
{
	return pa(region->host.value + (guest - region->guest.value));
}

/* Reports a module in the partition's RAM that is not where it belongs. */
static void check_in_place(struct planner *planner, uint32_t index, int node,
			   const struct plan_image *image)
{
	const struct plan_partition *const partition = &planner->plan->partitions[index];

	if (image->format == PLAN_IMAGE_NONE || image->source.value == image->destination.value)
		return;
	for (uint32_t i = 0; i < partition->region_count; i++)
		if (ranges_overlap(image->source.value, image->source_size,
				   partition->regions[i].host.value, partition->regions[i].size))
			plan_error(planner, node, "reg",
				   "in its own partition's RAM, a module lies at its final place",
				   "load it there, or outside of the partition's RAM",
				   "0x%lx, but the guest expects it at 0x%lx",
				   (unsigned long)image->source.value,
				   (unsigned long)image->destination.value);
}

/* Step 3. The boot protocol wants the kernel text_offset above a 2 MiB boundary, the rest apart. */
static void place_images(struct planner *planner, uint32_t index)
{
	const struct request *const request = &planner->scratch->requests[index];
	struct plan_partition *const partition = &planner->plan->partitions[index];
	const struct plan_region *const region = &partition->regions[0];

	if (partition->region_count == 0 || partition->kernel[0].format == PLAN_IMAGE_NONE)
		return;

	const uint64_t kernel = align_up(region->guest.value, BLOCK_2M) + request->text_offset;
	const uint64_t ramdisk = align_up(kernel + partition->kernel[0].size, BLOCK_2M);
	const uint64_t tree = align_up(ramdisk + partition->ramdisk.size, BLOCK_2M);

	if (!fits(region, kernel, tree + DEVICE_TREE_SIZE - kernel)) {
		plan_error(planner, request->node,
			   request->static_count != 0 ? "xen,static-mem" : "memory",
			   "kernel, ramdisk and device tree fit into the first piece of RAM",
			   "give the partition more memory, in one piece",
			   "%lu KiB, but %lu KiB are needed at least",
			   (unsigned long)(region->size / 1024),
			   (unsigned long)((tree + DEVICE_TREE_SIZE - region->guest.value) / 1024));
		return;
	}
	partition->entry = ipa(kernel);
	partition->kernel[0].guest = ipa(kernel);
	partition->kernel[0].destination = host_of(region, kernel);
	partition->device_tree = ipa(tree);
	partition->device_tree_host = host_of(region, tree);
	partition->device_tree_size = DEVICE_TREE_SIZE;
	check_in_place(planner, index, request->kernel, &partition->kernel[0]);
	if (partition->ramdisk.format == PLAN_IMAGE_NONE)
		return;
	partition->ramdisk.guest = ipa(ramdisk);
	partition->ramdisk.destination = host_of(region, ramdisk);
	check_in_place(planner, index, request->ramdisk, &partition->ramdisk);
}

/* The smallest architected size of the guest's address space that holds all it sees. */
static void choose_ipa_bits(struct planner *planner, uint32_t index)
{
	static const uint8_t sizes[] = {32, 36, 40, 42, 44, 48}; /* ID_AA64MMFR0_EL1.PARange */
	struct plan_partition *const partition = &planner->plan->partitions[index];
	uint64_t end = partition->uart.value + UART_SIZE;
	size_t i = 0;

	if (partition->redistributors.value + partition->cpu_count * (uint64_t)GICR_SIZE > end)
		end = partition->redistributors.value + partition->cpu_count * (uint64_t)GICR_SIZE;
	if (partition->distributor.value + GICD_SIZE > end)
		end = partition->distributor.value + GICD_SIZE;
	for (uint32_t r = 0; r < partition->region_count; r++)
		if (partition->regions[r].guest.value + partition->regions[r].size > end)
			end = partition->regions[r].guest.value + partition->regions[r].size;
	while (i + 1 < sizeof(sizes) && end > UINT64_C(1) << sizes[i])
		i++;
	partition->ipa_bits = sizes[i];
	if (partition->ipa_bits > planner->input->needs->max_ipa_bits)
		plan_error(planner, planner->scratch->requests[index].node, NULL,
			   "the guest's addresses are within what the CPU can translate", NULL,
			   "%u address bits are needed, the CPU has %u", partition->ipa_bits,
			   planner->input->needs->max_ipa_bits);
}

/* Whether EL2 keeps memory for this CPU. */
static bool is_used(const struct plan *plan, uint32_t cpu)
{
	return plan->board.cpus[cpu].partition != PLAN_NONE || cpu == plan->housekeeping_cpu;
}

/* Takes size bytes of the pool at *at, which moves behind them. */
static pa_t take(uint64_t *at, uint64_t size, uint64_t alignment)
{
	const uint64_t base = align_up(*at, alignment);

	*at = base + size;
	return pa(base);
}

/* Lays the pool out from an address on; returns its end. */
static uint64_t lay_out_pool(struct planner *planner, uint64_t at)
{
	const struct plan_needs *const needs = planner->input->needs;
	struct plan *const plan = planner->plan;

	for (uint32_t i = 0; i < plan->partition_count; i++) {
		struct plan_partition *const partition = &plan->partitions[i];

		partition->stage2_size = arch_stage2_size(
			partition->regions, partition->region_count, partition->ipa_bits);
		partition->stage2 = take(&at, partition->stage2_size, needs->stage2_alignment);
		partition->state = take(&at, needs->partition_memory_size, PAGE_SIZE);
		partition->console = take(&at, needs->console_memory_size, PAGE_SIZE);
	}
	for (uint32_t i = 0; i < plan->board.cpu_count; i++)
		if (is_used(plan, i))
			plan->board.cpus[i].private_memory =
				take(&at, needs->cpu_memory_size, PAGE_SIZE);
	return at;
}

/* Step 4: one contiguous range. */
static void place_pool(struct planner *planner)
{
	struct plan *const plan = planner->plan;
	const uint64_t alignment = planner->input->needs->stage2_alignment;
	const uint64_t size = align_up(lay_out_pool(planner, 0), PAGE_SIZE);
	uint64_t base;

	if (!find_free(planner, size, alignment, &base)) {
		plan_error(planner, 0, NULL, "EL2 keeps some memory for itself",
			   "give the partitions less memory", "no %lu KiB are left for it",
			   (unsigned long)(size / 1024));
		return;
	}
	(void)lay_out_pool(planner, base);
	claim_memory(planner, base, size, PLAN_NONE, "the hypervisor's pool");
	plan->pool = (struct plan_range){pa(base), size};
}

void plan_place(struct planner *planner)
{
	const uint32_t count = planner->plan->partition_count;

	for (uint32_t i = 0; i < count; i++)
		place_static(planner, i);
	for (uint32_t i = 0; i < count; i++)
		place_memory(planner, i);
	for (uint32_t i = 0; i < count; i++) {
		const struct plan_partition *const partition = &planner->plan->partitions[i];

		place_devices(planner, i);
		check_window(planner, i, partition->distributor, GICD_SIZE, "GIC distributor");
		check_window(planner, i, partition->redistributors,
			     partition->cpu_count * (uint64_t)GICR_SIZE, "GIC redistributors");
		check_window(planner, i, partition->uart, UART_SIZE, "UART");
		place_images(planner, i);
		choose_ipa_bits(planner, i);
	}
	place_pool(planner);
}

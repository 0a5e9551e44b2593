/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where everything goes. In the order in which it is placed:
 *
 *   1. the ranges that the user names (xen,static-mem, xen,shared-mem)
 *   2. the RAM of the other partitions, so that the largest blocks map it
 *   3. what is virtual in each guest's map (plan_windows.c), around its RAM
 *   4. in each partition's RAM: kernel, ramdisk, device tree (plan_images.c)
 *   5. EL2's pool: stage-2 tables (as large as the map's layout demands), partition state,
 *      consoles, CPU memory; memory of channels
 */
#include <string.h>

#include "common/arch.h"
#include "common/plan/planner.h"

#define GUEST_RAM_0	 UINT64_C(0x40000000)
#define GUEST_RAM_0_SIZE (3 * BLOCK_1G)
#define GUEST_RAM_1	 UINT64_C(0x200000000)

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

static struct claim ram_claim(uint64_t base, uint64_t size, uint32_t partition)
{
	return (struct claim){base, size, "RAM", partition, -1, SPACE_HOST};
}

/* Reports what a named range lies on. A module of the same partition may lie in its RAM. */
static void check_static_range(struct planner *planner, uint32_t index,
			       const struct plan_range *range)
{
	const int node = planner->scratch->requests[index].node;
	const uint64_t base = range->base.value;
	const uint64_t last = base + (range->size - 1);
	const struct claim *claim;
	uint32_t at = 0;

	if (!is_in_memory(&planner->plan->board, base, range->size))
		plan_error(planner, node, "xen,static-mem",
			   "a range lies in one bank of the board's RAM",
			   "split it where a bank ends", "0x%lx bytes at 0x%lx", range->size, base);
	while ((claim = find_claim(planner, SPACE_HOST, base, range->size, &at)) != NULL) {
		char text[CLAIM_TEXT_SIZE];

		/* The only claims with an owner and a node in RAM are modules. */
		if (claim->partition == index && claim->node >= 0 && claim->base >= base &&
		    claim->base + (claim->size - 1) <= last)
			continue;
		describe_claim(planner, claim, text);
		plan_error(planner, node, "xen,static-mem", "nothing may overlap",
			   "move one of the two", "RAM 0x%lx-0x%lx overlaps %s 0x%lx-0x%lx", base,
			   last, text, claim->base, (claim->base + (claim->size - 1)));
	}
}

/* Step 1. */
static void place_static(struct planner *planner, uint32_t index)
{
	const struct request *const request = &planner->scratch->requests[index];
	struct plan_partition *const partition = &planner->plan->partitions[index];
	uint64_t sum = 0;

	if (partition->direct_map != 0 && request->static_count == 0)
		plan_error(planner, request->node, "direct-map", "direct-map needs xen,static-mem",
			   "name the RAM, or leave direct-map out", "no xen,static-mem");
	for (uint32_t i = 0; i < request->static_count; i++) {
		const struct plan_range *const range = &request->static_memory[i];

		check_static_range(planner, index, range);
		add_claim(planner, ram_claim(range->base.value, range->size, index));
		sum += range->size;
		if (!add_region(partition, range->base.value, range->size))
			plan_error(planner, request->node, "xen,static-mem",
				   "at most 16 pieces of RAM", NULL, "one piece too many");
	}
	if (request->static_count != 0 && request->memory != 0 && request->memory != sum)
		plan_error(planner, request->node, "memory", "memory and xen,static-mem must agree",
			   "leave memory out", "%lu KiB, but xen,static-mem has %lu KiB",
			   (request->memory / 1024), (sum / 1024));
}

/* Shared memory whose host address is named: once, by whoever comes first. */
static void place_shared(struct planner *planner, uint32_t index)
{
	struct plan *const plan = planner->plan;
	struct plan_shared *const shared = &plan->shared[index];
	const int node = planner->scratch->shared_nodes[index];
	struct claim claim = {shared->region.host.value,
			      shared->region.size,
			      "shared memory",
			      PLAN_NONE,
			      node,
			      SPACE_HOST};

	for (uint32_t i = 0; i < index; i++) {
		if (strcmp(plan->shared[i].id, shared->id) == 0) {
			shared->region.host = plan->shared[i].region.host;
			return;
		}
	}
	if (claim.base == 0 && !find_free(planner, claim.size, BLOCK_2M, &claim.base)) {
		plan_error(planner, node, "xen,shared-mem", "shared memory is in the board's RAM",
			   "make it smaller", "no 0x%lx bytes are left", claim.size);
		return;
	}
	shared->region.host = pa(claim.base);
	if (!is_in_memory(&plan->board, claim.base, claim.size))
		plan_error(planner, node, "xen,shared-mem",
			   "a range lies in one bank of the board's RAM", NULL,
			   "0x%lx bytes at 0x%lx", claim.size, claim.base);
	else if (check_free(planner, node, "xen,shared-mem", claim))
		add_claim(planner, claim);
}

/* Enters a partition's RAM into its guest's map, and reports what it covers there. */
static void claim_guest_ram(struct planner *planner, uint32_t index)
{
	const struct plan_partition *const partition = &planner->plan->partitions[index];
	const struct request *const request = &planner->scratch->requests[index];

	for (uint32_t i = 0; i < partition->region_count; i++) {
		const struct plan_region *const region = &partition->regions[i];
		const struct claim claim = {region->guest.value, region->size, "RAM", index, -1,
					    SPACE_GUEST(index)};

		if (check_free(planner, request->node,
			       request->static_count != 0 ? "xen,static-mem" : "memory", claim))
			add_claim(planner, claim);
	}
}

/* Step 2: one range if there is one, on a boundary that allows the largest blocks. */
static bool place_contiguous(struct planner *planner, uint32_t index, uint64_t size)
{
	uint64_t base;

	if (!(size >= BLOCK_1G && find_free(planner, size, BLOCK_1G, &base)) &&
	    !find_free(planner, size, BLOCK_2M, &base))
		return false;
	add_claim(planner, ram_claim(base, size, index));
	return add_region(&planner->plan->partitions[index], base, size);
}

/* ... else pieces of whole 2 MiB, the largest first. */
static bool place_scattered(struct planner *planner, uint32_t index, uint64_t size)
{
	struct plan_partition *const partition = &planner->plan->partitions[index];

	while (size > 0 && partition->region_count < PLAN_MAX_REGIONS) {
		const struct plan_range free = largest_free(planner, BLOCK_2M);
		const uint64_t piece = free.size < size ? free.size : size;

		if (piece == 0)
			return false;
		add_claim(planner, ram_claim(free.base.value, piece, index));
		if (!add_region(partition, free.base.value, piece))
			return false;
		size -= piece;
	}
	return size == 0;
}

/* Takes back what did not suffice, so that no other partition is blamed. */
static void drop_memory(struct planner *planner, uint32_t index)
{
	struct plan_scratch *const scratch = planner->scratch;
	uint32_t kept = 0;

	for (uint32_t i = 0; i < scratch->claim_count; i++) {
		const struct claim *const claim = &scratch->claims[i];

		/* Of its claims in RAM, only its modules have a node. */
		if (claim->space != SPACE_HOST || claim->partition != index || claim->node >= 0)
			scratch->claims[kept++] = *claim;
	}
	scratch->claim_count = kept;
	planner->plan->partitions[index].region_count = 0;
}

static void place_memory(struct planner *planner, uint32_t index)
{
	const struct request *const request = &planner->scratch->requests[index];

	if (request->static_count != 0)
		return;
	if (request->memory == 0) {
		/* One that could not be read has its error already. */
		if (tree_property(&planner->tree, request->node, "memory", NULL) != NULL ||
		    tree_property(&planner->tree, request->node, "xen,static-mem", NULL) != NULL)
			return;
		plan_error(planner, request->node, "memory",
			   "a partition's RAM is given by memory or xen,static-mem",
			   "write memory = <0 0x40000> for 256 MiB", "missing");
		return;
	}
	if (place_contiguous(planner, index, request->memory))
		return;

	const struct plan_range largest = largest_free(planner, BLOCK_2M);

	if (place_scattered(planner, index, request->memory))
		return;
	drop_memory(planner, index);
	plan_error(planner, request->node, "memory",
		   "the partitions' RAM fits into the board's free RAM",
		   "give the partitions less memory",
		   "%lu KiB do not fit; the largest free piece has %lu KiB",
		   (request->memory / 1024), (largest.size / 1024));
}

/* The smallest architected size of the guest's address space that holds all it sees. */
static void choose_ipa_bits(struct planner *planner, uint32_t index)
{
	static const uint8_t sizes[] = {32, 36, 40, 42, 44, 48}; /* ID_AA64MMFR0_EL1.PARange */
	const struct plan_scratch *const scratch = planner->scratch;
	struct plan_partition *const partition = &planner->plan->partitions[index];
	uint64_t last = 0;
	size_t i = 0;

	for (uint32_t c = 0; c < scratch->claim_count; c++) {
		const struct claim *const claim = &scratch->claims[c];

		if (claim->space == SPACE_GUEST(index) && claim->base + (claim->size - 1) > last)
			last = claim->base + (claim->size - 1);
	}
	while (i + 1 < sizeof(sizes) && last >> sizes[i] != 0)
		i++;
	partition->ipa_bits = sizes[i];
	if (last >> sizes[i] != 0 || partition->ipa_bits > planner->input->needs->max_ipa_bits)
		plan_error(planner, scratch->requests[index].node, NULL,
			   "the guest's addresses are within what the CPU can translate", NULL,
			   "%u address bits are needed, the CPU has %u", partition->ipa_bits,
			   planner->input->needs->max_ipa_bits);
}

/* Takes size bytes of the pool at *at, which moves behind them. */
static pa_t take(uint64_t *at, uint64_t size, uint64_t alignment)
{
	const uint64_t base = align_up(*at, alignment);

	*at = base + size;
	return pa(base);
}

/* Lays the pool out from an address on, which is a multiple of 2 MiB; returns its end. */
static uint64_t lay_out_pool(struct planner *planner, uint64_t at)
{
	const struct plan_needs *const needs = planner->input->needs;
	struct plan *const plan = planner->plan;

	for (uint32_t i = 0; i < plan->partition_count; i++) {
		struct plan_partition *const partition = &plan->partitions[i];

		partition->stage2_size = arch_stage2_size(plan, i);
		partition->stage2 = take(&at, partition->stage2_size, needs->stage2_alignment);
		partition->state = take(&at, needs->partition_memory_size, PAGE_SIZE);
		partition->console = take(&at, needs->console_memory_size, PAGE_SIZE);
	}
	for (uint32_t i = 0; i < plan->board.cpu_count; i++)
		if (plan_uses_cpu(plan, i))
			plan->board.cpus[i].private_memory =
				take(&at, needs->cpu_memory_size, PAGE_SIZE);
	return at;
}

/*
 * Step 5: one contiguous range. It begins a block of 2 MiB, as RAM does, so that what is placed
 * does not depend on the exact sizes of the image and the device tree in memory.
 */
static void place_pool(struct planner *planner)
{
	struct plan *const plan = planner->plan;
	const uint64_t size = align_up(lay_out_pool(planner, 0), PAGE_SIZE);
	uint64_t base;

	if (!find_free(planner, size, BLOCK_2M, &base)) {
		plan_error(planner, 0, NULL, "EL2 keeps some memory for itself",
			   "give the partitions less memory", "no %lu KiB are left for it",
			   (size / 1024));
		return;
	}
	(void)lay_out_pool(planner, base);
	add_claim(planner,
		  (struct claim){base, size, "the hypervisor's pool", PLAN_NONE, -1, SPACE_HOST});
	plan->pool = (struct plan_range){pa(base), size};
}

/* Memory of channels: EL2's too, but no partition's alone. */
static void place_channel(struct planner *planner, struct plan_channel *channel)
{
	uint64_t base;

	if (channel->size == 0)
		return;
	if (!find_free(planner, channel->size, PAGE_SIZE, &base)) {
		plan_error(planner, planner->chosen, NULL, "channels have memory of their own",
			   "make them smaller", "no 0x%lx bytes are left for channel %s",
			   channel->size, channel->name);
		return;
	}
	add_claim(planner,
		  (struct claim){base, channel->size, "channel memory", PLAN_NONE, -1, SPACE_HOST});
	channel->memory = pa(base);
}

void plan_place(struct planner *planner)
{
	struct plan *const plan = planner->plan;

	for (uint32_t i = 0; i < plan->partition_count; i++)
		place_static(planner, i);
	for (uint32_t i = 0; i < plan->shared_count; i++)
		place_shared(planner, i);
	for (uint32_t i = 0; i < plan->partition_count; i++)
		place_memory(planner, i);
	for (uint32_t i = 0; i < plan->partition_count; i++) {
		claim_guest_ram(planner, i);
		plan_windows(planner, i);
		place_images(planner, i);
		choose_ipa_bits(planner, i);
	}
	place_pool(planner);
	for (uint32_t i = 0; i < plan->channel_count; i++)
		place_channel(planner, &plan->channels[i]);
}

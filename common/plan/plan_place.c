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
#include "common/arch.h"
#include "common/plan/planner.h"

#define KIB	      1024
#define GUEST_RAM_0   UINT64_C(0x40000000)
#define GUEST_RAM_END (GUEST_RAM_0 + 3 * BLOCK_1G)
#define GUEST_RAM_1   UINT64_C(0x200000000)

/*
 * Where in the guest's map the next RAM goes, and how much of it: behind the last, but not onto
 * registers that were passed through, which the guest has where the board has them.
 */
static struct span next_ram(const struct planner *planner, const struct request *request,
			    uint64_t size)
{
	const struct plan_partition *const partition = request->partition;
	struct span piece = {GUEST_RAM_0, size};
	uint32_t at = 0;

	if (partition->region_count > 0) {
		const struct plan_region *const last =
			&partition->regions[partition->region_count - 1];

		piece.base = last->guest.value + last->size;
	}
	if (piece.base >= GUEST_RAM_1)
		return piece;
	if (size > GUEST_RAM_END - piece.base)
		piece.size = GUEST_RAM_END - piece.base;
	if (piece.size == 0 || find_claim(planner, SPACE_GUEST(request->index), piece, &at) != NULL)
		return (struct span){GUEST_RAM_1, size};
	return piece;
}

/* Gives RAM to a partition, and splits it where bank 0 of the guest's map ends. False: too many. */
static bool add_ram(struct planner *planner, const struct request *request, struct span ram)
{
	struct plan_partition *const partition = request->partition;

	add_claim(planner, &(struct claim){ram, "RAM", request->index, -1, SPACE_HOST});
	while (ram.size > 0) {
		const struct span guest =
			partition->direct_map != 0 ? ram : next_ram(planner, request, ram.size);

		if (partition->region_count == PLAN_MAX_REGIONS)
			return false;
		partition->regions[partition->region_count++] =
			(struct plan_region){ipa(guest.base), pa(ram.base), guest.size};
		ram.base += guest.size;
		ram.size -= guest.size;
	}
	return true;
}

/* Reports what a named range lies on. A module of the same partition may lie in its RAM. */
static void check_static_range(struct planner *planner, const struct request *request,
			       struct span ram)
{
	const struct claim *claim;
	uint32_t at = 0;

	if (!is_in_memory(&planner->plan->board, ram))
		plan_error(planner, request->node, "xen,static-mem",
			   "a range lies in one bank of the board's RAM",
			   "split it where a bank ends", "0x%lx bytes at 0x%lx", ram.size,
			   ram.base);
	/* The only claims with an owner and a node in RAM are modules. */
	while ((claim = find_claim(planner, SPACE_HOST, ram, &at)) != NULL)
		if (claim->partition != request->index || claim->node < 0 ||
		    !span_holds(ram, claim->span))
			report_overlap(planner, request->node, "xen,static-mem", "RAM ", ram,
				       claim);
}

/* Step 1. */
static void place_static(struct planner *planner, const struct request *request)
{
	uint64_t sum = 0;

	if (request->partition->direct_map != 0 && request->static_count == 0)
		plan_error(planner, request->node, "direct-map", "direct-map needs xen,static-mem",
			   "name the RAM, or leave direct-map out", "no xen,static-mem");
	for (uint32_t i = 0; i < request->static_count; i++) {
		const struct span ram = span_of(request->static_memory[i]);

		check_static_range(planner, request, ram);
		sum += ram.size;
		if (!add_ram(planner, request, ram))
			plan_error(planner, request->node, "xen,static-mem",
				   "at most 16 pieces of RAM", NULL, "one piece too many");
	}
	if (request->static_count != 0 && request->memory != 0 && request->memory != sum)
		plan_error(planner, request->node, "memory", "memory and xen,static-mem must agree",
			   "leave memory out", "%lu KiB, but xen,static-mem has %lu KiB",
			   request->memory / KIB, sum / KIB);
}

/* Shared memory whose host address is named: once, by whoever comes first. */
static void place_shared(struct planner *planner, uint32_t index)
{
	struct plan_shared *const shared = &planner->plan->shared[index];
	const struct plan_shared *const first = first_view(planner->plan, shared->id);
	const int node = planner->scratch->shared_nodes[index];
	struct span span = host_span(shared->region.host, shared->region.size);

	if (first != shared) {
		shared->region.host = first->region.host;
		return;
	}
	if (span.base == 0 && !find_free(planner, span.size, BLOCK_2M, &span.base)) {
		plan_error(planner, node, "xen,shared-mem", "shared memory is in the board's RAM",
			   "make it smaller", "no 0x%lx bytes are left", span.size);
		return;
	}
	shared->region.host = pa(span.base);
	if (is_in_memory(&planner->plan->board, span))
		claim_free(planner, node, "xen,shared-mem",
			   &(struct claim){span, "shared memory", PLAN_NONE, node, SPACE_HOST});
	else
		plan_error(planner, node, "xen,shared-mem",
			   "a range lies in one bank of the board's RAM", NULL,
			   "0x%lx bytes at 0x%lx", span.size, span.base);
}

/* Step 2: one range if there is one, on a boundary that allows the largest blocks. */
static bool place_contiguous(struct planner *planner, const struct request *request)
{
	struct span ram = {.size = request->memory};

	if (!(ram.size >= BLOCK_1G && find_free(planner, ram.size, BLOCK_1G, &ram.base)) &&
	    !find_free(planner, ram.size, BLOCK_2M, &ram.base))
		return false;
	return add_ram(planner, request, ram);
}

/* ... else pieces of whole 2 MiB, the largest first. */
static bool place_scattered(struct planner *planner, const struct request *request)
{
	uint64_t missing = request->memory;

	while (missing > 0 && request->partition->region_count < PLAN_MAX_REGIONS) {
		struct span piece = largest_free(planner, BLOCK_2M);

		if (piece.size > missing)
			piece.size = missing;
		if (piece.size == 0 || !add_ram(planner, request, piece))
			return false;
		missing -= piece.size;
	}
	return missing == 0;
}

/* Takes back what did not suffice, so that no other partition is blamed. */
static void drop_memory(struct planner *planner, const struct request *request)
{
	struct plan_scratch *const scratch = planner->scratch;
	uint32_t kept = 0;

	for (uint32_t i = 0; i < scratch->claim_count; i++) {
		const struct claim *const claim = &scratch->claims[i];

		/* Of its claims in RAM, only its modules have a node. */
		if (claim->space != SPACE_HOST || claim->partition != request->index ||
		    claim->node >= 0)
			scratch->claims[kept++] = *claim;
	}
	scratch->claim_count = kept;
	request->partition->region_count = 0;
}

static void place_memory(struct planner *planner, const struct request *request)
{
	const int node = request->node;

	if (request->static_count != 0)
		return;
	if (request->memory == 0) {
		/* One that could not be read has its error already. */
		if (!tree_has(&planner->tree, node, "memory") &&
		    !tree_has(&planner->tree, node, "xen,static-mem"))
			plan_error(planner, node, "memory",
				   "a partition's RAM is given by memory or xen,static-mem",
				   "write memory = <0 0x40000> for 256 MiB", "missing");
		return;
	}
	if (place_contiguous(planner, request))
		return;

	const struct span largest = largest_free(planner, BLOCK_2M);

	if (place_scattered(planner, request))
		return;
	drop_memory(planner, request);
	plan_error(planner, node, "memory", "the partitions' RAM fits into the board's free RAM",
		   "give the partitions less memory",
		   "%lu KiB do not fit; the largest free piece has %lu KiB", request->memory / KIB,
		   largest.size / KIB);
}

/* Enters a partition's RAM into its guest's map, and reports what it covers there. */
static void claim_guest_ram(struct planner *planner, const struct request *request)
{
	const struct plan_partition *const partition = request->partition;

	for (uint32_t i = 0; i < partition->region_count; i++)
		claim_free(planner, request->node,
			   request->static_count != 0 ? "xen,static-mem" : "memory",
			   &(struct claim){guest_span(partition->regions[i].guest,
						      partition->regions[i].size),
					   "RAM", request->index, -1, SPACE_GUEST(request->index)});
}

/* The smallest architected size of the guest's address space that holds all it sees. */
static void choose_ipa_bits(struct planner *planner, const struct request *request)
{
	static const uint8_t sizes[] = {32, 36, 40, 42, 44, 48}; /* ID_AA64MMFR0_EL1.PARange */
	const struct plan_scratch *const scratch = planner->scratch;
	const uint32_t max_bits = planner->input->needs->max_ipa_bits;
	uint64_t last = 0;
	size_t i = 0;

	for (uint32_t c = 0; c < scratch->claim_count; c++) {
		const struct claim *const claim = &scratch->claims[c];

		if (claim->space == SPACE_GUEST(request->index) && last_of(claim->span) > last)
			last = last_of(claim->span);
	}
	while (i + 1 < sizeof(sizes) && last >> sizes[i] != 0)
		i++;
	request->partition->ipa_bits = sizes[i];
	if (last >> sizes[i] != 0 || sizes[i] > max_bits)
		plan_error(planner, request->node, NULL,
			   "the guest's addresses are within what the CPU can translate", NULL,
			   "%u address bits are needed, the CPU has %u", sizes[i], max_bits);
}

/* Takes size bytes of the pool at *at, which moves behind them. */
static pa_t take(uint64_t *at, uint64_t size, uint64_t alignment)
{
	const uint64_t base = align_up(*at, alignment);

	*at = base + size;
	return pa(base);
}

/*
 * Copies for restarts of what boot makes (the device tree, what was compressed), and of what lies
 * in the guest's own RAM.
 */
static void place_pristine(struct plan_partition *partition, uint64_t *at)
{
	if (!plan_may_restart(partition))
		return;
	partition->device_tree_pristine = take(at, partition->device_tree_size, PAGE_SIZE);
	for (uint32_t i = 0; i <= partition->kernel_count; i++) {
		struct plan_image *const image =
			i < partition->kernel_count ? &partition->kernel[i] : &partition->ramdisk;

		if (image->format == PLAN_IMAGE_GZIP ||
		    (image->format == PLAN_IMAGE_RAW &&
		     image->source.value == image->destination.value))
			image->pristine = take(at, plan_image_bytes(image), PAGE_SIZE);
	}
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
		place_pristine(partition, &at);
	}
	for (uint32_t i = 0; i < plan->board.cpu_count; i++)
		if (plan_uses_cpu(plan, i))
			plan->board.cpus[i].private_memory =
				take(&at, needs->cpu_memory_size, PAGE_SIZE);
	plan->record = take(&at, PAGE_SIZE, PAGE_SIZE);
	return at;
}

/* Memory of EL2's own. False: none is left. */
static bool place_own(struct planner *planner, uint64_t size, uint64_t alignment, const char *what,
		      pa_t *base)
{
	if (!find_free(planner, size, alignment, &base->value))
		return false;
	add_claim(planner,
		  &(struct claim){host_span(*base, size), what, PLAN_NONE, -1, SPACE_HOST});
	return true;
}

/*
 * Step 5: one contiguous range. It begins a block of 2 MiB, as RAM does, so that what is placed
 * does not depend on the exact sizes of the image and the device tree in memory.
 */
static void place_pool(struct planner *planner)
{
	struct plan_range *const pool = &planner->plan->pool;

	pool->size = align_up(lay_out_pool(planner, 0), PAGE_SIZE);
	if (place_own(planner, pool->size, BLOCK_2M, "the hypervisor's pool", &pool->base))
		(void)lay_out_pool(planner, pool->base.value);
	else
		plan_error(planner, 0, NULL, "EL2 keeps some memory for itself",
			   "give the partitions less memory", "no %lu KiB are left for it",
			   pool->size / KIB);
}

/* Memory of channels: EL2's too, but no partition's alone. */
static void place_channel(struct planner *planner, struct plan_channel *channel)
{
	if (channel->size != 0 &&
	    !place_own(planner, channel->size, PAGE_SIZE, "channel memory", &channel->memory))
		plan_error(planner, planner->chosen, NULL, "channels have memory of their own",
			   "make them smaller", "no 0x%lx bytes are left for channel %s",
			   channel->size, channel->name);
}

void plan_place(struct planner *planner)
{
	struct plan *const plan = planner->plan;

	for_each_request (request, planner)
		place_static(planner, request);
	for (uint32_t i = 0; i < plan->shared_count; i++)
		place_shared(planner, i);
	for_each_request (request, planner)
		place_memory(planner, request);
	for_each_request (request, planner) {
		claim_guest_ram(planner, request);
		plan_windows(planner, request);
		place_images(planner, request);
		choose_ipa_bits(planner, request);
	}
	place_pool(planner);
	for (uint32_t i = 0; i < plan->channel_count; i++)
		place_channel(planner, &plan->channels[i]);
}

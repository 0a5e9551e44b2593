/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Placement on random boards: banks with gaps, reserved ranges, partitions of all sizes. The trees
 * are written by libfdt in memory, so that thousands are planned. What must hold is found out anew,
 * without the planner's own helpers.
 */
#include "tests/unit/random_system.h"

#define ROUNDS	  4000
#define MAX_TAKEN 128

static const struct plan_range hypervisor = {{0x40200000}, 0x80000};
static const uint64_t tree_address = 0x48000000;

/* Ranges that are taken, in the order of their addresses. */
struct taken {
	unsigned count;
	struct plan_range at[MAX_TAKEN];
};

/* Takes a range; fails when one of it is taken already. */
static void take(struct taken *taken, uint64_t base, uint64_t size)
{
	const struct plan_range range = {pa(base), size};
	unsigned at = taken->count;

	assert_true(taken->count < MAX_TAKEN);
	for (unsigned i = 0; i < taken->count; i++)
		assert_true(is_apart(&taken->at[i], &range));
	for (; at > 0 && taken->at[at - 1].base.value > base; at--)
		taken->at[at] = taken->at[at - 1];
	taken->at[at] = range;
	taken->count++;
}

/* The size of the largest free range of whole blocks that begins at a multiple of alignment. */
static uint64_t find_gap(const struct system *system, const struct taken *taken, uint64_t alignment,
			 uint64_t block, uint64_t *base)
{
	uint64_t best = 0;

	for (unsigned b = 0; b < system->bank_count; b++) {
		uint64_t at = system->banks[b].base.value;

		for (unsigned i = 0; i <= taken->count; i++) {
			const uint64_t next =
				i == taken->count ? UINT64_MAX : taken->at[i].base.value;
			const uint64_t bank_end = end_of(&system->banks[b]);
			const uint64_t gap_end = next < bank_end ? next : bank_end;
			const uint64_t first = align_up(at, alignment);

			if (first < gap_end && align_down(gap_end - first, block) > best) {
				best = align_down(gap_end - first, block);
				*base = first;
			}
			if (i < taken->count && end_of(&taken->at[i]) > at)
				at = end_of(&taken->at[i]);
		}
	}
	return best;
}

static uint64_t largest_gap(const struct system *system, const struct taken *taken,
			    uint64_t alignment, uint64_t block)
{
	uint64_t unused;

	return find_gap(system, taken, alignment, block, &unused);
}

static bool is_in_bank(const struct system *system, uint64_t base, uint64_t size)
{
	bool is_in = false;

	for (unsigned b = 0; b < system->bank_count; b++)
		is_in = is_in || (base >= system->banks[b].base.value &&
				  base + size <= end_of(&system->banks[b]));
	return is_in;
}

/* A piece of host memory: one region, or two where the guest's first bank ends in it. */
static uint64_t piece_size(const struct plan_partition *partition, uint32_t index)
{
	const struct plan_region *const region = &partition->regions[index];
	const bool is_split = index + 1 < partition->region_count &&
			      region->guest.value + region->size == 4 * BLOCK_1G &&
			      region[1].host.value == region->host.value + region->size;

	return region->size + (is_split ? region[1].size : 0);
}

/* One partition, when taken holds all that was placed before it. True: it is in one piece. */
static bool check_partition(const struct system *system, struct taken *taken, unsigned index)
{
	const struct plan_partition *const partition = &plan.partitions[index];
	const struct plan_region *const first = &partition->regions[0];
	const uint64_t size = system->memory[index];
	const uint64_t fits_1g = largest_gap(system, taken, BLOCK_1G, PAGE_SIZE);
	const uint64_t fits_2m = largest_gap(system, taken, BLOCK_2M, PAGE_SIZE);
	bool is_contiguous = true;
	uint64_t sum = 0;

	for (uint32_t r = 0; r < partition->region_count; r++) {
		const struct plan_region *const region = &partition->regions[r];

		is_contiguous = is_contiguous && region->host.value == first->host.value + sum;
		sum += region->size;
	}
	assert_int_equal(sum, size);
	/* Pieces may meet where two banks do. */
	is_contiguous = is_contiguous && is_in_bank(system, first->host.value, size);
	assert_int_equal(is_contiguous, fits_2m >= size);
	assert_true(is_aligned(first->host.value, BLOCK_2M));
	if (size >= BLOCK_1G && fits_1g >= size)
		assert_true(is_aligned(first->host.value, BLOCK_1G));
	for (uint32_t r = 0; r < partition->region_count;) {
		const uint64_t piece = piece_size(partition, r);
		const uint64_t largest = largest_gap(system, taken, BLOCK_2M, BLOCK_2M);

		/* The largest piece first, each on a boundary of blocks in both maps. */
		sum -= piece;
		assert_true(is_contiguous || sum == 0 || piece == largest);
		for (uint64_t done = 0; done < piece; r++) {
			const struct plan_region *const region = &partition->regions[r];

			assert_true(is_aligned(region->host.value | region->guest.value, BLOCK_2M));
			assert_true(is_in_bank(system, region->host.value, region->size));
			take(taken, region->host.value, region->size);
			done += region->size;
		}
	}
	return is_contiguous;
}

/* Reserved ranges may overlap each other: what is left of each is taken. */
static void take_reserved(const struct system *system, struct taken *taken)
{
	for (unsigned i = 0; i < system->reserved_count; i++) {
		uint64_t at = system->reserved[i].base.value;
		const uint64_t last = end_of(&system->reserved[i]);

		while (at < last) {
			uint64_t next = last;
			bool is_free = true;

			for (unsigned k = 0; k < taken->count; k++) {
				const struct plan_range *const other = &taken->at[k];

				if (at >= other->base.value && at < end_of(other)) {
					is_free = false;
					next = end_of(other) < last ? end_of(other) : last;
					break;
				}
				if (other->base.value > at && other->base.value < next)
					next = other->base.value;
			}
			if (is_free)
				take(taken, at, next - at);
			at = next;
		}
	}
}

static void take_fixed(const struct system *system, struct taken *taken)
{
	take(taken, hypervisor.base.value, hypervisor.size);
	take(taken, tree_address, align_up(fdt_totalsize(tree), PAGE_SIZE));
	take(taken, MODULE_AT, MODULE_SIZE);
	take_reserved(system, taken);
}

/* A refused system: the first partition that got no RAM finds too little in as many pieces. */
static void check_refusal(const struct system *system, struct taken *taken)
{
	assert_true(report.errors > 0);
	for (unsigned i = 0; i < system->partition_count; i++) {
		const struct plan_partition *const partition = &plan.partitions[i];
		uint64_t missing = system->memory[i];
		uint64_t base = 0;

		for (uint32_t r = 0; r < partition->region_count; r++) {
			const struct plan_region *const region = &partition->regions[r];

			take(taken, region->host.value, region->size);
			missing -= region->size;
		}
		if (missing == 0)
			continue;
		assert_int_equal(partition->region_count, 0);
		for (unsigned piece = 0; piece < PLAN_MAX_REGIONS && missing != 0; piece++) {
			uint64_t size = find_gap(system, taken, BLOCK_2M, BLOCK_2M, &base);

			size = size < missing ? size : missing;
			if (size == 0)
				break;
			take(taken, base, size);
			missing -= size;
		}
		assert_true(missing != 0);
		return;
	}
}

static void random_boards(void **state)
{
	unsigned planned = 0;
	unsigned scattered = 0;

	(void)state;
	for (unsigned round = 0; round < ROUNDS; round++) {
		const struct system system = random_system();
		struct taken taken = {0};

		write_system(&system);
		const bool is_planned = run_planner();

		take_fixed(&system, &taken);
		if (!is_planned) {
			check_refusal(&system, &taken);
			continue;
		}
		planned++;
		assert_int_equal(plan.partition_count, system.partition_count);
		for (unsigned i = 0; i < system.partition_count; i++)
			scattered += check_partition(&system, &taken, i) ? 0 : 1;
		assert_true(is_in_bank(&system, plan.pool.base.value, plan.pool.size));
		take(&taken, plan.pool.base.value, plan.pool.size);
	}
	print_message("%u of %u systems planned, %u partitions in pieces\n", planned, ROUNDS,
		      scattered);
	assert_true(planned > ROUNDS / 3 && scattered > ROUNDS / 20);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(random_boards, planning_set_up),
	};

	return cmocka_run_group_tests_name("random boards", tests, NULL, NULL);
}

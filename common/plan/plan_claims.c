/* SPDX-License-Identifier: Apache-2.0 */
/* Whose memory is whose, and what is left. */
#include "common/lib/format.h"
#include "common/plan/planner.h"

bool ranges_overlap(uint64_t a, uint64_t a_size, uint64_t b, uint64_t b_size)
{
	return a_size != 0 && b_size != 0 && a <= b + (b_size - 1) && b <= a + (a_size - 1);
}

bool is_in_memory(const struct plan_board *board, uint64_t base, uint64_t size)
{
	for (uint32_t i = 0; i < board->memory_bank_count; i++) {
		const struct plan_range *const bank = &board->memory_banks[i];

		if (base >= bank->base.value && size <= bank->size &&
		    base - bank->base.value <= bank->size - size)
			return true;
	}
	return false;
}

void claim_memory(struct planner *planner, uint64_t base, uint64_t size, uint32_t partition,
		  const char *owner)
{
	struct plan_scratch *const scratch = planner->scratch;

	if (size == 0)
		return;
	/* A range that goes on beyond the last address ends there. */
	if (base + (size - 1) < base)
		size = 0 - base;
	if (scratch->claim_count == PLAN_MAX_CLAIMS) {
		plan_error(planner, 0, NULL, "the planner keeps count of 512 ranges of memory",
			   "use fewer reserved ranges, modules or pieces of RAM",
			   "too many ranges of memory at %s", owner);
		return;
	}

	struct claim *const claim = &scratch->claims[scratch->claim_count++];

	claim->base = base;
	claim->size = size;
	claim->partition = partition;
	(void)format(claim->owner, sizeof(claim->owner), "%s", owner);
}

const struct claim *find_claim(const struct planner *planner, uint64_t base, uint64_t size,
			       uint32_t *index)
{
	while (*index < planner->scratch->claim_count) {
		const struct claim *const claim = &planner->scratch->claims[(*index)++];

		if (ranges_overlap(base, size, claim->base, claim->size))
			return claim;
	}
	return NULL;
}

/* The lowest free range in one bank at or above start. */
static bool find_in_bank(const struct planner *planner, const struct plan_range *bank,
			 uint64_t size, uint64_t alignment, uint64_t *base)
{
	const uint64_t last = bank->base.value + (bank->size - 1);
	uint64_t at = align_up(bank->base.value, alignment);

	/* Each claim moves the candidate up at most once. */
	for (uint32_t tries = 0; tries <= planner->scratch->claim_count; tries++) {
		uint32_t index = 0;

		if (at < bank->base.value || at > last || last - at < size - 1)
			return false;

		const struct claim *const claim = find_claim(planner, at, size, &index);

		if (claim == NULL) {
			*base = at;
			return true;
		}
		at = align_up(claim->base + claim->size, alignment);
	}
	return false;
}

bool find_free(const struct planner *planner, uint64_t size, uint64_t alignment, uint64_t *base)
{
	const struct plan_board *const board = &planner->plan->board;

	for (uint32_t i = 0; size != 0 && i < board->memory_bank_count; i++)
		if (find_in_bank(planner, &board->memory_banks[i], size, alignment, base))
			return true;
	return false;
}

/* How far the memory is free from this address on, in whole blocks. */
static uint64_t free_from(const struct planner *planner, const struct plan_range *bank, uint64_t at,
			  uint64_t block)
{
	uint64_t end = bank->base.value + bank->size;

	for (uint32_t i = 0; i < planner->scratch->claim_count; i++) {
		const struct claim *const claim = &planner->scratch->claims[i];

		if (claim->base <= at && at - claim->base < claim->size)
			return 0;
		if (claim->base > at && claim->base < end)
			end = claim->base;
	}
	return align_down(end - at, block);
}

struct plan_range largest_free(const struct planner *planner, uint64_t block)
{
	const struct plan_board *const board = &planner->plan->board;
	struct plan_range best = {.size = 0};

	/* Free ranges begin where a bank begins or a claim ends. */
	for (uint32_t b = 0; b < board->memory_bank_count; b++) {
		const struct plan_range *const bank = &board->memory_banks[b];

		for (uint32_t i = 0; i <= planner->scratch->claim_count; i++) {
			const struct claim *const claim =
				i == 0 ? NULL : &planner->scratch->claims[i - 1];
			const uint64_t at = align_up(claim == NULL ? bank->base.value
								   : claim->base + claim->size,
						     block);

			if (at < bank->base.value || at - bank->base.value >= bank->size)
				continue;

			const uint64_t size = free_from(planner, bank, at, block);

			if (size > best.size)
				best = (struct plan_range){pa(at), size};
		}
	}
	return best;
}

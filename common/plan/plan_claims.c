/* SPDX-License-Identifier: Apache-2.0 */
/* Whose addresses are whose, and what is left. */
#include <libfdt.h>
#include <string.h>

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

bool touches_memory(const struct plan_board *board, uint64_t base, uint64_t size)
{
	for (uint32_t i = 0; i < board->memory_bank_count; i++)
		if (ranges_overlap(base, size, board->memory_banks[i].base.value,
				   board->memory_banks[i].size))
			return true;
	return false;
}

static uint64_t last_of(const struct claim *claim)
{
	return claim->base + (claim->size - 1);
}

/* Index of the first claim that does not stand before this space and base. */
static uint32_t find_position(const struct plan_scratch *scratch, uint32_t space, uint64_t base)
{
	uint32_t low = 0;
	uint32_t high = scratch->claim_count;

	while (low < high) {
		const uint32_t middle = (low + high) / 2;
		const struct claim *const claim = &scratch->claims[middle];

		if (claim->space < space || (claim->space == space && claim->base < base))
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

void add_claim(struct planner *planner, struct claim claim)
{
	struct plan_scratch *const scratch = planner->scratch;

	if (claim.size == 0)
		return;
	/* A range that goes on beyond the last address ends there. */
	if (claim.base + (claim.size - 1) < claim.base)
		claim.size = 0 - claim.base;
	if (scratch->claim_count == PLAN_MAX_CLAIMS) {
		if (scratch->is_full++ != 0)
			return;
		plan_error(planner, claim.node < 0 ? 0 : claim.node, NULL,
			   "the planner keeps count of 1024 ranges of addresses",
			   "use fewer reserved ranges, modules, devices or pieces of RAM",
			   "too many ranges of addresses");
		return;
	}

	const uint32_t at = find_position(scratch, claim.space, claim.base);

	memmove(&scratch->claims[at + 1], &scratch->claims[at],
		(scratch->claim_count - at) * sizeof(claim));
	scratch->claims[at] = claim;
	scratch->claim_count++;
}

const struct claim *find_claim(const struct planner *planner, uint32_t space, uint64_t base,
			       uint64_t size, uint32_t *index)
{
	const struct plan_scratch *const scratch = planner->scratch;
	uint32_t at = *index == 0 ? find_position(scratch, space, 0) : *index;

	for (; at < scratch->claim_count; at++) {
		const struct claim *const claim = &scratch->claims[at];

		if (claim->space != space || (size != 0 && claim->base > base + (size - 1)))
			break;
		if (ranges_overlap(base, size, claim->base, claim->size)) {
			*index = at + 1;
			return claim;
		}
	}
	return NULL;
}

void describe_claim(const struct planner *planner, const struct claim *claim,
		    char text[CLAIM_TEXT_SIZE])
{
	const bool is_owned = claim->partition != PLAN_NONE;
	char path[REPORT_PATH_SIZE];

	if (claim->node < 0 ||
	    fdt_get_path(planner->tree.fdt, claim->node, path, sizeof(path)) != 0)
		path[0] = '\0';
	(void)format(text, CLAIM_TEXT_SIZE, "%s%s%s%s%s%s", claim->what, is_owned ? " of " : "",
		     is_owned ? planner->plan->partitions[claim->partition].name : "",
		     path[0] != '\0' ? " (" : "", path, path[0] != '\0' ? ")" : "");
}

bool check_free(struct planner *planner, int node, const char *property, struct claim wanted)
{
	const struct claim *claim;
	uint32_t index = 0;
	bool is_free = true;

	while ((claim = find_claim(planner, wanted.space, wanted.base, wanted.size, &index)) !=
	       NULL) {
		char text[CLAIM_TEXT_SIZE];
		char own[CLAIM_TEXT_SIZE];

		/* The error names its own node already. */
		if (wanted.node == node)
			wanted.node = -1;
		describe_claim(planner, claim, text);
		describe_claim(planner, &wanted, own);
		plan_error(planner, node, property, "nothing may overlap", "move one of the two",
			   "%s 0x%lx-0x%lx overlaps %s 0x%lx-0x%lx", own, wanted.base,
			   last_of(&wanted), text, claim->base, last_of(claim));
		is_free = false;
	}
	return is_free;
}

/*
 * The lowest free range of a space between start and last, both included. Claims stand in the order
 * of their bases, so one walk over them suffices.
 */
static bool find_gap(const struct planner *planner, uint32_t space, uint64_t start, uint64_t last,
		     uint64_t size, uint64_t alignment, uint64_t *base)
{
	const struct plan_scratch *const scratch = planner->scratch;
	uint64_t at = align_up(start, alignment);

	for (uint32_t i = find_position(scratch, space, 0);
	     i < scratch->claim_count && scratch->claims[i].space == space; i++) {
		const struct claim *const claim = &scratch->claims[i];

		if (at < start || at > last || last - at < size - 1)
			return false;
		if (last_of(claim) < at)
			continue;
		if (claim->base > at + (size - 1))
			break;
		/* A claim up to the last address leaves nothing behind it. */
		if (last_of(claim) == UINT64_MAX)
			return false;
		at = align_up(last_of(claim) + 1, alignment);
	}
	if (at < start || at > last || last - at < size - 1)
		return false;
	*base = at;
	return true;
}

bool find_free(const struct planner *planner, uint64_t size, uint64_t alignment, uint64_t *base)
{
	const struct plan_board *const board = &planner->plan->board;

	for (uint32_t i = 0; size != 0 && i < board->memory_bank_count; i++) {
		const struct plan_range *const bank = &board->memory_banks[i];

		if (find_gap(planner, SPACE_HOST, bank->base.value,
			     bank->base.value + (bank->size - 1), size, alignment, base))
			return true;
	}
	return false;
}

bool find_free_window(const struct planner *planner, uint32_t partition, uint64_t size,
		      uint64_t start, uint64_t limit, uint64_t *base)
{
	return find_gap(planner, SPACE_GUEST(partition), start, limit - 1, size, PAGE_SIZE, base);
}

/* Keeps the larger one of the best range so far and what lies free between at and end. */
static void keep_larger(struct plan_range *best, uint64_t at, uint64_t end, uint64_t block)
{
	const uint64_t first = align_up(at, block);
	const uint64_t size = first < at || first >= end ? 0 : align_down(end - first, block);

	if (size > best->size)
		*best = (struct plan_range){pa(first), size};
}

struct plan_range largest_free(const struct planner *planner, uint64_t block)
{
	const struct plan_board *const board = &planner->plan->board;
	const struct plan_scratch *const scratch = planner->scratch;
	struct plan_range best = {.size = 0};

	for (uint32_t b = 0; b < board->memory_bank_count; b++) {
		const struct plan_range *const bank = &board->memory_banks[b];
		const uint64_t end = bank->base.value + bank->size;
		uint64_t at = bank->base.value;

		for (uint32_t i = 0;
		     i < scratch->claim_count && scratch->claims[i].space == SPACE_HOST; i++) {
			const struct claim *const claim = &scratch->claims[i];

			if (claim->base >= end)
				break;
			if (claim->base > at)
				keep_larger(&best, at, claim->base, block);
			if (last_of(claim) >= at)
				at = last_of(claim) + 1;
			if (at >= end || at == 0)
				break;
		}
		if (at < end && at != 0)
			keep_larger(&best, at, end, block);
	}
	return best;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Whose addresses are whose, and what is left. */
#include "common/plan/planner.h"

#define CLAIM_TEXT_SIZE 192

struct span whole_pages(struct plan_range range)
{
	const uint64_t base = align_down(range.base.value, PAGE_SIZE);

	return (struct span){base, align_up(range.base.value + range.size, PAGE_SIZE) - base};
}

bool spans_overlap(struct span a, struct span b)
{
	return a.size != 0 && b.size != 0 && a.base <= last_of(b) && b.base <= last_of(a);
}

bool span_holds(struct span outer, struct span inner)
{
	return inner.base >= outer.base && inner.size <= outer.size &&
	       inner.base - outer.base <= outer.size - inner.size;
}

bool is_mappable(struct span span)
{
	return span.size != 0 && span_holds((struct span){0, PLAN_ADDRESS_LIMIT}, span);
}

bool is_in_memory(const struct plan_board *board, struct span span)
{
	for (uint32_t i = 0; i < board->memory_bank_count; i++)
		if (span_holds(span_of(board->memory_banks[i]), span))
			return true;
	return false;
}

bool touches_memory(const struct plan_board *board, struct span span)
{
	for (uint32_t i = 0; i < board->memory_bank_count; i++)
		if (spans_overlap(span_of(board->memory_banks[i]), span))
			return true;
	return false;
}

/* Index of the first claim that does not stand before this space and base. */
static uint32_t find_position(const struct plan_scratch *scratch, uint32_t space, uint64_t base)
{
	uint32_t low = 0;
	uint32_t high = scratch->claim_count;

	while (low < high) {
		const uint32_t middle = (low + high) / 2;
		const struct claim *const claim = &scratch->claims[middle];

		if (claim->space < space || (claim->space == space && claim->span.base < base))
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

void add_claim(struct planner *planner, const struct claim *claim)
{
	struct plan_scratch *const scratch = planner->scratch;
	const uint32_t at = find_position(scratch, claim->space, claim->span.base);

	if (claim->span.size == 0)
		return;
	if (scratch->claim_count == PLAN_MAX_CLAIMS) {
		if (scratch->is_full++ == 0)
			plan_error(planner, claim->node < 0 ? 0 : claim->node, NULL,
				   "the planner keeps count of 1024 ranges of addresses",
				   "use fewer reserved ranges, modules, devices or pieces of RAM",
				   "too many ranges of addresses");
		return;
	}
	memmove(&scratch->claims[at + 1], &scratch->claims[at],
		(scratch->claim_count++ - at) * sizeof(*claim));
	scratch->claims[at] = *claim;
	/* A range that goes on beyond the last address ends there. */
	if (last_of(claim->span) < claim->span.base)
		scratch->claims[at].span.size = 0 - claim->span.base;
}

const struct claim *find_claim(const struct planner *planner, uint32_t space, struct span span,
			       uint32_t *index)
{
	const struct plan_scratch *const scratch = planner->scratch;
	uint32_t at = *index == 0 ? find_position(scratch, space, 0) : *index;

	for (; at < scratch->claim_count; at++) {
		const struct claim *const claim = &scratch->claims[at];

		if (claim->space != space || (span.size != 0 && claim->span.base > last_of(span)))
			break;
		if (spans_overlap(span, claim->span)) {
			*index = at + 1;
			return claim;
		}
	}
	return NULL;
}

/* The claim as "RAM of linux0 " or "module of rt0 (/chosen/rt0/kernel) ". */
static void describe(const struct planner *planner, const struct claim *claim,
		     char text[CLAIM_TEXT_SIZE])
{
	const bool is_owned = claim->partition != PLAN_NONE;
	char path[PLAN_PATH_SIZE];

	if (claim->node < 0 ||
	    fdt_get_path(planner->tree.fdt, claim->node, path, sizeof(path)) != 0)
		path[0] = '\0';
	(void)format(text, CLAIM_TEXT_SIZE, "%s%s%s%s%s%s", claim->what, is_owned ? " of " : "",
		     is_owned ? planner->plan->partitions[claim->partition].name : "",
		     path[0] != '\0' ? " (" : "", path, path[0] != '\0' ? ") " : " ");
}

bool report_overlap(struct planner *planner, int node, const char *property, const char *own,
		    struct span wanted, const struct claim *claim)
{
	char text[CLAIM_TEXT_SIZE];

	describe(planner, claim, text);
	return plan_error(planner, node, property, "nothing may overlap",
			  own[0] == '\0' ? "load it somewhere else" : "move one of the two",
			  "%s0x%lx-0x%lx overlaps %s0x%lx-0x%lx", own, wanted.base, last_of(wanted),
			  text, claim->span.base, last_of(claim->span));
}

bool check_free(struct planner *planner, int node, const char *property, const struct claim *wanted)
{
	struct claim own = *wanted;
	const struct claim *claim;
	uint32_t index = 0;
	bool is_free = true;
	char text[CLAIM_TEXT_SIZE];

	/* The error names its own node already. */
	if (own.node == node)
		own.node = -1;
	while ((claim = find_claim(planner, own.space, own.span, &index)) != NULL) {
		describe(planner, &own, text);
		is_free = report_overlap(planner, node, property, text, own.span, claim);
	}
	return is_free;
}

void claim_free(struct planner *planner, int node, const char *property, const struct claim *wanted)
{
	if (check_free(planner, node, property, wanted))
		add_claim(planner, wanted);
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

	for (uint32_t i = find_position(scratch, space, 0);; i++) {
		const struct claim *const claim = &scratch->claims[i];

		if (at < start || at > last || last - at < size - 1)
			return false;
		*base = at;
		if (i == scratch->claim_count || claim->space != space ||
		    claim->span.base > at + (size - 1))
			return true;
		if (last_of(claim->span) < at)
			continue;
		/* A claim up to the last address leaves nothing behind it. */
		if (last_of(claim->span) == UINT64_MAX)
			return false;
		at = align_up(last_of(claim->span) + 1, alignment);
	}
}

bool find_free(const struct planner *planner, uint64_t size, uint64_t alignment, uint64_t *base)
{
	const struct plan_board *const board = &planner->plan->board;

	for (uint32_t i = 0; size != 0 && i < board->memory_bank_count; i++) {
		const struct span bank = span_of(board->memory_banks[i]);

		if (find_gap(planner, SPACE_HOST, bank.base, last_of(bank), size, alignment, base))
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
static void keep_larger(struct span *best, uint64_t at, uint64_t end, uint64_t block)
{
	const uint64_t first = align_up(at, block);
	const uint64_t size = first < at || first >= end ? 0 : align_down(end - first, block);

	if (size > best->size)
		*best = (struct span){first, size};
}

struct span largest_free(const struct planner *planner, uint64_t block)
{
	const struct plan_board *const board = &planner->plan->board;
	const struct plan_scratch *const scratch = planner->scratch;
	struct span best = {0, 0};

	for (uint32_t b = 0; b < board->memory_bank_count; b++) {
		const struct span bank = span_of(board->memory_banks[b]);
		const uint64_t end = bank.base + bank.size;
		uint64_t at = bank.base;

		for (uint32_t i = 0; at < end && i < scratch->claim_count; i++) {
			const struct span claim = scratch->claims[i].span;

			if (scratch->claims[i].space != SPACE_HOST || claim.base >= end)
				break;
			if (claim.base > at)
				keep_larger(&best, at, claim.base, block);
			if (last_of(claim) >= at)
				at = last_of(claim) < end ? last_of(claim) + 1 : end;
		}
		if (at < end)
			keep_larger(&best, at, end, block);
	}
	return best;
}

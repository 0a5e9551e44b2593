/* SPDX-License-Identifier: Apache-2.0 */
#include "imagebuilder/owners.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "imagebuilder/words.h"

/* The same range with the same use, owned by another partition before. */
static struct owner *find_same(struct owners *owners, enum owner_kind kind, uint64_t base,
			       uint64_t size)
{
	for (size_t i = 0; i < owners->count; i++) {
		struct owner *const owner = &owners->list[i];

		if (owner->kind == kind && owner->base == base && owner->size == size)
			return owner;
	}
	return NULL;
}

/* Adds a range; a partition that shares one is added to its owners. */
static void add(struct owners *owners, const struct plan *plan, enum owner_kind kind,
		struct plan_range range, const char *what, uint32_t partition)
{
	struct owner *owner = find_same(owners, kind, range.base.value, range.size);

	if (range.size == 0)
		return;
	if (owner == NULL) {
		if (owners->count == OWNERS_MAX)
			return;
		owner = &owners->list[owners->count++];
		*owner = (struct owner){.kind = kind,
					.partition = partition,
					.count = partition != PLAN_NONE ? 1 : 0,
					.base = range.base.value,
					.size = range.size};
		words_add(owner->what, sizeof(owner->what), "%s", what);
		if (partition != PLAN_NONE)
			words_add(owner->names, sizeof(owner->names), "%s",
				  words_partition(plan, partition));
		return;
	}
	if (owner->partition == partition)
		return;
	owner->partition = PLAN_NONE;
	owner->count++;
	words_add(owner->names, sizeof(owner->names), "%s%s", owner->names[0] != '\0' ? ", " : "",
		  words_partition(plan, partition));
}

static struct plan_range frame(pa_t base)
{
	return (struct plan_range){base, PAGE_SIZE};
}

static void add_board(struct owners *owners, const struct plan *plan)
{
	const struct plan_board *const board = &plan->board;

	add(owners, plan, OWNER_BOARD, board->distributor, "GIC distributor", PLAN_NONE);
	for (uint32_t i = 0; i < board->redistributor_count; i++)
		add(owners, plan, OWNER_BOARD, board->redistributors[i], "GIC redistributors",
		    PLAN_NONE);
	if (board->uart_intid != 0)
		add(owners, plan, OWNER_BOARD, board->uart, "console UART", PLAN_NONE);
	if (board->feed_watchdog != 0) {
		add(owners, plan, OWNER_BOARD, frame(board->watchdog_control), "watchdog",
		    PLAN_NONE);
		add(owners, plan, OWNER_BOARD, frame(board->watchdog_refresh), "watchdog",
		    PLAN_NONE);
	}
	add(owners, plan, OWNER_HYPERVISOR, plan->hypervisor, "hypervisor image", PLAN_NONE);
	add(owners, plan, OWNER_POOL, plan->pool, "hypervisor pool", PLAN_NONE);
}

/* The file that a kernel's segments come from, as far as the plan knows it. */
static struct plan_range kernel_source(const struct plan_partition *partition)
{
	uint64_t base = UINT64_MAX;
	uint64_t end = 0;

	for (uint32_t i = 0; i < partition->kernel_count; i++) {
		const struct plan_image *const image = &partition->kernel[i];

		if (image->source_size == 0)
			continue;
		if (image->source.value < base)
			base = image->source.value;
		if (image->source.value + image->source_size > end)
			end = image->source.value + image->source_size;
	}
	return end == 0 ? (struct plan_range){pa(0), 0} : (struct plan_range){pa(base), end - base};
}

static void add_partition(struct owners *owners, const struct plan *plan, uint32_t index)
{
	const struct plan_partition *const partition = &plan->partitions[index];

	for (uint32_t i = 0; i < partition->region_count; i++)
		add(owners, plan, OWNER_RAM,
		    (struct plan_range){partition->regions[i].host, partition->regions[i].size},
		    "RAM", index);
	add(owners, plan, OWNER_MODULE, kernel_source(partition), "kernel", index);
	if (partition->ramdisk.format != PLAN_IMAGE_NONE)
		add(owners, plan, OWNER_MODULE,
		    (struct plan_range){partition->ramdisk.source, partition->ramdisk.source_size},
		    "ramdisk", index);
	add(owners, plan, OWNER_MODULE, partition->partial_tree, "partial tree", index);
}

static void add_devices(struct owners *owners, const struct plan *plan)
{
	uint32_t region = 0;

	for (uint32_t i = 0; i < plan->device_count; i++) {
		const struct plan_device *const device = &plan->devices[i];

		for (uint32_t r = 0; r < device->region_count; r++, region++)
			add(owners, plan, OWNER_DEVICE,
			    (struct plan_range){plan->device_regions[region].host,
						plan->device_regions[region].size},
			    plan_text(plan, device->path), device->partition);
	}
}

static void add_shared(struct owners *owners, const struct plan *plan)
{
	char what[OWNERS_TEXT_SIZE];

	for (uint32_t i = 0; i < plan->shared_count; i++) {
		const struct plan_shared *const shared = &plan->shared[i];

		(void)snprintf(what, sizeof(what), "shared memory %s", shared->id);
		add(owners, plan, OWNER_SHARED,
		    (struct plan_range){shared->region.host, shared->region.size}, what,
		    shared->partition);
	}
	for (uint32_t i = 0; i < plan->channel_count; i++) {
		const struct plan_channel *const channel = &plan->channels[i];
		const struct plan_range range = {channel->memory, channel->size};

		(void)snprintf(what, sizeof(what), "channel %s", channel->name);
		for (unsigned end = 0; end < 2; end++)
			add(owners, plan, OWNER_CHANNEL, range, what, channel->ends[end].partition);
	}
}

/* By address; of two that begin together the larger first, so that it holds the other. */
static int compare(const void *left, const void *right)
{
	const struct owner *const a = left;
	const struct owner *const b = right;

	if (a->base != b->base)
		return a->base < b->base ? -1 : 1;
	if (a->size != b->size)
		return a->size > b->size ? -1 : 1;
	return (int)a->kind - (int)b->kind;
}

static void sort(struct owners *owners)
{
	qsort(owners->list, owners->count, sizeof(owners->list[0]), compare);
}

static void find_depths(struct owners *owners)
{
	uint64_t last = 0;

	for (size_t i = 0; i < owners->count; i++) {
		struct owner *const owner = &owners->list[i];

		owner->depth = i != 0 && owner->base <= last ? 1 : 0;
		if (owner->depth == 0)
			last = owner->base + (owner->size - 1);
	}
}

/* Adds what is left of a bank. The owners are in order, and depths are known. */
static void add_rest(struct owners *owners, const struct plan *plan, const struct plan_range *bank)
{
	const size_t count = owners->count;
	const uint64_t end = bank->base.value + bank->size;
	uint64_t at = bank->base.value;

	for (size_t i = 0; i < count; i++) {
		const struct owner owner = owners->list[i];

		if (owner.depth != 0 || owner.base + owner.size <= at || owner.base >= end)
			continue;
		if (owner.base > at)
			add(owners, plan, OWNER_NOBODY,
			    (struct plan_range){pa(at), owner.base - at}, "unassigned", PLAN_NONE);
		at = owner.base + owner.size;
	}
	if (at < end)
		add(owners, plan, OWNER_NOBODY, (struct plan_range){pa(at), end - at}, "unassigned",
		    PLAN_NONE);
}

void owners_find(const struct plan *plan, struct owners *owners)
{
	owners->count = 0;
	add_board(owners, plan);
	for (uint32_t i = 0; i < plan->partition_count; i++)
		add_partition(owners, plan, i);
	add_devices(owners, plan);
	add_shared(owners, plan);
	sort(owners);
	find_depths(owners);
	for (uint32_t i = 0; i < plan->board.memory_bank_count; i++) {
		add_rest(owners, plan, &plan->board.memory_banks[i]);
		sort(owners);
	}
}

void owners_text(const struct owner *owner, char *out, size_t size)
{
	if (owner->kind == OWNER_CHANNEL || owner->kind == OWNER_SHARED)
		(void)snprintf(out, size, "%s: %s", owner->what, owner->names);
	else if (owner->names[0] != '\0')
		(void)snprintf(out, size, "%s of %s", owner->what, owner->names);
	else
		(void)snprintf(out, size, "%s", owner->what);
}

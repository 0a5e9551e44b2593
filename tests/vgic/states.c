// SPDX-License-Identifier: Apache-2.0
/* The state of everything: known again by a hash, kept in a copy. */
#include <stdlib.h>
#include <string.h>

#include "common/run/partition.h"
#include "tests/vgic/coroutines.h"
#include "tests/vgic/model.h"

struct region {
	uint8_t *base;
	size_t size;
};

#define FIXED_REGIONS 6

static size_t find_regions(struct region *regions)
{
	const unsigned cpus = machine.config.cpus;
	const struct region fixed[FIXED_REGIONS] = {
		{(uint8_t *)&machine,
		 offsetof(struct machine, cpus) + cpus * sizeof(machine.cpus[0])},
		{(uint8_t *)&model, sizeof(model)},
		{(uint8_t *)&this_guest.vgic, offsetof(struct vgic, banks[MACHINE_WORDS])},
		{(uint8_t *)this_guest.vgic.routes, MACHINE_INTIDS * sizeof(uint32_t)},
		{(uint8_t *)&this_partition, sizeof(this_partition)},
		{(uint8_t *)coroutines, sizeof(coroutines)},
	};
	size_t count = FIXED_REGIONS;

	memcpy(regions, fixed, sizeof(fixed));
	/* But for the count of exits, which differs without meaning. */
	for (unsigned i = 0; i < cpus; i++)
		regions[count++] =
			(struct region){(uint8_t *)&this_guest.vcpus[i].vgic,
					sizeof(struct vcpu) - offsetof(struct vcpu, vgic)};
	for (unsigned i = 0; i < COROUTINES; i++)
		if (coroutines[i].low != NULL)
			regions[count++] =
				(struct region){coroutines[i].low, (size_t)(stacks[i] + STACK_SIZE -
									    coroutines[i].low)};
	return count;
}

#define REGIONS (FIXED_REGIONS + MACHINE_CPUS + COROUTINES)

static uint64_t mix(uint64_t hash, const uint8_t *bytes, size_t size)
{
	uint64_t word;

	for (; size >= 8; size -= 8, bytes += 8) {
		memcpy(&word, bytes, 8);
		hash = (hash ^ word) * UINT64_C(0x9e3779b97f4a7c15);
		hash ^= hash >> 29;
	}
	for (; size != 0; size--)
		hash = (hash ^ *bytes++) * UINT64_C(0x100000001b3);
	return hash;
}

uint64_t state_hash(void)
{
	struct region regions[REGIONS];
	const size_t count = find_regions(regions);
	uint64_t hash = UINT64_C(0xcbf29ce484222325);

	for (size_t i = 0; i < count; i++)
		hash = mix(hash, regions[i].base, regions[i].size);
	return hash | 1;
}

static void *must(void *memory)
{
	if (memory == NULL)
		abort();
	return memory;
}

void state_save(struct snapshot *snapshot)
{
	struct region regions[REGIONS];
	const size_t count = find_regions(regions);
	size_t size = 0;
	uint8_t *to;

	for (size_t i = 0; i < count; i++)
		size += regions[i].size;
	if (size > snapshot->capacity) {
		snapshot->bytes = must(realloc(snapshot->bytes, size));
		snapshot->capacity = size;
	}
	to = snapshot->bytes;
	for (size_t i = 0; i < count; i++) {
		memcpy(to, regions[i].base, regions[i].size);
		to += regions[i].size;
	}
}

/* The coroutines come before their stacks, so that these have the size that they had. */
void state_restore(const struct snapshot *snapshot)
{
	struct region regions[REGIONS];
	const uint8_t *from = snapshot->bytes;

	find_regions(regions);
	for (size_t i = 0; i < FIXED_REGIONS; i++) {
		memcpy(regions[i].base, from, regions[i].size);
		from += regions[i].size;
	}

	const size_t count = find_regions(regions);

	for (size_t i = FIXED_REGIONS; i < count; i++) {
		memcpy(regions[i].base, from, regions[i].size);
		from += regions[i].size;
	}
}

/* SPDX-License-Identifier: Apache-2.0 */
/* The plan's name: what of it is in use, hashed in the order of the structure. */
#include "common/plan/digest.h"

#include <stddef.h>

#include "common/lib/format.h"

static void add(struct sha256 *state, const void *array, uint32_t count, size_t size)
{
	sha256_update(state, array, count * size);
}

void plan_digest_text(const struct plan *plan, char text[PLAN_DIGEST_TEXT_SIZE])
{
	uint8_t digest[SHA256_SIZE];
	struct sha256 state;

	/* The counts come first, so that no two plans hash the same bytes. */
	sha256_begin(&state);
	sha256_update(&state, plan, offsetof(struct plan, partitions));
	add(&state, plan->partitions, plan->partition_count, sizeof(plan->partitions[0]));
	add(&state, plan->devices, plan->device_count, sizeof(plan->devices[0]));
	add(&state, plan->device_regions, plan->device_region_count,
	    sizeof(plan->device_regions[0]));
	add(&state, plan->interrupts, plan->interrupt_count, sizeof(plan->interrupts[0]));
	add(&state, plan->virtual_devices, plan->virtual_device_count,
	    sizeof(plan->virtual_devices[0]));
	add(&state, plan->channels, plan->channel_count, sizeof(plan->channels[0]));
	add(&state, plan->shared, plan->shared_count, sizeof(plan->shared[0]));
	add(&state, plan->text, plan->text_size, 1);
	sha256_end(&state, digest);
	for (unsigned i = 0; i < SHA256_SIZE; i++)
		(void)format(&text[2 * i], 3, "%02x", digest[i]);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "common/launch/entropy.h"

#include <stddef.h>

#include "common/arch.h"
#include "common/lib/sha256.h"
#include "common/plan/tree.h"

#define MIN_SEED_SIZE 32

bool entropy_make(const void *host_tree, uint32_t partition, uint64_t words[ENTROPY_WORDS])
{
	const struct tree tree = {host_tree, NULL};
	const int chosen = tree_path(&tree, "/chosen");
	const uint64_t time = arch_counter();
	int length = 0;
	const void *const seed =
		chosen < 0 ? NULL : tree_property(&tree, chosen, "rng-seed", &length);
	uint8_t *const out = (uint8_t *)words;

	if (seed == NULL || length < MIN_SEED_SIZE)
		return false;
	/* A hash for each half: nobody computes the seed, or the other words, from one of them. */
	for (uint32_t half = 0; half < ENTROPY_WORDS * sizeof(words[0]) / SHA256_SIZE; half++) {
		struct sha256 hash;

		sha256_begin(&hash);
		sha256_update(&hash, seed, (size_t)length);
		sha256_update(&hash, &partition, sizeof(partition));
		sha256_update(&hash, &half, sizeof(half));
		sha256_update(&hash, &time, sizeof(time));
		sha256_end(&hash, out + half * SHA256_SIZE);
	}
	return true;
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Randomness for the guests' rng-seed and kaslr-seed, from what the boot loader left for us in the
 * host's /chosen/rng-seed. Each partition gets words of its own: none can tell another's from them.
 */
#ifndef BULKHEAD_LAUNCH_ENTROPY_H
#define BULKHEAD_LAUNCH_ENTROPY_H

#include <stdbool.h>
#include <stdint.h>

#define ENTROPY_WORDS 8

/* False: the boot loader left none, or too little. */
bool entropy_make(const void *host_tree, uint32_t partition, uint64_t words[ENTROPY_WORDS]);

#endif

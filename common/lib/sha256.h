/* SPDX-License-Identifier: Apache-2.0 */
/* SHA-256 (FIPS 180-4). Data may come in pieces of any size. */
#ifndef BULKHEAD_LIB_SHA256_H
#define BULKHEAD_LIB_SHA256_H

#include <stddef.h>
#include <stdint.h>

#define SHA256_SIZE	  32
#define SHA256_BLOCK_SIZE 64

struct sha256 {
	uint32_t state[8];
	uint64_t size; /* bytes so far */
	uint8_t block[SHA256_BLOCK_SIZE];
};

void sha256_begin(struct sha256 *hash);
void sha256_update(struct sha256 *hash, const void *data, size_t size);
void sha256_end(struct sha256 *hash, uint8_t digest[SHA256_SIZE]);

#endif

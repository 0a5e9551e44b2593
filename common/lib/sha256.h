/* SPDX-License-Identifier: Apache-2.0 */
/* SHA-256 (FIPS 180-4) of one buffer: the plan's digest. */
#ifndef BULKHEAD_LIB_SHA256_H
#define BULKHEAD_LIB_SHA256_H

#include <stddef.h>
#include <stdint.h>

#define SHA256_SIZE 32

void sha256(const void *data, size_t size, uint8_t digest[SHA256_SIZE]);

#endif

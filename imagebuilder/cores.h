/* SPDX-License-Identifier: Apache-2.0 */
/* How many address bits the board's CPUs translate, which on the board a register says. */
#ifndef BULKHEAD_IMAGEBUILDER_CORES_H
#define BULKHEAD_IMAGEBUILDER_CORES_H

#include <stdint.h>

/* The fewest bits of all CPUs that the device tree names; 40 for a kind that is not known. */
uint32_t cores_address_bits(const void *tree);

#endif

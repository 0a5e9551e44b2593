/* SPDX-License-Identifier: Apache-2.0 */
/* Device registers of the simulated machine. */
#ifndef BULKHEAD_TESTS_MMIO_H
#define BULKHEAD_TESTS_MMIO_H

#include "tests/vgic/hooks.h"

#define mmio_read8(address)	     ((uint8_t)machine_load((address), 1, __func__))
#define mmio_read32(address)	     ((uint32_t)machine_load((address), 4, __func__))
#define mmio_read64(address)	     machine_load((address), 8, __func__)
#define mmio_write8(address, value)  machine_store((address), 1, (value), __func__)
#define mmio_write32(address, value) machine_store((address), 4, (value), __func__)
#define mmio_write64(address, value) machine_store((address), 8, (value), __func__)

#endif

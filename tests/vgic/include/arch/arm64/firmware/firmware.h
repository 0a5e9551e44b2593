/* SPDX-License-Identifier: Apache-2.0 */
/* The numbers of firmware.h (vgic.mk takes them from there), without its SMC instruction. */
#ifndef BULKHEAD_TESTS_FIRMWARE_H
#define BULKHEAD_TESTS_FIRMWARE_H

#include "firmware.inc"

#endif

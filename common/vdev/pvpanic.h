/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The panic device (QEMU's specification of pvpanic): one register of a byte, by which the guest's
 * kernel says that it has panicked.
 */
#ifndef BULKHEAD_VDEV_PVPANIC_H
#define BULKHEAD_VDEV_PVPANIC_H

#include <stdbool.h>
#include <stdint.h>

/* A read says which events it takes, a write which one has happened. */
#define PVPANIC_PANICKED 1

/*
 * An access to the register by a vCPU of this partition. value: what is written, or the result.
 * True: the partition has ended, as by bulkhead,on-crash; the vCPU must stop.
 */
bool pvpanic_access(bool is_write, uint8_t *value);

#endif

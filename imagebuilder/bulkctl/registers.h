/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The registers of this guest's supervisor device (common/vdev/supervisor_registers.h), by the
 * guest's device tree and /dev/mem. One process at a time: it waits for others.
 */
#ifndef BULKHEAD_BULKCTL_REGISTERS_H
#define BULKHEAD_BULKCTL_REGISTERS_H

#include <stdbool.h>
#include <stdint.h>

/* False: there is none, or it cannot be reached; says why. */
bool registers_open(void);

/* 8 bytes, or a word to be written; offset: into the page. */
uint64_t registers_read(uint32_t offset);
void registers_write(uint32_t offset, uint32_t value);

#endif

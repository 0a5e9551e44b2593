/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SGIs and PPIs through the redistributors (IHI 0069, 12.11), of this CPU or another. The registers
 * of a frame have the offsets of the distributor's (spi.h).
 */
#ifndef BULKHEAD_TESTS_PRIVATE_H
#define BULKHEAD_TESTS_PRIVATE_H

#include "tests/guests/lib/guest.h"

/* The frame with a CPU's private interrupts: SGI_base. */
uint64_t private_frame(unsigned cpu);

/* A word that has a bit for each of them; one bit of it, written to a write-1 register or read. */
uint32_t private_word(unsigned cpu, uint32_t offset);
void private_set(unsigned cpu, uint32_t offset, uint32_t intid);
bool private_get(unsigned cpu, uint32_t offset, uint32_t intid);

void private_set_priority(unsigned cpu, uint32_t intid, uint8_t priority);

#endif

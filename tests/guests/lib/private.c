/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/guests/lib/private.h"

#include "tests/guests/lib/spi.h"

uint64_t private_frame(unsigned cpu)
{
	return gic_redistributor_of(platform.cpus[cpu]) + 0x10000;
}

uint32_t private_word(unsigned cpu, uint32_t offset)
{
	return read32(private_frame(cpu) + offset);
}

void private_set(unsigned cpu, uint32_t offset, uint32_t intid)
{
	write32(private_frame(cpu) + offset, 1U << intid);
}

bool private_get(unsigned cpu, uint32_t offset, uint32_t intid)
{
	return (private_word(cpu, offset) >> intid & 1) != 0;
}

void private_set_priority(unsigned cpu, uint32_t intid, uint8_t priority)
{
	write8(private_frame(cpu) + GICD_IPRIORITYR + intid, priority);
}

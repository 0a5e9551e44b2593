/* SPDX-License-Identifier: Apache-2.0 */
#include "common/console/record.h"

#include "common/arch.h"
#include "common/lib/format.h"

static void put(uint8_t byte)
{
	record.text[record.written++ % RECORD_TEXT] = byte;
}

void record_line(const uint8_t *ring, uint32_t ring_size, uint32_t at, uint32_t length)
{
	const uint64_t ms = arch_counter() / (arch_counter_frequency() / 1000);
	char time[24];

	(void)format(time, sizeof(time), "[%5lu.%03lu] ", ms / 1000, ms % 1000);
	for (const char *digit = time; *digit != '\0'; digit++)
		put((uint8_t)*digit);
	for (uint32_t i = 0; i < length; i++)
		put(ring[(at + i) % ring_size]);
	record.check = ~record.written;
	arch_clean(&record, sizeof(record));
}

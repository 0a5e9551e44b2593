/* SPDX-License-Identifier: Apache-2.0 */
#include "common/console/record.h"

#include "common/arch.h"
#include "common/lib/format.h"

static void put(const char *text)
{
	for (; *text != '\0'; text++)
		record.text[record.written++ % RECORD_TEXT] = (uint8_t)*text;
}

void record_line(const char *line)
{
	const uint64_t ms = arch_counter() / (arch_counter_frequency() / 1000);
	char time[24];

	(void)format(time, sizeof(time), "[%5lu.%03lu] ", ms / 1000, ms % 1000);
	put(time);
	put(line);
	put("\n");
	record.check = ~record.written;
	arch_clean(&record, sizeof(record));
}

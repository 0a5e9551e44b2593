/* SPDX-License-Identifier: Apache-2.0 */
#include "common/console/record.h"

#include <stddef.h>

#include "common/arch.h"
#include "common/lib/format.h"

static uint32_t put(uint32_t at, const char *text)
{
	for (; *text != '\0'; text++)
		record.text[at++ % RECORD_TEXT] = (uint8_t)*text;
	return at;
}

void record_line(const char *line)
{
	const uint64_t ms = arch_counter() / (arch_counter_frequency() / 1000);
	char time[24];

	(void)format(time, sizeof(time), "[%5lu.%03lu] ", ms / 1000, ms % 1000);
	const uint32_t written = put(put(put(record.written, time), line), "\n");

	/* In memory before the number that counts it: a reset may come at any time. */
	arch_clean(record.text, sizeof(record.text));
	record.written = written;
	record.check = ~written;
	arch_clean(&record, offsetof(struct record, text));
}

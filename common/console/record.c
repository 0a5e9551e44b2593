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
	const uint64_t now = arch_counter();
	const uint64_t frequency = arch_counter_frequency();
	char time[24];

	(void)format(time, sizeof(time), "[%5lu.%03lu] ", now / frequency,
		     now % frequency * 1000 / frequency);
	const uint32_t written = put(put(put(record.written, time), line), "\n");

	/* In memory before the number that counts it: a reset may come at any time. */
	arch_clean(record.text, sizeof(record.text));
	record.written = written;
	record.check = ~written;
	arch_clean(&record, offsetof(struct record, text));
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "common/launch/last_log.h"

#include <string.h>

#include "common/arch.h"
#include "common/console/record.h"
#include "common/launch/boot_console.h"

#define LINE_SIZE 256

/* Prints a line of the record from *at on, which moves behind it; what is no text is left out. */
static void show_line(const struct record *last, uint32_t *at)
{
	char line[LINE_SIZE];
	uint32_t length = 0;

	while (*at != last->written) {
		const uint8_t byte = last->text[(*at)++ % RECORD_TEXT];

		if (byte == '\n')
			break;
		if (byte >= ' ' && byte <= '~' && length < LINE_SIZE - 1)
			line[length++] = (char)byte;
	}
	line[length] = '\0';
	boot_log("| %s", line);
}

/* The oldest line that is there from its beginning on. */
static uint32_t first_line(const struct record *last)
{
	uint32_t at = last->written - RECORD_TEXT;

	if (last->written <= RECORD_TEXT)
		return 0;
	while (at != last->written)
		if (last->text[at++ % RECORD_TEXT] == '\n')
			break;
	return at;
}

/* Another plan may have had something else there, even a guest's memory. */
static uint64_t magic_of(const char *digest)
{
	uint64_t magic;

	memcpy(&magic, digest, sizeof(magic));
	return magic ^ RECORD_MAGIC;
}

void last_log_show(const struct plan *plan, const char *digest)
{
	struct record *const last = arch_window(ARCH_WINDOW_MEMORY, plan->record, RECORD_SIZE);
	const bool is_there = last->magic == magic_of(digest) && last->check == ~last->written;

	if (is_there && last->written != 0) {
		boot_log("what was said after the last boot:");
		for (uint32_t at = first_line(last); at != last->written;)
			show_line(last, &at);
	}
	last->magic = magic_of(digest);
	last->written = 0;
	last->check = UINT32_MAX;
	arch_clean(last, RECORD_SIZE);
}

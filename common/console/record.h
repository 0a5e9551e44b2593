/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The record: what EL2 has said since boot, in memory that a warm reset leaves alone where the
 * board's RAM keeps its content. The next boot of the same plan finds it at the same place and
 * prints it (launch/last_log.h), then begins anew. The housekeeping CPU writes it.
 *
 * A ring of text: of written bytes the last RECORD_TEXT are there. It is believed when the magic
 * number (with the plan's digest in it) and the complement of written are right.
 */
#ifndef BULKHEAD_CONSOLE_RECORD_H
#define BULKHEAD_CONSOLE_RECORD_H

#include <stdint.h>

#define RECORD_SIZE  4096
#define RECORD_TEXT  (RECORD_SIZE - 16)
#define RECORD_MAGIC UINT64_C(0x31636552646b6c42) /* "BlkdRec1" */

struct record {
	uint64_t magic;
	uint32_t written;
	uint32_t check; /* ~written */
	uint8_t text[RECORD_TEXT];
};

_Static_assert(sizeof(struct record) == RECORD_SIZE, "one page in layout.h");

extern struct record record;

/* Appends a line, with the time in front. In the demand section. */
void record_line(const char *line);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * gzip files (RFC 1952, one member) and the DEFLATE streams in them (RFC 1951).
 *
 * Boot only. The input is hostile: every read and write is bounded, and each loop ends with the
 * input. No allocation; the state lives on the stack (under 4 KiB).
 */
#ifndef BULKHEAD_LIB_INFLATE_H
#define BULKHEAD_LIB_INFLATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum gzip_result {
	GZIP_OK,
	GZIP_NOT_GZIP,	  /* no gzip header, or one with a method other than DEFLATE */
	GZIP_TRUNCATED,	  /* the input ends inside the stream */
	GZIP_CORRUPT,	  /* an impossible code, distance or length, or a wrong checksum */
	GZIP_OUTPUT_FULL, /* more output than out_size bytes; those bytes are valid */
};

bool is_gzip(const void *in, size_t in_size);

/*
 * Decompresses into out; *written is the number of bytes written, also on failure. Size and CRC-32
 * of the trailer are checked when the whole stream fitted.
 */
enum gzip_result gunzip(const void *in, size_t in_size, void *out, size_t out_size,
			size_t *written);

/* The sentence for a result, for an error message. */
const char *gzip_result_text(enum gzip_result result);

#endif

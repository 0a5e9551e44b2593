/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Formatted output into a buffer: the part of snprintf() that Bulkhead uses, the same at EL2 and on
 * the host.
 *
 * Conversions: %s %c %d %u %x %%, with the length modifiers l, ll and z; flags '0' and
 * '-'; width and (for %s) precision as a number or '*'. Anything else is printed as it stands. The
 * output is always NUL-terminated when size > 0; what does not fit is cut.
 */
#ifndef BULKHEAD_LIB_FORMAT_H
#define BULKHEAD_LIB_FORMAT_H

#include <stdarg.h>
#include <stddef.h>

/* Returns the number of characters written to out, without the NUL (at most size - 1). */
size_t format(char *out, size_t size, const char *template, ...)
	__attribute__((format(printf, 3, 4)));
size_t format_list(char *out, size_t size, const char *template, va_list arguments);

#endif

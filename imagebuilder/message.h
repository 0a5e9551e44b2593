/* SPDX-License-Identifier: Apache-2.0 */
/* What imagebuilder says on standard error: compiler style, in colour on a terminal only. */
#ifndef BULKHEAD_IMAGEBUILDER_MESSAGE_H
#define BULKHEAD_IMAGEBUILDER_MESSAGE_H

#include <stdbool.h>
#include <stdio.h>

/* Whether the file is a terminal that wants colours (NO_COLOR is not set). */
bool wants_colour(FILE *file);

/* "imagebuilder: error: ..." Returns false, so that callers can return it. */
bool fail(const char *what, ...) __attribute__((format(printf, 1, 2)));

/* "imagebuilder: note: ..." */
void note(const char *what, ...) __attribute__((format(printf, 1, 2)));

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The whole plan as JSON, for scripts. Keys stand in a fixed order; addresses and masks are strings
 * ("0x40000000": 64 bits do not survive JSON's numbers), sizes are numbers of bytes, what is not
 * there is null. Texts that are not UTF-8 have U+FFFD in place of the bytes that are not.
 */
#ifndef BULKHEAD_IMAGEBUILDER_JSON_H
#define BULKHEAD_IMAGEBUILDER_JSON_H

#include <stdio.h>

#include "common/plan/plan.h"

/* digest: the plan's SHA-256 in hexadecimal, or NULL. */
void json_print(FILE *out, const struct plan *plan, const char *digest);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* What a function prints, to be looked at. */
#ifndef BULKHEAD_TESTS_PRINTED_H
#define BULKHEAD_TESTS_PRINTED_H

#include <stddef.h>
#include <stdio.h>

/* Of a plan, for those that print it. */
#define DIGEST "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

/* The last one's; freed by the next, or by printed_tear_down(), which is for cmocka. */
extern char *printed;
extern size_t printed_size;

void capture(void (*print)(FILE *));
void contains(const char *part);
int printed_tear_down(void **state);

#endif

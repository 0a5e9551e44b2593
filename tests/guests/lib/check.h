/* SPDX-License-Identifier: Apache-2.0 */
/* For guests that check something: a line for each check, a count at the end; waiting. */
#ifndef BULKHEAD_TESTS_CHECK_H
#define BULKHEAD_TESTS_CHECK_H

#include <stdbool.h>
#include <stdint.h>

/* The name of the guest, which begins each line. */
void check_begin(const char *guest);

/* What the names of the next checks begin with; they are of one kind of several. */
void check_kind(const char *kind);

/* Prints "GUEST: check NAME ok" or "GUEST: check NAME FAILED". */
void check(const char *name, bool is_good);
void check_skip(const char *name, const char *why);

/* Prints "GUEST: N passed, N failed, N skipped", and switches the guest off. */
_Noreturn void check_end(void);

/* Waits until a counter has a value. False: it has not, seconds later or so many ms. */
bool wait_for(const volatile uint32_t *counter, uint32_t value);
bool wait_until(const volatile uint32_t *counter, uint32_t value, unsigned milliseconds);

/* Whether a counter keeps its value for a while; whether it gets there, and keeps it. */
bool stays(const volatile uint32_t *counter, uint32_t value);
bool settles_at(const volatile uint32_t *counter, uint32_t value);

#endif

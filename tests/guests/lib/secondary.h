/* SPDX-License-Identifier: Apache-2.0 */
/* CPU 1 of guests whose CPU 0 checks what happens to another's interrupts; CPUs that go off. */
#ifndef BULKHEAD_TESTS_SECONDARY_H
#define BULKHEAD_TESTS_SECONDARY_H

#include <stdbool.h>
#include <stdint.h>

/* On CPU 1: takes interrupts, or leaves them waiting, as CPU 0 says; then goes off. */
void secondary_run(void);

/* How many times it has started to. */
extern volatile uint32_t secondary_runs;

/* On CPU 0: whether CPU 1 is to have its interrupts masked; it has when this returns. */
void secondary_mask(bool mask);

/* It goes off, masked or not. False: it has not within some seconds. */
bool secondary_stop(void);

/* Whether a CPU that has been told to goes off. */
bool goes_off(unsigned cpu);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* Barriers of the simulated machine: what they make visible, machine.h says. */
#ifndef BULKHEAD_TESTS_BARRIERS_H
#define BULKHEAD_TESTS_BARRIERS_H

#include "tests/vgic/hooks.h"

static inline void synchronize_context(void)
{
	machine_synchronize_context();
}

static inline void complete_all_accesses(void)
{
	machine_complete_accesses();
}

static inline void publish_before_interrupt(void)
{
}

static inline void wait_for_interrupt(void)
{
	machine_sleep();
}

#endif

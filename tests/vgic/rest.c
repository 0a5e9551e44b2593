// SPDX-License-Identifier: Apache-2.0
/* CPUs that take what there is for them, one after another, until all is at rest. */
#include "tests/vgic/machine.h"

#define REST_LIMIT 400 /* exits: of 4 CPUs with 16 list registers and all interrupts, and more */

/* The others serve what interrupts them, unless they are about something already. */
void machine_wait_for_others(void)
{
	const unsigned current = machine.current;

	if (machine_hooks.wait != NULL) {
		machine_hooks.wait(NULL, 0);
		return;
	}
	if (machine_self()->locks != 0)
		machine_fail("waits for another CPU and holds a lock");
	for (unsigned cpu = 0; cpu < machine.config.cpus; cpu++) {
		if (machine.cpus[cpu].is_in_el2)
			continue;
		machine_run_on(cpu);
		while (machine_take_interrupt())
			;
	}
	machine_run_on(current);
}

void machine_settle(void)
{
	const unsigned current = machine.current;
	unsigned exits = 0;

	for (bool is_busy = true; is_busy;) {
		is_busy = machine.config.late && physical_settle_wires();
		for (unsigned cpu = 0; cpu < machine.config.cpus; cpu++) {
			machine_run_on(cpu);
			while (machine_take_interrupt()) {
				is_busy = true;
				if (++exits > REST_LIMIT)
					machine_fail("interrupts EL2 without end");
			}
		}
	}
	machine_run_on(current);
	check_quiet();
}

void machine_drain(void)
{
	const unsigned current = machine.current;
	unsigned handled = 0;

	for (bool is_busy = true; is_busy;) {
		machine_settle();
		is_busy = false;
		for (unsigned cpu = 0; cpu < machine.config.cpus; cpu++) {
			machine_run_on(cpu);
			while (machine.cpus[cpu].is_on && guest_handle()) {
				is_busy = true;
				if (++handled > 10 * REST_LIMIT)
					machine_fail("interrupts the guest without end");
				while (machine_take_interrupt())
					;
			}
		}
	}
	machine_run_on(current);
}

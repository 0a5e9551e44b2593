/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/guests/lib/secondary.h"

#include "tests/guests/lib/guest.h"

#define IS_OFF	1 /* AFFINITY_INFO */
#define SECONDS 5

volatile uint32_t secondary_runs;
static volatile bool is_to_mask;
static volatile bool has_masked;
static volatile bool is_to_stop;

void secondary_run(void)
{
	gic_init_cpu();
	enable_interrupts();
	secondary_runs++;
	while (!is_to_stop) {
		const bool masks = is_to_mask; /* read once: it is done when it is said */

		if (masks)
			disable_interrupts();
		else
			enable_interrupts();
		has_masked = masks;
		__asm__ volatile("yield");
	}
	is_to_stop = false;
	(void)psci(PSCI_CPU_OFF, 0, 0, 0);
}

void secondary_mask(bool mask)
{
	is_to_mask = mask;
	while (has_masked != mask)
		__asm__ volatile("yield");
}

bool secondary_stop(void)
{
	is_to_stop = true;
	return goes_off(1);
}

bool goes_off(unsigned cpu)
{
	const uint64_t end = virtual_time() + SECONDS * read_register(cntfrq_el0);

	while (psci(PSCI_AFFINITY_INFO, platform.cpus[cpu], 0, 0) != IS_OFF) {
		if (virtual_time() > end)
			return false;
		__asm__ volatile("yield");
	}
	return true;
}

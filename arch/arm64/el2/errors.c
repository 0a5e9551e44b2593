/* SPDX-License-Identifier: Apache-2.0 */
/* Errors that no handler takes: SError from the guest, and exceptions inside EL2 itself. */
#include <stddef.h>

#include "arch/arm64/el2/exits.h"
#include "arch/arm64/el2/system_registers.h"
#include "arch/arm64/gic/gic.h"
#include "arch/arm64/vcpu/vcpu.h"
#include "common/run/housekeeping.h"
#include "common/run/order.h"
#include "common/run/partition.h"

/* ESR_ELx.ISS of an SError (D17.2.37): with FEAT_RAS, unless IDS says that the CPU has its own. */
#define SERROR_IDS	  BIT(24)
#define SERROR_DFSC_MASK  0x3f
#define SERROR_DFSC	  0x11
#define SERROR_AET(esr)	  ((esr) >> 10 & 7)
#define AET_RESTARTABLE	  2 /* contained, and nothing has used the wrong data yet */
#define AET_CORRECTED	  6
#define ID_PFR0_RAS_SHIFT 28

/* Whether the guest can go on as if nothing had been. */
static bool is_harmless(uint64_t esr)
{
	const uint64_t type = SERROR_AET(esr);

	return (read_register(id_aa64pfr0_el1) >> ID_PFR0_RAS_SHIFT & 0xf) != 0 &&
	       (esr & SERROR_IDS) == 0 && (esr & SERROR_DFSC_MASK) == SERROR_DFSC &&
	       (type == AET_CORRECTED || type == AET_RESTARTABLE);
}

void exit_error(void)
{
	if (is_harmless(read_register(esr_el2))) {
		/* Said once: a failing memory must not fill the log. */
		if (this_cpu.errors_survived++ == 0)
			health_record(exit_event(HEALTH_SERROR_SURVIVED));
		return;
	}
	(void)partition_end(exit_event(HEALTH_SERROR));
	vcpu_stop();
}

/*
 * A bug of ours. Its partition is stopped for good, because its state may be wrong; the other
 * partitions' state is out of this CPU's reach. While booting nothing runs yet: say it and stay.
 */
void exit_own_exception(uint64_t kind, uint64_t esr, uint64_t elr, uint64_t far)
{
	if (this_cpu.fault_while_booting != NULL)
		this_cpu.fault_while_booting(kind, esr, elr, far);
	switch_tables(this_cpu.running_root.value); /* it may have been behind a gate */
	/* The board's watchdog may judge. */
	if (this_cpu.is_housekeeping) {
		const uint64_t soon = arch_counter() + arch_counter_frequency() / 1000;

		/* What it was about for the others, goes on. */
		order_resume();
		housekeeping.watchdogs.feed_at = WATCHDOG_NEVER;
		if (housekeeping.mux.uart.type != NULL)
			housekeeping_set_timer(TIMER_CONSOLE, soon);
		housekeeping_set_timer(TIMER_WATCHDOGS, soon);
	}
	/* Some interrupts are served before they are ended: their priority would hold back all. */
	if (!this_cpu.is_direct)
		gic_reset_interface();
	if (this_cpu.vcpu == NULL)
		vcpu_run();
	/* It may have happened with any of the locks held, by this CPU. */
	lock_open(&this_guest.vgic.lock);
	partition_open_locks();
	(void)partition_end((struct health_event){
		.kind = HEALTH_BROKEN,
		.number = (uint32_t)kind,
		.esr = esr,
		.pc = elr,
		.far = far,
	});
	vcpu_stop();
}

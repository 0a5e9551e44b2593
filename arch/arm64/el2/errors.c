/* SPDX-License-Identifier: Apache-2.0 */
/* Errors that no handler takes: SError from the guest, and exceptions inside EL2 itself. */
#include <stddef.h>

#include "arch/arm64/el2/exits.h"
#include "arch/arm64/el2/system_registers.h"
#include "arch/arm64/vcpu/vcpu.h"
#include "common/console/log.h"
#include "common/run/partition.h"

void exit_error(void)
{
	log_event("stopped: SError, ESR 0x%lx, guest PC 0x%lx",
		  (unsigned long)read_register(esr_el2), (unsigned long)read_register(elr_el2));
	partition_stop();
	vcpu_stop();
}

/*
 * A bug of ours. Its partition is stopped, because its state may be wrong; the other partitions'
 * state is out of this CPU's reach. While booting nothing runs yet: say it and stay.
 */
void exit_own_exception(uint64_t kind, uint64_t esr, uint64_t elr, uint64_t far)
{
	if (this_cpu.fault_while_booting != NULL)
		this_cpu.fault_while_booting(kind, esr, elr, far);
	if (this_cpu.vcpu == NULL)
		vcpu_run();
	log_event("stopped: exception in EL2, vector %u, ESR 0x%lx, ELR 0x%lx, FAR 0x%lx",
		  (unsigned)kind, (unsigned long)esr, (unsigned long)elr, (unsigned long)far);
	partition_stop();
	vcpu_stop();
}

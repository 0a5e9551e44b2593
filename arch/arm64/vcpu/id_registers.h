/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a guest learns of its CPU: the real identification registers, less the features that it
 * cannot use. A feature that is not known here is hidden, because it may need EL2's help.
 */
#ifndef BULKHEAD_ARM64_ID_REGISTERS_H
#define BULKHEAD_ARM64_ID_REGISTERS_H

#include <stdint.h>

#include "arch/arm64/el2/system_registers.h"

/* Version of the performance counters (PMUVer); 0: there are none. */
static inline uint64_t pmu_version(void)
{
	const uint64_t version = ID_FIELD(id_aa64dfr0_el1, 8);

	/* Implementation-defined counters have none of the architecture's registers. */
	return version == 0xf ? 0 : version;
}

/* Value of the register with op0 = 3, op1 = 0, CRn = 0 and these numbers (D17.3.1, table D17-2). */
uint64_t id_register(unsigned crm, unsigned op2);

#endif

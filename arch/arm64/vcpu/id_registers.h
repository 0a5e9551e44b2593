/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a guest learns of its CPU: the real identification registers, less the features that it
 * cannot use. A feature that is not known here is hidden, because it may need EL2's help.
 */
#ifndef BULKHEAD_ARM64_ID_REGISTERS_H
#define BULKHEAD_ARM64_ID_REGISTERS_H

#include <stdint.h>

/* Value of the register with op0 = 3, op1 = 0, CRn = 0 and these numbers (D17.3.1, table D17-2). */
uint64_t id_register(unsigned crm, unsigned op2);

#endif

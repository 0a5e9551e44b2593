/* SPDX-License-Identifier: Apache-2.0 */
/* System registers of the simulated machine; the rest is as it is. */
#ifndef BULKHEAD_TESTS_SYSTEM_REGISTERS_H
#define BULKHEAD_TESTS_SYSTEM_REGISTERS_H

#include_next "arch/arm64/el2/system_registers.h"

#include "tests/vgic/hooks.h"

#undef read_register
#undef write_register
#define read_register(name)	    machine_read_register(REGISTER_##name, __func__)
#define write_register(name, value) machine_write_register(REGISTER_##name, (value), __func__)

#endif

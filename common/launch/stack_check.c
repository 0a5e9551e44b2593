/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What Debian's libfdt asks of its surroundings: it is compiled with stack protection. The value is
 * fixed, because there is no entropy before the device tree is read; libfdt's own arrays are few.
 */
#include <stdint.h>

#include "common/arch.h"
#include "common/launch/boot_console.h"

extern const uintptr_t __stack_chk_guard;
void __stack_chk_fail(void);

const uintptr_t __stack_chk_guard = 0x595e9fbd94fda766;

void __stack_chk_fail(void)
{
	boot_log("error: the stack was overwritten while the device tree was read");
	for (;;)
		arch_wait_interrupt();
}

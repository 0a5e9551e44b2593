/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The boot CPU's tables. Runs with the MMU off, at the physical address: no pointer that was stored
 * at link time may be used here or in what this calls (el2_tables.c, page_table.c).
 */
#include "arch/arm64/boot/el2_tables.h"
#include "arch/arm64/boot/early.h"
#include "arch/arm64/el2/symbols.h"

uint64_t early_build_tables(void)
{
	const pa_t memory = pa((uintptr_t)boot_cpu_memory);
	const pa_t image = pa((uintptr_t)_image_start);

	/* Cannot fail: the pages needed do not depend on the board. */
	(void)el2_build_boot_tables(boot_cpu_memory, memory, image);
	return memory.value;
}

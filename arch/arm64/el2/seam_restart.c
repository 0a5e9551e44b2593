/* SPDX-License-Identifier: Apache-2.0 */
/* What boot and restarts ask of this architecture (common/arch.h). In the demand section. */
#include "arch/arm64/el2/barriers.h"
#include "arch/arm64/el2/exits.h"
#include "arch/arm64/el2/system_registers.h"
#include "arch/arm64/el2/window.h"
#include "arch/arm64/vcpu/vcpu.h"
#include "arch/arm64/vgic/direct.h"

void *arch_window(enum arch_window window, pa_t base, uint64_t size)
{
	return window_show(window, base, size);
}

static void zero_bytes(uint8_t *from, const uint8_t *to)
{
	while (from < to)
		*(volatile uint8_t *)from++ = 0;
}

/* DC ZVA writes whole blocks without reading them first; it needs cacheable memory, as windows are.
 */
void arch_zero(void *memory, uint64_t size)
{
	const uint64_t dczid = read_register(dczid_el0);
	const uint64_t block = UINT64_C(4) << (dczid & 0xf);
	const bool is_prohibited = (dczid & 0x10) != 0;
	uint8_t *at = memory;
	uint8_t *const end = at + size;
	uint8_t *const first_block = (uint8_t *)align_up((uintptr_t)at, block);
	uint8_t *const blocks_end = (uint8_t *)align_down((uintptr_t)end, block);

	if (is_prohibited || first_block >= blocks_end) {
		zero_bytes(at, end);
		return;
	}
	zero_bytes(at, first_block);
	for (at = first_block; at < blocks_end; at += block)
		__asm__ volatile("dc zva, %0" : : "r"(at) : "memory");
	zero_bytes(blocks_end, end);
}

void arch_serve_interrupts(void)
{
	serve_idle_interrupt();
}

void arch_reset_partition(void)
{
	/* The monitor uses these tables too: it has no guest's RAM mapped. */
	window_hide(ARCH_WINDOW_TARGET);
	window_hide(ARCH_WINDOW_SOURCE);
	guest_reset();
	if (this_cpu.is_direct)
		direct_restore();
}

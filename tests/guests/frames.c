/* SPDX-License-Identifier: Apache-2.0 */
/*
 * frames: checks which SGIs the three registers send that there are for it. Runs on plain QEMU too.
 */
#include "tests/guests/lib/check.h"
#include "tests/guests/lib/spi.h"

#define SGI	     5
#define GICD_IGROUPR 0x80

void guest_handle_interrupt(uint32_t intid, uint64_t time)
{
	(void)intid;
	(void)time;
}

/* The frame with a CPU's private interrupts. */
static uint64_t private_frame(unsigned cpu)
{
	for (uint64_t at = 0; at < platform.redistributors_size; at += 0x20000)
		if (read32(platform.redistributors + at + 0xc) == platform.cpus[cpu])
			return platform.redistributors + at + 0x10000;
	return 0;
}

static void set_private(unsigned cpu, uint32_t offset, uint32_t intid)
{
	write32(private_frame(cpu) + offset, 1U << intid);
}

static bool get_private(uint32_t offset, uint32_t intid)
{
	return (read32(private_frame(0) + offset) >> intid & 1) != 0;
}

/* --- The group of an SGI (12.1.10). --- */

static void check_groups(void)
{
	const uint64_t groups = private_frame(0) + GICD_IGROUPR;
	const uint64_t to_itself = (uint64_t)SGI << 24 | 1;

	gic_disable(SGI);
	write_register(icc_sgi0r_el1, to_itself);
	check("SGI0R-leaves-group-1-alone", !get_private(GICD_ISPENDR, SGI));
	write_register(icc_asgi1r_el1, to_itself);
	check("ASGI1R-leaves-group-1-alone", !get_private(GICD_ISPENDR, SGI));
	write_register(icc_sgi1r_el1, to_itself);
	check("SGI1R-pends-group-1", get_private(GICD_ISPENDR, SGI));
	set_private(0, GICD_ICPENDR, SGI);
	check("SGI-cleared", !get_private(GICD_ISPENDR, SGI));
	write32(groups, read32(groups) & ~(1U << SGI));
	write_register(icc_sgi0r_el1, to_itself);
	check("SGI0R-pends-group-0", get_private(GICD_ISPENDR, SGI));
	set_private(0, GICD_ICPENDR, SGI);
	write_register(icc_asgi1r_el1, to_itself);
	check("ASGI1R-pends-group-0", get_private(GICD_ISPENDR, SGI));
	set_private(0, GICD_ICPENDR, SGI);
	write32(groups, read32(groups) | 1U << SGI);
}

void guest_secondary(unsigned cpu)
{
	(void)cpu;
}

void guest_main(uint64_t first_instruction)
{
	(void)first_instruction;
	check_begin("frames");
	gic_init();
	gic_init_cpu();
	enable_interrupts();
	check_groups();
	check_end();
}

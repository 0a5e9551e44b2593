/* SPDX-License-Identifier: Apache-2.0 */
/*
 * frames: checks what CPU 0 does with the SGIs of CPU 1, by its redistributor's frame, and which
 * SGIs the three registers send that there are for it. Runs on plain QEMU too.
 */
#include "tests/guests/lib/check.h"
#include "tests/guests/lib/private.h"
#include "tests/guests/lib/secondary.h"
#include "tests/guests/lib/spi.h"

#define SGI	    5
#define NOBODYS_SPI 60 /* of QEMU's virt machine it is no device's */

static volatile uint32_t taken[GUEST_MAX_CPUS][16];

void guest_handle_interrupt(uint32_t intid, uint64_t time)
{
	(void)time;
	if (intid < 16)
		taken[this_cpu_number()][intid]++;
}

/* --- The group of an SGI (12.1.10). --- */

static void check_groups(void)
{
	const uint64_t groups = private_frame(0) + GICD_IGROUPR;
	const uint64_t to_itself = (uint64_t)SGI << 24 | 1U << platform.cpus[0];

	gic_disable(SGI);
	write_register(icc_sgi0r_el1, to_itself);
	check("SGI0R-leaves-group-1-alone", !private_get(0, GICD_ISPENDR, SGI));
	write_register(icc_asgi1r_el1, to_itself);
	check("ASGI1R-leaves-group-1-alone", !private_get(0, GICD_ISPENDR, SGI));
	write_register(icc_sgi1r_el1, to_itself);
	check("SGI1R-pends-group-1", private_get(0, GICD_ISPENDR, SGI));
	private_set(0, GICD_ICPENDR, SGI);
	check("SGI-cleared", !private_get(0, GICD_ISPENDR, SGI));
	write32(groups, read32(groups) & ~(1U << SGI));
	write_register(icc_sgi0r_el1, to_itself);
	check("SGI0R-pends-group-0", private_get(0, GICD_ISPENDR, SGI));
	private_set(0, GICD_ICPENDR, SGI);
	write_register(icc_asgi1r_el1, to_itself);
	check("ASGI1R-pends-group-0", private_get(0, GICD_ISPENDR, SGI));
	private_set(0, GICD_ICPENDR, SGI);
	write32(groups, read32(groups) | 1U << SGI);
}

/* --- The redistributor of CPU 1, by CPU 0. --- */

void guest_secondary(unsigned cpu)
{
	(void)cpu;
	/* A message for CPU 0, where no SPI has a route yet. */
	write32(platform.distributor + GICD_SETSPI, NOBODYS_SPI);
	secondary_run();
}

static void check_redistributor_from_afar(void)
{
	volatile uint32_t *const here = &taken[0][SGI];
	volatile uint32_t *const there = &taken[1][SGI];
	uint32_t before = *here;

	/* Its private interrupts are set up before it starts. */
	private_set(1, GICD_ISENABLER, SGI);
	private_set(1, GICD_ISPENDR, SGI);
	check("secondary-starts", guest_cpu_on(1) == 0 && wait_for(&secondary_runs, 1));
	check("enabled-and-pended-from-afar", wait_for(there, 1));
	check("message-is-no-SGI", (read32(private_frame(0) + GICD_ISPENDR) & 0xffff) == 0);

	/* Both have the SGI waiting; of CPU 1 it is cleared. */
	secondary_mask(true);
	disable_interrupts();
	gic_send_sgi(SGI, platform.cpus[1]);
	gic_send_sgi(SGI, platform.cpus[0]);
	(void)stays(there, 1);
	private_set(1, GICD_ICPENDR, SGI);
	(void)stays(there, 1);
	enable_interrupts();
	check("own-one-comes", wait_for(here, before + 1));
	secondary_mask(false);
	check("cleared-from-afar", stays(there, 1));
	gic_send_sgi(SGI, platform.cpus[1]);
	check("and-comes-again", wait_for(there, 2));

	/* Cleared, then pended. */
	secondary_mask(true);
	gic_send_sgi(SGI, platform.cpus[1]);
	(void)stays(there, 2);
	private_set(1, GICD_ICPENDR, SGI);
	private_set(1, GICD_ISPENDR, SGI);
	secondary_mask(false);
	check("cleared-and-pended-from-afar", settles_at(there, 3));

	/* Disabled while it waits. */
	secondary_mask(true);
	gic_send_sgi(SGI, platform.cpus[1]);
	(void)stays(there, 3);
	private_set(1, GICD_ICENABLER, SGI);
	while ((read32(private_frame(1) - 0x10000) & 8) != 0) /* GICR_CTLR.RWP */
		__asm__ volatile("yield");
	secondary_mask(false);
	check("disabled-from-afar", stays(there, 3));
	private_set(1, GICD_ISENABLER, SGI);
	check("enabled-from-afar", wait_for(there, 4));
}

/* Active on both CPUs, deactivated on one. The handler's end drops the priority alone. */
static void check_deactivation_from_afar(void)
{
	volatile uint32_t *const there = &taken[1][SGI];
	const uint32_t before = *there;

	write_register(icc_ctlr_el1, 2);
	gic_send_sgi(SGI, platform.cpus[0]);
	(void)stays(&taken[0][SGI], taken[0][SGI]);
	check("active-here", private_get(0, GICD_ISACTIVER, SGI));
	private_set(1, GICD_ICACTIVER, SGI);
	gic_send_sgi(SGI, platform.cpus[1]);
	check("inactive-there", wait_for(there, before + 1));
	check("still-active-here", private_get(0, GICD_ISACTIVER, SGI));
	private_set(0, GICD_ICACTIVER, SGI);
	check("deactivated-here", !private_get(0, GICD_ISACTIVER, SGI));
	write_register(icc_ctlr_el1, 0);
}

void guest_main(uint64_t first_instruction)
{
	(void)first_instruction;
	check_begin("frames");
	gic_init();
	gic_init_cpu();
	enable_interrupts();
	if (gic_has_group0())
		check_groups();
	else
		check_skip("groups", "group 0 is the secure world's");
	gic_enable(SGI);
	check_redistributor_from_afar();
	check_deactivation_from_afar();
	check_end();
}

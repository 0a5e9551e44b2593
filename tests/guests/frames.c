/* SPDX-License-Identifier: Apache-2.0 */
/*
 * frames: checks what CPU 0 does with the SGIs of CPU 1, by its redistributor's frame, and which
 * SGIs the three registers send that there are for it. Runs on plain QEMU too.
 */
#include "tests/guests/lib/check.h"
#include "tests/guests/lib/spi.h"

#define SGI_STOP     2
#define SGI	     5
#define NOBODYS_SPI  60 /* of QEMU's virt machine it is no device's */
#define GICD_IGROUPR 0x80

static volatile uint32_t taken[GUEST_MAX_CPUS][16];
static volatile uint32_t secondary_runs;
static volatile bool secondary_masks; /* CPU 1 is to take no interrupt */
static volatile bool secondary_masked;

void guest_handle_interrupt(uint32_t intid, uint64_t time)
{
	(void)time;
	if (intid < 16)
		taken[this_cpu_number()][intid]++;
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
	const uint64_t to_itself = (uint64_t)SGI << 24 | 1U << platform.cpus[0];

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

/* --- The redistributor of CPU 1, by CPU 0. --- */

void guest_secondary(unsigned cpu)
{
	gic_init_cpu();
	gic_enable(SGI_STOP);
	/* A message for CPU 0, where no SPI has a route yet. */
	write32(platform.distributor + GICD_SETSPI, NOBODYS_SPI);
	enable_interrupts();
	secondary_runs++;
	while (taken[cpu][SGI_STOP] == 0) {
		const bool masks = secondary_masks; /* read once: it is done when it is said */

		if (masks)
			disable_interrupts();
		else
			enable_interrupts();
		secondary_masked = masks;
		__asm__ volatile("yield");
	}
	(void)psci(PSCI_CPU_OFF, 0, 0, 0);
}

static void mask_secondary(bool mask)
{
	secondary_masks = mask;
	while (secondary_masked != mask)
		__asm__ volatile("yield");
}

static void check_redistributor_from_afar(void)
{
	volatile uint32_t *const here = &taken[0][SGI];
	volatile uint32_t *const there = &taken[1][SGI];
	uint32_t before = *here;

	/* Its private interrupts are set up before it starts. */
	set_private(1, GICD_ISENABLER, SGI);
	set_private(1, GICD_ISPENDR, SGI);
	check("secondary-starts", guest_cpu_on(1) == 0 && wait_for(&secondary_runs, 1));
	check("enabled-and-pended-from-afar", wait_for(there, 1));
	check("message-is-no-SGI", (read32(private_frame(0) + GICD_ISPENDR) & 0xffff) == 0);

	/* Both have the SGI waiting; of CPU 1 it is cleared. */
	mask_secondary(true);
	disable_interrupts();
	gic_send_sgi(SGI, platform.cpus[1]);
	gic_send_sgi(SGI, platform.cpus[0]);
	(void)stays(there, 1);
	set_private(1, GICD_ICPENDR, SGI);
	(void)stays(there, 1);
	enable_interrupts();
	check("own-one-comes", wait_for(here, before + 1));
	mask_secondary(false);
	check("cleared-from-afar", stays(there, 1));
	gic_send_sgi(SGI, platform.cpus[1]);
	check("and-comes-again", wait_for(there, 2));

	/* Cleared, then pended. */
	mask_secondary(true);
	gic_send_sgi(SGI, platform.cpus[1]);
	(void)stays(there, 2);
	set_private(1, GICD_ICPENDR, SGI);
	set_private(1, GICD_ISPENDR, SGI);
	mask_secondary(false);
	check("cleared-and-pended-from-afar", wait_for(there, 3) && stays(there, 3));

	/* Disabled while it waits. */
	mask_secondary(true);
	gic_send_sgi(SGI, platform.cpus[1]);
	(void)stays(there, 3);
	set_private(1, GICD_ICENABLER, SGI);
	while ((read32(private_frame(1) - 0x10000) & 8) != 0) /* GICR_CTLR.RWP */
		__asm__ volatile("yield");
	mask_secondary(false);
	check("disabled-from-afar", stays(there, 3));
	set_private(1, GICD_ISENABLER, SGI);
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
	check("active-here", get_private(GICD_ISACTIVER, SGI));
	set_private(1, GICD_ICACTIVER, SGI);
	gic_send_sgi(SGI, platform.cpus[1]);
	check("inactive-there", wait_for(there, before + 1));
	check("still-active-here", get_private(GICD_ISACTIVER, SGI));
	set_private(0, GICD_ICACTIVER, SGI);
	check("deactivated-here", !get_private(GICD_ISACTIVER, SGI));
	write_register(icc_ctlr_el1, 0);
	taken[1][SGI_STOP] = 1;
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

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * groups: checks interrupts of group 0, which come as FIQ, beside those of group 1, which come as
 * IRQ (IHI 0069, 4.6): with one security state both are the guest's. lib/spi.h says which devices
 * it uses. Runs on plain QEMU too.
 */
#include "tests/guests/lib/check.h"
#include "tests/guests/lib/private.h"
#include "tests/guests/lib/spi.h"

#define SGI	     5
#define OTHER_SGI    6
#define CTLR_BOTH    0x13
#define CTLR_GROUP_1 0x12

static volatile uint32_t group0[64], group1[64];

void guest_handle_interrupt(uint32_t intid, uint64_t time)
{
	const bool is_group0 = (intid & GROUP_0) != 0;

	(void)time;
	intid &= ~(uint32_t)GROUP_0;
	if (intid == platform.virtual_timer)
		write_register(cntv_ctl_el0, 0);
	if (intid == GPIO_INTID)
		set_gpio(false);
	if (intid < 64 && is_group0)
		group0[intid]++;
	else if (intid < 64)
		group1[intid]++;
}

static uint64_t group_word(uint32_t intid)
{
	const uint64_t frame = intid < 32 ? private_frame(0) : platform.distributor;

	return frame + GICD_IGROUPR + intid / 32 * 4;
}

static void set_group(uint32_t intid, uint32_t group)
{
	const uint32_t bit = 1U << intid % 32;
	const uint32_t old = read32(group_word(intid));

	write32(group_word(intid), group != 0 ? old | bit : old & ~bit);
}

static void set_control(uint32_t value)
{
	write32(platform.distributor + GICD_CTLR, value);
	spi_wait_for_writes();
}

static void pend_private(uint32_t intid)
{
	private_set(0, GICD_ISPENDR, intid);
}

static void pend(uint32_t intid)
{
	if (intid == GPIO_INTID)
		set_gpio(true);
	else if (intid < 32)
		pend_private(intid);
	else
		spi_set(GICD_ISPENDR, intid);
}

static bool is_pending(uint32_t intid)
{
	return intid < 32 ? private_get(0, GICD_ISPENDR, intid) : spi_get(GICD_ISPENDR, intid);
}

/* One interrupt in either group, held back by each of the three switches. */
static void check_interrupt(const char *name, uint32_t intid)
{
	uint32_t before = group0[intid];
	const uint32_t before1 = group1[intid];

	set_group(intid, 0);
	gic_enable(intid);
	pend(intid);
	check(name, settles_at(&group0[intid], before + 1) && group1[intid] == before1);

	before = group0[intid];
	write_register(icc_igrpen0_el1, 0);
	pend(intid);
	check("held-by-IGRPEN0", stays(&group0[intid], before) && is_pending(intid));
	write_register(icc_igrpen0_el1, 1);
	check("comes-with-IGRPEN0", settles_at(&group0[intid], before + 1));

	before = group0[intid];
	set_control(CTLR_GROUP_1);
	pend(intid);
	check("held-by-GICD_CTLR", stays(&group0[intid], before) && is_pending(intid));
	set_control(CTLR_BOTH);
	check("comes-with-GICD_CTLR", settles_at(&group0[intid], before + 1));

	before = group0[intid];
	write_register(icc_igrpen0_el1, 0);
	pend(intid);
	(void)stays(&group0[intid], before);
	set_group(intid, 1);
	check("comes-in-group-1-when-moved",
	      settles_at(&group1[intid], before1 + 1) && group0[intid] == before);
	write_register(icc_igrpen0_el1, 1);
	gic_disable(intid);
}

/* FIQs masked, IRQs not; and a more urgent FIQ comes while an IRQ is masked. */
static void check_masks(void)
{
	const uint32_t before0 = group0[SGI];
	const uint32_t before1 = group1[OTHER_SGI];

	set_group(SGI, 0);
	set_group(OTHER_SGI, 1);
	private_set_priority(0, SGI, 0x60);
	gic_enable(SGI);
	gic_enable(OTHER_SGI);
	__asm__ volatile("msr daifset, #1");
	pend_private(SGI);
	check("FIQ-masked", stays(&group0[SGI], before0));
	__asm__ volatile("msr daifclr, #1");
	check("FIQ-unmasked", wait_for(&group0[SGI], before0 + 1));
	__asm__ volatile("msr daifset, #2");
	pend_private(OTHER_SGI);
	pend_private(SGI);
	check("FIQ-while-IRQ-masked",
	      wait_for(&group0[SGI], before0 + 2) && stays(&group1[OTHER_SGI], before1));
	__asm__ volatile("msr daifclr, #2");
	check("IRQ-unmasked", wait_for(&group1[OTHER_SGI], before1 + 1));
}

void guest_secondary(unsigned cpu)
{
	(void)cpu;
}

void guest_main(uint64_t first_instruction)
{
	(void)first_instruction;
	check_begin("groups");
	gic_init();
	gic_init_cpu();
	set_control(CTLR_BOTH);
	write_register(icc_bpr0_el1, 0);
	write_register(icc_igrpen0_el1, 1);
	enable_interrupts();
	set_gpio(false);
	spi_prepare(SOFT_INTID, true);
	spi_prepare(EDGE_INTID, true);
	spi_prepare(GPIO_INTID, false);
	check_interrupt("SGI", SGI);
	check_interrupt("timer", platform.virtual_timer);
	check_interrupt("software-SPI", SOFT_INTID);
	check_interrupt("hardware-edge", EDGE_INTID);
	check_interrupt("hardware-level", GPIO_INTID);
	check_masks();
	check_end();
}

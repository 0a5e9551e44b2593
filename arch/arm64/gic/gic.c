/* SPDX-License-Identifier: Apache-2.0 */
#include "arch/arm64/gic/gic.h"

#include "arch/arm64/el2/barriers.h"
#include "arch/arm64/el2/cpu.h"
#include "arch/arm64/el2/mmio.h"
#include "arch/arm64/el2/system_registers.h"
#include "arch/arm64/gic/registers.h"

#define SGI_FRAME (gicr_registers + GICR_SGI_BASE)

/*
 * Waits until the redistributor has carried a disable out. Bounded: the redistributor is hardware
 * of this CPU alone, and the architecture has it answer; the bound keeps a broken one from hanging
 * us.
 */
static void wait_for_redistributor(void)
{
	for (unsigned i = 0; i < 1000; i++)
		if ((mmio_read32(gicr_registers + GICR_CTLR) & GICR_CTLR_RWP) == 0)
			return;
}

void gic_write_spis(uint32_t offset, uint32_t bank, uint32_t mask)
{
	if (mask != 0)
		mmio_write32(gicd_registers + offset + 4 * (uint64_t)bank, mask);
}

uint32_t gic_read_spis(uint32_t offset, uint32_t bank)
{
	return mmio_read32(gicd_registers + offset + 4 * (uint64_t)bank);
}

void gic_set_spi_priority(uint32_t intid, uint8_t priority)
{
	mmio_write8(gicd_registers + GICD_IPRIORITYR + intid, gic_guest_priority(priority));
}

void gic_route_spi(uint32_t intid, uint64_t mpidr)
{
	mmio_write64(gicd_registers + GICD_IROUTER + 8 * (uint64_t)intid, mpidr);
}

void gic_enable_private(uint32_t mask)
{
	mmio_write32(SGI_FRAME + GICD_ISENABLER, mask);
}

void gic_disable_private(uint32_t mask)
{
	mmio_write32(SGI_FRAME + GICD_ICENABLER, mask);
	wait_for_redistributor();
}

void gic_set_private_pending(uint32_t mask)
{
	mmio_write32(SGI_FRAME + GICD_ISPENDR, mask);
}

void gic_clear_private_pending(uint32_t mask)
{
	mmio_write32(SGI_FRAME + GICD_ICPENDR, mask);
}

void gic_activate_private(uint32_t mask)
{
	if (mask != 0)
		mmio_write32(SGI_FRAME + GICD_ISACTIVER, mask);
}

void gic_deactivate_private(uint32_t mask)
{
	mmio_write32(SGI_FRAME + GICD_ICACTIVER, mask);
}

uint32_t gic_private_pending(void)
{
	return mmio_read32(SGI_FRAME + GICD_ISPENDR);
}

void gic_set_private_priority(uint32_t intid, uint8_t priority)
{
	mmio_write8(SGI_FRAME + GICD_IPRIORITYR + intid, gic_guest_priority(priority));
}

/*
 * LPIs and extended PPIs off; nobody has any. Some redistributors, once told to, take LPIs for ever
 * (12.11.2, EnableLPIs): then one that still comes is ended and forgotten.
 */
static void disable_extended_private(void)
{
	uint8_t *const gicr = gicr_registers;
	const uint32_t extended = (uint32_t)mmio_read64(gicr + GICR_TYPER) >> GICR_TYPER_PPI_SHIFT;

	mmio_write32(gicr + GICR_CTLR, mmio_read32(gicr + GICR_CTLR) & ~GICR_CTLR_ENABLE_LPIS);
	for (uint32_t i = 1; i <= extended && i < 3; i++)
		mmio_write32(SGI_FRAME + GICD_ICENABLER + 4 * i, UINT32_MAX);
}

void gic_reset_private(uint32_t own)
{
	disable_extended_private();
	gic_disable_private(UINT32_MAX);
	gic_clear_private_pending(UINT32_MAX);
	gic_deactivate_private(UINT32_MAX);
	mmio_write32(SGI_FRAME + GICD_IGROUPR, UINT32_MAX);
	mmio_write32(SGI_FRAME + GICD_ICFGR + 4, 0);
	mmio_write32(SGI_FRAME + GICD_INMIR, 0); /* none is an NMI; RES0 before GICv3.3 */
	for (uint32_t i = 0; i < GIC_PRIVATE_INTIDS / 4; i++)
		mmio_write32(SGI_FRAME + GICD_IPRIORITYR + 4 * i,
			     GIC_PRIORITY_DEFAULT * 0x01010101U);
	for (uint32_t intid = 0; intid < GIC_PRIVATE_INTIDS; intid++)
		if ((own >> intid & 1) != 0)
			mmio_write8(SGI_FRAME + GICD_IPRIORITYR + intid, GIC_PRIORITY_EL2);
	gic_enable_private(own);
	/* Device writes may be acknowledged early: what is pended after this read stays pending. */
	(void)mmio_read32(SGI_FRAME + GICD_ISPENDR);
}

/*
 * Forgets what was acknowledged and never ended: an active priority holds back all that are not
 * more urgent. There is a register for each 32 preemption levels (12.2.3).
 */
static void clear_active_priorities(void)
{
	const uint64_t bits = (read_register(icc_ctlr_el1) >> ICC_CTLR_PRIBITS_SHIFT & 7) + 1;

	write_register(icc_ap1r0_el1, 0);
	if (bits > 5)
		write_register(icc_ap1r1_el1, 0);
	if (bits > 6) {
		write_register(icc_ap1r2_el1, 0);
		write_register(icc_ap1r3_el1, 0);
	}
	if (!this_cpu.has_group0)
		return;
	write_register(icc_igrpen0_el1, 0);
	write_register(icc_bpr0_el1, 0); /* with CBPR it counts for both groups */
	write_register(icc_ap0r0_el1, 0);
	if (bits > 5)
		write_register(icc_ap0r1_el1, 0);
	if (bits > 6) {
		write_register(icc_ap0r2_el1, 0);
		write_register(icc_ap0r3_el1, 0);
	}
}

void gic_reset_interface(void)
{
	write_register(icc_ctlr_el1, ICC_CTLR_EOIMODE);
	write_register(icc_bpr1_el1, 0);
	clear_active_priorities();
	write_register(icc_igrpen1_el1, 1);
	synchronize_context();
}

void gic_let_through(uint8_t priority)
{
	write_register(icc_pmr_el1, this_cpu.shifts_priorities ? priority >> 1 | 0x80 : priority);
}

uint64_t gic_kick_value(uint64_t mpidr, uint32_t sgi)
{
	const uint64_t affinity0 = mpidr & 0xff;
	const uint64_t affinity1 = mpidr >> 8 & 0xff;
	const uint64_t affinity2 = mpidr >> 16 & 0xff;
	const uint64_t affinity3 = mpidr >> 32 & 0xff;

	/* TargetList has one bit for each of 16 values of Aff0, RS says which 16. */
	return affinity3 << 48 | (affinity0 / 16) << 44 | affinity2 << 32 | (uint64_t)sgi << 24 |
	       affinity1 << 16 | UINT64_C(1) << affinity0 % 16;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Bringing up the GIC. Boot only. */
#include "arch/arm64/el2/window.h"
#include "arch/arm64/el2/barriers.h"
#include "arch/arm64/el2/cpu.h"
#include "arch/arm64/el2/mmio.h"
#include "arch/arm64/el2/system_registers.h"
#include "arch/arm64/gic/gic.h"
#include "arch/arm64/gic/registers.h"

#define REDISTRIBUTOR_SIZE    0x20000 /* RD_base and SGI_base (12.10) */
#define REDISTRIBUTOR_SIZE_V4 0x40000 /* with the virtual LPI frames */

/* Polls of a status bit before the hardware counts as dead; each poll is a device access. */
#define POLL_LIMIT 1000000

#define ICC_SRE_SYSTEM 7 /* SRE, DFB, DIB; not Enable: ICC_SRE_EL1 traps (12.2) */

/* Waits until all bits of mask are clear. False: they never were. */
static bool wait_clear(const volatile void *address, uint32_t mask)
{
	for (unsigned i = 0; i < POLL_LIMIT; i++)
		if ((mmio_read32(address) & mask) == 0)
			return true;
	return false;
}

/* Affinity as GICR_TYPER[63:32] has it: Aff3.Aff2.Aff1.Aff0 in 32 bits. */
static uint32_t packed_affinity(uint64_t mpidr)
{
	return (uint32_t)(mpidr & 0xffffff) | (uint32_t)((mpidr >> 8) & 0xff000000);
}

/* A field of two bits, of which the upper one says edge, for each of 16 interrupts (12.9.9). */
static void set_trigger(uint32_t intid, bool level_triggered)
{
	uint8_t *const config = gicd_registers + GICD_ICFGR + 4 * (intid / 16);
	const uint32_t edge = 2U << (2 * (intid % 16));
	const uint32_t old = mmio_read32(config);

	mmio_write32(config, level_triggered ? old & ~edge : old | edge);
}

/* The triggers of all SPIs that are used. */
static void set_triggers(const struct plan *plan)
{
	for (uint32_t i = 0; i < plan->interrupt_count; i++)
		set_trigger(plan->interrupts[i].intid, plan->interrupts[i].level_triggered != 0);
	if (plan->board.uart_intid != 0)
		set_trigger(plan->board.uart_intid, plan->board.uart_level_triggered != 0);
}

/* Extended SPIs, INTIDs from 4096 on: nobody's, so a boot loader must not have left any on. */
static void disable_extended_spis(uint32_t typer)
{
	const uint32_t words =
		(typer & GICD_TYPER_ESPI) != 0 ? (typer >> GICD_TYPER_ESPI_RANGE_SHIFT) + 1 : 0;

	for (uint32_t i = 0; i < words; i++)
		mmio_write32(gicd_registers + GICD_ICENABLERE + 4 * i, UINT32_MAX);
}

uint32_t gic_spi_limit(void)
{
	const uint32_t typer = mmio_read32(gicd_registers + GICD_TYPER);
	const uint32_t limit = ((typer & GICD_TYPER_LINES) + 1) * 32;

	return limit < GIC_SPURIOUS ? limit : GIC_SPURIOUS;
}

bool gic_owns_spi(uint32_t intid)
{
	/* It has GIC_PRIORITY_DEFAULT now, unless its registers ignore us (12.9.20). */
	return mmio_read8(gicd_registers + GICD_IPRIORITYR + intid) != 0;
}

bool gic_start_distributor(const struct plan *plan)
{
	uint8_t *const gicd = gicd_registers;
	uint32_t groups = GICD_CTLR_ENABLE_GROUP1;

	/* Where affinity routing is on, it stays on: off is unpredictable (12.9.4). */
	mmio_write32(gicd + GICD_CTLR, mmio_read32(gicd + GICD_CTLR) & GICD_CTLR_ARE);
	if (!wait_clear(gicd + GICD_CTLR, GICD_CTLR_RWP))
		return false;

	const uint32_t typer = mmio_read32(gicd + GICD_TYPER);
	const uint32_t lines = (typer & GICD_TYPER_LINES) + 1;

	disable_extended_spis(typer);
	for (uint32_t i = 1; i < lines; i++) {
		mmio_write32(gicd + GICD_ICENABLER + 4 * i, UINT32_MAX);
		mmio_write32(gicd + GICD_ICPENDR + 4 * i, UINT32_MAX);
		mmio_write32(gicd + GICD_ICACTIVER + 4 * i, UINT32_MAX);
		mmio_write32(gicd + GICD_IGROUPR + 4 * i, UINT32_MAX);
	}
	for (uint32_t i = 8; i < lines * 8; i++)
		mmio_write32(gicd + GICD_IPRIORITYR + 4 * i, GIC_PRIORITY_DEFAULT * 0x01010101U);
	if (!wait_clear(gicd + GICD_CTLR, GICD_CTLR_RWP))
		return false;
	/* Only once the disables have taken effect (12.9.7). */
	for (uint32_t i = 2; i < lines * 2; i++)
		mmio_write32(gicd + GICD_ICFGR + 4 * i, 0);
	set_triggers(plan);

	/* Affinity routing first: enabling a group before it is unpredictable (12.9.4). */
	mmio_write32(gicd + GICD_CTLR, GICD_CTLR_ARE);
	if (!wait_clear(gicd + GICD_CTLR, GICD_CTLR_RWP))
		return false;
	if ((mmio_read32(gicd + GICD_CTLR) & GICD_CTLR_DS) != 0)
		groups |= GICD_CTLR_ENABLE_GROUP0; /* for direct mode: nobody else has any of it */
	mmio_write32(gicd + GICD_CTLR, GICD_CTLR_ARE | groups);
	return wait_clear(gicd + GICD_CTLR, GICD_CTLR_RWP);
}

/* Bytes from one frame to the next. */
static uint64_t frame_stride(const struct plan_board *board, uint64_t typer)
{
	if (board->redistributor_stride != 0)
		return board->redistributor_stride;
	return (typer & GICR_TYPER_VLPIS) != 0 ? REDISTRIBUTOR_SIZE_V4 : REDISTRIBUTOR_SIZE;
}

/* Looks through one region. */
static bool find_in_region(const struct plan_board *board, const struct plan_range *region,
			   uint32_t affinity, pa_t *frame)
{
	const uint8_t *const frames = window_show(ARCH_WINDOW_DEVICE, region->base, region->size);

	if (frames == NULL)
		return false;
	for (uint64_t offset = 0; offset + REDISTRIBUTOR_SIZE <= region->size;) {
		const uint64_t typer = mmio_read64(frames + offset + GICR_TYPER);

		if (typer >> GICR_TYPER_AFFINITY_SHIFT == affinity) {
			*frame = pa(region->base.value + offset);
			return true;
		}
		if ((typer & GICR_TYPER_LAST) != 0)
			return false;
		offset += frame_stride(board, typer);
	}
	return false;
}

bool gic_find_redistributor(const struct plan_board *board, uint32_t cpu, pa_t *frame)
{
	const uint32_t affinity = packed_affinity(board->cpus[cpu].mpidr);

	for (uint32_t i = 0; i < board->redistributor_count; i++)
		if (find_in_region(board, &board->redistributors[i], affinity, frame))
			return true;
	return false;
}

static bool start_redistributor(const struct plan_board *board)
{
	const uint32_t own = 1U << GIC_KICK_SGI | 1U << GIC_VGIC_SGI |
			     1U << board->hypervisor_timer_intid | 1U << board->maintenance_intid;
	const uint32_t used =
		own | 1U << board->virtual_timer_intid | 1U << board->physical_timer_intid;
	uint8_t *const gicr = gicr_registers;
	const uint32_t waker = mmio_read32(gicr + GICR_WAKER);

	mmio_write32(gicr + GICR_WAKER, waker & ~GICR_WAKER_PROCESSOR_SLEEP);
	if (!wait_clear(gicr + GICR_WAKER, GICR_WAKER_CHILDREN_ASLEEP))
		return false;

	/* Those that firmware keeps in a secure group stay off. */
	gic_enable_private(used);
	if ((mmio_read32(gicr + GICR_SGI_BASE + GICD_ISENABLER) & used) != used)
		return false;
	gic_reset_private(own);
	return wait_clear(gicr + GICR_CTLR, GICR_CTLR_RWP);
}

/*
 * Whether priorities are shifted and the PMR is not: two security states, and EL3 leaves group 0 to
 * us. If it does not (SCR_EL3.FIQ), the lowest bit of what we write to the PMR is lost (4.8.6).
 */
static bool shifts_priorities(void)
{
	const uint64_t bits = (read_register(icc_ctlr_el1) >> ICC_CTLR_PRIBITS_SHIFT & 7) + 1;

	write_register(icc_pmr_el1, UINT64_C(1) << (8 - bits));
	return read_register(icc_pmr_el1) != 0 &&
	       (mmio_read32(gicd_registers + GICD_CTLR) & GICD_CTLR_DS) == 0;
}

/* System-register interface, split priority drop and deactivation, all priorities through. */
static bool start_cpu_interface(void)
{
	write_register(icc_sre_el2, ICC_SRE_SYSTEM);
	synchronize_context(); /* the other ICC registers exist only after this (12.2) */
	if ((read_register(icc_sre_el2) & 1) == 0)
		return false;
	/* Only these CPUs need it, and firmware may have it trap all the same (SCR_EL3.FIQ). */
	this_cpu.has_group0 =
		this_cpu.is_direct && (mmio_read32(gicd_registers + GICD_CTLR) & GICD_CTLR_DS) != 0;
	this_cpu.shifts_priorities = shifts_priorities();
	gic_let_through(GIC_PRIORITY_ALL);
	gic_reset_interface();
	/* One that firmware has left at a secure priority cannot be changed (4.8.6). */
	return read_register(icc_pmr_el1) != 0;
}

bool gic_start_cpu(const struct plan_board *board)
{
	/* The redistributor first: it must be awake when a group is enabled (11.1). */
	return start_redistributor(board) && start_cpu_interface();
}

void gic_claim_spi(uint32_t intid)
{
	mmio_write8(gicd_registers + GICD_IPRIORITYR + intid, GIC_PRIORITY_EL2);
	gic_route_spi(intid, read_register(mpidr_el1) & MPIDR_AFFINITY_MASK);
	gic_write_spis(GICD_ISENABLER, intid / 32, 1U << (intid % 32));
}

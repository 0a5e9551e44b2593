/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The physical GICv3 (Arm IHI 0069), as far as EL2 uses it.
 *
 * Priorities. EL2's own interrupts (the kick SGI, the maintenance interrupt, the alarm, the
 * console's UART) are the most urgent; when the list registers are full, EL2 masks what could not
 * take the place of anything there (gic_let_through()) and leaves it pending where it is. The
 * distributor is the overflow queue.
 *
 * Where the GIC has two security states, the CPU interface compares (P >> 1) | 0x80 for the P that
 * we write to IPRIORITYR; it shifts what we write to the PMR so only if SCR_EL3.FIQ is 1 (IHI 0069,
 * 4.8.1, 4.8.6). If it is 0, we shift: each CPU finds that out when it starts. And of the levels
 * that a guest sees, the lowest may never be signalled, for it equals the lowest PMR.
 *
 *                            one state     two states
 *   EL2's own: 0x00          0x00          0x80
 *   PMR "only EL2's": 0x90   0x90          0xc8
 *   guests': 0x90 - 0xe0     0x90 - 0xe0   0xc8 - 0xf0
 *   PMR "all": 0xff          0xf0 or more  0xf8 or more
 *
 * Six steps of 16, because hardware may have as few as 16 levels. They only order what the GIC
 * hands to EL2: the list register has the guest's own value.
 *
 * Everything here is local to a CPU or goes through write-1 and per-interrupt registers, so there
 * is no lock. What shares a word with other partitions' interrupts and has no such registers (group
 * and trigger) is set once, by one CPU, before any other runs. Boot functions are in gic_boot.c,
 * which is gone after launch.
 *
 * Waiting. A disabled interrupt may still be signalled until GICD_CTLR.RWP is 0 (12.9.4). Only boot
 * waits for that, because it changes triggers, which is unpredictable for an enabled interrupt
 * (12.9.9). On the running path nobody waits for the distributor, which all partitions share: an
 * interrupt that comes late is given back by who acknowledges it (vgic_hardware.c).
 */
#ifndef BULKHEAD_ARM64_GIC_H
#define BULKHEAD_ARM64_GIC_H

#include <stdbool.h>
#include <stdint.h>

#include "arch/arm64/el2/barriers.h"
#include "arch/arm64/el2/system_registers.h"
#include "common/plan/plan.h"

#define GIC_PRIVATE_INTIDS   32 /* SGIs 0-15, PPIs 16-31 (2.2.1) */
#define GIC_FIRST_PPI	     16
#define GIC_SPURIOUS	     1020 /* this one and the next three stand for "none" (2.2.1) */
#define GIC_FIRST_EXTENDED   1024 /* extended PPIs and SPIs, LPIs: all off, but see gic_boot.c */
#define GIC_FIRST_LPI	     8192
#define GIC_KICK_SGI	     0 /* "look at your mailboxes", to EL2 of another CPU */
#define GIC_VGIC_SGI	     1 /* "look at your vCPU's interrupts" */
#define GIC_PRIORITY_EL2     0x00
#define GIC_PRIORITY_GUEST   0x90 /* the highest that a guest's interrupt gets */
#define GIC_PRIORITY_DEFAULT 0xa0
#define GIC_PRIORITY_ALL     0xff /* for gic_let_through() */

extern uint8_t gicd_registers[];
extern uint8_t gicr_registers[];

/*
 * Boot CPU, once, before other CPUs start: all SPIs disabled, group 1, triggered as the plan says;
 * affinity routing on. False: no answer.
 */
bool gic_start_distributor(const struct plan *plan);

/* The INTIDs of SPIs that the distributor has are below this. Boot only. */
uint32_t gic_spi_limit(void);

/* Whether an SPI below that is ours, and not of a secure group. Boot only, once it is started. */
bool gic_owns_spi(uint32_t intid);

/*
 * Finds the redistributor frame whose GICR_TYPER carries the affinity of this CPU of the plan:
 * frames stand in no order that could be computed. False: none in the regions of the device tree.
 * Boot only.
 */
bool gic_find_redistributor(const struct plan_board *board, uint32_t cpu, pa_t *frame);

/* This CPU, once: wakes its redistributor, sets up its private interrupts and CPU interface. */
bool gic_start_cpu(const struct plan_board *board);

/* Routes an SPI of EL2's own to this CPU and enables it. */
void gic_claim_spi(uint32_t intid);

/*
 * SPIs, 32 to a bank: bit n of bank b is INTID 32 * b + n. offset: GICD_ISENABLER ..
 * GICD_ICACTIVER, in which a zero changes nothing. mask: only interrupts that the caller's
 * partition owns.
 */
void gic_write_spis(uint32_t offset, uint32_t bank, uint32_t mask);
uint32_t gic_read_spis(uint32_t offset, uint32_t bank);

/* A guest's priority for one of its SPIs, moved below EL2's own. */
void gic_set_spi_priority(uint32_t intid, uint8_t priority);

/* Routes an SPI to the CPU with this affinity. What is pending may still reach the old one. */
void gic_route_spi(uint32_t intid, uint64_t mpidr);

/* The most urgent pending interrupt, now active; gic_is_none() says whether there was one. */
static inline uint32_t gic_acknowledge(void)
{
	const uint32_t intid = (uint32_t)read_register(icc_iar1_el1) & 0xffffff;

	/*
	 * What the sender stored before the interrupt is visible to loads after this: the
	 * acknowledge has effect only once a DSB has completed (IHI 0069, 4.8.1).
	 */
	complete_all_accesses();
	return intid;
}

static inline bool gic_is_none(uint32_t intid)
{
	return intid >= GIC_SPURIOUS && intid < GIC_FIRST_EXTENDED;
}

/* Lets lower priorities through; the interrupt stays active until the guest ends it (HW = 1). */
static inline void gic_drop_priority(uint32_t intid)
{
	write_register(icc_eoir1_el1, intid);
}

/*
 * Ends one of EL2's own interrupts: priority drop and deactivation (EOImode is 1). LPIs have no
 * active state (1.2.1). The end may take effect late: then the next one of the kind waits for it.
 */
static inline void gic_end(uint32_t intid)
{
	gic_drop_priority(intid);
	if (intid < GIC_FIRST_LPI)
		write_register(icc_dir_el1, intid);
}

/* Private interrupts of this CPU: bits are INTIDs. */
void gic_enable_private(uint32_t mask);
void gic_disable_private(uint32_t mask);
void gic_set_private_pending(uint32_t mask);
void gic_clear_private_pending(uint32_t mask);
void gic_activate_private(uint32_t mask);
void gic_deactivate_private(uint32_t mask);
uint32_t gic_private_pending(void);

/* The physical priority of a guest's hardware interrupt: its order is kept, below EL2's own. */
static inline uint8_t gic_guest_priority(uint8_t priority)
{
	return (uint8_t)(GIC_PRIORITY_GUEST + priority / 48 * 16);
}

/*
 * This CPU's private interrupts: all off, in group 1, idle, levels where that can be chosen; those
 * of EL2's own enabled at its priority.
 */
void gic_reset_private(uint32_t own);

/* The CPU interface as EL2 uses it, with nothing active; the PMR stays as it is. */
void gic_reset_interface(void);

/* Sets the priority of one of this CPU's private hardware interrupts, as the guest gives it. */
void gic_set_private_priority(uint32_t intid, uint8_t priority);

/* Only what is more urgent than this comes to this CPU: GIC_PRIORITY_GUEST for EL2's own alone. */
void gic_let_through(uint8_t priority);

/* The ICC_SGI1R_EL1 value that sends an SGI of EL2's own to the CPU with this affinity (12.2.20).
 */
uint64_t gic_kick_value(uint64_t mpidr, uint32_t sgi);

/* Sends it; all stores before are visible to the kicked CPU. */
static inline void gic_kick(uint64_t kick_value)
{
	publish_before_interrupt();
	write_register(icc_sgi1r_el1, kick_value);
	synchronize_context();
}

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Direct interrupt mode: the guest owns the CPU interface and the private interrupts of its CPUs,
 * so that interrupts and timers reach EL1 without EL2 (HCR_EL2.IMO = 0). What EL2 keeps:
 *
 *   distributor frame     trapped: the physical one, for the SPIs that the partition owns; others
 *                         read as zero. Group and trigger are fixed, GICD_CTLR gates SPIs alone,
 *                         messages (GICD_SETSPI_NSR) are for the SPIs owned
 *   RD_base frames        trapped, as in virtual mode: no LPIs
 *   SGI_base frames       mapped by stage 2: those of the CPUs that the vCPUs run on
 *   ICC_IAR1, EOIR1, HPPIR1, BPR1, IGRPEN1, AP1Rn   the guest's
 *   ICC_SGI1R, SGI0R, ASGI1R   trapped (ICH_HCR_EL2.TC): sent to the CPUs of the named vCPUs
 *   ICC_PMR, CTLR, RPR, DIR    trapped because TC does not distinguish: done on the physical
 *                         registers; DIR for the partition's own interrupts only
 *   ICC_*0, group 0       EL2's (HCR_EL2.FMO = 1)
 *
 * With bulkhead,direct-sgi = "open" TC and FMO are off: no ICC register traps.
 *
 * Whose the CPU is:
 *
 *              direct_give_cpu(): the guest's reset state
 *   EL2's ------------------------------------------------> the guest's
 *    ^      IMO = 1, EOImode = 1, SGI 0 is the kick               |      IMO = 0
 *    |                                                            |
 *    +------- direct_take_cpu(): all private interrupts ----------+
 *             off and idle, nothing active
 *
 * EL2 of another CPU sends the kick to start a vCPU, exactly one each time, and whatever else wakes
 * its CPU, the vCPU starts when EL2 has taken SGI 0 (vcpu.c): no kick comes to the guest but in
 * place of an SGI 0 that it has sent there meanwhile. When a partition ends, its CPUs kick that of
 * vCPU 0 as they go off: one that comes too late is an SGI 0 too many in the partition's next life.
 * While a CPU is EL2's, the guest may write to its SGI_base frame from afar: what it enables waits,
 * masked by the PMR, for the vCPU's start. It can keep its own vCPU from starting, or EL2 busy
 * there, on a CPU that has nothing else to do.
 *
 * Stopping. No kick is taken by a guest's CPU, so who stops the partition, one of its CPUs or
 * housekeeping, makes the root of its stage-2 tables invalid, which is mapped for that, and
 * invalidates the TLBs of all CPUs: the next fetch of each vCPU faults into its own EL2, which
 * parks it. One that sleeps is woken by SGI 1, which the stopper enables and pends, at the highest
 * priority, in that CPU's own redistributor. It can do so because the guest has lost the frame
 * before. Where the GIC has one security state
 * and SGIs trap, it is of group 0 and goes to EL2 whatever the guest has masked. Otherwise a
 * sibling that has masked it in its CPU interface (group, PMR) sleeps on, with no access to
 * anything; and anywhere, one that has not ended an interrupt of the highest priority. So may one
 * with a kick pending, where there are too few bits of priority to tell the two SGIs apart.
 *
 * The virtual mode's tables (struct vgic) are used for: hardware (the SPIs owned), enabled, target,
 * control. Nothing is ever in a list register and nobody's attention is drawn: once guests run, of
 * vgic.h such a CPU calls vgic_redistributor_access(), vgic_identification_access(),
 * vgic_reset_interface(), vgic_silence_hardware() and vgic_owns_spi() alone; and what resets the
 * books, when the partition restarts.
 */
#ifndef BULKHEAD_ARM64_DIRECT_H
#define BULKHEAD_ARM64_DIRECT_H

#include <stdbool.h>
#include <stdint.h>

#include "arch/arm64/el2/layout.h"
#include "arch/arm64/gic/gic.h"
#include "arch/arm64/vgic/vgic.h"
#include "common/lib/address.h"

#define DIRECT_KICK_MASK (1U << GIC_KICK_SGI)
#define DIRECT_PPI_WORDS 3 /* of a bit for each private interrupt, extended PPIs too */

/* Of each CPU the pages of GICR_CTLR and of the SGI_base registers (layout.h). */
extern uint8_t direct_frames[][EL2_FRAME_SIZE];

/* The CPU's frames, by its index in the plan: the page of GICR_CTLR, and the SGI_base registers. */
static inline uint8_t *direct_control_frame(uint32_t cpu)
{
	return direct_frames[cpu];
}

static inline uint8_t *direct_private_frame(uint32_t cpu)
{
	return direct_frames[cpu] + PAGE_SIZE;
}

/* This CPU goes to the guest of its vCPU, and back. The latter also when it was never given. */
void direct_give_cpu(void);
void direct_take_cpu(void);

/* The distributor's frame; false: no such access. */
bool direct_distributor_access(struct vgic_access *access);

/* Whether this vCPU's redistributor has yet to carry out what was disabled (GICR_CTLR.RWP). */
bool direct_is_changing(const struct vcpu *vcpu);

/* A trapped ICC register, by its fields of the syndrome (syndrome.h); false: none of those. */
bool direct_register_access(uint32_t name, bool is_read, uint64_t *value);

/* An interrupt of group 0 has come: a sibling has stopped the partition, or the guest made one. */
void direct_fast_interrupt(void);

/*
 * What this CPU's frame has of group 0 comes as group 1: the guest has put it there, or it is a
 * stop's SGI that has come when the CPU was EL2's already.
 */
void direct_leave_group0(void);

/*
 * Sleeps until an interrupt for the guest is pending: one that its CPU interface signals; if deep,
 * any, for the interface is off in such a state. Then it is as it was.
 */
void direct_suspend(bool is_deep);

/*
 * Makes all vCPUs of a partition leave the guest, but this CPU's. It is this CPU's partition, and
 * its state says that it has ended; or housekeeping breaks in, because it has an order (order.h).
 */
void direct_stop(uint32_t partition);

/*
 * All vCPUs are off, and the partition is to restart: its stage 2 is as it was, and so are the
 * private interrupts of its CPUs. direct_restart.c, in the demand section.
 */
void direct_restore(void);

/* The output of a virtual device changed; or is still high after an access, as a level is. */
void direct_set_line(uint32_t intid, bool level);

#endif

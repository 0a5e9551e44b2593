/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The GICv3 that a guest sees in virtual mode (IHI 0069): distributor, a redistributor for each
 * vCPU, and the CPU interface that the hardware virtualizes through list registers.
 *
 * Two kinds of interrupt:
 *
 *   hardware   (timers, PPIs of the vCPU) The physical GIC keeps enable, priority and pending
 * state; EL2 only moves an acknowledged interrupt into a list register with HW = 1. The guest's
 *              end-of-interrupt deactivates the physical one: one exit each.
 *   software   (SGIs, virtual devices, any SPI that the guest pends itself) The state is here.
 *
 * The life of a software interrupt; "listed" = it has a list register on the CPU of its holder:
 *
 *             pend (SGI, ISPENDR, device)          deliver() on the target's CPU
 *   idle ---------------------------> pending ---------------------------------> listed
 *    ^                                  ^  |                                        |
 *    |             clear (ICPENDR,      |  |         recall(): disabled or          |
 *    +------------- line falls) --------|--+         re-routed before the guest     |
 *    |                                  |            acknowledged it                |
 *    |                                  +-------------------------------------------+
 *    +----- release(): the guest ended it (state of the list register is invalid) --+
 *
 * Who may do what:
 *   - List registers, and moving an interrupt in or out of one: only the CPU of that vCPU.
 *   - `pending` of a vCPU's own 32 interrupts: any CPU of the partition, atomically.
 *   - All else: with vgic.lock held. Other partitions cannot reach any of it.
 *   - A change that concerns another vCPU sets a bit in that vCPU's `attention` and kicks its CPU,
 *     which does the rest. Bits merge, so nothing overflows and nothing is lost.
 */
#ifndef BULKHEAD_ARM64_VGIC_H
#define BULKHEAD_ARM64_VGIC_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "common/lib/lock.h"
#include "common/plan/plan.h"

#define VGIC_INTIDS_PER_BANK 32
#define VGIC_BANKS	     31 /* INTIDs 0-991; bank 0 is a vCPU's own */
#define VGIC_NO_VCPU	     0xff

/* attention: bit n = something may be deliverable in bank n; and: */
#define VGIC_ATTENTION_RECONFIGURE (1U << 31) /* enables or routes changed: recall, hardware */

/* 32 interrupts. Each word has one bit for each. */
struct vgic_bank {
	_Atomic uint32_t pending; /* latched: SGI, ISPENDR, edge */
	uint32_t enabled;
	uint32_t line; /* level of a virtual device's output */
	uint32_t edge; /* configured as edge-triggered */
	uint32_t group1;
	uint32_t listed;
	uint8_t priority[VGIC_INTIDS_PER_BANK];
	uint8_t target[VGIC_INTIDS_PER_BANK]; /* vCPU that it is routed to */
	uint8_t holder[VGIC_INTIDS_PER_BANK]; /* vCPU whose list register it is in, when listed */
};

/* The part of one vCPU. */
struct vgic_cpu {
	struct vgic_bank bank; /* SGIs and PPIs */
	_Atomic uint32_t attention;
	uint32_t hardware;	 /* PPIs that are forwarded from the physical GIC */
	uint32_t software_lists; /* list registers that hold software interrupts */
	bool is_full;		 /* no list register free: guest interrupts are masked physically */
	uint64_t hardware_list[VGIC_INTIDS_PER_BANK]; /* list-register value of each hardware PPI */
};

/* The part that all vCPUs share. */
struct vgic {
	struct lock lock;
	uint32_t control;		    /* GICD_CTLR */
	uint32_t spi_banks;		    /* banks in use besides bank 0 */
	struct vgic_bank banks[VGIC_BANKS]; /* [0] is unused: see struct vgic_cpu */
};

struct vcpu;

/* An access by the guest, as the exit decoded it. */
struct vgic_access {
	uint32_t offset; /* bytes into the frame */
	uint32_t size;	 /* bytes */
	bool is_write;
	uint64_t value; /* written, or the result */
};

/* Puts the partition's shared part into its reset state. Its first CPU, before the guest runs. */
void vgic_reset(struct vgic *vgic, uint32_t spi_count);

/*
 * Puts this vCPU's part, its list registers and virtual CPU interface into their reset state;
 * hardware interrupts are disabled, inactive and not pending. Owning CPU only.
 */
void vgic_reset_cpu(struct vcpu *vcpu);

/* Register frames. False: no such access (size, alignment), which is an external abort. */
bool vgic_distributor_access(struct vgic_access *access);
bool vgic_redistributor_access(struct vcpu *vcpu, struct vgic_access *access);
bool vgic_private_access(struct vcpu *vcpu, struct vgic_access *access); /* SGI_base frame */

/* ICC_SGI1R_EL1 written by this vCPU (12.2.20). */
void vgic_send_sgi(uint64_t value);

/* A virtual device's interrupt output changed. Any CPU of the partition. */
void vgic_set_line(uint32_t intid, bool level);

/* A hardware PPI was acknowledged by EL2: give it to the guest. Owning CPU only. */
void vgic_list_hardware(struct vcpu *vcpu, uint32_t intid);

/* Kicked, or the maintenance interrupt: bring the list registers up to date. Owning CPU only. */
void vgic_update(struct vcpu *vcpu);

/*
 * For the register files of this module; the lock is held.
 *
 * vgic_pend: latches interrupts of a bank (of self, for bank 0) and tells who must deliver them.
 * vgic_own_*: the list registers of this CPU alone; what another vCPU has acknowledged is out of
 * reach until it ends it.
 */
void vgic_pend(struct vcpu *self, struct vgic_bank *bank, uint32_t bank_index, uint32_t mask);
void vgic_draw_attention(uint32_t vcpu_index, uint32_t bits);
uint32_t vgic_own_active(uint32_t bank_index);
uint32_t vgic_own_pending(uint32_t bank_index);
void vgic_own_deactivate(uint32_t bank_index, uint32_t mask);
void vgic_own_withdraw(uint32_t bank_index, uint32_t mask);

/* Makes the list-register value of a hardware PPI anew, after its priority or group changed. */
void vgic_prepare_hardware(struct vcpu *vcpu, uint32_t intid);

#endif

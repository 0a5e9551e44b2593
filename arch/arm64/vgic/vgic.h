/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The GICv3 that a guest sees in virtual mode (IHI 0069): distributor, a redistributor for each
 * vCPU, and the CPU interface that the hardware virtualizes through list registers.
 *
 * Two kinds of interrupt:
 *
 *   hardware   (the timers' PPIs, SPIs of passed-through devices) The physical GIC keeps enable,
 *              priority, route, pending and active state; EL2 only moves an acknowledged interrupt
 *              into a list register with HW = 1. The guest's end-of-interrupt deactivates the
 *              physical one: one exit each.
 *   software   (SGIs, virtual devices, any SPI that the guest pends itself) The state is here.
 *
 * The life of a software interrupt; "listed" = it has a list register on the CPU of its holder:
 *
 *             pend (SGI, ISPENDR, device)          deliver() on the target's CPU
 *   idle ---------------------------> pending ---------------------------------> listed
 *    ^                                  ^  |                                        |
 *    |             clear (ICPENDR,      |  |         withdraw(): disabled or        |
 *    +------------- line falls) --------|--+         re-routed before the guest     |
 *    |                                  |            acknowledged it, or its place  |
 *    |                                  |            is for a more urgent one       |
 *    |                                  +-------------------------------------------+
 *    +----- release(): the guest ended it (state of the list register is invalid) --+
 *
 * One that is active may be pended again. Its list register is both then, unless it is disabled or
 * routed elsewhere: then it waits as pending, and its end brings a maintenance interrupt (LR_EOI).
 *
 * What is latched leaves `pending` when the interrupt is listed, for the guest's acknowledge will
 * consume it (4.5), and what is latched from then on is new. `owed` remembers it, should the
 * interrupt come back before. A level that is high needs no memory.
 *
 * The life of a hardware SPI; in brackets the state in the physical GIC:
 *
 *         device, ISPENDR                    EL2 on the target's CPU acknowledges
 *   idle ----------------> [pending] ----------------------------> listed [active]
 *    ^                         ^                                    |  |
 *    |                         |  give_back(): owed pending again,  |  |
 *    |                         +--- then deactivated ---------------+  |
 *    +----- the guest's end deactivates it: no exit -------------------+
 *
 *   - EL2's acknowledge consumes an edge, and what ISPENDR set on a level: then it is `owed`.
 *   - Physically enabled = enabled by the guest, its group forwarded by GICD_CTLR, routed to a
 *     vCPU. The physical GIC may hear of it late: vgic_list_spi() gives back what is not wanted on
 *     its vCPU. So nobody waits for the distributor.
 *   - A change of one that the guest has not acknowledged recalls it: it goes back, and comes again
 *     as it is now. Its `holder` does that, at once when it makes the change itself, else at its
 *     next exit, for which it is kicked. Until then GICD_CTLR.RWP reads as one: a guest that polls
 *     it after a disable gets what the architecture promises (12.9.4).
 *   - A vCPU that goes off gives back or ends what it holds. What is routed to it stays pending and
 *     masked by the PMR until it starts or the guest routes it elsewhere.
 *   - Only bits of `hardware` are ever written to the physical distributor, by write-1 registers,
 *     priority bytes and GICD_IROUTER: partitions share no lock (law 4).
 *
 * There may be more interrupts than list registers. Those hold the most urgent ones: what waits in
 * them for the guest's acknowledge gives way to what is more urgent, and is pending again. While
 * all are in use, the PMR holds back the hardware interrupts that would find no place; maintenance
 * interrupts tell when there may be room again. What the guest has made active gives way too, to
 * what is more urgent; and where it holds nothing back, because its priority was dropped before it
 * is deactivated (EOImode 1), or the register is the only one, to all that waits. Then it is
 * `active` and comes back when there is room. Should the guest end it before, ICC_DIR_EL1 traps,
 * and an end of interrupt is counted (EOIcount) and means the most urgent one that is outside: of
 * those it is the innermost that the guest has not ended (4.7).
 *
 * Software may make interrupts active that are not (ISACTIVER). They too are `active`, until their
 * holder has a list register for them; a waiting one is withdrawn first.
 *
 * Who may do what:
 *   - List registers, and moving an interrupt in or out of one: only the CPU of that vCPU.
 *   - `pending` of a vCPU's own 32 interrupts: any CPU of the partition, atomically. What says that
 *     they are listed or owed, and what struct vgic_cpu has besides: only the vCPU's own CPU.
 *   - Which of its SGIs are in group 1: read by who sends one, a word that may be older or newer.
 *   - All else: with vgic.lock held. Other partitions cannot reach any of it.
 *   - A change that concerns another vCPU sets a bit in that vCPU's `attention` and kicks its CPU,
 *     which does the rest. Bits merge, so nothing overflows and nothing is lost. No write waits for
 *     that. A read of pending or active state does (vgic_gather()), for as long as EL2 of the other
 *     vCPUs takes to answer: their guests cannot mask the kick, and who waits answers meanwhile.
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
#define VGIC_MAX_LISTS	     16

/* Identification: GICv3, and what Arm's own implementations answer; guests use it for errata. */
#define VGIC_PIDR2 0x3b
#define VGIC_IIDR  0x0000043b

#define ICC_SRE_EL1_FIXED 7 /* SRE, DFB, DIB: system registers, no bypass (12.2) */

/* attention: bit n = something may be deliverable, or was asked of a holder, in bank n; and: */
#define VGIC_ATTENTION_RECONFIGURE (1U << 31) /* enables or routes changed: recall, hardware */

/* 32 interrupts. Each word has one bit for each. */
struct vgic_bank {
	/* Latched: SGI, ISPENDR, edge. Of hardware SPIs only what ISPENDR set on a level. */
	_Atomic uint32_t pending;
	uint32_t enabled;
	uint32_t line; /* level of a virtual device's output */
	uint32_t edge; /* configured as edge-triggered */
	uint32_t group1;
	uint32_t listed;   /* software interrupts */
	uint32_t active;   /* for the guest, and in no list register: holder is to list them */
	uint32_t hardware; /* forwarded from the physical GIC */
	uint32_t owed;	   /* listed: to be made pending again when given back */
	/* Asked of the holder, or of the vCPU whose bank this is: */
	uint32_t recall;     /* take it back unless the guest has it; a private one is cleared */
	uint32_t deactivate; /* end it if the guest has it */
	uint8_t priority[VGIC_INTIDS_PER_BANK];
	uint8_t target[VGIC_INTIDS_PER_BANK]; /* vCPU that it is routed to */
	uint8_t holder[VGIC_INTIDS_PER_BANK]; /* vCPU that listed it last, or VGIC_NO_VCPU */
};

/* The part of one vCPU. What an exit touches of it comes first, side by side. */
struct vgic_cpu {
	_Atomic uint32_t attention;
	uint32_t software_lists; /* list registers that hold software interrupts */
	uint32_t deliverable;	 /* of the bank: enabled and forwarded, when last looked at */
	uint32_t lists;		 /* that the hardware has */
	uint32_t closed;	 /* list registers that only vgic_update() may fill */
	uint8_t limit;		 /* only what is more urgent than this physical priority comes */
	struct vgic_bank bank;	 /* SGIs and PPIs */
	uint16_t list_intid[VGIC_MAX_LISTS];	     /* what was put into each list register last */
	uint64_t private_list[VGIC_INTIDS_PER_BANK]; /* list-register values of the bank */
};

/*
 * What a vCPU shows others of its interrupts when they ask (vgic_state.c). The lock is held, but
 * for the first two. No reset touches it.
 */
struct vgic_view {
	_Atomic uint32_t asked; /* how often */
	_Atomic uint32_t shown; /* `asked` when this was brought up to date: */
	uint32_t pending;	/* list registers in this state ... */
	uint32_t active;
	uint16_t intid[VGIC_MAX_LISTS]; /* ... and of which interrupt */
	uint32_t own_pending;		/* of its bank: latched, or in the physical GIC */
};

/* The part that all vCPUs share. */
struct vgic {
	struct lock lock;
	uint32_t control;		    /* GICD_CTLR */
	uint32_t spi_banks;		    /* banks in use besides bank 0 */
	uint32_t active_banks;		    /* a bit for each of them whose `active` is not zero */
	struct vgic_bank banks[VGIC_BANKS]; /* [0] is unused: see struct vgic_cpu */
	uint32_t routes[VGIC_BANKS * VGIC_INTIDS_PER_BANK]; /* as written: Aff2, Aff1, Aff0 */
};

struct vcpu;

/* An access by the guest, as the exit decoded it. */
struct vgic_access {
	uint32_t offset; /* bytes into the frame */
	uint32_t size;	 /* bytes */
	bool is_write;
	uint64_t value; /* written, or the result */
};

/*
 * Puts the partition's shared part into its reset state. Its first CPU, before the guest runs; the
 * lock is held.
 */
void vgic_reset(struct vgic *vgic, uint32_t spi_count);

/*
 * Makes an SPI, one of the spi_count that the guest sees, a hardware interrupt, routed to the CPU
 * with this affinity: that of vCPU 0. Its first CPU, after vgic_reset(). gic_start_distributor()
 * has set its trigger.
 */
void vgic_pass_through(uint32_t intid, bool level_triggered, uint64_t mpidr);

/* All hardware SPIs of the partition disabled, not pending, not active. Any CPU of it. */
void vgic_silence_hardware(void);

/*
 * Puts this vCPU's part, its list registers and virtual CPU interface into their reset state;
 * its own hardware interrupts are disabled, inactive and not pending, SPIs are masked. Owning CPU
 * only.
 */
void vgic_reset_cpu(struct vcpu *vcpu);

/*
 * What is kept of this vCPU's private interrupts is as at reset; the hardware is not touched.
 * Owning CPU, or while all vCPUs are OFF.
 */
void vgic_forget_private(struct vcpu *vcpu);

/* This CPU's virtual CPU interface, but for the list registers, is as it is at reset. */
void vgic_reset_interface(void);

/* The vCPU is on: its interrupts come through again. Owning CPU only. */
void vgic_start_cpu(struct vcpu *vcpu);

/* Register frames. False: no such access (size, alignment), which is an external abort. */
bool vgic_distributor_access(struct vgic_access *access);
bool vgic_redistributor_access(struct vcpu *vcpu, struct vgic_access *access);
bool vgic_private_access(struct vcpu *vcpu, struct vgic_access *access); /* SGI_base frame */

/* Of the distributor what is the same in both modes: who it is. Other registers read as zero. */
bool vgic_identification_access(struct vgic_access *access);

/* Whether a vCPU has yet to carry out what was changed of its private interrupts. */
bool vgic_is_changing(struct vcpu *vcpu);

/*
 * An SGI sent by this vCPU, in the format that ICC_SGI0R_EL1, ICC_SGI1R_EL1 and ICC_ASGI1R_EL1
 * share. In one security state the first and the last send those of group 0 alone, ICC_SGI1R_EL1
 * those of either group (12.1.10): as each target has it.
 */
void vgic_send_sgi(uint64_t value, bool is_group1);

/* The guest's write of ICC_DIR_EL1, which traps while vgic_guard() says so. */
void vgic_deactivate_own(uint32_t intid);

/* A virtual device's interrupt output changed. Any CPU of the partition. */
void vgic_set_line(uint32_t intid, bool level);

/* Whether an INTID, any that may be acknowledged, is a hardware SPI of this partition. */
static inline bool vgic_owns_spi(const struct vgic *vgic, uint32_t intid)
{
	const uint32_t bank = intid / VGIC_INTIDS_PER_BANK;

	return bank < VGIC_BANKS &&
	       (vgic->banks[bank].hardware >> intid % VGIC_INTIDS_PER_BANK & 1);
}

/*
 * A hardware PPI or SPI was acknowledged by EL2, its priority dropped: give it to the guest. Owning
 * CPU only.
 */
void vgic_list_private(struct vcpu *vcpu, uint32_t intid);
void vgic_list_spi(struct vcpu *vcpu, uint32_t intid);

/* Kicked, or the maintenance interrupt: bring the list registers up to date. Owning CPU only. */
void vgic_update(struct vcpu *vcpu);

/* The same, and whoever kicked has left an SGI or more. */
void vgic_look_at_own(struct vcpu *vcpu);

#define VGIC_FIELDS_END 0x1000 /* of the registers with fields for each interrupt */

/*
 * For the register files of this module; the lock is held.
 *
 * vgic_field_access: a register with fields; vcpu is NULL for the distributor.
 *
 * vgic_spis_changed: enables, groups, priorities or routes of SPIs have: who is concerned looks.
 *
 * vgic_latch_private: a vCPU's own interrupts are pending; it delivers them.
 *
 * vgic_set_pending, vgic_clear_pending: ISPENDR, ICPENDR of SPIs.
 *
 * vgic_move_line: the line of a software SPI.
 *
 * vgic_catch_up: what was changed for this vCPU itself is carried out before its guest goes on; the
 * lock is not held.
 *
 * vgic_ask: another vCPU is to do what it alone can with its own interrupts: request is recall or
 * deactivate of its bank.
 *
 * vgic_ask_holders: the vCPUs that have these SPIs in a list register are to do what they alone can
 * (request: recall or deactivate of the bank); returns hardware ones that nobody can have.
 *
 * vgic_own_*: the list registers of this CPU alone.
 *
 * vgic_withdraw: a software interrupt that waits in a list register of this CPU is given back; it
 * stays pending if it still is.
 * vgic_make_room: the number of a list register for an interrupt of this priority, or -1. Least of
 * all rank those that are active and hold nothing back.
 * vgic_release_software: this vCPU goes off: what waits in its list registers is pending here
 * again. vgic_answer: does what was asked of this vCPU in a bank of SPIs. Owning CPU only.
 * vgic_is_asked: whether a holder has yet to answer.
 */
bool vgic_field_access(struct vcpu *vcpu, struct vgic_access *access);
void vgic_spis_changed(uint32_t bank_index, uint32_t mask);
void vgic_latch_private(struct vcpu *vcpu, uint32_t mask);
void vgic_set_pending(uint32_t bank_index, uint32_t mask);
void vgic_clear_pending(uint32_t bank_index, uint32_t mask);
void vgic_move_line(uint32_t intid, bool level);
void vgic_catch_up(void);
void vgic_draw_attention(uint32_t vcpu_index, uint32_t bits);
void vgic_ask(struct vcpu *vcpu, uint32_t *request, uint32_t mask);
uint32_t vgic_ask_holders(uint32_t bank_index, uint32_t mask, uint32_t *request);
uint32_t vgic_own_pending(uint32_t bank_index);
void vgic_own_deactivate(uint32_t bank_index, uint32_t mask);
void vgic_own_withdraw(uint32_t bank_index, uint32_t mask);
void vgic_withdraw(struct vcpu *vcpu, unsigned list);
int vgic_make_room(struct vcpu *vcpu, unsigned rank);
void vgic_release_software(struct vcpu *vcpu);
void vgic_answer(struct vcpu *vcpu, uint32_t bank_index);
bool vgic_is_asked(void);

/*
 * Active interrupts, and what list registers hold (vgic_state.c); but for vgic_gather(), the lock
 * is held.
 *
 * vgic_gather: all vCPUs bring their views up to date. Waits for the others' EL2, which the guest
 *              cannot keep from answering; no lock may be held.
 * vgic_show:   this vCPU does so; vgic_show_if_asked: if another waits for it. What moves into a
 *              list register afterwards is added (vgic_note), so that no interrupt is between the
 *              books and a view. What leaves one was there when the view was asked for.
 * vgic_seen:   what of a bank is in list registers, by the views. vcpu: whose, or NULL for all.
 * vgic_activate, vgic_deactivate: ISACTIVER, ICACTIVER. vcpu: whose private ones, or NULL.
 * vgic_take_active: these have list registers now.
 * vgic_spill:  an active interrupt leaves its list register, for which there is more urgent use.
 * vgic_guard:  whether active interrupts of this vCPU are in no list register.
 * vgic_count_ends: so many of them have ended, of which the hardware knows no more.
 */
struct vgic_seen {
	uint32_t pending;
	uint32_t active;
};
void vgic_gather(void);
void vgic_show(struct vcpu *vcpu);
void vgic_note(struct vcpu *vcpu, unsigned list, uint64_t value);
void vgic_show_if_asked(struct vcpu *vcpu);
struct vgic_seen vgic_seen(const struct vcpu *vcpu, uint32_t bank_index);
void vgic_activate(struct vcpu *vcpu, uint32_t bank_index, uint32_t mask);
void vgic_deactivate(struct vcpu *vcpu, uint32_t bank_index, uint32_t mask);
void vgic_take_active(struct vgic_bank *bank, uint32_t bank_index, uint32_t mask);
void vgic_spill(struct vcpu *vcpu, unsigned list);
bool vgic_guard(struct vcpu *vcpu);
void vgic_count_ends(struct vcpu *vcpu, unsigned count);

/*
 * Hardware interrupts (vgic_hardware.c), for the other files of this module; the lock is held.
 *
 * vgic_configure_private: brings this CPU's physical PPIs, and what the fast path looks up, in line
 *                         with what the guest configured.
 * vgic_unpend_private:    ICPENDR of this CPU's SGIs and PPIs.
 * vgic_pend_private:      ISPENDR of this CPU's hardware PPIs.
 * vgic_give_back:         what waits in a list register goes back to the physical GIC.
 * vgic_release_hardware:  this vCPU goes off and holds no SPI any more. Owning CPU only.
 *
 * SPIs of a bank; those in mask that are not hardware are left alone:
 * vgic_apply_hardware:    enable, group, priority or route changed.
 * vgic_pend_hardware, vgic_unpend_hardware: ISPENDR, ICPENDR.
 */
void vgic_configure_private(struct vcpu *vcpu);
void vgic_unpend_private(struct vcpu *vcpu, uint32_t mask);
void vgic_pend_private(struct vcpu *vcpu, uint32_t mask);
void vgic_give_back(struct vcpu *vcpu, unsigned list, uint32_t intid);
void vgic_release_hardware(struct vcpu *vcpu);
void vgic_apply_hardware(uint32_t bank_index, uint32_t mask);
void vgic_pend_hardware(uint32_t bank_index, uint32_t mask);
void vgic_unpend_hardware(uint32_t bank_index, uint32_t mask);

#endif

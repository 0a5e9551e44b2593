/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A vCPU: what EL2 keeps of it. Its EL1 registers are in the CPU itself, because nothing else ever
 * runs there.
 *
 *            CPU_ON by another vCPU              its CPU wakes
 *   OFF ---------> CLAIMED -------> STARTING ---------------------> ON
 *    ^   (compare-and-swap: one                                    |
 *    |    caller wins)                                             |
 *    +------------------------- CPU_OFF by itself, or partition ---+
 *                               ended
 *
 * When the partition has ended, a CPU_ON that came too late is void (STARTING -> OFF); when it is
 * to restart, the CPU of vCPU 0 does so as soon as all are OFF.
 */
#ifndef BULKHEAD_ARM64_VCPU_H
#define BULKHEAD_ARM64_VCPU_H

#include <stdatomic.h>
#include <stdint.h>

#include "arch/arm64/el2/cpu.h"
#include "arch/arm64/el2/layout.h"
#include "arch/arm64/vgic/vgic.h"
#include "common/plan/plan.h"

enum vcpu_state {
	VCPU_OFF,
	VCPU_CLAIMED, /* CPU_ON is writing entry and context */
	VCPU_STARTING,
	VCPU_ON,
};

struct vcpu {
	/* What most exits touch, and the start of vgic, lie in one cache line. */
	uint64_t exits[EXIT_CLASSES]; /* how many there were of each class */
	struct vgic_cpu vgic;
	struct vgic_view view;
	_Atomic uint32_t state; /* enum vcpu_state */
	uint32_t index;
	bool is_asleep;		     /* GICR_WAKER */
	uint8_t priority_mask;	     /* direct mode: ICC_PMR_EL1 as the guest wrote it */
	uint64_t mpidr;		     /* what the guest reads */
	uint64_t redistributor_type; /* GICR_TYPER */
	uint64_t host_mpidr;	     /* affinity of the CPU that it runs on: for GICD_IROUTER */
	uint64_t kick;		     /* interrupts that CPU (gic_kick()): GIC_KICK_SGI */
	uint64_t vgic_kick;	     /* the same: GIC_VGIC_SGI */
	uint64_t entry;		     /* IPA; written by the CPU_ON that made it STARTING */
	uint64_t context;	     /* x0 at entry */
} __attribute__((aligned(64)));

/* All of a partition that only arch/ knows; one address, each partition's own memory behind it. */
struct guest {
	const struct plan_partition *plan;
	uint32_t vcpu_count;
	uint32_t reserved;
	/* What the exits look up: guest physical addresses of the frames (the UART's is 0 without).
	 */
	uint64_t distributor;
	uint64_t redistributors;
	uint64_t uart;
	uint64_t panic_device; /* the same */
	uint64_t supervisor;   /* the same */
	uint64_t watchdog;     /* the same: its refresh frame, the control frame behind it */
	struct vgic vgic;
	struct vcpu vcpus[PLAN_MAX_CPUS];
};

_Static_assert(sizeof(struct guest) <= EL2_GUEST_SIZE, "layout.h");

extern struct guest this_guest;

/* Other partitions', read-only (common/run/view.h has what lies before each). */
union guest_view {
	struct guest guest;
	uint8_t slot[EL2_VIEW_SIZE];
};

extern const union guest_view guest_views[];

/* Only on the vCPU's own CPU, so that no two count at once. */
static inline void vcpu_count_exit(struct vcpu *vcpu, enum exit_class class)
{
	vcpu->exits[class]++;
}

/* MPIDR_EL1 affinity of vCPU n: 16 in a cluster, as SGI target lists have it. */
static inline uint64_t vcpu_affinity(uint32_t index)
{
	return (uint64_t)(index / 16) << 8 | index % 16;
}

/* Builds the partition's part of this_guest. Its first CPU, before launch; memory is zeroed. */
void guest_create(const struct plan *plan, uint32_t partition);

/*
 * Puts it into the state in which each life of the partition begins; vCPU 0 is STARTING. Its first
 * CPU, while booting or restarting: all vCPUs are OFF.
 */
void guest_reset(void);

/* Sets the EL2 registers that hold for this CPU for ever (traps, stage 2). Once, while booting. */
void vcpu_configure_traps(const struct plan *plan, uint32_t partition);

/* Whether this CPU has SVE with vectors of exactly so many bits; 0: needs none. While booting. */
bool vcpu_has_vector_length(uint32_t bits);

/* Gives this vCPU a fresh EL1 and enters the guest at its entry with its context. */
_Noreturn void vcpu_start(struct vcpu *vcpu);

/* EL1 and EL0 of this CPU, performance counters and debug registers included, as after a reset. */
void vcpu_reset_el1(void);

/* Waits until the vCPU is to run, then enters the guest. EL2's stack starts anew. */
_Noreturn void vcpu_run(void);

/* The running vCPU goes off, for CPU_OFF or because its partition has ended. */
_Noreturn void vcpu_stop(void);

/* Takes a synchronous external abort to EL1 (Arm ARM D1.3.6) in place of the faulting access. */
void vcpu_inject_abort(bool is_instruction, uint64_t address);

/* Takes an Undefined Instruction exception to EL1. */
void vcpu_inject_undefined(void);

#endif

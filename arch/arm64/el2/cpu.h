/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What EL2 keeps of one physical CPU. Every CPU sees its own as this_cpu, at the same address, and
 * nobody else's.
 */
#ifndef BULKHEAD_ARM64_CPU_H
#define BULKHEAD_ARM64_CPU_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "arch/arm64/el2/layout.h"
#include "common/arch.h"
#include "common/lib/address.h"

struct vcpu;

/*
 * The guest's general registers. They lie at the top of the stack from an exit to the next entry;
 * the interrupt path saves only those that a C function may change.
 */
struct guest_registers {
	uint64_t x[31];
	uint64_t padding;
};

_Static_assert(sizeof(struct guest_registers) == GUEST_REGISTERS_SIZE, "layout.h");

struct cpu {
	/* For an exception inside EL2, whose cause may be the stack itself. */
	uint8_t emergency_stack[EMERGENCY_STACK_TOP] __attribute__((aligned(16)));
	struct vcpu *vcpu;   /* pinned to this CPU for ever */
	uint32_t index;	     /* into the plan's CPUs */
	uint32_t vcpu_index; /* of vcpu within its partition */
	bool is_housekeeping;
	bool shifts_priorities;			/* but not the PMR: gic.h */
	bool is_direct;				/* its vCPU's partition is in direct mode */
	bool is_open;				/* and generates SGIs by itself (vgic/direct.h) */
	bool has_group0;			/* direct mode: the GIC has one security state */
	uint32_t errors_survived;		/* SErrors that the hardware had corrected */
	arch_fault_handler fault_while_booting; /* NULL once boot is over for this CPU */
	uint32_t table_pages;			/* pages of its table memory that are in use */
	pa_t memory;				/* its memory, as layout.h divides it */
	pa_t running_root;			/* the tables without boot's mappings */
	pa_t demand_root;			/* those with the demand section; 0: none */
	pa_t redistributor;			/* physical address of its own frame */
};

_Static_assert(offsetof(struct cpu, vcpu) == EMERGENCY_STACK_TOP, "layout.h");

_Static_assert(sizeof(struct cpu) <= PAGE_SIZE, "struct cpu has one page in layout.h");

extern struct cpu this_cpu;

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The plan: everything about the running system, decided before anything runs.
 *
 *   host device tree --plan_system()--> struct plan --launch--> running partitions
 *                          |
 *                          +--> or the list of all errors (report.h), and nothing is launched
 *
 * plan_system() is a pure function: it reads the device tree and, through plan_input, the first
 * bytes of the modules; it writes one structure and one report; it allocates nothing and touches no
 * hardware. The same code runs at EL2 and on a desk. The plan holds no pointers and no padding with
 * unknown content (it is zeroed first), so that its SHA-256 names the system.
 *
 * After plan_system() the plan is read-only, for ever (law 1 and law 2 of the design).
 */
#ifndef BULKHEAD_PLAN_PLAN_H
#define BULKHEAD_PLAN_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/lib/address.h"
#include "common/plan/report.h"

/* Bounds. Passing one is an error that names it. */
#define PLAN_MAX_PARTITIONS	       16
#define PLAN_MAX_CPUS		       64
#define PLAN_MAX_MEMORY_BANKS	       32
#define PLAN_MAX_RESERVED	       64
#define PLAN_MAX_REGIONS	       16 /* RAM regions of one partition */
#define PLAN_MAX_REDISTRIBUTOR_REGIONS 8
#define PLAN_MAX_MODULES	       128
#define PLAN_NAME_SIZE		       32   /* with the NUL */
#define PLAN_BOOTARGS_SIZE	       2048 /* with the NUL: what arm64 Linux takes */
#define PLAN_FIRST_SPI		       32
#define PLAN_MAX_INTID		       1020 /* SPIs end below it (IHI 0069, 2.2.1) */

#define PLAN_NONE 0xffffffffU /* no CPU, no partition */

struct plan_range {
	pa_t base;
	uint64_t size; /* bytes */
};

/* A piece of a partition's RAM. */
struct plan_region {
	ipa_t guest;
	pa_t host;
	uint64_t size; /* bytes, whole pages */
};

/* One physical CPU of the device tree, in the order of the tree. */
struct plan_cpu {
	uint64_t mpidr;	    /* affinity fields Aff3..Aff0 as in MPIDR_EL1, other bits zero */
	uint32_t partition; /* index of its partition, or PLAN_NONE */
	uint32_t vcpu;	    /* the vCPU that is pinned to it */
	uint32_t phandle;   /* of its node, 0 when it has none */
	uint32_t reserved;
	pa_t private_memory; /* arch->cpu_memory_size bytes; 0 when the CPU is not used */
};

enum plan_uart_type {
	PLAN_UART_NONE, /* no console: boot goes on silently */
	PLAN_UART_PL011,
};

enum plan_psci_conduit {
	PLAN_PSCI_NONE,
	PLAN_PSCI_SMC,
	PLAN_PSCI_HVC,
};

/* What the host device tree says of the board. */
struct plan_board {
	uint32_t cpu_count;
	uint32_t memory_bank_count;
	struct plan_cpu cpus[PLAN_MAX_CPUS];
	struct plan_range memory_banks[PLAN_MAX_MEMORY_BANKS];

	struct plan_range distributor; /* GICv3 GICD frame */
	struct plan_range redistributors[PLAN_MAX_REDISTRIBUTOR_REGIONS];
	uint32_t redistributor_count;
	uint32_t maintenance_intid;
	uint64_t redistributor_stride; /* bytes; 0: as GICR_TYPER says */

	uint32_t virtual_timer_intid;
	uint32_t physical_timer_intid; /* the non-secure EL1 physical timer */
	uint32_t psci_conduit;	       /* enum plan_psci_conduit */

	uint32_t uart_type; /* enum plan_uart_type */
	struct plan_range uart;
	uint32_t uart_intid;
	uint32_t uart_level_triggered;
};

enum plan_image_format {
	PLAN_IMAGE_NONE,
	PLAN_IMAGE_RAW,
	PLAN_IMAGE_GZIP, /* decompressed while it is placed */
};

/* A module and where it goes. */
struct plan_image {
	uint32_t format; /* enum plan_image_format */
	uint32_t reserved;
	pa_t source;
	uint64_t source_size; /* bytes, as the boot loader placed them */
	uint64_t size; /* bytes that the image occupies in the guest: BSS and decompression too */
	ipa_t guest;   /* where the guest sees it */
	pa_t destination; /* the same place; equal to source: already in place */
};

struct plan_partition {
	char name[PLAN_NAME_SIZE];
	char bootargs[PLAN_BOOTARGS_SIZE];

	uint32_t cpu_count;
	uint32_t cpus[PLAN_MAX_CPUS]; /* vCPU n runs on plan->board.cpus[cpus[n]] */

	uint32_t region_count;
	struct plan_region regions[PLAN_MAX_REGIONS]; /* in the order of their guest addresses */

	struct plan_image kernel;
	struct plan_image ramdisk;
	ipa_t entry;		   /* where vCPU 0 starts */
	ipa_t device_tree;	   /* where the guest's device tree goes */
	uint64_t device_tree_size; /* bytes kept for it */
	pa_t device_tree_host;

	uint32_t direct_map;
	uint32_t virtual_uart;
	uint32_t trap_unmapped; /* 1: an access outside the map is an external abort */
	uint32_t spi_count; /* virtual SPIs, INTIDs 32 .. 32 + spi_count - 1; a multiple of 32 */
	uint32_t uart_intid;
	uint32_t ipa_bits; /* size of the guest's physical address space */

	/* What the guest sees. */
	ipa_t distributor;
	ipa_t redistributors; /* frames of all vCPUs, 128 KiB each */
	ipa_t uart;

	/* What EL2 keeps for it. */
	pa_t state;	      /* arch->partition_memory_size bytes */
	pa_t console;	      /* arch->console_memory_size bytes */
	pa_t stage2;	      /* stage-2 tables; aligned as arch->stage2_alignment asks */
	uint64_t stage2_size; /* bytes */
};

struct plan {
	struct plan_board board;
	struct plan_range hypervisor; /* the image with its BSS */
	struct plan_range pool;	      /* what EL2 uses besides: all of the memory named below */
	uint32_t housekeeping_cpu;    /* index into board.cpus */
	uint32_t escape_key;	      /* of the console: a control character */
	uint32_t reserved;
	uint32_t partition_count;
	struct plan_partition partitions[PLAN_MAX_PARTITIONS];
};

/*
 * What the planner must know of the machine's side: sizes in bytes, whole pages. Constants of the
 * architecture, the same on the desk and on the board; max_ipa_bits alone is the CPU's.
 */
struct plan_needs {
	uint64_t cpu_memory_size;
	uint64_t partition_memory_size;
	uint64_t console_memory_size;
	uint64_t stage2_alignment;
	uint32_t max_ipa_bits; /* what this CPU can translate to: ID_AA64MMFR0_EL1.PARange */
};

struct plan_scratch;

struct plan_input {
	const void *device_tree; /* libfdt tree */
	size_t device_tree_size; /* bytes that may be read; the tree's own totalsize is checked
				    against it */
	pa_t device_tree_address;
	struct plan_range hypervisor;
	const struct plan_needs *needs;
	struct plan_scratch *scratch; /* memory that the planner works in (scratch.h) */
	/*
	 * Makes size bytes of a module readable and returns them, or NULL when the range is not RAM
	 * that can be read. Called only for ranges inside the memory banks and outside of
	 * /reserved-memory.
	 */
	const void *(*module)(void *context, pa_t base, uint64_t size);
	void *context;
};

/*
 * Plans the whole system. Returns true when the report holds no error; otherwise the plan must not
 * be used (but plan->board is filled in as far as it could be read).
 */
bool plan_system(const struct plan_input *input, struct plan *plan, struct report *report);

/*
 * Finds the console without planning anything: the first thing that boot does, so that errors can
 * be said at all. Fills in the uart_* fields; type PLAN_UART_NONE when there is none.
 */
void plan_find_console(const void *device_tree, struct plan_board *board);

enum guest_tree_result {
	GUEST_TREE_OK,
	GUEST_TREE_TOO_LARGE, /* more than size bytes */
	GUEST_TREE_BROKEN,    /* the host's tree could not be read */
};

/*
 * Writes the device tree that the partition will get into out. entropy is 8 words for rng-seed and
 * kaslr-seed, or NULL where there is none.
 */
enum guest_tree_result plan_guest_tree(const struct plan *plan, uint32_t partition,
				       const void *host_tree, const uint64_t entropy[8], void *out,
				       size_t size);

#endif

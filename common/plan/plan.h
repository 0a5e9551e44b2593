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

/* Bounds. Passing one is an error that names it. */
#define PLAN_MAX_NODES		       8192 /* of the host device tree */
#define PLAN_MAX_DEPTH		       32   /* of it */
#define PLAN_MAX_PARTITIONS	       16
#define PLAN_MAX_CPUS		       64
#define PLAN_MAX_MEMORY_BANKS	       32
#define PLAN_MAX_REGIONS	       16 /* RAM regions of one partition */
#define PLAN_MAX_REDISTRIBUTOR_REGIONS 8
#define PLAN_MAX_SEGMENTS	       8   /* of one kernel: an ELF file has several */
#define PLAN_MAX_DEVICES	       128 /* passed-through devices of all partitions */
#define PLAN_MAX_DEVICE_REGIONS	       256 /* their register ranges */
#define PLAN_MAX_INTERRUPTS	       512 /* their interrupts */
#define PLAN_MAX_VIRTUAL_DEVICES       64  /* of all partitions, the UARTs apart */
#define PLAN_MAX_CHANNELS	       32
#define PLAN_MAX_SHARED		       64 /* partitions' views of shared memory */
#define PLAN_MAX_SMC_RANGES	       16 /* of one partition */
#define PLAN_MAX_COLORS		       64
#define PLAN_MAX_RESTARTS	       16   /* that a restart limit counts */
#define PLAN_NAME_SIZE		       32   /* with the NUL */
#define PLAN_PATH_SIZE		       128  /* of a node, with the NUL */
#define PLAN_BOOTARGS_SIZE	       2048 /* with the NUL: what arm64 Linux takes */
#define PLAN_FIRST_SPI		       32
#define PLAN_MAX_INTID		       1020 /* SPIs end below it (IHI 0069, 2.2.1) */
#define PLAN_MAX_GUEST_INTID	       992  /* and those of a virtual GIC below this */

/* Room for the bootargs of all partitions and the paths of all devices. */
#define PLAN_TEXT_SIZE                                                                             \
	(1 + PLAN_MAX_PARTITIONS * PLAN_BOOTARGS_SIZE + PLAN_MAX_DEVICES * PLAN_PATH_SIZE)

/* Register frames (IHI 0069, 12.8 and 12.10): the distributor, one CPU's redistributor. */
#define PLAN_GICD_SIZE 0x10000
#define PLAN_GICR_SIZE 0x20000

/* Physical addresses that EL2 can map end here. */
#define PLAN_ADDRESS_LIMIT (UINT64_C(1) << 46)

#define PLAN_NONE 0xffffffffU /* no CPU, no partition, no channel */

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
	uint32_t physical_timer_intid;	 /* the non-secure EL1 physical timer */
	uint32_t psci_conduit;		 /* enum plan_psci_conduit */
	uint32_t hypervisor_timer_intid; /* the EL2 physical timer */
	uint32_t reserved;

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

/* A module, or a part of one, and where it goes. */
struct plan_image {
	uint32_t format; /* enum plan_image_format */
	uint32_t reserved;
	pa_t source;
	uint64_t source_size; /* bytes that are there to be copied; 0: all is BSS */
	uint64_t size; /* bytes that the image occupies in the guest: BSS and decompression too */
	ipa_t guest;   /* where the guest sees it */
	pa_t destination; /* the same place; equal to source: already in place */
	pa_t pristine;	  /* where boot keeps a copy for restarts, if the source is none; else 0 */
};

/* What happens when a partition ends. The words are the binding's. */
enum plan_policy {
	PLAN_STOP,
	PLAN_RESTART,
	PLAN_RESET_BOARD,
};

/* SMCs that are passed to firmware: function IDs, both included. */
struct plan_smc_range {
	uint32_t first;
	uint32_t last;
};

struct plan_partition {
	char name[PLAN_NAME_SIZE];
	uint32_t bootargs; /* offset into the plan's text */

	uint32_t cpu_count;
	uint8_t cpus[PLAN_MAX_CPUS]; /* vCPU n runs on plan->board.cpus[cpus[n]] */

	uint32_t region_count;
	uint32_t kernel_count;
	struct plan_region regions[PLAN_MAX_REGIONS]; /* the kernel is in the first */

	struct plan_image kernel[PLAN_MAX_SEGMENTS];
	struct plan_image ramdisk;
	struct plan_range partial_tree; /* the module of a Xen partial device tree; size 0: none */
	ipa_t entry;			/* where vCPU 0 starts */
	ipa_t device_tree;		/* where the guest's device tree goes */
	uint64_t device_tree_size;	/* bytes kept for it */
	pa_t device_tree_host;
	pa_t device_tree_pristine; /* where boot keeps a copy for restarts; 0: none */

	uint32_t direct_map;
	uint32_t virtual_uart;
	uint32_t trap_unmapped; /* 1: an access outside the map is an external abort */
	uint32_t spi_count; /* virtual SPIs, INTIDs 32 .. 32 + spi_count - 1; a multiple of 32 */
	uint32_t uart_intid;
	uint32_t ipa_bits; /* size of the guest's physical address space */

	uint32_t on_shutdown; /* enum plan_policy, all four */
	uint32_t on_reset;
	uint32_t on_crash;
	uint32_t on_watchdog;
	uint32_t restart_limit;	 /* restarts within the window before it stops; 0: no limit */
	uint32_t restart_window; /* ms */

	uint32_t direct_interrupts; /* 1: the guest owns the physical CPU interface */
	uint32_t direct_sgi_open;
	uint32_t watchdog;
	uint32_t panic_device;
	uint32_t scmi;	     /* 1: SCMI over SMC */
	uint32_t sve;	     /* vector length in bits; 0: no SVE */
	uint32_t supervises; /* bit n: it may manage partition n */
	uint32_t smc_count;
	struct plan_smc_range smc[PLAN_MAX_SMC_RANGES];
	uint64_t colors; /* cache colours, a bit each; 0: any */

	/* Passed-through hardware: index and number in the plan's arrays. */
	uint32_t device_first;
	uint32_t device_count;
	uint32_t device_region_first;
	uint32_t device_region_count;
	uint32_t interrupt_first;
	uint32_t interrupt_count;

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

/* A device of the board that belongs to a partition. */
struct plan_device {
	uint32_t partition;
	uint32_t path; /* of its node in the host device tree: offset into the plan's text */
	uint32_t region_count;	  /* the next ones of the plan's device_regions */
	uint32_t interrupt_count; /* the next ones of the plan's interrupts */
};

/* A passed-through SPI. Its number is the same in the guest. */
struct plan_interrupt {
	uint32_t intid;
	uint32_t level_triggered;
};

enum plan_virtual_device_type {
	PLAN_VIRTUAL_DOORBELL,
	PLAN_VIRTUAL_NET,
	PLAN_VIRTUAL_CONSOLE,
	PLAN_VIRTUAL_WATCHDOG,
	PLAN_VIRTUAL_PANIC,
	PLAN_VIRTUAL_SUPERVISOR,
};

/* A device of EL2's making, the UART apart. */
struct plan_virtual_device {
	uint32_t partition;
	uint32_t type;	  /* enum plan_virtual_device_type */
	uint32_t intid;	  /* 0: none */
	uint32_t channel; /* whose end it is, or PLAN_NONE */
	ipa_t base;
	uint64_t size; /* bytes */
};

enum plan_channel_type {
	PLAN_CHANNEL_MEMORY,
	PLAN_CHANNEL_NET,
	PLAN_CHANNEL_CONSOLE,
};

struct plan_channel_end {
	uint32_t partition;
	uint32_t writable;
	ipa_t memory;	/* where the guest sees the shared memory */
	uint8_t mac[8]; /* of a network card: 6 bytes */
};

struct plan_channel {
	char name[PLAN_NAME_SIZE];
	uint32_t type; /* enum plan_channel_type */
	uint32_t reserved;
	pa_t memory;
	uint64_t size; /* bytes of shared memory, or of rings */
	struct plan_channel_end ends[2];
};

/* A partition's view of memory that it shares (xen,domain-shared-memory-v1). */
struct plan_shared {
	char id[PLAN_NAME_SIZE];
	uint32_t partition;
	uint32_t writable;
	uint32_t is_owner;
	uint32_t reserved;
	struct plan_region region;
};

struct plan {
	struct plan_board board;
	struct plan_range hypervisor; /* the image with its BSS */
	struct plan_range pool;	      /* what EL2 uses besides: all of the memory named below */
	pa_t record;		      /* a page: what EL2 says, for the boot after a reset */
	uint32_t housekeeping_cpu;    /* index into board.cpus */
	uint32_t escape_key;	      /* of the console: a control character */

	uint32_t partition_count;
	uint32_t device_count;
	uint32_t device_region_count;
	uint32_t interrupt_count;
	uint32_t virtual_device_count;
	uint32_t channel_count;
	uint32_t shared_count;
	uint32_t text_size; /* bytes */

	/* Devices, their regions and interrupts stand in the order of their partitions. */
	struct plan_partition partitions[PLAN_MAX_PARTITIONS];
	struct plan_device devices[PLAN_MAX_DEVICES];
	struct plan_region device_regions[PLAN_MAX_DEVICE_REGIONS];
	struct plan_interrupt interrupts[PLAN_MAX_INTERRUPTS];
	struct plan_virtual_device virtual_devices[PLAN_MAX_VIRTUAL_DEVICES];
	struct plan_channel channels[PLAN_MAX_CHANNELS];
	struct plan_shared shared[PLAN_MAX_SHARED];
	char text[PLAN_TEXT_SIZE]; /* strings, each with its NUL; offset 0 is the empty one */
};

/* Whether EL2 runs on this CPU: for a partition, or for the housekeeping. */
static inline bool plan_uses_cpu(const struct plan *plan, uint32_t cpu)
{
	return plan->board.cpus[cpu].partition != PLAN_NONE || cpu == plan->housekeeping_cpu;
}

/* Bytes of RAM that an image writes: BSS behind it is not written, but when it is decompressed. */
static inline uint64_t plan_image_bytes(const struct plan_image *image)
{
	return image->format == PLAN_IMAGE_GZIP ? image->size : image->source_size;
}

/* Whether anything may restart the partition. */
static inline bool plan_may_restart(const struct plan_partition *partition)
{
	return partition->on_shutdown == PLAN_RESTART || partition->on_reset == PLAN_RESTART ||
	       partition->on_crash == PLAN_RESTART ||
	       (partition->watchdog != 0 && partition->on_watchdog == PLAN_RESTART);
}

/* The SPI of the board that a direct partition's virtual UART has; 0: none. */
static inline uint32_t plan_spare_interrupt(const struct plan_partition *partition)
{
	return partition->direct_interrupts != 0 ? partition->uart_intid : 0;
}

/* A text of the plan. */
static inline const char *plan_text(const struct plan *plan, uint32_t offset)
{
	return &plan->text[offset];
}

#endif

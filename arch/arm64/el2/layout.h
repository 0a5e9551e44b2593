/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The EL2 virtual address map: the same addresses on every CPU, other memory behind them.
 *
 *   EL2_BASE + 0        the image: text RX, constants and the plan RO          same on all CPUs
 *            + 2 MiB    stack, struct cpu, (one CPU only) struct housekeeping  this CPU's own
 *            + 4 MiB    struct partition, struct guest                         this partition's own
 *            + 6 MiB    console pages, one slot for each partition             own slot;
 * housekeeping: all
 *            + 8 MiB    distributor, own redistributor; housekeeping: UART     devices
 *            + 9 MiB    redistributors of the partitions in direct mode that   devices
 *                       this CPU may stop: its own; housekeeping: all
 *            + 12 MiB   struct partition, struct guest, RO: own; a             others'
 *                       supervisor: those; housekeeping: all
 *            + 13 MiB   roots of stage-2 tables, as the redistributors
 *            + 1 GiB .. windows, and the tables themselves               while it boots or restarts
 *
 * "This CPU" and "this partition" are therefore fixed addresses: the linker script gives them names
 * (this_cpu, this_partition, this_guest), code refers to them as plain objects, and another
 * partition's state has no address at all.
 *
 * EL2_BASE lies above every physical address that Bulkhead supports (46 bits), so that the
 * identity-mapped page on which the MMU is switched on has a root entry of its own.
 *
 * Plain numbers only: the assembler and the linker script read this file too.
 */
#ifndef BULKHEAD_ARM64_LAYOUT_H
#define BULKHEAD_ARM64_LAYOUT_H

#define EL2_BASE 0x400000000000

#define EL2_IMAGE	EL2_BASE
#define EL2_IMAGE_LIMIT 0x200000

/* The pages below and above the stack are never mapped. */
#define EL2_STACK_SIZE	 0x4000
#define EL2_STACK	 (EL2_BASE + 0x201000)
#define EL2_STACK_TOP	 (EL2_STACK + EL2_STACK_SIZE)
#define EL2_CPU		 (EL2_BASE + 0x210000)
#define EL2_HOUSEKEEPING (EL2_BASE + 0x214000)
#define EL2_RECORD	 (EL2_BASE + 0x216000) /* of the log, for the boot after a reset */

#define EL2_PARTITION	   (EL2_BASE + 0x400000)
#define EL2_PARTITION_SIZE 0x1000 /* struct partition */
#define EL2_GUEST	   (EL2_PARTITION + EL2_PARTITION_SIZE)
#define EL2_GUEST_SIZE	   0xd000 /* struct guest */

#define EL2_CONSOLE	     (EL2_BASE + 0x600000)
#define EL2_CONSOLE_OUT_SIZE 0x3000
#define EL2_CONSOLE_IN_SIZE  0x1000
#define EL2_CONSOLE_SLOT     0x5000 /* out, in, and an unmapped page */

#define EL2_GICD      (EL2_BASE + 0x800000)
#define EL2_GICD_SIZE 0x10000
#define EL2_GICR      (EL2_BASE + 0x840000)
#define EL2_GICR_SIZE 0x20000 /* RD_base and SGI_base */
#define EL2_UART      (EL2_BASE + 0x880000)

/* Of each CPU a page of its RD_base frame, which has GICR_CTLR, and one of its SGI_base frame. */
#define EL2_FRAMES     (EL2_BASE + 0x900000)
#define EL2_FRAME_SIZE 0x2000

/* Of each partition its struct partition and struct guest, to be read. */
#define EL2_VIEWS     (EL2_BASE + 0xc00000)
#define EL2_VIEW_SIZE 0x10000

/* Of each partition the root of its stage-2 tables: at most 16 pages (stage2.h). */
#define EL2_STAGE2_ROOTS     (EL2_BASE + 0xd00000)
#define EL2_STAGE2_ROOT_SIZE 0x10000

#define EL2_WINDOW_SIZE 0x40000000
#define EL2_WINDOWS	(EL2_BASE + EL2_WINDOW_SIZE)
#define EL2_BOOT_TABLES (EL2_BASE + 0xa00000)

/* What a CPU needs for itself, in this order: its translation tables, then these. */
#define CPU_TABLE_PAGES	 56
#define CPU_POOL_PAGES	 38 /* for mappings; the windows' tables take the rest */
#define CPU_MEMORY_STACK (CPU_TABLE_PAGES * 0x1000)
#define CPU_MEMORY_CPU	 (CPU_MEMORY_STACK + EL2_STACK_SIZE)
#define CPU_MEMORY_HOUSE (CPU_MEMORY_CPU + 0x1000)
#define CPU_MEMORY_SIZE	 (CPU_MEMORY_HOUSE + 0x1000)

/* A guest's registers lie at the top of the stack while EL2 serves it (struct guest_registers). */
#define GUEST_REGISTERS_SIZE 256

/* Offset of the end of struct cpu's emergency stack, which comes first in it. */
#define EMERGENCY_STACK_TOP 2048

#endif

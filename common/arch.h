/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The seam: all that common/ asks of arch/. arch/ calls back only through launch_boot_cpu(),
 * launch_other_cpu() and the exit handlers (common/vdev, common/run, common/console).
 */
#ifndef BULKHEAD_ARCH_H
#define BULKHEAD_ARCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/plan/plan.h"

/* --- Pure; links on the host too. --- */

/*
 * Bytes (whole pages) that hold the stage-2 tables of a partition's RAM and devices, at most: what
 * the planner keeps for them.
 */
uint64_t arch_stage2_size(const struct plan *plan, uint32_t partition);

/* Sizes that the planner keeps memory for (plan/make.h); max_ipa_bits is left zero. */
struct plan_needs;
struct plan_needs arch_plan_needs(void);

/* ESR_ELx in words, without an end; returns their length. */
size_t arch_describe_syndrome(uint64_t esr, char *out, size_t size);

/* --- Boot and restarts (arch/arm64/el2/seam_restart.c). --- */

/*
 * Ranges of physical memory that boot looks at, and restarts, one at a time in each window. A
 * window's old range is gone when it shows the next one.
 */
enum arch_window {
	ARCH_WINDOW_CONSOLE,	 /* device: the UART while booting */
	ARCH_WINDOW_DEVICE,	 /* device: whatever has to be looked at once */
	ARCH_WINDOW_DEVICE_TREE, /* read-only */
	ARCH_WINDOW_SOURCE,	 /* read-only: a module */
	ARCH_WINDOW_TARGET,	 /* a partition's RAM */
	ARCH_WINDOW_MEMORY,	 /* EL2's own memory: CPU memory, stage-2 tables */
	ARCH_WINDOW_COUNT,
};

/* Bytes that a window can show: 1 GiB less the offset of its start in 2 MiB. */
#define ARCH_WINDOW_LIMIT (BLOCK_1G - BLOCK_2M)

/* Shows size bytes at base (PA); NULL for a size of zero or above the limit. */
void *arch_window(enum arch_window window, pa_t base, uint64_t size);

/* Zeroes memory that a window shows. */
void arch_zero(void *memory, uint64_t size);

/* Restarts only. Serves what is pending for EL2 on this CPU. */
void arch_serve_interrupts(void);

/*
 * Restarts only. The arch's part of this partition's state, as in arch_create_partition(); vCPU 0
 * is to be started. All its vCPUs are off.
 */
void arch_reset_partition(void);

/* --- Boot only (arch/arm64/boot/seam.c). --- */

/* The image with its BSS (PA). */
struct plan_range arch_image(void);

/*
 * Bytes (modulo 2^64) by which an image that carries device tree and modules lies above the address
 * that it was packed for; 0: it carries none.
 */
uint64_t arch_modules_shift(void);

/* IPA bits that this CPU's stage 2 can translate. */
uint32_t arch_max_ipa_bits(void);

/* Index of the CPU that runs this, by its MPIDR, or PLAN_NONE. */
uint32_t arch_find_own_cpu(const struct plan_board *board);

/*
 * Starts another CPU in launch_other_cpu(), with tables and stack of its own in its private memory.
 * Returns firmware's code: 0 is success.
 */
int64_t arch_start_cpu(const struct plan *plan, uint32_t cpu);

/* The plan index of this CPU, as arch_start_cpu() set it. */
uint32_t arch_own_cpu(void);

enum arch_result {
	ARCH_OK,
	ARCH_NO_REDISTRIBUTOR, /* no frame with this CPU's affinity */
	ARCH_TABLES_TOO_SMALL,
	ARCH_NO_DISTRIBUTOR,   /* the GIC's distributor does not answer */
	ARCH_NO_CPU_INTERFACE, /* the GIC's redistributor or system registers do not obey */
	ARCH_TOO_FEW_BITS, /* its stage 2 translates fewer address bits than its partition has */
	ARCH_NO_VECTOR_LENGTH, /* no SVE, or not with its partition's vector length */
	ARCH_NO_FREQUENCY,     /* firmware has not said how fast the system counter is */
};

/*
 * Makes this CPU part of the system: its running tables, its part of the interrupt controller. The
 * first CPU brings up what they share, before it starts any other.
 */
enum arch_result arch_join(const struct plan *plan, uint32_t cpu, bool is_first);

/* Whether this board has an SPI, not for the secure world. The first CPU, once it has joined. */
bool arch_has_interrupt(uint32_t intid);

/* The partition's first CPU: the arch's part of its state, and its stage-2 tables. */
enum arch_result arch_create_partition(const struct plan *plan, uint32_t partition);

/* Each CPU of a partition, after its first CPU has created it: traps, stage 2, virtual GIC. */
void arch_create_vcpu(const struct plan *plan, uint32_t cpu);

/* Routes a physical SPI to this CPU's EL2 and enables it. */
void arch_claim_interrupt(uint32_t intid);

/* Sleeps until another CPU calls arch_send_event(); may return early. */
void arch_wait_event(void);
void arch_send_event(void);

/* Where an exception in EL2 goes while this CPU boots. */
typedef void (*arch_fault_handler)(uint64_t kind, uint64_t esr, uint64_t elr, uint64_t far);
void arch_set_fault_handler(arch_fault_handler handler);

/* Ends boot on this CPU: boot code and windows are unmapped; then its vCPU runs, when it is to. */
_Noreturn void arch_run(void);

/* --- Any time. --- */

/* The system counter, and its ticks per second. */
uint64_t arch_counter(void);
uint64_t arch_counter_frequency(void);

/* In the body of a loop that waits for another CPU. */
void arch_relax(void);

/* Sleeps until an interrupt is pending. */
void arch_wait_interrupt(void);

/* Tells EL2 on another CPU (plan index) to look at its mailboxes; earlier stores are visible to it.
 */
void arch_kick_cpu(uint32_t cpu);

/* Makes this partition's other vCPUs leave the guest: its state says that it has ended. */
void arch_stop_siblings(void);

/* Housekeeping only. Makes all vCPUs of a partition in direct mode leave the guest. */
void arch_break_in(uint32_t partition);

/*
 * The output of a virtual device's interrupt. In direct mode also when it is still high after an
 * access; when it falls, what another CPU has stored before arch_pend_interrupt() is visible, or
 * the interrupt pending.
 */
void arch_set_line(uint32_t intid, bool level);

/* Makes an SPI of the board pending, for a direct partition's guest; earlier stores are visible. */
void arch_pend_interrupt(uint32_t intid);

/*
 * Makes what was written to memory visible to who reads past the caches: a guest that starts, or
 * the next boot after a reset.
 */
void arch_clean(const void *memory, uint64_t size);

/* Resets the board, by its firmware. */
_Noreturn void arch_reset_board(void);

/* Exits of a partition's vCPUs to EL2 since they were created, by what they were for. It is this
 * CPU's, or one that it may see (run/view.h). */
enum exit_class {
	EXIT_INTERRUPT, /* physical interrupts, also those that were EL2's own */
	EXIT_CALL,	/* HVC and SMC, but those for processor errata (el2/vectors.S) */
	EXIT_DEVICE,	/* accesses to devices that EL2 emulates, and where nothing is */
	EXIT_REGISTER,	/* system registers */
	EXIT_OTHER,
	EXIT_CLASSES,
};
void arch_count_exits(uint32_t partition, uint64_t counts[EXIT_CLASSES]);

/*
 * Housekeeping only. Calls housekeeping_alarm() when the system counter has reached a value;
 * UINT64_MAX: never.
 */
void arch_set_alarm(uint64_t at);

/* Calls a gate: what lies behind one (bulkhead.lds.S) is mapped only meanwhile. */
void arch_on_demand(void (*gate)(void));

/* Whether this CPU does the housekeeping. */
bool arch_is_housekeeping(void);

/*
 * One access to a device register, of 1, 2 or 4 bytes, in program order with others to the same
 * device.
 */
uint32_t arch_mmio_read(const volatile void *address, uint32_t width);
void arch_mmio_write(volatile void *address, uint32_t width, uint32_t value);

#endif

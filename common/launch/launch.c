/* SPDX-License-Identifier: Apache-2.0 */
#include "common/launch/launch.h"
#include "common/plan/make.h"

#include <libfdt.h>
#include <stdatomic.h>
#include <stddef.h>

#include "common/arch.h"
#include "common/console/mux.h"
#include "common/launch/boot_console.h"
#include "common/launch/build.h"
#include "common/launch/last_log.h"
#include "common/launch/show.h"
#include "common/lib/version.h"
#include "common/plan/digest.h"
#include "common/plan/scratch.h"
#include "common/plan/system.h"
#include "common/run/partition.h"
#include "common/run/watchdogs.h"

#define DEVICE_TREE_LIMIT     BLOCK_2M
#define DEVICE_TREE_HEADER    64
#define READY_TIMEOUT_SECONDS 60

struct plan system_plan __attribute__((section(".plan")));

static struct report report;
static struct plan_scratch scratch;
static uint64_t device_tree_address; /* PA */
static uint64_t planning_ticks;

/* How far a CPU has come, and what went wrong. Written by that CPU, read by the others. */
enum progress {
	PROGRESS_NONE,
	PROGRESS_BUILT, /* its partition exists; the partition's other CPUs may go on */
	PROGRESS_READY,
	PROGRESS_FAILED,
};

struct cpu_progress {
	_Atomic uint32_t state; /* enum progress */
	const char *error;	/* when FAILED; NULL: another CPU says it */
};

static struct cpu_progress progress[PLAN_MAX_CPUS];
static _Atomic uint32_t go;

/* The last line that a board without partitions shows. */
static _Noreturn void stay(void)
{
	boot_log("nothing was launched; the board stays here until it is reset");
	for (;;)
		arch_wait_interrupt();
}

/* An exception in EL2 while the boot CPU boots. */
static void boot_fault(uint64_t kind, uint64_t esr, uint64_t elr, uint64_t far)
{
	boot_log("exception in EL2 while booting: vector %u, ESR 0x%lx, ELR 0x%lx, FAR 0x%lx",
		 (unsigned)kind, esr, elr, far);
	stay();
}

static void advance(uint32_t cpu, enum progress state, const char *error)
{
	progress[cpu].error = error;
	/* Release: what this CPU has built is visible to who sees the state. */
	atomic_store_explicit(&progress[cpu].state, state, memory_order_release);
	arch_send_event();
}

static uint32_t progress_of(uint32_t cpu)
{
	return atomic_load_explicit(&progress[cpu].state, memory_order_acquire);
}

/* Shows the device tree in its window, checked to be one that can be read. */
static const void *show_device_tree(size_t *size)
{
	const void *tree =
		arch_window(ARCH_WINDOW_DEVICE_TREE, pa(device_tree_address), DEVICE_TREE_HEADER);

	if (device_tree_address % 8 != 0 || fdt_magic(tree) != FDT_MAGIC ||
	    fdt_totalsize(tree) < DEVICE_TREE_HEADER || fdt_totalsize(tree) > DEVICE_TREE_LIMIT)
		return NULL;
	*size = fdt_totalsize(tree);
	return arch_window(ARCH_WINDOW_DEVICE_TREE, pa(device_tree_address), *size);
}

/* The planner looks at a module. */
static const void *show_module(void *context, pa_t base, uint64_t size)
{
	(void)context;
	return arch_window(ARCH_WINDOW_SOURCE, base, size);
}

static bool make_plan(const void *tree, size_t tree_size)
{
	struct plan_needs needs = arch_plan_needs();
	const struct plan_input input = {
		.device_tree = tree,
		.device_tree_size = tree_size,
		.device_tree_address = pa(device_tree_address),
		.hypervisor = arch_image(),
		.modules_shift = arch_modules_shift(),
		.needs = &needs,
		.module = show_module,
		.scratch = &scratch,
	};

	needs.max_ipa_bits = arch_max_ipa_bits();
	return plan_system(&input, &system_plan, &report);
}

static const char *join_error(enum arch_result result)
{
	static const char *const texts[] = {
		[ARCH_OK] = "joined",
		[ARCH_NO_REDISTRIBUTOR] = "no GIC redistributor carries its affinity",
		[ARCH_TABLES_TOO_SMALL] = "its translation tables do not fit",
		[ARCH_NO_DISTRIBUTOR] = "the GIC distributor does not answer",
		[ARCH_NO_CPU_INTERFACE] =
			"its GIC interface does not answer, or firmware keeps timers or masks",
		[ARCH_TOO_FEW_BITS] =
			"it has fewer address bits than the boot CPU, too few for its partition",
		[ARCH_NO_VECTOR_LENGTH] =
			"it has no SVE, or none with the vector length of its partition's sve",
		[ARCH_NO_FREQUENCY] = "firmware has not set its CNTFRQ_EL0",
	};

	return texts[result];
}

/* The part of launch that every CPU does for itself. */
static void prepare_cpu(uint32_t cpu)
{
	const struct plan_cpu *const planned = &system_plan.board.cpus[cpu];
	size_t tree_size;

	if (planned->partition == PLAN_NONE) {
		advance(cpu, PROGRESS_READY, NULL);
		return;
	}

	const uint32_t first = system_plan.partitions[planned->partition].cpus[0];

	if (cpu == first) {
		const struct tree host = {show_device_tree(&tree_size), &scratch.index};
		const enum build_result result =
			build_partition(&system_plan, planned->partition, &host);

		if (result != BUILD_OK) {
			advance(cpu, PROGRESS_FAILED, build_result_text(result));
			return;
		}
		advance(cpu, PROGRESS_BUILT, NULL);
	}
	while (progress_of(first) == PROGRESS_NONE)
		arch_wait_event();
	if (progress_of(first) == PROGRESS_FAILED) {
		/* The first CPU has said why. */
		if (cpu != first)
			advance(cpu, PROGRESS_FAILED, NULL);
		return;
	}
	arch_create_vcpu(&system_plan, cpu);
	advance(cpu, PROGRESS_READY, NULL);
}

/* An exception in EL2 while another CPU boots: it has no console, the boot CPU says it. */
static _Noreturn void other_fault(uint64_t kind, uint64_t esr, uint64_t elr, uint64_t far)
{
	(void)kind;
	(void)esr;
	(void)elr;
	(void)far;
	advance(arch_own_cpu(), PROGRESS_FAILED, "an exception in EL2 while it started");
	for (;;)
		arch_wait_interrupt();
}

static void start_housekeeping(void)
{
	if (!arch_is_housekeeping())
		return;
	console_mux_start();
	watchdogs_start();
}

void launch_other_cpu(void)
{
	const uint32_t cpu = arch_own_cpu();

	arch_set_fault_handler(other_fault);

	const enum arch_result joined = arch_join(&system_plan, cpu, false);

	if (joined != ARCH_OK)
		advance(cpu, PROGRESS_FAILED, join_error(joined));
	else
		prepare_cpu(cpu);

	while (atomic_load_explicit(&go, memory_order_acquire) == 0)
		arch_wait_event();
	start_housekeeping();
	arch_run();
}

/* Starts the other CPUs that the plan uses. False: firmware refused one. */
static bool start_cpus(uint32_t own)
{
	for (uint32_t i = 0; i < system_plan.board.cpu_count; i++) {
		if (i == own || !plan_uses_cpu(&system_plan, i))
			continue;

		const int64_t result = arch_start_cpu(&system_plan, i);

		if (result != 0) {
			boot_log("error: CPU %u (MPIDR 0x%lx): firmware's CPU_ON returned %d", i,
				 system_plan.board.cpus[i].mpidr, (int)result);
			return false;
		}
	}
	return true;
}

/* The partition that a CPU works for. */
static const char *partition_name(uint32_t cpu)
{
	const uint32_t partition = system_plan.board.cpus[cpu].partition;

	return partition == PLAN_NONE ? "housekeeping" : system_plan.partitions[partition].name;
}

/* Waits for one CPU. False: it failed, or was not heard of in time. */
static bool wait_for_cpu(uint32_t cpu, uint64_t deadline)
{
	while (progress_of(cpu) != PROGRESS_READY && progress_of(cpu) != PROGRESS_FAILED) {
		if (arch_counter() > deadline) {
			boot_log("error: CPU %u does not answer", cpu);
			return false;
		}
		arch_relax();
	}
	if (progress_of(cpu) == PROGRESS_READY)
		return true;

	if (progress[cpu].error != NULL)
		boot_log("error: CPU %u (%s): %s", cpu, partition_name(cpu), progress[cpu].error);
	return false;
}

/* Waits for all and reports every one that failed. */
static bool wait_for_cpus(void)
{
	const uint64_t deadline = arch_counter() + READY_TIMEOUT_SECONDS * arch_counter_frequency();
	bool all_ready = true;

	for (uint32_t i = 0; i < system_plan.board.cpu_count; i++)
		if (plan_uses_cpu(&system_plan, i) && !wait_for_cpu(i, deadline))
			all_ready = false;
	return all_ready;
}

/* Act one: from the device tree to the plan. Does not return when there is an error. */
static void plan_or_stay(void)
{
	char digest[PLAN_DIGEST_TEXT_SIZE];
	size_t tree_size = 0;
	const void *const tree = show_device_tree(&tree_size);

	if (tree != NULL)
		plan_find_console(tree, tree_size, &scratch.index, &system_plan.board);
	boot_console_open(&system_plan.board);
	boot_log("Bulkhead " BULKHEAD_VERSION);
	if (tree == NULL) {
		boot_log("error: no device tree at 0x%lx: x0 must hold the address of one",
			 device_tree_address);
		stay();
	}

	const uint64_t start = arch_counter();
	const bool is_good = make_plan(tree, tree_size);

	planning_ticks = arch_counter() - start;
	show_board(&system_plan);
	show_report(&report);
	if (!is_good) {
		boot_log("%u error%s, %u warning%s", report.errors, report.errors == 1 ? "" : "s",
			 report.warnings, report.warnings == 1 ? "" : "s");
		stay();
	}
	plan_digest_text(&system_plan, digest);
	show_plan(&system_plan, digest);
	last_log_show(&system_plan, digest);
	if (report.unsupported != 0) {
		boot_log("this build does not support %u of the things that the plan asks for",
			 report.unsupported);
		stay();
	}
}

/* Whether all that the plan uses are there. All are said: none is left for the next attempt. */
static bool check_interrupts(void)
{
	bool has_all = true;

	for (uint32_t i = 0; i <= system_plan.interrupt_count; i++) {
		const uint32_t intid =
			i == 0 ? system_plan.board.uart_intid : system_plan.interrupts[i - 1].intid;

		/* Without a UART its INTID is 0; a PPI, as it may have, is no distributor's. */
		if (intid < PLAN_FIRST_SPI || arch_has_interrupt(intid))
			continue;
		boot_log("error: SPI %u (INTID %u): the GIC has no such interrupt, or firmware "
			 "keeps it for the secure world",
			 intid - PLAN_FIRST_SPI, intid);
		has_all = false;
	}
	return has_all;
}

/* Act two on the boot CPU. Does not return when there is an error. */
static void launch_or_stay(uint32_t own)
{
	const enum arch_result joined = arch_join(&system_plan, own, true);

	if (joined != ARCH_OK) {
		boot_log("error: CPU %u: %s", own, join_error(joined));
		stay();
	}
	if (!check_interrupts() || !start_cpus(own))
		stay();
	prepare_cpu(own);
	if (!wait_for_cpus())
		stay();
}

void launch_boot_cpu(uint64_t device_tree, uint64_t entry_counter)
{
	arch_set_fault_handler(boot_fault);
	device_tree_address = device_tree;
	plan_or_stay();

	const uint32_t own = arch_find_own_cpu(&system_plan.board);

	if (own == PLAN_NONE) {
		boot_log("error: the boot CPU is not in the device tree's /cpus");
		stay();
	}
	launch_or_stay(own);

	const uint64_t ticks = arch_counter() - entry_counter;
	const uint64_t frequency = arch_counter_frequency();

	boot_log("launched %u partitions in %lu ms (%lu us to plan them)",
		 system_plan.partition_count, (ticks * 1000 / frequency),
		 (planning_ticks * 1000000 / frequency));
	atomic_store_explicit(&go, 1, memory_order_release);
	arch_send_event();
	start_housekeeping();
	arch_run();
}

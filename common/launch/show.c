/* SPDX-License-Identifier: Apache-2.0 */
#include "common/launch/show.h"

#include <stddef.h>

#include "common/launch/boot_console.h"
#include "common/lib/format.h"

#define KIB	  1024
#define MIB	  (KIB * KIB)
#define CELL_SIZE 48

/* A size as a person would say it: MiB when it is a whole number of them, else KiB. */
static void format_size(char *out, size_t size, uint64_t bytes)
{
	if (bytes % MIB == 0)
		(void)format(out, size, "%lu MiB", (bytes / MIB));
	else
		(void)format(out, size, "%lu KiB", (bytes / KIB));
}

static uint64_t memory_of(const struct plan_partition *partition)
{
	uint64_t sum = 0;

	for (uint32_t i = 0; i < partition->region_count; i++)
		sum += partition->regions[i].size;
	return sum;
}

void show_board(const struct plan *plan)
{
	const struct plan_board *const board = &plan->board;
	char text[CELL_SIZE];
	uint64_t memory = 0;

	for (uint32_t i = 0; i < board->memory_bank_count; i++)
		memory += board->memory_banks[i].size;
	format_size(text, sizeof(text), memory);
	boot_log("board: %u CPUs, %s RAM, GICv3 at 0x%lx, image at 0x%lx", board->cpu_count, text,
		 board->distributor.base.value, plan->hypervisor.base.value);
}

/* The physical CPUs of a partition, as "0 1". */
static void format_cpus(char *out, size_t size, const struct plan_partition *partition)
{
	size_t used = 0;

	out[0] = '\0';
	for (uint32_t i = 0; i < partition->cpu_count; i++)
		used += format(out + used, size - used, i == 0 ? "%u" : " %u", partition->cpus[i]);
}

/* A line for each device of the board that the partition has, with its interrupts. */
static void show_devices(const struct plan *plan, const struct plan_partition *partition)
{
	uint32_t interrupt = partition->interrupt_first;

	for (uint32_t i = 0; i < partition->device_count; i++) {
		const struct plan_device *const device =
			&plan->devices[partition->device_first + i];
		char spis[CELL_SIZE];
		size_t used = 0;

		spis[0] = '\0';
		for (uint32_t n = 0; n < device->interrupt_count; n++)
			used += format(spis + used, sizeof(spis) - used,
				       n == 0 ? ", SPI %u" : " %u",
				       plan->interrupts[interrupt++].intid - PLAN_FIRST_SPI);
		boot_log("  %-56s %s%s", "", plan_text(plan, device->path), spis);
	}
}

void show_plan(const struct plan *plan, const char *digest)
{
	boot_log("  %-12s %-8s %9s  %-23s %s", "partition", "CPUs", "memory", "host address",
		 "devices");
	for (uint32_t i = 0; i < plan->partition_count; i++) {
		const struct plan_partition *const partition = &plan->partitions[i];
		char cpus[CELL_SIZE];
		char memory[CELL_SIZE];

		format_cpus(cpus, sizeof(cpus), partition);
		format_size(memory, sizeof(memory), memory_of(partition));
		for (uint32_t r = 0; r < partition->region_count; r++) {
			const struct plan_region *const region = &partition->regions[r];

			boot_log("  %-12s %-8s %9s  0x%08lx-0x%08lx   %s",
				 r == 0 ? partition->name : "", r == 0 ? cpus : "",
				 r == 0 ? memory : "", region->host.value,
				 (region->host.value + region->size - 1),
				 r == 0 && partition->virtual_uart != 0 ? "vpl011" : "");
		}
		show_devices(plan, partition);
	}
	boot_log("plan %s", digest);
}

void show_report(const struct report *report)
{
	/* In this order, as imagebuilder prints them. */
	static const struct {
		enum report_severity severity;
		const char *name;
	} kinds[] = {
		{REPORT_ERROR, "error"},
		{REPORT_WARNING, "warning"},
		{REPORT_UNSUPPORTED, "unsupported"},
		{REPORT_NOTE, "note"},
	};
	static char line[PLAN_PATH_SIZE + REPORT_PROPERTY_SIZE + 3 * REPORT_TEXT_SIZE];

	for (unsigned k = 0; k < sizeof(kinds) / sizeof(kinds[0]); k++) {
		for (uint32_t i = 0; i < report->count; i++) {
			if (report->findings[i].severity != kinds[k].severity)
				continue;
			(void)report_line(&report->findings[i], line, sizeof(line));
			boot_log("%s: %s", kinds[k].name, line);
		}
	}
	if (report->errors_lost != 0)
		boot_log("error: and %u more errors", report->errors_lost);
}

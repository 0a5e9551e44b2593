/* SPDX-License-Identifier: Apache-2.0 */
/* One partition of the table. */
#include <string.h>

#include "imagebuilder/table_parts.h"
#include "imagebuilder/words.h"

#define CPU_COLUMN 29 /* "63 -> CPU 63 (0xff00ffffff)" */

static void print_cpus(const struct table *table, const struct plan_partition *partition)
{
	for (uint32_t i = 0; i < partition->cpu_count; i++) {
		const uint32_t cpu = partition->cpus[i];
		char text[WORDS_SIZE] = "";

		if (i % 3 == 0)
			table_heading(table, i == 0 ? "vCPUs" : NULL);
		words_add(text, sizeof(text), "%u -> CPU %u (0x%llx)", i, cpu,
			  (unsigned long long)table->plan->board.cpus[cpu].mpidr);
		if (i % 3 == 2 || i + 1 == partition->cpu_count)
			(void)fprintf(table->out, "%s\n", text);
		else
			(void)fprintf(table->out, "%-*s", CPU_COLUMN, text);
	}
}

/* "guest range  size  -> host address" */
static void print_mapping(const struct table *table, const struct plan_region *region)
{
	table_range(table, region->guest.value, region->size);
	(void)fprintf(table->out, "  -> 0x%0*llx", table->digits,
		      (unsigned long long)region->host.value);
}

static void print_memory(const struct table *table, const struct plan_partition *partition)
{
	for (uint32_t i = 0; i < partition->region_count; i++) {
		table_heading(table, i == 0 ? "RAM" : NULL);
		print_mapping(table, &partition->regions[i]);
		(void)fputs(partition->direct_map != 0 ? "  direct-map\n" : "\n", table->out);
	}
}

static void print_image(const struct table *table, const char *name, const struct plan_image *image)
{
	char size[WORDS_SIZE];

	if (image->format == PLAN_IMAGE_NONE)
		return;
	table_heading(table, name);
	table_range(table, image->guest.value, image->size);
	words_bytes(size, sizeof(size), image->source_size);
	if (image->source_size == 0)
		(void)fputs("  zeroed\n", table->out);
	else if (image->source.value == image->destination.value)
		(void)fputs("  in place\n", table->out);
	else
		(void)fprintf(table->out, "  %s from 0x%llx (%s)\n",
			      image->format == PLAN_IMAGE_GZIP ? "inflated" : "copied",
			      (unsigned long long)image->source.value, size);
}

static void print_images(const struct table *table, const struct plan_partition *partition)
{
	for (uint32_t i = 0; i < partition->kernel_count; i++)
		print_image(table, i == 0 ? "kernel" : NULL, &partition->kernel[i]);
	print_image(table, "ramdisk", &partition->ramdisk);
	if (partition->device_tree_size != 0) {
		table_heading(table, "tree");
		table_range(table, partition->device_tree.value, partition->device_tree_size);
		(void)fputs(partition->partial_tree.size != 0 ? "  generated, with a partial tree\n"
							      : "  generated\n",
			    table->out);
	}
	table_heading(table, "entry");
	(void)fprintf(table->out, "0x%0*llx\n", table->digits,
		      (unsigned long long)partition->entry.value);
}

static void print_gic(const struct table *table, const struct plan_partition *partition)
{
	table_heading(table, "GIC");
	(void)fprintf(table->out, "distributor 0x%llx, redistributors 0x%llx, %u SPIs, %s%s\n",
		      (unsigned long long)partition->distributor.value,
		      (unsigned long long)partition->redistributors.value, partition->spi_count,
		      partition->direct_interrupts != 0 ? "direct interrupts"
							: "virtual interrupts",
		      partition->direct_sgi_open != 0 ? ", open SGIs" : "");
}

static void print_device(const struct table *table, const struct plan_device *device,
			 uint32_t region, uint32_t interrupt)
{
	table_heading(table, "device");
	table_text(table, plan_text(table->plan, device->path), TABLE_VALUE_WIDTH);
	(void)fputc('\n', table->out);
	for (uint32_t i = 0; i < device->region_count; i++) {
		table_heading(table, NULL);
		print_mapping(table, &table->plan->device_regions[region + i]);
		(void)fputc('\n', table->out);
	}
	for (uint32_t i = 0; i < device->interrupt_count; i++) {
		const struct plan_interrupt *const source = &table->plan->interrupts[interrupt + i];
		char text[WORDS_SIZE];

		words_interrupt(text, sizeof(text), source->intid);
		table_heading(table, NULL);
		(void)fprintf(table->out, "%s, %s\n", text, words_trigger(source->level_triggered));
	}
}

static void print_devices(const struct table *table, const struct plan_partition *partition)
{
	uint32_t region = partition->device_region_first;
	uint32_t interrupt = partition->interrupt_first;

	for (uint32_t i = 0; i < partition->device_count; i++) {
		const struct plan_device *const device =
			&table->plan->devices[partition->device_first + i];

		print_device(table, device, region, interrupt);
		region += device->region_count;
		interrupt += device->interrupt_count;
	}
}

static void print_uart(const struct table *table, const struct plan_partition *partition)
{
	char interrupt[WORDS_SIZE];

	if (partition->virtual_uart == 0)
		return;
	words_interrupt(interrupt, sizeof(interrupt), partition->uart_intid);
	table_heading(table, "virtual");
	(void)fprintf(table->out, "%-10s  0x%0*llx  %s\n", "UART", table->digits,
		      (unsigned long long)partition->uart.value, interrupt);
}

static void print_virtual_devices(const struct table *table, uint32_t index)
{
	const struct plan *const plan = table->plan;
	bool is_first = plan->partitions[index].virtual_uart == 0;

	for (uint32_t i = 0; i < plan->virtual_device_count; i++) {
		const struct plan_virtual_device *const device = &plan->virtual_devices[i];
		char interrupt[WORDS_SIZE] = "no interrupt";

		if (device->partition != index)
			continue;
		if (device->intid != 0)
			words_interrupt(interrupt, sizeof(interrupt), device->intid);
		table_heading(table, is_first ? "virtual" : NULL);
		(void)fprintf(table->out, "%-10s  0x%0*llx  %-19s",
			      words_virtual_device(device->type), table->digits,
			      (unsigned long long)device->base.value, interrupt);
		if (device->channel < plan->channel_count)
			(void)fprintf(table->out, "  channel %s",
				      plan->channels[device->channel].name);
		(void)fputc('\n', table->out);
		is_first = false;
	}
}

static void print_shared(const struct table *table, uint32_t index)
{
	for (uint32_t i = 0; i < table->plan->shared_count; i++) {
		const struct plan_shared *const shared = &table->plan->shared[i];

		if (shared->partition != index)
			continue;
		table_heading(table, "shared");
		print_mapping(table, &shared->region);
		(void)fprintf(table->out, "  %s %s%s\n",
			      shared->writable != 0 ? "read-write" : "read-only", shared->id,
			      shared->is_owner != 0 ? " (owner)" : "");
	}
}

static void print_policies(const struct table *table, const struct plan_partition *partition)
{
	table_heading(table, "policies");
	(void)fprintf(table->out, "shutdown: %s, reset: %s, crash: %s, watchdog: %s\n",
		      words_policy(partition->on_shutdown), words_policy(partition->on_reset),
		      words_policy(partition->on_crash), words_policy(partition->on_watchdog));
	if (partition->restart_limit != 0) {
		table_heading(table, NULL);
		(void)fprintf(table->out, "at most %u restarts in %u ms\n",
			      partition->restart_limit, partition->restart_window);
	}
	if (partition->trap_unmapped == 0) {
		table_heading(table, NULL);
		(void)fputs("unmapped accesses: reads give ones, writes are ignored\n", table->out);
	}
}

static void print_supervised(const struct table *table, const struct plan_partition *partition)
{
	char list[PLAN_MAX_PARTITIONS * (PLAN_NAME_SIZE + 2)] = "";

	if (partition->supervises == 0)
		return;
	words_supervised(list, sizeof(list), table->plan, partition);
	table_heading(table, "manages");
	table_text(table, list, TABLE_VALUE_WIDTH);
	(void)fputc('\n', table->out);
}

/* What only a few partitions have. */
static void print_extras(const struct table *table, const struct plan_partition *partition)
{
	print_supervised(table, partition);
	for (uint32_t i = 0; i < partition->smc_count; i++) {
		table_heading(table, i == 0 ? "SMCs" : NULL);
		(void)fprintf(table->out, "0x%08x-0x%08x go to firmware\n", partition->smc[i].first,
			      partition->smc[i].last);
	}
	if (partition->scmi != 0) {
		table_heading(table, "SCMI");
		(void)fputs("over SMC\n", table->out);
	}
	if (partition->sve != 0) {
		table_heading(table, "SVE");
		(void)fprintf(table->out, "%u bits\n", partition->sve);
	}
	if (partition->colors != 0) {
		table_heading(table, "colours");
		(void)fprintf(table->out, "0x%llx\n", (unsigned long long)partition->colors);
	}
	if (*plan_text(table->plan, partition->bootargs) != '\0') {
		table_heading(table, "bootargs");
		table_text(table, plan_text(table->plan, partition->bootargs), TABLE_VALUE_WIDTH);
		(void)fputc('\n', table->out);
	}
}

void table_partition(const struct table *table, uint32_t index)
{
	const struct plan_partition *const partition = &table->plan->partitions[index];
	char size[WORDS_SIZE];

	words_bytes(size, sizeof(size), words_partition_memory(partition));
	table_bold(table);
	(void)fputs("Partition ", table->out);
	table_colour(table, index);
	(void)fprintf(table->out, "%s", partition->name);
	table_plain(table);
	(void)fprintf(table->out, "  (%u vCPU%s, %s)\n", partition->cpu_count,
		      partition->cpu_count == 1 ? "" : "s", size);
	print_cpus(table, partition);
	print_memory(table, partition);
	print_images(table, partition);
	print_gic(table, partition);
	print_uart(table, partition);
	print_virtual_devices(table, index);
	print_devices(table, partition);
	print_shared(table, index);
	print_policies(table, partition);
	print_extras(table, partition);
	(void)fputc('\n', table->out);
}

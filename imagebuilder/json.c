/* SPDX-License-Identifier: Apache-2.0 */
#include "imagebuilder/json.h"

#include "imagebuilder/json_writer.h"
#include "imagebuilder/words.h"

static void put_range(struct json *json, const char *name, const struct plan_range *range)
{
	json_object(json, name);
	json_hexadecimal(json, "base", range->base.value);
	json_number(json, "size", range->size);
	json_end(json);
}

static void put_ranges(struct json *json, const char *name, const struct plan_range *ranges,
		       uint32_t count)
{
	json_list(json, name);
	for (uint32_t i = 0; i < count; i++)
		put_range(json, NULL, &ranges[i]);
	json_end(json);
}

static void put_region_fields(struct json *json, const struct plan_region *region)
{
	json_hexadecimal(json, "guest", region->guest.value);
	json_hexadecimal(json, "host", region->host.value);
	json_number(json, "size", region->size);
}

static void put_regions(struct json *json, const char *name, const struct plan_region *regions,
			uint32_t count)
{
	json_list(json, name);
	for (uint32_t i = 0; i < count; i++) {
		json_object(json, NULL);
		put_region_fields(json, &regions[i]);
		json_end(json);
	}
	json_end(json);
}

/* The name of a partition, null for none. */
static void put_partition_name(struct json *json, const char *name, const struct plan *plan,
			       uint32_t partition)
{
	json_text(json, name,
		  partition < plan->partition_count ? plan->partitions[partition].name : NULL);
}

/* An INTID and, for an SPI, the number that device trees use. */
static void put_interrupt_fields(struct json *json, uint32_t intid)
{
	if (intid >= PLAN_FIRST_SPI)
		json_number(json, "spi", intid - PLAN_FIRST_SPI);
	else
		json_null(json, "spi");
	if (intid != 0)
		json_number(json, "intid", intid);
	else
		json_null(json, "intid");
}

static void put_cpu(struct json *json, const struct plan *plan, uint32_t index)
{
	const struct plan_cpu *const cpu = &plan->board.cpus[index];

	json_object(json, NULL);
	json_number(json, "cpu", index);
	json_hexadecimal(json, "mpidr", cpu->mpidr);
	put_partition_name(json, "partition", plan, cpu->partition);
	if (cpu->partition < plan->partition_count)
		json_number(json, "vcpu", cpu->vcpu);
	else
		json_null(json, "vcpu");
	json_number(json, "phandle", cpu->phandle);
	json_hexadecimal(json, "private_memory", cpu->private_memory.value);
	json_end(json);
}

static void put_console(struct json *json, const struct plan *plan)
{
	const struct plan_board *const board = &plan->board;

	json_object(json, "console");
	json_text(json, "type", board->uart_intid == 0 ? "none" : board->uart_type.name);
	put_range(json, "registers", &board->uart);
	put_interrupt_fields(json, board->uart_intid);
	json_text(json, "trigger", words_trigger(board->uart_level_triggered));
	json_number(json, "escape_key", plan->escape_key);
	json_end(json);
}

/* The board's, when housekeeping feeds it. */
static void put_watchdog(struct json *json, const struct plan_board *board)
{
	if (board->feed_watchdog == 0) {
		json_null(json, "watchdog");
		return;
	}
	json_object(json, "watchdog");
	json_hexadecimal(json, "control", board->watchdog_control.value);
	json_hexadecimal(json, "refresh", board->watchdog_refresh.value);
	json_number(json, "fed_within_ms", board->feed_watchdog);
	json_end(json);
}

static void put_board(struct json *json, const struct plan *plan)
{
	const struct plan_board *const board = &plan->board;

	json_object(json, "board");
	json_list(json, "cpus");
	for (uint32_t i = 0; i < board->cpu_count; i++)
		put_cpu(json, plan, i);
	json_end(json);
	put_ranges(json, "memory_banks", board->memory_banks, board->memory_bank_count);
	json_object(json, "gic");
	put_range(json, "distributor", &board->distributor);
	put_ranges(json, "redistributors", board->redistributors, board->redistributor_count);
	json_number(json, "redistributor_stride", board->redistributor_stride);
	json_number(json, "maintenance_intid", board->maintenance_intid);
	json_end(json);
	json_object(json, "timer");
	json_number(json, "virtual_intid", board->virtual_timer_intid);
	json_number(json, "physical_intid", board->physical_timer_intid);
	json_end(json);
	json_text(json, "psci_conduit", words_conduit(board->psci_conduit));
	put_console(json, plan);
	put_watchdog(json, board);
	json_end(json);
}

static void put_image(struct json *json, const char *name, const struct plan_image *image)
{
	if (image->format == PLAN_IMAGE_NONE) {
		json_null(json, name);
		return;
	}
	json_object(json, name);
	json_text(json, "format", words_image_format(image->format));
	json_hexadecimal(json, "guest", image->guest.value);
	json_number(json, "size", image->size);
	json_hexadecimal(json, "source", image->source.value);
	json_number(json, "source_size", image->source_size);
	json_hexadecimal(json, "destination", image->destination.value);
	json_flag(json, "in_place",
		  image->source_size != 0 && image->source.value == image->destination.value);
	json_end(json);
}

static void put_images(struct json *json, const struct plan *plan,
		       const struct plan_partition *partition)
{
	json_text(json, "bootargs", plan_text(plan, partition->bootargs));
	json_list(json, "kernel");
	for (uint32_t i = 0; i < partition->kernel_count; i++)
		put_image(json, NULL, &partition->kernel[i]);
	json_end(json);
	put_image(json, "ramdisk", &partition->ramdisk);
	if (partition->partial_tree.size != 0)
		put_range(json, "partial_tree", &partition->partial_tree);
	else
		json_null(json, "partial_tree");
	json_hexadecimal(json, "entry", partition->entry.value);
	json_object(json, "device_tree");
	json_hexadecimal(json, "guest", partition->device_tree.value);
	json_hexadecimal(json, "host", partition->device_tree_host.value);
	json_number(json, "size", partition->device_tree_size);
	json_end(json);
}

static void put_policies(struct json *json, const struct plan_partition *partition)
{
	json_object(json, "policies");
	json_text(json, "on_shutdown", words_policy(partition->on_shutdown));
	json_text(json, "on_reset", words_policy(partition->on_reset));
	json_text(json, "on_crash", words_policy(partition->on_crash));
	json_text(json, "on_watchdog", words_policy(partition->on_watchdog));
	json_number(json, "restart_limit", partition->restart_limit);
	json_number(json, "restart_window_ms", partition->restart_window);
	json_flag(json, "trap_unmapped", partition->trap_unmapped != 0);
	json_end(json);
}

static void put_features(struct json *json, const struct plan *plan,
			 const struct plan_partition *partition)
{
	json_flag(json, "direct_map", partition->direct_map != 0);
	json_flag(json, "direct_interrupts", partition->direct_interrupts != 0);
	json_flag(json, "direct_sgi_open", partition->direct_sgi_open != 0);
	json_flag(json, "watchdog", partition->watchdog != 0);
	json_flag(json, "panic_device", partition->panic_device != 0);
	json_flag(json, "scmi", partition->scmi != 0);
	json_number(json, "sve", partition->sve);
	json_hexadecimal(json, "colors", partition->colors);
	json_list(json, "supervises");
	for (uint32_t i = 0; i < plan->partition_count; i++)
		if ((partition->supervises >> i & 1) != 0)
			json_text(json, NULL, plan->partitions[i].name);
	json_end(json);
	json_list(json, "smc");
	for (uint32_t i = 0; i < partition->smc_count; i++) {
		json_object(json, NULL);
		json_hexadecimal(json, "first", partition->smc[i].first);
		json_hexadecimal(json, "last", partition->smc[i].last);
		json_end(json);
	}
	json_end(json);
}

/* What EL2 shows to the guest, and what it keeps for it. */
static void put_machine(struct json *json, const struct plan_partition *partition)
{
	json_object(json, "gic");
	json_hexadecimal(json, "distributor", partition->distributor.value);
	json_hexadecimal(json, "redistributors", partition->redistributors.value);
	json_number(json, "spi_count", partition->spi_count);
	json_end(json);
	if (partition->virtual_uart != 0) {
		json_object(json, "uart");
		json_hexadecimal(json, "base", partition->uart.value);
		put_interrupt_fields(json, partition->uart_intid);
		json_end(json);
	} else {
		json_null(json, "uart");
	}
	json_number(json, "ipa_bits", partition->ipa_bits);
	json_object(json, "kept");
	json_hexadecimal(json, "state", partition->state.value);
	json_hexadecimal(json, "console", partition->console.value);
	json_hexadecimal(json, "stage2", partition->stage2.value);
	json_number(json, "stage2_size", partition->stage2_size);
	json_end(json);
}

static void put_device(struct json *json, const struct plan *plan, const struct plan_device *device,
		       uint32_t region, uint32_t interrupt)
{
	json_object(json, NULL);
	json_text(json, "path", plan_text(plan, device->path));
	put_regions(json, "registers", &plan->device_regions[region], device->region_count);
	json_list(json, "interrupts");
	for (uint32_t i = 0; i < device->interrupt_count; i++) {
		const struct plan_interrupt *const source = &plan->interrupts[interrupt + i];

		json_object(json, NULL);
		put_interrupt_fields(json, source->intid);
		json_text(json, "trigger", words_trigger(source->level_triggered));
		json_end(json);
	}
	json_end(json);
	json_end(json);
}

static void put_devices(struct json *json, const struct plan *plan,
			const struct plan_partition *partition)
{
	uint32_t region = partition->device_region_first;
	uint32_t interrupt = partition->interrupt_first;

	json_list(json, "devices");
	for (uint32_t i = 0; i < partition->device_count; i++) {
		const struct plan_device *const device =
			&plan->devices[partition->device_first + i];

		put_device(json, plan, device, region, interrupt);
		region += device->region_count;
		interrupt += device->interrupt_count;
	}
	json_end(json);
}

static void put_virtual_devices(struct json *json, const struct plan *plan, uint32_t partition)
{
	json_list(json, "virtual_devices");
	for (uint32_t i = 0; i < plan->virtual_device_count; i++) {
		const struct plan_virtual_device *const device = &plan->virtual_devices[i];

		if (device->partition != partition)
			continue;
		json_object(json, NULL);
		json_text(json, "type", words_virtual_device(device->type));
		json_hexadecimal(json, "base", device->base.value);
		json_number(json, "size", device->size);
		put_interrupt_fields(json, device->intid);
		json_text(json, "channel",
			  device->channel < plan->channel_count
				  ? plan->channels[device->channel].name
				  : NULL);
		json_end(json);
	}
	json_end(json);
}

static void put_shared(struct json *json, const struct plan *plan, uint32_t partition)
{
	json_list(json, "shared_memory");
	for (uint32_t i = 0; i < plan->shared_count; i++) {
		const struct plan_shared *const shared = &plan->shared[i];

		if (shared->partition != partition)
			continue;
		json_object(json, NULL);
		json_text(json, "id", shared->id);
		put_region_fields(json, &shared->region);
		json_flag(json, "writable", shared->writable != 0);
		json_flag(json, "owner", shared->is_owner != 0);
		json_end(json);
	}
	json_end(json);
}

static void put_partition(struct json *json, const struct plan *plan, uint32_t index)
{
	const struct plan_partition *const partition = &plan->partitions[index];

	json_object(json, NULL);
	json_text(json, "name", partition->name);
	json_list(json, "cpus");
	for (uint32_t i = 0; i < partition->cpu_count; i++)
		json_number(json, NULL, partition->cpus[i]);
	json_end(json);
	put_regions(json, "memory", partition->regions, partition->region_count);
	put_images(json, plan, partition);
	put_machine(json, partition);
	put_features(json, plan, partition);
	put_policies(json, partition);
	put_devices(json, plan, partition);
	put_virtual_devices(json, plan, index);
	put_shared(json, plan, index);
	json_end(json);
}

static void put_channel_end(struct json *json, const struct plan *plan,
			    const struct plan_channel *channel, const struct plan_channel_end *end)
{
	char mac[24];

	json_object(json, NULL);
	put_partition_name(json, "partition", plan, end->partition);
	json_flag(json, "writable", end->writable != 0);
	json_hexadecimal(json, "memory", end->memory.value);
	(void)snprintf(mac, sizeof(mac), "%02x:%02x:%02x:%02x:%02x:%02x", end->mac[0], end->mac[1],
		       end->mac[2], end->mac[3], end->mac[4], end->mac[5]);
	json_text(json, "mac", channel->type == PLAN_CHANNEL_NET ? mac : NULL);
	json_end(json);
}

static void put_channel(struct json *json, const struct plan *plan,
			const struct plan_channel *channel)
{
	json_object(json, NULL);
	json_text(json, "name", channel->name);
	json_text(json, "type", words_channel(channel->type));
	json_hexadecimal(json, "memory", channel->memory.value);
	json_number(json, "size", channel->size);
	json_list(json, "ends");
	put_channel_end(json, plan, channel, &channel->ends[0]);
	put_channel_end(json, plan, channel, &channel->ends[1]);
	json_end(json);
	json_end(json);
}

void json_print(FILE *out, const struct plan *plan, const char *digest)
{
	struct json json = {.out = out, .is_empty = true};

	json_object(&json, NULL);
	json_text(&json, "digest", digest);
	put_board(&json, plan);
	put_range(&json, "hypervisor", &plan->hypervisor);
	put_range(&json, "pool", &plan->pool);
	json_number(&json, "housekeeping_cpu", plan->housekeeping_cpu);
	json_list(&json, "partitions");
	for (uint32_t i = 0; i < plan->partition_count; i++)
		put_partition(&json, plan, i);
	json_end(&json);
	json_list(&json, "channels");
	for (uint32_t i = 0; i < plan->channel_count; i++)
		put_channel(&json, plan, &plan->channels[i]);
	json_end(&json);
	json_end(&json);
}

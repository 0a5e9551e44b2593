/* SPDX-License-Identifier: Apache-2.0 */
/* What a guest sees: its physical address space, as boxes. */
#include "imagebuilder/map_parts.h"
#include "imagebuilder/words.h"

#define DISTRIBUTOR_SIZE   UINT64_C(0x10000)
#define REDISTRIBUTOR_SIZE UINT64_C(0x20000)
#define UART_SIZE	   UINT64_C(0x1000)

struct guest {
	const struct plan *plan;
	const struct plan_partition *partition;
	uint32_t index;
	struct map_column *column;
};

static struct map_box *add(const struct guest *guest, enum owner_kind kind, ipa_t base,
			   uint64_t size, const char *label)
{
	struct map_box *const box = column_add(guest->column, kind, guest->index, base.value, size);

	if (box != NULL)
		words_add(box->label, sizeof(box->label), "%s", label);
	return box;
}

static void add_memory(const struct guest *guest)
{
	const struct plan_partition *const partition = guest->partition;

	for (uint32_t i = 0; i < partition->region_count; i++) {
		const struct plan_region *const region = &partition->regions[i];
		struct map_box *const box =
			add(guest, OWNER_RAM, region->guest, region->size, "RAM");

		if (box != NULL)
			box->host = region->host.value;
	}
	for (uint32_t i = 0; i < partition->kernel_count; i++)
		(void)add(guest, OWNER_MODULE, partition->kernel[i].guest,
			  partition->kernel[i].size, "kernel");
	if (partition->ramdisk.format != PLAN_IMAGE_NONE)
		(void)add(guest, OWNER_MODULE, partition->ramdisk.guest, partition->ramdisk.size,
			  "ramdisk");
	(void)add(guest, OWNER_MODULE, partition->device_tree, partition->device_tree_size,
		  "device tree");
}

static void add_machine(const struct guest *guest)
{
	const struct plan_partition *const partition = guest->partition;

	if (partition->cpu_count == 0)
		return;
	(void)add(guest, OWNER_BOARD, partition->distributor, DISTRIBUTOR_SIZE, "GIC distributor");
	(void)add(guest, OWNER_BOARD, partition->redistributors,
		  REDISTRIBUTOR_SIZE * partition->cpu_count, "GIC redistributors");
	if (partition->virtual_uart != 0)
		(void)add(guest, OWNER_BOARD, partition->uart, UART_SIZE, "UART");
}

static void add_virtual_devices(const struct guest *guest)
{
	const struct plan *const plan = guest->plan;

	for (uint32_t i = 0; i < plan->virtual_device_count; i++) {
		const struct plan_virtual_device *const device = &plan->virtual_devices[i];
		char label[WORDS_SIZE] = "";

		if (device->partition != guest->index)
			continue;
		words_add(label, sizeof(label), "%s", words_virtual_device(device->type));
		if (device->channel < plan->channel_count)
			words_add(label, sizeof(label), " %s",
				  plan->channels[device->channel].name);
		(void)add(guest, OWNER_BOARD, device->base, device->size, label);
	}
}

static void add_devices(const struct guest *guest)
{
	const struct plan *const plan = guest->plan;
	uint32_t region = guest->partition->device_region_first;

	for (uint32_t i = 0; i < guest->partition->device_count; i++) {
		const struct plan_device *const device =
			&plan->devices[guest->partition->device_first + i];

		for (uint32_t r = 0; r < device->region_count; r++, region++)
			(void)add(guest, OWNER_DEVICE, plan->device_regions[region].guest,
				  plan->device_regions[region].size,
				  words_last_part(plan_text(plan, device->path)));
	}
}

static void add_shared(const struct guest *guest)
{
	const struct plan *const plan = guest->plan;
	struct map_box *box;

	for (uint32_t i = 0; i < plan->shared_count; i++) {
		const struct plan_shared *const shared = &plan->shared[i];

		if (shared->partition != guest->index)
			continue;
		box = add(guest, OWNER_SHARED, shared->region.guest, shared->region.size,
			  shared->id);
		if (box != NULL)
			box->host = shared->region.host.value;
	}
	for (uint32_t i = 0; i < plan->channel_count; i++) {
		const struct plan_channel *const channel = &plan->channels[i];

		for (unsigned end = 0; end < 2; end++) {
			if (channel->type != PLAN_CHANNEL_MEMORY ||
			    channel->ends[end].partition != guest->index)
				continue;
			box = add(guest, OWNER_CHANNEL, channel->ends[end].memory, channel->size,
				  channel->name);
			if (box != NULL)
				box->host = channel->memory.value;
		}
	}
}

void map_guest_fill(const struct plan *plan, uint32_t index, struct map_column *column)
{
	const struct guest guest = {plan, &plan->partitions[index], index, column};

	column->x = MAP_CARD_X;
	column->width = MAP_GUEST_WIDTH;
	column->is_address_left = false;
	column->count = 0;
	add_machine(&guest);
	add_virtual_devices(&guest);
	add_devices(&guest);
	add_shared(&guest);
	add_memory(&guest);
	column_arrange(column);
}

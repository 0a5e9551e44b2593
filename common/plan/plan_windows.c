/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a guest sees besides its RAM and its passed-through devices: where its virtual devices are
 * and which interrupts they have. Addresses are Xen's where Xen has the device; with direct-map the
 * GIC and the UART are where the host has them.
 */
#include <string.h>

#include "common/plan/planner.h"

#define GUEST_GICD	   0x03001000
#define GUEST_GICR	   0x03020000
#define GUEST_UART	   0x22000000
#define GUEST_UART_INTID   32
#define GUEST_DEVICES	   0x02000000
#define GUEST_DEVICES_END  0x03000000
#define GUEST_CHANNELS	   0x30000000
#define GUEST_CHANNELS_END 0x40000000

void reserve_interrupt(struct planner *planner, uint32_t partition, uint32_t intid)
{
	planner->scratch->requests[partition].spis[intid / 32] |= 1U << intid % 32;
}

_Static_assert(PLAN_MAX_INTERRUPTS + PLAN_MAX_VIRTUAL_DEVICES + 2 <
		       PLAN_MAX_GUEST_INTID - PLAN_FIRST_SPI,
	       "there is always a free SPI");

/* The lowest free SPI from this one on, which is the first or the second. */
static uint32_t take_interrupt(struct planner *planner, uint32_t partition, uint32_t first)
{
	const struct request *const request = &planner->scratch->requests[partition];
	uint32_t intid = first;

	if (planner->plan->partitions[partition].direct_interrupts != 0)
		return take_spare_interrupt(planner, partition, first);
	while ((request->spis[intid / 32] >> intid % 32 & 1) != 0)
		intid++;
	reserve_interrupt(planner, partition, intid);
	return intid;
}

/* A guest-side range that nothing else may be in. property: what gets the blame. */
static void claim_window(struct planner *planner, uint32_t partition, ipa_t base, uint64_t size,
			 const char *what)
{
	const struct claim window = {base.value, size, what, partition, -1, SPACE_GUEST(partition)};

	if (check_free(planner, planner->scratch->requests[partition].node, NULL, window))
		add_claim(planner, window);
}

static void place_gic(struct planner *planner, uint32_t index)
{
	const struct plan_board *const board = &planner->plan->board;
	struct plan_partition *const partition = &planner->plan->partitions[index];
	const uint64_t size = partition->cpu_count * (uint64_t)PLAN_GICR_SIZE;

	partition->distributor = ipa(GUEST_GICD);
	partition->redistributors = ipa(GUEST_GICR);
	if (partition->direct_map != 0) {
		partition->distributor = ipa(board->distributor.base.value);
		partition->redistributors = ipa(board->redistributors[0].base.value);
		if (board->redistributors[0].size < size)
			plan_error(planner, planner->scratch->requests[index].node, "direct-map",
				   "the vCPUs' redistributors fit into the host's first region",
				   NULL, "%u vCPUs are too many", partition->cpu_count);
	}
	claim_window(planner, index, partition->distributor, PLAN_GICD_SIZE, "GIC distributor");
	claim_window(planner, index, partition->redistributors, size, "GIC redistributors");
}

static void place_uart(struct planner *planner, uint32_t index)
{
	const struct plan_board *const board = &planner->plan->board;
	struct plan_partition *const partition = &planner->plan->partitions[index];

	if (partition->virtual_uart == 0)
		return;
	partition->uart = ipa(GUEST_UART);
	if (partition->direct_map != 0 && board->uart_type != PLAN_UART_NONE)
		partition->uart = ipa(align_down(board->uart.base.value, PAGE_SIZE));
	partition->uart_intid = take_interrupt(planner, index, GUEST_UART_INTID);
	claim_window(planner, index, partition->uart, PAGE_SIZE, "UART");
}

/* The next free page for a virtual device, and an interrupt. */
static void place_device(struct planner *planner, struct plan_virtual_device *device)
{
	const uint32_t index = device->partition;
	uint64_t base;

	if (!find_free_window(planner, index, device->size, GUEST_DEVICES, GUEST_DEVICES_END,
			      &base)) {
		plan_error(planner, planner->scratch->requests[index].node, NULL,
			   "virtual devices have 0x02000000-0x02ffffff of a guest's map", NULL,
			   "no place is left there");
		return;
	}
	device->base = ipa(base);
	claim_window(planner, index, device->base, device->size, "virtual device");
	if (device->type != PLAN_VIRTUAL_PANIC)
		device->intid = take_interrupt(planner, index, GUEST_UART_INTID + 1);
}

/* Where a guest sees the memory of its channels. */
static void place_channels(struct planner *planner, uint32_t index)
{
	for (uint32_t i = 0; i < planner->plan->channel_count; i++) {
		struct plan_channel *const channel = &planner->plan->channels[i];
		uint64_t base;

		for (unsigned e = 0; e < 2; e++) {
			if (channel->ends[e].partition != index ||
			    channel->type != PLAN_CHANNEL_MEMORY || channel->size == 0)
				continue;
			if (!find_free_window(planner, index, channel->size, GUEST_CHANNELS,
					      GUEST_CHANNELS_END, &base)) {
				plan_error(planner, planner->scratch->requests[index].node, NULL,
					   "channels have 0x30000000-0x3fffffff of a guest's map",
					   "make the channels smaller",
					   "no place is left for channel %s", channel->name);
				continue;
			}
			channel->ends[e].memory = ipa(base);
			claim_window(planner, index, ipa(base), channel->size, "channel");
		}
	}
}

/* How many SPIs the virtual GIC has: whole groups of 32, at least what is in use. */
static void count_interrupts(struct planner *planner, uint32_t index)
{
	const struct request *const request = &planner->scratch->requests[index];
	struct plan_partition *const partition = &planner->plan->partitions[index];
	uint32_t end = PLAN_FIRST_SPI;

	for (uint32_t intid = PLAN_FIRST_SPI; intid < PLAN_MAX_GUEST_INTID; intid++)
		if ((request->spis[intid / 32] >> intid % 32 & 1) != 0)
			end = intid + 1;
	if (request->spi_limit != 0 && end - PLAN_FIRST_SPI > request->spi_limit)
		plan_error(planner, request->node, "nr_spis",
			   "it covers all SPIs that the partition uses",
			   "leave it out: the planner counts them", "%u, but SPI %u is in use",
			   request->spi_limit, end - 1 - PLAN_FIRST_SPI);
	if (request->spi_limit > end - PLAN_FIRST_SPI)
		end = PLAN_FIRST_SPI + request->spi_limit;
	partition->spi_count = (uint32_t)align_up(end - PLAN_FIRST_SPI, 32);
	if (partition->spi_count == 0)
		partition->spi_count = 32;
}

/* Memory shared the Xen way: the guest's address is given. */
static void claim_shared(struct planner *planner, uint32_t index)
{
	const struct plan *const plan = planner->plan;

	for (uint32_t i = 0; i < plan->shared_count; i++)
		if (plan->shared[i].partition == index)
			claim_window(planner, index, plan->shared[i].region.guest,
				     plan->shared[i].region.size, "shared memory");
}

void plan_windows(struct planner *planner, uint32_t index)
{
	place_gic(planner, index);
	place_uart(planner, index);
	claim_shared(planner, index);
	for (uint32_t i = 0; i < planner->plan->virtual_device_count; i++)
		if (planner->plan->virtual_devices[i].partition == index)
			place_device(planner, &planner->plan->virtual_devices[i]);
	place_channels(planner, index);
	count_interrupts(planner, index);
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a guest sees besides its RAM and its passed-through devices: where its virtual devices are
 * and which interrupts they have. Addresses are Xen's where Xen has the device; with direct-map the
 * GIC and the UART are where the host has them.
 */
#include "common/plan/planner.h"

#define GUEST_GICD	   0x03001000
#define GUEST_GICR	   0x03020000
#define GUEST_UART	   0x22000000
#define GUEST_UART_INTID   32
#define GUEST_DEVICES	   0x02000000
#define GUEST_DEVICES_END  0x03000000
#define GUEST_CHANNELS	   0x30000000
#define GUEST_CHANNELS_END 0x40000000

void reserve_interrupt(struct request *request, uint32_t intid)
{
	request->spis[intid / 32] |= 1U << intid % 32;
}

static bool is_reserved(const struct request *request, uint32_t intid)
{
	return (request->spis[intid / 32] >> intid % 32 & 1) != 0;
}

_Static_assert(PLAN_MAX_INTERRUPTS + PLAN_MAX_VIRTUAL_DEVICES + 2 <
		       PLAN_MAX_GUEST_INTID - PLAN_FIRST_SPI,
	       "there is always a free SPI");

/* The lowest free SPI from this one on, which is the first or the second. */
static uint32_t take_interrupt(struct planner *planner, struct request *request, uint32_t first)
{
	uint32_t intid = first;

	if (request->partition->direct_interrupts != 0)
		return take_spare_interrupt(planner, request, first);
	while (is_reserved(request, intid))
		intid++;
	reserve_interrupt(request, intid);
	return intid;
}

/* Addresses of the guest that nothing else may be at. */
static void claim_window(struct planner *planner, const struct request *request, ipa_t base,
			 uint64_t size, const char *what)
{
	claim_free(planner, request->node, NULL,
		   &(struct claim){guest_span(base, size), what, request->index, -1,
				   SPACE_GUEST(request->index)});
}

static void place_gic(struct planner *planner, struct request *request)
{
	const struct plan_board *const board = &planner->plan->board;
	struct plan_partition *const partition = request->partition;
	const uint64_t size = partition->cpu_count * (uint64_t)PLAN_GICR_SIZE;

	partition->distributor = ipa(GUEST_GICD);
	partition->redistributors = ipa(GUEST_GICR);
	if (partition->direct_map != 0) {
		partition->distributor = ipa(board->distributor.base.value);
		partition->redistributors = ipa(board->redistributors[0].base.value);
		if (board->redistributors[0].size < size)
			plan_error(planner, request->node, "direct-map",
				   "the vCPUs' redistributors fit into the host's first region",
				   NULL, "%u vCPUs are too many", partition->cpu_count);
	}
	claim_window(planner, request, partition->distributor, PLAN_GICD_SIZE, "GIC distributor");
	claim_window(planner, request, partition->redistributors, size, "GIC redistributors");
}

static void place_uart(struct planner *planner, struct request *request)
{
	const struct plan_board *const board = &planner->plan->board;
	struct plan_partition *const partition = request->partition;

	if (partition->virtual_uart == 0)
		return;
	partition->uart = ipa(GUEST_UART);
	if (partition->direct_map != 0 && board->uart_intid != 0)
		partition->uart = ipa(align_down(board->uart.base.value, PAGE_SIZE));
	partition->uart_intid = take_interrupt(planner, request, GUEST_UART_INTID);
	claim_window(planner, request, partition->uart, PAGE_SIZE, "UART");
}

/* The next free page for a virtual device, and an interrupt. */
static void place_device(struct planner *planner, struct request *request,
			 struct plan_virtual_device *device)
{
	if (!find_free_window(planner, request->index, device->size, GUEST_DEVICES,
			      GUEST_DEVICES_END, &device->base.value)) {
		plan_error(planner, request->node, NULL,
			   "virtual devices have 0x02000000-0x02ffffff of a guest's map", NULL,
			   "no place is left there");
		return;
	}
	claim_window(planner, request, device->base, device->size, "virtual device");
	if (device->type != PLAN_VIRTUAL_PANIC && device->type != PLAN_VIRTUAL_SUPERVISOR)
		device->intid = take_interrupt(planner, request, GUEST_UART_INTID + 1);
	if (device->type == PLAN_VIRTUAL_WATCHDOG)
		request->partition->watchdog_intid = device->intid;
}

/* Where a guest sees the memory of a channel. */
static void place_channel(struct planner *planner, const struct request *request,
			  struct plan_channel *channel)
{
	for (unsigned i = 0; i < 2; i++) {
		struct plan_channel_end *const end = &channel->ends[i];

		if (end->partition != request->index || channel->type != PLAN_CHANNEL_MEMORY ||
		    channel->size == 0)
			continue;
		if (find_free_window(planner, request->index, channel->size, GUEST_CHANNELS,
				     GUEST_CHANNELS_END, &end->memory.value))
			claim_window(planner, request, end->memory, channel->size, "channel");
		else
			plan_error(planner, request->node, NULL,
				   "channels have 0x30000000-0x3fffffff of a guest's map",
				   "make the channels smaller", "no place is left for channel %s",
				   channel->name);
	}
}

/* How many SPIs the virtual GIC has: whole groups of 32, at least what is in use. */
static void count_interrupts(struct planner *planner, const struct request *request)
{
	uint32_t used = 0;

	for (uint32_t intid = PLAN_FIRST_SPI; intid < PLAN_MAX_GUEST_INTID; intid++)
		if (is_reserved(request, intid))
			used = intid + 1 - PLAN_FIRST_SPI;
	if (request->spi_limit != 0 && used > request->spi_limit)
		plan_error(planner, request->node, "nr_spis",
			   "it covers all SPIs that the partition uses",
			   "leave it out: the planner counts them", "%u, but SPI %u is in use",
			   request->spi_limit, used - 1);
	if (request->spi_limit > used)
		used = request->spi_limit;
	request->partition->spi_count = used == 0 ? 32 : (uint32_t)align_up(used, 32);
}

void plan_windows(struct planner *planner, struct request *request)
{
	struct plan *const plan = planner->plan;

	place_gic(planner, request);
	place_uart(planner, request);
	/* Memory shared the Xen way: the guest's address is given. */
	for (uint32_t i = 0; i < plan->shared_count; i++)
		if (plan->shared[i].partition == request->index)
			claim_window(planner, request, plan->shared[i].region.guest,
				     plan->shared[i].region.size, "shared memory");
	for (uint32_t i = 0; i < plan->virtual_device_count; i++)
		if (plan->virtual_devices[i].partition == request->index)
			place_device(planner, request, &plan->virtual_devices[i]);
	for (uint32_t i = 0; i < plan->channel_count; i++)
		place_channel(planner, request, &plan->channels[i]);
	count_interrupts(planner, request);
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What partitions share on purpose: channels (shared memory and a doorbell, network and console
 * links), and Xen's shared memory. And the virtual devices that a partition has for itself.
 */
#include <libfdt.h>
#include <string.h>

#include "common/lib/format.h"
#include "common/plan/planner.h"

#define RING_SIZE   0x10000 /* EL2's buffer of a link: network frames, console bytes */
#define MAX_CHANNEL BLOCK_1G
#define MAC_SIZE    6

/* In the order of enum plan_channel_type. */
static const char *const kinds[] = {"bulkhead,channel", "bulkhead,net-link",
				    "bulkhead,console-link"};

static const char *const channel_properties[] = {
	"compatible",	       "phandle", "status",	     "label",
	"bulkhead,partitions", "size",	  "bulkhead,access", "bulkhead,mac-addresses",
};

void add_virtual_device(struct planner *planner, int node, uint32_t partition,
			enum plan_virtual_device_type type, uint32_t channel)
{
	struct plan *const plan = planner->plan;

	if (plan->virtual_device_count == PLAN_MAX_VIRTUAL_DEVICES) {
		plan_error(planner, node, NULL, "at most 64 virtual devices, UARTs apart", NULL,
			   "one virtual device too many");
		return;
	}
	plan->virtual_devices[plan->virtual_device_count++] = (struct plan_virtual_device){
		.partition = partition,
		.type = (uint32_t)type,
		.channel = channel,
		/* The SBSA watchdog has a refresh frame and a control frame. */
		.size = type == PLAN_VIRTUAL_WATCHDOG ? 2 * PAGE_SIZE : PAGE_SIZE,
	};
}

/* bulkhead,partitions: two different ones. False: reported. */
static bool read_ends(struct planner *planner, int node, struct plan_channel *channel)
{
	int length;
	const char *const cells =
		tree_property(&planner->tree, node, "bulkhead,partitions", &length);

	for (int i = 0; cells != NULL && length == 8 && i < 2; i++)
		channel->ends[i].partition =
			find_partition(planner, (uint32_t)tree_number(cells + 4 * i, 1));
	if (cells == NULL || length != 8 || channel->ends[0].partition == PLAN_NONE ||
	    channel->ends[1].partition == PLAN_NONE ||
	    channel->ends[0].partition == channel->ends[1].partition) {
		plan_error(planner, node, "bulkhead,partitions",
			   "phandles of two different partitions", "write <&linux0 &rt0>",
			   "missing, or not two of the partitions");
		return false;
	}
	return true;
}

/* "ro" or "rw"; false: neither. */
static bool read_access(const char *text, uint32_t *writable)
{
	*writable = text != NULL && strcmp(text, "rw") == 0;
	return text != NULL && (*writable != 0 || strcmp(text, "ro") == 0);
}

/* bulkhead,access: a word for each end; both may write when it is not there. */
static void read_accesses(struct planner *planner, int node, struct plan_channel *channel)
{
	int length;
	const char *const text = tree_property(&planner->tree, node, "bulkhead,access", &length);

	channel->ends[0].writable = 1;
	channel->ends[1].writable = 1;
	if (text == NULL)
		return;
	if (length != 6 || text[2] != '\0' || text[5] != '\0' ||
	    !read_access(text, &channel->ends[0].writable) ||
	    !read_access(text + 3, &channel->ends[1].writable))
		plan_error(planner, node, "bulkhead,access",
			   "\"ro\" or \"rw\" for each of the two partitions",
			   "write \"rw\", \"ro\"", "other words, or not two");
}

/* size: bytes of shared memory. */
static void read_size(struct planner *planner, int node, struct plan_channel *channel)
{
	int length;
	const void *const cells = tree_property(&planner->tree, node, "size", &length);

	if (cells != NULL && (length == 4 || length == 8))
		channel->size = tree_number(cells, length / 4);
	if (channel->size == 0 || channel->size > MAX_CHANNEL ||
	    !is_aligned(channel->size, PAGE_SIZE)) {
		plan_error(planner, node, "size",
			   "bytes, in one or two cells: a multiple of 4 KiB, at most 1 GiB", NULL,
			   "missing, or 0x%lx", channel->size);
		channel->size = 0;
	}
}

/* Two addresses of six bytes; without the property they are made from the partitions' numbers. */
static void read_macs(struct planner *planner, int node, struct plan_channel *channel)
{
	int length;
	const uint8_t *const bytes =
		tree_property(&planner->tree, node, "bulkhead,mac-addresses", &length);
	const uint32_t number = planner->plan->channel_count;

	for (unsigned i = 0; i < 2; i++) {
		/* Locally administered, unicast (IEEE 802, 8.4). */
		const uint8_t made[MAC_SIZE] = {0x02, 'b', 'h', 0, (uint8_t)number, (uint8_t)i};

		memcpy(channel->ends[i].mac, made, MAC_SIZE);
		if (bytes == NULL)
			continue;
		if (length != 2 * MAC_SIZE || (bytes[i * MAC_SIZE] & 1) != 0) {
			plan_error(planner, node, "bulkhead,mac-addresses",
				   "two unicast addresses of 6 bytes",
				   "write [02 00 00 00 00 01  02 00 00 00 00 02]",
				   "%d bytes, or a multicast address", length);
			return;
		}
		memcpy(channel->ends[i].mac, bytes + i * MAC_SIZE, MAC_SIZE);
	}
}

/* What only another kind of channel has. */
static void refuse(struct planner *planner, int node, const char *property)
{
	if (tree_property(&planner->tree, node, property, NULL) != NULL)
		plan_error(planner, node, property, "it belongs to another kind of channel",
			   "leave it out", "has no meaning here");
}

static void read_kind(struct planner *planner, int node, struct plan_channel *channel)
{
	if (channel->type == PLAN_CHANNEL_MEMORY) {
		read_size(planner, node, channel);
		read_accesses(planner, node, channel);
	} else {
		channel->size = RING_SIZE;
		refuse(planner, node, "size");
		refuse(planner, node, "bulkhead,access");
	}
	if (channel->type == PLAN_CHANNEL_NET)
		read_macs(planner, node, channel);
	else
		refuse(planner, node, "bulkhead,mac-addresses");
}

static void read_channel(struct planner *planner, int node, enum plan_channel_type type)
{
	static const enum plan_virtual_device_type devices[] = {
		[PLAN_CHANNEL_MEMORY] = PLAN_VIRTUAL_DOORBELL,
		[PLAN_CHANNEL_NET] = PLAN_VIRTUAL_NET,
		[PLAN_CHANNEL_CONSOLE] = PLAN_VIRTUAL_CONSOLE,
	};
	struct plan *const plan = planner->plan;
	struct plan_channel *const channel = &plan->channels[plan->channel_count];
	const char *name = tree_string(&planner->tree, node, "label");

	if (!tree_is_enabled(&planner->tree, node))
		return;
	if (plan->channel_count == PLAN_MAX_CHANNELS) {
		plan_error(planner, node, NULL, "at most 32 channels are supported", NULL,
			   "one channel too many");
		return;
	}
	if (name == NULL)
		name = fdt_get_name(planner->tree.fdt, node, NULL);
	check_property_names(planner, node, channel_properties,
			     sizeof(channel_properties) / sizeof(channel_properties[0]),
			     "the binding of channels has no such property");
	memset(channel, 0, sizeof(*channel));
	(void)format(channel->name, sizeof(channel->name), "%s", name);
	channel->type = (uint32_t)type;
	read_kind(planner, node, channel);
	if (!read_ends(planner, node, channel))
		return;
	for (unsigned i = 0; i < 2; i++)
		add_virtual_device(planner, node, channel->ends[i].partition, devices[type],
				   plan->channel_count);
	plan->channel_count++;
	plan_unsupported(planner, node, "compatible", kinds[type]);
}

static void read_channels(struct planner *planner)
{
	int node;

	for (node = tree_first_child(&planner->tree, planner->chosen); node >= 0;
	     node = tree_next_child(&planner->tree, node)) {
		for (unsigned i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
			if (tree_is_compatible(&planner->tree, node, kinds[i]))
				read_channel(planner, node, (enum plan_channel_type)i);
	}
}

/* The devices that a partition asks for by a property. */
static void add_own_devices(struct planner *planner, uint32_t index)
{
	const struct plan_partition *const partition = &planner->plan->partitions[index];
	const int node = planner->scratch->requests[index].node;

	if (partition->watchdog != 0)
		add_virtual_device(planner, node, index, PLAN_VIRTUAL_WATCHDOG, PLAN_NONE);
	if (partition->panic_device != 0)
		add_virtual_device(planner, node, index, PLAN_VIRTUAL_PANIC, PLAN_NONE);
	if (partition->supervises != 0)
		add_virtual_device(planner, node, index, PLAN_VIRTUAL_SUPERVISOR, PLAN_NONE);
}

void plan_channels(struct planner *planner)
{
	struct plan *const plan = planner->plan;

	for (uint32_t i = 0; i < plan->partition_count; i++)
		add_own_devices(planner, i);
	if (planner->chosen >= 0)
		read_channels(planner);
	for (uint32_t i = 0; i < plan->partition_count; i++)
		plan_shared_memory(planner, i);
}

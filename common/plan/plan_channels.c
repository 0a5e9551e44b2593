/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What partitions share on purpose: channels (shared memory and a doorbell, network and console
 * links), and Xen's shared memory. And the virtual devices that a partition has for itself.
 */
#include "common/plan/planner.h"

#define RING_SIZE   0x10000 /* EL2's buffer of a link: network frames, console bytes */
#define MAX_CHANNEL BLOCK_1G
#define MAC_SIZE    6

/* In the order of enum plan_channel_type. */
static const struct {
	const char *compatible;
	enum plan_virtual_device_type device;
} kinds[] = {
	{"bulkhead,channel", PLAN_VIRTUAL_DOORBELL},
	{"bulkhead,net-link", PLAN_VIRTUAL_NET},
	{"bulkhead,console-link", PLAN_VIRTUAL_CONSOLE},
};

static const char *const channel_properties[] = {
	"compatible",	       "phandle", "status",	     "label",
	"bulkhead,partitions", "size",	  "bulkhead,access", "bulkhead,mac-addresses",
};

/* Adds a virtual device, which gets its address and interrupt later. */
static void add_virtual_device(struct planner *planner, int node, uint32_t partition,
			       enum plan_virtual_device_type type, uint32_t channel)
{
	struct plan *const plan = planner->plan;

	if (plan->virtual_device_count < PLAN_MAX_VIRTUAL_DEVICES)
		plan->virtual_devices[plan->virtual_device_count++] = (struct plan_virtual_device){
			.partition = partition,
			.type = (uint32_t)type,
			.channel = channel,
			/* The SBSA watchdog has a refresh frame and a control frame. */
			.size = type == PLAN_VIRTUAL_WATCHDOG ? 2 * PAGE_SIZE : PAGE_SIZE,
		};
	else
		plan_error(planner, node, NULL, "at most 64 virtual devices, UARTs apart", NULL,
			   "one virtual device too many");
}

/* bulkhead,partitions: two different ones. False: reported. */
static bool read_ends(struct planner *planner, int node, struct plan_channel *channel)
{
	const struct property list = tree_property(&planner->tree, node, "bulkhead,partitions");
	uint32_t found[2] = {PLAN_NONE, PLAN_NONE};

	for (int i = 0; i < 2 && list.length == 8; i++)
		found[i] = find_partition(planner, (uint32_t)tree_number(list.bytes + 4 * i, 1));
	if (found[0] == PLAN_NONE || found[1] == PLAN_NONE || found[0] == found[1])
		return plan_error(planner, node, "bulkhead,partitions",
				  "phandles of two different partitions", "write <&linux0 &rt0>",
				  "missing, or not two of the partitions");
	channel->ends[0].partition = found[0];
	channel->ends[1].partition = found[1];
	return true;
}

/* "ro" or "rw"; false: neither. */
static bool read_access(const char *text, uint32_t *writable)
{
	*writable = strcmp(text, "rw") == 0;
	return *writable != 0 || strcmp(text, "ro") == 0;
}

/* bulkhead,access: a word for each end; both may write when it is not there. */
static void read_accesses(struct planner *planner, int node, struct plan_channel *channel)
{
	const struct property words = tree_property(&planner->tree, node, "bulkhead,access");

	channel->ends[0].writable = 1;
	channel->ends[1].writable = 1;
	if (words.bytes != NULL &&
	    (words.length != 6 || words.bytes[2] != '\0' || words.bytes[5] != '\0' ||
	     !read_access(words.bytes, &channel->ends[0].writable) ||
	     !read_access(words.bytes + 3, &channel->ends[1].writable)))
		plan_error(planner, node, "bulkhead,access",
			   "\"ro\" or \"rw\" for each of the two partitions",
			   "write \"rw\", \"ro\"", "other words, or not two");
}

/* size: bytes of shared memory. */
static void read_size(struct planner *planner, int node, struct plan_channel *channel)
{
	uint64_t size = 0;

	(void)tree_u64(&planner->tree, node, "size", &size);
	if (size == 0 || size > MAX_CHANNEL || !is_aligned(size, PAGE_SIZE))
		plan_error(planner, node, "size",
			   "bytes, in one or two cells: a multiple of 4 KiB, at most 1 GiB", NULL,
			   "missing, or 0x%lx", size);
	else
		channel->size = size;
}

/* Two addresses of six bytes; without the property they are made from the partitions' numbers. */
static void read_macs(struct planner *planner, int node, struct plan_channel *channel)
{
	const struct property macs = tree_property(&planner->tree, node, "bulkhead,mac-addresses");
	/* Locally administered, unicast (IEEE 802, 8.4). */
	const uint8_t number = (uint8_t)planner->plan->channel_count;
	const uint8_t made[] = {0x02, 'b', 'h', 0, number, 0, 0x02, 'b', 'h', 0, number, 1};
	const bool is_good =
		macs.length == sizeof(made) && ((macs.bytes[0] | macs.bytes[MAC_SIZE]) & 1) == 0;
	const void *const used = is_good ? (const void *)macs.bytes : made;

	memcpy(channel->ends[0].mac, used, MAC_SIZE);
	memcpy(channel->ends[1].mac, (const char *)used + MAC_SIZE, MAC_SIZE);
	if (macs.bytes != NULL && !is_good)
		plan_error(planner, node, "bulkhead,mac-addresses",
			   "two unicast addresses of 6 bytes",
			   "write [02 00 00 00 00 01  02 00 00 00 00 02]",
			   "%d bytes, or a multicast address", macs.length);
}

/* What only another kind of channel has. */
static void refuse(struct planner *planner, int node, const char *property)
{
	if (tree_has(&planner->tree, node, property))
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

static bool read_channel(struct planner *planner, int node, uint32_t type)
{
	struct plan *const plan = planner->plan;
	struct plan_channel *const channel = &plan->channels[plan->channel_count];
	const char *const label = tree_string(&planner->tree, node, "label");

	if (plan->channel_count == PLAN_MAX_CHANNELS)
		return plan_error(planner, node, NULL, "at most 32 channels are supported", NULL,
				  "one channel too many");
	check_property_names(planner, node, channel_properties, COUNT_OF(channel_properties),
			     "the binding of channels has no such property");
	*channel = (struct plan_channel){.type = type};
	(void)format(channel->name, sizeof(channel->name), "%s",
		     label != NULL ? label : tree_name(&planner->tree, node));
	read_kind(planner, node, channel);
	if (!read_ends(planner, node, channel))
		return false;
	for (unsigned i = 0; i < 2; i++)
		add_virtual_device(planner, node, channel->ends[i].partition, kinds[type].device,
				   plan->channel_count);
	plan->channel_count++;
	plan_unsupported(planner, node, "compatible", kinds[type].compatible);
	return true;
}

static void read_channels(struct planner *planner)
{
	const struct tree *const tree = &planner->tree;

	for_each_child (node, tree, planner->chosen)
		for (uint32_t i = 0; i < COUNT_OF(kinds); i++)
			if (tree_is_compatible(tree, node, kinds[i].compatible) &&
			    tree_is_enabled(tree, node))
				read_channel(planner, node, i);
}

/* A device that a partition asks for by a property. */
static void add_own_device(struct planner *planner, const struct request *request,
			   uint32_t is_wanted, enum plan_virtual_device_type type)
{
	if (is_wanted != 0)
		add_virtual_device(planner, request->node, request->index, type, PLAN_NONE);
}

void plan_channels(struct planner *planner)
{
	for_each_request (request, planner) {
		const struct plan_partition *const partition = request->partition;

		add_own_device(planner, request, partition->watchdog, PLAN_VIRTUAL_WATCHDOG);
		add_own_device(planner, request, partition->panic_device, PLAN_VIRTUAL_PANIC);
		add_own_device(planner, request, partition->supervises, PLAN_VIRTUAL_SUPERVISOR);
	}
	if (planner->chosen >= 0)
		read_channels(planner);
	for_each_request (request, planner)
		plan_shared_memory(planner, request);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "imagebuilder/map_column.h"

/* Light fills, so that black text reads well, and lines of the same hue that print dark. */
static const struct map_colour partitions[PLAN_MAX_PARTITIONS] = {
	{"#cfe1f5", "#2f6db3"}, {"#fbdcc0", "#b95f16"}, {"#cfe8cd", "#35803a"},
	{"#e0d5ef", "#7450a2"}, {"#f7d0d9", "#b03a59"}, {"#c5e8e5", "#19807b"},
	{"#f3e6b3", "#8a700d"}, {"#d3d5f4", "#464bab"}, {"#e6d6ca", "#7d5236"},
	{"#e0edbd", "#64821b"}, {"#f1cfe9", "#9b3a8a"}, {"#cdeaf7", "#1f7fa3"},
	{"#fbd3cb", "#ba4330"}, {"#cbeedb", "#1f8053"}, {"#d5dbe6", "#506183"},
	{"#ede0c8", "#846535"},
};

static const struct map_colour kinds[] = {
	[OWNER_NOBODY] = {"#ffffff", "#b4bac2"},     [OWNER_BOARD] = {"#eef0f2", "#727a84"},
	[OWNER_HYPERVISOR] = {"#c3c9d1", "#333c48"}, [OWNER_POOL] = {"#d9dde3", "#333c48"},
	[OWNER_RAM] = {"#ffffff", "#333c48"},	     [OWNER_MODULE] = {"#f7f4ea", "#857c66"},
	[OWNER_SHARED] = {"#efe9d6", "#6f654a"},     [OWNER_CHANNEL] = {"#efe9d6", "#6f654a"},
	[OWNER_DEVICE] = {"#ffffff", "#333c48"},
};

const struct map_colour *map_kind_colour(enum owner_kind kind)
{
	return &kinds[kind];
}

const struct map_colour *map_colour(uint32_t partition)
{
	return partition < PLAN_MAX_PARTITIONS ? &partitions[partition]
					       : map_kind_colour(OWNER_NOBODY);
}

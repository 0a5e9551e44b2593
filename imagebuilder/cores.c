/* SPDX-License-Identifier: Apache-2.0 */
#include "imagebuilder/cores.h"

#include <libfdt.h>
#include <stddef.h>

#define UNKNOWN_BITS 40

/* ID_AA64MMFR0_EL1.PARange, from the technical reference manuals of the cores. */
static const struct {
	const char *compatible;
	uint32_t bits;
} cores[] = {
	{"arm,cortex-a35", 40},	 {"arm,cortex-a53", 40},  {"arm,cortex-a55", 40},
	{"arm,cortex-a57", 44},	 {"arm,cortex-a72", 44},  {"arm,cortex-a73", 40},
	{"arm,cortex-a75", 44},	 {"arm,cortex-a76", 40},  {"arm,cortex-a78", 40},
	{"arm,neoverse-n1", 48}, {"arm,neoverse-v1", 48}, {"arm,neoverse-n2", 48},
};

static uint32_t bits_of(const void *tree, int node)
{
	for (size_t i = 0; i < sizeof(cores) / sizeof(cores[0]); i++)
		if (fdt_node_check_compatible(tree, node, cores[i].compatible) == 0)
			return cores[i].bits;
	return UNKNOWN_BITS;
}

uint32_t cores_address_bits(const void *tree)
{
	const int cpus = fdt_path_offset(tree, "/cpus");
	uint32_t least = 48;
	int node;

	if (cpus < 0)
		return UNKNOWN_BITS;
	fdt_for_each_subnode (node, tree, cpus) {
		if (fdt_getprop(tree, node, "reg", NULL) == NULL)
			continue;

		const uint32_t bits = bits_of(tree, node);

		least = bits < least ? bits : least;
	}
	return least;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Kernels, ramdisks and partial device trees: where the boot loader put them. */
#include <libfdt.h>
#include <string.h>

#include "common/plan/planner.h"

static const char *const module_properties[] = {
	"compatible", "reg",	       "bootargs", "bulkhead,entry", "phandle",
	"name",	      "linux,phandle", "status",   "bulkhead,file",
};

#define MODULE_PROPERTIES (sizeof(module_properties) / sizeof(module_properties[0]))

/* Reports a module that lies on something else. The very same module may serve two partitions. */
static bool check_overlap(struct planner *planner, int node, const struct claim *module)
{
	const struct claim *claim;
	uint32_t index = 0;
	bool is_free = true;

	while ((claim = find_claim(planner, SPACE_HOST, module->base, module->size, &index)) !=
	       NULL) {
		char text[CLAIM_TEXT_SIZE];

		if (claim->what == module->what && claim->base == module->base &&
		    claim->size == module->size)
			continue;
		describe_claim(planner, claim, text);
		plan_error(planner, node, "reg", "nothing may overlap", "load it somewhere else",
			   "0x%lx-0x%lx overlaps %s 0x%lx-0x%lx", module->base,
			   (module->base + module->size - 1), text, claim->base,
			   (claim->base + claim->size - 1));
		is_free = false;
	}
	return is_free;
}

/* Whether the range is one where a module can be. */
static bool check_range(struct planner *planner, int node, const struct plan_range *range)
{
	if (range->size == 0) {
		plan_error(planner, node, "reg", "the exact size of the file",
			   "was the file loaded?", "size 0 at 0x%lx", range->base.value);
		return false;
	}
	if (!is_in_memory(&planner->plan->board, range->base.value, range->size)) {
		plan_error(planner, node, "reg", "a module lies in the board's RAM",
			   "check the address that the boot loader used", "0x%lx bytes at 0x%lx",
			   range->size, range->base.value);
		return false;
	}
	return true;
}

/* Where the module is. False: nowhere that it could be read. */
static bool find_module(struct planner *planner, int node, uint32_t partition,
			struct plan_range *range)
{
	static const char what[] = "module";

	check_property_names(planner, node, module_properties, MODULE_PROPERTIES,
			     "a module has compatible, reg, bootargs and bulkhead,entry");
	if (tree_property(&planner->tree, node, "bulkhead,file", NULL) != NULL) {
		plan_error(planner, node, "bulkhead,file", "a board finds its files by reg",
			   "imagebuilder loads the file and writes reg", "names a file");
		return false;
	}
	if (!tree_reg(&planner->tree, node, 0, range)) {
		plan_error(planner, node, "reg",
			   "(address, size) in the #address-cells and #size-cells of the partition",
			   "the boot loader's script loads the file and says where",
			   "missing or of the wrong length");
		return false;
	}
	if (!check_range(planner, node, range))
		return false;

	const struct claim module = {
		.base = range->base.value,
		.size = range->size,
		.what = what,
		.partition = partition,
		.node = node,
		.space = SPACE_HOST,
	};

	if (!check_overlap(planner, node, &module))
		return false;
	add_claim(planner, module);
	return true;
}

static void plan_ramdisk(struct planner *planner, uint32_t index)
{
	struct plan_image *const ramdisk = &planner->plan->partitions[index].ramdisk;
	struct plan_range range;

	if (!find_module(planner, planner->scratch->requests[index].ramdisk, index, &range))
		return;
	ramdisk->format = PLAN_IMAGE_RAW;
	ramdisk->source = range.base;
	ramdisk->source_size = range.size;
	ramdisk->size = range.size;
}

static void read_bootargs(struct planner *planner, uint32_t index)
{
	const int node = planner->scratch->requests[index].kernel;
	const char *const bootargs = tree_string(&planner->tree, node, "bootargs");

	if (tree_property(&planner->tree, node, "bootargs", NULL) == NULL)
		return;
	if (bootargs == NULL || strlen(bootargs) >= PLAN_BOOTARGS_SIZE) {
		plan_error(planner, node, "bootargs", "a string of at most 2047 characters", NULL,
			   "not a string, or too long");
		return;
	}
	planner->plan->partitions[index].bootargs = plan_keep_text(planner, bootargs);
}

/* Where several properties and children only make sense on a kernel. */
static void check_kernel_only(struct planner *planner, int node)
{
	static const char *const names[] = {"bootargs", "bulkhead,entry"};

	for (unsigned i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (tree_property(&planner->tree, node, names[i], NULL) != NULL)
			plan_error(planner, node, names[i], "it belongs to the kernel",
				   "move it to the node with \"multiboot,kernel\"",
				   "on another module");
}

void plan_modules(struct planner *planner)
{
	for (uint32_t i = 0; i < planner->plan->partition_count; i++) {
		const struct request *const request = &planner->scratch->requests[i];
		struct plan_range range;

		if (request->kernel >= 0) {
			read_bootargs(planner, i);
			if (find_module(planner, request->kernel, i, &range))
				plan_kernel_format(planner, i, &range);
		}
		if (request->ramdisk >= 0) {
			check_kernel_only(planner, request->ramdisk);
			plan_ramdisk(planner, i);
		}
		if (request->partial_tree >= 0) {
			check_kernel_only(planner, request->partial_tree);
			if (find_module(planner, request->partial_tree, i, &range))
				planner->plan->partitions[i].partial_tree = range;
		}
	}
}

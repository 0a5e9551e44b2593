/* SPDX-License-Identifier: Apache-2.0 */
/* Kernels, ramdisks and partial device trees: where the boot loader put them. */
#include "common/plan/planner.h"

static const char *const module_properties[] = {
	"compatible", "reg",	       "bootargs", "bulkhead,entry", "phandle",
	"name",	      "linux,phandle", "status",   "bulkhead,file",
};

/* Reports a module that lies on something else. The very same module may serve two partitions. */
static bool check_overlap(struct planner *planner, int node, const struct claim *module)
{
	const struct claim *claim;
	uint32_t index = 0;
	bool is_free = true;

	while ((claim = find_claim(planner, SPACE_HOST, module->span, &index)) != NULL)
		if (claim->what != module->what || claim->span.base != module->span.base ||
		    claim->span.size != module->span.size)
			is_free = report_overlap(planner, node, "reg", "", module->span, claim);
	return is_free;
}

/* Where the module is. False: nowhere that it could be read. */
static bool find_module(struct planner *planner, const struct request *request, int node,
			struct plan_range *range)
{
	static const char what[] = "module";

	check_property_names(planner, node, module_properties, COUNT_OF(module_properties),
			     "a module has compatible, reg, bootargs and bulkhead,entry");
	if (tree_has(&planner->tree, node, "bulkhead,file"))
		return plan_error(planner, node, "bulkhead,file", "a board finds its files by reg",
				  "imagebuilder loads the file and writes reg", "names a file");
	if (!tree_reg(&planner->tree, node, 0, range))
		return plan_error(
			planner, node, "reg",
			"(address, size) in the #address-cells and #size-cells of the partition",
			"the boot loader's script loads the file and says where",
			"missing or of the wrong length");
	range->base.value += planner->input->modules_shift;

	const struct claim module = {span_of(*range), what, request->index, node, SPACE_HOST};

	if (range->size == 0)
		return plan_error(planner, node, "reg", "the exact size of the file",
				  "was the file loaded?", "size 0 at 0x%lx", range->base.value);
	if (!is_in_memory(&planner->plan->board, module.span))
		return plan_error(planner, node, "reg", "a module lies in the board's RAM",
				  "check the address that the boot loader used",
				  "0x%lx bytes at 0x%lx", range->size, range->base.value);
	if (!check_overlap(planner, node, &module))
		return false;
	add_claim(planner, &module);
	return true;
}

static void read_bootargs(struct planner *planner, const struct request *request)
{
	const int node = request->kernel;
	const char *const bootargs = tree_string(&planner->tree, node, "bootargs");

	if (!tree_has(&planner->tree, node, "bootargs"))
		return;
	if (bootargs == NULL || strlen(bootargs) >= PLAN_BOOTARGS_SIZE)
		plan_error(planner, node, "bootargs", "a string of at most 2047 characters", NULL,
			   "not a string, or too long");
	else
		request->partition->bootargs = plan_keep_text(planner, bootargs);
}

/* Where several properties and children only make sense on a kernel. */
static void check_kernel_only(struct planner *planner, int node)
{
	static const char *const names[] = {"bootargs", "bulkhead,entry"};

	for (unsigned i = 0; i < COUNT_OF(names); i++)
		if (tree_has(&planner->tree, node, names[i]))
			plan_error(planner, node, names[i], "it belongs to the kernel",
				   "move it to the node with \"multiboot,kernel\"",
				   "on another module");
}

static void plan_modules_of(struct planner *planner, struct request *request)
{
	struct plan_image *const ramdisk = &request->partition->ramdisk;
	struct plan_range range = {.size = 0};

	if (request->kernel >= 0) {
		read_bootargs(planner, request);
		if (find_module(planner, request, request->kernel, &range))
			plan_kernel_format(planner, request, range);
	}
	if (request->ramdisk >= 0) {
		check_kernel_only(planner, request->ramdisk);
		if (find_module(planner, request, request->ramdisk, &range))
			*ramdisk = (struct plan_image){
				.format = PLAN_IMAGE_RAW,
				.source = range.base,
				.source_size = range.size,
				.size = range.size,
			};
	}
	if (request->partial_tree >= 0) {
		check_kernel_only(planner, request->partial_tree);
		if (find_module(planner, request, request->partial_tree, &range))
			request->partition->partial_tree = range;
	}
}

void plan_modules(struct planner *planner)
{
	for_each_request (request, planner)
		plan_modules_of(planner, request);
}

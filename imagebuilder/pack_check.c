/* SPDX-License-Identifier: Apache-2.0 */
/* What the planner does not know of a pack: that all of it, with the room around it, is ours to
 * write. */
#include <libfdt.h>
#include <string.h>
#include <sys/stat.h>

#include "common/plan/tree.h"
#include "imagebuilder/message.h"
#include "imagebuilder/pack.h"

typedef unsigned long long number; /* for printf */

/* The parts lie one behind the other, as place_boot() puts them unless an option says otherwise. */
static bool check_order(const struct pack *pack)
{
	const struct pack_part *const tree = &pack->parts[PACK_TREE];
	const struct pack_part *const image = &pack->parts[PACK_IMAGE];
	const bool is_last = pack->part_count == PACK_TREE + 1;

	return (tree->address % PLACE_ALIGNMENT == 0 &&
		tree->address >= image->address + pack->board->image_size &&
		(is_last || tree[1].address >= tree->address + tree->size + PLACE_TREE_GROWTH)) ||
	       fail("--tree-at 0x%llx: image, device tree and files lie one behind the other in "
		    "what is packed, each at the beginning of a page",
		    (number)tree->address);
}

static bool check_window(const struct pack *pack)
{
	const struct board *const board = pack->board;

	if (board->window_end == 0)
		return fail("%s: there is no window; a layout has a line 'window BASE-END', the "
			    "memory that firmware and boot loader leave free",
			    pack->options->board);
	if (board->image_at - PACK_FIT_HEADER < board->window_base)
		return fail("the window 0x%llx-0x%llx begins less than 64 KiB below the image at "
			    "0x%llx: the FIT's header lies there",
			    (number)board->window_base, (number)board->window_end,
			    (number)board->image_at);
	return pack_end(pack) <= board->window_end ||
	       fail("image, device tree and files end at 0x%llx, but the window 0x%llx-0x%llx does "
		    "not reach so far",
		    (number)pack_end(pack), (number)board->window_base, (number)board->window_end);
}

/* From the FIT's header to the end of the tree's room or the last file. */
static bool touches(const struct pack *pack, const char *what, uint64_t base, uint64_t size)
{
	const uint64_t start = pack->board->image_at - PACK_FIT_HEADER;
	const uint64_t end = pack_end(pack) - 1;
	const uint64_t last = base + (size - 1);

	return size != 0 && base <= end && last >= start &&
	       !fail("what is packed takes 0x%llx-0x%llx, with the FIT's header and room for the "
		     "device tree to grow: that overlaps %s 0x%llx-0x%llx",
		     (number)start, (number)end, what, (number)base, (number)last);
}

static bool check_reserved(const struct pack *pack, const void *fdt)
{
	const struct tree tree = {fdt, NULL};
	const int reserved = fdt_path_offset(fdt, "/reserved-memory");
	struct plan_range range;
	int node;

	for (int i = 0; i < fdt_num_mem_rsv(fdt); i++)
		if (fdt_get_mem_rsv(fdt, i, &range.base.value, &range.size) == 0 &&
		    touches(pack, "/memreserve/", range.base.value, range.size))
			return false;
	if (reserved < 0)
		return true;
	fdt_for_each_subnode (node, fdt, reserved)
		for (int i = 0; tree_reg(&tree, node, i, &range); i++)
			if (touches(pack, fdt_get_name(fdt, node, NULL), range.base.value,
				    range.size))
				return false;
	return true;
}

static bool check_memory(const struct pack *pack)
{
	const struct plan_board *const board = &pack->plan->board;
	const uint64_t start = pack->board->image_at - PACK_FIT_HEADER;
	const uint64_t end = pack_end(pack);

	for (uint32_t i = 0; i < board->memory_bank_count; i++) {
		const struct plan_range *const bank = &board->memory_banks[i];

		if (start >= bank->base.value && end - bank->base.value <= bank->size)
			return true;
	}
	return fail("what is packed takes 0x%llx-0x%llx, with the FIT's header and room for the "
		    "device tree to grow: that is not all in one bank of RAM",
		    (number)start, (number)(end - 1));
}

/* Whether a module lies in a file that is packed. */
static bool is_packed(const struct pack *pack, pa_t base, uint64_t size)
{
	for (unsigned i = PACK_TREE + 1; i < pack->part_count; i++) {
		const struct pack_part *const part = &pack->parts[i];

		if (base.value >= part->address && size <= part->size &&
		    base.value - part->address <= part->size - size)
			return true;
	}
	return size == 0;
}

/* What reg names by an address would be in none of the files, and no signature would cover it. */
static bool check_modules(const struct pack *pack)
{
	for (uint32_t i = 0; i < pack->plan->partition_count; i++) {
		const struct plan_partition *const partition = &pack->plan->partitions[i];
		bool is_good =
			is_packed(pack, partition->ramdisk.source,
				  partition->ramdisk.source_size) &&
			is_packed(pack, partition->partial_tree.base, partition->partial_tree.size);

		for (uint32_t k = 0; k < partition->kernel_count; k++)
			is_good = is_good && is_packed(pack, partition->kernel[k].source,
						       partition->kernel[k].source_size);
		if (!is_good)
			return fail(
				"/chosen/%s: reg: a module that is there already is not packed; "
				"name its file by bulkhead,file",
				partition->name);
	}
	return true;
}

/* Packing over what was read would lose it. */
static bool check_input(const struct pack *pack, const char *path)
{
	char folder[PACK_PATH_SIZE];
	struct stat input;
	struct stat output;
	const char *const slash = strrchr(path, '/');

	(void)snprintf(folder, sizeof(folder), "%.*s", slash == NULL ? 1 : (int)(slash - path) + 1,
		       slash == NULL ? "." : path);
	return stat(folder, &input) != 0 || stat(pack->options->output, &output) != 0 ||
	       input.st_dev != output.st_dev || input.st_ino != output.st_ino ||
	       fail("%s: lies in the folder that is packed into", path);
}

bool pack_check(const struct pack *pack, const struct placement *placement, const void *tree)
{
	if (pack->options->load_count != 0)
		return fail("--load %s: what is packed names its files by bulkhead,file",
			    pack->options->loads[0]);
	for (unsigned i = 0; i < placement->file_count; i++)
		if (!check_input(pack, placement->files[i].path))
			return false;
	/* The system may be a tree that is whole already. A source has another name than what is
	 * packed. */
	if (strstr(pack->options->system, ".dtb") != NULL &&
	    !check_input(pack, pack->options->system))
		return false;
	return check_input(pack, pack->board->image) && check_modules(pack) && check_order(pack) &&
	       check_window(pack) && check_memory(pack) && check_reserved(pack, tree);
}

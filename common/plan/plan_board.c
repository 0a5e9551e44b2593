/* SPDX-License-Identifier: Apache-2.0 */
/* What the host device tree says of the board. */
#include <libfdt.h>
#include <string.h>

#include "common/plan/planner.h"

#define GICR_PAGE	 0x10000
#define TIMER_PHYSICAL	 1 /* index into the timer's interrupts: non-secure EL1 physical */
#define TIMER_VIRTUAL	 2
#define TIMER_HYPERVISOR 3

static bool is_mappable(const struct plan_range *range)
{
	return range->size != 0 && range->size <= PLAN_ADDRESS_LIMIT &&
	       range->base.value <= PLAN_ADDRESS_LIMIT - range->size;
}

static void add_cpu(struct planner *planner, int node)
{
	struct plan_board *const board = &planner->plan->board;
	const char *const method = tree_string(&planner->tree, node, "enable-method");
	struct plan_range reg;

	if (!tree_is_enabled(&planner->tree, node))
		return;
	if (!tree_reg(&planner->tree, node, 0, &reg)) {
		plan_error(planner, node, "reg", "a CPU has one address, its MPIDR affinity", NULL,
			   "missing or of the wrong length");
		return;
	}
	if (method == NULL || strcmp(method, "psci") != 0) {
		plan_say(planner, REPORT_WARNING, node, "enable-method",
			 "Bulkhead starts CPUs through PSCI", NULL, "\"%s\": the CPU is not used",
			 method == NULL ? "" : method);
		return;
	}
	if (board->cpu_count == PLAN_MAX_CPUS) {
		plan_error(planner, node, NULL, "at most 64 CPUs are supported",
			   "switch CPUs off with status = \"disabled\"", "one CPU too many");
		return;
	}

	const uint64_t mpidr = reg.base.value & UINT64_C(0xff00ffffff);

	for (uint32_t i = 0; i < board->cpu_count; i++)
		if (board->cpus[i].mpidr == mpidr)
			plan_error(planner, node, "reg", "each CPU has an MPIDR of its own", NULL,
				   "MPIDR 0x%lx stands twice", mpidr);
	board->cpus[board->cpu_count++] = (struct plan_cpu){
		.mpidr = mpidr,
		.partition = PLAN_NONE,
		.phandle = fdt_get_phandle(planner->tree.fdt, node),
	};
}

static void plan_cpus_of_board(struct planner *planner)
{
	const int cpus = tree_child(&planner->tree, 0, "cpus");
	int node;

	if (cpus >= 0) {
		for (node = tree_first_child(&planner->tree, cpus); node >= 0;
		     node = tree_next_child(&planner->tree, node)) {
			const char *const type = tree_string(&planner->tree, node, "device_type");

			if (type != NULL && strcmp(type, "cpu") == 0)
				add_cpu(planner, node);
		}
	}
	if (planner->plan->board.cpu_count == 0)
		plan_error(planner, 0, NULL, "/cpus lists the CPUs", NULL, "no usable CPU");
}

static void add_bank(struct planner *planner, int node, const struct plan_range *range)
{
	struct plan_board *const board = &planner->plan->board;

	if (range->size == 0)
		return;
	if (!is_mappable(range)) {
		plan_error(planner, node, "reg", "memory ends below 64 TiB", NULL,
			   "0x%lx bytes at 0x%lx", range->size, range->base.value);
		return;
	}
	if (board->memory_bank_count == PLAN_MAX_MEMORY_BANKS) {
		plan_error(planner, node, "reg", "at most 32 memory banks are supported", NULL,
			   "one memory bank too many");
		return;
	}
	if (touches_memory(board, range->base.value, range->size)) {
		plan_error(planner, node, "reg", "memory banks do not overlap", NULL,
			   "0x%lx bytes at 0x%lx stand twice", range->size, range->base.value);
		return;
	}
	board->memory_banks[board->memory_bank_count++] = *range;
}

static void plan_memory(struct planner *planner)
{
	int node;

	for (node = tree_first_child(&planner->tree, 0); node >= 0;
	     node = tree_next_child(&planner->tree, node)) {
		const char *const type = tree_string(&planner->tree, node, "device_type");
		struct plan_range range;

		if (type == NULL || strcmp(type, "memory") != 0 ||
		    !tree_is_enabled(&planner->tree, node))
			continue;
		if (!tree_reg(&planner->tree, node, 0, &range))
			plan_error(planner, node, "reg",
				   "reg holds (address, size) in the root's cells", NULL,
				   "missing or of the wrong length");
		for (int i = 0; tree_reg(&planner->tree, node, i, &range); i++)
			add_bank(planner, node, &range);
	}
	if (planner->plan->board.memory_bank_count == 0)
		plan_error(planner, 0, NULL, "a node with device_type = \"memory\" lists the RAM",
			   NULL, "no memory");
}

static void claim_host(struct planner *planner, int node, const struct plan_range *range,
		       const char *what)
{
	add_claim(planner, (struct claim){
				   .base = range->base.value,
				   .size = range->size,
				   .what = what,
				   .partition = PLAN_NONE,
				   .node = node,
				   .space = SPACE_HOST,
			   });
}

/*
 * The ranges below /reserved-memory. A node without reg names only a size, for Linux to find a
 * place for. One that cannot be read is an error: its memory must not be given away.
 */
static void claim_reserved_nodes(struct planner *planner, int reserved)
{
	const struct tree *const tree = &planner->tree;
	int address_cells;
	int size_cells;
	const bool is_readable =
		tree_cells(tree, reserved, &address_cells, &size_cells) && size_cells != 0;
	int node;

	for (node = tree_first_child(tree, reserved); node >= 0;
	     node = tree_next_child(tree, node)) {
		struct plan_range range;

		if (tree_property(tree, node, "reg", NULL) == NULL)
			continue;
		if (!is_readable || !tree_reg(tree, node, 0, &range)) {
			plan_error(planner, node, "reg",
				   "(address, size) in the #address-cells and #size-cells of "
				   "/reserved-memory",
				   NULL, "of the wrong length, or in cells that cannot be read");
			continue;
		}
		for (int i = 0; tree_reg(tree, node, i, &range); i++)
			claim_host(planner, node, &range, "reserved memory");
	}
}

/* What the boot loader loaded for EL2: in RAM, and on nothing else. */
static void claim_own(struct planner *planner, const struct plan_range *range, const char *what)
{
	const struct claim own = {range->base.value, range->size, what, PLAN_NONE, -1, SPACE_HOST};

	if (!is_in_memory(&planner->plan->board, own.base, own.size))
		plan_error(planner, 0, NULL,
			   "image and device tree are loaded into the board's RAM",
			   "check the boot loader's addresses", "%s is at 0x%lx", what, own.base);
	(void)check_free(planner, 0, NULL, own);
	add_claim(planner, own);
}

/* Memory that is spoken for before any partition asks. */
static void claim_reserved(struct planner *planner)
{
	const struct plan_input *const input = planner->input;
	const int reserved = tree_child(&planner->tree, 0, "reserved-memory");
	const int entries = fdt_num_mem_rsv(planner->tree.fdt);
	const uint64_t tree_base = align_down(input->device_tree_address.value, PAGE_SIZE);
	const struct plan_range tree = {
		pa(tree_base),
		align_up(input->device_tree_address.value + input->device_tree_size, PAGE_SIZE) -
			tree_base,
	};

	if (reserved >= 0)
		claim_reserved_nodes(planner, reserved);
	claim_own(planner, &input->hypervisor, "the hypervisor");
	claim_own(planner, &tree, "the host device tree");
	/* Boot loaders reserve the device tree once more. */
	for (int i = 0; i < entries; i++) {
		uint64_t base;
		uint64_t size;

		if (fdt_get_mem_rsv(planner->tree.fdt, i, &base, &size) == 0)
			claim_host(planner, -1, &(struct plan_range){pa(base), size},
				   "/memreserve/");
	}
}

/* redistributor-stride: a page of 64 KiB or several, where the frames have gaps between them. */
static void read_stride(struct planner *planner, int node)
{
	struct plan_board *const board = &planner->plan->board;
	int length;
	const char *const stride =
		tree_property(&planner->tree, node, "redistributor-stride", &length);

	if (stride == NULL)
		return;
	if (length == 4 || length == 8)
		board->redistributor_stride = tree_number(stride, length / 4);
	if (board->redistributor_stride == 0 || !is_aligned(board->redistributor_stride, GICR_PAGE))
		plan_error(planner, node, "redistributor-stride",
			   "bytes, in one or two cells: a multiple of 64 KiB", NULL,
			   "0x%lx in %d bytes", board->redistributor_stride, length);
}

static void plan_interrupt_controller(struct planner *planner)
{
	struct plan_board *const board = &planner->plan->board;
	const struct tree *const tree = &planner->tree;
	const int node = tree_find_compatible(tree, "arm,gic-v3");
	bool is_level;
	int length;

	if (node < 0) {
		plan_error(planner, 0, NULL, "Bulkhead needs a GICv3 (compatible \"arm,gic-v3\")",
			   "on QEMU's virt machine: -M virt,gic-version=3", "no GICv3");
		return;
	}
	if (!tree_translated_reg(&planner->tree, node, 0, &board->distributor) ||
	    !is_mappable(&board->distributor) || board->distributor.size < PLAN_GICD_SIZE)
		plan_error(planner, node, "reg", "the first entry is the distributor, 64 KiB", NULL,
			   "no distributor");

	const char *const regions = tree_property(tree, node, "#redistributor-regions", &length);
	const uint64_t count = regions != NULL && length == 4 ? tree_number(regions, 1) : 1;

	while (board->redistributor_count < count &&
	       board->redistributor_count < PLAN_MAX_REDISTRIBUTOR_REGIONS &&
	       tree_translated_reg(&planner->tree, node, (int)board->redistributor_count + 1,
				   &board->redistributors[board->redistributor_count]) &&
	       is_mappable(&board->redistributors[board->redistributor_count]))
		board->redistributor_count++;
	if (board->redistributor_count != count || count == 0)
		plan_error(planner, node, "reg",
			   "after the distributor, reg lists 1 to 8 redistributor regions", NULL,
			   "%u of %lu redistributor regions", board->redistributor_count, count);

	planner->scratch->gic_phandle = fdt_get_phandle(tree->fdt, node);
	claim_host(planner, node, &board->distributor, "GIC distributor");
	for (uint32_t i = 0; i < board->redistributor_count; i++)
		claim_host(planner, node, &board->redistributors[i], "GIC redistributors");

	read_stride(planner, node);
	if (!tree_interrupt(&planner->tree, node, 0, &board->maintenance_intid, &is_level) ||
	    board->maintenance_intid >= PLAN_FIRST_SPI)
		plan_error(planner, node, "interrupts",
			   "the maintenance interrupt is a PPI in three cells", NULL,
			   "no maintenance interrupt");
}

/* Which of a node's interrupts has this name; without interrupt-names, the one that it usually is.
 */
static int interrupt_named(const struct tree *tree, int node, const char *name, int otherwise)
{
	int length;
	const char *const names = tree_property(tree, node, "interrupt-names", &length);
	int index = 0;

	if (names == NULL || length == 0 || names[length - 1] != '\0')
		return otherwise;
	for (int at = 0; at < length; at += (int)strlen(names + at) + 1, index++)
		if (strcmp(names + at, name) == 0)
			return index;
	return -1;
}

/* Reads one of the timer's interrupts. False: it is no PPI. */
static bool read_timer(const struct tree *tree, int node, const char *name, int otherwise,
		       uint32_t *intid)
{
	bool is_level;

	return tree_interrupt(tree, node, interrupt_named(tree, node, name, otherwise), intid,
			      &is_level) &&
	       *intid < PLAN_FIRST_SPI;
}

static void plan_timer(struct planner *planner)
{
	struct plan_board *const board = &planner->plan->board;
	const struct tree *const tree = &planner->tree;
	const int node = tree_find_compatible(tree, "arm,armv8-timer");

	if (node < 0) {
		plan_error(planner, 0, NULL, "the timer is compatible with \"arm,armv8-timer\"",
			   NULL, "no architected timer");
		return;
	}
	if (!read_timer(tree, node, "phys", TIMER_PHYSICAL, &board->physical_timer_intid) ||
	    !read_timer(tree, node, "virt", TIMER_VIRTUAL, &board->virtual_timer_intid) ||
	    !read_timer(tree, node, "hyp-phys", TIMER_HYPERVISOR, &board->hypervisor_timer_intid))
		plan_error(planner, node, "interrupts",
			   "secure, non-secure, virtual and hypervisor timer, each a PPI", NULL,
			   "missing or not PPIs");
}

static void plan_psci(struct planner *planner)
{
	static const char *const versions[] = {"arm,psci-1.0", "arm,psci-0.2"};
	int node = -1;

	for (unsigned i = 0; node < 0 && i < sizeof(versions) / sizeof(versions[0]); i++)
		node = tree_find_compatible(&planner->tree, versions[i]);
	if (node < 0) {
		plan_error(planner, 0, NULL, "CPUs are started through PSCI 0.2 or later",
			   "the firmware must provide PSCI, and the device tree a /psci node",
			   "no PSCI");
		return;
	}

	const char *const method = tree_string(&planner->tree, node, "method");

	if (method == NULL || strcmp(method, "smc") != 0) {
		plan_error(planner, node, "method", "a hypervisor reaches its firmware by \"smc\"",
			   "with \"hvc\" something else already runs at EL2", "\"%s\"",
			   method == NULL ? "" : method);
		return;
	}
	planner->plan->board.psci_conduit = PLAN_PSCI_SMC;
}

/* The console's node, whether we can drive it or not; negative: none is named. */
static int find_console(const struct tree *tree)
{
	const int chosen = tree_path(tree, "/chosen");
	const char *path = chosen < 0 ? NULL : tree_string(tree, chosen, "stdout-path");

	if (path == NULL)
		path = "serial0";

	/* Options of the line follow a colon. */
	const char *const colon = strchr(path, ':');

	return tree_find(tree, path, colon == NULL ? strlen(path) : (size_t)(colon - path));
}

static void read_console(const struct tree *tree, int node, struct plan_board *board)
{
	bool is_level = true;

	board->uart_type = PLAN_UART_NONE;
	if (node < 0 || !tree_is_compatible(tree, node, "arm,pl011") ||
	    !tree_translated_reg(tree, node, 0, &board->uart) || !is_mappable(&board->uart) ||
	    !tree_interrupt(tree, node, 0, &board->uart_intid, &is_level))
		return;
	board->uart_level_triggered = is_level;
	board->uart_type = PLAN_UART_PL011;
}

void plan_find_console(const void *device_tree, struct plan_board *board)
{
	const struct tree tree = {device_tree, NULL};

	read_console(&tree, find_console(&tree), board);
}

/* EL2 keeps the console's UART: its page and its interrupt. */
static void plan_console(struct planner *planner)
{
	struct plan_board *const board = &planner->plan->board;
	const int node = find_console(&planner->tree);

	read_console(&planner->tree, node, board);
	planner->scratch->console_node = board->uart_type == PLAN_UART_NONE ? -1 : node;
	if (board->uart_type == PLAN_UART_NONE)
		return;

	const uint64_t base = align_down(board->uart.base.value, PAGE_SIZE);

	claim_host(planner, node,
		   &(struct plan_range){
			   pa(base),
			   align_up(board->uart.base.value + board->uart.size, PAGE_SIZE) - base},
		   "the console");
	planner->scratch->interrupt_user[board->uart_intid] = -1;
}

void plan_board(struct planner *planner)
{
	plan_cpus_of_board(planner);
	plan_memory(planner);
	claim_reserved(planner);
	plan_interrupt_controller(planner);
	plan_timer(planner);
	plan_psci(planner);
	plan_console(planner);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* What the host device tree says of the board. */
#include "common/plan/planner.h"

#define GICR_PAGE	 0x10000
#define TIMER_PHYSICAL	 1 /* index into the timer's interrupts: non-secure EL1 physical */
#define TIMER_VIRTUAL	 2
#define TIMER_HYPERVISOR 3

/* False: it is not used, which has been said. */
static bool add_cpu(struct planner *planner, int node)
{
	struct plan_board *const board = &planner->plan->board;
	struct plan_range reg;

	if (!tree_reg(&planner->tree, node, 0, &reg))
		return plan_error(planner, node, "reg", "a CPU has one address, its MPIDR affinity",
				  NULL, "missing or of the wrong length");
	if (!tree_says(&planner->tree, node, "enable-method", "psci")) {
		plan_say(planner, REPORT_WARNING, node, "enable-method",
			 "Bulkhead starts CPUs through PSCI", NULL, "\"%s\": the CPU is not used",
			 tree_string(&planner->tree, node, "enable-method"));
		return false;
	}
	if (board->cpu_count == PLAN_MAX_CPUS)
		return plan_error(planner, node, NULL, "at most 64 CPUs are supported",
				  "switch CPUs off with status = \"disabled\"", "one CPU too many");

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
	return true;
}

static void plan_cpus_of_board(struct planner *planner)
{
	const struct tree *const tree = &planner->tree;
	const int cpus = tree_child(tree, 0, "cpus");

	if (cpus >= 0)
		for_each_child (node, tree, cpus)
			if (tree_says(tree, node, "device_type", "cpu") &&
			    tree_is_enabled(tree, node))
				add_cpu(planner, node);
	if (planner->plan->board.cpu_count == 0)
		plan_error(planner, 0, NULL, "/cpus lists the CPUs", NULL, "no usable CPU");
}

static void add_bank(struct planner *planner, int node, struct plan_range range)
{
	struct plan_board *const board = &planner->plan->board;
	const struct span span = span_of(range);

	/* Boot loaders write all banks into one node, and leave the others as they are. */
	if (range.size == 0 || is_in_memory(board, span))
		return;
	if (!is_mappable(span))
		plan_error(planner, node, "reg", "memory ends below 64 TiB", NULL,
			   "0x%lx bytes at 0x%lx", span.size, span.base);
	else if (board->memory_bank_count == PLAN_MAX_MEMORY_BANKS)
		plan_error(planner, node, "reg", "at most 32 memory banks are supported", NULL,
			   "one memory bank too many");
	else if (touches_memory(board, span))
		plan_error(planner, node, "reg", "memory banks do not overlap", NULL,
			   "0x%lx bytes at 0x%lx stand twice", span.size, span.base);
	else
		board->memory_banks[board->memory_bank_count++] = range;
}

static void plan_memory(struct planner *planner)
{
	const struct tree *const tree = &planner->tree;
	struct plan_range range;

	for_each_child (node, tree, 0) {
		if (!tree_says(tree, node, "device_type", "memory") || !tree_is_enabled(tree, node))
			continue;
		if (!tree_reg(tree, node, 0, &range))
			plan_error(planner, node, "reg",
				   "reg holds (address, size) in the root's cells", NULL,
				   "missing or of the wrong length");
		for (int i = 0; tree_reg(tree, node, i, &range); i++)
			add_bank(planner, node, range);
	}
	if (planner->plan->board.memory_bank_count == 0)
		plan_error(planner, 0, NULL, "a node with device_type = \"memory\" lists the RAM",
			   NULL, "no memory");
}

static void claim_host(struct planner *planner, int node, struct span span, const char *what)
{
	add_claim(planner, &(struct claim){span, what, PLAN_NONE, node, SPACE_HOST});
}

/*
 * The ranges below /reserved-memory. A node without reg names only a size, for Linux to find a
 * place for. One that cannot be read is an error: its memory must not be given away.
 */
static void claim_reserved_nodes(struct planner *planner, int reserved)
{
	const struct tree *const tree = &planner->tree;
	struct plan_range range;
	struct cells cells;
	const bool is_readable = tree_cells(tree, reserved, &cells) && cells.size != 0;

	for_each_child (node, tree, reserved) {
		if (!tree_has(tree, node, "reg"))
			continue;
		if (!is_readable || !tree_reg(tree, node, 0, &range))
			plan_error(planner, node, "reg",
				   "(address, size) in the #address-cells and #size-cells of "
				   "/reserved-memory",
				   NULL, "of the wrong length, or in cells that cannot be read");
		for (int i = 0; is_readable && tree_reg(tree, node, i, &range); i++)
			claim_host(planner, node, span_of(range), "reserved memory");
	}
}

/* What the boot loader loaded for EL2: in RAM, and on nothing else. */
static void claim_own(struct planner *planner, struct span span, const char *what)
{
	const struct claim own = {span, what, PLAN_NONE, -1, SPACE_HOST};

	if (!is_in_memory(&planner->plan->board, span))
		plan_error(planner, 0, NULL,
			   "image and device tree are loaded into the board's RAM",
			   "check the boot loader's addresses", "%s is at 0x%lx", what, span.base);
	check_free(planner, 0, NULL, &own);
	add_claim(planner, &own);
}

/* What the boot loader passes on, as to Linux: addresses of one cell or two. */
static void claim_ramdisk(struct planner *planner)
{
	const struct tree *const tree = &planner->tree;
	const int chosen = planner->chosen;
	uint64_t start = 0;
	uint64_t end = 0;

	if (chosen >= 0 && tree_u64(tree, chosen, "linux,initrd-start", &start) &&
	    tree_u64(tree, chosen, "linux,initrd-end", &end) && start < end)
		claim_host(planner, chosen, (struct span){start, end - start},
			   "the boot loader's ramdisk");
}

/* Memory that is spoken for before any partition asks. */
static void claim_reserved(struct planner *planner)
{
	const struct plan_input *const input = planner->input;
	const int reserved = tree_child(&planner->tree, 0, "reserved-memory");
	const int entries = fdt_num_mem_rsv(planner->tree.fdt);
	struct span span;

	if (reserved >= 0)
		claim_reserved_nodes(planner, reserved);
	claim_own(planner, span_of(input->hypervisor), "the hypervisor");
	claim_own(planner,
		  whole_pages(
			  (struct plan_range){input->device_tree_address, input->device_tree_size}),
		  "the host device tree");
	claim_ramdisk(planner);
	/* Boot loaders reserve device tree and ramdisk once more. */
	for (int i = 0; i < entries; i++)
		if (fdt_get_mem_rsv(planner->tree.fdt, i, &span.base, &span.size) == 0)
			claim_host(planner, -1, span, "/memreserve/");
}

/* redistributor-stride: a page of 64 KiB or several, where the frames have gaps between them. */
static void read_stride(struct planner *planner, int node)
{
	uint64_t *const stride = &planner->plan->board.redistributor_stride;
	const struct property value = tree_property(&planner->tree, node, "redistributor-stride");

	if (value.bytes == NULL)
		return;
	(void)tree_u64(&planner->tree, node, "redistributor-stride", stride);
	if (*stride == 0 || !is_aligned(*stride, GICR_PAGE))
		plan_error(planner, node, "redistributor-stride",
			   "bytes, in one or two cells: a multiple of 64 KiB", NULL,
			   "0x%lx in %d bytes", *stride, value.length);
}

/* The index-th register range of a node, when EL2 can map it. */
static bool mappable_reg(const struct tree *tree, int node, uint32_t index,
			 struct plan_range *range)
{
	return tree_translated_reg(tree, node, (int)index, range) && is_mappable(span_of(*range));
}

static void plan_redistributors(struct planner *planner, int node)
{
	struct plan_board *const board = &planner->plan->board;
	const uint32_t count = tree_u32(&planner->tree, node, "#redistributor-regions", 1);
	uint32_t *const found = &board->redistributor_count;

	while (*found < count && *found < PLAN_MAX_REDISTRIBUTOR_REGIONS &&
	       mappable_reg(&planner->tree, node, *found + 1, &board->redistributors[*found]))
		(*found)++;
	if (*found != count || count == 0)
		plan_error(planner, node, "reg",
			   "after the distributor, reg lists 1 to 8 redistributor regions", NULL,
			   "%u of %u redistributor regions", *found, count);
	for (uint32_t i = 0; i < *found; i++)
		claim_host(planner, node, span_of(board->redistributors[i]), "GIC redistributors");
}

/* The index-th interrupt of a node when it is a PPI. */
static bool read_ppi(const struct tree *tree, int node, int index, uint32_t *intid)
{
	struct plan_interrupt interrupt;

	if (!tree_interrupt(tree, node, index, &interrupt))
		return false;
	*intid = interrupt.intid;
	return interrupt.intid < PLAN_FIRST_SPI;
}

static void plan_interrupt_controller(struct planner *planner)
{
	struct plan_board *const board = &planner->plan->board;
	const struct tree *const tree = &planner->tree;
	const int node = tree_find_compatible(tree, "arm,gic-v3");

	if (node < 0) {
		plan_error(planner, 0, NULL, "Bulkhead needs a GICv3 (compatible \"arm,gic-v3\")",
			   "on QEMU's virt machine: -M virt,gic-version=3", "no GICv3");
		return;
	}
	if (!mappable_reg(tree, node, 0, &board->distributor) ||
	    board->distributor.size < PLAN_GICD_SIZE)
		plan_error(planner, node, "reg", "the first entry is the distributor, 64 KiB", NULL,
			   "no distributor");
	planner->scratch->gic_phandle = fdt_get_phandle(tree->fdt, node);
	claim_host(planner, node, span_of(board->distributor), "GIC distributor");
	plan_redistributors(planner, node);
	read_stride(planner, node);
	if (!read_ppi(tree, node, 0, &board->maintenance_intid))
		plan_error(planner, node, "interrupts",
			   "the maintenance interrupt is a PPI in three cells", NULL,
			   "no maintenance interrupt");
}

/* One of the timer's interrupts: by its name, or without interrupt-names where it usually is. */
static bool read_timer(const struct tree *tree, int node, const char *name, int index,
		       uint32_t *intid)
{
	const struct property names = tree_property(tree, node, "interrupt-names");

	if (names.length != 0 && names.bytes[names.length - 1] == '\0')
		index = fdt_stringlist_search(tree->fdt, node, "interrupt-names", name);
	return read_ppi(tree, node, index, intid);
}

static void plan_timer(struct planner *planner)
{
	struct plan_board *const board = &planner->plan->board;
	const struct tree *const tree = &planner->tree;
	const int node = tree_find_compatible(tree, "arm,armv8-timer");

	if (node < 0)
		plan_error(planner, 0, NULL, "the timer is compatible with \"arm,armv8-timer\"",
			   NULL, "no architected timer");
	else if (!read_timer(tree, node, "phys", TIMER_PHYSICAL, &board->physical_timer_intid) ||
		 !read_timer(tree, node, "virt", TIMER_VIRTUAL, &board->virtual_timer_intid) ||
		 !read_timer(tree, node, "hyp-phys", TIMER_HYPERVISOR,
			     &board->hypervisor_timer_intid))
		plan_error(planner, node, "interrupts",
			   "secure, non-secure, virtual and hypervisor timer, each a PPI", NULL,
			   "missing or not PPIs");
}

static void plan_psci(struct planner *planner)
{
	const struct tree *const tree = &planner->tree;
	int node = tree_find_compatible(tree, "arm,psci-1.0");

	if (node < 0)
		node = tree_find_compatible(tree, "arm,psci-0.2");
	if (node < 0)
		plan_error(planner, 0, NULL, "CPUs are started through PSCI 0.2 or later",
			   "the firmware must provide PSCI, and the device tree a /psci node",
			   "no PSCI");
	else if (!tree_says(tree, node, "method", "smc"))
		plan_error(planner, node, "method", "a hypervisor reaches its firmware by \"smc\"",
			   "with \"hvc\" something else already runs at EL2", "\"%s\"",
			   tree_string(tree, node, "method"));
	else
		planner->plan->board.psci_conduit = PLAN_PSCI_SMC;
}

/* The console's node, whether we can drive it or not; negative: none is named. */
static int find_console(const struct tree *tree)
{
	const int chosen = tree_child(tree, 0, "chosen");
	const char *path = chosen < 0 ? NULL : tree_string(tree, chosen, "stdout-path");

	if (path == NULL)
		path = "serial0";

	/* Options of the line follow a colon. */
	const char *const colon = strchr(path, ':');

	return tree_find(tree, path, colon == NULL ? strlen(path) : (size_t)(colon - path));
}

static void read_console(const struct tree *tree, int node, struct plan_board *board)
{
	struct plan_interrupt interrupt;

	board->uart_intid = 0;
	if (node < 0 || !mappable_reg(tree, node, 0, &board->uart) ||
	    !tree_interrupt(tree, node, 0, &interrupt) || !read_uart(tree, node, board))
		return;
	board->uart_intid = interrupt.intid;
	board->uart_level_triggered = interrupt.level_triggered;
}

void plan_find_console(const void *device_tree, size_t size, struct tree_index *index,
		       struct plan_board *board)
{
	const bool is_good = tree_check(device_tree, size, index) == TREE_OK;
	const struct tree tree = {device_tree, is_good ? index : NULL};

	read_console(&tree, find_console(&tree), board);
}

/* EL2 keeps the console's UART: its page and its interrupt. */
static void plan_console(struct planner *planner)
{
	struct plan_board *const board = &planner->plan->board;
	const int node = find_console(&planner->tree);

	read_console(&planner->tree, node, board);
	planner->scratch->console_node = board->uart_intid == 0 ? -1 : node;
	if (board->uart_intid == 0)
		return;
	claim_host(planner, node, whole_pages(board->uart), "the console");
	planner->scratch->interrupt_user[board->uart_intid] = -1;
}

/* An enabled SBSA watchdog; negative: the board has none. */
static int find_watchdog(const struct tree *tree)
{
	for (struct tree_walk walk = tree_walk(tree, 0); walk.node >= 0; tree_walk_on(&walk))
		if (tree_is_compatible(tree, walk.node, "arm,sbsa-gwdt") &&
		    tree_is_enabled(tree, walk.node))
			return walk.node;
	return -1;
}

/* The page of one of its frames. False: there is none that EL2 could map. */
static bool claim_frame(struct planner *planner, int node, uint32_t index, pa_t *frame)
{
	struct plan_range range;

	if (!mappable_reg(&planner->tree, node, index, &range) || range.size < PAGE_SIZE ||
	    !is_aligned(range.base.value, PAGE_SIZE) ||
	    touches_memory(&planner->plan->board, span_of(range)))
		return false;
	claim_free(planner, node, "reg",
		   &(struct claim){host_span(range.base, PAGE_SIZE), "the watchdog", PLAN_NONE,
				   node, SPACE_HOST});
	*frame = range.base;
	return true;
}

/*
 * The watchdog that housekeeping feeds. What may be its longest time, half of it in each of its two
 * stages, fits into 32 bits (version 0) where the system counter has 1 GHz.
 */
static void plan_watchdog(struct planner *planner)
{
	struct plan_board *const board = &planner->plan->board;
	const struct tree *const tree = &planner->tree;
	const int chosen = planner->chosen;
	const bool is_fed = chosen >= 0 && tree_has(tree, chosen, "bulkhead,feed-watchdog");
	const int node = is_fed ? find_watchdog(tree) : -1;

	planner->scratch->watchdog_node = node;
	if (!is_fed)
		return;
	board->feed_watchdog = tree_u32(tree, chosen, "bulkhead,feed-watchdog", 0);
	if (board->feed_watchdog < 100 || board->feed_watchdog > 8000)
		plan_error(planner, chosen, "bulkhead,feed-watchdog",
			   "ms without food after which it resets the board, 100 to 8000", NULL,
			   "%u", board->feed_watchdog);
	if (node < 0) {
		plan_error(planner, chosen, "bulkhead,feed-watchdog",
			   "the board's watchdog is compatible with \"arm,sbsa-gwdt\"",
			   "leave it out: Bulkhead knows no others",
			   "no such watchdog, or it is switched off");
		return;
	}
	if (!claim_frame(planner, node, 0, &board->watchdog_control) ||
	    !claim_frame(planner, node, 1, &board->watchdog_refresh))
		plan_error(planner, node, "reg",
			   "control frame and refresh frame, each a page of 4 KiB below 64 TiB and "
			   "not in RAM",
			   NULL, "no watchdog that can be fed");
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
	plan_watchdog(planner);
}

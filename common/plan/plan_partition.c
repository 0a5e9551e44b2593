/* SPDX-License-Identifier: Apache-2.0 */
/* The partitions' nodes: their names, properties and children. */
#include <libfdt.h>
#include <string.h>

#include "common/lib/format.h"
#include "common/plan/plan_properties.h"
#include "common/plan/planner.h"

#define DEFAULT_ESCAPE_KEY 0x0f /* ^O */

static bool is_partition(const struct tree *tree, int node)
{
	return tree_is_compatible(tree, node, "bulkhead,partition") ||
	       tree_is_compatible(tree, node, "xen,domain");
}

/* Names: unique, letters, digits and ". _ -", at most 31 characters. */
static void read_name(struct planner *planner, int node, uint32_t index)
{
	struct plan_partition *const partition = &planner->plan->partitions[index];
	const char *name = fdt_get_name(planner->tree.fdt, node, NULL);

	if (tree_property(&planner->tree, node, "label", NULL) != NULL)
		name = tree_string(&planner->tree, node, "label");
	/* Not a string. */
	if (name == NULL)
		name = "";

	const size_t length = strlen(name);

	if (length == 0 || length >= PLAN_NAME_SIZE)
		plan_error(planner, node, "label", "a name has 1 to 31 characters",
			   "give the partition a short label", "\"%s\" has %lu", name, length);
	for (size_t i = 0; i < length; i++) {
		const char c = name[i];

		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
		      c == '.' || c == '_' || c == '-' || c == '@')) {
			plan_error(planner, node, "label",
				   "a name has letters, digits, '.', '_', '-' and '@'", NULL,
				   "\"%s\"", name);
			break;
		}
	}
	(void)format(partition->name, sizeof(partition->name), "%s", name);
	for (uint32_t i = 0; i < index; i++)
		if (strcmp(planner->plan->partitions[i].name, partition->name) == 0)
			plan_error(planner, node, "label", "names are unique",
				   "give one of them another label", "\"%s\" is taken", name);
}

static void read_properties(struct planner *planner, int node, uint32_t index)
{
	int property;

	fdt_for_each_property_offset (property, planner->tree.fdt, node) {
		struct property_value value = {.node = node, .partition = index};

		value.data = fdt_getprop_by_offset(planner->tree.fdt, property, &value.name,
						   &value.length);
		if (value.data != NULL)
			plan_property(planner, &value);
	}
}

/* "4": one CPU of the board. Negative: something else. */
static int parse_cpu(const char *text)
{
	int cpu = 0;

	if (text == NULL || text[0] == '\0' || strlen(text) > 3)
		return -1;
	for (; *text != '\0'; text++) {
		if (*text < '0' || *text > '9')
			return -1;
		cpu = 10 * cpu + (*text - '0');
	}
	return cpu;
}

/* Xen's way to pin a vCPU: xen,vcpu with id and hard-affinity. */
static void read_vcpu(struct planner *planner, int node, uint32_t index)
{
	static const char *const names[] = {"compatible", "id", "hard-affinity", "phandle"};
	struct request *const request = &planner->scratch->requests[index];
	const uint32_t id = tree_u32(&planner->tree, node, "id", PLAN_NONE);
	const char *const affinity = tree_string(&planner->tree, node, "hard-affinity");
	const int cpu = parse_cpu(affinity);

	check_property_names(planner, node, names, sizeof(names) / sizeof(names[0]),
			     "a vCPU has id and hard-affinity");
	if (id >= PLAN_MAX_CPUS) {
		plan_error(planner, node, "id", "the number of the vCPU, 0 to 63", NULL,
			   "missing, or too large");
		return;
	}
	if (cpu < 0) {
		plan_error(planner, node, "hard-affinity",
			   "a vCPU is pinned to one CPU, such as \"2\"",
			   "name one CPU, or use bulkhead,cpus", "\"%s\"",
			   affinity == NULL ? "" : affinity);
		return;
	}
	if ((uint32_t)cpu >= planner->plan->board.cpu_count) {
		plan_error(planner, node, "hard-affinity", "the number of a CPU that the board has",
			   NULL, "%d, but there are %u", cpu, planner->plan->board.cpu_count);
		return;
	}
	if (request->cpus[id] != PLAN_NONE)
		plan_error(planner, node, "id", "each vCPU is described once", NULL,
			   "vCPU %u stands twice", id);
	request->cpus[id] = (uint32_t)cpu;
}

/* Whether a child is a module, and where the request keeps its node. */
static bool find_slot(const struct tree *tree, int node, struct request *request, int **slot)
{
	if (tree_is_compatible(tree, node, "multiboot,kernel"))
		*slot = &request->kernel;
	else if (tree_is_compatible(tree, node, "multiboot,ramdisk"))
		*slot = &request->ramdisk;
	else if (tree_is_compatible(tree, node, "multiboot,device-tree"))
		*slot = &request->partial_tree;
	else
		return false;
	return true;
}

/* A child of a partition: a module, or something else of the binding. */
static void read_child(struct planner *planner, int node, uint32_t index)
{
	struct request *const request = &planner->scratch->requests[index];
	const struct tree *const tree = &planner->tree;
	int *slot;

	if (!tree_is_enabled(tree, node))
		return;
	if (find_slot(tree, node, request, &slot)) {
		if (*slot >= 0)
			plan_error(planner, node, "compatible",
				   "a partition has one kernel, at most one ramdisk and at most "
				   "one device tree",
				   NULL, "a second one");
		else
			*slot = node;
	} else if (tree_is_compatible(tree, node, "xen,vcpu")) {
		read_vcpu(planner, node, index);
	} else if (tree_is_compatible(tree, node, "xen,domain-shared-memory-v1")) {
		/* plan_channels() reads it when all partitions are known. */
	} else if (tree_is_compatible(tree, node, "xen,evtchn-v1")) {
		plan_error(planner, node, "compatible", "Bulkhead has no Xen event channels",
			   "use a bulkhead,channel node: shared memory and a doorbell",
			   "\"xen,evtchn-v1\"");
	} else {
		const char *const compatible = tree_string(tree, node, "compatible");

		plan_error(planner, node, "compatible",
			   "a partition's children are \"multiboot,kernel\", "
			   "\"multiboot,ramdisk\", \"multiboot,device-tree\", \"xen,vcpu\" and "
			   "\"xen,domain-shared-memory-v1\"",
			   NULL, "\"%s\"", compatible == NULL ? "" : compatible);
	}
}

static void begin_partition(struct planner *planner, int node, uint32_t index)
{
	struct plan_partition *const partition = &planner->plan->partitions[index];
	struct request *const request = &planner->scratch->requests[index];

	partition->trap_unmapped = 1;
	partition->on_shutdown = PLAN_STOP;
	partition->on_reset = PLAN_RESTART;
	partition->on_crash = PLAN_STOP;
	partition->on_watchdog = PLAN_RESTART;
	memset(request, 0, sizeof(*request));
	request->node = node;
	request->kernel = -1;
	request->ramdisk = -1;
	request->partial_tree = -1;
	for (uint32_t i = 0; i < PLAN_MAX_CPUS; i++)
		request->cpus[i] = PLAN_NONE;
}

/* vCPUs named by xen,vcpu nodes: all of them or none, unless bulkhead,cpus says it. */
static void count_named_cpus(struct planner *planner, uint32_t index)
{
	struct request *const request = &planner->scratch->requests[index];
	uint32_t named = 0;
	uint32_t end = 0;

	for (uint32_t i = 0; i < PLAN_MAX_CPUS; i++) {
		if (request->cpus[i] == PLAN_NONE)
			continue;
		named++;
		end = i + 1;
	}
	if (named == 0)
		return;
	if (request->named_cpus != 0)
		plan_error(planner, request->node, "bulkhead,cpus",
			   "CPUs are named by bulkhead,cpus or by xen,vcpu nodes, not both", NULL,
			   "both are there");
	else if (named != end)
		plan_error(planner, request->node, NULL, "either all vCPUs are pinned or none",
			   "give each vCPU a xen,vcpu node", "%u of %u vCPUs have a xen,vcpu node",
			   named, end);
	else
		request->named_cpus = named;
}

/* What several properties together may not be. */
static void check_partition(struct planner *planner, uint32_t index)
{
	const struct request *const request = &planner->scratch->requests[index];
	const struct plan_partition *const partition = &planner->plan->partitions[index];
	const int node = request->node;

	if (request->kernel < 0)
		plan_error(planner, node, NULL,
			   "a partition has a child with compatible = \"multiboot,kernel\"", NULL,
			   "no kernel");
	if (partition->direct_sgi_open != 0 && partition->direct_interrupts == 0)
		plan_error(planner, node, "bulkhead,direct-sgi", "it is part of direct mode",
			   "write bulkhead,irq-mode = \"direct\"", "without direct mode");
	if (partition->colors != 0 && request->static_count != 0)
		plan_error(planner, node, "llc-colors",
			   "colours choose the pages, xen,static-mem names them",
			   "give the partition memory instead", "both are there");
	if (tree_property(&planner->tree, node, "bulkhead,on-watchdog", NULL) != NULL &&
	    partition->watchdog == 0)
		plan_say(planner, REPORT_WARNING, node, "bulkhead,on-watchdog",
			 "it says what a watchdog's expiry does", "write bulkhead,watchdog",
			 "without a watchdog");
}

static void read_partition(struct planner *planner, int node)
{
	struct plan *const plan = planner->plan;
	const uint32_t index = plan->partition_count;
	int child;

	if (!tree_is_enabled(&planner->tree, node)) {
		plan_say(planner, REPORT_NOTE, node, "status", NULL, NULL,
			 "switched off: it is left out");
		return;
	}
	if (index == PLAN_MAX_PARTITIONS) {
		plan_error(planner, node, NULL, "at most 16 partitions are supported", NULL,
			   "one partition too many");
		return;
	}
	plan->partition_count++;
	begin_partition(planner, node, index);
	read_name(planner, node, index);
	read_properties(planner, node, index);
	for (child = tree_first_child(&planner->tree, node); child >= 0;
	     child = tree_next_child(&planner->tree, child)) {
		read_child(planner, child, index);
	}
	count_named_cpus(planner, index);
	check_partition(planner, index);
}

/* A child of /chosen that is no partition; plan_channels() reads channels. */
static void read_other(struct planner *planner, int node)
{
	const struct tree *const tree = &planner->tree;

	if (tree_is_compatible(tree, node, "multiboot,kernel") ||
	    tree_is_compatible(tree, node, "xen,linux-zimage")) {
		plan_error(planner, node, "compatible", "Bulkhead has no dom0",
			   "put the kernel into a node with compatible = \"bulkhead,partition\"",
			   "a kernel directly below /chosen");
		return;
	}
	if (tree_is_compatible(tree, node, "bulkhead,channel") ||
	    tree_is_compatible(tree, node, "bulkhead,net-link") ||
	    tree_is_compatible(tree, node, "bulkhead,console-link"))
		return;

	const char *const compatible = tree_string(tree, node, "compatible");

	if (compatible != NULL &&
	    (strncmp(compatible, "bulkhead,", 9) == 0 || strncmp(compatible, "xen,", 4) == 0))
		plan_error(planner, node, "compatible",
			   "below /chosen: \"bulkhead,partition\" (or \"xen,domain\"), "
			   "\"bulkhead,channel\", \"bulkhead,net-link\", "
			   "\"bulkhead,console-link\"",
			   NULL, "\"%s\" is unknown", compatible);
	else
		plan_say(planner, REPORT_NOTE, node, NULL, NULL, NULL,
			 "not part of the binding: it is left alone");
}

/* Direct mode's open SGIs reach every CPU of the board. */
static void check_direct_modes(struct planner *planner)
{
	const struct plan *const plan = planner->plan;
	uint32_t direct = 0;

	for (uint32_t i = 0; i < plan->partition_count; i++)
		direct += plan->partitions[i].direct_interrupts;
	for (uint32_t i = 0; i < plan->partition_count; i++)
		if (plan->partitions[i].direct_sgi_open != 0 && direct > 1)
			plan_error(planner, planner->scratch->requests[i].node,
				   "bulkhead,direct-sgi",
				   "\"open\" is for the only partition in direct mode",
				   "write \"trap\", or leave it out",
				   "%u partitions are in direct mode", direct);
}

/* bulkhead,supervises: phandles of partitions. */
static void read_supervised(struct planner *planner, uint32_t index)
{
	const int node = planner->scratch->requests[index].node;
	int length;
	const char *const cells =
		tree_property(&planner->tree, node, "bulkhead,supervises", &length);

	if (cells == NULL)
		return;
	for (int at = 0; at + 4 <= length; at += 4) {
		const uint32_t other =
			find_partition(planner, (uint32_t)tree_number(cells + at, 1));

		if (other == PLAN_NONE || other == index)
			plan_error(planner, node, "bulkhead,supervises",
				   "phandles of other partitions", "write <&linux1>",
				   "entry %d names no other partition", at / 4);
		else
			planner->plan->partitions[index].supervises |= 1U << other;
	}
	if (length == 0 || length % 4 != 0)
		plan_error(planner, node, "bulkhead,supervises", "phandles of other partitions",
			   "write <&linux1>", "%d bytes", length);
	else if (planner->plan->partitions[index].supervises != 0)
		plan_unsupported(planner, node, "bulkhead,supervises", "the supervisor device");
}

/* "^X" with a capital letter. */
static void read_escape_key(struct planner *planner)
{
	const int chosen = planner->chosen;
	const char *const key = tree_string(&planner->tree, chosen, "bulkhead,console-escape");

	planner->plan->escape_key = DEFAULT_ESCAPE_KEY;
	if (tree_property(&planner->tree, chosen, "bulkhead,console-escape", NULL) == NULL)
		return;
	if (key == NULL || key[0] != '^' || key[1] < 'A' || key[1] > 'Z' || key[2] != '\0') {
		plan_error(planner, chosen, "bulkhead,console-escape",
			   "'^' and a capital letter, such as \"^O\"", NULL, "\"%s\"",
			   key == NULL ? "" : key);
		return;
	}
	planner->plan->escape_key = (uint32_t)(key[1] - '@');
}

uint32_t find_partition(const struct planner *planner, uint32_t phandle)
{
	const int node = tree_by_phandle(&planner->tree, phandle);

	for (uint32_t i = 0; node >= 0 && i < planner->plan->partition_count; i++)
		if (planner->scratch->requests[i].node == node)
			return i;
	return PLAN_NONE;
}

void plan_partitions(struct planner *planner)
{
	const int chosen = planner->chosen;
	int node;

	if (chosen >= 0) {
		plan_chosen_properties(planner);
		read_escape_key(planner);
		for (node = tree_first_child(&planner->tree, chosen); node >= 0;
		     node = tree_next_child(&planner->tree, node)) {
			if (is_partition(&planner->tree, node))
				read_partition(planner, node);
			else
				read_other(planner, node);
		}
	}
	if (planner->plan->partition_count == 0)
		plan_error(planner, chosen < 0 ? 0 : chosen, NULL,
			   "partitions are children with compatible = \"bulkhead,partition\"", NULL,
			   "no partition");
	for (uint32_t i = 0; i < planner->plan->partition_count; i++)
		read_supervised(planner, i);
	check_direct_modes(planner);
}

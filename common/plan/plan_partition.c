/* SPDX-License-Identifier: Apache-2.0 */
/* The partitions' nodes: their names, properties and children. */
#include "common/plan/plan_properties.h"

#define DEFAULT_ESCAPE_KEY 0x0f /* ^O */

static bool is_partition(const struct tree *tree, int node)
{
	return tree_is_compatible(tree, node, "bulkhead,partition") ||
	       tree_is_compatible(tree, node, "xen,domain");
}

static bool is_name_character(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '.' || c == '_' || c == '-' || c == '@';
}

/* Names: unique, letters, digits and ". _ - @", at most 31 characters. */
static void read_name(struct planner *planner, const struct request *request)
{
	const int node = request->node;
	char *const own = request->partition->name;
	const char *name = tree_has(&planner->tree, node, "label")
				   ? tree_string(&planner->tree, node, "label")
				   : tree_name(&planner->tree, node);
	size_t good = 0;

	/* Not a string. */
	if (name == NULL)
		name = "";

	const size_t length = strlen(name);

	if (length == 0 || length >= PLAN_NAME_SIZE)
		plan_error(planner, node, "label", "a name has 1 to 31 characters",
			   "give the partition a short label", "\"%s\" has %lu", name, length);
	while (is_name_character(name[good]))
		good++;
	if (good != length)
		plan_error(planner, node, "label",
			   "a name has letters, digits, '.', '_', '-' and '@'", NULL, "\"%s\"",
			   name);
	(void)format(own, PLAN_NAME_SIZE, "%s", name);
	for (uint32_t i = 0; i < request->index; i++)
		if (strcmp(planner->plan->partitions[i].name, own) == 0)
			plan_error(planner, node, "label", "names are unique",
				   "give one of them another label", "\"%s\" is taken", name);
}

/* "4": one CPU of the board. Negative: something else. */
static int parse_cpu(const char *text)
{
	if (text == NULL || strlen(text) > 3)
		return -1;

	const int cpu = take_decimal(&text, 100);

	return *text == '\0' ? cpu : -1;
}

/* Xen's way to pin a vCPU: xen,vcpu with id and hard-affinity. */
static bool read_vcpu(struct planner *planner, struct request *request, int node)
{
	static const char *const names[] = {"compatible", "id", "hard-affinity", "phandle"};
	const uint32_t count = planner->plan->board.cpu_count;
	const uint32_t id = tree_u32(&planner->tree, node, "id", PLAN_NONE);
	const char *const affinity = tree_string(&planner->tree, node, "hard-affinity");
	const int cpu = parse_cpu(affinity);

	check_property_names(planner, node, names, COUNT_OF(names),
			     "a vCPU has id and hard-affinity");
	if (id >= PLAN_MAX_CPUS)
		return plan_error(planner, node, "id", "the number of the vCPU, 0 to 63", NULL,
				  "missing, or too large");
	if (cpu < 0)
		return plan_error(planner, node, "hard-affinity",
				  "a vCPU is pinned to one CPU, such as \"2\"",
				  "name one CPU, or use bulkhead,cpus", "\"%s\"", affinity);
	if ((uint32_t)cpu >= count)
		return plan_error(planner, node, "hard-affinity",
				  "the number of a CPU that the board has", NULL,
				  "%d, but there are %u", cpu, count);
	if (request->cpus[id] != PLAN_NONE)
		plan_error(planner, node, "id", "each vCPU is described once", NULL,
			   "vCPU %u stands twice", id);
	request->cpus[id] = (uint32_t)cpu;
	return true;
}

/* A child of a partition: a module, or something else of the binding. */
static void read_child(struct planner *planner, struct request *request, int node)
{
	const struct tree *const tree = &planner->tree;
	const struct {
		const char *compatible;
		int *node;
	} modules[] = {
		{"multiboot,kernel", &request->kernel},
		{"multiboot,ramdisk", &request->ramdisk},
		{"multiboot,device-tree", &request->partial_tree},
	};
	unsigned i = 0;

	while (i < COUNT_OF(modules) && !tree_is_compatible(tree, node, modules[i].compatible))
		i++;
	if (i < COUNT_OF(modules) && *modules[i].node >= 0)
		plan_error(planner, node, "compatible",
			   "a partition has one kernel, at most one ramdisk and at most one device "
			   "tree",
			   NULL, "a second one");
	else if (i < COUNT_OF(modules))
		*modules[i].node = node;
	else if (tree_is_compatible(tree, node, "xen,vcpu"))
		read_vcpu(planner, request, node);
	else if (tree_is_compatible(tree, node, "xen,evtchn-v1"))
		plan_error(planner, node, "compatible", "Bulkhead has no Xen event channels",
			   "use a bulkhead,channel node: shared memory and a doorbell",
			   "\"xen,evtchn-v1\"");
	/* plan_channels() reads shared memory when all partitions are known. */
	else if (!tree_is_compatible(tree, node, "xen,domain-shared-memory-v1"))
		plan_error(planner, node, "compatible",
			   "a partition's children are \"multiboot,kernel\", "
			   "\"multiboot,ramdisk\", \"multiboot,device-tree\", \"xen,vcpu\" and "
			   "\"xen,domain-shared-memory-v1\"",
			   NULL, "\"%s\"", tree_string(tree, node, "compatible"));
}

/* vCPUs named by xen,vcpu nodes: all of them or none, unless bulkhead,cpus says it. */
static void count_named_cpus(struct planner *planner, struct request *request)
{
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
static void check_partition(struct planner *planner, const struct request *request)
{
	const struct plan_partition *const partition = request->partition;
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
	if (tree_has(&planner->tree, node, "bulkhead,on-watchdog") && partition->watchdog == 0)
		plan_say(planner, REPORT_WARNING, node, "bulkhead,on-watchdog",
			 "it says what a watchdog's expiry does", "write bulkhead,watchdog",
			 "without a watchdog");
}

static void read_partition(struct planner *planner, int node)
{
	const uint32_t index = planner->plan->partition_count++;
	struct plan_partition *const partition = &planner->plan->partitions[index];
	struct request *const request = &planner->scratch->requests[index];

	partition->trap_unmapped = 1;
	partition->on_shutdown = PLAN_STOP;
	partition->on_reset = PLAN_RESTART;
	partition->on_crash = PLAN_STOP;
	partition->on_watchdog = PLAN_RESTART;
	*request = (struct request){
		.partition = partition,
		.index = index,
		.node = node,
		.kernel = -1,
		.ramdisk = -1,
		.partial_tree = -1,
	};
	for (uint32_t i = 0; i < PLAN_MAX_CPUS; i++)
		request->cpus[i] = PLAN_NONE;
	read_name(planner, request);
	plan_properties(planner, request);
	for_each_child (child, &planner->tree, node)
		if (tree_is_enabled(&planner->tree, child))
			read_child(planner, request, child);
	count_named_cpus(planner, request);
	check_partition(planner, request);
}

/* A child of /chosen that is no partition; plan_channels() reads channels. */
static void read_other(struct planner *planner, int node)
{
	const struct tree *const tree = &planner->tree;
	const char *const compatible = tree_string(tree, node, "compatible");
	const bool is_channel = tree_is_compatible(tree, node, "bulkhead,channel") ||
				tree_is_compatible(tree, node, "bulkhead,net-link") ||
				tree_is_compatible(tree, node, "bulkhead,console-link");

	if (tree_is_compatible(tree, node, "multiboot,kernel") ||
	    tree_is_compatible(tree, node, "xen,linux-zimage"))
		plan_error(planner, node, "compatible", "Bulkhead has no dom0",
			   "put the kernel into a node with compatible = \"bulkhead,partition\"",
			   "a kernel directly below /chosen");
	else if (!is_channel && compatible != NULL && is_of_binding(compatible))
		plan_error(planner, node, "compatible",
			   "below /chosen: \"bulkhead,partition\" (or \"xen,domain\"), "
			   "\"bulkhead,channel\", \"bulkhead,net-link\", "
			   "\"bulkhead,console-link\"",
			   NULL, "\"%s\" is unknown", compatible);
	else if (!is_channel)
		plan_say(planner, REPORT_NOTE, node, NULL, NULL, NULL,
			 "not part of the binding: it is left alone");
}

static void read_chosen_child(struct planner *planner, int node)
{
	if (!is_partition(&planner->tree, node))
		read_other(planner, node);
	else if (!tree_is_enabled(&planner->tree, node))
		plan_say(planner, REPORT_NOTE, node, "status", NULL, NULL,
			 "switched off: it is left out");
	else if (planner->plan->partition_count == PLAN_MAX_PARTITIONS)
		plan_error(planner, node, NULL, "at most 16 partitions are supported", NULL,
			   "one partition too many");
	else
		read_partition(planner, node);
}

/* Direct mode's open SGIs reach every CPU of the board. */
static void check_direct_modes(struct planner *planner)
{
	uint32_t direct = 0;

	for_each_request (request, planner)
		direct += request->partition->direct_interrupts;
	for_each_request (request, planner)
		if (request->partition->direct_sgi_open != 0 && direct > 1)
			plan_error(planner, request->node, "bulkhead,direct-sgi",
				   "\"open\" is for the only partition in direct mode",
				   "write \"trap\", or leave it out",
				   "%u partitions are in direct mode", direct);
}

/* bulkhead,supervises: phandles of partitions. */
static void read_supervised(struct planner *planner, struct request *request)
{
	const int node = request->node;
	const struct property list = tree_property(&planner->tree, node, "bulkhead,supervises");
	uint32_t *const supervises = &request->partition->supervises;

	for (int i = 0; i < list.length / 4; i++) {
		const uint32_t other =
			find_partition(planner, (uint32_t)tree_number(list.bytes + 4 * i, 1));

		if (other == PLAN_NONE || other == request->index)
			plan_error(planner, node, "bulkhead,supervises",
				   "phandles of other partitions", "write <&linux1>",
				   "entry %d names no other partition", i);
		else {
			*supervises |= 1U << other;
			planner->plan->partitions[other].is_supervised = 1;
		}
	}
	if (list.bytes != NULL && (list.length == 0 || list.length % 4 != 0))
		plan_error(planner, node, "bulkhead,supervises", "phandles of other partitions",
			   "write <&linux1>", "%d bytes", list.length);
}

/* "^X" with a capital letter. */
static void read_escape_key(struct planner *planner)
{
	const int chosen = planner->chosen;
	const char *const key = tree_string(&planner->tree, chosen, "bulkhead,console-escape");

	planner->plan->escape_key = DEFAULT_ESCAPE_KEY;
	if (!tree_has(&planner->tree, chosen, "bulkhead,console-escape"))
		return;
	if (key == NULL || key[0] != '^' || key[1] < 'A' || key[1] > 'Z' || key[2] != '\0')
		plan_error(planner, chosen, "bulkhead,console-escape",
			   "'^' and a capital letter, such as \"^O\"", NULL, "\"%s\"", key);
	else
		planner->plan->escape_key = (uint32_t)(key[1] - '@');
}

uint32_t find_partition(const struct planner *planner, uint32_t phandle)
{
	const int node = tree_by_phandle(&planner->tree, phandle);

	for_each_request (request, planner)
		if (node >= 0 && request->node == node)
			return request->index;
	return PLAN_NONE;
}

void plan_partitions(struct planner *planner)
{
	const int chosen = planner->chosen;

	if (chosen >= 0) {
		plan_chosen_properties(planner);
		read_escape_key(planner);
		for_each_child (node, &planner->tree, chosen)
			read_chosen_child(planner, node);
	}
	if (planner->plan->partition_count == 0)
		plan_error(planner, chosen < 0 ? 0 : chosen, NULL,
			   "partitions are children with compatible = \"bulkhead,partition\"", NULL,
			   "no partition");
	for_each_request (request, planner)
		read_supervised(planner, request);
	check_direct_modes(planner);
}

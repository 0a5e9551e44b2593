/* SPDX-License-Identifier: Apache-2.0 */
/* Xen's static shared memory: nodes of several partitions that name the same memory. */
#include "common/plan/planner.h"

static const char *const shared_properties[] = {
	"compatible",	  "phandle", "status",		"xen,shm-id",
	"xen,shared-mem", "role",    "bulkhead,access",
};

/* [host] guest size, in the cells of the partition. False: reported. */
static bool read_region(struct planner *planner, int node, struct plan_region *region)
{
	const struct property value = tree_property(&planner->tree, node, "xen,shared-mem");
	const char *at = value.bytes;
	struct cells cells;

	if (value.bytes == NULL ||
	    !tree_cells(&planner->tree, tree_parent(&planner->tree, node), &cells) ||
	    cells.size == 0 ||
	    (value.length != 4 * (2 * cells.address + cells.size) &&
	     value.length != 4 * (cells.address + cells.size)))
		return plan_error(planner, node, "xen,shared-mem",
				  "<[host-address] guest-address size> in the cells of the "
				  "partition",
				  NULL, "missing or of the wrong length");
	if (value.length == 4 * (2 * cells.address + cells.size))
		region->host = pa(tree_take(&at, cells.address));
	region->guest = ipa(tree_take(&at, cells.address));
	region->size = tree_take(&at, cells.size);
	if (region->size == 0 || region->size > BLOCK_1G ||
	    !is_aligned(region->size | region->guest.value | region->host.value, PAGE_SIZE))
		return plan_error(planner, node, "xen,shared-mem",
				  "addresses and sizes are multiples of 4 KiB, at most 1 GiB", NULL,
				  "0x%lx bytes at guest address 0x%lx", region->size,
				  region->guest.value);
	return true;
}

/* role and bulkhead,access. */
static void read_rights(struct planner *planner, int node, struct plan_shared *shared)
{
	const struct tree *const tree = &planner->tree;

	shared->is_owner = tree_says(tree, node, "role", "owner");
	if (tree_has(tree, node, "role") && shared->is_owner == 0 &&
	    !tree_says(tree, node, "role", "borrower"))
		plan_error(planner, node, "role", "\"owner\" or \"borrower\"", NULL, "\"%s\"",
			   tree_string(tree, node, "role"));
	shared->writable = !tree_says(tree, node, "bulkhead,access", "ro");
	if (tree_has(tree, node, "bulkhead,access") && shared->writable != 0 &&
	    !tree_says(tree, node, "bulkhead,access", "rw"))
		plan_error(planner, node, "bulkhead,access", "\"ro\" or \"rw\"", NULL, "\"%s\"",
			   tree_string(tree, node, "bulkhead,access"));
}

/* Whether two views of the same memory agree. */
static void check_same(struct planner *planner, int node, const struct plan_shared *first,
		       const struct plan_shared *shared)
{
	const char *const name = planner->plan->partitions[first->partition].name;

	if (first->region.size != shared->region.size)
		plan_error(planner, node, "xen,shared-mem",
			   "all views of shared memory have the same size", NULL,
			   "0x%lx bytes, but %s has 0x%lx", shared->region.size, name,
			   first->region.size);
	if (first->region.host.value != shared->region.host.value)
		plan_error(planner, node, "xen,shared-mem",
			   "all views of shared memory name the same host address, or none does",
			   NULL, "0x%lx, but %s names 0x%lx", shared->region.host.value, name,
			   first->region.host.value);
	if (first->is_owner != 0 && shared->is_owner != 0)
		plan_error(planner, node, "role", "shared memory has at most one owner", NULL,
			   "%s is the owner already", name);
	if (first->partition == shared->partition)
		plan_error(planner, node, "xen,shm-id", "a partition has one view of shared memory",
			   NULL, "\"%s\" stands twice", shared->id);
}

static bool read_shared(struct planner *planner, int node, uint32_t partition)
{
	struct plan *const plan = planner->plan;
	const char *const id = tree_string(&planner->tree, node, "xen,shm-id");
	struct plan_shared shared = {.partition = partition};
	const struct plan_shared *first;

	check_property_names(planner, node, shared_properties, COUNT_OF(shared_properties),
			     "the binding of shared memory has no such property");
	if (id == NULL || id[0] == '\0' || strlen(id) >= sizeof(shared.id))
		return plan_error(planner, node, "xen,shm-id", "a string of 1 to 31 characters",
				  NULL, "\"%s\"", id);
	if (!read_region(planner, node, &shared.region))
		return false;
	if (plan->shared_count == PLAN_MAX_SHARED)
		return plan_error(planner, node, NULL, "at most 64 views of shared memory", NULL,
				  "one too many");
	(void)format(shared.id, sizeof(shared.id), "%s", id);
	read_rights(planner, node, &shared);
	first = first_view(plan, shared.id);
	if (first != NULL)
		check_same(planner, node, first, &shared);
	planner->scratch->shared_nodes[plan->shared_count] = node;
	plan->shared[plan->shared_count++] = shared;
	plan_unsupported(planner, node, "compatible", "shared memory");
	return true;
}

struct plan_shared *first_view(struct plan *plan, const char *id)
{
	for (uint32_t i = 0; i < plan->shared_count; i++)
		if (strcmp(plan->shared[i].id, id) == 0)
			return &plan->shared[i];
	return NULL;
}

void plan_shared_memory(struct planner *planner, const struct request *request)
{
	const struct tree *const tree = &planner->tree;

	for_each_child (node, tree, request->node)
		if (tree_is_compatible(tree, node, "xen,domain-shared-memory-v1") &&
		    tree_is_enabled(tree, node))
			read_shared(planner, node, request->index);
}

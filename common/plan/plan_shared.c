/* SPDX-License-Identifier: Apache-2.0 */
/* Xen's static shared memory: nodes of several partitions that name the same memory. */
#include <libfdt.h>
#include <string.h>

#include "common/lib/format.h"
#include "common/plan/planner.h"

static const char *const shared_properties[] = {
	"compatible",	  "phandle", "status",		"xen,shm-id",
	"xen,shared-mem", "role",    "bulkhead,access",
};

/* [host] guest size, in the cells of the partition. False: reported. */
static bool read_region(struct planner *planner, int node, struct plan_shared *shared)
{
	const int parent = tree_parent(&planner->tree, node);
	int address_cells;
	int size_cells;
	int length;
	const char *cells = tree_property(&planner->tree, node, "xen,shared-mem", &length);
	const bool is_readable =
		cells != NULL && tree_cells(&planner->tree, parent, &address_cells, &size_cells);

	if (!is_readable || size_cells == 0 ||
	    (length != 4 * (2 * address_cells + size_cells) &&
	     length != 4 * (address_cells + size_cells))) {
		plan_error(planner, node, "xen,shared-mem",
			   "<[host-address] guest-address size> in the cells of the partition",
			   NULL, "missing or of the wrong length");
		return false;
	}
	if (length == 4 * (2 * address_cells + size_cells)) {
		shared->region.host = pa(tree_number(cells, address_cells));
		cells += 4 * address_cells;
	}
	shared->region.guest = ipa(tree_number(cells, address_cells));
	shared->region.size = tree_number(cells + 4 * address_cells, size_cells);
	if (shared->region.size == 0 || shared->region.size > BLOCK_1G ||
	    !is_aligned(shared->region.size | shared->region.guest.value |
				shared->region.host.value,
			PAGE_SIZE)) {
		plan_error(planner, node, "xen,shared-mem",
			   "addresses and sizes are multiples of 4 KiB, at most 1 GiB", NULL,
			   "0x%lx bytes at guest address 0x%lx", shared->region.size,
			   shared->region.guest.value);
		return false;
	}
	return true;
}

/* role and bulkhead,access. */
static void read_rights(struct planner *planner, int node, struct plan_shared *shared)
{
	const char *const role = tree_string(&planner->tree, node, "role");
	const char *const access = tree_string(&planner->tree, node, "bulkhead,access");

	shared->is_owner = role != NULL && strcmp(role, "owner") == 0;
	if (tree_property(&planner->tree, node, "role", NULL) != NULL && shared->is_owner == 0 &&
	    (role == NULL || strcmp(role, "borrower") != 0))
		plan_error(planner, node, "role", "\"owner\" or \"borrower\"", NULL, "\"%s\"",
			   role == NULL ? "" : role);
	shared->writable = access == NULL || strcmp(access, "ro") != 0;
	if (tree_property(&planner->tree, node, "bulkhead,access", NULL) != NULL &&
	    (access == NULL || (shared->writable != 0 && strcmp(access, "rw") != 0)))
		plan_error(planner, node, "bulkhead,access", "\"ro\" or \"rw\"", NULL, "\"%s\"",
			   access == NULL ? "" : access);
}

/* The same memory as named by another partition; NULL: this is the first. */
static struct plan_shared *find_same(struct plan *plan, const struct plan_shared *shared)
{
	for (uint32_t i = 0; i < plan->shared_count; i++)
		if (strcmp(plan->shared[i].id, shared->id) == 0)
			return &plan->shared[i];
	return NULL;
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

static void read_shared(struct planner *planner, int node, uint32_t partition)
{
	struct plan *const plan = planner->plan;
	const char *const id = tree_string(&planner->tree, node, "xen,shm-id");
	struct plan_shared shared = {.partition = partition};

	check_property_names(planner, node, shared_properties,
			     sizeof(shared_properties) / sizeof(shared_properties[0]),
			     "the binding of shared memory has no such property");
	if (id == NULL || id[0] == '\0' || strlen(id) >= sizeof(shared.id)) {
		plan_error(planner, node, "xen,shm-id", "a string of 1 to 31 characters", NULL,
			   "\"%s\"", id == NULL ? "" : id);
		return;
	}
	if (!read_region(planner, node, &shared))
		return;
	if (plan->shared_count == PLAN_MAX_SHARED) {
		plan_error(planner, node, NULL, "at most 64 views of shared memory", NULL,
			   "one too many");
		return;
	}
	(void)format(shared.id, sizeof(shared.id), "%s", id);
	read_rights(planner, node, &shared);

	const struct plan_shared *const first = find_same(plan, &shared);

	if (first != NULL)
		check_same(planner, node, first, &shared);
	plan->shared[plan->shared_count++] = shared;
	planner->scratch->shared_nodes[plan->shared_count - 1] = node;
	plan_unsupported(planner, node, "compatible", "shared memory");
}

void plan_shared_memory(struct planner *planner, uint32_t partition)
{
	int node;

	for (node = tree_first_child(&planner->tree, planner->scratch->requests[partition].node);
	     node >= 0; node = tree_next_child(&planner->tree, node)) {
		if (tree_is_compatible(&planner->tree, node, "xen,domain-shared-memory-v1") &&
		    tree_is_enabled(&planner->tree, node))
			read_shared(planner, node, partition);
	}
}

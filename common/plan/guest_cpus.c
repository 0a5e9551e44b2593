/* SPDX-License-Identifier: Apache-2.0 */
/* The guest's /cpus: a node for each vCPU with its core's kind and caches. */
#include <libfdt.h>

#include "common/lib/format.h"
#include "common/plan/guest_writer.h"

#define MAX_CACHES    (2 * PLAN_MAX_CPUS)
#define CACHE_LEVELS  3
#define MAX_COPIED    256 /* bytes of a property: no real core has more */
#define MPIDR_MASK    UINT64_C(0xff00ffffff)
#define CPUS_PER_AFF1 16

/*
 * Cache nodes that the partition's CPUs have, each once. The guest's have names and phandles of
 * their own: the host's may stand below different CPUs with the same name, and a partial device
 * tree may use their phandles for something else.
 */
struct caches {
	uint32_t count;
	uint32_t first_phandle; /* cache n has the n-th from here */
	struct {
		uint32_t host_phandle;
		int host_node;
	} at[MAX_CACHES];
};

/* The host's node of a CPU, or a negative number. */
static int find_host_cpu(const struct tree *host, uint64_t mpidr)
{
	const int cpus = tree_path(host, "/cpus");
	int address_cells;
	int size_cells;
	int node;

	if (cpus < 0 || !tree_cells(host, cpus, &address_cells, &size_cells))
		return -FDT_ERR_NOTFOUND;
	fdt_for_each_subnode (node, host->fdt, cpus) {
		int length;
		const void *const reg = tree_property(host, node, "reg", &length);

		if (reg != NULL && length >= 4 * address_cells &&
		    (tree_number(reg, address_cells) & MPIDR_MASK) == mpidr)
			return node;
	}
	return -FDT_ERR_NOTFOUND;
}

static void copy_properties(struct writer *writer, int host_node, const char *const *names,
			    size_t count)
{
	for (size_t i = 0; i < count; i++) {
		int length;
		const void *const value =
			tree_property(&writer->host, host_node, names[i], &length);

		if (value != NULL && length <= MAX_COPIED)
			put_bytes(writer, names[i], value, (size_t)length);
	}
}

/* The cache that a node leads to, when the guest has it. */
static void write_next_level(struct writer *writer, const struct caches *caches, int host_node)
{
	const uint32_t phandle = tree_u32(&writer->host, host_node, "next-level-cache", 0);

	for (uint32_t i = 0; i < caches->count; i++)
		if (caches->at[i].host_phandle == phandle)
			put_u32(writer, "next-level-cache", caches->first_phandle + i);
}

/* What a guest may know of the core: its kind, and how large its own caches are. */
static void copy_cpu_properties(struct writer *writer, int host_node)
{
	static const char *const names[] = {
		"compatible",	"d-cache-size",	     "d-cache-line-size", "d-cache-sets",
		"i-cache-size", "i-cache-line-size", "i-cache-sets",	  "capacity-dmips-mhz",
	};

	copy_properties(writer, host_node, names, sizeof(names) / sizeof(names[0]));
}

static void write_cache(struct writer *writer, const struct caches *caches, uint32_t index)
{
	static const char *const names[] = {
		"compatible", "cache-level",	 "cache-unified",
		"cache-size", "cache-line-size", "cache-sets",
	};
	const int node = caches->at[index].host_node;
	char name[GUEST_NAME_SIZE];

	(void)format(name, sizeof(name), "l%u-cache%u",
		     tree_u32(&writer->host, node, "cache-level", 2), index);
	begin(writer, name);
	copy_properties(writer, node, names, sizeof(names) / sizeof(names[0]));
	write_next_level(writer, caches, node);
	put_u32(writer, "phandle", caches->first_phandle + index);
	end(writer);
}

/* Notes the caches that a CPU's node leads to, level by level. */
static void collect_caches(const struct tree *host, int node, struct caches *caches)
{
	for (int level = 0; level < CACHE_LEVELS; level++) {
		const uint32_t phandle = tree_u32(host, node, "next-level-cache", 0);
		uint32_t i = 0;

		while (i < caches->count && caches->at[i].host_phandle != phandle)
			i++;
		node = i < caches->count ? caches->at[i].host_node : tree_by_phandle(host, phandle);
		if (node < 0)
			return;
		if (i == caches->count && i < MAX_CACHES) {
			caches->at[i].host_phandle = phandle;
			caches->at[i].host_node = node;
			caches->count++;
		}
	}
}

/* The first phandle that nothing else in the guest's tree can have. */
static uint32_t first_free_phandle(const struct writer *writer)
{
	const void *const trees[] = {writer->host.fdt, writer->partial.fdt};
	uint32_t last = PHANDLE_GIC;

	for (unsigned i = 0; i < 2; i++) {
		uint32_t highest = 0;

		if (trees[i] != NULL && fdt_find_max_phandle(trees[i], &highest) == 0 &&
		    highest > last)
			last = highest;
	}
	return last + 1;
}

void write_cpus(struct writer *writer)
{
	const struct plan_partition *const partition = writer->partition;
	const bool is_open = partition->direct_sgi_open != 0;
	struct caches caches = {.first_phandle = first_free_phandle(writer)};
	int host_nodes[PLAN_MAX_CPUS];

	for (uint32_t i = 0; i < partition->cpu_count; i++) {
		host_nodes[i] = find_host_cpu(&writer->host,
					      writer->plan->board.cpus[partition->cpus[i]].mpidr);
		keep(writer, host_nodes[i] < 0 ? host_nodes[i] : 0);
		collect_caches(&writer->host, host_nodes[i], &caches);
	}
	begin(writer, "cpus");
	put_u32(writer, "#address-cells", is_open ? 2 : 1);
	put_u32(writer, "#size-cells", 0);
	for (uint32_t i = 0; i < partition->cpu_count; i++) {
		/* A guest that generates SGIs itself must know the CPUs by their own names. */
		const uint64_t affinity =
			is_open ? writer->plan->board.cpus[partition->cpus[i]].mpidr
				: (i / CPUS_PER_AFF1) << 8 | i % CPUS_PER_AFF1;
		const fdt64_t reg = cpu_to_fdt64(affinity);

		begin_at(writer, "cpu", affinity);
		put_text(writer, "device_type", "cpu");
		if (is_open)
			put_bytes(writer, "reg", &reg, sizeof(reg));
		else
			put_u32(writer, "reg", (uint32_t)affinity);
		put_text(writer, "enable-method", "psci");
		copy_cpu_properties(writer, host_nodes[i]);
		write_next_level(writer, &caches, host_nodes[i]);
		end(writer);
	}
	for (uint32_t i = 0; i < caches.count; i++)
		write_cache(writer, &caches, i);
	end(writer);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* The guest's /cpus: a node for each vCPU with its core's kind and caches. */
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

/* What a guest may know of the core and its caches: their kind and size. Lists of names. */
static const char cpu_properties[] =
	"compatible\0d-cache-size\0d-cache-line-size\0d-cache-sets\0i-cache-size\0"
	"i-cache-line-size\0i-cache-sets\0capacity-dmips-mhz\0";
static const char cache_properties[] = "compatible\0cache-level\0cache-unified\0cache-size\0"
				       "cache-line-size\0cache-sets\0";

/* The host's node of a CPU, or a negative number. */
static int find_host_cpu(const struct tree *host, uint64_t mpidr)
{
	const int cpus = tree_path(host, "/cpus");
	struct cells cells;

	if (cpus < 0 || !tree_cells(host, cpus, &cells))
		return -FDT_ERR_NOTFOUND;
	for_each_child (node, host, cpus) {
		const struct property reg = tree_property(host, node, "reg");

		if (reg.length >= 4 * cells.address &&
		    (tree_number(reg.bytes, cells.address) & MPIDR_MASK) == mpidr)
			return node;
	}
	return -FDT_ERR_NOTFOUND;
}

static void copy_properties(struct writer *writer, int host_node, const char *names)
{
	for (const char *name = names; *name != '\0'; name += strlen(name) + 1) {
		const struct property value = tree_property(&writer->host, host_node, name);

		if (value.bytes != NULL && value.length <= MAX_COPIED)
			put_bytes(writer, name, value.bytes, (size_t)value.length);
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

static void write_cache(struct writer *writer, const struct caches *caches, uint32_t index)
{
	const int node = caches->at[index].host_node;
	char name[GUEST_NAME_SIZE];

	(void)format(name, sizeof(name), "l%u-cache%u",
		     tree_u32(&writer->host, node, "cache-level", 2), index);
	begin(writer, name);
	copy_properties(writer, node, cache_properties);
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
	const struct tree *const trees[] = {&writer->host, &writer->partial};
	uint32_t last = PHANDLE_GIC;

	for (unsigned i = 0; i < 2; i++) {
		uint32_t highest = 0;

		if (trees[i]->index != NULL)
			highest = trees[i]->index->highest;
		else if (trees[i]->fdt != NULL)
			(void)fdt_find_max_phandle(trees[i]->fdt, &highest);
		if (highest > last)
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
		copy_properties(writer, host_nodes[i], cpu_properties);
		write_next_level(writer, &caches, host_nodes[i]);
		end(writer);
	}
	for (uint32_t i = 0; i < caches.count; i++)
		write_cache(writer, &caches, i);
	end(writer);
}

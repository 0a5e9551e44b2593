/* SPDX-License-Identifier: Apache-2.0 */
/* The guest's /cpus: a node for each vCPU with its core's kind and caches. */
#include <libfdt.h>

#include "common/plan/guest_writer.h"

#define MAX_CACHES    32
#define CACHE_LEVELS  3
#define MAX_COPIED    256 /* bytes of a property: no real core has more */
#define MPIDR_MASK    UINT64_C(0xff00ffffff)
#define CPUS_PER_AFF1 16

/* Cache nodes that the partition's CPUs have, each once. */
struct caches {
	uint32_t count;
	int nodes[MAX_CACHES];
};

/* The host's node of a CPU, or a negative number. */
static int find_host_cpu(const struct tree *host, uint64_t mpidr)
{
	const int cpus = fdt_path_offset(host->fdt, "/cpus");
	int node;

	if (cpus < 0)
		return cpus;
	fdt_for_each_subnode (node, host->fdt, cpus) {
		int length;
		const void *const reg = tree_property(host, node, "reg", &length);

		if (reg != NULL && (length == 4 || length == 8) &&
		    (tree_number(reg, length / 4) & MPIDR_MASK) == mpidr)
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

/* What a guest may know of the core: its kind, and how large its own caches are. */
static void copy_cpu_properties(struct writer *writer, int host_node)
{
	static const char *const names[] = {
		"compatible",	"d-cache-size",	      "d-cache-line-size",
		"d-cache-sets", "i-cache-size",	      "i-cache-line-size",
		"i-cache-sets", "capacity-dmips-mhz", "next-level-cache",
	};

	copy_properties(writer, host_node, names, sizeof(names) / sizeof(names[0]));
}

static void write_cache(struct writer *writer, int host_node)
{
	static const char *const names[] = {
		"compatible",	   "cache-level", "cache-unified",    "cache-size",
		"cache-line-size", "cache-sets",  "next-level-cache", "phandle",
	};

	begin(writer, fdt_get_name(writer->host.fdt, host_node, NULL));
	copy_properties(writer, host_node, names, sizeof(names) / sizeof(names[0]));
	end(writer);
}

/* Notes the caches that a CPU's node leads to, level by level. */
static void collect_caches(const struct tree *host, int node, struct caches *caches)
{
	for (int level = 0; level < CACHE_LEVELS; level++) {
		const uint32_t phandle = tree_u32(host, node, "next-level-cache", 0);
		uint32_t i = 0;

		node = tree_by_phandle(host, phandle);
		if (node < 0)
			return;
		while (i < caches->count && caches->nodes[i] != node)
			i++;
		if (i == caches->count && caches->count < MAX_CACHES)
			caches->nodes[caches->count++] = node;
	}
}

void write_cpus(struct writer *writer)
{
	const struct plan_partition *const partition = writer->partition;
	struct caches caches = {0};

	begin(writer, "cpus");
	put_u32(writer, "#address-cells", 1);
	put_u32(writer, "#size-cells", 0);
	for (uint32_t i = 0; i < partition->cpu_count; i++) {
		const uint32_t affinity = (i / CPUS_PER_AFF1) << 8 | i % CPUS_PER_AFF1;
		const int host_node = find_host_cpu(
			&writer->host, writer->plan->board.cpus[partition->cpus[i]].mpidr);

		begin_at(writer, "cpu", affinity);
		put_text(writer, "device_type", "cpu");
		put_u32(writer, "reg", affinity);
		put_text(writer, "enable-method", "psci");
		if (host_node >= 0) {
			copy_cpu_properties(writer, host_node);
			collect_caches(&writer->host, host_node, &caches);
		}
		end(writer);
	}
	for (uint32_t i = 0; i < caches.count; i++)
		write_cache(writer, caches.nodes[i]);
	end(writer);
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Inside the planner: what its files share. The steps, in their order:
 *
 *   plan_board.c       CPUs, memory, interrupt controller, timer, PSCI, console
 *   plan_partition.c   the partitions' nodes; plan_properties.c their properties, a row each
 *   plan_cpus.c        which CPU is whose
 *   plan_modules.c     kernels and ramdisks; plan_kernel.c the formats of kernels
 *   plan_devices.c     passed-through devices; plan_partial.c those of Xen partial device trees
 *   plan_channels.c    channels, shared memory, virtual devices
 *   plan_place.c       where everything goes; plan_windows.c, plan_images.c inside a guest
 *
 * A step that finds an error reports it and goes on, so that one run finds them all.
 */
#ifndef BULKHEAD_PLAN_PLANNER_H
#define BULKHEAD_PLAN_PLANNER_H

#include <libfdt.h>
#include <string.h>

#include "common/lib/format.h"
#include "common/plan/make.h"
#include "common/plan/scratch.h"
#include "common/plan/tree.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

struct planner {
	const struct plan_input *input;
	struct tree tree; /* the host device tree, with its index */
	struct plan *plan;
	struct report *report;
	struct plan_scratch *scratch;
	int chosen; /* the node; negative: none */
};

/* All partitions, in their order. */
#define for_each_request(request, planner)                                                         \
	for (struct request *request = (planner)->scratch->requests;                               \
	     request < (planner)->scratch->requests + (planner)->plan->partition_count; request++)

/* Reports an error about a node; property may be NULL. Always false, for checks to return. */
bool plan_error(struct planner *planner, int node, const char *property, const char *rule,
		const char *hint, const char *what, ...) __attribute__((format(printf, 6, 7)));
void plan_say(struct planner *planner, enum report_severity severity, int node,
	      const char *property, const char *rule, const char *hint, const char *what, ...)
	__attribute__((format(printf, 7, 8)));

/* The plan is good so far, but launch will refuse it: what names the thing. */
void plan_unsupported(struct planner *planner, int node, const char *property, const char *what);

/*
 * Puts a text into the plan and returns its offset. Once for each partition's bootargs and for each
 * device's path: there is room for all of them.
 */
uint32_t plan_keep_text(struct planner *planner, const char *text);

/* The partition whose node has this phandle, or PLAN_NONE. */
uint32_t find_partition(const struct planner *planner, uint32_t phandle);

/* The steps. */
void plan_board(struct planner *planner);
void plan_partitions(struct planner *planner);
void plan_cpus(struct planner *planner);
void plan_modules(struct planner *planner);
void plan_devices(struct planner *planner);
void plan_channels(struct planner *planner);
void plan_place(struct planner *planner);

/* plan_claims.c: whose addresses are whose. */

static inline struct span host_span(pa_t base, uint64_t size)
{
	return (struct span){base.value, size};
}

static inline struct span guest_span(ipa_t base, uint64_t size)
{
	return (struct span){base.value, size};
}

static inline struct span span_of(struct plan_range range)
{
	return host_span(range.base, range.size);
}

static inline uint64_t last_of(struct span span)
{
	return span.base + (span.size - 1);
}

/* The pages that hold a range. */
struct span whole_pages(struct plan_range range);

/* Whether the two have a byte in common; a span ends where the address space ends. */
bool spans_overlap(struct span a, struct span b);

/* Whether all of the second lies in the first. */
bool span_holds(struct span outer, struct span inner);

/* Whether EL2 can map it. */
bool is_mappable(struct span span);

/* Whether it lies in one memory bank, and whether it touches one. */
bool is_in_memory(const struct plan_board *board, struct span span);
bool touches_memory(const struct plan_board *board, struct span span);

/* Notes that addresses are taken. A span of size 0 is nothing. */
void add_claim(struct planner *planner, const struct claim *claim);

/* The first claim of the space that overlaps, from *index on (start with 0); NULL: none. */
const struct claim *find_claim(const struct planner *planner, uint32_t space, struct span span,
			       uint32_t *index);

/* Reports that what a node wants overlaps a claim. own: what it is, in words with a space behind.
 */
bool report_overlap(struct planner *planner, int node, const char *property, const char *own,
		    struct span wanted, const struct claim *claim);

/* Reports every claim that overlaps this one, as an error of the node. False: there is one. */
bool check_free(struct planner *planner, int node, const char *property,
		const struct claim *wanted);

/* The same, and then notes it if it is free. */
void claim_free(struct planner *planner, int node, const char *property,
		const struct claim *wanted);

/* A free range of RAM of this size and alignment, the lowest. False: none. */
bool find_free(const struct planner *planner, uint64_t size, uint64_t alignment, uint64_t *base);

/* The largest free range of whole blocks, aligned to them; size 0: none. */
struct span largest_free(const struct planner *planner, uint64_t block);

/* A free range of a guest's map at or above start. False: none below the limit. */
bool find_free_window(const struct planner *planner, uint32_t partition, uint64_t size,
		      uint64_t start, uint64_t limit, uint64_t *base);

/* plan_kernel.c */

/* What the kernel is and how it is loaded. partition->kernel is filled in but for the places. */
void plan_kernel_format(struct planner *planner, struct request *request, struct plan_range file);

/* plan_shared.c: the shared memory of one partition. */
void plan_shared_memory(struct planner *planner, const struct request *request);

/* The first view of the memory with this id; NULL: there is none. */
struct plan_shared *first_view(struct plan *plan, const char *id);

/* plan_images.c: where kernel, ramdisk and device tree go in the partition's RAM. */
void place_images(struct planner *planner, const struct request *request);

/* plan_partial.c */
bool plan_partial_tree(struct planner *planner, struct request *request);

/* plan_devices.c */

/* Who passes a device through, and which: what errors name. */
struct pass {
	struct request *request;
	int from; /* the node that asks, and its property */
	const char *property;
	int device; /* the host's node */
};

/*
 * Gives a host device to a partition, after a check that nobody else has it. is_forced: the user
 * takes the risk of its DMA. The entry is the last of the plan's devices. False: reported.
 */
bool add_device(struct planner *planner, const struct pass *pass, bool is_forced);

/*
 * Maps registers of a device, whole pages, or reports why not. is_whole: the pages hold the
 * device's registers and no others. Pages that another device of the partition has are mapped
 * already.
 */
bool add_device_region(struct planner *planner, const struct pass *pass, struct plan_device *entry,
		       struct plan_region region, bool is_whole);

/* The partition that owns a node, one above it or one below it; PLAN_NONE: nobody. */
uint32_t device_owner(const struct planner *planner, int node);

/* plan_interrupts.c */

/* Gives the interrupts of a device, and of the nodes below it, to its partition. */
void add_device_interrupts(struct planner *planner, struct plan_device *entry);

/* An SPI of the board that no device has, the lowest from this one on; 0: none, reported. */
uint32_t take_spare_interrupt(struct planner *planner, struct request *request, uint32_t first);

/*
 * plan_uart.c: whether the driver knows the UART of a node and reaches it. Then its type is
 * filled in; uart, its registers, may begin later than reg says.
 */
bool read_uart(const struct tree *tree, int node, struct plan_board *board);

/* plan_dma.c: whether a device of this kind never reads or writes memory by itself. */
bool is_without_dma(const struct tree *tree, int node);

/* plan_windows.c: the guests' interrupts and the addresses of what is virtual. */
void reserve_interrupt(struct request *request, uint32_t intid);
void plan_windows(struct planner *planner, struct request *request);

/* plan_suggest.c: the name in the list that is closest to a misspelled one, or NULL. */
const char *suggest_name(const char *name, const char *const *names, size_t count);

/* Reports each property of a node that is not in the list; where: "a module has compatible, ..." */
void check_property_names(struct planner *planner, int node, const char *const *names, size_t count,
			  const char *rule);

#endif

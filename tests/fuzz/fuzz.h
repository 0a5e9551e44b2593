/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the fuzz targets share. An input is a device tree; what follows it, when anything does, is
 * the content of every module (otherwise that is a good arm64 Image). The tree's boot_cpuid_phys
 * says how many pages above their reg the modules are.
 *
 *   fuzz_plan.c        any bytes to plan_find_console() and plan_system()
 *   fuzz_guest_tree.c  the systems that the planner accepts, to plan_guest_tree()
 *   mutate.c           changes device trees so that they remain device trees
 *   invariants.c       what holds for every report and every accepted plan
 */
#ifndef BULKHEAD_TESTS_FUZZ_FUZZ_H
#define BULKHEAD_TESTS_FUZZ_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/plan/make.h"

#define FUZZ_TREE_ADDRESS UINT64_C(0x48000000)

/* Stops the fuzzer with the broken rule; NDEBUG does not remove it. */
#define CHECK(condition)                                                                           \
	do {                                                                                       \
		if (!(condition)) {                                                                \
			(void)fprintf(stderr, "%s:%d: broken: %s\n", __FILE__, __LINE__,           \
				      #condition);                                                 \
			abort();                                                                   \
		}                                                                                  \
	} while (0)

struct fuzz_system {
	const void *tree; /* NULL: boot would not have gone as far as the planner */
	size_t tree_size;
	bool is_planned;
	struct plan plan;
	struct report report;
};

/*
 * Memory of exactly this size: the byte behind it cannot be touched, not even by libfdt, which the
 * sanitizers do not see into. Two slots; a slot's old memory is gone. 8-byte aligned.
 */
enum fuzz_slot {
	FUZZ_SLOT_HOST_TREE,
	FUZZ_SLOT_GUEST_TREE,
	FUZZ_SLOTS,
};

#define FUZZ_SLOT_LIMIT (UINT64_C(1) << 20)

void *fuzz_memory(enum fuzz_slot slot, size_t size);

/* Plans the system that the input describes, and checks report and plan. */
const struct fuzz_system *fuzz_plan(const uint8_t *data, size_t size);

/* Stops when the report is not what report.h says of it. */
void check_report(const struct report *report, bool is_planned);

/* Stops when an accepted plan is not what plan.h says of it, or when two things share memory. */
void check_plan(const struct plan *plan, const struct plan_needs *needs, const void *tree,
		size_t tree_size);

/* What libFuzzer calls. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed);
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max_size);

#endif

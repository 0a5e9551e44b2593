/* SPDX-License-Identifier: Apache-2.0 */
/* One run of the planner, as boot does it: the same checks before, the same limits. */
#include "tests/fuzz/fuzz.h"

#include <libfdt.h>
#include <sanitizer/asan_interface.h>
#include <string.h>
#include <sys/mman.h>

#include "common/arch.h"
#include "common/plan/make.h"
#include "common/plan/scratch.h"

#define SLOT_ALIGNMENT	   8
#define DEVICE_TREE_HEADER 40
#define MODULE_LIMIT	   (UINT64_C(8) << 20) /* bytes of a module that are made readable */
#define IMAGE_TEXT_OFFSET  8
#define IMAGE_SIZE	   16
#define IMAGE_MAGIC	   56
#define MAX_IPA_BITS	   48

/* The module that was shown last, as in EL2's one window for modules. */
struct modules {
	const uint8_t *content;
	size_t size;
	uint8_t *shown;
};

void *fuzz_memory(enum fuzz_slot slot, size_t size)
{
	static uint8_t *slots[FUZZ_SLOTS];
	static uint8_t *used[FUZZ_SLOTS]; /* where the memory begins that can be touched */
	const size_t padding = (SLOT_ALIGNMENT - size % SLOT_ALIGNMENT) % SLOT_ALIGNMENT;

	CHECK(size <= FUZZ_SLOT_LIMIT);
	if (slots[slot] == NULL) {
		slots[slot] = mmap(NULL, FUZZ_SLOT_LIMIT + PAGE_SIZE, PROT_READ | PROT_WRITE,
				   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		CHECK(slots[slot] != MAP_FAILED);
		CHECK(mprotect(slots[slot] + FUZZ_SLOT_LIMIT, PAGE_SIZE, PROT_NONE) == 0);
		used[slot] = slots[slot];
	}

	uint8_t *const end = slots[slot] + FUZZ_SLOT_LIMIT - padding;

	ASAN_POISON_MEMORY_REGION(used[slot], slots[slot] + FUZZ_SLOT_LIMIT - used[slot]);
	used[slot] = end - size;
	ASAN_UNPOISON_MEMORY_REGION(used[slot], size);
	return used[slot];
}

/* An arm64 Image as the boot protocol describes it: text_offset 512 KiB, image_size 16 MiB. */
static size_t write_image(uint8_t header[64])
{
	memset(header, 0, 64);
	header[IMAGE_TEXT_OFFSET + 2] = 8;
	header[IMAGE_SIZE + 3] = 1;
	memcpy(header + IMAGE_MAGIC, "ARM\x64", 4);
	return 64;
}

/* A module is its content, then zeros, on the heap so that reads beyond it are seen. */
static const void *show_module(void *context, pa_t base, uint64_t size)
{
	struct modules *const modules = context;

	CHECK(size != 0 && base.value + (size - 1) >= base.value);
	free(modules->shown);
	modules->shown = NULL;
	if (size > MODULE_LIMIT)
		return NULL;
	modules->shown = calloc(1, size);
	CHECK(modules->shown != NULL);
	memcpy(modules->shown, modules->content, modules->size < size ? modules->size : size);
	return modules->shown;
}

/* What boot looks at before it trusts totalsize (common/launch/launch.c). */
static size_t tree_size_of(const uint8_t *data, size_t size)
{
	uint64_t header[DEVICE_TREE_HEADER / 8];

	if (size < sizeof(header))
		return 0;
	memcpy(header, data, sizeof(header));
	if (fdt_magic(header) != FDT_MAGIC || fdt_totalsize(header) < sizeof(header) ||
	    fdt_totalsize(header) > size || fdt_totalsize(header) > FUZZ_SLOT_LIMIT)
		return 0;
	return fdt_totalsize(header);
}

/* How far the modules were moved, in pages: the tree's boot_cpuid_phys, which nobody else reads. */
static uint64_t modules_shift(const void *tree)
{
	return (uint64_t)(int64_t)(int32_t)fdt_boot_cpuid_phys(tree) * PAGE_SIZE;
}

const struct fuzz_system *fuzz_plan(const uint8_t *data, size_t size)
{
	static struct fuzz_system system;
	static struct plan_scratch scratch;
	static struct plan again;
	const size_t tree_size = tree_size_of(data, size);
	struct plan_needs needs = arch_plan_needs();
	uint8_t image[64];
	struct modules modules = {.content = data + tree_size, .size = size - tree_size};

	system.is_planned = false;
	system.tree = NULL;
	if (tree_size == 0)
		return &system;
	if (modules.size == 0)
		modules = (struct modules){.content = image, .size = write_image(image)};

	void *const tree = memcpy(fuzz_memory(FUZZ_SLOT_HOST_TREE, tree_size), data, tree_size);
	const struct plan_input input = {
		.device_tree = tree,
		.device_tree_size = tree_size,
		.device_tree_address = pa(FUZZ_TREE_ADDRESS),
		.hypervisor = {pa(0x40200000), 0x80000},
		.modules_shift = modules_shift(tree),
		.needs = &needs,
		.scratch = &scratch,
		.module = show_module,
		.context = &modules,
	};

	system.tree = tree;
	system.tree_size = tree_size;
	needs.max_ipa_bits = MAX_IPA_BITS;

	/* Boot looks for the console before it knows whether the tree is sound. */
	plan_find_console(tree, tree_size, &scratch.index, &system.plan.board);

	/* What was there before must not matter: the plan's digest names the system. */
	memset(&system.plan, 0xa5, sizeof(system.plan));
	memset(&scratch, 0xa5, sizeof(scratch));
	system.is_planned = plan_system(&input, &system.plan, &system.report);
	check_report(&system.report, system.is_planned);
	if (system.is_planned) {
		check_plan(&system.plan, &needs, tree, tree_size);
		CHECK(plan_system(&input, &again, &system.report));
		CHECK(memcmp(&again, &system.plan, sizeof(again)) == 0);
	}
	free(modules.shown);
	return &system;
}

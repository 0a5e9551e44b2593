/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/random_system.h"

static uint64_t seed = UINT64_C(0x9e3779b97f4a7c15);

/* Xorshift: the same numbers on every machine. */
static uint64_t below(uint64_t limit)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return seed % limit;
}

struct system random_system(void)
{
	struct system system = {.bank_count = 1 + (unsigned)below(4)};
	uint64_t at = RAM_BASE;

	for (unsigned i = 0; i < system.bank_count; i++) {
		/* From 160 MiB to 4 GiB, some of them ragged. */
		const uint64_t size = (80 + below(below(2) == 0 ? 100 : 2000)) * BLOCK_2M +
				      (below(4) == 0 ? below(500) * PAGE_SIZE : 0);

		system.banks[i] = (struct plan_range){pa(at), size};
		at += size + (below(3) == 0 ? 0 : below(600) * BLOCK_2M + below(512) * PAGE_SIZE);
		at = align_up(at, PAGE_SIZE);
	}
	for (unsigned wanted = (unsigned)below(9); wanted > 0; wanted--) {
		const struct plan_range *const bank = &system.banks[below(system.bank_count)];
		const struct plan_range range = {
			pa(bank->base.value + below(bank->size / PAGE_SIZE) * PAGE_SIZE),
			(1 + below(below(2) == 0 ? 16 : 20000)) * PAGE_SIZE,
		};
		const struct plan_range own = {pa(RAM_BASE), 0x8800000};

		/* Where the hypervisor, the tree and the module are, nothing is reserved. */
		if (is_apart(&range, &own))
			system.reserved[system.reserved_count++] = range;
	}
	system.partition_count = 1 + (unsigned)below(6);
	for (unsigned i = 0; i < system.partition_count; i++)
		system.memory[i] = (12 + below(below(3) == 0 ? 2000 : 300)) * BLOCK_2M +
				   (below(4) == 0 ? below(512) * PAGE_SIZE : 0);
	return system;
}

static void property(const char *name, const void *bytes, size_t size)
{
	assert_int_equal(fdt_property(tree, name, bytes, (int)size), 0);
}

static void text_property(const char *name, const char *text)
{
	property(name, text, strlen(text) + 1);
}

static void cells_property(const char *name, const uint32_t *cells, unsigned count)
{
	fdt32_t value[16];

	assert_true(count <= 16);
	for (unsigned i = 0; i < count; i++)
		value[i] = cpu_to_fdt32(cells[i]);
	property(name, value, count * sizeof(value[0]));
}

#define CELLS(name, ...)                                                                           \
	cells_property(name, (const uint32_t[]){__VA_ARGS__},                                      \
		       sizeof((const uint32_t[]){__VA_ARGS__}) / sizeof(uint32_t))

static void ranges_property(const char *name, const struct plan_range *ranges, unsigned count)
{
	fdt64_t value[2 * 8];

	for (unsigned i = 0; i < count; i++) {
		value[2 * i] = cpu_to_fdt64(ranges[i].base.value);
		value[2 * i + 1] = cpu_to_fdt64(ranges[i].size);
	}
	property(name, value, count * 2 * sizeof(value[0]));
}

static void begin(const char *name)
{
	assert_int_equal(fdt_begin_node(tree, name), 0);
}

static void end(void)
{
	assert_int_equal(fdt_end_node(tree), 0);
}

static void write_cpus(unsigned count)
{
	begin("cpus");
	CELLS("#address-cells", 1);
	CELLS("#size-cells", 0);
	for (unsigned i = 0; i < count; i++) {
		char name[16];

		(void)snprintf(name, sizeof(name), "cpu@%x", i);
		begin(name);
		text_property("device_type", "cpu");
		text_property("enable-method", "psci");
		CELLS("reg", i);
		end();
	}
	end();
}

static void write_board(const struct system *system)
{
	const struct plan_range gic[] = {{pa(0x8000000), 0x10000}, {pa(0x80a0000), 0xf60000}};

	write_cpus(system->partition_count);
	begin("memory");
	text_property("device_type", "memory");
	ranges_property("reg", system->banks, system->bank_count);
	end();
	begin("psci");
	text_property("compatible", "arm,psci-1.0");
	text_property("method", "smc");
	end();
	begin("timer");
	text_property("compatible", "arm,armv8-timer");
	CELLS("interrupts", 1, 13, 4, 1, 14, 4, 1, 11, 4, 1, 10, 4);
	end();
	begin("gic");
	text_property("compatible", "arm,gic-v3");
	property("interrupt-controller", NULL, 0);
	CELLS("#interrupt-cells", 3);
	CELLS("phandle", 1);
	CELLS("interrupts", 1, 9, 4);
	ranges_property("reg", gic, 2);
	end();
	begin("reserved-memory");
	CELLS("#address-cells", 2);
	CELLS("#size-cells", 2);
	property("ranges", NULL, 0);
	for (unsigned i = 0; i < system->reserved_count; i++) {
		char name[16];

		(void)snprintf(name, sizeof(name), "r%u", i);
		begin(name);
		ranges_property("reg", &system->reserved[i], 1);
		end();
	}
	end();
}

static void write_partition(unsigned index, uint64_t memory)
{
	const struct plan_range module = {pa(MODULE_AT), MODULE_SIZE};
	char name[16];

	(void)snprintf(name, sizeof(name), "p%u", index);
	begin(name);
	text_property("compatible", "bulkhead,partition");
	CELLS("#address-cells", 2);
	CELLS("#size-cells", 2);
	CELLS("cpus", 1);
	CELLS("memory", (uint32_t)(memory / 1024 >> 32), (uint32_t)(memory / 1024));
	begin("kernel");
	text_property("compatible", "multiboot,kernel");
	ranges_property("reg", &module, 1);
	end();
	end();
}

void write_system(const struct system *system)
{
	assert_int_equal(fdt_create(tree, sizeof(tree)), 0);
	assert_int_equal(fdt_finish_reservemap(tree), 0);
	begin("");
	CELLS("#address-cells", 2);
	CELLS("#size-cells", 2);
	CELLS("interrupt-parent", 1);
	write_board(system);
	begin("chosen");
	CELLS("#address-cells", 2);
	CELLS("#size-cells", 2);
	for (unsigned i = 0; i < system->partition_count; i++)
		write_partition(i, system->memory[i]);
	end();
	end();
	assert_int_equal(fdt_finish(tree), 0);
}

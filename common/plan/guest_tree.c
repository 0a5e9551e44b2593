/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The device tree that a guest gets: its CPUs, its memory, and a node for each thing in its map.
 * Written front to back with libfdt; the first error is kept and ends everything (writer.result).
 */
#include <libfdt.h>
#include <string.h>

#include "common/lib/format.h"
#include "common/plan/plan.h"

#define PHANDLE_GIC    1
#define INTERRUPT_SPI  0
#define INTERRUPT_PPI  1
#define FIRST_PPI      16
#define LEVEL_HIGH     4
#define LEVEL_LOW      8
#define GICD_SIZE      0x10000
#define GICR_SIZE      0x20000
#define UART_SIZE      0x1000
#define UART_BAUD_RATE 115200
#define NAME_SIZE      40

struct writer {
	void *tree;
	int result; /* libfdt's; 0 as long as all is well */
};

static void keep(struct writer *writer, int result)
{
	if (writer->result == 0)
		writer->result = result;
}

static void begin(struct writer *writer, const char *name)
{
	keep(writer, fdt_begin_node(writer->tree, name));
}

/* A node with its address in its name. */
static void begin_at(struct writer *writer, const char *name, uint64_t address)
{
	char full[NAME_SIZE];

	(void)format(full, sizeof(full), "%s@%lx", name, (unsigned long)address);
	begin(writer, full);
}

static void end(struct writer *writer)
{
	keep(writer, fdt_end_node(writer->tree));
}

static void put_u32(struct writer *writer, const char *name, uint32_t value)
{
	keep(writer, fdt_property_u32(writer->tree, name, value));
}

static void put_u64(struct writer *writer, const char *name, uint64_t value)
{
	keep(writer, fdt_property_u64(writer->tree, name, value));
}

static void put_text(struct writer *writer, const char *name, const char *text)
{
	keep(writer, fdt_property_string(writer->tree, name, text));
}

static void put_flag(struct writer *writer, const char *name)
{
	keep(writer, fdt_property(writer->tree, name, NULL, 0));
}

static void put_bytes(struct writer *writer, const char *name, const void *bytes, size_t size)
{
	keep(writer, fdt_property(writer->tree, name, bytes, (int)size));
}

/* reg of one or two ranges, two cells each for address and size. */
static void put_reg(struct writer *writer, uint64_t base, uint64_t size)
{
	const fdt64_t reg[2] = {cpu_to_fdt64(base), cpu_to_fdt64(size)};

	put_bytes(writer, "reg", reg, sizeof(reg));
}

static void write_chosen(struct writer *writer, const struct plan *plan,
			 const struct plan_partition *partition, const uint64_t entropy[8])
{
	char path[NAME_SIZE];

	begin(writer, "chosen");
	if (partition->bootargs != 0)
		put_text(writer, "bootargs", plan_text(plan, partition->bootargs));
	if (partition->virtual_uart != 0) {
		(void)format(path, sizeof(path), "/uart@%lx", (unsigned long)partition->uart.value);
		put_text(writer, "stdout-path", path);
	}
	if (partition->ramdisk.format != PLAN_IMAGE_NONE) {
		put_u64(writer, "linux,initrd-start", partition->ramdisk.guest.value);
		put_u64(writer, "linux,initrd-end",
			partition->ramdisk.guest.value + partition->ramdisk.size);
	}
	if (entropy != NULL) {
		put_u64(writer, "kaslr-seed", entropy[0]);
		put_bytes(writer, "rng-seed", &entropy[1], 7 * sizeof(entropy[0]));
	}
	end(writer);
}

/* The host's node of a CPU, or a negative number. */
static int find_host_cpu(const void *host_tree, uint64_t mpidr)
{
	const int cpus = fdt_path_offset(host_tree, "/cpus");
	int node;

	if (cpus < 0)
		return cpus;
	fdt_for_each_subnode (node, host_tree, cpus) {
		int length;
		const fdt32_t *const reg = fdt_getprop(host_tree, node, "reg", &length);
		uint64_t value = 0;

		if (reg == NULL || (length != 4 && length != 8))
			continue;
		for (int i = 0; i < length / 4; i++)
			value = value << 32 | fdt32_ld(&reg[i]);
		if ((value & UINT64_C(0xff00ffffff)) == mpidr)
			return node;
	}
	return -FDT_ERR_NOTFOUND;
}

/* What a guest may know of the core: its kind, and how large its own caches are. */
static void copy_cpu_properties(struct writer *writer, const void *host_tree, int host_node)
{
	static const char *const names[] = {
		"compatible",	"d-cache-size", "d-cache-line-size", "d-cache-sets",
		"i-cache-size", "i-cache-sets", "i-cache-line-size", "capacity-dmips-mhz",
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		int length;
		const void *const value = fdt_getprop(host_tree, host_node, names[i], &length);

		if (value != NULL)
			put_bytes(writer, names[i], value, (size_t)length);
	}
}

static void write_cpus(struct writer *writer, const struct plan *plan,
		       const struct plan_partition *partition, const void *host_tree)
{
	begin(writer, "cpus");
	put_u32(writer, "#address-cells", 1);
	put_u32(writer, "#size-cells", 0);
	for (uint32_t i = 0; i < partition->cpu_count; i++) {
		const uint32_t affinity = (i / 16) << 8 | i % 16;
		const int host_node =
			find_host_cpu(host_tree, plan->board.cpus[partition->cpus[i]].mpidr);

		begin_at(writer, "cpu", affinity);
		put_text(writer, "device_type", "cpu");
		put_u32(writer, "reg", affinity);
		put_text(writer, "enable-method", "psci");
		if (host_node >= 0)
			copy_cpu_properties(writer, host_tree, host_node);
		end(writer);
	}
	end(writer);
}

static void write_memory(struct writer *writer, const struct plan_partition *partition)
{
	for (uint32_t i = 0; i < partition->region_count; i++) {
		begin_at(writer, "memory", partition->regions[i].guest.value);
		put_text(writer, "device_type", "memory");
		put_reg(writer, partition->regions[i].guest.value, partition->regions[i].size);
		end(writer);
	}
}

static void write_psci(struct writer *writer)
{
	static const char compatible[] = "arm,psci-1.0\0arm,psci-0.2";

	begin(writer, "psci");
	put_bytes(writer, "compatible", compatible, sizeof(compatible));
	put_text(writer, "method", "hvc");
	end(writer);
}

/* The four timers by their convention; a guest uses the second and the third. */
static void write_timer(struct writer *writer, const struct plan *plan)
{
	const uint32_t intids[4] = {29, plan->board.physical_timer_intid,
				    plan->board.virtual_timer_intid, 26};
	fdt32_t interrupts[12];

	for (unsigned i = 0; i < 4; i++) {
		interrupts[3 * i] = cpu_to_fdt32(INTERRUPT_PPI);
		interrupts[3 * i + 1] = cpu_to_fdt32(intids[i] - FIRST_PPI);
		interrupts[3 * i + 2] = cpu_to_fdt32(LEVEL_LOW);
	}
	begin(writer, "timer");
	put_text(writer, "compatible", "arm,armv8-timer");
	put_bytes(writer, "interrupts", interrupts, sizeof(interrupts));
	put_flag(writer, "always-on");
	end(writer);
}

static void write_interrupt_controller(struct writer *writer,
				       const struct plan_partition *partition)
{
	const fdt64_t reg[4] = {
		cpu_to_fdt64(partition->distributor.value),
		cpu_to_fdt64(GICD_SIZE),
		cpu_to_fdt64(partition->redistributors.value),
		cpu_to_fdt64(partition->cpu_count * (uint64_t)GICR_SIZE),
	};

	begin_at(writer, "interrupt-controller", partition->distributor.value);
	put_text(writer, "compatible", "arm,gic-v3");
	put_u32(writer, "#interrupt-cells", 3);
	put_u32(writer, "#address-cells", 0);
	put_flag(writer, "interrupt-controller");
	put_bytes(writer, "reg", reg, sizeof(reg));
	put_u32(writer, "phandle", PHANDLE_GIC);
	end(writer);
}

static void write_uart(struct writer *writer, const struct plan_partition *partition)
{
	static const char compatible[] = "arm,sbsa-uart\0arm,pl011";
	const fdt32_t interrupts[3] = {
		cpu_to_fdt32(INTERRUPT_SPI),
		cpu_to_fdt32(partition->uart_intid - PLAN_FIRST_SPI),
		cpu_to_fdt32(LEVEL_HIGH),
	};

	begin_at(writer, "uart", partition->uart.value);
	put_bytes(writer, "compatible", compatible, sizeof(compatible));
	put_reg(writer, partition->uart.value, UART_SIZE);
	put_bytes(writer, "interrupts", interrupts, sizeof(interrupts));
	put_u32(writer, "current-speed", UART_BAUD_RATE);
	end(writer);
}

static void write_root(struct writer *writer, const struct plan *plan,
		       const struct plan_partition *partition, const void *host_tree,
		       const uint64_t entropy[8])
{
	char model[NAME_SIZE + PLAN_NAME_SIZE];

	(void)format(model, sizeof(model), "Bulkhead partition %s", partition->name);
	begin(writer, "");
	put_text(writer, "compatible", "bulkhead,guest");
	put_text(writer, "model", model);
	put_u32(writer, "#address-cells", 2);
	put_u32(writer, "#size-cells", 2);
	put_u32(writer, "interrupt-parent", PHANDLE_GIC);
	write_chosen(writer, plan, partition, entropy);
	write_cpus(writer, plan, partition, host_tree);
	write_memory(writer, partition);
	write_psci(writer);
	write_timer(writer, plan);
	write_interrupt_controller(writer, partition);
	if (partition->virtual_uart != 0)
		write_uart(writer, partition);
	end(writer);
}

enum guest_tree_result plan_guest_tree(const struct plan *plan, uint32_t index,
				       const void *host_tree, const uint64_t entropy[8], void *out,
				       size_t size)
{
	struct writer writer = {.tree = out};

	if (host_tree == NULL || fdt_check_header(host_tree) != 0)
		return GUEST_TREE_BROKEN;
	keep(&writer, fdt_create(out, (int)size));
	keep(&writer, fdt_finish_reservemap(out));
	write_root(&writer, plan, &plan->partitions[index], host_tree, entropy);
	keep(&writer, fdt_finish(out));
	return writer.result == 0 ? GUEST_TREE_OK : GUEST_TREE_TOO_LARGE;
}

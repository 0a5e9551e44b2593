/* SPDX-License-Identifier: Apache-2.0 */
/* The device tree that a guest gets: a node for each thing in its map. */
#include "common/plan/guest_writer.h"
#include "common/plan/make.h"

#define UART_BAUD_RATE	  115200
#define PANIC_DEVICE_SIZE 2

static void write_chosen(struct writer *writer, const uint64_t entropy[8])
{
	const struct plan_partition *const partition = writer->partition;
	char path[GUEST_NAME_SIZE];

	begin(writer, "chosen");
	if (partition->bootargs != 0)
		put_text(writer, "bootargs", plan_text(writer->plan, partition->bootargs));
	if (partition->virtual_uart != 0) {
		(void)format(path, sizeof(path), "/uart@%lx", partition->uart.value);
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

static void write_memory(struct writer *writer)
{
	const struct plan_partition *const partition = writer->partition;

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
static void write_timer(struct writer *writer)
{
	const struct plan_board *const board = &writer->plan->board;
	const uint32_t intids[4] = {29, board->physical_timer_intid, board->virtual_timer_intid,
				    board->hypervisor_timer_intid};
	fdt32_t interrupts[12];

	for (unsigned i = 0; i < 4; i++)
		set_interrupt(&interrupts[3 * i], INTERRUPT_PPI, intids[i] - FIRST_PPI, LEVEL_LOW);
	begin(writer, "timer");
	put_text(writer, "compatible", "arm,armv8-timer");
	put_bytes(writer, "interrupts", interrupts, sizeof(interrupts));
	put_flag(writer, "always-on");
	end(writer);
}

/* The phandle that the partial device tree's nodes know the interrupt controller by. */
static uint32_t gic_phandle(const struct writer *writer)
{
	const int gic = writer->partial.fdt == NULL ? -1 : tree_path(&writer->partial, "/gic");

	return gic < 0 ? PHANDLE_GIC : tree_u32(&writer->partial, gic, "phandle", PHANDLE_GIC);
}

static void write_interrupt_controller(struct writer *writer)
{
	const struct plan_partition *const partition = writer->partition;
	const fdt64_t reg[4] = {
		cpu_to_fdt64(partition->distributor.value),
		cpu_to_fdt64(PLAN_GICD_SIZE),
		cpu_to_fdt64(partition->redistributors.value),
		cpu_to_fdt64(partition->cpu_count * (uint64_t)PLAN_GICR_SIZE),
	};

	begin_at(writer, "interrupt-controller", partition->distributor.value);
	put_text(writer, "compatible", "arm,gic-v3");
	put_u32(writer, "#interrupt-cells", 3);
	put_u32(writer, "#address-cells", 0);
	put_flag(writer, "interrupt-controller");
	put_bytes(writer, "reg", reg, sizeof(reg));
	put_u32(writer, "phandle", gic_phandle(writer));
	end(writer);
}

static void write_uart(struct writer *writer)
{
	const struct plan_partition *const partition = writer->partition;
	static const char compatible[] = "arm,sbsa-uart\0arm,pl011";
	fdt32_t interrupts[3];

	set_interrupt(interrupts, INTERRUPT_SPI, partition->uart_intid - PLAN_FIRST_SPI,
		      LEVEL_HIGH);
	begin_at(writer, "uart", partition->uart.value);
	put_bytes(writer, "compatible", compatible, sizeof(compatible));
	put_reg(writer, partition->uart.value, PAGE_SIZE);
	put_bytes(writer, "interrupts", interrupts, sizeof(interrupts));
	put_u32(writer, "current-speed", UART_BAUD_RATE);
	end(writer);
}

static uint64_t own_device(const struct writer *writer, enum plan_virtual_device_type type)
{
	return plan_own_device(writer->plan,
			       (uint32_t)(writer->partition - writer->plan->partitions), type);
}

/* Linux, bindings/watchdog/arm,sbsa-gwdt: the control frame first. */
static void write_watchdog(struct writer *writer)
{
	const uint64_t refresh = own_device(writer, PLAN_VIRTUAL_WATCHDOG);
	const fdt64_t reg[4] = {
		cpu_to_fdt64(refresh + PAGE_SIZE),
		cpu_to_fdt64(PAGE_SIZE),
		cpu_to_fdt64(refresh),
		cpu_to_fdt64(PAGE_SIZE),
	};
	fdt32_t interrupts[3];

	if (refresh == 0)
		return;
	set_interrupt(interrupts, INTERRUPT_SPI, writer->partition->watchdog_intid - PLAN_FIRST_SPI,
		      LEVEL_HIGH);
	begin_at(writer, "watchdog", refresh + PAGE_SIZE);
	put_text(writer, "compatible", "arm,sbsa-gwdt");
	put_bytes(writer, "reg", reg, sizeof(reg));
	put_bytes(writer, "interrupts", interrupts, sizeof(interrupts));
	end(writer);
}

/* A device of registers alone, if the guest has it. */
static void write_own_device(struct writer *writer, enum plan_virtual_device_type type,
			     const char *name, const char *compatible, uint64_t size)
{
	const uint64_t base = own_device(writer, type);

	if (base == 0)
		return;
	begin_at(writer, name, base);
	put_text(writer, "compatible", compatible);
	put_reg(writer, base, size);
	end(writer);
}

/* Memory shared with other partitions (Linux, bindings/reserved-memory/xen,shared-memory). */
static void write_shared_memory(struct writer *writer)
{
	const struct plan *const plan = writer->plan;
	uint32_t count = 0;

	for (uint32_t i = 0; i < plan->shared_count; i++) {
		const struct plan_shared *const shared = &plan->shared[i];

		if (&plan->partitions[shared->partition] != writer->partition)
			continue;
		if (count++ == 0) {
			begin(writer, "reserved-memory");
			put_u32(writer, "#address-cells", 2);
			put_u32(writer, "#size-cells", 2);
			put_flag(writer, "ranges");
		}
		begin_at(writer, "xen-shmem", shared->region.guest.value);
		put_text(writer, "compatible", "xen,shared-memory-v1");
		put_reg(writer, shared->region.guest.value, shared->region.size);
		put_text(writer, "xen,id", shared->id);
		end(writer);
	}
	if (count > 0)
		end(writer);
}

static void write_root(struct writer *writer, const uint64_t entropy[8])
{
	char model[GUEST_NAME_SIZE + PLAN_NAME_SIZE];

	(void)format(model, sizeof(model), "Bulkhead partition %s", writer->partition->name);
	begin(writer, "");
	put_text(writer, "compatible", "bulkhead,guest");
	put_text(writer, "model", model);
	put_u32(writer, "#address-cells", 2);
	put_u32(writer, "#size-cells", 2);
	put_u32(writer, "interrupt-parent", gic_phandle(writer));
	write_chosen(writer, entropy);
	write_cpus(writer);
	write_memory(writer);
	write_shared_memory(writer);
	write_psci(writer);
	write_timer(writer);
	write_interrupt_controller(writer);
	if (writer->partition->virtual_uart != 0)
		write_uart(writer);
	write_watchdog(writer);
	/* Linux, bindings/misc/pvpanic-mmio. */
	write_own_device(writer, PLAN_VIRTUAL_PANIC, "pvpanic", "qemu,pvpanic-mmio",
			 PANIC_DEVICE_SIZE);
	write_own_device(writer, PLAN_VIRTUAL_SUPERVISOR, "supervisor", "bulkhead,supervisor",
			 PAGE_SIZE);
	write_devices(writer);
	end(writer);
}

enum guest_tree_result plan_guest_tree(const struct plan *plan, uint32_t index,
				       const struct guest_tree_input *input, void *out, size_t size)
{
	struct writer writer = {
		.out = out,
		.plan = plan,
		.partition = &plan->partitions[index],
		.host = {input->host_tree, input->host_index},
		.partial = {input->partial_tree, NULL},
	};

	if (input->host_tree == NULL || fdt_check_header(input->host_tree) != 0 ||
	    (input->partial_tree != NULL && fdt_check_header(input->partial_tree) != 0))
		return GUEST_TREE_BROKEN;
	/* Where the first step fails there is no tree that others could go on with. */
	if (fdt_create(out, (int)size) != 0 || fdt_finish_reservemap(out) != 0)
		return GUEST_TREE_TOO_LARGE;
	write_root(&writer, input->entropy);
	if (writer.result == 0)
		writer.result = fdt_finish(out);
	if (writer.result == 0)
		return GUEST_TREE_OK;
	return writer.result == -FDT_ERR_NOSPACE ? GUEST_TREE_TOO_LARGE : GUEST_TREE_BROKEN;
}

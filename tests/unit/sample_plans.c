/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/sample_plans.h"

#include <stdio.h>
#include <string.h>

#define MIB (UINT64_C(1) << 20)
#define GIB (UINT64_C(1) << 30)

static struct plan plan;

static uint32_t add_text(const char *text)
{
	const uint32_t at = plan.text_size;

	memcpy(&plan.text[at], text, strlen(text) + 1);
	plan.text_size += (uint32_t)strlen(text) + 1;
	return at;
}

static void begin_plan(uint32_t cpu_count, uint64_t memory)
{
	memset(&plan, 0, sizeof(plan));
	plan.text_size = 1;
	plan.board.cpu_count = cpu_count;
	for (uint32_t i = 0; i < cpu_count; i++) {
		plan.board.cpus[i].mpidr = (i / 4) << 8 | i % 4;
		plan.board.cpus[i].partition = PLAN_NONE;
	}
	plan.board.memory_bank_count = 1;
	plan.board.memory_banks[0] = (struct plan_range){pa(0x40000000), memory};
	plan.board.distributor = (struct plan_range){pa(0x8000000), 0x10000};
	plan.board.redistributors[0] = (struct plan_range){pa(0x80a0000), 0xf60000};
	plan.board.redistributor_count = 1;
	plan.board.psci_conduit = PLAN_PSCI_SMC;
	(void)strcpy(plan.board.uart_type.name, "pl011");
	plan.board.uart = (struct plan_range){pa(0x9000000), 0x1000};
	plan.board.uart_intid = 33;
	plan.board.uart_level_triggered = 1;
	plan.board.watchdog_control = pa(0x9050000);
	plan.board.watchdog_refresh = pa(0x9060000);
	plan.board.feed_watchdog = 5000;
	plan.hypervisor = (struct plan_range){pa(0x40200000), 0x80000};
	plan.pool = (struct plan_range){pa(0x40280000), 0x148000};
	plan.escape_key = 0x0f;
}

static struct plan_partition *add_partition(const char *name, uint64_t host, uint64_t size)
{
	struct plan_partition *const partition = &plan.partitions[plan.partition_count++];

	(void)snprintf(partition->name, sizeof(partition->name), "%s", name);
	partition->region_count = 1;
	partition->regions[0] = (struct plan_region){ipa(0x40000000), pa(host), size};
	partition->kernel_count = 1;
	partition->kernel[0] = (struct plan_image){.format = PLAN_IMAGE_RAW,
						   .source = pa(0x48000000),
						   .source_size = 3 * MIB + 512,
						   .size = 4 * MIB,
						   .guest = ipa(0x40080000),
						   .destination = pa(host + 0x80000)};
	partition->entry = ipa(0x40080000);
	partition->device_tree = ipa(0x40600000);
	partition->device_tree_host = pa(host + 0x600000);
	partition->device_tree_size = 0x10000;
	partition->distributor = ipa(0x3001000);
	partition->redistributors = ipa(0x3020000);
	partition->uart = ipa(0x22000000);
	partition->uart_intid = 32;
	partition->virtual_uart = 1;
	partition->spi_count = 32;
	partition->trap_unmapped = 1;
	partition->on_reset = PLAN_RESTART;
	partition->on_watchdog = PLAN_RESTART;
	return partition;
}

static void give_cpu(uint32_t cpu)
{
	struct plan_partition *const partition = &plan.partitions[plan.partition_count - 1];

	plan.board.cpus[cpu].partition = plan.partition_count - 1;
	plan.board.cpus[cpu].vcpu = partition->cpu_count;
	partition->cpus[partition->cpu_count++] = (uint8_t)cpu;
}

/* Devices go to the partition that was added last. */
static void add_device(const char *path, uint64_t base, uint64_t size, uint32_t intid)
{
	struct plan_partition *const partition = &plan.partitions[plan.partition_count - 1];

	if (partition->device_count == 0) {
		partition->device_first = plan.device_count;
		partition->device_region_first = plan.device_region_count;
		partition->interrupt_first = plan.interrupt_count;
	}
	partition->device_count++;
	partition->device_region_count++;
	partition->interrupt_count++;
	plan.devices[plan.device_count++] =
		(struct plan_device){plan.partition_count - 1, add_text(path), 1, 1};
	plan.device_regions[plan.device_region_count++] =
		(struct plan_region){ipa(base), pa(base), size};
	plan.interrupts[plan.interrupt_count++] = (struct plan_interrupt){intid, 1};
}

static void add_channel(const char *name, uint32_t type, uint32_t a, uint32_t b, uint64_t memory)
{
	static const enum plan_virtual_device_type devices[] = {
		PLAN_VIRTUAL_DOORBELL, PLAN_VIRTUAL_NET, PLAN_VIRTUAL_CONSOLE};
	struct plan_channel *const channel = &plan.channels[plan.channel_count];
	const uint32_t ends[] = {a, b};

	(void)snprintf(channel->name, sizeof(channel->name), "%s", name);
	channel->type = type;
	channel->memory = pa(memory);
	channel->size = 0x10000;
	for (uint32_t end = 0; end < 2; end++) {
		channel->ends[end] = (struct plan_channel_end){
			.partition = ends[end],
			.writable = end == 0,
			.memory = ipa(0x30000000 + (uint64_t)plan.channel_count * 0x100000),
			.mac = {2, 0, 0, 0, (uint8_t)plan.channel_count, (uint8_t)end}};
		plan.virtual_devices[plan.virtual_device_count++] = (struct plan_virtual_device){
			.partition = ends[end],
			.type = devices[type],
			.intid = 33 + plan.channel_count,
			.channel = plan.channel_count,
			.base = ipa(0x2000000 + (uint64_t)plan.channel_count * 0x1000),
			.size = 0x1000};
	}
	plan.channel_count++;
}

static void share(const char *id, uint32_t partition, uint64_t host)
{
	plan.shared[plan.shared_count++] =
		(struct plan_shared){.partition = partition,
				     .writable = partition == 0,
				     .is_owner = partition == 0,
				     .region = {ipa(0x38000000), pa(host), 2 * MIB}};
	(void)snprintf(plan.shared[plan.shared_count - 1].id, PLAN_NAME_SIZE, "%s", id);
}

/* A gateway of a car: two Linux partitions, one for control in direct mode, one small. */
static void fill_rich(void)
{
	struct plan_partition *partition;

	begin_plan(8, 2 * GIB);
	plan.board.memory_banks[plan.board.memory_bank_count++] =
		(struct plan_range){pa(0x880000000), 2 * GIB};
	partition = add_partition("infotainment", 0x880000000, GIB + 512 * MIB);
	partition->regions[partition->region_count++] =
		(struct plan_region){ipa(0x200000000), pa(0x60000000), 256 * MIB};
	partition->ramdisk = (struct plan_image){.format = PLAN_IMAGE_GZIP,
						 .source = pa(0x4a000000),
						 .source_size = 5 * MIB + 77,
						 .size = 12 * MIB,
						 .guest = ipa(0x44000000),
						 .destination = pa(0x884000000)};
	partition->bootargs = add_text("console=ttyAMA0 name=\"<&>\" \x1b[31m \xff");
	for (uint32_t cpu = 0; cpu < 4; cpu++)
		give_cpu(cpu);
	add_device("/soc@0/bus@30800000/ethernet@30be0000", 0x30be0000, 0x10000, 150);
	add_device("/soc@0/bus@30800000/mmc@30b50000", 0x30b50000, 0x10000, 55);
	add_device("/soc@0/gpu@38000000", 0x39000000, 0x40000, 35);

	partition = add_partition("gateway", 0x70000000, 192 * MIB);
	partition->supervises = 1;
	partition->on_crash = PLAN_RESET_BOARD;
	partition->restart_limit = 3;
	partition->restart_window = 60000;
	give_cpu(4);
	give_cpu(5);
	add_device("/soc@0/bus@30800000/can@308c0000", 0x308c0000, 0x10000, 174);

	partition = add_partition("control", 0x50000000, 16 * MIB);
	partition->direct_interrupts = 1;
	partition->direct_map = 1;
	partition->regions[0].guest = ipa(0x50000000);
	partition->kernel[0].guest = ipa(0x50080000);
	partition->kernel[0].source = partition->kernel[0].destination;
	partition->device_tree = ipa(0x50600000);
	partition->smc_count = 1;
	partition->smc[0] = (struct plan_smc_range){0xc2000000, 0xc20000ff};
	give_cpu(6);
	for (uint32_t i = 0; i < 9; i++) {
		char path[64];

		(void)snprintf(path, sizeof(path), "/soc@0/bus@30400000/pwm@%x",
			       0x30660000 + i * 0x10000);
		add_device(path, 0x30660000 + (uint64_t)i * 0x10000, 0x10000, 113 + i + i / 5 * 2);
	}
	share("frames", 0, 0x78000000);
	share("frames", 1, 0x78000000);
	add_channel("telemetry", PLAN_CHANNEL_MEMORY, 2, 1, 0x402c0000);
	add_channel("lan", PLAN_CHANNEL_NET, 0, 1, 0x402d0000);
	add_channel("debug", PLAN_CHANNEL_CONSOLE, 0, 2, 0x402e0000);
	plan.housekeeping_cpu = 4;
}

/* The most of everything, with the longest names. */
static void fill_large(void)
{
	char name[PLAN_NAME_SIZE];

	begin_plan(64, 8 * GIB);
	plan.board.memory_banks[0].base = pa(0x8000000000);
	plan.hypervisor.base = pa(0x8000200000);
	plan.pool = (struct plan_range){pa(0x8000280000), 0x1000000};
	for (uint32_t i = 0; i < 16; i++) {
		(void)snprintf(name, sizeof(name), "partition-with-a-long-name-%02u", i);
		(void)add_partition(name, 0x8010000000 + i * 256 * MIB, (i + 1) * 8 * MIB);
		for (uint32_t cpu = 0; cpu < 4; cpu++)
			give_cpu(4 * i + cpu);
		for (uint32_t d = 0; d < 8; d++)
			add_device("/a/path/that/is/longer/than/any/card/has/room/for/device@0",
				   0x10000000 + (uint64_t)(i * 8 + d) * 0x10000, 0x1000,
				   40 + 8 * i + d * 2 % 5);
	}
	for (uint32_t i = 0; i < 64; i++)
		plan.board.cpus[i].mpidr |= UINT64_C(0xff00ff0000);
	for (uint32_t i = 0; i < PLAN_MAX_CHANNELS; i++)
		add_channel("a-channel-whose-name-is-so-long", i % 3, i % 16, (i * 5 + 3) % 16,
			    0x8000300000 + (uint64_t)i * 0x10000);
}

static void fill_one(void)
{
	begin_plan(4, GIB);
	(void)add_partition("only", 0x50000000, 256 * MIB);
	give_cpu(0);
}

static void fill_empty(void)
{
	memset(&plan, 0, sizeof(plan));
}

struct plan *sample_plan(enum sample sample)
{
	static void (*const fillers[])(void) = {
		[SAMPLE_EMPTY] = fill_empty,
		[SAMPLE_ONE] = fill_one,
		[SAMPLE_RICH] = fill_rich,
		[SAMPLE_LARGE] = fill_large,
	};

	fillers[sample]();
	return &plan;
}

const char *sample_name(enum sample sample)
{
	static const char *const names[] = {
		[SAMPLE_EMPTY] = "empty",
		[SAMPLE_ONE] = "one",
		[SAMPLE_RICH] = "rich",
		[SAMPLE_LARGE] = "large",
	};

	return names[sample];
}

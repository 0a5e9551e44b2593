// SPDX-License-Identifier: Apache-2.0
#include "tests/vgic/setup.h"

void setup_machine(unsigned cpus, unsigned lists)
{
	const struct machine_config config = {
		.cpus = cpus,
		.lists = lists,
		.passed = SETUP_PASSED,
		.levels = SETUP_LEVELS,
	};

	machine_boot(&config);
}

void setup_vcpu(void)
{
	const unsigned self = machine.current;

	guest_open_interface(false);
	guest_write_own(self, GICD_IGROUPR, UINT32_MAX);
	for (uint32_t i = 0; i < 32; i += 4)
		guest_write_own(self, GICD_IPRIORITYR + i, DEFAULT_PRIORITY * 0x01010101U);
	guest_write_own(self, GICD_ISENABLER,
			ANY_SGI | 1U << MACHINE_VIRTUAL_TIMER | 1U << MACHINE_PHYSICAL_TIMER);
}

void setup_start(unsigned cpu)
{
	const unsigned self = machine.current;

	if (guest_cpu_on(cpu) != 0)
		machine_fail("vCPU %u cannot be started", cpu);
	machine_settle();
	machine_run_on(cpu);
	setup_vcpu();
	machine_run_on(self);
}

void setup_guest(unsigned cpus, unsigned lists)
{
	setup_machine(cpus, lists);
	for (uint32_t index = 1; index < MACHINE_WORDS; index++)
		guest_write(GICD_IGROUPR + 4 * index, UINT32_MAX);
	for (uint32_t i = 32; i < MACHINE_INTIDS; i += 4)
		guest_write(GICD_IPRIORITYR + i, DEFAULT_PRIORITY * 0x01010101U);
	guest_write(GICD_CTLR, GICD_CTLR_ARE | GICD_CTLR_ENABLE_GROUP0 | GICD_CTLR_ENABLE_GROUP1);
	setup_vcpu();
	for (unsigned cpu = 1; cpu < cpus; cpu++)
		setup_start(cpu);
	machine_settle();
}

void setup_spi(uint32_t intid, unsigned target)
{
	guest_route(intid, target);
	guest_write(GICD_ISENABLER + 4 * (intid / 32), 1U << intid % 32);
}

const uint32_t spi_kinds[SPI_KINDS] = {VIRTUAL_SPI, EDGE_SPI, LEVEL_SPI};

static void set_line(uint32_t intid, bool level)
{
	if (intid == VIRTUAL_SPI)
		virtual_line(intid, level);
	else
		device_line(0, intid, level);
}

void raise_line(uint32_t intid)
{
	set_line(intid, true);
}

void lower_line(uint32_t intid)
{
	set_line(intid, false);
}

void setup_risen(uint32_t intid, unsigned target)
{
	setup_guest(2, 4);
	machine_hooks.handle = lower_line;
	setup_spi(intid, target);
	raise_line(intid);
}

// SPDX-License-Identifier: Apache-2.0
/* vCPUs that go off and come, and partitions that stop, with interrupts on their way. */
#include "tests/vgic/scenarios.h"

static void go_off(void)
{
	guest_cpu_off();
}

static void send_then_start(void)
{
	send_2_to_1();
	(void)guest_cpu_on(1);
}

static void start_then_send(void)
{
	(void)guest_cpu_on(1);
	send_2_to_1();
}

static void off_before(void)
{
	machine_run_on(1);
	guest_cpu_off();
	machine_run_on(0);
}

static void set_up(void)
{
	guest_open_interface(false);
	guest_write_own(machine.current, GICD_IGROUPR, UINT32_MAX);
	guest_write_own(machine.current, GICD_ISENABLER, bit(2));
}

static void switch_off(void)
{
	guest_system_off();
}

static void check_stopped(void)
{
	for (unsigned cpu = 0; cpu < machine.config.cpus; cpu++)
		if (machine.cpus[cpu].is_on)
			machine_fail("vCPU %u is on", cpu);
	for (unsigned i = 1; i < MACHINE_WORDS; i++)
		if ((machine.spis[i].active | machine.spis[i].enabled) != 0)
			machine_fail("SPIs of a stopped partition are not silent");
}

static void virtual_at_most_once(void)
{
	expect(1, VIRTUAL_SPI, 0, 1);
}

static const struct scenario rows[] = {
	{
		.name = "SGI while its target goes off",
		.scripts = {send_2_to_1, go_off},
		.check = sgi_at_most_once,
	},
	{
		.name = "SGI, CPU_ON while the target goes off",
		.scripts = {send_then_start, go_off},
		.started = set_up,
		.check = sgi_at_most_once,
	},
	{
		.name = "CPU_ON, SGI",
		.prepare = off_before,
		.scripts = {start_then_send},
		.started = set_up,
		.check = sgi_once,
	},
	{
		.name = "edge while its target goes off",
		.prepare = edge_to_1,
		.scripts = {route_edge_to_0, go_off},
		.device = edge,
		.check = edge_once_or_twice,
	},
	{
		.name = "virtual line while its target goes off",
		.prepare = virtual_to_1,
		.scripts = {raise_virtual, go_off},
		.handle = lower,
		.check = virtual_at_most_once,
	},
	{
		.name = "stop with interrupts in flight",
		.prepare = edge_to_1,
		.scripts = {switch_off, send_2_by_slow_path},
		.device = edge,
		.check = check_stopped,
	},
	{
		.name = "stop by both",
		.prepare = edge_to_1,
		.scripts = {switch_off, switch_off},
		.device = edge,
		.check = check_stopped,
	},
};
const struct scenarios stop_scenarios = {rows, sizeof(rows) / sizeof(rows[0])};

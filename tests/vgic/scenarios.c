// SPDX-License-Identifier: Apache-2.0
/*
 * What the explorer walks. Each scenario is as small as what it is about allows; the counts are
 * those that the architecture allows for any order of what the CPUs do.
 */
#include "tests/vgic/explore.h"

static uint32_t bit(uint32_t intid)
{
	return 1U << intid % 32;
}

static void expect(unsigned cpu, uint32_t intid, uint32_t least, uint32_t most)
{
	const uint32_t count = delivered(cpu, intid);

	if (count < least || count > most)
		machine_fail("INTID %u came %u times, not %u to %u", intid, count, least, most);
}

/* --- Devices. --- */

static void edge(void)
{
	device_line(0, EDGE_SPI, true);
}

static void two_edges(void)
{
	device_line(0, EDGE_SPI, true);
	device_line(0, EDGE_SPI, false);
	device_line(0, EDGE_SPI, true);
}

static void level_rises(void)
{
	device_line(0, LEVEL_SPI, true);
}

static void level_falls(void)
{
	device_line(0, LEVEL_SPI, true);
	device_line(0, LEVEL_SPI, false);
}

static void lower(uint32_t intid)
{
	if (intid == VIRTUAL_SPI)
		virtual_line(intid, false);
	else if (intid == LEVEL_SPI || intid == MACHINE_VIRTUAL_TIMER)
		device_line(machine.current, intid, false);
}

/* --- SGIs. --- */

static void send_2_to_1(void)
{
	guest_send_to(1U << 1, 2);
}

static void send_2_to_2(void)
{
	guest_send_to(1U << 2, 2);
}

static void send_2_to_1_twice(void)
{
	send_2_to_1();
	send_2_to_1();
}

static void send_2_to_all(void)
{
	guest_send(GUEST_SGI1, UINT64_C(1) << 40 | UINT64_C(2) << 24);
}

static void send_2_to_self(void)
{
	guest_send_to(1U << machine.current, 2);
}

static void send_2_by_slow_path(void)
{
	guest_send_to(1U << 0 | 1U << 1, 2);
}

static void sgi_once(void)
{
	expect(1, 2, 1, 1);
}

static void sgi_once_or_twice(void)
{
	expect(1, 2, 1, 2);
}

static void sgi_of_two_senders(void)
{
	expect(2, 2, 1, 2);
}

static void clear_sgi_of_1(void)
{
	guest_write_own(1, GICD_ICPENDR, bit(2));
}

static void clear_and_send(void)
{
	clear_sgi_of_1();
	send_2_to_1();
}

static void send_clear_send(void)
{
	send_2_to_1();
	clear_and_send();
}

static void disable_sgi_of_1(void)
{
	guest_write_own(1, GICD_ICENABLER, bit(2));
	guest_write_own(1, GICD_ISENABLER, bit(2));
}

static void three_sgis_to_1(void)
{
	guest_send_to(1U << 1, 2);
	guest_send_to(1U << 1, 3);
	guest_send_to(1U << 1, 4);
}

static void check_three_sgis(void)
{
	for (uint32_t i = 2; i < 5; i++)
		expect(1, i, 1, 1);
}

static void urgent_sgi_3(void)
{
	machine_run_on(1);
	guest_set_priority(3, 0x40);
	guest_set_priority(4, 0x20);
	machine_run_on(0);
}

/* --- vCPUs that go off and come. --- */

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

static void sgi_at_most_once(void)
{
	expect(1, 2, 0, 1);
}

static void route_edge_to_0(void)
{
	guest_route(EDGE_SPI, 0);
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

/* --- SPIs. --- */

static void edge_to_1(void)
{
	setup_spi(EDGE_SPI, 1);
}

static void edge_to_1_active(void)
{
	edge_to_1();
	edge();
	device_line(0, EDGE_SPI, false);
	machine_settle();
	machine_run_on(1);
	if (guest_acknowledge(1) != EDGE_SPI)
		machine_fail("the SPI does not come");
	machine_self()->is_masked = true;
	machine_run_on(0);
}

static void end_edge(void)
{
	guest_end(EDGE_SPI, 1);
	machine_self()->is_masked = false;
}

static void level_to_1(void)
{
	setup_spi(LEVEL_SPI, 1);
}

static void virtual_to_1(void)
{
	setup_spi(VIRTUAL_SPI, 1);
}

static void disable_edge(void)
{
	guest_write(GICD_ICENABLER + 4, bit(EDGE_SPI));
}

/* A driver's way: what comes after RWP has been seen clear is an error (12.9.4). */
static void disable_edge_and_wait(void)
{
	disable_edge();
	for (unsigned i = 0; i < 2; i++)
		if ((guest_read(GICD_CTLR) & GICD_CTLR_RWP) == 0) {
			const uint32_t before = delivered(1, EDGE_SPI);

			(void)guest_read(GICD_ISENABLER + 4);
			if (delivered(1, EDGE_SPI) != before)
				machine_fail("a disabled interrupt comes");
			break;
		}
	guest_write(GICD_ISENABLER + 4, bit(EDGE_SPI));
}

static void disable_and_enable_edge(void)
{
	disable_edge();
	guest_write(GICD_ISENABLER + 4, bit(EDGE_SPI));
}

static void clear_edge(void)
{
	guest_write(GICD_ICPENDR + 4, bit(EDGE_SPI));
}

static void deactivate_edge(void)
{
	guest_write(GICD_ICACTIVER + 4, bit(EDGE_SPI));
}

static void new_priority_of_edge(void)
{
	guest_set_priority(EDGE_SPI, 0x40);
}

static void groups_off_and_on(void)
{
	guest_write(GICD_CTLR, 0);
	guest_write(GICD_CTLR, GICD_CTLR_ENABLE_GROUP0 | GICD_CTLR_ENABLE_GROUP1);
}

static void pend_edge(void)
{
	guest_write(GICD_ISPENDR + 4, bit(EDGE_SPI));
}

static void pend_level(void)
{
	guest_write(GICD_ISPENDR + 4, bit(LEVEL_SPI));
}

static void route_level_to_0(void)
{
	guest_route(LEVEL_SPI, 0);
}

static void route_edge_to_0_and_back(void)
{
	guest_route(EDGE_SPI, 0);
	guest_route(EDGE_SPI, 1);
}

static void edge_once(void)
{
	expect(1, EDGE_SPI, 1, 1);
}

static void edge_at_most_once(void)
{
	expect(1, EDGE_SPI, 0, 1);
}

static void edge_once_or_twice(void)
{
	expect(1, EDGE_SPI, 1, 2);
}

static void edge_twice(void)
{
	expect(1, EDGE_SPI, 2, 2);
}

static void level_once(void)
{
	expect(1, LEVEL_SPI, 1, 1);
}

static void level_once_or_twice(void)
{
	expect(1, LEVEL_SPI, 1, 2);
}

static void raise_virtual(void)
{
	virtual_line(VIRTUAL_SPI, true);
}

static void raise_and_lower_virtual(void)
{
	virtual_line(VIRTUAL_SPI, true);
	virtual_line(VIRTUAL_SPI, false);
}

static void route_virtual_to_0(void)
{
	guest_route(VIRTUAL_SPI, 0);
}

static void virtual_once(void)
{
	expect(1, VIRTUAL_SPI, 1, 1);
}

static void virtual_at_most_once(void)
{
	expect(1, VIRTUAL_SPI, 0, 1);
}

static void timer_and_edge(void)
{
	device_line(1, MACHINE_VIRTUAL_TIMER, true);
	device_line(0, EDGE_SPI, true);
}

static void check_all_three(void)
{
	expect(1, 2, 1, 1);
	expect(1, EDGE_SPI, 1, 1);
	expect(1, MACHINE_VIRTUAL_TIMER, 1, 1);
}

/* --- What others read. --- */

static void pend_masked_sgi(void)
{
	machine_run_on(1);
	machine_self()->is_masked = true;
	machine_run_on(0);
	guest_send_to(1U << 1, 5);
}

static void read_sgi_5(void)
{
	if ((guest_read_own(1, GICD_ISPENDR) & bit(5)) == 0)
		machine_fail("a pending SGI does not read so");
}

/* vCPU 1 has SGI 2 active, and does not take another. */
static void active_at_1(void)
{
	guest_send_to(1U << 1, 2);
	machine_settle();
	machine_run_on(1);
	if (guest_acknowledge(1) != 2)
		machine_fail("the SGI does not come");
	machine_self()->is_masked = true;
	machine_run_on(0);
}

static void end_sgi_2_send_3(void)
{
	guest_end(2, 1);
	guest_send_to(1U << 1, 3);
}

/* It may take the list register that SGI 2 had. */
static void read_sgi_3_inactive(void)
{
	if ((guest_read_own(1, GICD_ISACTIVER) & bit(3)) != 0)
		machine_fail("an SGI that nobody has acknowledged reads as active");
}

static void mask_1(void)
{
	machine_run_on(1);
	machine_self()->is_masked = true;
	machine_run_on(0);
}

static void edge_to_masked_1(void)
{
	edge_to_1();
	mask_1();
}

/* Once pending it stays so. */
static void read_edge(void)
{
	const uint32_t pending = guest_read(GICD_ISPENDR + 4) & bit(EDGE_SPI);

	if ((guest_read(GICD_ISACTIVER + 4) & bit(EDGE_SPI)) != 0)
		machine_fail("an edge that nobody has acknowledged reads as active");
	if (pending != 0 && (guest_read(GICD_ISPENDR + 4) & pending) == 0)
		machine_fail("a pending edge does not read so");
}

static void send_and_read_sgi_5(void)
{
	guest_send_to(1U << 1, 5);
	read_sgi_5();
}

/* SGI 5 waits for one of two list registers, while vCPU 1 serves what is in them. */
static void three_pending_at_1(void)
{
	machine_run_on(1);
	machine_self()->is_masked = true;
	guest_set_priority(5, 0xc0);
	machine_run_on(0);
	guest_send_to(1U << 1, 2);
	guest_send_to(1U << 1, 3);
	guest_send_to(1U << 1, 5);
}

static void unmask(void)
{
	machine_self()->is_masked = false;
}

static void read_sgi_5_if_pending(void)
{
	const uint32_t value = guest_read_own(1, GICD_ISPENDR);

	if (delivered(1, 5) == 0 && (value & bit(5)) == 0)
		machine_fail("a pending SGI does not read so");
}

static void read_each_other(void)
{
	(void)guest_read_own(1 - machine.current, GICD_ISPENDR);
}

const struct scenario scenarios[] = {
	{
		.name = "SGI, twice",
		.cpus = 2,
		.lists = 4,
		.scripts = {send_2_to_1_twice},
		.check = sgi_once_or_twice,
	},
	{
		.name = "SGIs to each other",
		.cpus = 2,
		.lists = 4,
		.scripts = {send_2_by_slow_path, send_2_by_slow_path},
	},
	{
		.name = "SGI to itself and from another",
		.cpus = 2,
		.lists = 4,
		.scripts = {send_2_to_1, send_2_to_self},
		.check = sgi_once_or_twice,
	},
	{
		.name = "SGI of two senders at once",
		.cpus = 3,
		.lists = 4,
		.scripts = {send_2_to_2, send_2_to_2},
		.check = sgi_of_two_senders,
	},
	{
		.name = "SGI to all others, and from another",
		.cpus = 3,
		.lists = 4,
		.scripts = {send_2_to_all, send_2_to_2},
		.check = sgi_of_two_senders,
	},
	{
		.name = "SGIs, more than list registers",
		.cpus = 2,
		.lists = 2,
		.prepare = urgent_sgi_3,
		.scripts = {three_sgis_to_1},
		.check = check_three_sgis,
	},
	{
		.name = "SGIs, one list register",
		.cpus = 2,
		.lists = 1,
		.prepare = urgent_sgi_3,
		.scripts = {three_sgis_to_1},
		.check = check_three_sgis,
	},
	{
		.name = "SGI against ICPENDR",
		.cpus = 2,
		.lists = 4,
		.scripts = {send_2_to_1, clear_sgi_of_1},
		.check = sgi_at_most_once,
	},
	{
		.name = "SGI, ICPENDR, SGI",
		.cpus = 2,
		.lists = 4,
		.scripts = {send_clear_send},
		.check = sgi_once_or_twice,
	},
	{
		.name = "SGI against ICPENDR, SGI by a third",
		.cpus = 3,
		.lists = 4,
		.scripts = {send_2_to_1, NULL, clear_and_send},
		.check = sgi_once_or_twice,
	},
	{
		.name = "SGI against disable, enable",
		.cpus = 2,
		.lists = 4,
		.scripts = {send_2_to_1, disable_sgi_of_1},
		.check = sgi_once,
	},
	{
		.name = "SGI against disable, enable by a third",
		.cpus = 3,
		.lists = 4,
		.scripts = {send_2_to_1, NULL, disable_sgi_of_1},
		.check = sgi_once,
	},
	{
		.name = "SGI against groups off, on",
		.cpus = 2,
		.lists = 4,
		.scripts = {send_2_to_1, groups_off_and_on},
		.check = sgi_once,
	},
	{
		.name = "SGI while its target goes off",
		.cpus = 2,
		.lists = 4,
		.scripts = {send_2_to_1, go_off},
		.check = sgi_at_most_once,
	},
	{
		.name = "SGI, CPU_ON while the target goes off",
		.cpus = 2,
		.lists = 4,
		.scripts = {send_then_start, go_off},
		.started = set_up,
		.check = sgi_at_most_once,
	},
	{
		.name = "CPU_ON, SGI",
		.cpus = 2,
		.lists = 4,
		.prepare = off_before,
		.scripts = {start_then_send},
		.started = set_up,
		.check = sgi_once,
	},
	{
		.name = "SGI, timer and SPI at once",
		.cpus = 2,
		.lists = 4,
		.prepare = edge_to_1,
		.scripts = {send_2_to_1},
		.device = timer_and_edge,
		.handle = lower,
		.check = check_all_three,
	},
	{
		.name = "SGI, timer and SPI, two list registers",
		.cpus = 2,
		.lists = 2,
		.prepare = edge_to_1,
		.scripts = {send_2_to_1},
		.device = timer_and_edge,
		.handle = lower,
		.check = check_all_three,
	},
	{
		.name = "SGI, timer and SPI, one list register",
		.cpus = 2,
		.lists = 1,
		.prepare = edge_to_1,
		.scripts = {send_2_to_1},
		.device = timer_and_edge,
		.handle = lower,
		.check = check_all_three,
	},
	{
		.name = "edge against disable, enable",
		.cpus = 2,
		.lists = 4,
		.prepare = edge_to_1,
		.scripts = {disable_and_enable_edge},
		.device = edge,
		.check = edge_once,
	},
	{
		.name = "edge against disable, RWP, enable",
		.cpus = 2,
		.lists = 4,
		.prepare = edge_to_1,
		.scripts = {disable_edge_and_wait},
		.device = edge,
		.check = edge_once,
	},
	{
		.name = "edge against re-route",
		.cpus = 2,
		.lists = 4,
		.prepare = edge_to_1,
		.scripts = {route_edge_to_0},
		.device = edge,
		.check = edge_once,
	},
	{
		.name = "edge against re-route and back",
		.cpus = 2,
		.lists = 4,
		.prepare = edge_to_1,
		.scripts = {route_edge_to_0_and_back},
		.device = edge,
		.check = edge_once,
	},
	{
		.name = "edge against ICPENDR",
		.cpus = 2,
		.lists = 4,
		.prepare = edge_to_1,
		.scripts = {clear_edge},
		.device = edge,
		.check = edge_at_most_once,
	},
	{
		.name = "edge against ICACTIVER",
		.cpus = 2,
		.lists = 4,
		.prepare = edge_to_1,
		.scripts = {deactivate_edge},
		.device = edge,
		.check = edge_once_or_twice,
	},
	{
		.name = "edge against ISPENDR",
		.cpus = 2,
		.lists = 4,
		.prepare = edge_to_1,
		.scripts = {pend_edge},
		.device = edge,
		.check = edge_once_or_twice,
	},
	{
		.name = "level against ISPENDR",
		.cpus = 2,
		.lists = 4,
		.prepare = level_to_1,
		.scripts = {pend_level},
		.device = level_rises,
		.handle = lower,
		.check = level_once_or_twice,
	},
	{
		.name = "level against re-route",
		.cpus = 2,
		.lists = 4,
		.prepare = level_to_1,
		.scripts = {route_level_to_0},
		.device = level_rises,
		.handle = lower,
		.check = level_once_or_twice,
	},
	{
		.name = "level that falls against re-route",
		.cpus = 2,
		.lists = 4,
		.prepare = level_to_1,
		.scripts = {route_level_to_0},
		.device = level_falls,
	},
	{
		.name = "edge against disable, enable, late",
		.cpus = 2,
		.lists = 4,
		.late = true,
		.prepare = edge_to_1,
		.scripts = {disable_and_enable_edge},
		.device = edge,
		.check = edge_once,
	},
	{
		.name = "edge against disable, RWP, enable, late",
		.cpus = 2,
		.lists = 4,
		.late = true,
		.prepare = edge_to_1,
		.scripts = {disable_edge_and_wait},
		.device = edge,
		.check = edge_once,
	},
	{
		.name = "edge against re-route, late",
		.cpus = 2,
		.lists = 4,
		.late = true,
		.prepare = edge_to_1,
		.scripts = {route_edge_to_0},
		.device = edge,
		.check = edge_once,
	},
	{
		.name = "edge against re-route and back, late",
		.cpus = 2,
		.lists = 4,
		.late = true,
		.prepare = edge_to_1,
		.scripts = {route_edge_to_0_and_back},
		.device = edge,
		.check = edge_once,
	},
	{
		.name = "edge against ICPENDR, late",
		.cpus = 2,
		.lists = 4,
		.late = true,
		.prepare = edge_to_1,
		.scripts = {clear_edge},
		.device = edge,
		.check = edge_at_most_once,
	},
	{
		.name = "edge against ICACTIVER, late",
		.cpus = 2,
		.lists = 4,
		.late = true,
		.prepare = edge_to_1,
		.scripts = {deactivate_edge},
		.device = edge,
		.check = edge_once_or_twice,
	},
	{
		.name = "edge against ISPENDR, late",
		.cpus = 2,
		.lists = 4,
		.late = true,
		.prepare = edge_to_1,
		.scripts = {pend_edge},
		.device = edge,
		.check = edge_once_or_twice,
	},
	{
		.name = "level against ISPENDR, late",
		.cpus = 2,
		.lists = 4,
		.late = true,
		.prepare = level_to_1,
		.scripts = {pend_level},
		.device = level_rises,
		.handle = lower,
		.check = level_once_or_twice,
	},
	{
		.name = "level against re-route, late",
		.cpus = 2,
		.lists = 4,
		.late = true,
		.prepare = level_to_1,
		.scripts = {route_level_to_0},
		.device = level_rises,
		.handle = lower,
		.check = level_once_or_twice,
	},
	{
		.name = "level that falls against re-route, late",
		.cpus = 2,
		.lists = 4,
		.late = true,
		.prepare = level_to_1,
		.scripts = {route_level_to_0},
		.device = level_falls,
	},
	{
		.name = "edges, twice",
		.cpus = 2,
		.lists = 4,
		.prepare = edge_to_1,
		.device = two_edges,
		.check = edge_once_or_twice,
	},
	{
		.name = "edge while active, re-routed, ended",
		.cpus = 2,
		.lists = 4,
		.prepare = edge_to_1_active,
		.scripts = {route_edge_to_0, end_edge},
		.device = edge,
		.check = edge_twice,
	},
	{
		.name = "edge while active, ICACTIVER, ended",
		.cpus = 2,
		.lists = 4,
		.prepare = edge_to_1_active,
		.scripts = {deactivate_edge, end_edge},
		.device = edge,
		.check = edge_twice,
	},
	{
		.name = "edge against another priority",
		.cpus = 2,
		.lists = 4,
		.prepare = edge_to_1,
		.scripts = {new_priority_of_edge},
		.device = edge,
		.check = edge_once,
	},
	{
		.name = "edge against groups off, on",
		.cpus = 2,
		.lists = 4,
		.prepare = edge_to_1,
		.scripts = {groups_off_and_on},
		.device = edge,
		.check = edge_once,
	},
	{
		.name = "level that falls",
		.cpus = 2,
		.lists = 4,
		.prepare = level_to_1,
		.device = level_falls,
	},
	{
		.name = "level, served",
		.cpus = 2,
		.lists = 4,
		.prepare = level_to_1,
		.device = level_rises,
		.handle = lower,
		.check = level_once,
	},
	{
		.name = "edge while its target goes off",
		.cpus = 2,
		.lists = 4,
		.prepare = edge_to_1,
		.scripts = {route_edge_to_0, go_off},
		.device = edge,
		.check = edge_once_or_twice,
	},
	{
		.name = "virtual line rises",
		.cpus = 2,
		.lists = 4,
		.prepare = virtual_to_1,
		.scripts = {raise_virtual},
		.handle = lower,
		.check = virtual_once,
	},
	{
		.name = "virtual line rises and falls",
		.cpus = 2,
		.lists = 4,
		.prepare = virtual_to_1,
		.scripts = {raise_and_lower_virtual},
	},
	{
		.name = "virtual line against re-route",
		.cpus = 2,
		.lists = 4,
		.prepare = virtual_to_1,
		.scripts = {raise_virtual, route_virtual_to_0},
		.handle = lower,
		.check = virtual_once,
	},
	{
		.name = "virtual line while its target goes off",
		.cpus = 2,
		.lists = 4,
		.prepare = virtual_to_1,
		.scripts = {raise_virtual, go_off},
		.handle = lower,
		.check = virtual_at_most_once,
	},
	{
		.name = "stop with interrupts in flight",
		.cpus = 2,
		.lists = 4,
		.prepare = edge_to_1,
		.scripts = {switch_off, send_2_by_slow_path},
		.device = edge,
		.check = check_stopped,
	},
	{
		.name = "stop by both",
		.cpus = 2,
		.lists = 4,
		.prepare = edge_to_1,
		.scripts = {switch_off, switch_off},
		.device = edge,
		.check = check_stopped,
	},
	{
		.name = "pending SGI of another, read",
		.cpus = 2,
		.lists = 4,
		.prepare = pend_masked_sgi,
		.scripts = {read_sgi_5},
	},
	{
		.name = "pending SGI on its way, read",
		.cpus = 2,
		.lists = 4,
		.prepare = mask_1,
		.scripts = {send_and_read_sgi_5},
	},
	{
		.name = "pending SGI that finds room, read",
		.cpus = 2,
		.lists = 2,
		.prepare = three_pending_at_1,
		.scripts = {read_sgi_5_if_pending, unmask},
	},
	{
		.name = "active SGI gives way to another, read",
		.cpus = 2,
		.lists = 4,
		.prepare = active_at_1,
		.scripts = {read_sgi_3_inactive, end_sgi_2_send_3},
	},
	{
		.name = "edge on its way, read",
		.cpus = 2,
		.lists = 4,
		.prepare = edge_to_masked_1,
		.scripts = {read_edge},
		.device = edge,
	},
	{
		.name = "two read each other's",
		.cpus = 2,
		.lists = 4,
		.scripts = {read_each_other, read_each_other},
	},
};
const unsigned scenario_count = sizeof(scenarios) / sizeof(scenarios[0]);

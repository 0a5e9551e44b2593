// SPDX-License-Identifier: Apache-2.0
/* SGIs: senders that meet, more than list registers, against disables and groups. */
#include "tests/vgic/scenarios.h"

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

static const struct scenario rows[] = {
	{
		.name = "SGI, twice",
		.scripts = {send_2_to_1_twice},
		.check = sgi_once_or_twice,
	},
	{
		.name = "SGIs to each other",
		.scripts = {send_2_by_slow_path, send_2_by_slow_path},
	},
	{
		.name = "SGI to itself and from another",
		.scripts = {send_2_to_1, send_2_to_self},
		.check = sgi_once_or_twice,
	},
	{
		.name = "SGI of two senders at once",
		.cpus = 3,
		.scripts = {send_2_to_2, send_2_to_2},
		.check = sgi_of_two_senders,
	},
	{
		.name = "SGI to all others, and from another",
		.cpus = 3,
		.scripts = {send_2_to_all, send_2_to_2},
		.check = sgi_of_two_senders,
	},
	{
		.name = "SGIs, more than list registers",
		.lists = 2,
		.prepare = urgent_sgi_3,
		.scripts = {three_sgis_to_1},
		.check = check_three_sgis,
	},
	{
		.name = "SGIs, one list register",
		.lists = 1,
		.prepare = urgent_sgi_3,
		.scripts = {three_sgis_to_1},
		.check = check_three_sgis,
	},
	{
		.name = "SGI against ICPENDR",
		.scripts = {send_2_to_1, clear_sgi_of_1},
		.check = sgi_at_most_once,
	},
	{
		.name = "SGI, ICPENDR, SGI",
		.scripts = {send_clear_send},
		.check = sgi_once_or_twice,
	},
	{
		.name = "SGI against ICPENDR, SGI by a third",
		.cpus = 3,
		.scripts = {send_2_to_1, NULL, clear_and_send},
		.check = sgi_once_or_twice,
	},
	{
		.name = "SGI against disable, enable",
		.scripts = {send_2_to_1, disable_sgi_of_1},
		.check = sgi_once,
	},
	{
		.name = "SGI against disable, enable by a third",
		.cpus = 3,
		.scripts = {send_2_to_1, NULL, disable_sgi_of_1},
		.check = sgi_once,
	},
	{
		.name = "SGI against groups off, on",
		.scripts = {send_2_to_1, groups_off_and_on},
		.check = sgi_once,
	},
	{
		.name = "SGI, timer and SPI at once",
		.prepare = edge_to_1,
		.scripts = {send_2_to_1},
		.device = timer_and_edge,
		.handle = lower,
		.check = check_all_three,
	},
	{
		.name = "SGI, timer and SPI, two list registers",
		.lists = 2,
		.prepare = edge_to_1,
		.scripts = {send_2_to_1},
		.device = timer_and_edge,
		.handle = lower,
		.check = check_all_three,
	},
	{
		.name = "SGI, timer and SPI, one list register",
		.lists = 1,
		.prepare = edge_to_1,
		.scripts = {send_2_to_1},
		.device = timer_and_edge,
		.handle = lower,
		.check = check_all_three,
	},
};
const struct scenarios sgi_scenarios = {rows, sizeof(rows) / sizeof(rows[0])};

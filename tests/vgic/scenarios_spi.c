// SPDX-License-Identifier: Apache-2.0
/* SPIs of devices and of virtual lines: against what guests write to their registers, and
 * re-routed. */
#include "tests/vgic/scenarios.h"

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

static void level_to_1(void)
{
	setup_spi(LEVEL_SPI, 1);
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

static void new_priority_of_edge(void)
{
	guest_set_priority(EDGE_SPI, 0x40);
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

static void level_once(void)
{
	expect(1, LEVEL_SPI, 1, 1);
}

static void level_once_or_twice(void)
{
	expect(1, LEVEL_SPI, 1, 2);
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

static const struct scenario rows[] = {
	{
		.name = "edge against disable, enable",
		.is_late_too = true,
		.prepare = edge_to_1,
		.scripts = {disable_and_enable_edge},
		.device = edge,
		.check = edge_once,
	},
	{
		.name = "edge against disable, RWP, enable",
		.is_late_too = true,
		.prepare = edge_to_1,
		.scripts = {disable_edge_and_wait},
		.device = edge,
		.check = edge_once,
	},
	{
		.name = "edge against re-route",
		.is_late_too = true,
		.prepare = edge_to_1,
		.scripts = {route_edge_to_0},
		.device = edge,
		.check = edge_once,
	},
	{
		.name = "edge against re-route and back",
		.is_late_too = true,
		.prepare = edge_to_1,
		.scripts = {route_edge_to_0_and_back},
		.device = edge,
		.check = edge_once,
	},
	{
		.name = "edge against ICPENDR",
		.is_late_too = true,
		.prepare = edge_to_1,
		.scripts = {clear_edge},
		.device = edge,
		.check = edge_at_most_once,
	},
	{
		.name = "edge against ISPENDR",
		.is_late_too = true,
		.prepare = edge_to_1,
		.scripts = {pend_edge},
		.device = edge,
		.check = edge_once_or_twice,
	},
	{
		.name = "level against ISPENDR",
		.is_late_too = true,
		.prepare = level_to_1,
		.scripts = {pend_level},
		.device = level_rises,
		.handle = lower,
		.check = level_once_or_twice,
	},
	{
		.name = "level against re-route",
		.is_late_too = true,
		.prepare = level_to_1,
		.scripts = {route_level_to_0},
		.device = level_rises,
		.handle = lower,
		.check = level_once_or_twice,
	},
	{
		.name = "level that falls against re-route",
		.is_late_too = true,
		.prepare = level_to_1,
		.scripts = {route_level_to_0},
		.device = level_falls,
	},
	{
		.name = "edges, twice",
		.prepare = edge_to_1,
		.device = two_edges,
		.check = edge_once_or_twice,
	},
	{
		.name = "edge against another priority",
		.prepare = edge_to_1,
		.scripts = {new_priority_of_edge},
		.device = edge,
		.check = edge_once,
	},
	{
		.name = "edge against groups off, on",
		.prepare = edge_to_1,
		.scripts = {groups_off_and_on},
		.device = edge,
		.check = edge_once,
	},
	{
		.name = "level that falls",
		.prepare = level_to_1,
		.device = level_falls,
	},
	{
		.name = "level, served",
		.prepare = level_to_1,
		.device = level_rises,
		.handle = lower,
		.check = level_once,
	},
	{
		.name = "virtual line rises",
		.prepare = virtual_to_1,
		.scripts = {raise_virtual},
		.handle = lower,
		.check = virtual_once,
	},
	{
		.name = "virtual line rises and falls",
		.prepare = virtual_to_1,
		.scripts = {raise_and_lower_virtual},
	},
	{
		.name = "virtual line against re-route",
		.prepare = virtual_to_1,
		.scripts = {raise_virtual, route_virtual_to_0},
		.handle = lower,
		.check = virtual_once,
	},
};
const struct scenarios spi_scenarios = {rows, sizeof(rows) / sizeof(rows[0])};

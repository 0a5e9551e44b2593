// SPDX-License-Identifier: Apache-2.0
/* SPIs that are active, and what may become of that before their end. */
#include "tests/vgic/scenarios.h"

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

static void deactivate_edge(void)
{
	guest_write(GICD_ICACTIVER + 4, bit(EDGE_SPI));
}

static void edge_twice(void)
{
	expect(1, EDGE_SPI, 2, 2);
}

static const struct scenario rows[] = {
	{
		.name = "edge against ICACTIVER",
		.is_late_too = true,
		.prepare = edge_to_1,
		.scripts = {deactivate_edge},
		.device = edge,
		.check = edge_once_or_twice,
	},
	{
		.name = "edge while active, re-routed, ended",
		.prepare = edge_to_1_active,
		.scripts = {route_edge_to_0, end_edge},
		.device = edge,
		.check = edge_twice,
	},
	{
		.name = "edge while active, ICACTIVER, ended",
		.prepare = edge_to_1_active,
		.scripts = {deactivate_edge, end_edge},
		.device = edge,
		.check = edge_twice,
	},
};
const struct scenarios active_scenarios = {rows, sizeof(rows) / sizeof(rows[0])};

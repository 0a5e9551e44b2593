// SPDX-License-Identifier: Apache-2.0
/* What scenarios of several subjects are made of, and the list of all. */
#include "tests/vgic/scenarios.h"

void expect(unsigned cpu, uint32_t intid, uint32_t least, uint32_t most)
{
	const uint32_t count = delivered(cpu, intid);

	if (count < least || count > most)
		machine_fail("INTID %u came %u times, not %u to %u", intid, count, least, most);
}

void edge(void)
{
	device_line(0, EDGE_SPI, true);
}

void lower(uint32_t intid)
{
	if (intid == VIRTUAL_SPI)
		virtual_line(intid, false);
	else if (intid == LEVEL_SPI || intid == MACHINE_VIRTUAL_TIMER)
		device_line(machine.current, intid, false);
}

void send_2_to_1(void)
{
	guest_send_to(1U << 1, 2);
}

void send_2_by_slow_path(void)
{
	guest_send_to(1U << 0 | 1U << 1, 2);
}

void sgi_once(void)
{
	expect(1, 2, 1, 1);
}

void sgi_at_most_once(void)
{
	expect(1, 2, 0, 1);
}

void route_edge_to_0(void)
{
	guest_route(EDGE_SPI, 0);
}

void edge_to_1(void)
{
	setup_spi(EDGE_SPI, 1);
}

void virtual_to_1(void)
{
	setup_spi(VIRTUAL_SPI, 1);
}

void groups_off_and_on(void)
{
	guest_write(GICD_CTLR, 0);
	guest_write(GICD_CTLR, GICD_CTLR_ENABLE_GROUP0 | GICD_CTLR_ENABLE_GROUP1);
}

void edge_once_or_twice(void)
{
	expect(1, EDGE_SPI, 1, 2);
}

void raise_virtual(void)
{
	virtual_line(VIRTUAL_SPI, true);
}

const struct scenarios *const all_scenarios[] = {
	&sgi_scenarios, &spi_scenarios, &active_scenarios, &stop_scenarios, &read_scenarios, NULL,
};

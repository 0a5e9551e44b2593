// SPDX-License-Identifier: Apache-2.0
/* What a vCPU reads of another's interrupts. */
#include "tests/vgic/scenarios.h"

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

static const struct scenario rows[] = {
	{
		.name = "pending SGI of another, read",
		.prepare = pend_masked_sgi,
		.scripts = {read_sgi_5},
	},
	{
		.name = "pending SGI on its way, read",
		.prepare = mask_1,
		.scripts = {send_and_read_sgi_5},
	},
	{
		.name = "pending SGI that finds room, read",
		.lists = 2,
		.prepare = three_pending_at_1,
		.scripts = {read_sgi_5_if_pending, unmask},
	},
	{
		.name = "active SGI gives way to another, read",
		.prepare = active_at_1,
		.scripts = {read_sgi_3_inactive, end_sgi_2_send_3},
	},
	{
		.name = "edge on its way, read",
		.prepare = edge_to_masked_1,
		.scripts = {read_edge},
		.device = edge,
	},
	{
		.name = "two read each other's",
		.scripts = {read_each_other, read_each_other},
	},
};
const struct scenarios read_scenarios = {rows, sizeof(rows) / sizeof(rows[0])};

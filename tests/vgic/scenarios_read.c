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

static void mask_1(void)
{
	machine_run_on(1);
	machine_self()->is_masked = true;
	machine_run_on(0);
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
		/* What goes into a list register after its CPU has answered is seen nowhere. */
		.name = "pending SGI that finds room, read",
		.is_open = true,
		.lists = 2,
		.prepare = three_pending_at_1,
		.scripts = {read_sgi_5_if_pending, unmask},
	},
	{
		.name = "two read each other's",
		.scripts = {read_each_other, read_each_other},
	},
};
const struct scenarios read_scenarios = {rows, sizeof(rows) / sizeof(rows[0])};

// SPDX-License-Identifier: Apache-2.0
/* What is disabled, cleared, re-routed or given another priority on its way. */
#include "tests/vgic/unit.h"

static void disabled_while_listed(void **state)
{
	(void)state;
	for (size_t i = 0; i < SPI_KINDS; i++)
		for (unsigned by = 0; by < 2; by++) {
			setup_risen(spi_kinds[i], 0);
			machine_settle();
			machine_run_on(by);
			guest_write(GICD_ICENABLER + 4, bit(spi_kinds[i]));
			machine_settle();
			assert_int_equal(guest_read(GICD_CTLR) & GICD_CTLR_RWP, 0);
			machine_drain();
			assert_int_equal(delivered(0, spi_kinds[i]), 0);
			assert_int_equal(guest_read(GICD_ISPENDR + 4), bit(spi_kinds[i]));
			guest_write(GICD_ISENABLER + 4, bit(spi_kinds[i]));
			machine_drain();
			assert_int_equal(delivered(0, spi_kinds[i]), 1);
		}
}

/* A guest that polls RWP after a disable knows that the interrupt will not come any more. */
static void disable_is_pending_until_carried_out(void **state)
{
	(void)state;
	setup_risen(EDGE_SPI, 0);
	machine_settle();
	machine_run_on(1);
	guest_write(GICD_ICENABLER + 4, bit(EDGE_SPI));
	assert_int_equal(guest_read(GICD_CTLR) & GICD_CTLR_RWP, GICD_CTLR_RWP);
	machine_settle();
	assert_int_equal(guest_read(GICD_CTLR) & GICD_CTLR_RWP, 0);
	machine_drain();
	assert_int_equal(delivered(0, EDGE_SPI), 0);
}

static void cleared_while_listed(void **state)
{
	(void)state;
	for (unsigned by = 0; by < 2; by++) {
		setup_guest(2, 4);
		setup_spi(EDGE_SPI, 0);
		setup_spi(VIRTUAL_SPI, 0);
		device_line(0, EDGE_SPI, true);
		guest_write(GICD_ISPENDR + 4, bit(VIRTUAL_SPI));
		machine_settle();
		machine_run_on(by);
		guest_write(GICD_ICPENDR + 4, bit(EDGE_SPI) | bit(VIRTUAL_SPI));
		machine_drain();
		assert_int_equal(delivered(0, EDGE_SPI), 0);
		assert_int_equal(delivered(0, VIRTUAL_SPI), 0);
		assert_int_equal(guest_read(GICD_ISPENDR + 4), 0);
	}
}

static void re_routed(void **state)
{
	(void)state;
	for (size_t i = 0; i < SPI_KINDS; i++)
		for (unsigned by = 0; by < 2; by++) {
			/* Pending in the list registers of vCPU 0. */
			setup_risen(spi_kinds[i], 0);
			machine_settle();
			machine_run_on(by);
			guest_route(spi_kinds[i], 1);
			machine_drain();
			assert_int_equal(delivered(0, spi_kinds[i]), 1);
			assert_int_equal(model_find(0, spi_kinds[i])->active_on, 1);
			/* Active on vCPU 1: the next one goes to vCPU 0. */
			machine_run_on(0);
			raise_line(spi_kinds[i]);
			machine_settle();
			machine_run_on(1);
			assert_int_equal(guest_acknowledge(1), spi_kinds[i]);
			lower_line(spi_kinds[i]);
			machine_run_on(by);
			guest_route(spi_kinds[i], 0);
			raise_line(spi_kinds[i]);
			machine_settle();
			assert_int_equal(interface_highest(0, &(unsigned){0}), MACHINE_NONE);
			machine_run_on(1);
			guest_end(spi_kinds[i], 1);
			machine_drain();
			assert_int_equal(delivered(0, spi_kinds[i]), 3);
			assert_int_equal(model_find(0, spi_kinds[i])->active_on, 0);
			/* To nobody: it waits. */
			guest_route(spi_kinds[i], 0x0f0000);
			raise_line(spi_kinds[i]);
			machine_drain();
			assert_int_equal(delivered(0, spi_kinds[i]), 3);
			guest_route(spi_kinds[i], by);
			machine_drain();
			assert_int_equal(delivered(0, spi_kinds[i]), 4);
		}
}

static void new_priority_while_pending(void **state)
{
	(void)state;
	for (unsigned lists = 2; lists <= 6; lists++) {
		setup_guest(1, lists);
		for (uint32_t i = 0; i < 6; i++)
			guest_send_to(1, i);
		machine_settle();
		/* The last one of those that wait outside becomes the first. */
		guest_set_priority(5, 0x10);
		machine_settle();
		if (lists < 6)
			assert_int_equal(guest_acknowledge(1), 5);
		else
			assert_int_not_equal(guest_acknowledge(1), MACHINE_NONE);
		guest_end(5, 1);
	}
}

static void group_of_its_own(void **state)
{
	(void)state;
	setup_risen(EDGE_SPI, 0);
	machine_settle();
	guest_write(GICD_IGROUPR + 4, ~bit(EDGE_SPI));
	machine_settle();
	assert_int_equal(guest_acknowledge(1), MACHINE_NONE);
	assert_int_equal(guest_acknowledge(0), EDGE_SPI);
	guest_end(EDGE_SPI, 0);
	/* All groups off and on. */
	lower_line(EDGE_SPI);
	raise_line(EDGE_SPI);
	machine_settle();
	guest_write(GICD_CTLR, 0);
	machine_drain();
	assert_int_equal(delivered(0, EDGE_SPI), 1);
	guest_write(GICD_CTLR, 3);
	machine_drain();
	assert_int_equal(delivered(0, EDGE_SPI), 2);
}

static void deactivated_by_register(void **state)
{
	(void)state;
	for (size_t i = 0; i < SPI_KINDS; i++) {
		setup_risen(spi_kinds[i], 0);
		machine_settle();
		assert_int_equal(guest_acknowledge(1), spi_kinds[i]);
		lower_line(spi_kinds[i]);
		guest_write(GICD_ICACTIVER + 4, bit(spi_kinds[i]));
		machine_settle();
		assert_int_equal(guest_read(GICD_ISACTIVER + 4), 0);
		guest_end(spi_kinds[i], 1);
		raise_line(spi_kinds[i]);
		machine_drain();
		assert_int_equal(delivered(0, spi_kinds[i]), 2);
	}
}

/* A hardware SPI that the guest activates itself does not come until it deactivates it. */
static void activated_by_register(void **state)
{
	(void)state;
	setup_guest(1, 4);
	setup_spi(EDGE_SPI, 0);
	guest_write(GICD_ISACTIVER + 4, bit(EDGE_SPI));
	device_line(0, EDGE_SPI, true);
	machine_drain();
	assert_int_equal(delivered(0, EDGE_SPI), 0);
	guest_write(GICD_ICACTIVER + 4, bit(EDGE_SPI));
	machine_drain();
	assert_int_equal(delivered(0, EDGE_SPI), 1);
}

static void private_of_another(void **state)
{
	(void)state;
	setup_guest(2, 4);
	guest_write_own(1, GICD_ICENABLER, 1U << 4);
	guest_send_to(2, 4);
	machine_drain();
	assert_int_equal(delivered(1, 4), 0);
	guest_write_own(1, GICD_ISENABLER, 1U << 4);
	machine_drain();
	assert_int_equal(delivered(1, 4), 1);
	guest_send_to(2, 4);
	machine_settle();
	guest_write_own(1, GICD_ICPENDR, 1U << 4);
	machine_drain();
	assert_int_equal(delivered(1, 4), 1);
	guest_write_own(1, GICD_ISPENDR, 1U << 4);
	machine_drain();
	assert_int_equal(delivered(1, 4), 2);
}

int main(void)
{
	struct CMUnitTest tests[] = {
		cmocka_unit_test(disabled_while_listed),
		cmocka_unit_test(disable_is_pending_until_carried_out),
		cmocka_unit_test(cleared_while_listed),
		cmocka_unit_test(re_routed),
		cmocka_unit_test(new_priority_while_pending),
		cmocka_unit_test(group_of_its_own),
		cmocka_unit_test(deactivated_by_register),
		cmocka_unit_test(activated_by_register),
		cmocka_unit_test(private_of_another),
	};

	return run_vgic_tests(tests);
}

// SPDX-License-Identifier: Apache-2.0
/* Pending and active state: what one vCPU reads and changes of another's interrupts. */
#include "tests/vgic/unit.h"

static uint32_t bit(uint32_t intid)
{
	return 1U << intid % 32;
}

/* A clear by another vCPU does not reach what is sent after it. */
static void cleared_then_sent(void **state)
{
	(void)state;
	setup_guest(2, 4);
	guest_write_own(1, GICD_ICPENDR, bit(2));
	machine_run_on(1);
	guest_send_to(2, 2);
	machine_drain();
	assert_int_equal(delivered(1, 2), 1);
}

/* What waits for a vCPU that is off waits in the distributor, where every vCPU can see it. */
static void of_those_that_are_off(void **state)
{
	(void)state;
	setup_machine(2, 4);
	guest_write(GICD_CTLR, 3);
	setup_spi(VIRTUAL_SPI, 1);
	setup_spi(VIRTUAL_SPI_2, 1);
	guest_write(GICD_ISPENDR + 4, bit(VIRTUAL_SPI));
	guest_write(GICD_ISACTIVER + 4, bit(VIRTUAL_SPI_2));
	machine_settle();
	check_registers();
}

/* The guest ends it before its CPU hears that it is to be active: so it is, in both GICs. */
static void activated_while_it_ends(void **state)
{
	(void)state;
	setup_guest(2, 4);
	setup_spi(EDGE_SPI, 0);
	device_line(0, EDGE_SPI, true);
	machine_settle();
	machine_run_on(1);
	guest_write(GICD_ISACTIVER + 4, bit(EDGE_SPI));
	machine_run_on(0);
	assert_int_equal(guest_acknowledge(1), EDGE_SPI);
	guest_end(EDGE_SPI, 1);
	machine_settle();
	assert_int_equal(guest_read(GICD_ISACTIVER + 4), bit(EDGE_SPI));
	device_line(0, EDGE_SPI, false);
	device_line(0, EDGE_SPI, true);
	machine_drain();
	assert_int_equal(delivered(0, EDGE_SPI), 1);
	guest_write(GICD_ICACTIVER + 4, bit(EDGE_SPI));
	machine_drain();
	assert_int_equal(delivered(0, EDGE_SPI), 2);
}

/* Being asked, vCPU 0 finds room for what waits: it is pending all the while. */
static void of_what_is_being_listed(void **state)
{
	(void)state;
	setup_guest(2, 2);
	guest_set_priority(1, 0x80);
	guest_write_own(0, GICD_ISPENDR, bit(MACHINE_VIRTUAL_TIMER));
	machine_settle();
	guest_send_to(1, 1);
	guest_send_to(1, 2);
	machine_settle();
	assert_int_equal(guest_acknowledge(1), 1);
	guest_end(1, 1);
	machine_run_on(1);
	assert_int_equal(guest_read_own(0, GICD_ISPENDR), bit(2) | bit(MACHINE_VIRTUAL_TIMER));
}

static void deactivated_then_activated(void **state)
{
	(void)state;
	setup_guest(2, 4);
	guest_write_own(1, GICD_ICACTIVER, bit(2));
	guest_write_own(1, GICD_ISACTIVER, bit(2));
	machine_settle();
	assert_int_equal(guest_read_own(1, GICD_ISACTIVER), bit(2));
}

/* Made active and inactive again before its holder, where it waits, has heard of either. */
static void active_for_a_moment(void **state)
{
	static const uint32_t intids[] = {VIRTUAL_SPI, LEVEL_SPI, EDGE_SPI, MACHINE_VIRTUAL_TIMER};

	(void)state;
	for (size_t i = 0; i < sizeof(intids) / sizeof(intids[0]); i++) {
		const uint32_t intid = intids[i];
		const bool is_own = intid < 32;

		setup_guest(2, 4);
		if (!is_own)
			setup_spi(intid, 0);
		if (is_own)
			guest_write_own(0, GICD_ISPENDR, 1U << intid);
		else
			guest_write(GICD_ISPENDR + 4, 1U << intid % 32);
		machine_settle();
		machine_run_on(1);
		for (uint32_t row = GICD_ISACTIVER; row <= GICD_ICACTIVER; row += 0x80) {
			if (is_own)
				guest_write_own(0, row, 1U << intid);
			else
				guest_write(row + 4, 1U << intid % 32);
		}
		/* No more of it than the books say. */
		guest_write(GICD_CTLR, 0);
		machine_settle();
		guest_write(GICD_CTLR, GICD_CTLR_ENABLE_GROUP0 | GICD_CTLR_ENABLE_GROUP1);
		machine_drain();
		assert_int_equal(delivered(0, intid), 1);
	}
}

int main(void)
{
	struct CMUnitTest tests[] = {
		cmocka_unit_test(cleared_then_sent),
		cmocka_unit_test(of_those_that_are_off),
		cmocka_unit_test(activated_while_it_ends),
		cmocka_unit_test(of_what_is_being_listed),
		cmocka_unit_test(deactivated_then_activated),
		cmocka_unit_test(active_for_a_moment),
	};

	return run_vgic_tests(tests);
}

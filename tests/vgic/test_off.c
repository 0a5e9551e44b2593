// SPDX-License-Identifier: Apache-2.0
/* vCPUs that go off and come, and a partition that stops, with interrupts in flight. */
#include "common/run/partition.h"
#include "tests/vgic/unit.h"

static void off_with_interrupts_in_flight(void **state)
{
	(void)state;
	for (size_t i = 0; i < SPI_KINDS; i++) {
		setup_risen(spi_kinds[i], 1);
		guest_send_to(2, 1);
		machine_settle();
		machine_run_on(1);
		guest_cpu_off();
		machine_settle();
		/* Nothing comes while it is off; the SPI can be had by another. */
		machine_run_on(0);
		machine_drain();
		assert_int_equal(delivered(0, spi_kinds[i]), 0);
		guest_route(spi_kinds[i], 0);
		machine_drain();
		assert_int_equal(delivered(0, spi_kinds[i]), 1);
		assert_int_equal(delivered(1, 1), 0);
	}
}

static void acknowledge_on_1(uint32_t intid)
{
	setup_risen(intid, 1);
	machine_settle();
	machine_run_on(1);
	assert_int_equal(guest_acknowledge(1), intid);
}

static void off_while_active(void **state)
{
	(void)state;
	for (size_t i = 0; i < SPI_KINDS; i++) {
		acknowledge_on_1(spi_kinds[i]);
		lower_line(spi_kinds[i]);
		guest_cpu_off();
		machine_run_on(0);
		raise_line(spi_kinds[i]);
		machine_settle();
		setup_start(1);
		machine_drain();
		assert_int_equal(delivered(1, spi_kinds[i]), 2);
	}
}

/* Pending again, and routed elsewhere: whoever is to have it learns that it is free. */
static void off_while_active_here(void **state)
{
	(void)state;
	for (size_t i = 0; i < SPI_KINDS; i++) {
		acknowledge_on_1(spi_kinds[i]);
		guest_route(spi_kinds[i], 0);
		lower_line(spi_kinds[i]);
		raise_line(spi_kinds[i]);
		machine_settle();
		guest_cpu_off();
		machine_run_on(0);
		machine_drain();
		assert_int_equal(delivered(0, spi_kinds[i]), 2);
	}
}

static void off_and_on_again(void **state)
{
	(void)state;
	setup_guest(2, 2);
	for (unsigned i = 0; i < 10; i++) {
		for (uint32_t sgi = 0; sgi < 5; sgi++)
			guest_send_to(2, sgi);
		machine_settle();
		machine_run_on(1);
		(void)guest_acknowledge(1);
		guest_cpu_off();
		machine_run_on(0);
		setup_start(1);
		assert_int_equal(guest_read_own(1, GICD_ISPENDR), 0);
		assert_int_equal(interface_highest(1, &(unsigned){0}), MACHINE_NONE);
	}
	guest_send_to(2, 9);
	machine_drain();
	assert_int_equal(delivered(1, 9), 1);
}

/* A second reset finds nothing to do. */
static void reset_is_idempotent(void **state)
{
	static struct guest once;

	(void)state;
	setup_guest(2, 4);
	guest_send_to(2, 1);
	setup_spi(EDGE_SPI, 1);
	device_line(0, EDGE_SPI, true);
	machine_settle();
	machine_run_on(1);
	guest_cpu_off();
	once = this_guest;
	vgic_reset_cpu(&this_guest.vcpus[1]);
	once.vgic.lock = this_guest.vgic.lock;
	assert_memory_equal(&once, &this_guest, sizeof(once));
	machine_run_on(0);
	machine_settle();
}

static void stop_with_interrupts_in_flight(void **state)
{
	(void)state;
	for (unsigned by = 0; by < 2; by++) {
		setup_guest(2, 4);
		for (size_t i = 0; i < SPI_KINDS; i++) {
			setup_spi(spi_kinds[i], (unsigned)i % 2);
			raise_line(spi_kinds[i]);
		}
		device_line(1, MACHINE_VIRTUAL_TIMER, true);
		guest_send_to(3, 2);
		machine_settle();
		machine_run_on(1);
		(void)guest_acknowledge(1);
		machine_run_on(by);
		guest_system_off();
		machine_settle();
		assert_false(machine.cpus[0].is_on);
		assert_false(machine.cpus[1].is_on);
		for (unsigned i = 1; i < MACHINE_WORDS; i++) {
			assert_int_equal(machine.spis[i].enabled, 0);
			assert_int_equal(machine.spis[i].active, 0);
		}
		/* And devices that go on disturb nobody. */
		device_line(0, EDGE_SPI, false);
		device_line(0, EDGE_SPI, true);
		for (unsigned cpu = 0; cpu < 2; cpu++)
			assert_false(machine_wants_interrupt(cpu));
	}
}

/* What is hidden is undefined to the guest, and it goes on; what nobody knows ends it. */
static void exceptions_of_every_class(void **state)
{
	static const unsigned hidden[] = {0x01, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08, 0x09,
					  0x0a, 0x0c, 0x14, 0x19, 0x1a, 0x1b, 0x1d};
	unsigned next = 0;

	(void)state;
	for (unsigned class = 0; class < 0x40; class ++) {
		/* Calls, system registers, aborts. */
		if (class == 0x16 || class == 0x17 || class == 0x18 || class == 0x20 ||
		    class == 0x24)
			continue;
		setup_guest(1, 4);
		guest_exception(class);

		const bool is_hidden =
			next < sizeof(hidden) / sizeof(hidden[0]) && hidden[next] == class;

		next += is_hidden ? 1 : 0;
		assert_int_equal(machine.cpus[0].is_on, is_hidden);
		assert_int_equal(partition_is_running(), is_hidden);
		if (is_hidden)
			assert_true(machine_self()->has_aborted);
	}
	assert_int_equal(next, sizeof(hidden) / sizeof(hidden[0]));
}

int main(void)
{
	struct CMUnitTest tests[] = {
		cmocka_unit_test(off_with_interrupts_in_flight),
		cmocka_unit_test(off_while_active),
		cmocka_unit_test(off_while_active_here),
		cmocka_unit_test(off_and_on_again),
		cmocka_unit_test(reset_is_idempotent),
		cmocka_unit_test(stop_with_interrupts_in_flight),
		cmocka_unit_test(exceptions_of_every_class),
	};

	return run_vgic_tests(tests);
}

// SPDX-License-Identifier: Apache-2.0
/* More interrupts than list registers: who waits, who gives way, and in which order they come. */
#include "arch/arm64/gic/gic.h"
#include "tests/vgic/unit.h"

static unsigned handled;
static uint32_t order[128];

static void note(uint32_t intid)
{
	assert_true(handled < sizeof(order) / sizeof(order[0]));
	order[handled++] = intid;
}

static void note_orders(void)
{
	handled = 0;
	machine_hooks.handle = note;
}

/* Priorities 0x00, 0x08 ... in an order that is not theirs. */
static uint8_t mixed_priority(uint32_t i)
{
	return (uint8_t)(i * 7 % 16 * 8);
}

static void more_than_list_registers(void **state)
{
	(void)state;
	for (unsigned lists = 1; lists <= 16; lists++) {
		setup_guest(2, lists);
		note_orders();
		machine_run_on(1);
		for (uint32_t i = 0; i < 16; i++)
			guest_set_priority(i, mixed_priority(i));
		machine_settle();
		machine_run_on(0);
		for (uint32_t i = 0; i < 16; i++) {
			guest_send_to(2, i);
			if (i % 3 == 0)
				machine_settle();
		}
		machine_drain();
		assert_int_equal(handled, 16);
		for (uint32_t i = 0; i < 16; i++)
			assert_int_equal(mixed_priority(order[i]), i * 8);
	}
}

/* The physical GIC tells no more priorities apart than these (gic.h). */
static unsigned step(uint32_t intid)
{
	return gic_guest_priority(model_find(1, intid)->priority);
}

/* 16 SGIs, 32 SPIs, a timer and a device, at once: each comes once, urgent ones first. */
static void storm(void **state)
{
	(void)state;
	for (unsigned lists = 1; lists <= 16; lists += lists) {
		setup_guest(2, lists);
		note_orders();
		for (uint32_t i = 64; i < 96; i++) {
			guest_set_priority(i, (uint8_t)((95 - i) * 4));
			guest_route(i, 1);
		}
		guest_write(GICD_ISENABLER + 8, UINT32_MAX);
		setup_spi(EDGE_SPI, 1);
		machine_settle();
		guest_write(GICD_ISPENDR + 8, UINT32_MAX);
		for (uint32_t i = 0; i < 16; i++)
			guest_send_to(2, i);
		device_line(0, EDGE_SPI, true);
		guest_write_own(1, GICD_ISPENDR, 1U << MACHINE_VIRTUAL_TIMER);
		machine_settle();
		machine_drain();
		assert_int_equal(handled, 50);
		for (uint32_t i = 0; i < 96; i++)
			assert_int_equal(delivered(1, i), i < 16 || i >= 64 || i == EDGE_SPI ||
								  i == MACHINE_VIRTUAL_TIMER);
		for (unsigned i = 1; i < handled; i++)
			assert_true(step(order[i - 1]) <= step(order[i]));
		assert_true(machine_maintenance_exits[1] <= 60);
	}
}

/*
 * What was masked while all list registers were full comes before less urgent ones that have found
 * room since.
 */
static void room_again(void **state)
{
	(void)state;
	setup_guest(2, 4);
	note_orders();
	for (uint32_t i = 0; i < 4; i++)
		guest_set_priority(i, 0x20);
	guest_set_priority(MACHINE_VIRTUAL_TIMER, 0x60);
	for (uint32_t i = 0; i < 4; i++)
		guest_send_to(1, i);
	guest_write_own(0, GICD_ISPENDR, 1U << MACHINE_VIRTUAL_TIMER);
	machine_settle();
	assert_true(guest_handle());
	for (unsigned from = 0; from < 2; from++) {
		assert_true(guest_handle());
		machine_run_on(from);
		guest_send_to(1, 4 + from);
		machine_run_on(0);
		machine_settle();
	}
	machine_drain();
	assert_int_equal(handled, 7);
	assert_int_equal(order[4], MACHINE_VIRTUAL_TIMER);
}

/* Those whose priority was dropped make room for what is as urgent, and for what is less. */
static void dropped_give_way(void **state)
{
	(void)state;
	for (unsigned lists = 1; lists <= 4; lists++) {
		setup_guest(1, lists);
		setup_spi(EDGE_SPI, 0);
		guest_open_interface(true);
		guest_set_priority(9, 0xc0);
		for (uint32_t i = 0; i < 6; i++) {
			guest_send_to(1, i);
			machine_settle();
			assert_int_equal(guest_acknowledge(1), i);
			guest_end(i, 1);
		}
		device_line(0, EDGE_SPI, true);
		machine_settle();
		assert_int_equal(guest_acknowledge(1), EDGE_SPI);
		guest_end(EDGE_SPI, 1);
		guest_send_to(1, 9);
		machine_settle();
		assert_int_equal(guest_acknowledge(1), 9);
		guest_end(9, 1);
		guest_deactivate(9);
		for (uint32_t i = 0; i < 6; i++)
			guest_deactivate(i);
		guest_deactivate(EDGE_SPI);
		machine_drain();
		assert_int_equal(guest_read(GICD_ISACTIVER + 4), 0);
		assert_int_equal(guest_read_own(0, GICD_ISACTIVER), 0);
	}
}

int main(void)
{
	struct CMUnitTest tests[] = {
		cmocka_unit_test(more_than_list_registers),
		cmocka_unit_test(storm),
		cmocka_unit_test(room_again),
		cmocka_unit_test(dropped_give_way),
	};

	return run_vgic_tests(tests);
}

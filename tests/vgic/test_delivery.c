// SPDX-License-Identifier: Apache-2.0
/* Interrupts on their way to the guest: which come, and how often. */
#include "arch/arm64/gic/gic.h"
#include "tests/vgic/unit.h"

static void sgi_by_list(void **state)
{
	(void)state;
	setup_guest(4, 4);
	guest_send_to(1U << 1 | 1U << 3, 5);
	machine_drain();
	assert_int_equal(delivered(0, 5), 0);
	assert_int_equal(delivered(1, 5), 1);
	assert_int_equal(delivered(2, 5), 0);
	assert_int_equal(delivered(3, 5), 1);
	/* To itself, and to vCPUs that are not there. */
	guest_send_to(0xfff1, 6);
	machine_drain();
	assert_int_equal(delivered(0, 6), 1);
	/* Another cluster, another range: nobody. */
	guest_send(GUEST_SGI1, UINT64_C(7) << 24 | 0xf | UINT64_C(1) << 16);
	guest_send(GUEST_SGI1, UINT64_C(7) << 24 | 0xf | UINT64_C(1) << 44);
	guest_send(GUEST_SGI1, UINT64_C(7) << 24 | 0xf | UINT64_C(1) << 32);
	machine_drain();
	for (unsigned cpu = 0; cpu < 4; cpu++)
		assert_int_equal(delivered(cpu, 7), 0);
}

static void sgi_to_all_others(void **state)
{
	(void)state;
	setup_guest(4, 2);
	machine_run_on(2);
	guest_send(GUEST_SGI1, UINT64_C(1) << 40 | UINT64_C(9) << 24);
	machine_drain();
	for (unsigned cpu = 0; cpu < 4; cpu++)
		assert_int_equal(delivered(cpu, 9), cpu == 2 ? 0 : 1);
}

static void sgis_of_both_groups(void **state)
{
	(void)state;
	setup_guest(2, 4);
	guest_write_own(1, GICD_IGROUPR, UINT32_MAX & ~(1U << 3));
	machine_settle();
	/* SGI0R and ASGI1R send those of group 0 alone, SGI1R both (12.1.10). */
	guest_send(GUEST_SGI0, 2 | UINT64_C(3) << 24);
	guest_send(GUEST_SGI0, 2 | UINT64_C(4) << 24);
	machine_settle();
	machine_run_on(1);
	assert_int_equal(guest_acknowledge(1), MACHINE_NONE);
	assert_int_equal(guest_acknowledge(0), 3);
	guest_end(3, 0);
	machine_run_on(0);
	guest_send(GUEST_ASGI1, 2 | UINT64_C(3) << 24);
	guest_send_to(2, 4);
	machine_drain();
	assert_int_equal(delivered(1, 3), 2);
	assert_int_equal(delivered(1, 4), 1);
}

static void groups_that_are_off(void **state)
{
	(void)state;
	setup_guest(1, 4);
	guest_write_own(0, GICD_IGROUPR, ~1U);
	guest_write(GICD_CTLR, GICD_CTLR_ENABLE_GROUP0);
	guest_send_to(1, 0);
	guest_send_to(1, 1);
	machine_drain();
	assert_int_equal(delivered(0, 0), 1);
	assert_int_equal(delivered(0, 1), 0);
	guest_write(GICD_CTLR, GICD_CTLR_ENABLE_GROUP1);
	machine_drain();
	assert_int_equal(delivered(0, 1), 1);
}

/* What is sent before the acknowledge is one interrupt, what is sent after it another. */
static void sgis_merge(void **state)
{
	(void)state;
	setup_guest(2, 4);
	guest_send_to(2, 1);
	guest_send_to(2, 1);
	machine_settle();
	guest_send_to(2, 1);
	machine_settle();
	machine_run_on(1);
	assert_int_equal(guest_acknowledge(1), 1);
	machine_run_on(0);
	guest_send_to(2, 1);
	guest_send_to(2, 1);
	machine_settle();
	machine_run_on(1);
	assert_int_equal(guest_acknowledge(1), MACHINE_NONE);
	guest_end(1, 1);
	machine_drain();
	assert_int_equal(delivered(1, 1), 2);
}

static bool stays_high;

static void lower(uint32_t intid)
{
	if (!stays_high)
		lower_line(intid);
}

static void check_level(uint32_t intid)
{
	setup_guest(2, 4);
	machine_hooks.handle = lower;
	stays_high = true;
	if (intid >= 32)
		setup_spi(intid, 0);
	raise_line(intid);
	for (unsigned i = 1; i <= 5; i++) {
		machine_settle();
		assert_true(guest_handle());
		assert_int_equal(delivered(0, intid), i);
	}
	stays_high = false;
	machine_settle();
	assert_true(guest_handle());
	machine_drain();
	assert_int_equal(delivered(0, intid), 6);
}

static void level_that_stays_high(void **state)
{
	(void)state;
	check_level(VIRTUAL_SPI);
	check_level(LEVEL_SPI);
	check_level(MACHINE_VIRTUAL_TIMER);
}

/* A level that falls before the guest has acknowledged it. */
static void level_that_falls(void **state)
{
	(void)state;
	setup_guest(1, 4);
	setup_spi(VIRTUAL_SPI, 0);
	virtual_line(VIRTUAL_SPI, true);
	machine_settle();
	virtual_line(VIRTUAL_SPI, false);
	machine_drain();
	assert_int_equal(delivered(0, VIRTUAL_SPI), 0);
	/* And rises again. */
	virtual_line(VIRTUAL_SPI, true);
	machine_hooks.handle = lower;
	stays_high = false;
	machine_drain();
	assert_int_equal(delivered(0, VIRTUAL_SPI), 1);
}

static void edge_while_active(void **state)
{
	static const uint32_t intids[] = {EDGE_SPI, EDGE_SPI_2};

	(void)state;
	for (size_t i = 0; i < sizeof(intids) / sizeof(intids[0]); i++) {
		const uint32_t intid = intids[i];

		setup_guest(2, 4);
		setup_spi(intid, 1);
		device_line(0, intid, true);
		device_line(0, intid, false);
		machine_settle();
		machine_run_on(1);
		assert_int_equal(guest_acknowledge(1), intid);
		device_line(0, intid, true);
		device_line(0, intid, false);
		machine_settle();
		assert_int_equal(guest_acknowledge(1), MACHINE_NONE);
		guest_end(intid, 1);
		machine_drain();
		assert_int_equal(delivered(1, intid), 2);
	}
}

static void pended_while_active(void **state)
{
	static const uint32_t intids[] = {VIRTUAL_SPI, EDGE_SPI, LEVEL_SPI};

	(void)state;
	for (size_t i = 0; i < sizeof(intids) / sizeof(intids[0]); i++) {
		const uint32_t intid = intids[i];

		setup_guest(2, 4);
		setup_spi(intid, 1);
		guest_write(GICD_ISPENDR + 4, 1U << intid % 32);
		machine_settle();
		machine_run_on(1);
		assert_int_equal(guest_acknowledge(1), intid);
		machine_run_on(0);
		guest_write(GICD_ISPENDR + 4, 1U << intid % 32);
		machine_settle();
		machine_run_on(1);
		guest_end(intid, 1);
		machine_drain();
		assert_int_equal(delivered(1, intid), 2);
	}
}

/* A more urgent one comes while another is active, with and without a list register to spare. */
static void preemption(void **state)
{
	(void)state;
	for (unsigned lists = 1; lists <= 4; lists++) {
		setup_guest(1, lists);
		guest_set_priority(3, 0x20);
		guest_set_priority(4, 0x10);
		guest_send_to(1, 2);
		assert_int_equal(guest_acknowledge(1), 2);
		guest_send_to(1, 5);
		guest_send_to(1, 3);
		assert_int_equal(guest_acknowledge(1), 3);
		guest_send_to(1, 4);
		machine_settle();
		if (lists > 2) {
			assert_int_equal(guest_acknowledge(1), 4);
			guest_end(4, 1);
		}
		guest_end(3, 1);
		guest_end(2, 1);
		machine_drain();
		for (uint32_t i = 2; i < 6; i++)
			assert_int_equal(delivered(0, i), 1);
	}
}

/* EOImode 1: the priority is dropped first, deactivation comes later and in any order. */
static void split_end(void **state)
{
	(void)state;
	setup_guest(1, 2);
	setup_spi(EDGE_SPI, 0);
	setup_spi(VIRTUAL_SPI, 0);
	guest_open_interface(true);
	device_line(0, EDGE_SPI, true);
	machine_settle();
	assert_int_equal(guest_acknowledge(1), EDGE_SPI);
	guest_end(EDGE_SPI, 1);
	virtual_line(VIRTUAL_SPI, true);
	machine_settle();
	assert_int_equal(guest_acknowledge(1), VIRTUAL_SPI);
	guest_end(VIRTUAL_SPI, 1);
	device_line(0, EDGE_SPI, false);
	device_line(0, EDGE_SPI, true);
	machine_settle();
	assert_int_equal(guest_acknowledge(1), MACHINE_NONE);
	guest_deactivate(EDGE_SPI);
	virtual_line(VIRTUAL_SPI, false);
	guest_deactivate(VIRTUAL_SPI);
	machine_drain();
	assert_int_equal(delivered(0, EDGE_SPI), 2);
	assert_int_equal(delivered(0, VIRTUAL_SPI), 1);
}

/* First another device, then an SGI that wakes the vCPU up. */
static void while_asleep(void)
{
	static bool is_second;

	if (!is_second) {
		device_line(0, EDGE_SPI_2, true);
	} else {
		machine_run_on(1);
		guest_send_to(1, 5);
		machine_run_on(0);
	}
	is_second = !is_second;
}

/*
 * A vCPU that sleeps in EL2 gets interrupts there, without an exit between two of them. One comes
 * right behind another that has come back into a list register.
 */
static void asleep(void **state)
{
	(void)state;
	setup_guest(2, 4);
	setup_spi(EDGE_SPI, 0);
	setup_spi(EDGE_SPI_2, 0);
	for (uint32_t i = 1; i < 5; i++)
		guest_set_priority(i, 0x20);
	guest_set_priority(5, 0);
	device_line(0, EDGE_SPI, true);
	machine_settle();
	assert_int_equal(guest_acknowledge(1), EDGE_SPI);
	for (uint32_t i = 1; i < 5; i++)
		guest_send_to(1, i);
	for (uint32_t i = 1; i < 4; i++) {
		const uint32_t intid = guest_acknowledge(1);

		guest_end(intid, 1);
	}
	/* Two that are too little urgent to wake it up. */
	machine_run_on(1);
	guest_send_to(1, 6);
	machine_run_on(0);
	machine_self()->registers[REGISTER_ich_vmcr_el2] = UINT64_C(0x10) << 24 | 3;
	machine_hooks.sleep = while_asleep;
	guest_cpu_suspend();
	machine_settle();
	guest_open_interface(false);
	machine_drain();
	guest_end(EDGE_SPI, 1);
	machine_drain();
	assert_int_equal(delivered(0, EDGE_SPI), 1);
	assert_int_equal(delivered(0, EDGE_SPI_2), 1);
	assert_int_equal(delivered(0, 5), 1);
	assert_int_equal(delivered(0, 6), 1);
}

/* The priority mask of the guest, and its group enables, hold back and then let through. */
static void guests_mask(void **state)
{
	(void)state;
	setup_guest(1, 4);
	machine_self()->registers[REGISTER_ich_vmcr_el2] = UINT64_C(0x80) << 24 | 3;
	guest_send_to(1, 8);
	machine_drain();
	assert_int_equal(delivered(0, 8), 0);
	guest_open_interface(false);
	machine_drain();
	assert_int_equal(delivered(0, 8), 1);
}

int main(void)
{
	struct CMUnitTest tests[] = {
		cmocka_unit_test(sgi_by_list),	       cmocka_unit_test(sgi_to_all_others),
		cmocka_unit_test(sgis_of_both_groups), cmocka_unit_test(groups_that_are_off),
		cmocka_unit_test(sgis_merge),	       cmocka_unit_test(level_that_stays_high),
		cmocka_unit_test(level_that_falls),    cmocka_unit_test(edge_while_active),
		cmocka_unit_test(pended_while_active), cmocka_unit_test(preemption),
		cmocka_unit_test(split_end),	       cmocka_unit_test(asleep),
		cmocka_unit_test(guests_mask),
	};

	return run_vgic_tests(tests);
}

// SPDX-License-Identifier: Apache-2.0
/* The virtual GIC's registers: values after reset, what can be written, what faults. */
#include "tests/vgic/unit.h"

#define GICR(cpu, offset) (GUEST_GICR + (cpu)*UINT64_C(0x20000) + (offset))

struct expected {
	uint32_t offset;
	uint32_t value;
};

static void reset_of_distributor(void **state)
{
	static const struct expected expected[] = {
		{GICD_CTLR, GICD_CTLR_ARE | GICD_CTLR_DS},
		{GICD_TYPER, 1U << 25 | 15U << 19 | 1U << 16 | 2},
		{GICD_IIDR, VGIC_IIDR},
		{GIC_PIDR2, VGIC_PIDR2},
		{GICD_IGROUPR, 0},
		{GICD_IGROUPR + 4, 0},
		{GICD_ISENABLER + 4, 0},
		{GICD_ICENABLER + 8, 0},
		{GICD_ISPENDR + 4, 0},
		{GICD_ICACTIVER + 4, 0},
		{GICD_IPRIORITYR + 32, 0},
		{GICD_ICFGR, 0},
		/* Passed-through levels 40 and 41, an edge 42; virtual ones are levels. */
		{GICD_ICFGR + 8, 2U << 20},
		{GICD_ICFGR + 12, 0},
		{GICD_IROUTER + 8 * 32, 0},
		{0x0c, 0},
		{0xfffc, 0},
	};

	(void)state;
	setup_machine(2, 4);
	for (size_t i = 0; i < sizeof(expected) / sizeof(expected[0]); i++)
		assert_int_equal(guest_read(expected[i].offset), expected[i].value);
}

static void reset_of_redistributors(void **state)
{
	(void)state;
	setup_machine(3, 4);
	for (unsigned cpu = 0; cpu < 3; cpu++) {
		const uint64_t type = (uint64_t)cpu << 32 | cpu << 8 | (cpu == 2 ? 1U << 4 : 0);

		assert_int_equal(guest_load(GICR(cpu, GICR_TYPER), 8), type);
		assert_int_equal(guest_load(GICR(cpu, GICR_TYPER), 4), (uint32_t)type);
		assert_int_equal(guest_load(GICR(cpu, GICR_TYPER + 4), 4), cpu);
		assert_int_equal(guest_load(GICR(cpu, GICR_CTLR), 4), 0);
		assert_int_equal(guest_load(GICR(cpu, GIC_PIDR2), 4), VGIC_PIDR2);
		assert_int_equal(guest_read_own(cpu, GICD_ISENABLER), 0);
		assert_int_equal(guest_read_own(cpu, GICD_IGROUPR), 0);
		assert_int_equal(guest_read_own(cpu, GICD_IPRIORITYR), 0);
		assert_int_equal(guest_read_own(cpu, GICD_ICFGR), 0xaaaaaaaa);
		assert_int_equal(guest_read_own(cpu, GICD_ICFGR + 4), 0);
	}
}

static void written_fields_read_back(void **state)
{
	(void)state;
	setup_machine(2, 4);
	guest_write(GICD_ISENABLER + 4, 0xf0f00ff0);
	guest_write(GICD_ICENABLER + 4, 0x00f000f0);
	assert_int_equal(guest_read(GICD_ISENABLER + 4), 0xf0000f00);
	assert_int_equal(guest_read(GICD_ICENABLER + 4), 0xf0000f00);
	guest_write(GICD_IGROUPR + 8, 0x12345678);
	assert_int_equal(guest_read(GICD_IGROUPR + 8), 0x12345678);
	guest_write(GICD_IPRIORITYR + 40, 0x80c0ff07);
	assert_int_equal(guest_read(GICD_IPRIORITYR + 40), 0x80c0f800);
	guest_store(GUEST_GICD + GICD_IPRIORITYR + 41, 1, 0x33);
	assert_int_equal(guest_load(GUEST_GICD + GICD_IPRIORITYR + 41, 1), 0x30);
	assert_int_equal(guest_read(GICD_IPRIORITYR + 40), 0x80c03000);
	/* Of a register with hardware interrupts only the others change. */
	guest_write(GICD_ICFGR + 8, 0xffffffff);
	assert_int_equal(guest_read(GICD_ICFGR + 8), 0xaaa0aaaa | 2U << 20);
	guest_write_own(1, GICD_ICFGR, 0);
	assert_int_equal(guest_read_own(1, GICD_ICFGR), 0xaaaaaaaa);
	guest_write_own(1, GICD_IPRIORITYR + 28, 0xffffffff);
	assert_int_equal(guest_read_own(1, GICD_IPRIORITYR + 28), 0xf8f8f8f8);
	assert_int_equal(guest_read_own(0, GICD_IPRIORITYR + 28), 0);
	guest_write(GICD_CTLR, 0xffffffff);
	assert_int_equal(guest_read(GICD_CTLR), GICD_CTLR_ARE | GICD_CTLR_DS | 3);
	machine_settle();
}

static void routes(void **state)
{
	(void)state;
	setup_machine(4, 4);
	guest_route(50, 3);
	assert_int_equal(guest_load(GUEST_GICD + GICD_IROUTER + 8 * 50, 8), 3);
	guest_write(GICD_IROUTER + 8 * 50, 1);
	guest_write(GICD_IROUTER + 8 * 50 + 4, 0);
	assert_int_equal(guest_read(GICD_IROUTER + 8 * 50), 1);
	assert_int_equal(guest_read(GICD_IROUTER + 8 * 50 + 4), 0);
	/* Not beyond what the guest has; private interrupts have no route. */
	guest_route(96, 1);
	assert_int_equal(guest_load(GUEST_GICD + GICD_IROUTER + 8 * 96, 8), 0);
	guest_route(31, 1);
	assert_int_equal(guest_load(GUEST_GICD + GICD_IROUTER + 8 * 31, 8), 0);
}

/* An access that the architecture does not have is an external abort; others beyond read as zero.
 */
static void bad_accesses(void **state)
{
	static const struct {
		uint64_t address;
		unsigned size;
		bool aborts;
	} accesses[] = {
		{GUEST_GICD + GICD_ISENABLER, 1, true},
		{GUEST_GICD + GICD_ISENABLER, 2, true},
		{GUEST_GICD + GICD_ISENABLER, 8, true},
		{GUEST_GICD + GICD_ISENABLER + 2, 4, true},
		{GUEST_GICD + GICD_IPRIORITYR + 33, 1, false},
		{GUEST_GICD + GICD_IPRIORITYR + 33, 2, true},
		{GUEST_GICD + GICD_IPRIORITYR + 32, 8, true},
		{GUEST_GICD + GICD_IROUTER + 8 * 40, 8, false},
		{GUEST_GICD + GICD_IROUTER + 8 * 40 + 4, 8, true},
		{GUEST_GICD + GICD_IROUTER + 8 * 40, 2, true},
		{GUEST_GICD + GICD_CTLR, 8, true},
		{GUEST_GICD + 0x7ff8, 4, false},
		{GUEST_GICD + 0xfffc, 4, false},
		{GUEST_GICD + 0x10000, 4, true},
		{GICR(0, GICR_CTLR), 1, true},
		{GICR(0, GICR_TYPER), 2, true},
		{GICR(0, GICR_WAKER), 4, false},
		{GICR(0, 0x10000 + GICD_ISENABLER), 8, true},
		{GICR(0, 0x10000 + GICD_IPRIORITYR + 3), 1, false},
		{GICR(0, 0x1fffc), 4, false},
		{GICR(2, 0), 4, true}, /* there are two vCPUs */
	};

	(void)state;
	setup_machine(2, 4);
	for (size_t i = 0; i < sizeof(accesses) / sizeof(accesses[0]); i++) {
		(void)guest_load(accesses[i].address, accesses[i].size);
		assert_int_equal(machine_self()->has_aborted, accesses[i].aborts);
		guest_store(accesses[i].address, accesses[i].size, 0);
		assert_int_equal(machine_self()->has_aborted, accesses[i].aborts);
	}
}

/* Any offset, size and value: nothing but the guest's own comes to harm. */
static void every_offset(void **state)
{
	(void)state;
	setup_machine(2, 2);
	for (uint64_t offset = 0; offset < 0x10000; offset++)
		for (unsigned size = 1; size <= 8; size *= 2) {
			(void)guest_load(GUEST_GICD + offset, size);
			(void)guest_load(GICR(offset & 1, offset % 0x20000), size);
		}
	for (uint64_t offset = 0; offset < 0x10000; offset += 4) {
		guest_store(GUEST_GICD + offset, 4, UINT32_MAX);
		guest_store(GICR(offset / 4 & 1, 0x10000 + offset), 4, UINT32_MAX);
	}
	machine_settle();
}

static void pending_and_active_read(void **state)
{
	(void)state;
	setup_guest(1, 4);
	setup_spi(VIRTUAL_SPI, 0);
	assert_int_equal(guest_read(GICD_ISPENDR + 4), 0);
	guest_write(GICD_ISPENDR + 4, 1U << 1);
	assert_int_equal(guest_read(GICD_ISPENDR + 4), 1U << 1);
	assert_int_equal(guest_read(GICD_ISACTIVER + 4), 0);
	assert_int_equal(guest_acknowledge(1), VIRTUAL_SPI);
	assert_int_equal(guest_read(GICD_ISPENDR + 4), 0);
	assert_int_equal(guest_read(GICD_ISACTIVER + 4), 1U << 1);
	guest_end(VIRTUAL_SPI, 1);
	assert_int_equal(guest_read(GICD_ICACTIVER + 4), 0);
	/* Disabled, it is pending all the same. */
	guest_write(GICD_ISPENDR + 8, 1U << 20);
	assert_int_equal(guest_read(GICD_ICPENDR + 8), 1U << 20);
	guest_write(GICD_ICPENDR + 8, 1U << 20);
	assert_int_equal(guest_read(GICD_ICPENDR + 8), 0);
}

int main(void)
{
	struct CMUnitTest tests[] = {
		cmocka_unit_test(reset_of_distributor),
		cmocka_unit_test(reset_of_redistributors),
		cmocka_unit_test(written_fields_read_back),
		cmocka_unit_test(routes),
		cmocka_unit_test(bad_accesses),
		cmocka_unit_test(every_offset),
		cmocka_unit_test(pending_and_active_read),
	};

	return run_vgic_tests(tests);
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * probe: checks the architecture from EL1. Runs on plain QEMU too, where a check that needs a
 * hypervisor is skipped.
 */
#include "tests/guests/lib/check.h"
#include "tests/guests/lib/private.h"
#include "tests/guests/lib/secondary.h"
#include "tests/guests/lib/spi.h"

#define SGI_PING       1
#define SGI_HIGH       2
#define SGI_COUNT      16
#define HOLE	       UINT64_C(0x7000000000) /* 40 bits; no machine of ours has anything there */
#define PIDR2	       0xffe8
#define EC_DATA_ABORT  0x25
#define EC_FETCH_ABORT 0x21
#define EXTERNAL_ABORT 0x10

static volatile uint32_t taken[GUEST_MAX_CPUS][64];
static volatile uint32_t order[8];
static volatile uint32_t order_count;
static volatile uint64_t secondary_mpidr[GUEST_MAX_CPUS];
static volatile uint32_t started[GUEST_MAX_CPUS];
static volatile bool go_off;

void guest_handle_interrupt(uint32_t intid, uint64_t time)
{
	(void)time;
	if (intid == platform.virtual_timer)
		write_register(cntv_ctl_el0, 0);
	if (intid == platform.physical_timer)
		write_register(cntp_ctl_el0, 0);
	if (intid < 64)
		taken[this_cpu_number()][intid]++;
	if (order_count < 8)
		order[order_count++] = intid;
}

static bool aborted(uint32_t before, unsigned class, uint64_t address)
{
	return fault.count == before + 1 && fault.esr >> 26 == class &&
	       (fault.esr & 0x3f) == EXTERNAL_ABORT && fault.far == address;
}

static void check_aborts(void)
{
	uint32_t before = fault.count;

	fault.is_expected = true;
	(void)read32(HOLE);
	check("read outside of memory", aborted(before, EC_DATA_ABORT, HOLE));
	before = fault.count;
	write32(HOLE + 8, 1);
	check("write outside of memory", aborted(before, EC_DATA_ABORT, HOLE + 8));
	before = fault.count;
	((void (*)(void))HOLE)();
	check("fetch outside of memory", aborted(before, EC_FETCH_ABORT, HOLE));
	fault.is_expected = false;
}

static void check_psci(void)
{
	const uint64_t self = platform.cpus[0];

	check("PSCI version", psci(PSCI_VERSION, 0, 0, 0) >= 0x10000);
	check("PSCI features", psci(PSCI_FEATURES, PSCI_CPU_ON, 0, 0) >= 0 &&
				       psci(PSCI_FEATURES, 0x84001234, 0, 0) == -1);
	check("PSCI unknown function", psci(0x84001234, 0, 0, 0) == -1);
	check("PSCI CPU_ON of itself", psci(PSCI_CPU_ON, self, platform.ram_base, 0) == -4);
	check("PSCI CPU_ON of a foreign CPU",
	      psci(PSCI_CPU_ON, 0x7700, platform.ram_base, 0) == -2);
	check("PSCI AFFINITY_INFO", psci(PSCI_AFFINITY_INFO, self, 0, 0) == 0);
	if (platform.is_bare)
		check_skip("PSCI CPU_ON outside of memory", "plain QEMU does not check");
	else if (platform.cpu_count > 1)
		check("PSCI CPU_ON outside of memory",
		      psci(PSCI_CPU_ON, platform.cpus[1], HOLE, 0) == -9);
}

void guest_secondary(unsigned cpu)
{
	gic_init_cpu();
	enable_interrupts();
	gic_enable(SGI_PING);
	secondary_mpidr[cpu] = read_register(mpidr_el1) & 0xff00ffffff;
	started[cpu]++;
	while (!go_off)
		wait_for_interrupt();
	(void)psci(PSCI_CPU_OFF, 0, 0, 0);
}

/* Starts CPU 1 and later ones; twice, with a CPU_OFF between. */
static void check_secondaries(void)
{
	bool all_started = true;
	bool all_off = true;
	bool all_again = true;

	for (unsigned cpu = 1; cpu < platform.cpu_count; cpu++) {
		all_started = all_started && guest_cpu_on(cpu) == 0 && wait_for(&started[cpu], 1) &&
			      secondary_mpidr[cpu] == platform.cpus[cpu];
	}
	check("secondary CPUs start with their affinity", all_started);
	go_off = true;
	for (unsigned cpu = 1; cpu < platform.cpu_count; cpu++) {
		gic_send_sgi(SGI_PING, platform.cpus[cpu]);
		all_off = goes_off(cpu) && all_off;
	}
	check("CPU_OFF", all_off);
	go_off = false;
	for (unsigned cpu = 1; cpu < platform.cpu_count; cpu++)
		all_again = all_again && guest_cpu_on(cpu) == 0 && wait_for(&started[cpu], 2);
	check("CPU_ON after CPU_OFF", all_again);
}

static void check_sgis(void)
{
	const uint32_t before = taken[0][SGI_PING];
	bool all_reached = true;

	gic_send_sgi(SGI_PING, platform.cpus[0]);
	check("SGI to itself", wait_for(&taken[0][SGI_PING], before + 1));
	for (unsigned cpu = 1; cpu < platform.cpu_count; cpu++) {
		const uint32_t there = taken[cpu][SGI_PING];

		gic_send_sgi(SGI_PING, platform.cpus[cpu]);
		all_reached = all_reached && wait_for(&taken[cpu][SGI_PING], there + 1);
	}
	check("SGI to each other CPU", all_reached);

	uint32_t counts[GUEST_MAX_CPUS];

	for (unsigned cpu = 0; cpu < platform.cpu_count; cpu++)
		counts[cpu] = taken[cpu][SGI_PING];
	write_register(icc_sgi1r_el1, 1UL << 40 | (uint64_t)SGI_PING << 24);
	all_reached = true;
	for (unsigned cpu = 1; cpu < platform.cpu_count; cpu++)
		all_reached = all_reached && wait_for(&taken[cpu][SGI_PING], counts[cpu] + 1);
	check("SGI to all but itself", all_reached && taken[0][SGI_PING] == counts[0]);
}

/* All SGIs at once: a hypervisor has fewer list registers, and must find room for the rest later.
 */
static void check_many_at_once(void)
{
	uint32_t before[SGI_COUNT];
	bool all_taken = true;

	disable_interrupts();
	for (uint32_t intid = 0; intid < SGI_COUNT; intid++) {
		before[intid] = taken[0][intid];
		gic_enable(intid);
		gic_send_sgi(intid, platform.cpus[0]);
	}
	enable_interrupts();
	for (uint32_t intid = 0; intid < SGI_COUNT; intid++)
		all_taken = all_taken && wait_for(&taken[0][intid], before[intid] + 1);
	check("all SGIs at once", all_taken);
}

/* The virtual timer fires at a priority. */
static bool timer_comes_at(uint8_t priority)
{
	const uint32_t timer = platform.virtual_timer;
	const uint32_t before = taken[0][timer];

	private_set_priority(0, timer, priority);
	write_register(cntv_tval_el0, 1000);
	write_register(cntv_ctl_el0, 1);
	return wait_for(&taken[0][timer], before + 1);
}

static void check_timers(void)
{
	uint32_t before = taken[0][platform.virtual_timer];

	gic_enable(platform.virtual_timer);
	write_register(cntv_tval_el0, 1000);
	write_register(cntv_ctl_el0, 1);
	check("virtual timer", wait_for(&taken[0][platform.virtual_timer], before + 1));

	before = taken[0][platform.virtual_timer];
	disable_interrupts();
	write_register(cntv_tval_el0, 10000);
	write_register(cntv_ctl_el0, 1);
	wait_for_interrupt();
	check("WFI ends with a masked interrupt", taken[0][platform.virtual_timer] == before);
	enable_interrupts();
	check("and it is taken when unmasked",
	      wait_for(&taken[0][platform.virtual_timer], before + 1));

	before = taken[0][platform.virtual_timer];
	disable_interrupts();
	write_register(cntv_tval_el0, 10000);
	write_register(cntv_ctl_el0, 1);
	check("PSCI CPU_SUSPEND sleeps until an interrupt",
	      psci(PSCI_CPU_SUSPEND, 0, 0, 0) == 0 && (read_register(cntv_ctl_el0) & 4) != 0 &&
		      taken[0][platform.virtual_timer] == before);
	gic_send_sgi(SGI_PING, platform.cpus[0]);
	check("PSCI CPU_SUSPEND with an interrupt pending", psci(PSCI_CPU_SUSPEND, 0, 0, 0) == 0);
	enable_interrupts();

	before = taken[0][platform.physical_timer];
	gic_enable(platform.physical_timer);
	write_register(cntp_tval_el0, 1000);
	write_register(cntp_ctl_el0, 1);
	check("physical timer", wait_for(&taken[0][platform.physical_timer], before + 1));
	check("timer at the highest and a low priority",
	      timer_comes_at(0x00) && timer_comes_at(gic_lowest_priority()) &&
		      timer_comes_at(0xa0));
}

static void prepare_spi(unsigned cpu)
{
	spi_prepare(SOFT_INTID, true);
	spi_route(SOFT_INTID, platform.cpus[cpu]);
	spi_set(GICD_ISENABLER, SOFT_INTID);
}

static void check_spi(void)
{
	const unsigned last = platform.cpu_count - 1;
	uint32_t before = taken[0][SOFT_INTID];

	prepare_spi(0);
	spi_set(GICD_ISPENDR, SOFT_INTID);
	check("SPI pended by software", wait_for(&taken[0][SOFT_INTID], before + 1));

	spi_set(GICD_ICENABLER, SOFT_INTID);
	before = taken[0][SOFT_INTID];
	spi_set(GICD_ISPENDR, SOFT_INTID);
	check("a disabled SPI stays pending",
	      stays(&taken[0][SOFT_INTID], before) && spi_get(GICD_ISPENDR, SOFT_INTID));
	spi_set(GICD_ISENABLER, SOFT_INTID);
	check("and comes when it is enabled", wait_for(&taken[0][SOFT_INTID], before + 1));

	before = taken[last][SOFT_INTID];
	prepare_spi(last);
	spi_set(GICD_ISPENDR, SOFT_INTID);
	check("SPI routed to the last CPU", wait_for(&taken[last][SOFT_INTID], before + 1));
}

/* Two SGIs pended while masked: the more urgent first, whatever their order. */
static void check_priorities(void)
{
	private_set_priority(0, SGI_HIGH, 0x80);
	disable_interrupts();
	gic_send_sgi(SGI_PING, platform.cpus[0]);
	gic_send_sgi(SGI_HIGH, platform.cpus[0]);
	order_count = 0;
	enable_interrupts();
	(void)wait_for(&order_count, 2);
	check("the more urgent interrupt first", order[0] == SGI_HIGH && order[1] == SGI_PING);

	const uint32_t before = taken[0][SGI_PING];

	write_register(icc_pmr_el1, 0x90);
	gic_send_sgi(SGI_PING, platform.cpus[0]);

	const bool was_masked = stays(&taken[0][SGI_PING], before);

	write_register(icc_pmr_el1, 0xff);
	check("PMR masks", was_masked && wait_for(&taken[0][SGI_PING], before + 1));
}

static void check_identification(void)
{
	uint32_t before = fault.count;

	check("GICD_PIDR2 says GICv3", (read32(platform.distributor + PIDR2) & 0xf0) == 0x30);
	check("GICR_PIDR2 says GICv3", (read32(gic_redistributor() + PIDR2) & 0xf0) == 0x30);
	check("MPIDR is the tree's", (read_register(mpidr_el1) & 0xff00ffffff) == platform.cpus[0]);
	fault.is_expected = true;
	(void)read_register(id_aa64pfr0_el1);
	(void)read_register(id_aa64dfr0_el1);
	(void)read_register(id_aa64isar0_el1);
	(void)read_register(id_aa64mmfr0_el1);
	(void)read_register(s3_0_c0_c4_7); /* not allocated: reads as zero */
	(void)read_register(s3_0_c0_c7_7);
	fault.is_expected = false;
	check("identification registers can be read", fault.count == before);
}

/* Loads of every width from GICD_PIDR2, whose value is known, and a pair, which has no syndrome. */
static void check_widths(void)
{
	const uint64_t pidr = platform.distributor + PIDR2;
	const uint64_t priority = platform.distributor + GICD_IPRIORITYR + SOFT_INTID;
	uint64_t signed_value;
	uint32_t before;

	write32(priority, 0x000000a0);
	__asm__ volatile("ldrsb %0, [%1]" : "=r"(signed_value) : "r"(priority) : "memory");
	check("a signed byte is extended", signed_value == UINT64_C(0xffffffffffffffa0));
	__asm__ volatile("mov x19, #-1\n\tldr w19, [%1]\n\tmov %0, x19"
			 : "=r"(signed_value)
			 : "r"(pidr)
			 : "x19", "memory");
	check("a word clears the upper half",
	      signed_value >> 32 == 0 && (signed_value & 0xf0) == 0x30);
	__asm__ volatile("str wzr, [%0]" : : "r"(priority) : "memory");
	check("the zero register writes zero", read32(priority) == 0);
	if (platform.is_bare) {
		check_skip("a pair of loads from a device aborts", "only under a hypervisor");
		return;
	}
	before = fault.count;
	fault.is_expected = true;
	__asm__ volatile("ldp x19, x20, [%0]" : : "r"(pidr & ~0xfUL) : "x19", "x20", "memory");
	fault.is_expected = false;
	check("a pair of loads from a device aborts", fault.count == before + 1);
}

void guest_main(uint64_t first_instruction)
{
	(void)first_instruction;
	check_begin("probe");
	gic_init();
	gic_init_cpu();
	gic_enable(SGI_PING);
	gic_enable(SGI_HIGH);
	enable_interrupts();
	check_aborts();
	check_psci();
	check_identification();
	check_widths();
	check_many_at_once();
	check_timers();
	check_priorities();
	if (platform.cpu_count > 1)
		check_secondaries();
	else
		check_skip("secondary CPUs", "there is one CPU");
	check_sgis();
	check_spi();
	check_end();
}

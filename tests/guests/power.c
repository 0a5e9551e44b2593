/* SPDX-License-Identifier: Apache-2.0 */
/*
 * power: PSCI as a guest sees it, by HVC and by SMC. What plain QEMU's own does not have, or takes
 * less strictly, is skipped there. In the boot arguments: ticks=N, how long to suspend; end=reset2,
 * to end with a warm reset.
 */
#include "tests/guests/lib/check.h"
#include "tests/guests/lib/guest.h"

#define CPU_SUSPEND_32	  0x84000001
#define CPU_ON_32	  0x84000003
#define AFFINITY_INFO_32  0x84000004
#define SYSTEM_SUSPEND_32 0x8400000e
#define SYSTEM_SUSPEND	  0xc400000e
#define SYSTEM_RESET2_32  0x84000012
#define SYSTEM_RESET2	  0xc4000012

#define SUCCESS		   0
#define INVALID_PARAMETERS (-2)
#define DENIED		   (-3)
#define ALREADY_ON	   (-4)
#define INVALID_ADDRESS	   (-9)

#define STATE_DOWN    0x10000
#define GARBAGE	      0xabcd000000000000
#define OUTSIDE	      UINT64_C(0x7000000000)
#define SGI_KEPT      0 /* the one that Bulkhead uses itself while a CPU is its own */
#define SGI_WAKE      3
#define SGI_MASKED    4
#define A_SHORT_WHILE 20000 /* ticks of the timer */

static volatile uint32_t taken[GUEST_MAX_CPUS][32];
static volatile uint32_t started[GUEST_MAX_CPUS];
static volatile bool go_off;
static volatile unsigned suspensions;
static uint64_t due;	   /* when the timer is to wake the system */
static uint64_t reset_bpr; /* ICC_BPR1_EL1: the least that this CPU has */
static bool by_smc;

void guest_handle_interrupt(uint32_t intid, uint64_t time)
{
	(void)time;
	if (intid == platform.virtual_timer)
		write_register(cntv_ctl_el0, 0);
	if (intid < 32)
		taken[this_cpu_number()][intid]++;
}

/* A call with all 64 bits of its result. */
static int64_t call(uint64_t function, uint64_t a, uint64_t b, uint64_t c)
{
	uint64_t x[4] = {function, a, b, c};

	smccc(by_smc, x);
	return (int64_t)x[0];
}

/* Under a hypervisor only: QEMU's own PSCI is another, and is not even called. */
#define check_here(name, is_good)                                                                  \
	(platform.is_bare ? check_skip(name, "plain QEMU does it otherwise") : check(name, is_good))

static void check_cpu_on(void)
{
	const uint64_t self = platform.cpus[0];
	const uint64_t other = platform.cpus[platform.cpu_count - 1];

	check("CPU_ON of itself", call(PSCI_CPU_ON, self, platform.ram_base, 0) == ALREADY_ON);
	check("CPU_ON of a foreign CPU",
	      call(PSCI_CPU_ON, 0x7700, platform.ram_base, 0) == INVALID_PARAMETERS &&
		      call(PSCI_CPU_ON, 1UL << 31 | self, platform.ram_base, 0) ==
			      INVALID_PARAMETERS);
	check_here("CPU_ON outside of memory",
		   call(PSCI_CPU_ON, other, OUTSIDE, 0) == INVALID_ADDRESS &&
			   call(PSCI_CPU_ON, other, platform.ram_base + 2, 0) == INVALID_ADDRESS &&
			   call(CPU_ON_32, other, 0x1000, 0) == INVALID_ADDRESS &&
			   call(PSCI_CPU_ON, other, UINT64_MAX - 3, 0) == INVALID_ADDRESS);
	check_here("CPU_ON by 32 bits takes no upper halves",
		   call(CPU_ON_32, GARBAGE | self, GARBAGE | platform.ram_base, 0) == ALREADY_ON);
}

static void check_affinity(void)
{
	const uint64_t self = platform.cpus[0];

	check("AFFINITY_INFO of itself",
	      call(PSCI_AFFINITY_INFO, self, 0, 0) == 0 && call(AFFINITY_INFO_32, self, 0, 0) == 0);
	check("AFFINITY_INFO of higher levels", call(PSCI_AFFINITY_INFO, self, 1, 0) == 0 &&
							call(PSCI_AFFINITY_INFO, self, 3, 0) == 0);
	check_here("AFFINITY_INFO of what there is not",
		   call(PSCI_AFFINITY_INFO, self, 4, 0) == INVALID_PARAMETERS &&
			   call(PSCI_AFFINITY_INFO, 0x7700, 0, 0) == INVALID_PARAMETERS &&
			   call(PSCI_AFFINITY_INFO, 0x7700, 1, 0) == INVALID_PARAMETERS &&
			   call(PSCI_AFFINITY_INFO, 0x770000, 3, 0) == SUCCESS);
}

static void start_timer(uint64_t ticks)
{
	write_register(cntv_tval_el0, ticks);
	write_register(cntv_ctl_el0, 1);
}

/* Whether a suspension, with interrupts masked from then on, lasted until the timer was due. */
static bool sleeps(uint64_t function, uint64_t state, uint64_t entry)
{
	disable_interrupts();
	start_timer(bootarg_number("ticks", A_SHORT_WHILE));
	return call(function, state, entry, 0) == SUCCESS && (read_register(cntv_ctl_el0) & 4) != 0;
}

/* The same, and the timer's interrupt is taken afterwards. */
static bool sleeps_until_timer(uint64_t function, uint64_t state, uint64_t entry)
{
	const uint32_t before = taken[0][platform.virtual_timer];
	const bool has_slept = sleeps(function, state, entry);

	enable_interrupts();
	return has_slept && wait_for(&taken[0][platform.virtual_timer], before + 1);
}

static void check_cpu_suspend(void)
{
	check("CPU_SUSPEND in standby", sleeps_until_timer(PSCI_CPU_SUSPEND, 0, 0) &&
						sleeps_until_timer(CPU_SUSPEND_32, 1, 0));
	check("CPU_SUSPEND to power down is standby",
	      sleeps_until_timer(PSCI_CPU_SUSPEND, STATE_DOWN, platform.ram_base));
	check_here("CPU_SUSPEND of a cluster is standby",
		   sleeps_until_timer(PSCI_CPU_SUSPEND, 1UL << 24 | STATE_DOWN, platform.ram_base));
	check("CPU_SUSPEND with reserved bits",
	      call(PSCI_CPU_SUSPEND, 1UL << 31, 0, 0) == INVALID_PARAMETERS &&
		      call(PSCI_CPU_SUSPEND, 1UL << 17, 0, 0) == INVALID_PARAMETERS);
	check_here("CPU_SUSPEND with a bad entry point",
		   call(PSCI_CPU_SUSPEND, STATE_DOWN, OUTSIDE, 0) == INVALID_ADDRESS);

	const uint32_t before = taken[0][SGI_WAKE];

	disable_interrupts();
	gic_send_sgi(SGI_WAKE, platform.cpus[0]);
	check("CPU_SUSPEND with an interrupt pending", call(PSCI_CPU_SUSPEND, 0, 0, 0) == SUCCESS);
	enable_interrupts();
	check("and it is taken", wait_for(&taken[0][SGI_WAKE], before + 1));
}

/* What the priority mask holds back does not end standby, and the timer, more urgent, does. */
static void check_masked_suspend(void)
{
	const uint64_t priorities = gic_redistributor() + 0x10400;
	const uint32_t timer = platform.virtual_timer;

	write32(priorities + (timer & ~3U), 0x40404040);
	write_register(icc_pmr_el1, 0x80);
	gic_send_sgi(SGI_MASKED, platform.cpus[0]);
	check("CPU_SUSPEND sleeps through masked interrupts",
	      sleeps_until_timer(PSCI_CPU_SUSPEND, 0, 0) && taken[0][SGI_MASKED] == 0);
	write_register(icc_pmr_el1, 0xff);
	check("and they are taken when unmasked", wait_for(&taken[0][SGI_MASKED], 1));
	write32(priorities + (timer & ~3U), 0xa0a0a0a0);
}

/* As an operating system does before a deep state: what its interface holds back wakes it then. */
static void check_deep_suspend(void)
{
	const uint32_t before = taken[0][platform.virtual_timer];
	bool has_slept;
	uint64_t group;
	uint64_t mask;

	if (platform.is_bare) {
		check_skip("CPU_SUSPEND to power down with the interface off",
			   "plain QEMU does it otherwise");
		return;
	}
	write_register(icc_igrpen1_el1, 0);
	write_register(icc_pmr_el1, 0x20);
	has_slept = sleeps(PSCI_CPU_SUSPEND, STATE_DOWN, platform.ram_base);
	group = read_register(icc_igrpen1_el1);
	mask = read_register(icc_pmr_el1);
	write_register(icc_pmr_el1, 0xff);
	write_register(icc_igrpen1_el1, 1);
	enable_interrupts();
	check("CPU_SUSPEND to power down with the interface off",
	      has_slept && wait_for(&taken[0][platform.virtual_timer], before + 1));
	check("which is as it was", group == 0 && mask == 0x20);
}

static void check_resets(void)
{
	check_here("SYSTEM_RESET2 of reserved and vendor types",
		   call(SYSTEM_RESET2, 1, 0, 0) == INVALID_PARAMETERS &&
			   call(SYSTEM_RESET2, 0x7fffffff, 0, 0) == INVALID_PARAMETERS &&
			   call(SYSTEM_RESET2, 0x80000000, 0, 0) == INVALID_PARAMETERS &&
			   call(SYSTEM_RESET2_32, 0x80000001, 0, 0) == INVALID_PARAMETERS);
}

/* All but the system's suspension and end, by one conduit. */
static void check_calls(void)
{
	check_cpu_on();
	check_affinity();
	check_cpu_suspend();
	check_masked_suspend();
	check_deep_suspend();
	check_resets();
	taken[0][SGI_MASKED] = 0;
}

static void check_others_off(void)
{
	bool all_off = true;

	go_off = true;
	for (unsigned cpu = 1; cpu < platform.cpu_count; cpu++) {
		const uint64_t end = virtual_time() + read_register(cntfrq_el0);

		gic_send_sgi(SGI_WAKE, platform.cpus[cpu]);
		while (call(PSCI_AFFINITY_INFO, platform.cpus[cpu], 0, 0) != 1)
			if (virtual_time() > end) {
				all_off = false;
				break;
			}
	}
	check("CPU_OFF of all others", all_off);
}

static void check_others_on(void)
{
	bool all_started = true;

	if (platform.cpu_count == 1) {
		check_skip("SYSTEM_SUSPEND while others run", "there is one CPU");
		return;
	}
	for (unsigned cpu = 1; cpu < platform.cpu_count; cpu++)
		all_started = all_started && guest_cpu_on(cpu) == 0 && wait_for(&started[cpu], 1);
	check("CPU_ON of all others", all_started);
	check("CPU_ON of what is on",
	      call(PSCI_CPU_ON, platform.cpus[1], platform.ram_base, 0) == ALREADY_ON);
	check_here("SYSTEM_SUSPEND while others run",
		   call(SYSTEM_SUSPEND, (uintptr_t)secondary_entry, 0, 0) == DENIED);
	check_others_off();
	check_here("AFFINITY_INFO of a level with one CPU on",
		   call(PSCI_AFFINITY_INFO, platform.cpus[1] & ~0xffUL, 1, 0) == 0);
}

static _Noreturn void end(void)
{
	if (bootarg_is("end", "reset2"))
		(void)call(SYSTEM_RESET2, 0, 0, 0);
	check_end();
}

/* Goes on in guest_secondary() as CPU 0. */
static void suspend_system(void)
{
	suspensions++;
	(void)call(SYSTEM_SUSPEND, (uintptr_t)secondary_entry, 0, 0);
	check("SYSTEM_SUSPEND does not return", false);
	check_end();
}

/* An interrupt is acknowledged and never ended. */
static void acknowledge(uint32_t intid)
{
	gic_send_sgi(intid, platform.cpus[0]);
	while ((uint32_t)read_register(icc_iar1_el1) != intid)
		__asm__ volatile("yield");
}

/* The interface has to be as after a reset, the redistributor as it was. */
static void check_system_suspend(void)
{
	if (platform.is_bare) {
		check_skip("SYSTEM_SUSPEND", "plain QEMU has none");
		end();
	}
	check("SYSTEM_SUSPEND with a bad entry point",
	      call(SYSTEM_SUSPEND, OUTSIDE, 0, 0) == INVALID_ADDRESS &&
		      call(SYSTEM_SUSPEND_32, 0x1000, 0, 0) == INVALID_ADDRESS);
	disable_interrupts();
	reset_bpr = read_register(icc_bpr1_el1); /* gic_init_cpu() has written zero */
	/* With two security states QEMU lets nobody clear ICC_AP1R0_EL1. */
	if (gic_has_group0())
		acknowledge(SGI_MASKED);
	write_register(icc_bpr1_el1, 7);
	write_register(icc_igrpen0_el1, 1);
	write_register(icc_igrpen1_el1, 0);
	write32(gic_redistributor() + 0x10400, 0x50505050); /* GICR_IPRIORITYR0: SGIs 0 to 3 */
	gic_enable(SGI_KEPT);
	start_timer(A_SHORT_WHILE);
	due = read_register(cntv_cval_el0);
	write_register(tpidr_el0, 0x1234);
	suspend_system();
}

/* After the first one, which the timer has ended: it is a level, and fell with the reset of EL1. */
static void check_first_resumption(void)
{
	const uint64_t frame = gic_redistributor() + 0x10000;

	check("SYSTEM_SUSPEND lasts until the timer is due", virtual_time() >= due);
	check("SYSTEM_SUSPEND goes on at its entry point, with a fresh EL1",
	      read_register(tpidr_el0) == 0 && read_register(cntv_ctl_el0) == 0);
	check("and a fresh CPU interface",
	      read_register(icc_pmr_el1) == 0 && read_register(icc_igrpen1_el1) == 0 &&
		      read_register(icc_igrpen0_el1) == 0 && read_register(icc_ap1r0_el1) == 0 &&
		      read_register(icc_bpr1_el1) == reset_bpr);
	check("and the redistributor as it was",
	      (read32(frame + 0x100) & 1U << SGI_KEPT) != 0 && read32(frame + 0x400) == 0x50505050);
	gic_send_sgi(SGI_KEPT, platform.cpus[0]);
	suspend_system();
}

static void resume(void)
{
	if (suspensions == 1)
		check_first_resumption();
	gic_init_cpu();
	enable_interrupts();
	check("What was pending before a SYSTEM_SUSPEND is taken",
	      suspensions == 2 && wait_for(&taken[0][SGI_KEPT], 1));
	end();
}

void guest_secondary(unsigned cpu)
{
	if (cpu == 0)
		resume();
	gic_init_cpu();
	gic_enable(SGI_WAKE);
	enable_interrupts();
	started[cpu]++;
	while (!go_off)
		wait_for_interrupt();
	(void)psci(PSCI_CPU_OFF, 0, 0, 0);
}

void guest_main(uint64_t first_instruction)
{
	(void)first_instruction;
	gic_init();
	gic_init_cpu();
	gic_enable(SGI_WAKE);
	gic_enable(SGI_MASKED);
	gic_enable(platform.virtual_timer);
	enable_interrupts();
	by_smc = platform.psci_by_smc;
	check_begin("power");
	check_calls();
	if (platform.is_bare) {
		check_skip("the same by SMC", "there is no EL2 or EL3");
	} else {
		by_smc = !by_smc;
		check_calls();
	}
	check_others_on();
	check_system_suspend();
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * siblings: CPU 1 does what the boot argument sibling= says, with interrupts masked, and CPU 0
 * switches the system off: spin, call (PSCI), print, event (WFE), sleep; or sleep with its
 * interrupts disabled in the redistributor (disabled), the group (group), the priority mask (mask),
 * or in an interrupt of the highest priority (highest). With restart, CPU 1 goes off and is started
 * many times, and counts what is left of its earlier life then; with early it is started once. A
 * third CPU, if there is one, keeps sending it an interrupt. With first= CPU 0 stays, too: it spins
 * (spin) or sleeps (sleep), with interrupts masked.
 */
#include "tests/guests/lib/guest.h"

#define SGI		 3
#define SGI_FRAME	 0x10000
#define SGI_WAKE	 5
#define GICR_WAKER	 0x14
#define GICR_WAKER_SLEEP 2
#define STARTS		 2000

static volatile uint32_t ready;
static volatile uint32_t taken;
static volatile uint32_t strays;

static bool is(const char *what)
{
	return bootarg_is("sibling", what);
}

static void sleep_for_ever(void)
{
	ready = 1;
	for (;;)
		wait_for_interrupt();
}

void guest_handle_interrupt(uint32_t intid, uint64_t time)
{
	(void)intid;
	(void)time;
	taken++;
	if (this_cpu_number() == 1 && is("highest"))
		sleep_for_ever();
}

/* Interrupts of the highest priority come to CPU 1, also while it is off, by its redistributor. */
static _Noreturn void keep_awake(void)
{
	const uint64_t frame = gic_redistributor() - 0x20000 + SGI_FRAME;

	for (;;) {
		write32(frame + 0x404, 0);		/* GICR_IPRIORITYR1: SGIs 4 to 7 */
		write32(frame + 0x100, 1U << SGI_WAKE); /* GICR_ISENABLER0 */
		write32(frame + 0x200, 1U << SGI_WAKE); /* GICR_ISPENDR0 */
		__asm__ volatile("yield");
	}
}

/* What is left of an earlier life, for a while; then goes off and leaves something of this one. */
static void count_strays(void)
{
	const uint64_t frame = gic_redistributor();

	for (unsigned i = 0; i < 200; i++) /* GICR_ISPENDR0 */
		if ((read32(frame + SGI_FRAME + 0x200) & ~(1U << SGI_WAKE)) != 0)
			strays++;
	if (read32(frame + GICR_WAKER) != 0 || read_register(icc_igrpen0_el1) != 0)
		strays++;
	write32(frame + GICR_WAKER, GICR_WAKER_SLEEP);
	write_register(icc_igrpen0_el1, 1);
	ready++;
	(void)psci(PSCI_CPU_OFF, 0, 0, 0);
}

void guest_secondary(unsigned cpu)
{
	const uint64_t frame = gic_redistributor() + SGI_FRAME;

	if (cpu == 2)
		keep_awake();
	if (is("restart"))
		count_strays();
	gic_init_cpu();
	gic_enable(SGI);
	if (is("highest")) {
		write32(frame + 0x400, 0); /* GICR_IPRIORITYR0: SGIs 0 to 3 */
		enable_interrupts();
		gic_send_sgi(SGI, platform.cpus[cpu]);
		for (;;)
			__asm__ volatile("yield");
	}
	if (is("disabled")) {
		write32(frame + 0x180, 0xffffffff); /* GICR_ICENABLER0 */
		write32(frame + 0x400, 0xf0f0f0f0);
	}
	if (is("group"))
		write_register(icc_igrpen1_el1, 0);
	if (is("mask"))
		write_register(icc_pmr_el1, 0);
	ready = is("sleep") || is("disabled") || is("group") || is("mask") ? 0 : 1;
	while (is("event"))
		__asm__ volatile("wfe");
	while (is("print"))
		write32(platform.uart, '\n');
	while (is("call"))
		(void)psci(PSCI_VERSION, 0, 0, 0);
	if (is("spin") || is("early"))
		__asm__ volatile("b .");
	sleep_for_ever();
}

void guest_main(uint64_t first_instruction)
{
	(void)first_instruction;
	print("siblings: %s\n", platform.bootargs);
	gic_init();
	gic_init_cpu();
	if (platform.cpu_count > 2)
		(void)guest_cpu_on(2);
	if (is("restart")) {
		for (unsigned i = 0; i < STARTS; i++) {
			/* As soon as it is off, so that it may not even sleep yet. */
			while (guest_cpu_on(1) != 0)
				;
			while (ready == i)
				__asm__ volatile("yield");
		}
		print("siblings: %u starts, %u strays\n", ready, strays);
	}
	(void)guest_cpu_on(1);
	while (ready == 0)
		__asm__ volatile("yield");
	if (bootarg_is("first", "spin"))
		__asm__ volatile("b .");
	if (bootarg_is("first", "group"))
		write_register(icc_igrpen1_el1, 0);
	if (is("early") || bootarg_is("first", "sleep") || bootarg_is("first", "group"))
		sleep_for_ever();
	for (const uint64_t end = virtual_time() + read_register(cntfrq_el0) / 8;
	     virtual_time() < end;)
		__asm__ volatile("yield");
	(void)psci(PSCI_SYSTEM_OFF, 0, 0, 0);
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lives: prints a sum of all that a guest finds when it starts: its RAM, the interrupt controller's
 * and the CPU's registers. Then it changes all of that, with other CPUs running, and ends: one of
 * the CPUs resets it, by chance, with the others in states that chance chooses. If nothing is left
 * of a life, each finds the same. The boot argument end= changes the end: off, it switches itself
 * off; early, it resets itself while CPU 1 starts; frame0 or frame1, while that CPU is off and its
 * redistributor's frame has been written to by the other: EL2's own SGI is off. So are urgent (CPU
 * 0 has an interrupt as urgent, that does not end), and active and pending (CPU 1's timer is that).
 */
#include "tests/guests/lib/guest.h"
#include "tests/guests/lib/private.h"
#include "tests/guests/lib/spi.h"

#define SGI_FRAME     0x10000
#define SPI	      40 /* nobody drives it */
#define SYSTEM_RESET2 0xc4000012
#define GICD_INMIR    0xf80
#define PMU_INTID     23
#define A_WHILE	      100000 /* ticks of the timer */

extern const char _image_start[], _got_start[], _image_end[];

static uint64_t sums[GUEST_MAX_CPUS]; /* one for each CPU */
static volatile uint32_t stray;
static volatile uint32_t ticks; /* of CPU 1's timer */
static volatile uint32_t started;
static volatile uint32_t may_end;

static bool ends(const char *how)
{
	return bootarg_is("end", how);
}

void guest_handle_interrupt(uint32_t intid, uint64_t time)
{
	(void)time;
	if (intid == platform.virtual_timer && this_cpu_number() == 1) {
		ticks++;
		write_register(cntv_ctl_el0, 0);
	}
	stray++;
}

/* A sum in which each place counts (FNV-1a, a word at a time). */
static void add(uint64_t value)
{
	uint64_t *const sum = &sums[this_cpu_number()];

	*sum = (*sum ^ value) * UINT64_C(0x100000001b3);
}

static void add_memory(uint64_t from, uint64_t to)
{
	uint64_t mixed = 0;

	for (const uint64_t *word = (const uint64_t *)from; word < (const uint64_t *)to; word++)
		mixed = (mixed ^ *word) * UINT64_C(0x100000001b3);
	add(mixed);
}

/* Image and stacks are in use; the image's text and all behind the stacks are as they were found.
 */
static void add_ram(void)
{
	add_memory(platform.ram_base, (uint64_t)_got_start);
	add_memory((uint64_t)_image_end, platform.ram_base + platform.ram_size);
}

static void add_words(uint64_t frame, uint32_t first, uint32_t bytes)
{
	for (uint32_t at = 0; at < bytes; at += 4)
		add(read32(frame + first + at));
}

/* Groups, enables, pending, active, priorities, triggers; of SPIs those of 32 to 63. */
static void add_interrupts(void)
{
	const uint64_t frame = gic_redistributor() + SGI_FRAME;

	for (uint32_t offset = 0x80; offset <= 0x380; offset += 0x80) {
		add_words(frame, offset, 4);
		add_words(platform.distributor, offset + 4, 4);
	}
	add_words(frame, 0x400, 32);
	add_words(frame, 0xc00, 8);
	add_words(platform.distributor, 0x420, 32);
	add_words(platform.distributor, 0xc08, 8);
	add_words(platform.distributor, 0x6100, 256); /* GICD_IROUTER */
	add(read32(platform.distributor));	      /* GICD_CTLR */
	add(read32(frame - SGI_FRAME + 0x14));	      /* GICR_WAKER */
}

#define ADD(name)    add(read_register(name))
#define CHANGE(name) write_register(name, 0x123456789abcde0)

static void add_registers(void)
{
	ADD(icc_pmr_el1);
	ADD(icc_bpr1_el1);
	ADD(icc_igrpen1_el1);
	ADD(icc_ctlr_el1);
	ADD(icc_rpr_el1);
	ADD(icc_hppir1_el1);
	ADD(icc_ap1r0_el1);
	ADD(sctlr_el1);
	ADD(ttbr0_el1);
	ADD(ttbr1_el1);
	ADD(tcr_el1);
	ADD(mair_el1);
	ADD(contextidr_el1);
	ADD(tpidr_el0);
	ADD(tpidrro_el0);
	ADD(par_el1);
	ADD(cntkctl_el1);
	ADD(cntv_ctl_el0);
	ADD(cntp_ctl_el0);
	ADD(mdscr_el1);
	ADD(oslsr_el1);
	ADD(pmcntenset_el0);
	ADD(pmintenset_el1);
	ADD(pmovsset_el0);
	ADD(pmccntr_el0);
	ADD(dbgbcr0_el1);
	ADD(dbgbvr0_el1);
	ADD(dbgwcr0_el1);
}

static void add_vectors(void)
{
	uint64_t vectors[64];

	write_register(cpacr_el1, 3 << 20);
	__asm__ volatile(".arch_extension fp\n\t"
			 ".irp n, 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28\n\t"
			 "str q\\n, [%0, #16 * \\n]\n\t"
			 ".endr"
			 :
			 : "r"(vectors)
			 : "memory");
	for (unsigned n = 0; n <= 28; n += 2) {
		add(vectors[2 * n]);
		add(vectors[2 * n + 1]);
	}
}

/* What a CPU finds, but for the RAM. */
static void add_cpu(void)
{
	add_registers();
	add_vectors();
	add_interrupts();
}

/* Interrupts that nobody has asked for in this life. */
static void count_strays(void)
{
	gic_init_cpu();
	for (uint32_t intid = 0; intid < 16; intid++)
		gic_enable(intid);
	gic_enable(platform.virtual_timer);
	gic_enable(platform.physical_timer);
	gic_enable(SPI);
	enable_interrupts();
	for (unsigned i = 0; i < 100; i++)
		__asm__ volatile("yield");
	disable_interrupts();
	add(stray);
}

static void change_cpu(void)
{
	const uint64_t frame = gic_redistributor() + SGI_FRAME;

	CHANGE(tpidr_el0);
	CHANGE(tpidrro_el0);
	CHANGE(ttbr0_el1);
	CHANGE(ttbr1_el1);
	CHANGE(mair_el1);
	CHANGE(contextidr_el1);
	CHANGE(dbgbvr0_el1);
	write_register(dbgbcr0_el1, 0x1e4);
	write_register(oslar_el1, 0);
	write_register(pmcr_el0, 7);
	write_register(pmcntenset_el0, 0x8000000f);
	write_register(cntkctl_el1, 3);
	write_register(cpacr_el1, 3 << 20);
	__asm__ volatile(".arch_extension fp\n\tfmov d4, %0\n\tfmov d28, %0" : : "r"(~UINT64_C(0)));
	write32(frame + 0x200, 0x0000ff00); /* pending SGIs */
	write32(frame + 0x300, 0x000000ff); /* active ones */
	write32(frame + 0x400, 0x10203040);
	write32(platform.distributor + 0x204, 1U << (SPI - 32));
	write32(platform.distributor + 0x420, 0x50607080);
	write_register(cntv_cval_el0, 0); /* due since ever */
	write_register(cntv_ctl_el0, 1);
	write_register(cntp_ctl_el0, 1);
}

static void change_ram(void)
{
	uint64_t *const end = (uint64_t *)(platform.ram_base + platform.ram_size);

	for (uint64_t *word = (uint64_t *)_image_end; word < end; word++)
		*word = (uint64_t)word ^ sums[0];
}

static void end_with(bool is_warm)
{
	for (;;)
		(void)psci(is_warm ? SYSTEM_RESET2 : PSCI_SYSTEM_RESET, 0, 0, 0);
}

/* What a CPU does until another ends it all. */
static void go_on(uint64_t chance)
{
	switch (chance % 5) {
	case 0:
		__asm__ volatile("b .");
		break;
	case 1:
		for (;;)
			wait_for_interrupt();
	case 2:
		for (;;)
			(void)psci(PSCI_VERSION, 0, 0, 0);
	case 3:
		for (;;)
			gic_send_sgi((uint32_t)(chance >> 3 & 15), platform.cpus[0]);
	default:
		end_with(true);
	}
}

/* Switches EL2's own SGI off where the other CPU, which is off, is woken with it. */
static void disable_kick(unsigned cpu)
{
	while (psci(PSCI_AFFINITY_INFO, platform.cpus[cpu], 0, 0) != 1)
		__asm__ volatile("yield");
	private_set(cpu, GICD_ICENABLER, 0);
	end_with(false);
}

static void wait_a_while(void)
{
	for (const uint64_t end = virtual_time() + A_WHILE; virtual_time() < end;)
		__asm__ volatile("yield");
}

/* Its timer comes once, or not at all when it is not started. */
static void use_timer(void)
{
	gic_enable(platform.virtual_timer);
	write_register(cntv_cval_el0, 0);
	write_register(cntv_ctl_el0, ends("active") ? 1 : 0);
	enable_interrupts();
	wait_a_while();
	disable_interrupts();
	write_register(cntv_ctl_el0, 0);
	add(ticks);
}

/* The PMU's interrupt is a level that stays. */
static void raise_pmu(void)
{
	write_register(pmcr_el0, 1);
	write_register(pmintenset_el1, 0x80000000);
	write_register(pmovsset_el0, 0x80000000);
}

/* CPU 0 is off: its PMU's interrupt is as urgent as can be, where there are NMIs even more so. */
static void make_urgent(void)
{
	while (psci(PSCI_AFFINITY_INFO, platform.cpus[0], 0, 0) != 1)
		__asm__ volatile("yield");
	private_set_priority(0, PMU_INTID, 0);
	private_set(0, GICD_INMIR, PMU_INTID);
	private_set(0, GICD_ISENABLER, PMU_INTID);
	end_with(false);
}

/* CPU 1 is off: its timer's interrupt becomes active or pending. */
static void change_timer(void)
{
	while (psci(PSCI_AFFINITY_INFO, platform.cpus[1], 0, 0) != 1)
		__asm__ volatile("yield");
	private_set(1, ends("active") ? GICD_ISACTIVER : GICD_ISPENDR, platform.virtual_timer);
	wait_a_while();
	end_with(false);
}

void guest_secondary(unsigned cpu)
{
	const uint64_t chance = virtual_time() >> cpu;

	add_cpu();
	gic_init_cpu();
	if (ends("active") || ends("pending")) {
		use_timer();
		started++;
		(void)psci(PSCI_CPU_OFF, 0, 0, 0);
	}
	change_cpu();
	started++;
	while (may_end == 0)
		__asm__ volatile("yield");
	if (ends("urgent"))
		make_urgent();
	if (ends("frame0"))
		disable_kick(0);
	if (ends("frame1"))
		(void)psci(PSCI_CPU_OFF, 0, 0, 0);
	go_on(chance);
}

static void start_others(void)
{
	for (unsigned cpu = 1; cpu < platform.cpu_count; cpu++)
		if (guest_cpu_on(cpu) != 0)
			print("lives: CPU %u does not start\n", cpu);
	if (ends("early"))
		return;
	while (started + 1 != platform.cpu_count)
		__asm__ volatile("yield");
	for (unsigned cpu = 1; cpu < platform.cpu_count; cpu++)
		add(sums[cpu]);
}

void guest_main(uint64_t first_instruction)
{
	const uint64_t chance = first_instruction >> 3;

	add_ram();
	add_cpu();
	gic_init();
	count_strays();
	start_others();
	print("lives: %lx\n", sums[0]);
	if (ends("early"))
		end_with(false);
	if (ends("active") || ends("pending"))
		change_timer();
	if (ends("off")) {
		may_end = 1;
		(void)psci(PSCI_SYSTEM_OFF, 0, 0, 0);
	}
	if (ends("urgent"))
		raise_pmu();
	if (ends("urgent") || ends("frame0") || ends("frame1")) {
		may_end = 1;
		if (ends("frame1"))
			disable_kick(1);
		(void)psci(PSCI_CPU_OFF, 0, 0, 0);
	}
	change_ram();
	change_cpu();
	may_end = 1;
	end_with(chance % 2 == 0);
}

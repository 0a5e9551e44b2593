/* SPDX-License-Identifier: Apache-2.0 */
/*
 * active: checks active interrupts: read and changed by software, on the CPU that has acknowledged
 * them and on another; and more of them at a time than list registers. lib/spi.h says which devices
 * it uses. Two CPUs. Runs on plain QEMU too.
 */
#include "tests/guests/lib/check.h"
#include "tests/guests/lib/private.h"
#include "tests/guests/lib/spi.h"

#define SGI	       5
#define SGI_COUNT      16
#define SECONDS	       5
#define EOI_MODE_SPLIT 2 /* ICC_CTLR_EL1: an end of interrupt only drops the priority */

static volatile uint32_t taken[64];
static volatile uint32_t secondary_runs;
static volatile uint32_t held;	    /* an interrupt's handler waits ... */
static volatile uint32_t may_leave; /* ... for this */
static volatile bool is_to_hold;
static volatile uint32_t nest_below; /* handlers of SGIs below this let the next one in */
static volatile bool is_to_crowd;    /* the innermost then fills the list registers */
static volatile uint32_t depth, deepest;
static volatile uint32_t active_at_deepest;

/* Each handler lets the next, more urgent SGI in. */
static void nest(uint32_t intid)
{
	depth++;
	if (depth > deepest) {
		deepest = depth;
		active_at_deepest = private_word(0, GICD_ISACTIVER);
	}
	if (intid + 1 < nest_below) {
		gic_send_sgi(intid + 1, platform.cpus[0]);
		enable_interrupts();
		(void)wait_for(&taken[intid + 1], taken[intid] + 1);
		disable_interrupts();
	} else if (is_to_crowd) {
		write_register(icc_pmr_el1, 0x10);
		for (uint32_t other = SGI_COUNT / 2; other < SGI_COUNT; other++)
			gic_send_sgi(other, platform.cpus[0]);
	}
	depth--;
}

void guest_handle_interrupt(uint32_t intid, uint64_t time)
{
	(void)time;
	if (intid == platform.virtual_timer)
		write_register(cntv_ctl_el0, 0);
	if (intid == GPIO_INTID)
		set_gpio(false);
	if (intid < nest_below)
		nest(intid);
	if (is_to_hold) {
		is_to_hold = false;
		held++;
		(void)wait_for(&may_leave, held);
	}
	taken[intid]++;
}

void guest_secondary(unsigned cpu)
{
	(void)cpu;
	gic_init_cpu();
	gic_enable(SGI);
	enable_interrupts();
	secondary_runs++;
	for (;;)
		wait_for_interrupt();
}

/* --- Made active by software. --- */

/* What is active does not come, and comes when it is not active any more. */
static void check_spi(const char *name, uint32_t intid, bool is_edge)
{
	const uint32_t before = taken[intid];

	spi_prepare(intid, is_edge);
	spi_set(GICD_ISENABLER, intid);
	spi_set(GICD_ISACTIVER, intid);
	check(name, spi_get(GICD_ISACTIVER, intid) && spi_get(GICD_ICACTIVER, intid));
	spi_set(GICD_ISPENDR, intid);
	check("active-does-not-come", stays(&taken[intid], before) &&
					      spi_get(GICD_ISPENDR, intid) &&
					      spi_get(GICD_ISACTIVER, intid));
	spi_set(GICD_ICACTIVER, intid);
	check("inactive-comes-once", settles_at(&taken[intid], before + 1) &&
					     !spi_get(GICD_ISACTIVER, intid) &&
					     !spi_get(GICD_ISPENDR, intid));

	/* While it waits for the PMR. */
	write_register(icc_pmr_el1, 0x80);
	spi_set(GICD_ISPENDR, intid);
	(void)stays(&taken[intid], before + 1);
	spi_set(GICD_ISACTIVER, intid);
	write_register(icc_pmr_el1, 0xff);
	check("made-active-while-waiting", stays(&taken[intid], before + 1) &&
						   spi_get(GICD_ISPENDR, intid) &&
						   spi_get(GICD_ISACTIVER, intid));
	spi_set(GICD_ICACTIVER, intid);
	check("inactive-comes-once", settles_at(&taken[intid], before + 2));
	spi_disable(intid);
}

static void check_private(const char *name, uint32_t intid)
{
	const uint32_t before = taken[intid];

	gic_enable(intid);
	private_set(0, GICD_ISACTIVER, intid);
	check(name, private_get(0, GICD_ISACTIVER, intid));
	private_set(0, GICD_ISPENDR, intid);
	check("active-does-not-come",
	      stays(&taken[intid], before) && private_get(0, GICD_ISPENDR, intid));
	private_set(0, GICD_ICACTIVER, intid);
	check("inactive-comes-once",
	      settles_at(&taken[intid], before + 1) && private_word(0, GICD_ISACTIVER) == 0);
}

/* --- Seen from the other CPU. --- */

static void hold(void)
{
	is_to_hold = true;
}

/* CPU 1 counts in the handler; the end of the interrupt comes after it. */
static bool ends_there(uint32_t intid)
{
	const uint64_t end = virtual_time() + SECONDS * read_register(cntfrq_el0);

	while (intid < 32 ? private_word(1, GICD_ISACTIVER) != 0 : spi_get(GICD_ISACTIVER, intid))
		if (virtual_time() > end)
			return false;
	return true;
}

static void check_other_spi(const char *name, uint32_t intid, bool is_edge)
{
	const uint32_t before = taken[intid];
	const uint32_t held_before = held;

	spi_prepare(intid, is_edge);
	spi_route(intid, platform.cpus[1]);
	spi_set(GICD_ISENABLER, intid);
	hold();
	spi_set(GICD_ISPENDR, intid);
	check(name, wait_for(&held, held_before + 1) && spi_get(GICD_ISACTIVER, intid) &&
			    !spi_get(GICD_ISPENDR, intid));
	spi_set(GICD_ISPENDR, intid);
	check("active-and-pending-there",
	      spi_get(GICD_ISACTIVER, intid) && spi_get(GICD_ISPENDR, intid));
	spi_set(GICD_ICPENDR, intid);
	check("cleared-there", spi_get(GICD_ISACTIVER, intid) && !spi_get(GICD_ISPENDR, intid));
	spi_set(GICD_ICACTIVER, intid);
	check("deactivated-there", !spi_get(GICD_ISACTIVER, intid));
	may_leave = held;
	check("handled-once", settles_at(&taken[intid], before + 1));
	spi_set(GICD_ISPENDR, intid);
	check("comes-again", wait_for(&taken[intid], before + 2) && ends_there(intid));
	spi_disable(intid);
}

static void check_other_sgi(void)
{
	const uint32_t before = taken[SGI];
	const uint32_t held_before = held;

	hold();
	gic_send_sgi(SGI, platform.cpus[1]);
	check("SGI-active-there", wait_for(&held, held_before + 1) &&
					  private_word(1, GICD_ISACTIVER) == 1U << SGI &&
					  private_word(1, GICD_ISPENDR) == 0);
	gic_send_sgi(SGI, platform.cpus[1]);
	check("SGI-active-and-pending-there", private_word(1, GICD_ISACTIVER) == 1U << SGI &&
						      private_word(1, GICD_ISPENDR) == 1U << SGI);
	may_leave = held;
	check("SGI-comes-twice", settles_at(&taken[SGI], before + 2) && ends_there(SGI));
}

/* --- More than list registers. --- */

static void check_nesting(void)
{
	uint32_t before[SGI_COUNT];
	bool all_once = true;

	for (uint32_t intid = 0; intid < SGI_COUNT; intid++) {
		private_set_priority(0, intid, (uint8_t)(0xf0 - 8 * intid));
		gic_enable(intid);
		before[intid] = taken[intid] = 0;
	}
	nest_below = SGI_COUNT;
	gic_send_sgi(0, platform.cpus[0]);
	check("nested-come-back", wait_for(&taken[0], 1));
	nest_below = 0;
	check("nested-all-deep", deepest == SGI_COUNT && depth == 0);
	check("nested-all-active", (active_at_deepest & 0xffff) == 0xffff);
	for (uint32_t intid = 0; intid < SGI_COUNT; intid++)
		all_once = all_once && taken[intid] == before[intid] + 1;
	check("nested-each-once", all_once);
	check("nested-none-active", private_word(0, GICD_ISACTIVER) == 0);
	gic_send_sgi(SGI, platform.cpus[0]);
	check("comes-after-nesting", wait_for(&taken[SGI], 2));
}

/* Five handlers are ended while more urgent SGIs have taken their list registers. */
static void check_crowded(void)
{
	bool all_once = true;
	bool none_yet = true;

	for (uint32_t intid = 0; intid < SGI_COUNT; intid++)
		taken[intid] = 0;
	nest_below = 5;
	is_to_crowd = true;
	gic_send_sgi(0, platform.cpus[0]);
	check("crowded-come-back", wait_for(&taken[0], 1));
	nest_below = 0;
	is_to_crowd = false;
	check("crowded-none-active", private_word(0, GICD_ISACTIVER) == 0);
	for (uint32_t intid = SGI_COUNT / 2; intid < SGI_COUNT; intid++)
		none_yet = none_yet && taken[intid] == 0;
	check("crowding-wait", none_yet && private_word(0, GICD_ISPENDR) == 0xff00);
	write_register(icc_pmr_el1, 0xff);
	check("crowding-come", wait_for(&taken[SGI_COUNT / 2], 1));
	for (uint32_t intid = 0; intid < SGI_COUNT; intid++)
		all_once =
			all_once && taken[intid] == (intid < 5 || intid >= SGI_COUNT / 2 ? 1 : 0);
	check("crowded-each-once", all_once);
	gic_send_sgi(0, platform.cpus[0]);
	check("comes-after-crowd", wait_for(&taken[0], 2));
}

static void deactivate(uint32_t intid)
{
	write_register(icc_dir_el1, intid);
}

/* An end of interrupt drops the priority, and the handler's work goes on for long. */
static void check_split_ends(void)
{
	const uint32_t timer = platform.virtual_timer;
	bool all = true;

	write_register(icc_ctlr_el1, read_register(icc_ctlr_el1) | EOI_MODE_SPLIT);
	for (uint32_t intid = 0; intid < SGI_COUNT; intid++)
		taken[intid] = 0;
	taken[timer] = 0;
	spi_prepare(EDGE_INTID, true);
	spi_prepare(SOFT_INTID, true);
	spi_set(GICD_ISENABLER, EDGE_INTID);
	spi_set(GICD_ISENABLER, SOFT_INTID);
	taken[EDGE_INTID] = taken[SOFT_INTID] = 0;
	for (uint32_t intid = 0; intid < SGI_COUNT / 2; intid++) {
		gic_send_sgi(intid, platform.cpus[0]);
		all = all && wait_for(&taken[intid], 1);
	}
	spi_set(GICD_ISPENDR, EDGE_INTID);
	spi_set(GICD_ISPENDR, SOFT_INTID);
	all = all && wait_for(&taken[EDGE_INTID], 1) && wait_for(&taken[SOFT_INTID], 1);
	write_register(cntv_tval_el0, 1000);
	write_register(cntv_ctl_el0, 1);
	all = all && wait_for(&taken[timer], 1);
	for (uint32_t intid = SGI_COUNT / 2; intid < SGI_COUNT; intid++) {
		gic_send_sgi(intid, platform.cpus[0]);
		all = all && wait_for(&taken[intid], 1);
	}
	check("split-all-come", all);
	check("split-all-active", private_word(0, GICD_ISACTIVER) == (0xffffU | 1U << timer) &&
					  spi_get(GICD_ISACTIVER, EDGE_INTID) &&
					  spi_get(GICD_ISACTIVER, SOFT_INTID));
	gic_send_sgi(3, platform.cpus[0]);
	gic_send_sgi(15, platform.cpus[0]);
	spi_set(GICD_ISPENDR, EDGE_INTID);
	check("split-active-do-not-come-again",
	      stays(&taken[3], 1) && taken[15] == 1 && taken[EDGE_INTID] == 1);
	for (uint32_t intid = 0; intid < SGI_COUNT; intid++)
		deactivate(intid);
	deactivate(timer);
	deactivate(EDGE_INTID);
	deactivate(SOFT_INTID);
	check("split-come-when-deactivated",
	      wait_for(&taken[3], 2) && wait_for(&taken[15], 2) && wait_for(&taken[EDGE_INTID], 2));
	deactivate(3);
	deactivate(15);
	deactivate(EDGE_INTID);
	check("split-none-active", private_word(0, GICD_ISACTIVER) == 0 &&
					   !spi_get(GICD_ISACTIVER, EDGE_INTID) &&
					   !spi_get(GICD_ISACTIVER, SOFT_INTID));
	write_register(cntv_tval_el0, 1000);
	write_register(cntv_ctl_el0, 1);
	check("split-timer-comes-again", wait_for(&taken[timer], 2));
	deactivate(timer);
	write_register(icc_ctlr_el1, read_register(icc_ctlr_el1) & ~(uint64_t)EOI_MODE_SPLIT);
}

void guest_main(uint64_t first_instruction)
{
	(void)first_instruction;
	check_begin("active");
	gic_init();
	gic_init_cpu();
	enable_interrupts();
	set_gpio(false);
	check_spi("software-edge-made-active", SOFT_INTID, true);
	check_spi("software-level-made-active", SOFT_INTID, false);
	check_spi("hardware-edge-made-active", EDGE_INTID, true);
	check_spi("hardware-level-made-active", GPIO_INTID, false);
	check_private("SGI-made-active", SGI);
	check_private("timer-made-active", platform.virtual_timer);
	check_nesting();
	check_crowded();
	check_split_ends();
	check("secondary-on", guest_cpu_on(1) == 0 && wait_for(&secondary_runs, 1));
	check_other_spi("software-edge-active-there", SOFT_INTID, true);
	check_other_spi("software-level-active-there", SOFT_INTID, false);
	check_other_spi("hardware-active-there", EDGE_INTID, true);
	check_other_sgi();
	check_end();
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * route: checks the interrupts of passed-through devices (lib/spi.h says which) between CPUs: one
 * waits for CPU 1, which has interrupts masked or is off, and CPU 0 changes it. Runs on plain QEMU
 * too.
 */
#include "tests/guests/lib/check.h"
#include "tests/guests/lib/secondary.h"
#include "tests/guests/lib/spi.h"

#define ROUNDS	2000
#define SECONDS 5

static volatile uint32_t taken[GUEST_MAX_CPUS][64];
static volatile bool was_active; /* what the handler saw of its own interrupt */

void guest_handle_interrupt(uint32_t intid, uint64_t time)
{
	(void)time;
	if (intid >= 32)
		was_active = spi_get(GICD_ISACTIVER, intid);
	if (intid == GPIO_INTID)
		set_gpio(false);
	if (intid < 64)
		taken[this_cpu_number()][intid]++;
}

void guest_secondary(unsigned cpu)
{
	(void)cpu;
	secondary_run();
}

static void pend(uint32_t intid)
{
	if (intid == GPIO_INTID)
		set_gpio(true);
	else
		spi_set(GICD_ISPENDR, intid);
}

/* An interrupt that waits for CPU 1, which has it masked, is changed by CPU 0. */
static void check_changes_from_afar(uint32_t intid)
{
	volatile uint32_t *const here = &taken[0][intid];
	volatile uint32_t *const there = &taken[1][intid];
	uint32_t before = *there;
	const uint32_t before_here = *here;

	spi_route(intid, platform.cpus[1]);
	secondary_mask(true);
	pend(intid);
	(void)stays(there, before); /* let it arrive there */
	spi_disable(intid);
	secondary_mask(false);
	check("disabled-from-afar", stays(there, before) && spi_get(GICD_ISPENDR, intid));
	spi_set(GICD_ISENABLER, intid);
	check("enabled-from-afar", settles_at(there, before + 1));

	before = *there;
	secondary_mask(true);
	pend(intid);
	(void)stays(there, before);
	spi_route(intid, platform.cpus[0]);
	check("re-routed-while-pending", wait_for(here, before_here + 1));
	secondary_mask(false);
	check("comes-once", stays(there, before) && stays(here, before_here + 1));
}

static void check_clear_from_afar(void)
{
	volatile uint32_t *const there = &taken[1][EDGE_INTID];
	const uint32_t before = *there;

	spi_route(EDGE_INTID, platform.cpus[1]);
	secondary_mask(true);
	spi_set(GICD_ISPENDR, EDGE_INTID);
	(void)stays(there, before);
	spi_set(GICD_ICPENDR, EDGE_INTID);
	spi_wait_for_writes();
	secondary_mask(false);
	check("cleared-from-afar", stays(there, before) && !spi_get(GICD_ISPENDR, EDGE_INTID));
}

/* CPU 1 goes off while an interrupt waits for it. */
static void check_cpu_off(void)
{
	volatile uint32_t *const here = &taken[0][GPIO_INTID];
	const uint32_t before = *here;

	spi_route(GPIO_INTID, platform.cpus[1]);
	check("secondary-goes-off", secondary_stop());
	set_gpio(true);
	check("pending-for-a-CPU-that-is-off", stays(here, before) &&
						       spi_get(GICD_ISPENDR, GPIO_INTID) &&
						       !spi_get(GICD_ISACTIVER, GPIO_INTID));
	spi_route(GPIO_INTID, platform.cpus[0]);
	check("taken-over-from-it", wait_for(here, before + 1));

	const uint32_t there = taken[1][GPIO_INTID];

	spi_route(GPIO_INTID, platform.cpus[1]);
	set_gpio(true);
	(void)stays(here, before + 1);
	check("comes-when-it-starts",
	      guest_cpu_on(1) == 0 && wait_for(&taken[1][GPIO_INTID], there + 1));
}

/* CPU 1 goes off with an edge waiting, unacknowledged. */
static void check_edge_survives_cpu_off(void)
{
	const uint32_t here = taken[0][EDGE_INTID];
	const uint32_t there = taken[1][EDGE_INTID];

	spi_route(EDGE_INTID, platform.cpus[1]);
	secondary_mask(true);
	spi_set(GICD_ISPENDR, EDGE_INTID);
	(void)stays(&taken[1][EDGE_INTID], there);

	const bool is_off = secondary_stop();

	spi_route(EDGE_INTID, platform.cpus[0]);
	check("edge-survives-CPU-off",
	      is_off && wait_for(&taken[0][EDGE_INTID], here + 1) && taken[1][EDGE_INTID] == there);
}

/* One interrupt is changed at random by CPU 0 while both CPUs may take it: it comes, and once. */
static bool disturb(uint32_t intid, uint32_t random)
{
	const uint32_t before = taken[0][intid] + taken[1][intid];
	const uint64_t end = virtual_time() + SECONDS * read_register(cntfrq_el0);

	pend(intid);
	for (unsigned i = 0; i < 4; i++, random >>= 4) {
		if ((random & 1) != 0)
			spi_route(intid, platform.cpus[random >> 1 & 1]);
		if ((random & 4) != 0)
			spi_set(GICD_ICENABLER, intid);
		if ((random & 8) != 0)
			spi_set(GICD_ISENABLER, intid);
	}
	spi_set(GICD_ISENABLER, intid);
	while (taken[0][intid] + taken[1][intid] == before)
		if (virtual_time() > end)
			return false;
	return true;
}

static void check_disturbed(uint32_t intid)
{
	const uint32_t before = taken[0][intid] + taken[1][intid];
	uint32_t random = 1;
	bool all_came = true;

	for (unsigned i = 0; i < ROUNDS && all_came; i++) {
		random = random * 1664525 + 1013904223;
		all_came = disturb(intid, random >> 16);
	}
	check("survives-disturbance", all_came);

	const uint32_t on_first = taken[0][intid];

	check("disturbed-comes-once", stays(&taken[0][intid], on_first) &&
					      taken[0][intid] + taken[1][intid] == before + ROUNDS);
}

static void check_routes(void)
{
	volatile uint32_t *const here = &taken[0][GPIO_INTID];
	volatile uint32_t *const there = &taken[1][GPIO_INTID];
	uint32_t before = *there;

	check("secondary-starts", guest_cpu_on(1) == 0 && wait_for(&secondary_runs, 1));
	spi_route(GPIO_INTID, platform.cpus[1]);
	set_gpio(true);
	check("routed-to-CPU-1", wait_for(there, before + 1) && was_active);
	before = *here;
	spi_route(GPIO_INTID, platform.cpus[0]);
	set_gpio(true);
	check("routed-back", wait_for(here, before + 1));
	check_kind("level-");
	check_changes_from_afar(GPIO_INTID);
	check_disturbed(GPIO_INTID);
	check_kind("edge-");
	check_changes_from_afar(EDGE_INTID);
	check_clear_from_afar();
	check_disturbed(EDGE_INTID);
	check_kind("");
	check_cpu_off();
	check_edge_survives_cpu_off();
}

void guest_main(uint64_t first_instruction)
{
	(void)first_instruction;
	check_begin("route");
	gic_init();
	gic_init_cpu();
	enable_interrupts();
	set_gpio(false);
	spi_prepare(GPIO_INTID, false);
	spi_prepare(EDGE_INTID, true);
	spi_set(GICD_ISENABLER, GPIO_INTID);
	spi_set(GICD_ISENABLER, EDGE_INTID);
	check("device-registers", has_devices());
	if (platform.cpu_count > 1)
		check_routes();
	else
		check_skip("routes", "there is one CPU");
	check_end();
}

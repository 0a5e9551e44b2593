/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lists: checks what a hypervisor with few list registers may get wrong, on one CPU: more
 * interrupts than there are, of mixed priorities; interrupts that are active and pending. lib/spi.h
 * says which devices it uses. Runs on plain QEMU too.
 */
#include <stddef.h>

#include "tests/guests/lib/check.h"
#include "tests/guests/lib/private.h"
#include "tests/guests/lib/spi.h"

#define SGI	      5
#define FIRST_OF_MANY 8
#define LAST_OF_MANY  15
#define ROUNDS	      300

static volatile uint32_t taken[64];
static volatile uint32_t order[16];
static volatile uint32_t order_count;
static void (*volatile in_handler)(uint32_t intid); /* once */

void guest_handle_interrupt(uint32_t intid, uint64_t time)
{
	void (*const hook)(uint32_t) = in_handler;

	(void)time;
	if (intid == platform.virtual_timer)
		write_register(cntv_ctl_el0, 0);
	if (intid == GPIO_INTID)
		set_gpio(false);
	if (hook != NULL) {
		in_handler = NULL;
		hook(intid);
	}
	if (order_count < 16)
		order[order_count++] = intid;
	if (intid < 64)
		taken[intid]++;
}

static void set_priority(uint32_t intid, uint8_t priority)
{
	private_set_priority(0, intid, priority);
}

static void send(uint32_t intid)
{
	gic_send_sgi(intid, platform.cpus[0]);
}

/* --- Active and pending at once. --- */

static void pend_again(uint32_t intid)
{
	spi_set(GICD_ISPENDR, intid);
}

static void pend_and_disable(uint32_t intid)
{
	spi_set(GICD_ISPENDR, intid);
	spi_disable(intid);
}

static void pend_and_clear(uint32_t intid)
{
	spi_set(GICD_ISPENDR, intid);
	spi_set(GICD_ICPENDR, intid);
}

static void pend_and_route_away(uint32_t intid)
{
	spi_set(GICD_ISPENDR, intid);
	spi_route(intid, 0x7f00);
}

/* Pended, with something else in its handler: it comes so many times. */
static bool comes_with(void (*hook)(uint32_t intid), uint32_t intid, uint32_t times)
{
	const uint32_t before = taken[intid];

	in_handler = hook;
	spi_set(GICD_ISPENDR, intid);
	return settles_at(&taken[intid], before + times);
}

static void check_active_and_pending(uint32_t intid, bool is_edge)
{
	uint32_t before;

	check_kind(is_edge ? "edge-" : "level-");
	spi_prepare(intid, is_edge);
	spi_set(GICD_ISENABLER, intid);
	check("pended-while-active", comes_with(pend_again, intid, 2));
	check("pended-and-cleared", comes_with(pend_and_clear, intid, 1));
	check("disabled-while-active",
	      comes_with(pend_and_disable, intid, 1) && spi_get(GICD_ISPENDR, intid));
	before = taken[intid];
	spi_set(GICD_ISENABLER, intid);
	check("enabled-afterwards", settles_at(&taken[intid], before + 1));
	check("routed-away-while-active",
	      comes_with(pend_and_route_away, intid, 1) && spi_get(GICD_ISPENDR, intid));
	before = taken[intid];
	spi_route(intid, platform.cpus[0]);
	check("routed-back-afterwards", settles_at(&taken[intid], before + 1));
	spi_disable(intid);
	check_kind("");
}

/* --- More interrupts than list registers. --- */

/* Many SGIs of a low priority are pending, and the PMR keeps them from coming. */
static void fill(void)
{
	write_register(icc_pmr_el1, 0x90);
	for (uint32_t intid = FIRST_OF_MANY; intid <= LAST_OF_MANY; intid++) {
		set_priority(intid, 0xa0);
		send(intid);
	}
}

static bool comes(uint32_t intid, const uint32_t *before)
{
	return wait_for(&taken[intid], before[intid] + 1);
}

/* They come, each once, when the PMR lets them. */
static bool drain(const uint32_t *before)
{
	bool all = true;

	for (uint32_t intid = FIRST_OF_MANY; intid <= LAST_OF_MANY; intid++)
		all = all && taken[intid] == before[intid];
	write_register(icc_pmr_el1, 0xff);
	for (uint32_t intid = FIRST_OF_MANY; intid <= LAST_OF_MANY; intid++)
		all = all && comes(intid, before);
	return all && stays(&order_count, order_count);
}

static void remember(uint32_t *before)
{
	for (uint32_t intid = 0; intid < 64; intid++)
		before[intid] = taken[intid];
}

static void start_timer(void)
{
	write_register(cntv_tval_el0, 1000);
	write_register(cntv_ctl_el0, 1);
}

/* Something more urgent comes although many wait. */
static void check_urgent(void)
{
	const uint32_t timer = platform.virtual_timer;
	uint32_t before[64];

	set_priority(timer, 0x20);
	for (unsigned round = 0; round < 3; round++) {
		remember(before);
		fill();
		start_timer();
		if (round == 0)
			check("urgent-timer-comes", comes(timer, before));
		else
			(void)comes(timer, before);
	}
	check("the-others-wait-and-come", drain(before));

	remember(before);
	set_priority(SGI, 0x40);
	fill();
	send(SGI);
	check("urgent-SGI-comes", comes(SGI, before));
	check("the-others-wait-and-come", drain(before));

	remember(before);
	spi_set_priority(GPIO_INTID, 0x30);
	fill();
	set_gpio(true);
	check("urgent-device-comes", comes(GPIO_INTID, before));
	check("the-others-wait-and-come", drain(before));

	remember(before);
	spi_set_priority(EDGE_INTID, 0x30);
	spi_set_priority(SOFT_INTID, 0x38);
	fill();
	spi_set(GICD_ISPENDR, SOFT_INTID);
	spi_set(GICD_ISPENDR, EDGE_INTID);
	check("urgent-SPIs-come", comes(EDGE_INTID, before) && comes(SOFT_INTID, before));
	check("the-others-wait-and-come", drain(before));
}

/* What waits in list registers gives way, is still pending, and comes later, once. */
static void check_giving_way(void)
{
	const uint32_t timer = platform.virtual_timer;
	uint32_t before[64];

	remember(before);
	write_register(icc_pmr_el1, 0x90);
	set_priority(timer, gic_lowest_priority());
	spi_set_priority(GPIO_INTID, 0xe0);
	spi_set_priority(EDGE_INTID, 0xd8);
	spi_set_priority(SOFT_INTID, 0xd0);
	set_gpio(true);
	start_timer();
	spi_set(GICD_ISPENDR, EDGE_INTID);
	spi_set(GICD_ISPENDR, SOFT_INTID);
	(void)stays(&taken[timer], before[timer]);
	fill();
	check("pending-after-giving-way",
	      private_get(0, GICD_ISPENDR, timer) && spi_get(GICD_ISPENDR, GPIO_INTID) &&
		      spi_get(GICD_ISPENDR, EDGE_INTID) && spi_get(GICD_ISPENDR, SOFT_INTID));
	set_priority(SGI, 0x20);
	send(SGI);
	check("urgent-SGI-comes", comes(SGI, before));
	order_count = 0;
	check("the-others-wait-and-come", drain(before));
	check("given-way-come-once",
	      comes(timer, before) && comes(GPIO_INTID, before) && comes(EDGE_INTID, before) &&
		      comes(SOFT_INTID, before) && stays(&taken[timer], before[timer] + 1) &&
		      stays(&taken[GPIO_INTID], before[GPIO_INTID] + 1) &&
		      taken[EDGE_INTID] == before[EDGE_INTID] + 1 &&
		      taken[SOFT_INTID] == before[SOFT_INTID] + 1);
	check("more-urgent-ones-first", order[0] < 16 && order[7] < 16 && order[8] >= 16);
}

/* SGIs of random priorities, sent while masked, in random order: taken by priority. */
static void check_order(void)
{
	uint8_t priority[16];
	uint32_t random = 1;
	bool in_order = true;

	for (unsigned round = 0; round < ROUNDS && in_order; round++) {
		disable_interrupts();
		order_count = 0;
		for (uint32_t intid = 1; intid < 16; intid++) {
			random = random * 1664525 + 1013904223;
			priority[intid] = random >> 24 & 0x78;
			set_priority(intid, priority[intid]);
		}
		for (uint32_t i = 0, intid = random >> 16; i < 15; i++, intid += 4)
			send(intid % 15 + 1);
		enable_interrupts();
		in_order = wait_for(&order_count, 15);
		for (uint32_t i = 1; i < 15; i++)
			in_order = in_order && priority[order[i - 1]] <= priority[order[i]];
	}
	check("more-than-fit-come-by-priority", in_order && stays(&order_count, 15));
	for (uint32_t intid = 1; intid < 16; intid++)
		set_priority(intid, 0xa0);
}

void guest_secondary(unsigned cpu)
{
	(void)cpu;
}

void guest_main(uint64_t first_instruction)
{
	(void)first_instruction;
	check_begin("lists");
	gic_init();
	gic_init_cpu();
	enable_interrupts();
	set_gpio(false);
	for (uint32_t intid = 1; intid < 16; intid++)
		gic_enable(intid);
	gic_enable(platform.virtual_timer);
	check_active_and_pending(SOFT_INTID, true);
	check_active_and_pending(SOFT_INTID, false);
	check_active_and_pending(EDGE_INTID, true);
	spi_prepare(GPIO_INTID, false);
	spi_prepare(EDGE_INTID, true);
	spi_prepare(SOFT_INTID, true);
	spi_set(GICD_ISENABLER, GPIO_INTID);
	spi_set(GICD_ISENABLER, EDGE_INTID);
	spi_set(GICD_ISENABLER, SOFT_INTID);
	check_urgent();
	check_giving_way();
	check_order();
	check_end();
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lists: checks what a hypervisor may get wrong with list registers, on one CPU: interrupts that
 * are active and pending. lib/spi.h says which devices it uses. Runs on plain QEMU too.
 */
#include <stddef.h>

#include "tests/guests/lib/check.h"
#include "tests/guests/lib/spi.h"

#define SOFT_INTID 40 /* an SPI that nobody drives and that is not passed through */

static volatile uint32_t taken[64];
static void (*volatile in_handler)(uint32_t intid); /* once */

void guest_handle_interrupt(uint32_t intid, uint64_t time)
{
	void (*const hook)(uint32_t) = in_handler;

	(void)time;
	if (hook != NULL) {
		in_handler = NULL;
		hook(intid);
	}
	if (intid < 64)
		taken[intid]++;
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

static void check_active_and_pending(uint32_t intid, bool is_edge)
{
	volatile uint32_t *const here = &taken[intid];
	uint32_t before = *here;

	spi_prepare(intid, is_edge);
	spi_set(GICD_ISENABLER, intid);
	in_handler = pend_again;
	spi_set(GICD_ISPENDR, intid);
	check(is_edge ? "edge-pended-while-active" : "level-pended-while-active",
	      wait_for(here, before + 2) && stays(here, before + 2));

	before = *here;
	in_handler = pend_and_clear;
	spi_set(GICD_ISPENDR, intid);
	check(is_edge ? "edge-pended-and-cleared" : "level-pended-and-cleared",
	      wait_for(here, before + 1) && stays(here, before + 1));

	before = *here;
	in_handler = pend_and_disable;
	spi_set(GICD_ISPENDR, intid);
	check(is_edge ? "edge-disabled-while-active" : "level-disabled-while-active",
	      wait_for(here, before + 1) && stays(here, before + 1) &&
		      spi_get(GICD_ISPENDR, intid));
	spi_set(GICD_ISENABLER, intid);
	check(is_edge ? "edge-enabled-afterwards" : "level-enabled-afterwards",
	      wait_for(here, before + 2) && stays(here, before + 2));

	before = *here;
	in_handler = pend_and_route_away;
	spi_set(GICD_ISPENDR, intid);
	check(is_edge ? "edge-routed-away-while-active" : "level-routed-away-while-active",
	      wait_for(here, before + 1) && stays(here, before + 1) &&
		      spi_get(GICD_ISPENDR, intid));
	spi_route(intid, platform.cpus[0]);
	check(is_edge ? "edge-routed-back-afterwards" : "level-routed-back-afterwards",
	      wait_for(here, before + 2) && stays(here, before + 2));
	spi_disable(intid);
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
	check_active_and_pending(SOFT_INTID, true);
	check_active_and_pending(SOFT_INTID, false);
	check_active_and_pending(EDGE_INTID, true);
	check_end();
}

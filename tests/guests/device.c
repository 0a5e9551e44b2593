/* SPDX-License-Identifier: Apache-2.0 */
/*
 * device: checks the interrupts of passed-through devices from EL1 (lib/spi.h says which), on one
 * CPU. Runs on plain QEMU too, where the devices are simply there. route.c does the same for
 * several CPUs.
 */
#include "tests/guests/lib/check.h"
#include "tests/guests/lib/spi.h"

#define SGI		1
#define LAST_SGI	8
#define ORDER_LENGTH	8
#define GICD_TYPER	0x4
#define TYPER_MBIS	(1U << 16)
#define GICD_IPRIORITYR 0x400
#define ALARM_MS	3000 /* the clock counts seconds */

static volatile uint32_t taken[64];
static volatile uint32_t order[ORDER_LENGTH];
static volatile uint32_t order_count;
static volatile bool keep_level; /* the handler leaves the device's level up, once */
static volatile bool was_active; /* what the handler saw of its own interrupt */

void guest_handle_interrupt(uint32_t intid, uint64_t time)
{
	(void)time;
	if (intid >= 32)
		was_active = spi_get(GICD_ISACTIVER, intid);
	if (keep_level) {
		keep_level = false;
	} else {
		if (intid == RTC_INTID)
			clear_alarm();
		if (intid == GPIO_INTID)
			set_gpio(false);
	}
	if (order_count < ORDER_LENGTH)
		order[order_count++] = intid;
	if (intid < 64)
		taken[intid]++;
}

void guest_secondary(unsigned cpu)
{
	(void)cpu;
}

static void check_alarm(void)
{
	volatile uint32_t *const rtc = &taken[RTC_INTID];

	check("device-registers", has_devices());
	spi_prepare(RTC_INTID, false);
	set_alarm();
	spi_set(GICD_ISENABLER, RTC_INTID);
	order_count = 0;
	check("alarm-arrives", wait_until(rtc, 1, ALARM_MS) && order[0] == RTC_INTID);
	check("active-in-handler", was_active);
	check("inactive-after-end", !spi_get(GICD_ISACTIVER, RTC_INTID));
	check("cleared-level-stays-away", stays(rtc, 1));

	keep_level = true;
	set_alarm();
	check("level-comes-again", wait_until(rtc, 3, ALARM_MS) && stays(rtc, 3));
}

/* A level that is up while the interrupt is disabled. */
static void check_disabled(void)
{
	volatile uint32_t *const gpio = &taken[GPIO_INTID];
	uint32_t before = *gpio;

	spi_prepare(GPIO_INTID, false);
	set_gpio(true);
	check("pending-while-disabled", stays(gpio, before) && spi_get(GICD_ISPENDR, GPIO_INTID) &&
						!spi_get(GICD_ISENABLER, GPIO_INTID));
	spi_set(GICD_ICPENDR, GPIO_INTID);
	check("level-cannot-be-cleared", spi_get(GICD_ISPENDR, GPIO_INTID));
	set_gpio(false);
	check("level-falls", !spi_get(GICD_ISPENDR, GPIO_INTID));
	set_gpio(true);
	spi_set(GICD_ISENABLER, GPIO_INTID);
	check("comes-when-enabled", wait_for(gpio, before + 1) && stays(gpio, before + 1));

	/* Disabled after it has become pending for this CPU, which has not yet taken it. */
	before = *gpio;
	disable_interrupts();
	set_gpio(true);
	check("pending-while-masked", spi_get(GICD_ISPENDR, GPIO_INTID));
	spi_disable(GPIO_INTID);
	enable_interrupts();
	check("disable-while-pending", stays(gpio, before) && spi_get(GICD_ISPENDR, GPIO_INTID) &&
					       !spi_get(GICD_ISACTIVER, GPIO_INTID));
	set_gpio(false);
	check("gone-with-the-level", !spi_get(GICD_ISPENDR, GPIO_INTID));
	spi_set(GICD_ISENABLER, GPIO_INTID);
	check("nothing-is-left-behind", stays(gpio, before));

	/* The same by GICD_CTLR. */
	disable_interrupts();
	set_gpio(true);
	write32(platform.distributor + GICD_CTLR, 0x10);
	enable_interrupts();
	check("group-disabled-while-pending", stays(gpio, before));
	write32(platform.distributor + GICD_CTLR, 0x12);
	check("comes-when-group-enabled", wait_for(gpio, before + 1));
}

static void check_software_pending(void)
{
	volatile uint32_t *const gpio = &taken[GPIO_INTID];
	const uint32_t before = *gpio;

	set_gpio(false);
	spi_set(GICD_ISPENDR, GPIO_INTID);
	check("level-set-pending", wait_for(gpio, before + 1) && stays(gpio, before + 1));
	disable_interrupts();
	spi_set(GICD_ISPENDR, GPIO_INTID);
	spi_disable(GPIO_INTID);
	spi_set(GICD_ISENABLER, GPIO_INTID);
	enable_interrupts();
	check("level-set-pending-survives-disable",
	      wait_for(gpio, before + 2) && stays(gpio, before + 2));
	disable_interrupts();
	spi_set(GICD_ISPENDR, GPIO_INTID);
	spi_set(GICD_ICPENDR, GPIO_INTID);
	enable_interrupts();
	check("level-set-pending-cleared", stays(gpio, before + 2));
}

static void check_edge(void)
{
	volatile uint32_t *const edge = &taken[EDGE_INTID];
	uint32_t before = *edge;

	spi_prepare(EDGE_INTID, true);
	spi_set(GICD_ISENABLER, EDGE_INTID);
	spi_set(GICD_ISPENDR, EDGE_INTID);
	check("edge", wait_for(edge, before + 1) && was_active && stays(edge, before + 1));

	before = *edge;
	disable_interrupts();
	spi_set(GICD_ISPENDR, EDGE_INTID);
	spi_set(GICD_ISPENDR, EDGE_INTID);
	check("edge-pending-while-masked", spi_get(GICD_ISPENDR, EDGE_INTID));
	enable_interrupts();
	check("edges-merge", wait_for(edge, before + 1) && stays(edge, before + 1));

	before = *edge;
	disable_interrupts();
	spi_set(GICD_ISPENDR, EDGE_INTID);
	spi_disable(EDGE_INTID);
	enable_interrupts();
	check("edge-kept-while-disabled", stays(edge, before) && spi_get(GICD_ISPENDR, EDGE_INTID));
	spi_set(GICD_ISENABLER, EDGE_INTID);
	check("edge-comes-when-enabled", wait_for(edge, before + 1) && stays(edge, before + 1));

	before = *edge;
	disable_interrupts();
	spi_set(GICD_ISPENDR, EDGE_INTID);
	spi_set(GICD_ICPENDR, EDGE_INTID);
	check("edge-cleared", !spi_get(GICD_ISPENDR, EDGE_INTID));
	enable_interrupts();
	check("cleared-edge-stays-away", stays(edge, before));
}

/* Interrupts as messages: for a device's own they do what ISPENDR and ICPENDR do. */
static void check_messages(void)
{
	volatile uint32_t *const edge = &taken[EDGE_INTID];
	const uint32_t before = *edge;

	if ((read32(platform.distributor + GICD_TYPER) & TYPER_MBIS) == 0) {
		check_skip("messages", "this GIC takes none");
		return;
	}
	disable_interrupts();
	write32(platform.distributor + GICD_SETSPI, EDGE_INTID);
	check("message-pends", spi_get(GICD_ISPENDR, EDGE_INTID));
	enable_interrupts();
	check("message-comes", wait_for(edge, before + 1) && stays(edge, before + 1));
	disable_interrupts();
	write32(platform.distributor + GICD_SETSPI, EDGE_INTID);
	write32(platform.distributor + GICD_CLRSPI, EDGE_INTID);
	check("message-cleared", !spi_get(GICD_ISPENDR, EDGE_INTID));
	enable_interrupts();
	check("cleared-message-stays-away", stays(edge, before + 1));
}

static void check_priorities(void)
{
	volatile uint32_t *const gpio = &taken[GPIO_INTID];
	const uint64_t sgi_priorities = gic_redistributor() + 0x10000 + GICD_IPRIORITYR;

	write32(sgi_priorities, (read32(sgi_priorities) & ~0xff00U) | 0x8000U);
	for (unsigned round = 0; round < 2; round++) {
		const uint32_t sgi = taken[SGI];
		const uint32_t before = *gpio;

		spi_set_priority(GPIO_INTID, round == 0 ? 0x40 : 0xc0);
		disable_interrupts();
		gic_send_sgi(SGI, platform.cpus[0]);
		set_gpio(true);
		order_count = 0;
		enable_interrupts();

		const bool both = wait_for(&taken[SGI], sgi + 1) && wait_for(gpio, before + 1);

		check(round == 0 ? "device-before-sgi" : "sgi-before-device",
		      both && order[0] == (round == 0 ? GPIO_INTID : SGI) &&
			      order[1] == (round == 0 ? SGI : GPIO_INTID));
	}
	spi_set_priority(GPIO_INTID, 0xc0);
	spi_set_priority(EDGE_INTID, 0xb0);
	disable_interrupts();
	set_gpio(true);
	spi_set(GICD_ISPENDR, EDGE_INTID);
	order_count = 0;
	enable_interrupts();
	check("more-urgent-device-first",
	      wait_for(&order_count, 2) && order[0] == EDGE_INTID && order[1] == GPIO_INTID);
	write_register(icc_pmr_el1, 0xb8);

	const uint32_t before = *gpio;

	set_gpio(true);
	check("masked-by-priority", stays(gpio, before));
	write_register(icc_pmr_el1, 0xff);
	check("unmasked-by-priority", wait_for(gpio, before + 1));
}

/* Active state that software sets holds the interrupt back until software clears it. */
static void check_active(void)
{
	volatile uint32_t *const gpio = &taken[GPIO_INTID];
	const uint32_t before = *gpio;

	spi_set(GICD_ISACTIVER, GPIO_INTID);
	set_gpio(true);
	check("set-active-holds-back", stays(gpio, before) && spi_get(GICD_ISACTIVER, GPIO_INTID) &&
					       spi_get(GICD_ISPENDR, GPIO_INTID));
	spi_set(GICD_ICACTIVER, GPIO_INTID);
	check("deactivate", wait_for(gpio, before + 1) && !spi_get(GICD_ISACTIVER, GPIO_INTID));

	/* Taken but not deactivated (EOImode 1), then deactivated through the distributor. */
	write_register(icc_ctlr_el1, 2);
	set_gpio(true);
	(void)wait_for(gpio, before + 2);
	check("active-after-priority-drop", spi_get(GICD_ISACTIVER, GPIO_INTID));
	set_gpio(true);
	check("active-does-not-come-again", stays(gpio, before + 2));
	spi_set(GICD_ICACTIVER, GPIO_INTID);
	check("deactivate-after-priority-drop", wait_for(gpio, before + 3));
	write_register(icc_dir_el1, GPIO_INTID);
	check("deactivate-by-DIR", !spi_get(GICD_ISACTIVER, GPIO_INTID));
	write_register(icc_ctlr_el1, 0);
}

static void check_no_route(void)
{
	volatile uint32_t *const gpio = &taken[GPIO_INTID];
	const uint32_t before = *gpio;

	spi_route(GPIO_INTID, 0x7f00);
	set_gpio(true);
	check("no-route-no-interrupt", stays(gpio, before) && spi_get(GICD_ISPENDR, GPIO_INTID));
	spi_route(GPIO_INTID, platform.cpus[0]);
	check("comes-when-routed", wait_for(gpio, before + 1));
}

/* More at once than any core has list registers. */
static void check_many(void)
{
	uint32_t before[64];
	bool all = true;

	for (unsigned intid = 0; intid < 64; intid++)
		before[intid] = taken[intid];
	disable_interrupts();
	for (unsigned intid = SGI; intid <= LAST_SGI; intid++)
		gic_send_sgi(intid, platform.cpus[0]);
	set_gpio(true);
	spi_set(GICD_ISPENDR, EDGE_INTID);
	spi_set(GICD_ISPENDR, RTC_INTID);
	for (unsigned intid = LAST_SGI + 1; intid < 16; intid++)
		gic_send_sgi(intid, platform.cpus[0]);
	enable_interrupts();
	for (unsigned intid = SGI; intid < 16; intid++)
		all = all && wait_for(&taken[intid], before[intid] + 1);
	check("many-at-once-SGIs", all);
	check("many-at-once-devices",
	      wait_for(&taken[GPIO_INTID], before[GPIO_INTID] + 1) &&
		      wait_for(&taken[EDGE_INTID], before[EDGE_INTID] + 1) &&
		      wait_for(&taken[RTC_INTID], before[RTC_INTID] + 1));
}

void guest_main(uint64_t first_instruction)
{
	(void)first_instruction;
	check_begin("device");
	gic_init();
	gic_init_cpu();
	for (unsigned intid = SGI; intid < 16; intid++)
		gic_enable(intid);
	enable_interrupts();
	set_gpio(false);
	check_alarm();
	check_disabled();
	check_software_pending();
	check_edge();
	check_messages();
	check_priorities();
	check_active();
	check_no_route();
	check_many();
	check_end();
}

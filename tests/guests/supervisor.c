/* SPDX-License-Identifier: Apache-2.0 */
/*
 * supervisor: the registers of the supervisor device as a guest sees them, and what its orders do.
 * The boot argument partitions= says how many it supervises; it orders the last of them about, in
 * the end from two vCPUs at once.
 */
#include <stddef.h>

#include "common/run/order.h"
#include "common/run/partition.h"
#include "common/vdev/supervisor_registers.h"
#include "tests/guests/lib/check.h"
#include "tests/guests/lib/guest.h"
#include "tests/guests/lib/secondary.h"

#define RECORD(n)   (platform.supervisor + SUPERVISOR_SLOT_SIZE * ((n) + 1))
#define FIELD(name) (RECORD(subject) + offsetof(struct supervisor_record, name))
#define WAIT_MS	    20000
#define ROUNDS	    3000

static uint32_t count;	 /* of supervised partitions */
static uint32_t subject; /* the one that is ordered about */
static volatile uint32_t hammered;
static volatile bool hammer;

static uint64_t random_number(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

static uint64_t read64(uint64_t address)
{
	uint64_t value;

	__asm__ volatile("ldr %0, [%1]" : "=r"(value) : "r"(address) : "memory");
	return value;
}

/* How many exceptions an access has raised since this was asked last. */
static uint32_t new_faults(void)
{
	static uint32_t before;
	const uint32_t found = fault.count - before;

	before = fault.count;
	return found;
}

static uint32_t order(uint32_t what)
{
	write32(FIELD(command), what);
	return read32(FIELD(command)) - 1;
}

static bool comes_to(uint32_t state, uint64_t other_life)
{
	const uint64_t end = virtual_time() + WAIT_MS * read_register(cntfrq_el0) / 1000;

	while (virtual_time() < end)
		if (read32(FIELD(state)) == state && read64(FIELD(started)) != other_life)
			return true;
	return false;
}

static void check_header(void)
{
	const uint64_t page = platform.supervisor;
	uint64_t now;

	check("magic and version", read64(page) == (SUPERVISOR_MAGIC | 1UL << 32));
	check("number of partitions",
	      read32(page + offsetof(struct supervisor_header, count)) == count);
	check("frequency", read64(page + offsetof(struct supervisor_header, frequency)) ==
				   read_register(cntfrq_el0));
	now = read64(page + offsetof(struct supervisor_header, now));
	check("the time goes on", read64(page + offsetof(struct supervisor_header, now)) > now);
}

/* All offsets and sizes. A pair of registers has no syndrome that EL2 could go by. */
static void check_accesses(void)
{
	const uint64_t page = platform.supervisor;
	uint32_t differ = 0;
	uint32_t words = 0;
	uint64_t a;
	uint64_t b;

	(void)new_faults();
	for (uint64_t at = page; at < page + SUPERVISOR_SIZE; at += 8) {
		const uint64_t all = read64(at);

		/* The time, and the exits of partitions that run. */
		differ += (uint32_t)all != read32(at) || all >> 32 != read32(at + 4) ? 1 : 0;
		words += all != 0 ? 1 : 0;
	}
	check("reads of 4 and 8 bytes", new_faults() == 0 && differ < 20 && words > 10);
	for (uint64_t at = page; at < page + SUPERVISOR_SIZE; at++)
		__asm__ volatile("ldrb %w0, [%1]" : "=r"(a) : "r"(at));
	check("no reads of a byte", new_faults() == SUPERVISOR_SIZE);
	__asm__ volatile("ldrh %w0, [%1]" : "=r"(a) : "r"(page));
	check("no reads of 2 bytes", new_faults() == 1);
	for (uint64_t at = page; at < page + SUPERVISOR_SIZE; at += 8)
		write64(at, ORDER_STOP);
	check("no writes of 8 bytes", new_faults() == SUPERVISOR_SIZE / 8);
	__asm__ volatile("strh %w0, [%1]" : : "r"(ORDER_STOP), "r"(FIELD(command)) : "memory");
	write8(FIELD(command), ORDER_STOP);
	check("no writes of 1 or 2 bytes", new_faults() == 2);
	__asm__ volatile("ldp %0, %1, [%2]" : "=r"(a), "=r"(b) : "r"(page));
	check("no pairs", new_faults() == 1);
	check("nothing of that is an order",
	      read32(FIELD(command)) == 0 && read32(FIELD(state)) == PARTITION_RUNNING);
}

/* Behind the records nothing is seen, and nothing in them but two registers can be written. */
static void check_garbage(void)
{
	const uint64_t end = platform.supervisor + SUPERVISOR_SIZE;
	const uint64_t name = read64(RECORD(subject));
	const uint64_t started = read64(FIELD(started));
	uint64_t state = 0x2545f4914f6cdd1d;
	uint32_t seen = 0;

	for (unsigned round = 0; round < 3; round++)
		for (uint64_t at = platform.supervisor; at < end; at += 4)
			/* No order: those are from 1 to 3. */
			write32(at, (uint32_t)random_number(&state) | 0x100);
	for (uint64_t at = RECORD(count); at < end; at += 4)
		seen |= read32(at);
	check("nothing is behind the records", seen == 0);
	for (uint64_t at = RECORD(count); at < end; at += 4)
		write32(at, ORDER_STOP);
	check("garbage changes nothing",
	      read64(RECORD(subject)) == name && read64(FIELD(started)) == started &&
		      read32(FIELD(command)) == 0 && read32(FIELD(state)) == PARTITION_RUNNING);
	for (uint32_t what = ORDER_WATCHDOG; what < 0x1000; what++)
		write32(FIELD(command), what);
	check("there are three orders", read32(FIELD(command)) == 0);
	check("garbage raises no exception", new_faults() == 0);
}

static void check_orders(void)
{
	const uint64_t first = read64(FIELD(started));
	const uint32_t restarts = read32(FIELD(restarts));
	uint64_t second;

	check("start is refused", order(ORDER_START) == ORDER_NOT_STOPPED);
	check("stop", order(ORDER_STOP) == ORDER_GIVEN && comes_to(PARTITION_STOPPED, 0));
	check("stop is refused", order(ORDER_STOP) == ORDER_NOT_RUNNING);
	check("start", order(ORDER_START) == ORDER_GIVEN && comes_to(PARTITION_RUNNING, first));
	second = read64(FIELD(started));
	check("restart",
	      order(ORDER_RESTART) == ORDER_GIVEN && comes_to(PARTITION_RUNNING, second));
	check("restarts are counted", read32(FIELD(restarts)) == restarts + 2);
	/* The later one counts, in whichever state the first one has left it. */
	check("stop while it restarts", order(ORDER_RESTART) == ORDER_GIVEN &&
						order(ORDER_STOP) == ORDER_GIVEN &&
						comes_to(PARTITION_STOPPED, 0));
	check("restart of one that is stopped",
	      order(ORDER_RESTART) == ORDER_GIVEN && comes_to(PARTITION_RUNNING, 0));
}

/* Each order is in the log, with who gave it. */
static void check_log(void)
{
	const uint32_t own =
		read32(platform.supervisor + offsetof(struct supervisor_header, index));
	const uint32_t events = read32(FIELD(events));
	uint32_t kinds = 0;
	uint32_t strangers = 0;
	uint64_t last = 0;
	bool is_in_order = true;

	for (uint32_t n = events < HEALTH_EVENTS ? 0 : events - HEALTH_EVENTS; n < events; n++) {
		write32(FIELD(selected), n);

		const uint32_t kind = read32(FIELD(event.kind));

		kinds |= 1U << kind;
		strangers += kind != HEALTH_STARTED && read32(FIELD(event.number)) != own ? 1 : 0;
		is_in_order = is_in_order && read64(FIELD(event.time)) > last;
		last = read64(FIELD(event.time));
	}
	check("orders are in the log",
	      kinds == (1U << HEALTH_STARTED | 1U << HEALTH_STOP_ORDER | 1U << HEALTH_START_ORDER |
			1U << HEALTH_RESTART_ORDER));
	check("with who gave them", strangers == 0);
	check("in their order", is_in_order);
	write32(FIELD(selected), events);
	check("there are no others",
	      read64(FIELD(event.time)) == 0 && read64(FIELD(event.kind)) == 0);
}

/* Anything but an access that is refused; the orders are the subject's alone. */
static void hammer_once(uint64_t *state)
{
	const uint64_t number = random_number(state);
	const uint64_t at = platform.supervisor + number % SUPERVISOR_SIZE / 8 * 8;

	if (number >> 60 == 0)
		(void)order(ORDER_STOP + (number >> 16) % 3);
	else if (number >> 60 < 4)
		write32(FIELD(selected), (uint32_t)(number >> 32) % 64);
	else if (number >> 60 < 6)
		write32(at, (uint32_t)number | 0x100);
	else
		(void)read64(at);
}

static void check_hammer(void)
{
	uint64_t state = 0x9e3779b97f4a7c15;

	hammer = true;
	if (platform.cpu_count > 1)
		(void)guest_cpu_on(1);
	else
		hammered = ROUNDS;
	for (uint32_t i = 0; i < ROUNDS || hammered < ROUNDS; i++)
		hammer_once(&state);
	hammer = false;
	check("two vCPUs at once raise no exception", new_faults() == 0);
	check("the other vCPU goes off", platform.cpu_count == 1 || goes_off(1));
	/* Whatever was ordered last, and is still under way. */
	(void)order(ORDER_RESTART);
	check("it can be stopped still",
	      order(ORDER_STOP) == ORDER_GIVEN && comes_to(PARTITION_STOPPED, 0));
	check("it can be started still",
	      order(ORDER_START) == ORDER_GIVEN && comes_to(PARTITION_RUNNING, 0));
	check("others were not touched",
	      subject == 0 ||
		      read32(RECORD(0) + offsetof(struct supervisor_record, restarts)) == 0);
}

void guest_handle_interrupt(uint32_t intid, uint64_t time)
{
	(void)intid;
	(void)time;
}

void guest_secondary(unsigned cpu)
{
	uint64_t state = 0x853c49e6748fea9b + cpu;

	while (hammer) {
		hammer_once(&state);
		hammered++;
	}
	(void)psci(PSCI_CPU_OFF, 0, 0, 0);
}

void guest_main(uint64_t first_instruction)
{
	(void)first_instruction;
	check_begin("supervisor");
	count = (uint32_t)bootarg_number("partitions", 1);
	subject = count - 1;
	if (platform.supervisor == 0) {
		check("there is a device", false);
		check_end();
	}
	fault.is_expected = true;
	check_header();
	check_accesses();
	check_garbage();
	check_orders();
	check_log();
	check_hammer();
	check_end();
}

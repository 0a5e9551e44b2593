/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/guests/lib/check.h"

#include "tests/guests/lib/guest.h"

#define TIMEOUT_MS 5000 /* much: QEMU's CPUs may wait for a busy host */
#define A_WHILE_MS 20

static const char *prefix;
static const char *kind;
static uint32_t passed;
static uint32_t failed;
static uint32_t skipped;

/* Set here: guests run wherever they are, and nobody relocates a pointer in their data. */
void check_begin(const char *guest)
{
	prefix = guest;
	kind = "";
}

void check_kind(const char *name)
{
	kind = name;
}

void check(const char *name, bool is_good)
{
	print("%s: check %s%s %s\n", prefix, kind, name, is_good ? "ok" : "FAILED");
	passed += is_good ? 1 : 0;
	failed += is_good ? 0 : 1;
}

void check_skip(const char *name, const char *why)
{
	print("%s: check %s%s skipped, %s\n", prefix, kind, name, why);
	skipped++;
}

void check_end(void)
{
	print("%s: %u passed, %u failed, %u skipped\n", prefix, passed, failed, skipped);
	(void)psci(PSCI_SYSTEM_OFF, 0, 0, 0);
	for (;;)
		wait_for_interrupt();
}

bool wait_until(const volatile uint32_t *counter, uint32_t value, unsigned milliseconds)
{
	const uint64_t end = virtual_time() + read_register(cntfrq_el0) / 1000 * milliseconds;

	while (*counter != value) {
		if (virtual_time() > end)
			return false;
		__asm__ volatile("yield");
	}
	return true;
}

bool wait_for(const volatile uint32_t *counter, uint32_t value)
{
	return wait_until(counter, value, TIMEOUT_MS);
}

bool stays(const volatile uint32_t *counter, uint32_t value)
{
	return !wait_until(counter, value + 1, A_WHILE_MS) && *counter == value;
}

bool settles_at(const volatile uint32_t *counter, uint32_t value)
{
	return wait_for(counter, value) && stays(counter, value);
}

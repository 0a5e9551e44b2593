/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Calls that a guest makes by HVC or SMC: a row for each function of the SMC Calling Convention
 * (DEN0028), PSCI (DEN0022) and the random number service (DEN0098) that it may call. All others
 * return NOT_SUPPORTED. Firmware hears of random numbers, with arguments that were checked, and of
 * the workarounds for processor errata, which are the CPU's own business.
 */
#include <stddef.h>

#include "arch/arm64/el2/exits.h"
#include "arch/arm64/firmware/firmware.h"
#include "arch/arm64/vcpu/psci.h"
#include "arch/arm64/vcpu/vcpu.h"

#define IS_64_BIT(function)	  (((function) >> 30 & 1) != 0)
#define IS_PSCI(function)	  (((function) & ~0x4000001fU) == PSCI_VERSION)
#define IS_ARCHITECTURE(function) ((function) >> 16 == 0x8000)
#define HYPERVISOR_CALLS	  3 /* the three that say so */

static int64_t psci_features(uint64_t *x);
static int64_t arch_features(uint64_t *x);

static int64_t workaround(uint64_t *x)
{
	return firmware_call(x[0], x[1], 0, 0);
}

/* b2cc6161-4254-491a-8d6f-b00f11f14937, from its first byte on in the lowest byte of each word. */
static int64_t hypervisor_uid(uint64_t *x)
{
	x[1] = 0x1a495442;
	x[2] = 0x0fb06f8d;
	x[3] = 0x3749f111;
	return 0x6161ccb2;
}

/* Version 0.1: the major number in x0. */
static int64_t hypervisor_revision(uint64_t *x)
{
	x[1] = 1;
	return 0;
}

/* As firmware answers; that without a source of random numbers says NOT_SUPPORTED. */
static int64_t trng(uint64_t *x)
{
	x[2] = 0;
	x[3] = 0;
	firmware_call_registers(x);
	return (int64_t)x[0];
}

static int64_t trng_identity(uint64_t *x)
{
	x[1] = 0;
	return trng(x);
}

static int64_t trng_features(uint64_t *x)
{
	const bool is_known = (x[1] >= TRNG_VERSION && x[1] <= TRNG_RND_32) || x[1] == TRNG_RND_64;

	return is_known ? trng(x) : SMCCC_NOT_SUPPORTED;
}

/* x1: bits, as many as three registers hold. */
static int64_t trng_random(uint64_t *x)
{
	if (x[1] - 1 < (IS_64_BIT(x[0]) ? 192 : 96))
		return trng(x);
	return (int32_t)firmware_call(TRNG_VERSION, 0, 0, 0) < 0 ? SMCCC_NOT_SUPPORTED
								 : PSCI_INVALID_PARAMETERS;
}

/*
 * A handler gets x0 - x3, of a 32-bit function their lower halves, and returns x0; the other
 * results are those in x. A row without one returns its value.
 */
static const struct row {
	uint32_t function;
	uint32_t other_results; /* registers */
	int64_t (*handle)(uint64_t *x);
	int64_t value;
} rows[] = {
	{PSCI_VERSION, .value = PSCI_VERSION_1_1},
	{PSCI_FEATURES, .handle = psci_features},
	{PSCI_CPU_SUSPEND_32, .handle = psci_cpu_suspend},
	{PSCI_CPU_SUSPEND_64, .handle = psci_cpu_suspend},
	{PSCI_CPU_OFF, .handle = psci_cpu_off},
	{PSCI_CPU_ON_32, .handle = psci_cpu_on},
	{PSCI_CPU_ON_64, .handle = psci_cpu_on},
	{PSCI_AFFINITY_INFO_32, .handle = psci_affinity_info},
	{PSCI_AFFINITY_INFO_64, .handle = psci_affinity_info},
	{PSCI_MIGRATE_INFO_TYPE, .value = PSCI_MIGRATE_NOT_NEEDED},
	{PSCI_SYSTEM_OFF, .handle = psci_system_off},
	{PSCI_SYSTEM_RESET, .handle = psci_system_reset},
	{PSCI_SYSTEM_RESET2_32, .handle = psci_system_reset2},
	{PSCI_SYSTEM_RESET2_64, .handle = psci_system_reset2},
	{PSCI_SYSTEM_SUSPEND_32, .handle = psci_system_suspend},
	{PSCI_SYSTEM_SUSPEND_64, .handle = psci_system_suspend},
	{SMCCC_VERSION, .value = SMCCC_VERSION_1_1},
	{SMCCC_ARCH_FEATURES, .handle = arch_features},
	{SMCCC_WORKAROUND_1, .handle = workaround},
	{SMCCC_WORKAROUND_2, .handle = workaround},
	{SMCCC_WORKAROUND_3, .handle = workaround},
	{TRNG_VERSION, .handle = trng_identity},
	{TRNG_FEATURES, .handle = trng_features},
	{TRNG_GET_UUID, 3, .handle = trng_identity},
	{TRNG_RND_32, 3, .handle = trng_random},
	{TRNG_RND_64, 3, .handle = trng_random},
	{HYPERVISOR_CALL_COUNT, .value = HYPERVISOR_CALLS},
	{HYPERVISOR_CALL_UID, 3, .handle = hypervisor_uid},
	{HYPERVISOR_REVISION, 1, .handle = hypervisor_revision},
};

static const struct row *find(uint64_t function)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (rows[i].function == function)
			return &rows[i];
	return NULL;
}

/* Whether the function exists; none has flags to tell, CPU_SUSPEND as its format is the original.
 */
static int64_t psci_features(uint64_t *x)
{
	const bool is_ours = IS_PSCI(x[1]) || x[1] == SMCCC_VERSION;

	return is_ours && find(x[1]) != NULL ? PSCI_SUCCESS : PSCI_NOT_SUPPORTED;
}

/* The same; for workarounds, what firmware says. */
static int64_t arch_features(uint64_t *x)
{
	const struct row *const row = IS_ARCHITECTURE(x[1]) ? find(x[1]) : NULL;

	if (row == NULL)
		return SMCCC_NOT_SUPPORTED;
	return row->handle == workaround ? (int32_t)firmware_call(x[0], x[1], 0, 0) : 0;
}

/* With 64 bits or, by a 32-bit function, the lower halves of x1 - x3. */
static void handle(const struct row *row, uint64_t *guest)
{
	const uint64_t width = IS_64_BIT(row->function) ? UINT64_MAX : UINT32_MAX;
	uint64_t x[4] = {row->function, guest[1] & width, guest[2] & width, guest[3] & width};

	guest[0] = (uint64_t)row->handle(x);
	for (uint32_t i = 1; i < 4 && i <= row->other_results; i++)
		guest[i] = x[i] & width;
}

void smccc_call(struct guest_registers *guest)
{
	const struct row *const row = find((uint32_t)guest->x[0]);

	if (row != NULL && row->handle != NULL)
		handle(row, guest->x);
	else
		guest->x[0] = (uint64_t)(row != NULL ? row->value : SMCCC_NOT_SUPPORTED);
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * smccc: which calls there are, and what they say, by HVC and by SMC. What plain QEMU's PSCI
 * answers otherwise is skipped there. trng=1 in the boot arguments: there are random numbers.
 */
#include "tests/guests/lib/calls.h"
#include "tests/guests/lib/check.h"

#define MIGRATE		  0x84000005
#define MIGRATE_INFO_TYPE 0x84000006
#define MIGRATE_UP_CPU	  0x84000007
#define CPU_FREEZE	  0x8400000b
#define MEM_PROTECT	  0x84000013
#define SMCCC_VERSION	  0x80000000
#define ARCH_FEATURES	  0x80000001
#define SOC_ID		  0x80000002
#define WORKAROUND_1	  0x80008000
#define PV_TIME_FEATURES  0xc5000020
#define HYP_CALL_COUNT	  0x8600ff00
#define HYP_UID		  0x8600ff01
#define HYP_REVISION	  0x8600ff03
#define TRNG_VERSION	  0x84000050
#define TRNG_FEATURES	  0x84000051
#define TRNG_GET_UUID	  0x84000052
#define TRNG_RND_32	  0x84000053
#define TRNG_RND_64	  0xc4000053

void guest_handle_interrupt(uint32_t intid, uint64_t time)
{
	(void)intid;
	(void)time;
}

void guest_secondary(unsigned cpu)
{
	(void)cpu;
}

static bool has_feature(uint64_t function)
{
	return call(PSCI_FEATURES, function, 0, 0) == SUCCESS;
}

static void check_features(void)
{
	static const uint32_t present[] = {
		PSCI_VERSION,	  CPU_SUSPEND_32,    PSCI_CPU_SUSPEND,	PSCI_CPU_OFF,
		CPU_ON_32,	  PSCI_CPU_ON,	     AFFINITY_INFO_32,	PSCI_AFFINITY_INFO,
		PSCI_SYSTEM_OFF,  PSCI_SYSTEM_RESET, PSCI_FEATURES,	MIGRATE_INFO_TYPE,
		SYSTEM_RESET2_32, SYSTEM_RESET2,     SYSTEM_SUSPEND_32, SYSTEM_SUSPEND,
		SMCCC_VERSION,
	};
	static const uint32_t absent[] = {
		MIGRATE,       MIGRATE_UP_CPU, CPU_FREEZE, MEM_PROTECT, 0xc4000002,   TRNG_VERSION,
		ARCH_FEATURES, HYP_UID,	       0x84000020, 0x04000000,	WORKAROUND_1,
	};
	bool all_present = true;
	bool all_absent = true;

	for (unsigned i = 0; i < sizeof(present) / sizeof(present[0]); i++)
		all_present = all_present && has_feature(present[i]);
	for (unsigned i = 0; i < sizeof(absent) / sizeof(absent[0]); i++)
		all_absent = all_absent && call(PSCI_FEATURES, absent[i], 0, 0) == NOT_SUPPORTED;
	check_here("PSCI_FEATURES has all that there is", all_present);
	check("PSCI_FEATURES has nothing else", all_absent);
}

static void check_versions(void)
{
	check_here("PSCI_VERSION", call(PSCI_VERSION, 0, 0, 0) == 0x10001);
	check("MIGRATE_INFO_TYPE: no trusted OS", call(MIGRATE_INFO_TYPE, 0, 0, 0) == 2);
	check("unknown functions", call(0x84001234, 0, 0, 0) == NOT_SUPPORTED &&
					   call(0xc4000002, 0, 0, 0) == NOT_SUPPORTED &&
					   call(MIGRATE, 0, 0, 0) == NOT_SUPPORTED &&
					   call(0xbf00ff01, 0, 0, 0) == NOT_SUPPORTED);
	check_here("SMCCC_VERSION", call(SMCCC_VERSION, 0, 0, 0) == 0x10001);
	check_here("ARCH_FEATURES",
		   call(ARCH_FEATURES, SMCCC_VERSION, 0, 0) == SUCCESS &&
			   call(ARCH_FEATURES, ARCH_FEATURES, 0, 0) == SUCCESS &&
			   call(ARCH_FEATURES, PSCI_VERSION, 0, 0) == NOT_SUPPORTED);
	check("SOC_ID is absent", call(ARCH_FEATURES, SOC_ID, 0, 0) == NOT_SUPPORTED &&
					  call(SOC_ID, 0, 0, 0) == NOT_SUPPORTED);
	check("PV time is absent",
	      call(ARCH_FEATURES, PV_TIME_FEATURES, 0, 0) == NOT_SUPPORTED &&
		      call(PV_TIME_FEATURES, PV_TIME_FEATURES, 0, 0) == NOT_SUPPORTED);
}

static void check_hypervisor(void)
{
	uint64_t uid[4] = {HYP_UID, GARBAGE, GARBAGE, GARBAGE};
	uint64_t revision[4] = {HYP_REVISION, GARBAGE, 7, 8};

	smccc(calls_by_smc, uid);
	smccc(calls_by_smc, revision);
	check_here("the hypervisor's UUID", uid[0] == 0x6161ccb2 && uid[1] == 0x1a495442 &&
						    uid[2] == 0x0fb06f8d && uid[3] == 0x3749f111);
	check_here("the hypervisor's revision and number of calls",
		   revision[0] == 0 && revision[1] == 1 && revision[2] == 7 && revision[3] == 8 &&
			   call(HYP_CALL_COUNT, 0, 0, 0) == 3);
}

static void check_random(void)
{
	uint64_t wide[4] = {TRNG_RND_64, 130, 0, 0};
	uint64_t narrow[4] = {TRNG_RND_32, GARBAGE | 40, 0, 0};
	uint64_t uuid[4] = {TRNG_GET_UUID, GARBAGE, GARBAGE, GARBAGE};

	smccc(calls_by_smc, wide);
	smccc(calls_by_smc, narrow);
	smccc(calls_by_smc, uuid);
	if (bootarg_number("trng", 0) == 0) {
		check("TRNG is absent",
		      call(TRNG_VERSION, 0, 0, 0) == NOT_SUPPORTED &&
			      call(TRNG_FEATURES, TRNG_RND_64, 0, 0) == NOT_SUPPORTED &&
			      (int64_t)wide[0] == NOT_SUPPORTED &&
			      call(TRNG_RND_64, 0, 0, 0) == NOT_SUPPORTED);
		return;
	}
	check("TRNG_VERSION", call(TRNG_VERSION, 0, 0, 0) == 0x10000);
	check("TRNG_FEATURES", call(TRNG_FEATURES, TRNG_RND_64, 0, 0) == SUCCESS &&
				       call(TRNG_FEATURES, PSCI_VERSION, 0, 0) == NOT_SUPPORTED);
	check("TRNG_GET_UUID", uuid[0] == 0x11111111 && uuid[1] == 0x22222222 &&
				       uuid[2] == 0x33333333 && uuid[3] == 0x44444444);
	check("TRNG_RND64",
	      wide[0] == SUCCESS && wide[1] == 2 && wide[2] == UINT64_MAX && wide[3] == UINT64_MAX);
	check("TRNG_RND32", narrow[0] == SUCCESS && narrow[1] == 0 && narrow[2] == 0xff &&
				    narrow[3] == 0xffffffff);
	check("TRNG: too many bits, or none",
	      call(TRNG_RND_64, 193, 0, 0) == INVALID_PARAMETERS &&
		      call(TRNG_RND_64, 0, 0, 0) == INVALID_PARAMETERS &&
		      call(TRNG_RND_32, 97, 0, 0) == INVALID_PARAMETERS);
}

/* All by one conduit. */
static void check_calls(void)
{
	check_versions();
	check_features();
	check_hypervisor();
	check_random();
}

void guest_main(uint64_t first_instruction)
{
	(void)first_instruction;
	calls_by_smc = platform.psci_by_smc;
	check_begin("smccc");
	check_calls();
	if (platform.is_bare) {
		check_skip("the same by SMC", "there is no EL2 or EL3");
	} else {
		calls_by_smc = !calls_by_smc;
		check_calls();
	}
	check_end();
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Which SMCs of a partition are passed to firmware: bulkhead,smc-allow and its ranges. */
#include "common/plan/plan_properties.h"

#define SMC_FAST      0x80000000U /* SMCCC: a fast call, which comes back without being preempted */
#define PSCI_MASK     0xbfffffe0U /* function IDs of PSCI, 32 and 64 bits (DEN0022, 5.1) */
#define PSCI_CALLS    0x84000000U
#define PSCI_64_CALLS 0xc4000000U

/* One call or range. False: reported. */
static bool add_smc(struct planner *planner, const struct property_value *value,
		    struct plan_smc_range range)
{
	struct plan_partition *const partition = value->request->partition;

	if ((range.first & SMC_FAST) == 0 || range.last < range.first)
		return plan_error(planner, value->node, value->name,
				  "function IDs of fast calls (bit 31 set), ranges upwards", NULL,
				  "0x%x to 0x%x", range.first, range.last);
	/* A range holds a PSCI call if one of its ends has the number, or it spans them all. */
	if ((range.first & PSCI_MASK) == PSCI_CALLS || (range.last & PSCI_MASK) == PSCI_CALLS ||
	    (range.first < PSCI_CALLS && range.last > PSCI_CALLS) ||
	    (range.first < PSCI_64_CALLS && range.last > PSCI_64_CALLS))
		return plan_error(
			planner, value->node, value->name,
			"PSCI belongs to the hypervisor: it could switch off others' CPUs",
			"each partition has a PSCI of its own", "0x%x to 0x%x", range.first,
			range.last);
	if (partition->smc_count == PLAN_MAX_SMC_RANGES)
		return plan_error(planner, value->node, value->name, "at most 16 calls or ranges",
				  NULL, "one too many");
	partition->smc[partition->smc_count++] = range;
	return true;
}

/* Calls or ranges: cells is how many each takes. */
static bool read_smc(struct planner *planner, const struct property_value *value, int cells)
{
	bool is_good = true;

	if (value->length == 0 || value->length % (4 * cells) != 0)
		return plan_error(planner, value->node, value->name,
				  cells == 1 ? "function IDs, a cell each"
					     : "(first, last) function IDs, a cell each",
				  NULL, "%d bytes", value->length);
	for (int at = 0; at < value->length; at += 4 * cells) {
		const struct plan_smc_range range = {
			(uint32_t)tree_number(value->bytes + at, 1),
			(uint32_t)tree_number(value->bytes + at + 4 * (cells - 1), 1),
		};

		is_good = add_smc(planner, value, range) && is_good;
	}
	return is_good;
}

bool read_smc_list(struct planner *planner, const struct property_value *value)
{
	return read_smc(planner, value, 1);
}

bool read_smc_ranges(struct planner *planner, const struct property_value *value)
{
	return read_smc(planner, value, 2);
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * EL2's own translation tables, for each CPU its own (law 3), in three sets:
 *
 *   boot tables     image with boot code, own stack and struct cpu, the boot tables themselves,
 *                   boot windows, and the page on which the MMU is switched on
 *   running tables  image without boot code, plan read-only, own stack and struct cpu, own
 *                   partition, devices; built beside the boot tables and switched to at the end
 *   demand tables   what the running tables map, and the demand section; on the housekeeping CPU,
 *                   while the console's monitor does something; on the CPU of vCPU 0 of a
 *                   partition that may restart, while it does, with the tables themselves and
 *                   windows
 *
 * What several map, they map alike (same output, type and size), so switching is one register write
 * and a TLB invalidation.
 */
#ifndef BULKHEAD_ARM64_EL2_TABLES_H
#define BULKHEAD_ARM64_EL2_TABLES_H

#include <stdbool.h>
#include <stdint.h>

#include "common/lib/address.h"
#include "common/plan/plan.h"

/*
 * Builds the boot tables in zeroed CPU memory (layout.h), found at memory here and at
 * memory_address by the walker. The root is its first page. Fills in its struct cpu. Returns false
 * when the table pages do not suffice.
 */
bool el2_build_boot_tables(void *memory, pa_t memory_address, pa_t image);

/*
 * Adds to this CPU's boot tables what its partition needs, and builds its running tables
 * (this_cpu.running_root) and demand tables (demand_root). partition: index or PLAN_NONE. Returns
 * false as above.
 */
bool el2_build_running_tables(const struct plan *plan, uint32_t partition, bool is_housekeeping);

#endif

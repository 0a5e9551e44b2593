/* SPDX-License-Identifier: Apache-2.0 */
/* What head.S calls before the MMU is on. */
#ifndef BULKHEAD_ARM64_EARLY_H
#define BULKHEAD_ARM64_EARLY_H

#include <stdint.h>

/* Builds the boot CPU's tables in zeroed memory; returns the physical address of the root. */
uint64_t early_build_tables(void);

#endif

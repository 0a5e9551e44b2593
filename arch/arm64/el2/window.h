/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Windows: the only way in which EL2 ever sees memory that is not its own.
 *
 * Boot reads the device tree and the modules, and writes the partitions' RAM, through a few windows
 * of 1 GiB of address space; a restart does so with its own partition's. Each shows one range at a
 * time, with the rights that it needs. Nothing else of the RAM is mapped, so that no speculative
 * access can touch memory that firmware keeps to itself (D8.2.6). Windows are part of the boot and
 * demand tables (boot/el2_tables.h), and hidden when a restart ends: while guests run there are
 * none.
 */
#ifndef BULKHEAD_ARM64_WINDOW_H
#define BULKHEAD_ARM64_WINDOW_H

#include <stdint.h>

#include "common/arch.h"

/* Contents and rights: see common/arch.h. Returns NULL for more than ARCH_WINDOW_LIMIT bytes. */
void *window_show(enum arch_window window, pa_t base, uint64_t size);

/*
 * Takes the window's range away. Break before make (D8.14.1): the entry is made invalid and the
 * invalidation has completed before the tables below it change.
 */
void window_hide(enum arch_window window);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writing a guest's device tree front to back with libfdt (inside guest_*.c). The first error is
 * kept; what is written after it does not matter.
 */
#ifndef BULKHEAD_PLAN_GUEST_WRITER_H
#define BULKHEAD_PLAN_GUEST_WRITER_H

#include <libfdt.h>
#include <string.h>

#include "common/lib/format.h"
#include "common/plan/plan.h"
#include "common/plan/tree.h"

#define GUEST_NAME_SIZE 64 /* of a node, with the NUL */

#define PHANDLE_GIC 0xfde8 /* as Xen's, which its users' partial device trees refer to */

struct writer {
	void *out;
	int result; /* libfdt's; 0 as long as all is well */
	const struct plan *plan;
	const struct plan_partition *partition;
	struct tree host;
	struct tree partial; /* the partial device tree; its fdt is NULL when there is none */
};

/* Keeps the first error. */
void keep(struct writer *writer, int result);

void begin(struct writer *writer, const char *name);
void begin_at(struct writer *writer, const char *name, uint64_t address);
void end(struct writer *writer);

void put_u32(struct writer *writer, const char *name, uint32_t value);
void put_u64(struct writer *writer, const char *name, uint64_t value);
void put_text(struct writer *writer, const char *name, const char *text);
void put_flag(struct writer *writer, const char *name);
void put_bytes(struct writer *writer, const char *name, const void *bytes, size_t size);

/* The property as it stands in another tree. */
void put_property(struct writer *writer, const struct property_walk *at);

/* reg of one range, two cells each for address and size. */
void put_reg(struct writer *writer, uint64_t base, uint64_t size);

/* One interrupt in the three cells that the guest's GIC has. */
void set_interrupt(fdt32_t cells[3], uint32_t kind, uint32_t number, uint32_t flags);

/* guest_cpus.c: /cpus. */
void write_cpus(struct writer *writer);

/* guest_devices.c: the nodes of passed-through devices. */
void write_devices(struct writer *writer);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* A guest that has set its GIC up, where most tests begin. */
#ifndef BULKHEAD_TESTS_VGIC_SETUP_H
#define BULKHEAD_TESTS_VGIC_SETUP_H

#include "arch/arm64/gic/registers.h"
#include "tests/vgic/machine.h"
#include "tests/vgic/model.h"

/* SPIs: virtual devices' lines, passed-through levels and edges; others are only ever pended. */
#define VIRTUAL_SPI	 33
#define VIRTUAL_SPI_2	 34
#define LEVEL_SPI	 40
#define LEVEL_SPI_2	 41
#define EDGE_SPI	 42
#define EDGE_SPI_2	 75 /* in the other bank */
#define SETUP_PASSED	 (UINT64_C(7) << 8 | UINT64_C(1) << 43)
#define SETUP_LEVELS	 (UINT64_C(3) << 8)
#define DEFAULT_PRIORITY 0xa0
#define ANY_SGI		 0xffffU

/* All vCPUs are off but the first, which has done nothing yet. */
void setup_machine(unsigned cpus, unsigned lists);

/*
 * The same, and the guest has started all vCPUs; each has its SGIs and timers enabled, in group 1
 * and with DEFAULT_PRIORITY, and takes interrupts. SPIs have group and priority; none is enabled.
 */
void setup_guest(unsigned cpus, unsigned lists);

/* The set-up of one vCPU, on it. */
void setup_vcpu(void);

/* Starts another vCPU from this one, and sets it up. */
void setup_start(unsigned cpu);

/* Enables an SPI and routes it. */
void setup_spi(uint32_t intid, unsigned target);

/* Software, hardware edge, hardware level: what makes each pending. */
#define SPI_KINDS 3
extern const uint32_t spi_kinds[SPI_KINDS];

void raise_line(uint32_t intid);
void lower_line(uint32_t intid);

/* Two vCPUs; the SPI is set up, and its line has risen, and will fall when the guest serves it. */
void setup_risen(uint32_t intid, unsigned target);

/* Its bit of its word of a register with a bit for each interrupt. */
static inline uint32_t bit(uint32_t intid)
{
	return 1U << intid % 32;
}

static inline uint32_t delivered(unsigned cpu, uint32_t intid)
{
	return model_find(cpu, intid)->delivered;
}

#endif

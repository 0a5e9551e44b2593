/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SPIs through the distributor (IHI 0069, 12.9), and three to try them on: devices of QEMU's virt
 * machine, which a partition has when they are passed through, at the same addresses.
 *
 *   RTC_INTID   PL031 clock: a level, up from the alarm until it is cleared
 *   GPIO_INTID  PL061: a level that software switches by set_gpio()
 *   EDGE_INTID  nobody's: an edge that software makes by GICD_ISPENDR
 */
#ifndef BULKHEAD_TESTS_SPI_H
#define BULKHEAD_TESTS_SPI_H

#include "tests/guests/lib/guest.h"

#define GICD_CTLR      0x0
#define GICD_SETSPI    0x40
#define GICD_CLRSPI    0x48
#define GICD_ISENABLER 0x100
#define GICD_ICENABLER 0x180
#define GICD_ISPENDR   0x200
#define GICD_ICPENDR   0x280
#define GICD_ISACTIVER 0x300
#define GICD_ICACTIVER 0x380

#define RTC_INTID  34
#define GPIO_INTID 39
#define EDGE_INTID 42

/* A write-1 register's bit for an interrupt, written or read. */
void spi_set(uint32_t offset, uint32_t intid);
bool spi_get(uint32_t offset, uint32_t intid);

/* Disables it and waits until no CPU can be given it any more: GICD_CTLR.RWP (12.9.4). */
void spi_disable(uint32_t intid);
void spi_wait_for_writes(void);

void spi_route(uint32_t intid, uint64_t mpidr);
void spi_set_priority(uint32_t intid, uint8_t priority);

/* Group 1, priority 0xa0, triggered so, to the first CPU; not enabled. */
void spi_prepare(uint32_t intid, bool is_edge);

/* Whether both devices are there. */
bool has_devices(void);

/* The clock's interrupt comes within a second or two. */
void set_alarm(void);
void clear_alarm(void);

/* The GPIO requests its interrupt, or not. */
void set_gpio(bool level);

#endif

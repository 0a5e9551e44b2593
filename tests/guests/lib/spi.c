/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/guests/lib/spi.h"

#define GICD_CTLR_RWP (1U << 31)

/* PrimeCell identification: the part number's low byte. */
#define PERIPHID0 0xfe0

/* PL031 (DDI 0224) */
#define RTC	 UINT64_C(0x9010000)
#define RTC_DR	 0x00
#define RTC_MR	 0x04
#define RTC_IMSC 0x10
#define RTC_ICR	 0x1c

/* PL061 (DDI 0190): line 0 is low, so a low-level interrupt of it is up while it is enabled. */
#define GPIO	 UINT64_C(0x9030000)
#define GPIO_IS	 0x404
#define GPIO_IEV 0x40c
#define GPIO_IE	 0x410

static uint64_t word(uint32_t offset, uint32_t intid)
{
	return platform.distributor + offset + intid / 32 * 4;
}

void spi_set(uint32_t offset, uint32_t intid)
{
	write32(word(offset, intid), 1U << intid % 32);
}

bool spi_get(uint32_t offset, uint32_t intid)
{
	return (read32(word(offset, intid)) >> intid % 32 & 1) != 0;
}

void spi_wait_for_writes(void)
{
	while ((read32(platform.distributor + GICD_CTLR) & GICD_CTLR_RWP) != 0)
		__asm__ volatile("yield");
}

void spi_disable(uint32_t intid)
{
	spi_set(GICD_ICENABLER, intid);
	spi_wait_for_writes();
}

void spi_route(uint32_t intid, uint64_t mpidr)
{
	write64(platform.distributor + GICD_IROUTER + 8 * intid, mpidr);
}

void spi_set_priority(uint32_t intid, uint8_t priority)
{
	write8(platform.distributor + GICD_IPRIORITYR + intid, priority);
}

void spi_prepare(uint32_t intid, bool is_edge)
{
	const uint64_t config = platform.distributor + GICD_ICFGR + intid / 16 * 4;
	const uint32_t field = 2U << intid % 16 * 2;
	const uint64_t group = word(GICD_IGROUPR, intid);

	write32(group, read32(group) | 1U << intid % 32);
	write32(config, is_edge ? read32(config) | field : read32(config) & ~field);
	spi_set_priority(intid, 0xa0);
	spi_route(intid, platform.cpus[0]);
}

bool has_devices(void)
{
	return read32(RTC + PERIPHID0) == 0x31 && read32(GPIO + PERIPHID0) == 0x61;
}

void set_alarm(void)
{
	clear_alarm();
	write32(RTC + RTC_IMSC, 1);
	write32(RTC + RTC_MR, read32(RTC + RTC_DR) + 1);
}

void clear_alarm(void)
{
	write32(RTC + RTC_ICR, 1);
}

void set_gpio(bool level)
{
	write32(GPIO + GPIO_IS, 1);
	write32(GPIO + GPIO_IEV, 0);
	write32(GPIO + GPIO_IE, level ? 1 : 0);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* GICv3 with one security state, as guests see it (IHI 0069). */
#include "tests/guests/lib/guest.h"

#define GICD_CTLR	  0x0000
#define GICD_IGROUPR	  0x0080
#define GICD_ISENABLER	  0x0100
#define GICD_ICENABLER	  0x0180
#define GICD_IPRIORITYR	  0x0400
#define GICR_TYPER	  0x0008
#define GICR_WAKER	  0x0014
#define GICR_SGI_BASE	  0x10000
#define GICR_FRAME	  0x20000
#define GICR_WAKER_SLEEP  2
#define GICR_WAKER_ASLEEP 4

uint64_t gic_redistributor(void)
{
	return gic_redistributor_of(read_register(mpidr_el1));
}

uint64_t gic_redistributor_of(uint64_t mpidr)
{
	const uint32_t packed = (uint32_t)(mpidr & 0xffffff) | (uint32_t)(mpidr >> 8 & 0xff000000);

	for (uint64_t at = 0; at < platform.redistributors_size; at += GICR_FRAME)
		if (read32(platform.redistributors + at + GICR_TYPER + 4) == packed)
			return platform.redistributors + at;
	return 0;
}

bool gic_has_group0(void)
{
	return (read32(platform.distributor + GICD_CTLR) & 0x40) != 0; /* DS */
}

uint8_t gic_lowest_priority(void)
{
	return gic_has_group0() ? 0xf0 : 0xe0;
}

void gic_init(void)
{
	write32(platform.distributor + GICD_CTLR, 0x10);
	write32(platform.distributor + GICD_CTLR, 0x12);
}

void gic_init_cpu(void)
{
	const uint64_t frame = gic_redistributor();

	write32(frame + GICR_WAKER, read32(frame + GICR_WAKER) & ~GICR_WAKER_SLEEP);
	while ((read32(frame + GICR_WAKER) & GICR_WAKER_ASLEEP) != 0)
		__asm__ volatile("yield");
	write32(frame + GICR_SGI_BASE + GICD_IGROUPR, 0xffffffff);
	for (unsigned i = 0; i < 8; i++)
		write32(frame + GICR_SGI_BASE + GICD_IPRIORITYR + 4 * i, 0xa0a0a0a0);
	write_register(icc_sre_el1, 7);
	write_register(icc_pmr_el1, 0xff);
	write_register(icc_bpr1_el1, 0);
	write_register(icc_igrpen1_el1, 1);
}

/* The frame and the word that hold an interrupt's bit. */
static uint64_t bit_register(uint32_t intid, uint32_t offset)
{
	const uint64_t frame =
		intid < 32 ? gic_redistributor() + GICR_SGI_BASE : platform.distributor;

	return frame + offset + intid / 32 * 4;
}

void gic_enable(uint32_t intid)
{
	write32(bit_register(intid, GICD_ISENABLER), 1U << intid % 32);
}

void gic_disable(uint32_t intid)
{
	write32(bit_register(intid, GICD_ICENABLER), 1U << intid % 32);
}

void gic_send_sgi(uint32_t intid, uint64_t mpidr)
{
	__asm__ volatile("dsb ishst" : : : "memory");
	write_register(icc_sgi1r_el1, (mpidr >> 32 & 0xff) << 48 | (mpidr >> 16 & 0xff) << 32 |
					      (uint64_t)intid << 24 | (mpidr >> 8 & 0xff) << 16 |
					      1UL << (mpidr & 0xf));
}

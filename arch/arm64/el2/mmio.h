/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Device register accesses: one load or store each, of exactly the width named. Device-nGnRE memory
 * keeps them in program order among accesses to one device (Arm ARM B2.7.2); ordering against
 * normal memory or system registers needs a barrier at the caller.
 */
#ifndef BULKHEAD_ARM64_MMIO_H
#define BULKHEAD_ARM64_MMIO_H

#include <stdint.h>

static inline uint32_t mmio_read32(const volatile void *address)
{
	uint32_t value;

	__asm__ volatile("ldr %w0, [%1]" : "=r"(value) : "r"(address) : "memory");
	return value;
}

static inline uint64_t mmio_read64(const volatile void *address)
{
	uint64_t value;

	__asm__ volatile("ldr %0, [%1]" : "=r"(value) : "r"(address) : "memory");
	return value;
}

static inline void mmio_write8(volatile void *address, uint8_t value)
{
	__asm__ volatile("strb %w0, [%1]" : : "rZ"(value), "r"(address) : "memory");
}

static inline void mmio_write32(volatile void *address, uint32_t value)
{
	__asm__ volatile("str %w0, [%1]" : : "rZ"(value), "r"(address) : "memory");
}

static inline void mmio_write64(volatile void *address, uint64_t value)
{
	__asm__ volatile("str %0, [%1]" : : "rZ"(value), "r"(address) : "memory");
}

#endif

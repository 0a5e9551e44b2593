/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Device register accesses: one load or store each, of exactly the width named. Device-nGnRE memory
 * keeps them in program order among accesses to one device (Arm ARM B2.7.2); ordering against
 * normal memory or system registers needs a barrier at the caller.
 */
#ifndef BULKHEAD_ARM64_MMIO_H
#define BULKHEAD_ARM64_MMIO_H

#include <stdint.h>

/* mmio_read8() and mmio_write8() to mmio_read64() and mmio_write64(). */
#define MMIO_ACCESS(bits, suffix, operand)                                                         \
	static inline uint##bits##_t mmio_read##bits(const volatile void *address)                 \
	{                                                                                          \
		uint##bits##_t value;                                                              \
                                                                                                   \
		__asm__ volatile("ldr" suffix " " operand ", [%1]"                                 \
				 : "=r"(value)                                                     \
				 : "r"(address)                                                    \
				 : "memory");                                                      \
		return value;                                                                      \
	}                                                                                          \
	static inline void mmio_write##bits(volatile void *address, uint##bits##_t value)          \
	{                                                                                          \
		__asm__ volatile("str" suffix " " operand ", [%1]"                                 \
				 :                                                                 \
				 : "rZ"(value), "r"(address)                                       \
				 : "memory");                                                      \
	}

MMIO_ACCESS(8, "b", "%w0")
MMIO_ACCESS(16, "h", "%w0")
MMIO_ACCESS(32, "", "%w0")
MMIO_ACCESS(64, "", "%0")

#endif

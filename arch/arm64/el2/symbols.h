/* SPDX-License-Identifier: Apache-2.0 */
/* Names that the linker script gives (arch/arm64/boot/bulkhead.lds.S). */
#ifndef BULKHEAD_ARM64_SYMBOLS_H
#define BULKHEAD_ARM64_SYMBOLS_H

#include <stdint.h>

extern const char _image_start[], _image_end[];
extern const char _boot_text_start[], _boot_text_end[];
extern const char _boot_rodata_start[], _boot_rodata_end[];
extern const char _restart_text_start[], _restart_text_end[];
extern const char _restart_rodata_start[], _restart_rodata_end[];
extern const char _text_start[], _text_end[];
extern const char _rodata_start[], _rodata_end[];
extern const char _bss_start[], _boot_bss_end[];
extern const char _plan_start[], _plan_end[];
extern const char _mailboxes_start[], _mailboxes_end[];

/* Bytes from the start of the image. Computed at run time, so it holds before the MMU is on too. */
static inline uint64_t image_offset(const void *symbol)
{
	return (uintptr_t)symbol - (uintptr_t)_image_start;
}

/* The boot CPU's memory: it runs before the plan can give it any. */
extern uint8_t boot_cpu_memory[];

/* This CPU's table memory, while it boots or restarts its partition. */
extern uint8_t boot_tables[];

#endif

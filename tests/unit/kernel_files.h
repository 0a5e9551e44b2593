/* SPDX-License-Identifier: Apache-2.0 */
/* Kernels in all formats, made byte by byte, for the planner's tests. */
#ifndef BULKHEAD_TESTS_KERNEL_FILES_H
#define BULKHEAD_TESTS_KERNEL_FILES_H

#include "tests/unit/planning.h"

#define FILE_AT	  0x70000000
#define FILE_SIZE 0x8000
#define GUEST_RAM 0x40000000 /* 64 MiB of it, with GOOD */

extern uint8_t file[FILE_SIZE];

/* Numbers, little- and big-endian. */
void put(uint32_t at, uint64_t value, int count);
void put_big(uint32_t at, uint64_t value, int count);

void make_image(uint32_t at, uint64_t text_offset, uint64_t size, uint64_t flags);

/* Puts what is there behind a gzip header and the head of a stored block; its size with them. */
size_t make_gzip(uint32_t at, uint32_t size);
void make_uimage(uint32_t size, uint8_t arch, uint8_t compression, uint64_t load, uint64_t entry);

/* Plans a partition with so many bytes of the file; more: properties of the kernel's node. */
bool plan_file(size_t size, const char *more);

void assert_planned(bool is_planned);
void assert_refused(bool is_planned, const char *line);

#endif

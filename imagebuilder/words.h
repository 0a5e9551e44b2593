/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How the tool says what stands in a plan: the same words in the table, the JSON and the picture.
 *
 * The functions that write text take a buffer with its size, cut what does not fit and always end
 * it with a NUL.
 */
#ifndef BULKHEAD_IMAGEBUILDER_WORDS_H
#define BULKHEAD_IMAGEBUILDER_WORDS_H

#include <stddef.h>
#include <stdint.h>

#include "common/plan/plan.h"

#define WORDS_SIZE 128 /* enough for every text below but the lists */

const char *words_policy(uint32_t policy);
const char *words_virtual_device(uint32_t type);
const char *words_channel(uint32_t type);
const char *words_conduit(uint32_t conduit);
const char *words_image_format(uint32_t format);
const char *words_trigger(uint32_t is_level_triggered);

/* The name of a partition; "-" for none. */
const char *words_partition(const struct plan *plan, uint32_t partition);

/* Adds to a text; like snprintf(), but behind what is there. */
void words_add(char *out, size_t size, const char *what, ...) __attribute__((format(printf, 3, 4)));

/* "256 MiB" when it is exact, "30.5 MiB" when it is rounded. */
void words_bytes(char *out, size_t size, uint64_t bytes);

/* "SPI 1 (INTID 33)"; people who write device trees count SPIs, people who debug count INTIDs. */
void words_interrupt(char *out, size_t size, uint32_t intid);

/* Adds numbers in their order, runs as ranges: "0-3, 7, 5". */
void words_numbers(char *out, size_t size, const uint32_t *numbers, uint32_t count);

/* Adds the physical CPUs of a partition in the order of its vCPUs. */
void words_cpus(char *out, size_t size, const struct plan_partition *partition);

/* Adds the names of the partitions that this one may manage. */
void words_supervised(char *out, size_t size, const struct plan *plan,
		      const struct plan_partition *partition);

/* The last part of a path, where there is no room for all of it. */
const char *words_last_part(const char *path);

/* Bytes of RAM in all regions of a partition, and in all banks of the board. */
uint64_t words_partition_memory(const struct plan_partition *partition);
uint64_t words_board_memory(const struct plan_board *board);

/*
 * The length in bytes of the character that text begins with, 0 when it is not one that can be
 * shown: a control character, or bytes that are not UTF-8. Texts of a device tree may hold
 * anything.
 */
size_t words_character(const char *text);

#endif

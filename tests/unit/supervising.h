/* SPDX-License-Identifier: Apache-2.0 */
/* A supervisor as the tests of its device and of bulkctl see it; around it stand-ins. */
#ifndef BULKHEAD_TESTS_SUPERVISING_H
#define BULKHEAD_TESTS_SUPERVISING_H

#include <stddef.h>
#include <stdint.h>

#include "common/run/partition.h"
#include "common/run/view.h"
#include "common/vdev/supervisor_registers.h"

#define SELF	       2
#define LINUX	       0 /* what it supervises */
#define DIRECT	       3
#define OTHER	       1 /* what it does not */
#define FREQUENCY      1000
#define NOW	       100000
#define CALLS	       7
#define UNTOUCHED      0xdeadbeefdeadbeefU
#define RECORD(n)      (SUPERVISOR_SLOT_SIZE * ((n) + 1))
#define FIELD(n, name) (uint32_t)(RECORD(n) + offsetof(struct supervisor_record, name))

/* What the page tables and the linker script make of partition_views. */
extern union partition_view views[PLAN_MAX_PARTITIONS];

extern uint32_t kicked;		   /* bit n: a CPU of partition n */
extern uint32_t events_while_read; /* that come with each of bulkctl's next accesses */

/* cmocka's setup. */
int supervisor_set_up(void **state);

/* A partition's state; an event in its log. */
struct partition *of(uint32_t partition);
void add_event(uint32_t partition, enum health_kind kind);

/* A register, by the guest's load; bulkctl's way is registers_read(). */
uint32_t read32(uint32_t offset);

#endif

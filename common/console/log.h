/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What EL2 says while the partitions run: the events of their logs (run/health.h), in lines
 * "bulkhead: NAME: text". The CPUs of a partition leave events and no words; these are made here,
 * in the demand section, on the housekeeping CPU. What comes faster than it is shown is counted.
 * (While booting: common/launch/boot_console.h.)
 */
#ifndef BULKHEAD_CONSOLE_LOG_H
#define BULKHEAD_CONSOLE_LOG_H

#include <stdbool.h>
#include <stdint.h>

#include "common/run/health.h"

/* log_turn(), where running code can name it: for arch_on_demand(). */
void log_gate(void);

/* Stages the lines of the next event of the partition mux.log_partition, and records them. */
void log_turn(void);

/* Copies an event out of a partition's log. False: it has been written over. */
bool log_copy(uint32_t partition, uint32_t number, struct health_event *event);

/* An event as a sentence, as health_text() with the name of who gave an order. */
size_t log_text(const struct health_event *event, char *out, size_t size);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* The monitor as its tests see it: keys go in, the screen comes out; around it stand-ins. */
#ifndef BULKHEAD_TESTS_MONITORING_H
#define BULKHEAD_TESTS_MONITORING_H

#include <stddef.h>
#include <stdint.h>

#include "common/run/health.h"
#include "common/run/order.h"
#include "common/run/view.h"

#define ESCAPE_KEY "\x0f" /* ^O */
#define PROMPT	   "bulkhead> "
#define OPENS	   "\033[m\033(B\033[?25h" /* whatever a guest has set */
#define FREQUENCY  1000

/* What the page tables and the linker script make of partition_views. */
extern union partition_view views[PLAN_MAX_PARTITIONS];

extern uint64_t now;   /* system counter */
extern uint64_t timer; /* the monitor's, as it was set last */

/* The last order, and what is answered to the next one. */
extern uint32_t ordered_partition;
extern enum order ordered;
extern enum order_result result;

/* What the terminal has got since the last type(). */
extern char screen[];
extern size_t screen_size;

/* Three partitions: rt0, which has the focus, linux0 and direct. cmocka's setup. */
int monitor_set_up(void **state);

/* All that is due goes to the screen, as the multiplexer does it. */
void show_all(void);

/* Keys without a turn in between; and with the screen anew, until nothing is due. */
void press(const char *keys);
void type(const char *keys);

void assert_shows(const char *text);
void assert_screen(const char *text);

/* What a partition has been given. */
const char *input_of(uint32_t partition);

/* The partition writes, and all of it is read; something happens to it. */
void writes(uint32_t partition, const char *text);
void add_event(uint32_t partition, struct health_event event);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the explorer walks. Each scenario is as small as what it is about allows; the counts are
 * those that the architecture allows for any order of what the CPUs do. There is a file for each
 * subject; here is what several of them are made of.
 */
#ifndef BULKHEAD_TESTS_VGIC_SCENARIOS_H
#define BULKHEAD_TESTS_VGIC_SCENARIOS_H

#include "tests/vgic/explore.h"

extern const struct scenarios sgi_scenarios;
extern const struct scenarios spi_scenarios;
extern const struct scenarios active_scenarios;
extern const struct scenarios stop_scenarios;
extern const struct scenarios read_scenarios;

/* How often an interrupt has come, at least and at most. */
void expect(unsigned cpu, uint32_t intid, uint32_t least, uint32_t most);

/* Before. */
void edge_to_1(void);
void virtual_to_1(void);

/* Devices. */
void edge(void);
void lower(uint32_t intid);

/* What CPUs do. */
void send_2_to_1(void);
void send_2_by_slow_path(void);
void route_edge_to_0(void);
void groups_off_and_on(void);
void raise_virtual(void);

/* Afterwards. */
void sgi_once(void);
void sgi_at_most_once(void);
void edge_once_or_twice(void);

#endif

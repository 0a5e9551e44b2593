/* SPDX-License-Identifier: Apache-2.0 */
/* Boards for the planner's tests: a whole tree with one part or another changed. */
#ifndef BULKHEAD_TESTS_BOARDS_H
#define BULKHEAD_TESTS_BOARDS_H

#include "tests/unit/planning.h"

/* The parts of a board's tree; NULL: as they should be. */
struct board {
	const char *cpus;
	const char *memory;
	const char *gic;
	const char *timer;
	const char *psci;
	const char *uart; /* and what else is below the root */
	const char *chosen;
	const char *line; /* what is said of it; NULL: nothing */
};

#define CPU(number)                                                                                \
	"cpu@" number " { device_type = \"cpu\"; reg = <0x" number ">; enable-method = \"psci\"; " \
	"};"
#define MEMORY(reg)	   "memory { device_type = \"memory\"; reg = <" reg ">; };"
#define GIC(regs, further) GIC_NODE("reg = <" regs ">; interrupts = <1 9 4>; " further)
#define GIC_NODE(properties)                                                                       \
	"gic: gic@8000000 { compatible = \"arm,gic-v3\"; #interrupt-cells = <3>; "                 \
	"interrupt-controller; " properties " };"
#define GIC_REGS "0 0x8000000 0 0x10000 0 0x80a0000 0 0xf60000"
#define TIMER(interrupts)                                                                          \
	"timer { compatible = \"arm,armv8-timer\"; interrupts = <" interrupts ">; };"
#define UART(at)                                                                                   \
	"uart@" at " { compatible = \"arm,pl011\"; reg = <0 0x" at                                 \
	" 0 0x1000>; interrupts = <0 1 4>; };"

void compile_board(const struct board *board);

/* Fails unless all of them are accepted, or none is, with their lines. */
void check_boards(const struct board *boards, size_t count, bool is_good);

#define REFUSED_BOARDS(boards)	check_boards(boards, sizeof(boards) / sizeof((boards)[0]), false)
#define ACCEPTED_BOARDS(boards) check_boards(boards, sizeof(boards) / sizeof((boards)[0]), true)

#endif

/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/boards.h"

static char text[65536];

/* Adds a part of the tree, or what is usual. */
static void add(const char *part, const char *usual)
{
	const size_t used = strlen(text);

	assert_true(used + strlen(part != NULL ? part : usual) < sizeof(text));
	(void)strcpy(text + used, part != NULL ? part : usual);
}

void compile_board(const struct board *board)
{
	text[0] = '\0';
	add(NULL, "/dts-v1/;\n/ { #address-cells = <2>; #size-cells = <2>; interrupt-parent = "
		  "<&gic>; cpus { #address-cells = <1>; #size-cells = <0>; ");
	add(board->cpus, CPU("0") CPU("1") CPU("2") CPU("3"));
	add(NULL, "};");
	add(board->memory, MEMORY("0 0x40000000 0 0x40000000"));
	add(board->gic, GIC(GIC_REGS, ""));
	add(board->timer, TIMER("1 13 4  1 14 4  1 11 4  1 10 4"));
	add(board->psci, "psci { compatible = \"arm,psci-1.0\"; method = \"smc\"; };");
	add(board->uart, UART("9000000") "aliases { serial0 = \"/uart@9000000\"; };");
	add(NULL, "chosen { #address-cells = <2>; #size-cells = <2>; ");
	add(board->chosen, PARTITION("a", GOOD));
	add(NULL, "}; };");
	compile_source(text);
}

void check_boards(const struct board *boards, size_t count, bool is_good)
{
	unsigned failures = 0;

	for (size_t i = 0; i < count; i++) {
		compile_board(&boards[i]);
		if (run_planner() != is_good || (boards[i].line != NULL && !says(boards[i].line))) {
			print_error("%zu: %s\n", i, boards[i].line == NULL ? "" : boards[i].line);
			show_report();
			failures++;
		}
	}
	assert_int_equal(failures, 0);
}

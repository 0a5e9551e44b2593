/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The planner as the tests run it: descriptions are compiled by dtc on top of the QEMU machine's
 * own tree, modules are bytes of the test's choice.
 */
#ifndef BULKHEAD_TESTS_PLANNING_H
#define BULKHEAD_TESTS_PLANNING_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <libfdt.h>

#include "common/arch.h"
#include "common/plan/planner.h"

#define TREE_SIZE (1 << 20)
#define RAM_BASE  UINT64_C(0x40000000)
#define RAM_SIZE  BLOCK_1G

/* Where a module holds only zeros. */
#define NOTHING_THERE 0x77000000

extern struct plan plan;
extern struct report report;
extern char tree[TREE_SIZE];

/* A whole partition; more: further properties. Its kernel is at 0x70000000. */
#define MODULE(address)                                                                            \
	"#address-cells = <2>; #size-cells = <2>; k { compatible = \"multiboot,kernel\"; reg = "   \
	"<0 " address " 0 0x8000>; bootargs = \"a=b\"; };"
#define PARTITION(name, more)                                                                      \
	name " { compatible = \"bulkhead,partition\"; " more " " MODULE("0x70000000") " };"
#define GOOD "memory = <0 0x10000>; cpus = <1>; vpl011; "

/* A description and how a line of its report begins: "path: property: text". */
struct row {
	const char *chosen;
	const char *line;
};

/* What the CPU can translate, 44 bits unless a test says something else. */
extern uint32_t max_ipa_bits;

/* What the next plan is told of modules that have moved. */
extern uint64_t modules_shift;

/* cmocka's set-up: every module is an arm64 Image of 16 MiB again. */
int planning_set_up(void **state);

/* What the module at an address holds, from now on. */
void planning_module(uint64_t address, const void *bytes, size_t size);

/* Compiles a text below /chosen, which has two cells of each. */
void compile(const char *chosen);

/* Compiles a whole source. */
void compile_source(const char *source);

/* Compiles a source to bytes of its own; returns their number. */
size_t compile_to(const char *source, void *bytes, size_t size);

/* Plans what was compiled. */
bool run_planner(void);

/* Plans a tree that stands somewhere else; size: bytes that may be read. */
bool plan_bytes(const void *bytes, size_t size);

/* The tree that was compiled can be changed with libfdt's functions from now on. */
void make_writable(void);

/* A whole array, for the two functions that follow. */
#define ROWS(array) (array), sizeof(array) / sizeof((array)[0])

/* Fails unless each row is refused with its line. */
void check_refused(const struct row *rows, size_t count);

/* Fails unless each row is accepted; its line, when there is one, is in the report all the same. */
void check_accepted(const struct row *rows, size_t count);

/* Whether one of the findings begins like this: "path: property: text". */
bool says(const char *line);

/* Prints the findings. */
void show_report(void);

/* Fails unless the report holds the line; shows what it holds. */
void assert_says(const char *line);

#endif

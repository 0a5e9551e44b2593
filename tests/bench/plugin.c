/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A QEMU plugin that watches EL2. QEMU must run with -icount: all CPUs share one thread then, so
 * nothing is locked here. Which CPU it is, is not known: QEMU 10.0 always passes the number of the
 * one for which the code was translated first.
 *
 *   plugin.so,out=FILE,low=ADDRESS,high=ADDRESS,vectors=ADDRESS     exits
 *   plugin.so,out=FILE,stop=ADDRESS                                 boot
 *
 * Exits: everything that runs within [low, high) from one of the vectors for a lower EL up to the
 * next one is an exit. FILE gets a line for each vector, then one for each path, that is, each
 * sequence of instructions with its 64-byte lines of data (all numbers but counts in hex):
 *
 *   total VECTOR EXITS INSTRUCTIONS
 *   path VECTOR EXITS PC,PC,... LINE,LINE,...
 *
 * Paths that are too long or one too many are in the totals only. Where QEMU changes to another CPU
 * within an exit, two paths are one: rare, and neither is a path that repeats. What never returns
 * to a guest (a CPU that EL2 keeps) is told from an exit by its length, and left out.
 *
 * Boot: counts all instructions until the one at stop is executed:
 *
 *   boot PC COUNT
 */
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/bench/qemu_plugin.h"

#define VECTORS	    8 /* of a lower EL */
#define VECTOR_SIZE 0x80
#define LOWER_EL    0x400
#define LINE_SIZE   64
#define MAX_LENGTH  4096 /* instructions of a path that is kept */
#define MAX_LINES   256
#define MAX_PATHS   2048
#define ENDLESS	    1000000 /* no exit has so many instructions */
#define SLOTS	    0x20000

struct path {
	unsigned vector;
	uint64_t exits;
	uint64_t hash;
	size_t length;
	size_t lines;
	uint64_t *pc; /* then the lines */
};

/* The exit that is going on. */
struct current {
	bool is_exit;
	unsigned vector;
	size_t length;
	size_t lines;
	uint64_t pc[MAX_LENGTH];
	uint64_t line[MAX_LINES];
};

struct total {
	uint64_t exits;
	uint64_t instructions;
};

struct counter {
	uint64_t pc;
	uint64_t count;
};

PLUGIN_EXPORT int qemu_plugin_version;
PLUGIN_EXPORT int qemu_plugin_install(uint64_t plugin, const void *info, int argc, char **argv);

static const char *out_path;
static uint64_t low, high, vectors, stop;
static struct current now;
static struct total totals[VECTORS];
static struct path paths[MAX_PATHS];
static size_t path_count;
static struct counter counters[SLOTS];
static bool has_stopped;
static uint64_t own_id;

static void watch_all(uint64_t plugin);

/* QEMU 9.0 and later take version 2 and up, earlier ones version 1: a newer function tells. */
void qemu_plugin_scoreboard_new(void) __attribute__((weak));

static __attribute__((constructor)) void choose_version(void)
{
	qemu_plugin_version = qemu_plugin_scoreboard_new != NULL ? 2 : 1;
}

static uint64_t hash_numbers(uint64_t hash, const uint64_t *numbers, size_t count)
{
	for (size_t i = 0; i < count; i++)
		hash = (hash ^ numbers[i]) * UINT64_C(0x9e3779b97f4a7c15);
	return hash;
}

static void keep_path(void)
{
	const uint64_t hash =
		hash_numbers(hash_numbers(now.vector, now.pc, now.length), now.line, now.lines);
	struct path *path = paths;

	for (; path < paths + path_count; path++) {
		if (path->hash == hash) {
			path->exits++;
			return;
		}
	}
	if (path_count == MAX_PATHS)
		return;
	path_count++;
	*path = (struct path){now.vector, 1, hash, now.length, now.lines, NULL};
	path->pc = calloc(now.length + now.lines, sizeof(*path->pc));
	if (path->pc == NULL)
		abort();
	memcpy(path->pc, now.pc, now.length * sizeof(*path->pc));
	memcpy(path->pc + now.length, now.line, now.lines * sizeof(*path->pc));
}

static void finish_exit(void)
{
	if (!now.is_exit || now.length >= ENDLESS)
		return;
	totals[now.vector].exits++;
	totals[now.vector].instructions += now.length;
	if (now.length <= MAX_LENGTH && now.lines <= MAX_LINES)
		keep_path();
}

static void on_vector(unsigned cpu, void *context)
{
	(void)cpu;
	finish_exit();
	/* Boot is over: from now on all instructions are of interest. */
	if (!now.is_exit)
		qemu_plugin_reset(own_id, watch_all);
	now.is_exit = true;
	now.vector = (unsigned)(uintptr_t)context;
	now.length = 0;
	now.lines = 0;
}

static void on_instruction(unsigned cpu, void *context)
{
	(void)cpu;
	if (now.length < MAX_LENGTH)
		now.pc[now.length] = (uintptr_t)context;
	now.length++;
}

static void on_access(unsigned cpu, uint32_t info, uint64_t address, void *context)
{
	const uint64_t line = address / LINE_SIZE;

	(void)cpu;
	(void)info;
	(void)context;
	if (now.length > MAX_LENGTH || now.lines > MAX_LINES)
		return;
	for (size_t i = 0; i < now.lines; i++)
		if (now.line[i] == line)
			return;
	if (now.lines < MAX_LINES)
		now.line[now.lines] = line;
	now.lines++;
}

static void watch_exits(struct qemu_plugin_insn *instruction, uint64_t pc)
{
	const uint64_t offset = pc - vectors - LOWER_EL;

	if (pc < low || pc >= high)
		return;
	if (offset < VECTORS * VECTOR_SIZE && offset % VECTOR_SIZE == 0)
		qemu_plugin_register_vcpu_insn_exec_cb(instruction, on_vector, PLUGIN_NO_REGISTERS,
						       (void *)(offset / VECTOR_SIZE));
	if (!now.is_exit)
		return;
	qemu_plugin_register_vcpu_insn_exec_cb(instruction, on_instruction, PLUGIN_NO_REGISTERS,
					       (void *)pc);
	qemu_plugin_register_vcpu_mem_cb(instruction, on_access, PLUGIN_NO_REGISTERS,
					 PLUGIN_READS_AND_WRITES, NULL);
}

static struct counter *counter_of(uint64_t pc)
{
	size_t slot = pc / 4 % SLOTS;

	while (counters[slot].pc != 0 && counters[slot].pc != pc)
		slot = (slot + 1) % SLOTS;
	counters[slot].pc = pc;
	return &counters[slot];
}

static void on_boot_instruction(unsigned cpu, void *context)
{
	struct counter *const counter = context;

	(void)cpu;
	if (has_stopped)
		return;
	counter->count++;
	has_stopped = counter->pc == stop;
}

static void on_translation(uint64_t plugin, struct qemu_plugin_tb *block)
{
	(void)plugin;
	for (size_t i = 0; i < qemu_plugin_tb_n_insns(block); i++) {
		struct qemu_plugin_insn *const instruction = qemu_plugin_tb_get_insn(block, i);
		const uint64_t pc = qemu_plugin_insn_vaddr(instruction);

		if (stop == 0)
			watch_exits(instruction, pc);
		else if (!has_stopped)
			qemu_plugin_register_vcpu_insn_exec_cb(instruction, on_boot_instruction,
							       PLUGIN_NO_REGISTERS, counter_of(pc));
	}
}

static void write_numbers(FILE *out, const uint64_t *numbers, size_t count)
{
	for (size_t i = 0; i < count; i++)
		fprintf(out, "%c%" PRIx64, i == 0 ? ' ' : ',', numbers[i]);
	if (count == 0)
		fputs(" -", out);
}

static void write_exits(FILE *out)
{
	for (unsigned vector = 0; vector < VECTORS; vector++)
		if (totals[vector].exits != 0)
			fprintf(out, "total %u %" PRIu64 " %" PRIu64 "\n", vector,
				totals[vector].exits, totals[vector].instructions);
	for (const struct path *path = paths; path < paths + path_count; path++) {
		fprintf(out, "path %u %" PRIu64, path->vector, path->exits);
		write_numbers(out, path->pc, path->length);
		write_numbers(out, path->pc + path->length, path->lines);
		fputc('\n', out);
	}
}

static void write_boot(FILE *out)
{
	for (size_t slot = 0; slot < SLOTS; slot++)
		if (counters[slot].count != 0)
			fprintf(out, "boot %" PRIx64 " %" PRIu64 "\n", counters[slot].pc,
				counters[slot].count);
}

static void at_exit(uint64_t plugin, void *context)
{
	FILE *const out = fopen(out_path, "w");

	(void)plugin;
	(void)context;
	if (out == NULL)
		return;
	if (stop == 0)
		write_exits(out);
	else if (has_stopped)
		write_boot(out);
	fclose(out);
}

static void register_callbacks(uint64_t plugin)
{
	own_id = plugin;
	qemu_plugin_register_vcpu_tb_trans_cb(plugin, on_translation);
	qemu_plugin_register_atexit_cb(plugin, at_exit, NULL);
}

/* QEMU has forgotten all callbacks and all that it had translated. */
static void watch_all(uint64_t plugin)
{
	register_callbacks(plugin);
}

/* The value behind NAME= of an argument, or NULL. */
static const char *value_of(const char *argument, const char *name)
{
	const size_t length = strlen(name);

	if (strncmp(argument, name, length) != 0 || argument[length] != '=')
		return NULL;
	return argument + length + 1;
}

static void take_number(const char *argument, const char *name, uint64_t *number)
{
	const char *const value = value_of(argument, name);

	if (value != NULL)
		*number = strtoull(value, NULL, 0);
}

int qemu_plugin_install(uint64_t plugin, const void *info, int argc, char **argv)
{
	(void)info;
	for (int i = 0; i < argc; i++) {
		const char *const path = value_of(argv[i], "out");

		if (path != NULL)
			out_path = strdup(path);
		take_number(argv[i], "low", &low);
		take_number(argv[i], "high", &high);
		take_number(argv[i], "vectors", &vectors);
		take_number(argv[i], "stop", &stop);
	}
	if (out_path == NULL) {
		fputs("plugin: out=FILE is missing\n", stderr);
		return 1;
	}
	register_callbacks(plugin);
	return 0;
}

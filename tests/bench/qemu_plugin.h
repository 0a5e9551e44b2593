/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What plugin.c uses of QEMU's plugin interface, declared anew: Debian's package ships no header.
 * The same from version 1 (QEMU 7.2) to 4 (QEMU 10).
 */
#ifndef BULKHEAD_TESTS_QEMU_PLUGIN_H
#define BULKHEAD_TESTS_QEMU_PLUGIN_H

#include <stddef.h>
#include <stdint.h>

#define PLUGIN_EXPORT __attribute__((visibility("default")))

struct qemu_plugin_tb;
struct qemu_plugin_insn;

enum plugin_registers {
	PLUGIN_NO_REGISTERS = 0,
};

enum plugin_accesses {
	PLUGIN_READS_AND_WRITES = 3,
};

typedef void (*plugin_translate)(uint64_t plugin, struct qemu_plugin_tb *block);
typedef void (*plugin_execute)(unsigned cpu, void *context);
typedef void (*plugin_access)(unsigned cpu, uint32_t info, uint64_t address, void *context);
typedef void (*plugin_event)(uint64_t plugin, void *context);
typedef void (*plugin_reset_event)(uint64_t plugin);

void qemu_plugin_register_vcpu_tb_trans_cb(uint64_t plugin, plugin_translate callback);
void qemu_plugin_register_vcpu_insn_exec_cb(struct qemu_plugin_insn *instruction,
					    plugin_execute callback, enum plugin_registers flags,
					    void *context);
void qemu_plugin_register_vcpu_mem_cb(struct qemu_plugin_insn *instruction, plugin_access callback,
				      enum plugin_registers flags, enum plugin_accesses accesses,
				      void *context);
void qemu_plugin_register_atexit_cb(uint64_t plugin, plugin_event callback, void *context);
void qemu_plugin_reset(uint64_t plugin, plugin_reset_event callback);
size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *block);
struct qemu_plugin_insn *qemu_plugin_tb_get_insn(const struct qemu_plugin_tb *block, size_t index);
uint64_t qemu_plugin_insn_vaddr(const struct qemu_plugin_insn *instruction);

#endif

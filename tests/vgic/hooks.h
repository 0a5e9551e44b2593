/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the replaced headers (tests/vgic/include) call: the simulated machine in place of the CPU's
 * own registers, barriers and devices. `where` is the function that asks, for what the explorer
 * prints.
 */
#ifndef BULKHEAD_TESTS_VGIC_HOOKS_H
#define BULKHEAD_TESTS_VGIC_HOOKS_H

#include <stdint.h>

/* The registers that mean something here; all others of the sources (vgic.mk) read as zero. */
enum machine_register {
	REGISTER_icc_dir_el1,
	REGISTER_icc_eoir1_el1,
	REGISTER_icc_iar1_el1,
	REGISTER_icc_pmr_el1,
	REGISTER_icc_sgi1r_el1,
	REGISTER_ich_ap0r0_el2,
	REGISTER_ich_ap0r1_el2,
	REGISTER_ich_ap0r2_el2,
	REGISTER_ich_ap0r3_el2,
	REGISTER_ich_ap1r0_el2,
	REGISTER_ich_ap1r1_el2,
	REGISTER_ich_ap1r2_el2,
	REGISTER_ich_ap1r3_el2,
	REGISTER_ich_eisr_el2,
	REGISTER_ich_elrsr_el2,
	REGISTER_ich_hcr_el2,
	REGISTER_ich_misr_el2,
	REGISTER_ich_vmcr_el2,
	REGISTER_ich_vtr_el2,
	REGISTER_ich_lr0_el2,
	REGISTER_ich_lr1_el2,
	REGISTER_ich_lr2_el2,
	REGISTER_ich_lr3_el2,
	REGISTER_ich_lr4_el2,
	REGISTER_ich_lr5_el2,
	REGISTER_ich_lr6_el2,
	REGISTER_ich_lr7_el2,
	REGISTER_ich_lr8_el2,
	REGISTER_ich_lr9_el2,
	REGISTER_ich_lr10_el2,
	REGISTER_ich_lr11_el2,
	REGISTER_ich_lr12_el2,
	REGISTER_ich_lr13_el2,
	REGISTER_ich_lr14_el2,
	REGISTER_ich_lr15_el2,
	REGISTER_elr_el2,
	REGISTER_esr_el2,
	REGISTER_far_el2,
	REGISTER_hpfar_el2,
	REGISTER_mpidr_el1,
	REGISTER_spsr_el2,
	REGISTER_COUNT,
#define MACHINE_REGISTER(name) REGISTER_##name,
#include "registers.inc"
#undef MACHINE_REGISTER
};

uint64_t machine_read_register(enum machine_register name, const char *where);
void machine_write_register(enum machine_register name, uint64_t value, const char *where);

uint64_t machine_load(const volatile void *address, unsigned size, const char *where);
void machine_store(volatile void *address, unsigned size, uint64_t value, const char *where);

void machine_synchronize_context(void);
void machine_complete_accesses(void);
void machine_sleep(void);

/* Another CPU may come in between here. */
void machine_point(const char *what, const char *where, unsigned line);

#endif

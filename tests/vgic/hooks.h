/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the replaced headers (tests/vgic/include) call: the simulated machine in place of the CPU's
 * own registers, barriers and devices. `where` is the function that asks, for what the explorer
 * prints.
 */
#ifndef BULKHEAD_TESTS_VGIC_HOOKS_H
#define BULKHEAD_TESTS_VGIC_HOOKS_H

#include <stdint.h>

/* The registers that the code under test may name. Another one does not compile: add it here. */
// clang-format off
#define MACHINE_REGISTERS(each) \
	each(icc_ctlr_el1) each(icc_dir_el1) each(icc_eoir1_el1) each(icc_iar1_el1) \
	each(icc_pmr_el1) each(icc_rpr_el1) each(icc_sgi1r_el1) each(icc_sre_el1) \
	each(ich_ap0r0_el2) each(ich_ap0r1_el2) each(ich_ap0r2_el2) each(ich_ap0r3_el2) \
	each(ich_ap1r0_el2) each(ich_ap1r1_el2) each(ich_ap1r2_el2) each(ich_ap1r3_el2) \
	each(ich_eisr_el2) each(ich_elrsr_el2) each(ich_hcr_el2) each(ich_misr_el2) \
	each(ich_vmcr_el2) each(ich_vtr_el2) each(ich_lr0_el2) each(ich_lr1_el2) \
	each(ich_lr2_el2) each(ich_lr3_el2) each(ich_lr4_el2) each(ich_lr5_el2) \
	each(ich_lr6_el2) each(ich_lr7_el2) each(ich_lr8_el2) each(ich_lr9_el2) \
	each(ich_lr10_el2) each(ich_lr11_el2) each(ich_lr12_el2) each(ich_lr13_el2) \
	each(ich_lr14_el2) each(ich_lr15_el2) each(actlr_el1) each(aidr_el1) each(cnthp_ctl_el2) \
	each(elr_el2) each(esr_el2) each(far_el2) each(hpfar_el2) each(isr_el1) \
	each(id_aa64dfr0_el1) each(mpidr_el1) \
	each(spsr_el2)
// clang-format on

enum machine_register {
#define MACHINE_REGISTER_NAME(name) REGISTER_##name,
	MACHINE_REGISTERS(MACHINE_REGISTER_NAME)
#undef MACHINE_REGISTER_NAME
		REGISTER_COUNT,
};

uint64_t machine_read_register(enum machine_register name, const char *where);
void machine_write_register(enum machine_register name, uint64_t value, const char *where);

uint64_t machine_load(const volatile void *address, unsigned size, const char *where);
void machine_store(volatile void *address, unsigned size, uint64_t value, const char *where);

void machine_synchronize_context(void);
void machine_complete_accesses(void);

/* Another CPU may come in between here. */
void machine_point(const char *what, const char *where, unsigned line);

#endif

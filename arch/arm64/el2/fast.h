/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fast exits: those that happen all the time and need little. vectors.S saves the guest's x0 - x7
 * and x30 for them and nothing else; what they do not want to serve goes the slow way, with all
 * registers saved, as if they had not been asked.
 *
 *   fast_synchronous()  PSCI_VERSION, SMCCC_VERSION; loads from GICD_TYPER, GICR_TYPER, UARTFR;
 *                       SGIs to vCPUs of the own partition
 *   fast_interrupt()    timers, passed-through SPIs, and the kick that an SGI has come
 *
 * Calls to the workarounds for processor errata do not even come here (vectors.S).
 *
 * fast.c is compiled so that x8 - x28 belong to its caller (-fcall-saved-*, -ffixed-*). It may
 * therefore call no function that is compiled otherwise: `make check` looks for that.
 */
#ifndef BULKHEAD_ARM64_FAST_H
#define BULKHEAD_ARM64_FAST_H

#include <stdbool.h>
#include <stdint.h>

#include "arch/arm64/el2/cpu.h"

/* Of guest, only x[0] to x[7] hold the guest's registers. False: not served. */
bool fast_synchronous(struct guest_registers *guest, uint64_t esr);

/*
 * Acknowledges an interrupt. Returns GIC_SPURIOUS when nothing is left to do, else its INTID, of
 * which the priority has yet to be dropped.
 */
uint32_t fast_interrupt(void);

#endif

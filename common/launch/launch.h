/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Launch: from the plan to running partitions (design: plan decides, launch carries out).
 *
 *   boot CPU                        first CPU of a partition       its other CPUs
 *   find console, banner
 *   plan, print the plan
 *   interrupt controller
 *   start the others  ----------->  join                           join
 *   join
 *   (build its partition)           build its partition:
 *                                     RAM, images, device tree,
 *                                     stage 2, virtual devices
 *                                   report BUILT      ---------->  create vCPU
 *                                   create vCPU
 *   wait until all are ready  <---  report READY                   report READY
 *   say "launched", GO  --------->  drop boot, enter the guest     drop boot, wait for CPU_ON
 *
 * When anything fails nothing is launched: GO is never given.
 */
#ifndef BULKHEAD_LAUNCH_LAUNCH_H
#define BULKHEAD_LAUNCH_LAUNCH_H

#include <stdint.h>

/* Called by arch/ on the boot CPU: device tree (PA), system counter at the first instruction. */
_Noreturn void launch_boot_cpu(uint64_t device_tree, uint64_t entry_counter);

/* Called by arch/ on every CPU that arch_start_cpu() started. */
_Noreturn void launch_other_cpu(void);

#endif

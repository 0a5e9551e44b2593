/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Restarting a partition: its RAM scrubbed, its images and device tree from copies that no guest
 * could reach, its virtual hardware as after a reset. In the demand section: mapped only while a
 * CPU restarts its partition.
 */
#ifndef BULKHEAD_RUN_RESTART_H
#define BULKHEAD_RUN_RESTART_H

/*
 * Makes this partition, which is RESTARTING and all of whose vCPUs are off, RUNNING; vCPU 0 is to
 * be started. On the CPU of vCPU 0; its gate is restart_gate.
 */
void partition_restart(void);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The console while booting: only the boot CPU writes, and it waits for the UART, because nothing
 * else runs yet. All of it is kept in memory too; without a UART that is all there is.
 */
#ifndef BULKHEAD_LAUNCH_BOOT_CONSOLE_H
#define BULKHEAD_LAUNCH_BOOT_CONSOLE_H

#include "common/plan/plan.h"

#define BOOT_LOG_SIZE 16384

/* Opens the UART that the board's description names, if any. */
void boot_console_open(const struct plan_board *board);

/* Writes one line "bulkhead: text". */
void boot_log(const char *template, ...) __attribute__((format(printf, 1, 2)));

#endif

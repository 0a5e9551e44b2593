/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What EL2 says while the partitions run. A line is "NAME: text", in the log ring of the partition
 * that it is about; whole lines only, and when the ring is full the line is lost and
 * counted. (While booting: common/launch/boot_console.h.)
 */
#ifndef BULKHEAD_CONSOLE_LOG_H
#define BULKHEAD_CONSOLE_LOG_H

/* Any CPU of the partition, no lock held; template as in common/lib/format.h, without a newline. */
void log_event(const char *template, ...) __attribute__((format(printf, 1, 2)));

#endif

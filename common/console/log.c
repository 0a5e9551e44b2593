/* SPDX-License-Identifier: Apache-2.0 */
#include "common/console/log.h"

#include <stdarg.h>

#include "common/console/output.h"
#include "common/lib/format.h"
#include "common/plan/system.h"
#include "common/run/partition.h"

#define LINE_SIZE 192

void log_event(const char *template, ...)
{
	char line[LINE_SIZE];
	va_list arguments;
	size_t size;

	size = format(line, LINE_SIZE - 1,
		      "%s: ", system_plan.partitions[this_partition.index].name);
	va_start(arguments, template);
	size += format_list(line + size, LINE_SIZE - 1 - size, template, arguments);
	va_end(arguments);
	line[size++] = '\n';

	lock_acquire(&this_partition.log_lock);
	(void)console_log_line(line, size);
	lock_release(&this_partition.log_lock);
	console_notify();
}

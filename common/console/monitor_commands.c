/* SPDX-License-Identifier: Apache-2.0 */
#include "common/console/monitor_commands.h"

#include "common/arch.h"
#include "common/console/log.h"
#include "common/console/mux.h"
#include "common/lib/format.h"
#include "common/lib/version.h"
#include "common/plan/system.h"
#include "common/run/health.h"
#include "common/run/housekeeping.h"
#include "common/run/view.h"

#define CELL_SIZE 32

static const struct plan *const plan = &system_plan;
static struct console_mux *const mux = &housekeeping.mux;
static struct monitor *const monitor = &housekeeping.mux.monitor;

/* An event in one line, and what its ESR says in the next. What comes meanwhile is not shown. */
static bool log_line(uint32_t n, char *out, size_t size)
{
	const uint64_t frequency = arch_counter_frequency();

	monitor->mark = n == 0 ? view_events(monitor->partition) : monitor->mark;

	const uint32_t end = monitor->mark;
	const uint32_t shown = end < HEALTH_EVENTS ? end : HEALTH_EVENTS - 1;
	struct health_event event;
	size_t used;

	if (n / 2 >= shown) {
		(void)format(out, size, "nothing has happened to it");
		return n == 0;
	}

	const bool is_whole = log_copy(monitor->partition, end - shown + n / 2, &event);

	if (n % 2 == 0) {
		used = format(out, size, "%6lu.%03lu s  ", event.time / frequency,
			      event.time % frequency * 1000 / frequency);
		if (is_whole)
			(void)log_text(&event, out + used, size - used);
		else
			(void)format(out, size, "newer events have taken the place of one");
	} else if (is_whole && event.esr != 0) {
		used = format(out, size, "              ESR: ");
		(void)arch_describe_syndrome(event.esr, out + used, size - used);
	}
	return true;
}

static void format_cpus(const struct plan_partition *partition, char *out, size_t size)
{
	for (uint32_t i = 0, used = 0; i < partition->cpu_count; i++)
		used += (uint32_t)format(out + used, size - used, i == 0 ? "%u" : " %u",
					 partition->cpus[i]);
}

static void format_uptime(uint32_t index, char *out, size_t size)
{
	const uint64_t seconds =
		(arch_counter() - partition_view(index)->started) / arch_counter_frequency();

	(void)format(out, size, view_state(index) == PARTITION_RUNNING ? "%lu:%02lu:%02lu" : "-",
		     seconds / 3600, seconds / 60 % 60, seconds % 60);
}

static bool list_row(uint32_t index, char *out, size_t size)
{
	static const char *const states[] = {
		[PARTITION_RUNNING] = "running",       [PARTITION_ENDING] = "ending",
		[PARTITION_RESTARTING] = "restarting", [PARTITION_STOPPED] = "stopped",
		[PARTITION_FAILED] = "failed",
	};
	const struct plan_partition *const planned = &plan->partitions[index];
	const uint32_t state = view_state(index);
	const uint32_t events = view_events(index);
	char cpus[CELL_SIZE], uptime[CELL_SIZE];
	struct health_event event = {0};

	format_cpus(planned, cpus, sizeof(cpus));
	format_uptime(index, uptime, sizeof(uptime));

	const size_t used =
		format(out, size, "  %c%c     %-10s  %-8s  %-7s  %8u  %9s  ",
		       index == mux->focus ? '*' : ' ', index < 10 ? (char)('0' + index) : '-',
		       state <= PARTITION_FAILED ? states[state] : "?", cpus,
		       planned->direct_interrupts != 0 ? "direct" : "virtual",
		       partition_view(index)->restarts, uptime);

	if (events != 0 && log_copy(index, events - 1, &event))
		(void)log_text(&event, out + used, size - used);
	return true;
}

static bool stats_row(uint32_t index, char *out, size_t size)
{
	uint64_t exits[EXIT_CLASSES];
	char uptime[CELL_SIZE];

	arch_count_exits(index, exits);
	format_uptime(index, uptime, sizeof(uptime));
	(void)format(out, size, "  %10lu  %10lu  %10lu  %10lu  %10lu  %8u  %9s",
		     exits[EXIT_INTERRUPT], exits[EXIT_CALL], exits[EXIT_DEVICE],
		     exits[EXIT_REGISTER], exits[EXIT_OTHER], partition_view(index)->restarts,
		     uptime);
	return true;
}

static bool plan_row(uint32_t index, char *out, size_t size)
{
	static const char *const policies[] = {"stop", "restart", "reset-board"};
	const struct plan_partition *const planned = &plan->partitions[index];
	char cpus[CELL_SIZE];
	uint64_t bytes = 0;

	format_cpus(planned, cpus, sizeof(cpus));
	for (uint32_t i = 0; i < planned->region_count; i++)
		bytes += planned->regions[i].size;
	(void)format(out, size, "  %-8s  %9lu  %7u  %7u  %-11s  %-11s  %-11s  %s", cpus,
		     bytes / 1024, planned->region_count, planned->device_count,
		     policies[planned->on_shutdown], policies[planned->on_reset],
		     policies[planned->on_crash],
		     planned->watchdog != 0 ? policies[planned->on_watchdog] : "-");
	return true;
}

/* Writes the range's line, if it is that one's turn: n counts down. Empty ranges have none. */
static bool range_line(uint32_t *n, pa_t base, uint64_t bytes, const char *what, const char *name,
		       char *out)
{
	if (bytes == 0 || (*n)-- != 0)
		return false;
	(void)format(out, MONITOR_LINE_SIZE, "  0x%010lx-0x%010lx  %10lu KiB  %s%s", base.value,
		     base.value + bytes - 1, bytes / 1024, what, name);
	return true;
}

static bool partition_range_line(uint32_t *n, const struct plan_partition *planned, char *out)
{
	const struct plan_region *const device =
		&plan->device_regions[planned->device_region_first];

	for (uint32_t i = 0; i < planned->region_count; i++)
		if (range_line(n, planned->regions[i].host, planned->regions[i].size, "RAM of ",
			       planned->name, out))
			return true;
	for (uint32_t i = 0; i < planned->device_region_count; i++)
		if (range_line(n, device[i].host, device[i].size, "device of ", planned->name, out))
			return true;
	return false;
}

static bool map_line(uint32_t n, char *out, size_t size)
{
	const struct plan_board *const board = &plan->board;
	const uint64_t watchdog = board->feed_watchdog != 0 ? PAGE_SIZE : 0;
	const struct {
		struct plan_range range;
		const char *what;
	} own[] = {
		{plan->hypervisor, "hypervisor"},
		{plan->pool, "hypervisor's pool"},
		{board->distributor, "GIC distributor"},
		{board->uart, "console UART"},
		{{board->watchdog_control, watchdog}, "watchdog, control"},
		{{board->watchdog_refresh, watchdog}, "watchdog, refresh"},
	};

	(void)size;
	for (uint32_t i = 0; i < sizeof(own) / sizeof(own[0]); i++)
		if (range_line(&n, own[i].range.base, own[i].range.size, own[i].what, "", out))
			return true;
	for (uint32_t i = 0; i < board->redistributor_count; i++)
		if (range_line(&n, board->redistributors[i].base, board->redistributors[i].size,
			       "GIC redistributors", "", out))
			return true;
	for (uint32_t i = 0; i < plan->partition_count; i++)
		if (partition_range_line(&n, &plan->partitions[i], out))
			return true;
	return false;
}

static bool order_line(uint32_t n, char *out, size_t size)
{
	if (n == 0)
		(void)format(
			out, size, "%s: %s", plan->partitions[monitor->partition].name,
			order_result_text(order_give(monitor->partition, monitor->command->order,
						     ORDER_BY_CONSOLE)));
	return n == 0;
}

static bool version_line(uint32_t n, char *out, size_t size)
{
	(void)format(out, size, "Bulkhead " BULKHEAD_VERSION);
	return n == 0;
}

static bool help_line(uint32_t n, char *out, size_t size)
{
	static const char *const arguments[] = {"", " [live]", " NAME"};
	const char key = (char)(mux->escape_key + '@');
	char left[CELL_SIZE];

	for (const struct monitor_command *row = monitor_commands; row->name != NULL; row++) {
		if (row->help == NULL || n-- != 0)
			continue;
		(void)format(left, sizeof(left), "%s%s", row->name, arguments[row->argument]);
		(void)format(out, size, "  %-14s  %s", left, row->help);
		return true;
	}
	(void)format(out, size,
		     "  NAME, ^%c digit  move the input; ^%c ^%c sends ^%c to who has it", key, key,
		     key, key);
	return n == 0;
}

const struct monitor_command monitor_commands[] = {
	{"help", ARGUMENT_NONE, "show this list", help_line, NULL, ORDER_NONE},
	{"?", ARGUMENT_NONE, NULL, help_line, NULL, ORDER_NONE},
	{"list", ARGUMENT_NONE, "show all partitions: * has the input", list_row,
	 "  digit  state       CPUs      mode     restarts     uptime  last event", ORDER_NONE},
	{"stats", ARGUMENT_LIVE, "count exits to EL2; live: each second, until a key", stats_row,
	 "  interrupts       calls     devices   registers      others  restarts     uptime",
	 ORDER_NONE},
	{"log", ARGUMENT_PARTITION, "show what has happened to it", log_line, NULL, ORDER_NONE},
	{"stop", ARGUMENT_PARTITION, "stop it", order_line, NULL, ORDER_STOP},
	{"start", ARGUMENT_PARTITION, "start it, when it is stopped", order_line, NULL,
	 ORDER_START},
	{"restart", ARGUMENT_PARTITION, "restart it", order_line, NULL, ORDER_RESTART},
	{"plan", ARGUMENT_NONE, "show what each partition has", plan_row,
	 "  CPUs        RAM KiB  regions  devices  on-shutdown  on-reset     on-crash     "
	 "on-watchdog",
	 ORDER_NONE},
	{"map", ARGUMENT_NONE, "show whose the physical memory is", map_line, NULL, ORDER_NONE},
	{"version", ARGUMENT_NONE, "say which Bulkhead this is", version_line, NULL, ORDER_NONE},
	{"quit", ARGUMENT_NONE, "go back to the partition; so does ^D", NULL, NULL, ORDER_NONE},
	{NULL, ARGUMENT_NONE, NULL, NULL, NULL, ORDER_NONE},
};

bool monitor_line(uint32_t n, char *out, size_t size)
{
	static const char title[] = "partition";
	const int width =
		(int)(mux->name_width < sizeof(title) ? sizeof(title) - 1 : mux->name_width);
	const struct monitor_command *const command = monitor->command;
	size_t used;

	if (command->title == NULL)
		return command->line(n, out, size);
	if (n > plan->partition_count)
		return false;
	used = format(out, size, "%-*s", width, n == 0 ? title : plan->partitions[n - 1].name);
	if (n != 0)
		return command->line(n - 1, out + used, size - used);
	(void)format(out + used, size - used, "%s", command->title);
	return true;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "imagebuilder/bulkctl/show.h"

#include <string.h>

#include "common/arch.h"
#include "common/run/partition.h"
#include "imagebuilder/json_writer.h"

#define ROWS(table) (sizeof(table) / sizeof((table)[0]))

static const char *const exit_classes[EXIT_CLASSES] = {"interrupts", "calls", "devices",
						       "registers", "others"};

/* For scripts: what an event is, in one word. */
static const char *const kinds[HEALTH_KINDS] = {
	[HEALTH_NONE] = "none",
	[HEALTH_STARTED] = "started",
	[HEALTH_SHUTDOWN] = "shutdown",
	[HEALTH_RESET] = "reset",
	[HEALTH_ACCESS] = "access",
	[HEALTH_EXECUTION] = "execution",
	[HEALTH_FURTHER] = "further",
	[HEALTH_VECTORS] = "vectors",
	[HEALTH_EXCEPTION] = "exception",
	[HEALTH_SERROR_SURVIVED] = "serror-survived",
	[HEALTH_SERROR] = "serror",
	[HEALTH_PANIC] = "panic",
	[HEALTH_WATCHDOG] = "watchdog",
	[HEALTH_STOP_ORDER] = "stop-order",
	[HEALTH_RESTART_ORDER] = "restart-order",
	[HEALTH_START_ORDER] = "start-order",
	[HEALTH_BROKEN] = "broken",
};

/* What has become of the partition then. */
static const char *outcome(const struct health_event *event)
{
	static const char *const outcomes[] = {
		[HEALTH_GOES_ON] = "goes on",
		[HEALTH_STOPS] = "stopped",
		[HEALTH_RESTARTS] = "restarts",
		[HEALTH_RESTARTED_ENOUGH] = "stopped by its restart limit",
		[HEALTH_RESETS_BOARD] = "resets the board",
	};

	return event->outcome < ROWS(outcomes) ? outcomes[event->outcome] : "?";
}

const char *show_state(uint32_t state)
{
	static const char *const states[] = {
		[PARTITION_RUNNING] = "running",       [PARTITION_ENDING] = "ending",
		[PARTITION_RESTARTING] = "restarting", [PARTITION_STOPPED] = "stopped",
		[PARTITION_FAILED] = "failed",
	};

	return state < ROWS(states) ? states[state] : "?";
}

static const char *mode(const struct supervisor_record *record)
{
	return record->direct != 0 ? "direct" : "virtual";
}

/* How long its life has lasted. */
static uint64_t uptime(const struct partitions *partitions, const struct supervisor_record *record)
{
	const uint64_t now = partitions->header.now;

	if (record->state != PARTITION_RUNNING || record->started > now)
		return 0;
	return partitions_milliseconds(partitions, now - record->started);
}

/* Columns that the names need. */
static int name_width(const struct partitions *partitions)
{
	size_t width = strlen("NAME");

	for (uint32_t i = 0; i < partitions->header.count; i++)
		if (strlen(partitions->records[i].name) > width)
			width = strlen(partitions->records[i].name);
	return (int)width;
}

/* "12.345 s", or "-" for 0, right-aligned. */
static void put_time(FILE *out, uint64_t milliseconds, int width)
{
	char text[40] = "-";

	if (milliseconds != 0)
		(void)snprintf(text, sizeof(text), "%llu.%03u s",
			       (unsigned long long)(milliseconds / 1000),
			       (unsigned)(milliseconds % 1000));
	(void)fprintf(out, "%*s", width, text);
}

/* The top of all JSON output. */
static void begin_json(struct json *json, const struct partitions *partitions)
{
	const struct supervisor_header *const header = &partitions->header;

	json_object(json, NULL);
	json_text(json, "supervisor", header->name);
	json_number(json, "time_ms", partitions_milliseconds(partitions, header->now));
	json_list(json, "partitions");
}

static void end_json(struct json *json)
{
	json_end(json);
	json_end(json);
}

static void begin_partition(struct json *json, const struct supervisor_record *record)
{
	json_object(json, NULL);
	json_text(json, "name", record->name);
}

static void list_json(FILE *out, const struct partitions *partitions)
{
	struct json json = {.out = out, .is_empty = true};

	begin_json(&json, partitions);
	for (uint32_t i = 0; i < partitions->header.count; i++) {
		const struct supervisor_record *const record = &partitions->records[i];

		begin_partition(&json, record);
		json_text(&json, "state", show_state(record->state));
		json_text(&json, "mode", mode(record));
		json_number(&json, "vcpus", record->vcpus);
		json_number(&json, "restarts", record->restarts);
		json_number(&json, "uptime_ms", uptime(partitions, record));
		json_end(&json);
	}
	end_json(&json);
}

void show_list(FILE *out, const struct partitions *partitions, bool is_json)
{
	const int width = name_width(partitions);

	if (is_json) {
		list_json(out, partitions);
		return;
	}
	(void)fprintf(out, "%-*s  %-10s  %-7s  %5s  %8s  %14s\n", width, "NAME", "STATE", "MODE",
		      "VCPUS", "RESTARTS", "UP");
	for (uint32_t i = 0; i < partitions->header.count; i++) {
		const struct supervisor_record *const record = &partitions->records[i];

		(void)fprintf(out, "%-*s  %-10s  %-7s  %5u  %8u  ", width, record->name,
			      show_state(record->state), mode(record), record->vcpus,
			      record->restarts);
		put_time(out, uptime(partitions, record), 14);
		(void)fputc('\n', out);
	}
}

static void stats_json(FILE *out, const struct partitions *partitions)
{
	struct json json = {.out = out, .is_empty = true};

	begin_json(&json, partitions);
	for (uint32_t i = 0; i < partitions->header.count; i++) {
		const struct supervisor_record *const record = &partitions->records[i];

		begin_partition(&json, record);
		json_object(&json, "exits");
		for (unsigned class = 0; class < EXIT_CLASSES; class ++)
			json_number(&json, exit_classes[class], record->exits[class]);
		json_end(&json);
		json_number(&json, "events", record->events);
		json_end(&json);
	}
	end_json(&json);
}

void show_stats(FILE *out, const struct partitions *partitions, bool is_json)
{
	const int width = name_width(partitions);

	if (is_json) {
		stats_json(out, partitions);
		return;
	}
	(void)fprintf(out, "%-*s  %10s  %10s  %10s  %10s  %10s  %8s\n", width, "NAME", "INTERRUPTS",
		      "CALLS", "DEVICES", "REGISTERS", "OTHERS", "EVENTS");
	for (uint32_t i = 0; i < partitions->header.count; i++) {
		const struct supervisor_record *const record = &partitions->records[i];

		(void)fprintf(out, "%-*s", width, record->name);
		for (unsigned class = 0; class < EXIT_CLASSES; class ++)
			(void)fprintf(out, "  %10llu", (unsigned long long)record->exits[class]);
		(void)fprintf(out, "  %8u\n", record->events);
	}
}

/* Who gave an order: this partition, one that it supervises, or one that it does not see. */
static const char *source_name(const struct partitions *partitions, uint32_t source)
{
	if (source == partitions->header.index)
		return partitions->header.name;
	for (uint32_t i = 0; i < partitions->header.count; i++)
		if (partitions->records[i].index == source)
			return partitions->records[i].name;
	return source == ORDER_BY_CONSOLE ? "the console" : "another partition";
}

static void event_json(struct json *json, const struct partitions *partitions, uint32_t number,
		       const struct health_event *event)
{
	const char *const source = source_name(partitions, event->number);
	char text[HEALTH_TEXT_SIZE];

	json_object(json, NULL);
	json_number(json, "event", number);
	json_number(json, "time_ms", partitions_milliseconds(partitions, event->time));
	json_text(json, "kind", event->kind < HEALTH_KINDS ? kinds[event->kind] : "?");
	(void)health_text(event, source, text, sizeof(text));
	json_text(json, "text", text);
	json_text(json, "outcome", outcome(event));
	if (event->kind >= HEALTH_STOP_ORDER && event->kind <= HEALTH_START_ORDER)
		json_text(json, "by", source);
	else
		json_number(json, "number", event->number);
	json_hexadecimal(json, "esr", event->esr);
	(void)arch_describe_syndrome(event->esr, text, sizeof(text));
	json_text(json, "syndrome", event->esr != 0 ? text : NULL);
	json_hexadecimal(json, "pc", event->pc);
	json_hexadecimal(json, "far", event->far);
	json_hexadecimal(json, "ipa", event->ipa);
	json_number(json, "microseconds", event->microseconds);
	json_end(json);
}

static void log_json(FILE *out, const struct partitions *partitions,
		     const struct partition_log *logs, uint32_t only)
{
	struct json json = {.out = out, .is_empty = true};

	begin_json(&json, partitions);
	for (uint32_t i = 0; i < partitions->header.count; i++) {
		if (only != SUPERVISOR_MAX_RECORDS && only != i)
			continue;
		begin_partition(&json, &partitions->records[i]);
		json_list(&json, "events");
		for (uint32_t n = 0; n < logs[i].count; n++)
			event_json(&json, partitions, logs[i].first + n, &logs[i].events[n]);
		json_end(&json);
		json_end(&json);
	}
	end_json(&json);
}

/* A line, and one for the syndrome, if there is any. */
static void log_event_lines(FILE *out, const struct partitions *partitions, int width,
			    const char *name, const struct health_event *event)
{
	char text[HEALTH_TEXT_SIZE];

	(void)health_text(event, source_name(partitions, event->number), text, sizeof(text));
	put_time(out, partitions_milliseconds(partitions, event->time), 14);
	(void)fprintf(out, "  %-*s  %s", width, name, text);
	if (event->outcome != HEALTH_GOES_ON)
		(void)fprintf(out, ": %s", outcome(event));
	(void)fputc('\n', out);
	if (event->esr == 0)
		return;
	(void)arch_describe_syndrome(event->esr, text, sizeof(text));
	(void)fprintf(out, "%14s  %-*s    ESR: %s\n", "", width, "", text);
}

/* The partition with the earliest event that is not shown yet; at: how many of each are. */
static uint32_t next_event(const struct partitions *partitions, const struct partition_log *logs,
			   uint32_t only, const uint32_t *at)
{
	uint32_t next = SUPERVISOR_MAX_RECORDS;

	for (uint32_t i = 0; i < partitions->header.count; i++)
		if ((only == SUPERVISOR_MAX_RECORDS || only == i) && at[i] < logs[i].count &&
		    (next == SUPERVISOR_MAX_RECORDS ||
		     logs[i].events[at[i]].time < logs[next].events[at[next]].time))
			next = i;
	return next;
}

void show_log(FILE *out, const struct partitions *partitions, const struct partition_log *logs,
	      uint32_t only, bool is_json)
{
	const int width = name_width(partitions);
	uint32_t at[SUPERVISOR_MAX_RECORDS] = {0};
	uint32_t i;

	if (is_json) {
		log_json(out, partitions, logs, only);
		return;
	}
	(void)fprintf(out, "%14s  %-*s  %s\n", "TIME", width, "NAME", "EVENT");
	for (i = 0; i < partitions->header.count; i++)
		if ((only == SUPERVISOR_MAX_RECORDS || only == i) && logs[i].first != 0)
			(void)fprintf(out, "%14s  %-*s  %u older events are no longer kept\n", "-",
				      width, partitions->records[i].name, logs[i].first);
	while ((i = next_event(partitions, logs, only, at)) != SUPERVISOR_MAX_RECORDS) {
		log_event_lines(out, partitions, width, partitions->records[i].name,
				&logs[i].events[at[i]++]);
	}
}

static const char *result_text(enum order_result result)
{
	return result < ORDER_RESULTS ? order_result_text(result) : "the device does not answer";
}

void show_order(FILE *out, const struct show_order *order, bool is_json)
{
	struct json json = {.out = out, .is_empty = true};

	if (is_json) {
		json_object(&json, NULL);
		json_text(&json, "partition", order->partition);
		json_text(&json, "order", order->order);
		json_flag(&json, "given", order->result == ORDER_GIVEN);
		json_text(&json, "result", result_text(order->result));
		json_flag(&json, "done", order->is_done);
		json_text(&json, "state", show_state(order->state));
		json_number(&json, "waited_ms", order->milliseconds);
		json_end(&json);
		return;
	}
	if (order->result != ORDER_GIVEN)
		(void)fprintf(stderr, "bulkctl: %s: no %s: %s\n", order->partition, order->order,
			      result_text(order->result));
	else if (order->is_done)
		(void)fprintf(out, "%s: %s, after %llu ms\n", order->partition,
			      show_state(order->state), (unsigned long long)order->milliseconds);
	else if (!order->is_awaited)
		(void)fprintf(out, "%s: %s is ordered\n", order->partition, order->order);
	else
		(void)fprintf(stderr, "bulkctl: %s: no %s after %llu ms: it is %s\n",
			      order->partition, order->order,
			      (unsigned long long)order->milliseconds, show_state(order->state));
}

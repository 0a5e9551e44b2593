/* SPDX-License-Identifier: Apache-2.0 */
/* bulkctl: lets a Linux partition watch, stop, start and restart those that it supervises. */
#define _POSIX_C_SOURCE 200809L
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "common/run/partition.h"
#include "imagebuilder/bulkctl/partitions.h"
#include "imagebuilder/bulkctl/registers.h"
#include "imagebuilder/bulkctl/show.h"

#define VERSION	   "0.1"
#define PATIENCE   10000 /* ms that an order may take */
#define LOOK_EVERY 10	 /* ms */

enum exit_status {
	EXIT_GOOD = 0,
	EXIT_REFUSED = 1, /* or not done in time */
	EXIT_WRONG_USAGE = 2,
	EXIT_NO_DEVICE = 3,
};

static const char help[] =
	"usage: bulkctl [--json] COMMAND\n"
	"\n"
	"Watches and controls the partitions that this one supervises.\n"
	"\n"
	"  list            the partitions, and what each does\n"
	"  stats           what they have entered the hypervisor for\n"
	"  log [NAME]      what has happened to them, or to one\n"
	"  stop NAME       end it; it stays stopped\n"
	"  start NAME      start it anew when it is stopped\n"
	"  restart NAME    end it if it runs, and start it anew\n"
	"\n"
	"  --json          for scripts\n"
	"  --no-wait       of an order: do not wait until it has been carried out, 10 s at most\n"
	"  --help, --version\n"
	"\n"
	"Exit status: 0 good, 1 refused or not done in time, 2 wrong usage, 3 no supervisor "
	"device\n"
	"or no access to it.\n";

enum command {
	LIST,
	STATS,
	LOG,
	STOP,
	START,
	RESTART,
	COMMANDS,
};

static const struct {
	const char *name;
	enum order order;
} commands[COMMANDS] = {
	[LIST] = {"list", ORDER_NONE},	  [STATS] = {"stats", ORDER_NONE},
	[LOG] = {"log", ORDER_NONE},	  [STOP] = {"stop", ORDER_STOP},
	[START] = {"start", ORDER_START}, [RESTART] = {"restart", ORDER_RESTART},
};

struct options {
	enum command command;
	const char *name;
	bool is_json;
	bool no_wait;
};

static bool complain(const char *what, const char *value)
{
	(void)fprintf(stderr, "bulkctl: %s '%s'; bulkctl --help lists what there is\n", what,
		      value);
	return false;
}

static bool read_command(const char *name, struct options *options)
{
	unsigned i = 0;

	while (i < COMMANDS && strcmp(name, commands[i].name) != 0)
		i++;
	options->command = (enum command)i;
	return i < COMMANDS || complain("unknown command", name);
}

static bool read_argument(const char *argument, struct options *options)
{
	if (strcmp(argument, "--json") == 0)
		options->is_json = true;
	else if (strcmp(argument, "--no-wait") == 0)
		options->no_wait = true;
	else if (argument[0] == '-')
		return complain("unknown option", argument);
	else if (options->command == COMMANDS)
		return read_command(argument, options);
	else if (options->name != NULL || options->command < LOG)
		return complain("one argument too many:", argument);
	else
		options->name = argument;
	return true;
}

static bool read_options(int count, char **arguments, struct options *options)
{
	*options = (struct options){.command = COMMANDS};
	for (int i = 1; i < count; i++)
		if (!read_argument(arguments[i], options))
			return false;
	if (options->command == COMMANDS) {
		(void)fputs(help, stderr);
		return false;
	}
	if (options->command > LOG && options->name == NULL)
		return complain("there is no NAME for", commands[options->command].name);
	if (options->command <= LOG && options->no_wait)
		return complain("this command has no option", "--no-wait");
	return true;
}

static bool is_carried_out(enum command command, const struct supervisor_record *before,
			   const struct supervisor_record *now)
{
	if (command == STOP)
		return now->state == PARTITION_STOPPED;
	return now->state == PARTITION_RUNNING && now->started != before->started;
}

/* Looks until the order is carried out. What is read of the counter tells the time. */
static void wait_for(const struct options *options, const struct supervisor_record *before,
		     uint32_t slot, struct show_order *shown)
{
	const struct timespec pause = {.tv_nsec = LOOK_EVERY * 1000000L};
	struct supervisor_record now = *before;
	struct timespec start;
	struct timespec end;

	(void)clock_gettime(CLOCK_MONOTONIC, &start);
	for (;;) {
		partitions_read_record(slot, &now);
		(void)clock_gettime(CLOCK_MONOTONIC, &end);
		shown->is_done = is_carried_out(options->command, before, &now);
		shown->state = now.state;
		shown->milliseconds = (uint64_t)((end.tv_sec - start.tv_sec) * 1000 +
						 (end.tv_nsec - start.tv_nsec) / 1000000);
		if (shown->is_done || shown->state == PARTITION_FAILED ||
		    shown->milliseconds >= PATIENCE)
			return;
		(void)nanosleep(&pause, NULL);
	}
}

static enum exit_status give_order(const struct options *options,
				   const struct partitions *partitions, uint32_t slot)
{
	const struct supervisor_record *const before = &partitions->records[slot];
	struct show_order shown = {
		.partition = before->name,
		.order = commands[options->command].name,
		.state = before->state,
	};

	shown.result = partitions_order(slot, commands[options->command].order);
	shown.is_awaited = shown.result == ORDER_GIVEN && !options->no_wait;
	if (shown.is_awaited)
		wait_for(options, before, slot, &shown);
	show_order(stdout, &shown, options->is_json);
	return shown.result == ORDER_GIVEN && (shown.is_done || options->no_wait) ? EXIT_GOOD
										  : EXIT_REFUSED;
}

static void show_logs(const struct options *options, const struct partitions *partitions,
		      uint32_t only)
{
	static struct partition_log logs[SUPERVISOR_MAX_RECORDS];

	for (uint32_t i = 0; i < partitions->header.count; i++)
		if (only == SUPERVISOR_MAX_RECORDS || only == i)
			partitions_read_log(i, &logs[i]);
	show_log(stdout, partitions, logs, only, options->is_json);
}

static enum exit_status run(const struct options *options)
{
	static struct partitions partitions;
	uint32_t slot = SUPERVISOR_MAX_RECORDS;

	if (!registers_open() || !partitions_read(&partitions))
		return EXIT_NO_DEVICE;
	if (options->name != NULL)
		slot = partitions_find(&partitions, options->name);
	if (options->name != NULL && slot == SUPERVISOR_MAX_RECORDS) {
		(void)fprintf(stderr, "bulkctl: this partition supervises no '%s'\n",
			      options->name);
		return EXIT_REFUSED;
	}
	switch (options->command) {
	case LIST:
		show_list(stdout, &partitions, options->is_json);
		return EXIT_GOOD;
	case STATS:
		show_stats(stdout, &partitions, options->is_json);
		return EXIT_GOOD;
	case LOG:
		show_logs(options, &partitions, slot);
		return EXIT_GOOD;
	default:
		return give_order(options, &partitions, slot);
	}
}

int main(int count, char **arguments)
{
	struct options options;

	for (int i = 1; i < count; i++) {
		if (strcmp(arguments[i], "--help") == 0) {
			(void)fputs(help, stdout);
			return EXIT_GOOD;
		}
		if (strcmp(arguments[i], "--version") == 0) {
			(void)printf("bulkctl %s, for supervisor devices of version %d\n", VERSION,
				     SUPERVISOR_VERSION);
			return EXIT_GOOD;
		}
	}
	if (!read_options(count, arguments, &options))
		return EXIT_WRONG_USAGE;
	return (int)run(&options);
}

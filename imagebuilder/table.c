/* SPDX-License-Identifier: Apache-2.0 */
#include "imagebuilder/table.h"

#include <string.h>

#include "imagebuilder/owners.h"
#include "imagebuilder/table_parts.h"
#include "imagebuilder/words.h"

#define RANGE_REST                                                                                 \
	80 /* columns that a range and its size leave, with the digits of two addresses */

void table_plain(const struct table *table)
{
	if (table->is_coloured)
		(void)fputs("\033[0m", table->out);
}

void table_bold(const struct table *table)
{
	if (table->is_coloured)
		(void)fputs("\033[1m", table->out);
}

void table_faint(const struct table *table)
{
	if (table->is_coloured)
		(void)fputs("\033[2m", table->out);
}

void table_colour(const struct table *table, uint32_t partition)
{
	/* Readable on dark and on light terminals: no yellow, white or black. */
	static const uint8_t colours[] = {34, 32, 35, 36, 31, 94, 92, 95};

	if (table->is_coloured && partition != PLAN_NONE)
		(void)fprintf(table->out, "\033[%um", colours[partition % sizeof(colours)]);
}

void table_heading(const struct table *table, const char *heading)
{
	(void)fprintf(table->out, "  %-9s  ", heading != NULL ? heading : "");
}

void table_text(const struct table *table, const char *text, size_t width)
{
	for (size_t column = 0; *text != '\0' && column < width; column++) {
		const size_t length = words_character(text);

		if (length == 0)
			(void)fputc('?', table->out);
		else
			(void)fwrite(text, length, 1, table->out);
		text += length == 0 ? 1 : length;
	}
}

void table_size(const struct table *table, uint64_t size)
{
	char text[WORDS_SIZE];

	words_bytes(text, sizeof(text), size);
	(void)fprintf(table->out, "%9s", text);
}

void table_range(const struct table *table, uint64_t base, uint64_t size)
{
	(void)fprintf(table->out, "0x%0*llx-0x%0*llx  ", table->digits, (unsigned long long)base,
		      table->digits, (unsigned long long)(base + size - 1));
	table_size(table, size);
}

static void section(const struct table *table, const char *name)
{
	table_bold(table);
	(void)fprintf(table->out, "%s\n", name);
	table_plain(table);
}

static void print_gic(const struct table *table)
{
	const struct plan_board *const board = &table->plan->board;

	table_heading(table, "GIC");
	table_range(table, board->distributor.base.value, board->distributor.size);
	(void)fputs("  GICv3 distributor\n", table->out);
	for (uint32_t i = 0; i < board->redistributor_count; i++) {
		table_heading(table, NULL);
		table_range(table, board->redistributors[i].base.value,
			    board->redistributors[i].size);
		(void)fputs("  redistributors\n", table->out);
	}
}

static void print_console(const struct table *table)
{
	const struct plan_board *const board = &table->plan->board;
	char interrupt[WORDS_SIZE];

	table_heading(table, "console");
	if (board->uart_intid == 0) {
		(void)fputs("none\n", table->out);
		return;
	}
	words_interrupt(interrupt, sizeof(interrupt), board->uart_intid);
	table_range(table, board->uart.base.value, board->uart.size);
	(void)fprintf(table->out, "  %s, %s, %s", board->uart_type.name, interrupt,
		      words_trigger(board->uart_level_triggered));
	if (table->plan->escape_key < ' ')
		(void)fprintf(table->out, ", escape ^%c", (char)('@' + table->plan->escape_key));
	(void)fputc('\n', table->out);
}

static void print_watchdog(const struct table *table)
{
	const struct plan_board *const board = &table->plan->board;

	if (board->feed_watchdog == 0)
		return;
	table_heading(table, "watchdog");
	table_range(table, board->watchdog_control.value, PAGE_SIZE);
	(void)fprintf(table->out, "  control frame, fed within %u ms\n", board->feed_watchdog);
	table_heading(table, NULL);
	table_range(table, board->watchdog_refresh.value, PAGE_SIZE);
	(void)fputs("  refresh frame\n", table->out);
}

static uint32_t count_used_cpus(const struct plan_board *board)
{
	uint32_t used = 0;

	for (uint32_t i = 0; i < board->cpu_count; i++)
		used += board->cpus[i].partition != PLAN_NONE ? 1 : 0;
	return used;
}

static void print_board(const struct table *table)
{
	const struct plan_board *const board = &table->plan->board;

	section(table, "Board");
	table_heading(table, "CPUs");
	(void)fprintf(table->out, "%u, %u of them in partitions", board->cpu_count,
		      count_used_cpus(board));
	if (table->plan->housekeeping_cpu < board->cpu_count)
		(void)fprintf(table->out, "; housekeeping on CPU %u",
			      table->plan->housekeeping_cpu);
	(void)fputc('\n', table->out);
	for (uint32_t i = 0; i < board->memory_bank_count; i++) {
		table_heading(table, i == 0 ? "RAM" : NULL);
		table_range(table, board->memory_banks[i].base.value, board->memory_banks[i].size);
		(void)fprintf(table->out, "  bank %u\n", i);
	}
	if (board->distributor.size != 0)
		print_gic(table);
	print_console(table);
	print_watchdog(table);
	table_heading(table, "firmware");
	(void)fprintf(table->out, "PSCI conduit: %s\n", words_conduit(board->psci_conduit));
	table_heading(table, "timers");
	(void)fprintf(
		table->out, "virtual INTID %u, physical INTID %u; GIC maintenance INTID %u\n\n",
		board->virtual_timer_intid, board->physical_timer_intid, board->maintenance_intid);
}

/* What is too long loses its beginning: of a device's path the end says more, and the owner stays.
 */
static void print_cut(const struct table *table, const char *text, size_t width)
{
	const size_t length = strlen(text);

	if (length <= width) {
		table_text(table, text, width);
		return;
	}
	(void)fputs("...", table->out);
	table_text(table, text + length - (width - 3), width - 3);
}

static void print_owner(const struct table *table, const struct owner *owner)
{
	const size_t indent = 2 * (size_t)owner->depth;
	char text[2 * OWNERS_TEXT_SIZE + 8];

	owners_text(owner, text, sizeof(text));
	if (owner->kind == OWNER_NOBODY)
		table_faint(table);
	(void)fputs("  ", table->out);
	table_range(table, owner->base, owner->size);
	(void)fprintf(table->out, "  %*s", (int)indent, "");
	table_colour(table, owner->partition);
	print_cut(table, text, (size_t)(RANGE_REST - 2 * table->digits) - indent);
	table_plain(table);
	(void)fputc('\n', table->out);
}

static void print_memory(const struct table *table)
{
	struct owners owners;

	owners_find(table->plan, &owners);
	if (owners.count == 0)
		return;
	section(table, "Physical memory");
	for (size_t i = 0; i < owners.count; i++)
		print_owner(table, &owners.list[i]);
	(void)fputc('\n', table->out);
}

static void print_end(const struct table *table, const struct plan_channel *channel,
		      const struct plan_channel_end *end)
{
	(void)fputs("             ", table->out);
	table_colour(table, end->partition);
	(void)fprintf(table->out, "%s", words_partition(table->plan, end->partition));
	table_plain(table);
	if (channel->type == PLAN_CHANNEL_MEMORY)
		(void)fprintf(table->out, ", at 0x%llx, %s", (unsigned long long)end->memory.value,
			      end->writable != 0 ? "read-write" : "read-only");
	if (channel->type == PLAN_CHANNEL_NET)
		(void)fprintf(table->out, ", MAC %02x:%02x:%02x:%02x:%02x:%02x", end->mac[0],
			      end->mac[1], end->mac[2], end->mac[3], end->mac[4], end->mac[5]);
	(void)fputc('\n', table->out);
}

static void print_channels(const struct table *table)
{
	const struct plan *const plan = table->plan;

	if (plan->channel_count == 0)
		return;
	section(table, "Channels");
	for (uint32_t i = 0; i < plan->channel_count; i++) {
		const struct plan_channel *const channel = &plan->channels[i];

		table_heading(table, words_channel(channel->type));
		(void)fprintf(table->out, "%-16s  ", channel->name);
		if (channel->size != 0)
			table_range(table, channel->memory.value, channel->size);
		(void)fputc('\n', table->out);
		print_end(table, channel, &channel->ends[0]);
		print_end(table, channel, &channel->ends[1]);
	}
	(void)fputc('\n', table->out);
}

static void widen(int *digits, uint64_t base, uint64_t size)
{
	const uint64_t last = base + (size != 0 ? size - 1 : 0);

	while (*digits < 16 && last >> (4 * *digits) != 0)
		(*digits)++;
}

/* Hexadecimal digits of the highest address of host and guests. */
static int count_digits(const struct plan *plan)
{
	int digits = 8;

	for (uint32_t i = 0; i < plan->board.memory_bank_count; i++)
		widen(&digits, plan->board.memory_banks[i].base.value,
		      plan->board.memory_banks[i].size);
	for (uint32_t i = 0; i < plan->device_region_count; i++)
		widen(&digits, plan->device_regions[i].host.value, plan->device_regions[i].size);
	for (uint32_t i = 0; i < plan->partition_count; i++)
		for (uint32_t r = 0; r < plan->partitions[i].region_count; r++)
			widen(&digits, plan->partitions[i].regions[r].guest.value,
			      plan->partitions[i].regions[r].size);
	return digits;
}

void table_print(FILE *out, const struct plan *plan, bool is_coloured)
{
	const struct table table = {out, plan, is_coloured, count_digits(plan)};

	print_board(&table);
	print_memory(&table);
	for (uint32_t i = 0; i < plan->partition_count; i++)
		table_partition(&table, i);
	print_channels(&table);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* The lines of text of a partition's card. */
#include <stdlib.h>
#include <string.h>

#include "imagebuilder/map_parts.h"
#include "imagebuilder/words.h"

#define MOST_DEVICES 8	/* more are only counted */
#define LINE_LENGTH  38 /* characters that surely fit */

static struct map_row *add(struct map_rows *rows, const char *label)
{
	struct map_row *const row = &rows->rows[rows->count];

	if (rows->count + 1 < MAP_MAX_ROWS)
		rows->count++;
	*row = (struct map_row){.label = label, .channel = PLAN_NONE};
	return row;
}

static void add_text(struct map_rows *rows, const char *label, const char *text)
{
	struct map_row *const row = add(rows, label);

	words_add(row->text, sizeof(row->text), "%s", text);
}

/* How much of a list goes into one line: it is broken behind a comma. */
static size_t line_length(const char *list)
{
	size_t length = LINE_LENGTH;

	if (strlen(list) <= LINE_LENGTH)
		return strlen(list);
	while (length > 0 && !(list[length] == ' ' && list[length - 1] == ','))
		length--;
	/* One item that is longer than a line: the drawing cuts it. */
	return length != 0 ? length + 1 : strlen(list);
}

static void add_list(struct map_rows *rows, const char *label, const char *list)
{
	while (*list != '\0') {
		struct map_row *const row = add(rows, label);
		const size_t length = line_length(list);

		words_add(row->text, sizeof(row->text), "%.*s", (int)length, list);
		list += length;
		label = "";
	}
}

static int compare_numbers(const void *left, const void *right)
{
	const uint32_t a = *(const uint32_t *)left;
	const uint32_t b = *(const uint32_t *)right;

	return (a > b) - (a < b);
}

static void add_interrupts(struct map_rows *rows, const struct plan *plan,
			   const struct plan_partition *partition)
{
	uint32_t numbers[PLAN_MAX_INTERRUPTS] = {0};
	char list[PLAN_MAX_INTERRUPTS * 6] = "";
	char text[WORDS_SIZE];

	(void)snprintf(text, sizeof(text), "%s%s, %u virtual SPIs",
		       partition->direct_interrupts != 0 ? "direct" : "virtual",
		       partition->direct_sgi_open != 0 ? ", open SGIs" : "", partition->spi_count);
	add_text(rows, "interrupts", text);
	for (uint32_t i = 0; i < partition->interrupt_count; i++)
		numbers[i] =
			plan->interrupts[partition->interrupt_first + i].intid - PLAN_FIRST_SPI;
	qsort(numbers, partition->interrupt_count, sizeof(numbers[0]), compare_numbers);
	words_numbers(list, sizeof(list), numbers, partition->interrupt_count);
	add_list(rows, "board's SPIs", list);
}

static void add_virtual_interrupts(struct map_rows *rows, const struct plan *plan, uint32_t index)
{
	const struct plan_partition *const partition = &plan->partitions[index];
	char list[PLAN_MAX_VIRTUAL_DEVICES * 24] = "";

	if (partition->virtual_uart != 0)
		words_add(list, sizeof(list), "%u UART", partition->uart_intid - PLAN_FIRST_SPI);
	for (uint32_t i = 0; i < plan->virtual_device_count; i++) {
		const struct plan_virtual_device *const device = &plan->virtual_devices[i];

		if (device->partition != index || device->intid < PLAN_FIRST_SPI)
			continue;
		words_add(list, sizeof(list), "%s%u %s", list[0] != '\0' ? ", " : "",
			  device->intid - PLAN_FIRST_SPI, words_virtual_device(device->type));
	}
	add_list(rows, "virtual SPIs", list);
}

static void add_devices(struct map_rows *rows, const struct plan *plan,
			const struct plan_partition *partition)
{
	for (uint32_t i = 0; i < partition->device_count; i++) {
		const char *path;
		size_t length;
		char text[WORDS_SIZE];

		if (i == MOST_DEVICES && partition->device_count > MOST_DEVICES + 1) {
			(void)snprintf(text, sizeof(text), "and %u more",
				       partition->device_count - MOST_DEVICES);
			add_text(rows, "", text);
			return;
		}
		path = plan_text(plan, plan->devices[partition->device_first + i].path);
		length = strlen(path);
		/* The end of a path says more than its beginning. */
		if (length > LINE_LENGTH)
			(void)snprintf(text, sizeof(text), "\xe2\x80\xa6%s",
				       path + length - LINE_LENGTH + 1);
		else
			(void)snprintf(text, sizeof(text), "%s", path);
		add_text(rows, i == 0 ? "devices" : "", text);
	}
}

static void add_policies(struct map_rows *rows, const struct plan_partition *partition)
{
	char text[WORDS_SIZE];

	(void)snprintf(text, sizeof(text), "shutdown: %s, reset: %s",
		       words_policy(partition->on_shutdown), words_policy(partition->on_reset));
	add_text(rows, "policies", text);
	(void)snprintf(text, sizeof(text), "crash: %s, watchdog: %s",
		       words_policy(partition->on_crash), words_policy(partition->on_watchdog));
	add_text(rows, "", text);
	if (partition->restart_limit == 0)
		return;
	(void)snprintf(text, sizeof(text), "at most %u restarts in %u ms", partition->restart_limit,
		       partition->restart_window);
	add_text(rows, "", text);
}

static void add_channel(struct map_rows *rows, const struct plan *plan, uint32_t channel,
			uint32_t end)
{
	const struct plan_channel *const it = &plan->channels[channel];
	struct map_row *const row = add(rows, "channel");
	char size[WORDS_SIZE];

	row->channel = channel;
	row->end = end;
	words_add(row->text, sizeof(row->text), "%s to %s, %s", it->name,
		  words_partition(plan, it->ends[1 - end].partition), words_channel(it->type));
	if (it->type != PLAN_CHANNEL_MEMORY)
		return;
	words_bytes(size, sizeof(size), it->size);
	words_add(row->text, sizeof(row->text), " %s %s", size,
		  it->ends[end].writable != 0 ? "rw" : "ro");
}

static void add_shared(struct map_rows *rows, const struct plan *plan, uint32_t index)
{
	char size[WORDS_SIZE];

	for (uint32_t i = 0; i < plan->shared_count; i++) {
		const struct plan_shared *const shared = &plan->shared[i];
		struct map_row *row;

		if (shared->partition != index)
			continue;
		row = add(rows, "shared");
		words_bytes(size, sizeof(size), shared->region.size);
		words_add(row->text, sizeof(row->text), "%s, %s %s%s", shared->id, size,
			  shared->writable != 0 ? "rw" : "ro",
			  shared->is_owner != 0 ? ", owner" : "");
	}
}

static void add_supervised(struct map_rows *rows, const struct plan *plan,
			   const struct plan_partition *partition)
{
	char list[PLAN_MAX_PARTITIONS * (PLAN_NAME_SIZE + 2)] = "";

	words_supervised(list, sizeof(list), plan, partition);
	add_list(rows, "manages", list);
}

void map_rows_fill(const struct plan *plan, uint32_t index, struct map_rows *rows)
{
	const struct plan_partition *const partition = &plan->partitions[index];
	char list[PLAN_MAX_CPUS * 4] = "";

	rows->count = 0;
	words_cpus(list, sizeof(list), partition);
	add_list(rows, "CPUs", list);
	add_interrupts(rows, plan, partition);
	add_virtual_interrupts(rows, plan, index);
	add_devices(rows, plan, partition);
	add_shared(rows, plan, index);
	add_supervised(rows, plan, partition);
	add_policies(rows, partition);
	for (uint32_t channel = 0; channel < plan->channel_count; channel++)
		for (uint32_t end = 0; end < 2; end++)
			if (plan->channels[channel].ends[end].partition == index)
				add_channel(rows, plan, channel, end);
}

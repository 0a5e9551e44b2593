/* SPDX-License-Identifier: Apache-2.0 */
#include "imagebuilder/words.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define KIB UINT64_C(1024)
#define MIB (KIB * KIB)
#define GIB (MIB * KIB)

#define ROWS(table) (sizeof(table) / sizeof((table)[0]))

static const char unknown[] = "?";

const char *words_policy(uint32_t policy)
{
	static const char *const words[] = {
		[PLAN_STOP] = "stop",
		[PLAN_RESTART] = "restart",
		[PLAN_RESET_BOARD] = "reset-board",
	};

	return policy < ROWS(words) ? words[policy] : unknown;
}

const char *words_virtual_device(uint32_t type)
{
	static const char *const words[] = {
		[PLAN_VIRTUAL_DOORBELL] = "doorbell", [PLAN_VIRTUAL_NET] = "net",
		[PLAN_VIRTUAL_CONSOLE] = "console",   [PLAN_VIRTUAL_WATCHDOG] = "watchdog",
		[PLAN_VIRTUAL_PANIC] = "panic",	      [PLAN_VIRTUAL_SUPERVISOR] = "supervisor",
	};

	return type < ROWS(words) ? words[type] : unknown;
}

const char *words_channel(uint32_t type)
{
	static const char *const words[] = {
		[PLAN_CHANNEL_MEMORY] = "memory",
		[PLAN_CHANNEL_NET] = "net",
		[PLAN_CHANNEL_CONSOLE] = "console",
	};

	return type < ROWS(words) ? words[type] : unknown;
}

const char *words_conduit(uint32_t conduit)
{
	static const char *const words[] = {
		[PLAN_PSCI_NONE] = "none",
		[PLAN_PSCI_SMC] = "smc",
		[PLAN_PSCI_HVC] = "hvc",
	};

	return conduit < ROWS(words) ? words[conduit] : unknown;
}

const char *words_image_format(uint32_t format)
{
	static const char *const words[] = {
		[PLAN_IMAGE_NONE] = "none",
		[PLAN_IMAGE_RAW] = "raw",
		[PLAN_IMAGE_GZIP] = "gzip",
	};

	return format < ROWS(words) ? words[format] : unknown;
}

const char *words_trigger(uint32_t is_level_triggered)
{
	return is_level_triggered != 0 ? "level" : "edge";
}

const char *words_partition(const struct plan *plan, uint32_t partition)
{
	return partition < plan->partition_count ? plan->partitions[partition].name : "-";
}

void words_add(char *out, size_t size, const char *what, ...)
{
	const size_t used = strlen(out);
	va_list arguments;

	va_start(arguments, what);
	(void)vsnprintf(out + used, size - used, what, arguments);
	va_end(arguments);
}

void words_bytes(char *out, size_t size, uint64_t bytes)
{
	static const struct {
		uint64_t unit;
		const char *name;
	} units[] = {{GIB, "GiB"}, {MIB, "MiB"}, {KIB, "KiB"}};

	for (size_t i = 0; i < ROWS(units); i++) {
		if (bytes < units[i].unit)
			continue;
		/* 1536 MiB is exact and shorter to say than 1.5 GiB rounded. */
		if (bytes % units[i].unit == 0)
			(void)snprintf(out, size, "%llu %s",
				       (unsigned long long)(bytes / units[i].unit), units[i].name);
		else if (i + 1 < ROWS(units) && bytes % units[i + 1].unit == 0 &&
			 bytes / units[i + 1].unit < 10000)
			(void)snprintf(out, size, "%llu %s",
				       (unsigned long long)(bytes / units[i + 1].unit),
				       units[i + 1].name);
		else
			(void)snprintf(out, size, "%.1f %s", (double)bytes / (double)units[i].unit,
				       units[i].name);
		return;
	}
	(void)snprintf(out, size, "%llu B", (unsigned long long)bytes);
}

void words_interrupt(char *out, size_t size, uint32_t intid)
{
	if (intid >= PLAN_FIRST_SPI)
		(void)snprintf(out, size, "SPI %u (INTID %u)", intid - PLAN_FIRST_SPI, intid);
	else
		(void)snprintf(out, size, "INTID %u", intid);
}

void words_numbers(char *out, size_t size, const uint32_t *numbers, uint32_t count)
{
	for (uint32_t i = 0; i < count;) {
		uint32_t last = i;

		while (last + 1 < count && numbers[last + 1] == numbers[last] + 1)
			last++;
		words_add(out, size, i == 0 ? "%u" : ", %u", numbers[i]);
		if (last != i)
			words_add(out, size, "-%u", numbers[last]);
		i = last + 1;
	}
}

void words_cpus(char *out, size_t size, const struct plan_partition *partition)
{
	uint32_t numbers[PLAN_MAX_CPUS];

	for (uint32_t i = 0; i < partition->cpu_count; i++)
		numbers[i] = partition->cpus[i];
	words_numbers(out, size, numbers, partition->cpu_count);
}

void words_supervised(char *out, size_t size, const struct plan *plan,
		      const struct plan_partition *partition)
{
	for (uint32_t i = 0; i < plan->partition_count; i++)
		if ((partition->supervises >> i & 1) != 0)
			words_add(out, size, "%s%s", out[0] != '\0' ? ", " : "",
				  plan->partitions[i].name);
}

const char *words_last_part(const char *path)
{
	const char *last = path;

	for (const char *at = path; *at != '\0'; at++)
		if (*at == '/' && at[1] != '\0')
			last = at + 1;
	return last;
}

uint64_t words_partition_memory(const struct plan_partition *partition)
{
	uint64_t sum = 0;

	for (uint32_t i = 0; i < partition->region_count; i++)
		sum += partition->regions[i].size;
	return sum;
}

uint64_t words_board_memory(const struct plan_board *board)
{
	uint64_t sum = 0;

	for (uint32_t i = 0; i < board->memory_bank_count; i++)
		sum += board->memory_banks[i].size;
	return sum;
}

/* The first bytes of UTF-8 sequences: length, payload bits, and the least code point allowed. */
static const struct {
	uint8_t mask;
	uint8_t value;
	uint8_t length;
	uint32_t least;
} sequences[] = {
	{0xe0, 0xc0, 2, 0x80},
	{0xf0, 0xe0, 3, 0x800},
	{0xf8, 0xf0, 4, 0x10000},
};

size_t words_character(const char *text)
{
	const uint8_t *const bytes = (const uint8_t *)text;

	if (bytes[0] >= 0x20 && bytes[0] < 0x7f)
		return 1;
	for (size_t i = 0; i < ROWS(sequences); i++) {
		uint32_t point = (uint8_t)(bytes[0] & ~sequences[i].mask);

		if ((bytes[0] & sequences[i].mask) != sequences[i].value)
			continue;
		for (size_t b = 1; b < sequences[i].length; b++) {
			if ((bytes[b] & 0xc0) != 0x80)
				return 0;
			point = point << 6 | (bytes[b] & 0x3f);
		}
		/* C1 controls, surrogates and non-characters are not text. */
		if (point < sequences[i].least || point < 0xa0 || point > 0x10ffff ||
		    (point >= 0xd800 && point < 0xe000) || (point & 0xfffe) == 0xfffe)
			return 0;
		return sequences[i].length;
	}
	return 0;
}

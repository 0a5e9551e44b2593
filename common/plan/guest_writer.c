/* SPDX-License-Identifier: Apache-2.0 */
#include "common/plan/guest_writer.h"

void keep(struct writer *writer, int result)
{
	if (writer->result == 0)
		writer->result = result;
}

void begin(struct writer *writer, const char *name)
{
	keep(writer, fdt_begin_node(writer->out, name));
}

void begin_at(struct writer *writer, const char *name, uint64_t address)
{
	char full[GUEST_NAME_SIZE];

	(void)format(full, sizeof(full), "%s@%lx", name, address);
	begin(writer, full);
}

void end(struct writer *writer)
{
	keep(writer, fdt_end_node(writer->out));
}

void put_bytes(struct writer *writer, const char *name, const void *bytes, size_t size)
{
	keep(writer, fdt_property(writer->out, name, bytes, (int)size));
}

void put_property(struct writer *writer, const struct property_walk *at)
{
	put_bytes(writer, at->name, at->value.bytes, (size_t)at->value.length);
}

void put_u32(struct writer *writer, const char *name, uint32_t value)
{
	const fdt32_t cell = cpu_to_fdt32(value);

	put_bytes(writer, name, &cell, sizeof(cell));
}

void put_u64(struct writer *writer, const char *name, uint64_t value)
{
	const fdt64_t cells = cpu_to_fdt64(value);

	put_bytes(writer, name, &cells, sizeof(cells));
}

void put_text(struct writer *writer, const char *name, const char *text)
{
	put_bytes(writer, name, text, strlen(text) + 1);
}

void put_flag(struct writer *writer, const char *name)
{
	put_bytes(writer, name, NULL, 0);
}

void put_reg(struct writer *writer, uint64_t base, uint64_t size)
{
	const fdt64_t reg[2] = {cpu_to_fdt64(base), cpu_to_fdt64(size)};

	put_bytes(writer, "reg", reg, sizeof(reg));
}

void set_interrupt(fdt32_t cells[3], uint32_t kind, uint32_t number, uint32_t flags)
{
	fdt32_st(&cells[0], kind);
	fdt32_st(&cells[1], number);
	fdt32_st(&cells[2], flags);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/uart_models.h"

#include "tests/unit/planning.h"

struct model model;

uint8_t model_pop(struct model_fifo *fifo)
{
	const uint8_t byte = fifo->bytes[0];

	assert_true(fifo->count > 0);
	memmove(fifo->bytes, fifo->bytes + 1, --fifo->count);
	return byte;
}

void model_push(struct model_fifo *fifo, uint32_t byte)
{
	assert_true(fifo->count < fifo->depth);
	fifo->bytes[fifo->count++] = (uint8_t)byte;
}

uint32_t model_unknown(uint32_t offset)
{
	print_error("%s: no access to 0x%x\n", model.type->name, offset);
	fail();
	return 0;
}

uint32_t model_bit(bool is_set, unsigned number)
{
	return is_set ? UINT32_C(1) << number : 0;
}

void model_nothing(void)
{
}

bool model_always(void)
{
	return true;
}

const struct model_type *const model_types[] = {
	&model_pl011, &model_sbsa,   &model_dw,	     &model_pc,	   &model_omap,
	&model_imx,   &model_lpuart, &model_cadence, &model_meson, &model_scif,
};
const size_t model_type_count = sizeof(model_types) / sizeof(model_types[0]);

void model_reset(const struct model_type *type)
{
	memset(&model, 0, sizeof(model));
	model.type = type;
	model.in.depth = type->depth_in;
	model.out.depth = type->depth_out;
	type->reset();
}

void model_receive(uint8_t byte)
{
	assert_true(model.type->can_receive());
	if (model.overrun && model.type->loses_until_cleared)
		return;
	if (model.in.count == model.in.depth) {
		model.overrun = true;
		return;
	}
	model_push(&model.in, byte);
	model.type->received();
}

int model_send(void)
{
	if (model.out.count == 0)
		return -1;
	assert_true(model.type->can_send());

	const uint8_t byte = model_pop(&model.out);

	model.type->sent();
	return byte;
}

bool model_interrupts(void)
{
	const bool line = model.type->line();

	model.pulse = false;
	return line;
}

/* What the driver's accesses reach. */

uint32_t arch_mmio_read(const volatile void *address, uint32_t width)
{
	return model.type->read((uint32_t)((uintptr_t)address - MODEL_BASE), width);
}

void arch_mmio_write(volatile void *address, uint32_t width, uint32_t value)
{
	const uint32_t offset = (uint32_t)((uintptr_t)address - MODEL_BASE);

	if (model.before_write != NULL)
		model.before_write(offset, value);
	model.type->write(offset, width, value);
}

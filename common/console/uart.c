/* SPDX-License-Identifier: Apache-2.0 */
#include "common/console/uart.h"

#include <stddef.h>

#include "common/arch.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static volatile uint8_t *at(const struct uart *uart, uint32_t offset)
{
	return uart->registers + (offset << uart->type->shift);
}

static bool says(const struct uart *uart, const struct plan_uart_bits *bits)
{
	return (arch_mmio_read(at(uart, bits->offset), uart->type->width) & bits->mask) ==
	       bits->value;
}

/* Without a mask, what was read is written: flags that are cleared by a one go. */
static void put(const struct uart *uart, const struct plan_uart_bits *bits)
{
	volatile uint8_t *const address = at(uart, bits->offset);
	const uint32_t width = uart->type->width;

	if ((bits->offset | bits->mask) != 0)
		arch_mmio_write(address, width,
				(arch_mmio_read(address, width) & ~bits->mask) | bits->value);
}

static uint32_t take(const struct uart *uart)
{
	return arch_mmio_read(at(uart, uart->type->input), uart->type->data_width);
}

void uart_start(const struct uart *uart)
{
	for (size_t i = 0; i < COUNT(uart->type->start); i++)
		put(uart, &uart->type->start[i]);
}

uint32_t uart_room(const struct uart *uart)
{
	return says(uart, &uart->type->no_room) ? 0 : uart->type->burst;
}

void uart_write(const struct uart *uart, uint8_t byte)
{
	arch_mmio_write(at(uart, uart->type->output), uart->type->data_width, byte);
}

bool uart_read(const struct uart *uart, uint8_t *byte)
{
	const struct plan_uart *const type = uart->type;

	if (says(uart, &type->no_input)) {
		/* DesignWare's and TI's may signal a time-out with nothing there, until it is read.
		 */
		if (type->false_timeout.mask != 0 && says(uart, &type->false_timeout))
			(void)take(uart);
		for (size_t i = 0; i < COUNT(type->clear); i++)
			put(uart, &type->clear[i]);
		/* A byte that came before that will not interrupt any more. */
		if (says(uart, &type->no_input))
			return false;
	}
	*byte = (uint8_t)take(uart);
	return true;
}

void uart_set_interrupts(const struct uart *uart, bool transmit)
{
	put(uart, &uart->type->interrupts[transmit]);
}

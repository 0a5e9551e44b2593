/* SPDX-License-Identifier: Apache-2.0 */
#include "common/console/uart_pl011.h"

#include "common/arch.h"
#include "common/vdev/pl011_registers.h"

static uint32_t read_register32(volatile uint8_t *registers, unsigned offset)
{
	return arch_mmio_read32(registers + offset);
}

static void write_register32(volatile uint8_t *registers, unsigned offset, uint32_t value)
{
	arch_mmio_write32(registers + offset, value);
}

static void start(volatile uint8_t *registers)
{
	write_register32(registers, PL011_IMSC, 0);
	write_register32(registers, PL011_CR,
			 read_register32(registers, PL011_CR) | PL011_CR_ENABLE | PL011_CR_TX |
				 PL011_CR_RX);
}

static bool can_write(volatile uint8_t *registers)
{
	return (read_register32(registers, PL011_FR) & PL011_FR_TXFF) == 0;
}

static void write(volatile uint8_t *registers, uint8_t byte)
{
	write_register32(registers, PL011_DR, byte);
}

static bool read(volatile uint8_t *registers, uint8_t *byte)
{
	if ((read_register32(registers, PL011_FR) & PL011_FR_RXFE) != 0)
		return false;
	*byte = (uint8_t)read_register32(registers, PL011_DR);
	return true;
}

static void set_interrupts(volatile uint8_t *registers, bool transmit)
{
	write_register32(registers, PL011_IMSC,
			 PL011_INT_RX | PL011_INT_RT | (transmit ? PL011_INT_TX : 0));
}

const struct uart_driver uart_pl011 = {
	.start = start,
	.can_write = can_write,
	.write = write,
	.read = read,
	.set_interrupts = set_interrupts,
};

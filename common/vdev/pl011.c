/* SPDX-License-Identifier: Apache-2.0 */
#include "common/vdev/pl011.h"

#include "common/arch.h"
#include "common/console/output.h"
#include "common/console/slot.h"
#include "common/plan/system.h"
#include "common/run/partition.h"
#include "common/vdev/pl011_flags.h"

/* Receive trigger levels in bytes: 1/8, 1/4, 1/2, 3/4, 7/8 of the FIFO; reserved ones as the last.
 */
static const uint8_t receive_levels[8] = {4, 8, 16, 24, 28, 28, 28, 28};

/* Peripheral and PrimeCell ID of revision r1p5 (3.3.15). */
static const uint8_t identification[8] = {0x11, 0x10, 0x34, 0x00, 0x0d, 0xf0, 0x05, 0xb1};

static uint32_t receive_level(const struct pl011 *uart)
{
	return receive_levels[uart->fifo_levels >> 3 & 7];
}

/* RIS: what would interrupt if it were unmasked. */
static uint32_t raw_interrupts(const struct pl011 *uart)
{
	const uint32_t waiting = console_input_waiting();
	uint32_t status = uart->transmit_raised ? PL011_INT_TX : 0;

	if (waiting > 0)
		status |= PL011_INT_RT;
	if (waiting >= receive_level(uart))
		status |= PL011_INT_RX;
	return status;
}

/* The guest sends a byte; without room it is lost, as on a full FIFO. True: tell housekeeping. */
static bool send(struct pl011 *uart, uint8_t byte)
{
	if (console_output_room() == 0)
		return false;

	bool tell = console_output_put(byte);

	uart->transmit_raised = console_output_room() > 0;
	if (!uart->transmit_raised) {
		console_output_want_room();
		tell = true;
	}
	return tell;
}

/* A register's value. Write-only and reserved ones read as zero. */
static uint32_t read_register32(struct pl011 *uart, uint32_t offset)
{
	switch (offset) {
	case PL011_DR:
		return console_input_take();
	case PL011_FR:
		return pl011_flags();
	case PL011_ILPR:
		return uart->low_power;
	case PL011_IBRD:
		return uart->baud_integer;
	case PL011_FBRD:
		return uart->baud_fraction;
	case PL011_LCR_H:
		return uart->line_control;
	case PL011_CR:
		return uart->control;
	case PL011_IFLS:
		return uart->fifo_levels;
	case PL011_IMSC:
		return uart->mask;
	case PL011_RIS:
		return raw_interrupts(uart);
	case PL011_MIS:
		return raw_interrupts(uart) & uart->mask;
	case PL011_DMACR:
		return uart->dma_control;
	default:
		return offset >= PL011_ID ? identification[(offset - PL011_ID) / 4] : 0;
	}
}

/* Carries a write out. Returns true when housekeeping should be told of new output. */
static bool write_register32(struct pl011 *uart, uint32_t offset, uint32_t value)
{
	switch (offset) {
	case PL011_DR:
		return send(uart, (uint8_t)value);
	case PL011_ILPR:
		uart->low_power = value & 0xff;
		return false;
	case PL011_IBRD:
		uart->baud_integer = value & 0xffff;
		return false;
	case PL011_FBRD:
		uart->baud_fraction = value & 0x3f;
		return false;
	case PL011_LCR_H:
		uart->line_control = value & 0xff;
		return false;
	case PL011_CR:
		uart->control = value & 0xffff;
		return false;
	case PL011_IFLS:
		uart->fifo_levels = value & 0x3f;
		return false;
	case PL011_IMSC:
		uart->mask = value & PL011_INT_ALL;
		return false;
	case PL011_ICR:
		/* Only the transmit interrupt is latched; receive ones end when the FIFO is read.
		 */
		if ((value & PL011_INT_TX) != 0)
			uart->transmit_raised = false;
		return false;
	case PL011_DMACR:
		uart->dma_control = value & 7;
		return false;
	default:
		return false;
	}
}

static const struct plan_partition *own_plan(void)
{
	return &system_plan.partitions[this_partition.index];
}

static bool is_high(const struct pl011 *uart)
{
	return (raw_interrupts(uart) & uart->mask) != 0;
}

/* What housekeeping is to interrupt a direct guest for. */
static uint32_t wants(const struct pl011 *uart)
{
	const uint32_t room = (uart->mask & PL011_INT_TX) != 0 ? CONSOLE_INTERRUPT_ROOM : 0;

	if ((uart->mask & PL011_INT_RT) != 0)
		return room | 1;
	return (uart->mask & PL011_INT_RX) != 0 ? room | receive_level(uart) : room;
}

/*
 * Makes the interrupt output follow the status; the lock is held. In direct mode a line that is
 * high is said again after each access, for the guest's acknowledge has consumed it.
 */
static void update_line(struct pl011 *uart)
{
	const struct plan_partition *const plan = own_plan();
	const bool is_direct = plan->direct_interrupts != 0;
	const bool was = uart->line;

	if (is_direct)
		console_want_interrupts(wants(uart));
	uart->line = is_high(uart);
	if (uart->line != was || (is_direct && was))
		arch_set_line(plan->uart_intid, uart->line);
	/* Housekeeping may have made it pending just before it was cleared. */
	if (is_direct && was && !uart->line && is_high(uart)) {
		uart->line = true;
		arch_set_line(plan->uart_intid, true);
	}
}

/* Looks at the rings; the lock is held. */
static void look(struct pl011 *uart)
{
	if (console_output_wanted_room() && console_output_room() > 0) {
		console_output_got_room();
		uart->transmit_raised = true;
	}
	update_line(uart);
}

bool pl011_access(uint32_t offset, uint32_t size, bool is_write, uint32_t *value)
{
	struct pl011 *const uart = &this_partition.uart;
	bool tell = false;

	if (size > 4 || offset % 4 != 0)
		return false;

	lock_acquire(&uart->lock);
	/* Nobody else does, where a guest has its interrupts to itself. */
	if (own_plan()->direct_interrupts != 0)
		look(uart);
	if (is_write)
		tell = write_register32(uart, offset, *value);
	else
		*value = read_register32(uart, offset);
	update_line(uart);
	lock_release(&uart->lock);
	if (tell)
		console_notify();
	return true;
}

void pl011_poll(void)
{
	struct pl011 *const uart = &this_partition.uart;

	lock_acquire(&uart->lock);
	look(uart);
	lock_release(&uart->lock);
}

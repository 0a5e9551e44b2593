/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The board's UART. A driver is a row of functions, chosen by the type in the plan; it touches
 * nothing but the registers that it is given, and never waits: callers ask first. The boot loader
 * has set the line up; baud rate and format stay as they are.
 */
#ifndef BULKHEAD_CONSOLE_UART_H
#define BULKHEAD_CONSOLE_UART_H

#include <stdbool.h>
#include <stdint.h>

#include "common/plan/plan.h"

struct uart_driver {
	/* Makes sure that it sends and receives; its interrupts are off. */
	void (*start)(volatile uint8_t *registers);
	bool (*can_write)(volatile uint8_t *registers);
	void (*write)(volatile uint8_t *registers, uint8_t byte);
	/* Takes a received byte; false: there is none. */
	bool (*read)(volatile uint8_t *registers, uint8_t *byte);
	/* Receive interrupts on; transmit ones as asked. */
	void (*set_interrupts)(volatile uint8_t *registers, bool transmit);
};

/* The driver for a type, or NULL for PLAN_UART_NONE. */
const struct uart_driver *uart_driver(enum plan_uart_type type);

#endif

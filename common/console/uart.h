/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The board's UART. One driver for all types: what they differ in is data (struct plan_uart, chosen
 * by the planner; the rows are in plan/plan_uart.c). It touches nothing but the UART's registers,
 * and never waits: callers ask first. The boot loader has set the line up; baud rate and format
 * stay as they are.
 */
#ifndef BULKHEAD_CONSOLE_UART_H
#define BULKHEAD_CONSOLE_UART_H

#include <stdbool.h>
#include <stdint.h>

#include "common/plan/plan.h"

struct uart {
	const struct plan_uart *type; /* NULL: no UART; then nothing else is called */
	volatile uint8_t *registers;
};

/* Boot only: makes sure that it sends and receives; the transmit interrupt is off. */
void uart_start(const struct uart *uart);

/* Bytes that may be written now. */
uint32_t uart_room(const struct uart *uart);

void uart_write(const struct uart *uart, uint8_t byte);

/* Takes a received byte. False: there is none, and what interrupted for the receiver is cleared. */
bool uart_read(const struct uart *uart, uint8_t *byte);

/* Receive interrupts on; transmit ones as asked. */
void uart_set_interrupts(const struct uart *uart, bool transmit);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
#include "common/console/uart.h"

#include <stddef.h>

#include "common/console/uart_pl011.h"

const struct uart_driver *uart_driver(enum plan_uart_type type)
{
	return type == PLAN_UART_PL011 ? &uart_pl011 : NULL;
}

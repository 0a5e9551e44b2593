/* SPDX-License-Identifier: Apache-2.0 */
/* Arm PrimeCell UART PL011 (DDI 0183). */
#ifndef BULKHEAD_CONSOLE_UART_PL011_H
#define BULKHEAD_CONSOLE_UART_PL011_H

#include "common/console/uart.h"

extern const struct uart_driver uart_pl011;

#endif

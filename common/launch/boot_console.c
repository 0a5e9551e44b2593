/* SPDX-License-Identifier: Apache-2.0 */
#include "common/launch/boot_console.h"

#include <stdarg.h>
#include <stddef.h>

#include "common/arch.h"
#include "common/console/uart.h"
#include "common/lib/format.h"

#define LINE_SIZE 800

/* A UART that never has room is as good as none; boot goes on without it. */
#define POLL_LIMIT 10000000

/* A copy: planning writes the plan anew. */
static struct plan_uart type;
static struct uart uart;

/* For a debugger, and for boards without console: nobody here reads it. */
static char boot_log_memory[BOOT_LOG_SIZE] __attribute__((used));
static size_t boot_log_used;

void boot_console_open(const struct plan_board *board)
{
	if (board->uart_intid == 0)
		return;
	uart.registers = arch_window(ARCH_WINDOW_CONSOLE, board->uart.base, board->uart.size);
	if (uart.registers == NULL)
		return;
	type = board->uart_type;
	uart.type = &type;
	uart_start(&uart);
}

static void put(char byte)
{
	if (boot_log_used < BOOT_LOG_SIZE)
		boot_log_memory[boot_log_used++] = byte;
	for (unsigned i = 0; uart.type != NULL; i++) {
		if (uart_room(&uart) != 0) {
			uart_write(&uart, (uint8_t)byte);
			return;
		}
		if (i == POLL_LIMIT)
			uart.type = NULL;
	}
}

static void put_text(const char *text)
{
	for (; *text != '\0'; text++) {
		if (*text == '\n')
			put('\r');
		put(*text);
	}
}

void boot_log(const char *template, ...)
{
	char line[LINE_SIZE];
	va_list arguments;

	va_start(arguments, template);
	(void)format_list(line, sizeof(line), template, arguments);
	va_end(arguments);
	put_text("bulkhead: ");
	put_text(line);
	put_text("\n");
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * echo: writes more lines than any buffer holds (boot argument lines=), says how long that took,
 * and answers each line that is typed. It polls the UART.
 */
#include "tests/guests/lib/guest.h"

#define UART_DR	  0x00
#define UART_FR	  0x18
#define FR_RXFE	  0x10
#define LINE_SIZE 80

void guest_handle_interrupt(uint32_t intid, uint64_t time)
{
	(void)intid;
	(void)time;
}

void guest_secondary(unsigned cpu)
{
	(void)cpu;
}

static char take(void)
{
	while ((read32(platform.uart + UART_FR) & FR_RXFE) != 0)
		__asm__ volatile("yield");
	return (char)read32(platform.uart + UART_DR);
}

void guest_main(uint64_t first_instruction)
{
	const uint64_t lines = bootarg_number("lines", 0);
	const uint64_t start = virtual_time();
	char line[LINE_SIZE];

	(void)first_instruction;
	for (uint64_t i = 0; i < lines; i++)
		print("%lu the quick brown fox jumps over the lazy dog\n", (unsigned long)i);
	print("echo: %lu ms\n",
	      (unsigned long)((virtual_time() - start) * 1000 / read_register(cntfrq_el0)));
	for (;;) {
		unsigned length = 0;

		print("echo: type\n");
		for (char byte = take(); byte != '\r'; byte = take())
			if (length < LINE_SIZE - 1)
				line[length++] = byte;
		line[length] = '\0';
		print("echo: %u bytes: %s\n", length, line);
	}
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * line: checks that the virtual UART's interrupt is a level, for output and for input; somebody
 * types when it says so. Runs on plain QEMU too.
 */
#include <libfdt.h>

#include "tests/guests/lib/check.h"
#include "tests/guests/lib/spi.h"

#define UART_DR	  0x00
#define UART_FR	  0x18
#define UART_LCRH 0x2c
#define UART_CR	  0x30
#define UART_IMSC 0x38
#define UART_MIS  0x40
#define UART_ICR  0x44
#define RXFE	  0x10
#define RX_RT	  0x50
#define TX	  0x20
#define ALL	  0x7ff
#define TYPING_MS 10000
#define OUTPUT_MS 500

static uint32_t uart_intid;
static volatile uint32_t taken;
static volatile uint32_t leave; /* so many times the handler only looks */

void guest_handle_interrupt(uint32_t intid, uint64_t time)
{
	(void)time;
	if (intid != uart_intid)
		return;

	const uint32_t status = read32(platform.uart + UART_MIS);

	taken++;
	if (leave > 0) {
		leave--;
		return;
	}
	while ((status & RX_RT) != 0 && (read32(platform.uart + UART_FR) & RXFE) == 0)
		(void)read32(platform.uart + UART_DR);
	write32(platform.uart + UART_ICR, status);
}

void guest_secondary(unsigned cpu)
{
	(void)cpu;
}

static uint32_t find_intid(void)
{
	const int node = fdt_node_offset_by_compatible(platform.tree, -1, "arm,pl011");
	const fdt32_t *const cells = fdt_getprop(platform.tree, node, "interrupts", NULL);

	return 32 + fdt32_ld(&cells[1]);
}

static void check_output(void)
{
	write32(platform.uart + UART_ICR, ALL);
	leave = 2;
	write32(platform.uart + UART_IMSC, TX);
	print("line: output\n");
	check("output-interrupts-while-high", wait_for(&leave, 0) && taken >= 3);
	(void)wait_until(&taken, 0, OUTPUT_MS); /* what was printed is out */

	const uint32_t before = taken;

	check("and-not-when-cleared", stays(&taken, before));
	write32(platform.uart + UART_IMSC, 0);
}

static void check_input(void)
{
	uint32_t before;

	print("line: type\n");
	while ((read32(platform.uart + UART_FR) & RXFE) != 0)
		__asm__ volatile("yield");
	leave = 2;
	before = taken;
	write32(platform.uart + UART_IMSC, RX_RT);
	check("input-that-is-there-interrupts", wait_until(&taken, before + 3, TYPING_MS));
	check("and-not-when-read", stays(&taken, before + 3));
	/* It comes while nobody looks. */
	before = taken;
	print("line: type again\n");
	check("input-that-comes-interrupts", wait_until(&taken, before + 1, TYPING_MS));
	check("and-not-when-read", stays(&taken, before + 1));
	write32(platform.uart + UART_IMSC, 0);
}

void guest_main(uint64_t first_instruction)
{
	(void)first_instruction;
	check_begin("line");
	uart_intid = find_intid();
	gic_init();
	gic_init_cpu();
	write32(platform.uart + UART_LCRH, 0x70);
	write32(platform.uart + UART_CR, 0x301);
	spi_prepare(uart_intid, false);
	gic_enable(uart_intid);
	enable_interrupts();
	check_output();
	check_input();
	check_end();
}

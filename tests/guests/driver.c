/* SPDX-License-Identifier: Apache-2.0 */
/*
 * driver: drives a timer and a UART of the board that are passed through to it, by their interrupts
 * alone. It knows a device by its compatible; the tables have a row for each kind.
 *
 *   driver: NODE: N interrupts of a timer, every N us
 *   driver: NODE: transmitted N bytes by N interrupts
 *   driver: NODE: received N bytes by N interrupts: LINE
 *
 * the last one for each line that comes in by the UART.
 */
#include <libfdt.h>
#include <string.h>

#include "tests/guests/lib/guest.h"
#include "tests/guests/lib/spi.h"

#define TICKS	  10 /* of the timer that are waited for */
#define LINE_SIZE 80

/* A register to be written; a list of them ends with one that is written at 0 with 0. */
struct write {
	uint16_t offset;
	uint32_t value;
};

struct timer {
	char compatible[24];   /* no pointer: nobody relocates a guest's data */
	struct write start[7]; /* it interrupts every 10 ms, more or less */
	struct write end;      /* the interrupt is seen to */
};

struct uart {
	char compatible[24];
	struct write start[8];	/* 115200 baud, 8 bits, where the boot loader did not set it up */
	uint16_t input, output; /* registers of data */
	uint16_t status;
	uint32_t has_input; /* bits of status, of which has_input reads as if_input */
	uint32_t if_input;
	uint32_t has_room;
	uint16_t enable; /* register that enables interrupts: with always, the input's */
	uint32_t always;
	uint32_t output_too;
};

static const struct timer timers[] = {
	/* GPT: counts the crystal, 24 MHz (QEMU: 16), up to OCR1, and starts again. */
	{"fsl,imx6dl-gpt",
	 {{0x00, 0}, {0x08, 0x3f}, {0x04, 0}, {0x10, 240000}, {0x0c, 1}, {0x00, 0x543}},
	 {0x08, 1}},
	/* Counts microseconds down to 0, and loads itself again. Each has 0x40 bytes: the first. */
	{"aspeed,ast2700-timer",
	 {{0x14, 0x1000f}, {0x04, 10000}, {0x08, 0}, {0x0c, 0}, {0x10, 7}},
	 {0x14, 0x10000}},
};

static const struct uart uarts[] = {
	{"fsl,imx6q-uart",
	 {{0x80, 1}, {0x84, 0x4027}, {0x88, 0x704}, {0x90, 0xa81}, {0xa4, 0xf}, {0xa8, 207}},
	 0x00,
	 0x40,
	 0x98,
	 1,
	 1,
	 0x4000,
	 0x80,
	 0x201,
	 0x2000},
	{"arm,pl011",
	 {{0x30, 0}, {0x44, 0x7ff}, {0x2c, 0x60}, {0x30, 0x301}},
	 0x00,
	 0x00,
	 0x18,
	 0x10,
	 0,
	 0x80,
	 0x38,
	 0x10,
	 0x20},
	{"ns16550a", {{0x0c, 3}, {0x08, 0}, {0x10, 8}}, 0x00, 0x00, 0x14, 1, 1, 0x20, 0x04, 1, 2},
};

/* Between the 16550s of an AST2700 and the GIC: enabled bits, and what is to be acknowledged. */
#define INTC	    "aspeed,ast2700-intc-ic"
#define INTC_ENABLE 0
#define INTC_STATUS 4
#define MAX_INTCS   4

static const struct timer *timer;
static const struct uart *uart;
static const char *timer_name;
static const char *uart_name;
static uint64_t timer_base, uart_base;
static uint32_t timer_intid;
static uint64_t intcs[MAX_INTCS];
static unsigned intc_count;

static volatile uint32_t ticks;
static volatile uint32_t interrupts; /* of the UART */
static volatile uint64_t first_tick, last_tick;
static const char *volatile text; /* what is still to be transmitted */
static volatile uint32_t length;
static char line[LINE_SIZE];

static void write_all(uint64_t base, const struct write *writes, unsigned limit)
{
	for (unsigned i = 0; i < limit && (writes[i].offset != 0 || writes[i].value != 0 || i == 0);
	     i++)
		write32(base + writes[i].offset, writes[i].value);
}

static void serve_uart(void)
{
	interrupts++;
	while ((read32(uart_base + uart->status) & uart->has_input) == uart->if_input) {
		const char byte = (char)read32(uart_base + uart->input);

		if (length < LINE_SIZE - 1)
			line[length++] = byte;
	}
	if (*text == '\0')
		write32(uart_base + uart->enable, uart->always);
	else if ((read32(uart_base + uart->status) & uart->has_room) != 0)
		write32(uart_base + uart->output, (uint8_t)*text++);
}

void guest_handle_interrupt(uint32_t intid, uint64_t time)
{
	if (intid < 32)
		return;
	if (timer != NULL && intid == timer_intid) {
		last_tick = time;
		if (ticks++ == 0)
			first_tick = time;
		write32(timer_base + timer->end.offset, timer->end.value);
		return;
	}
	serve_uart();
	for (unsigned i = 0; i < intc_count; i++)
		write32(intcs[i] + INTC_STATUS, read32(intcs[i] + INTC_STATUS));
}

void guest_secondary(unsigned cpu)
{
	(void)cpu;
}

/* Lets the SPIs of a node come; returns the first. Its interrupts are SPIs, or another's. */
static uint32_t enable_spis(int node)
{
	int bytes;
	const fdt32_t *const cells = fdt_getprop(platform.tree, node, "interrupts", &bytes);
	uint32_t first = 0;

	for (int i = 0; cells != NULL && 12 * (i + 1) <= bytes; i++) {
		const uint32_t intid = 32 + fdt32_ld(&cells[3 * i + 1]);

		spi_prepare(intid, fdt32_ld(&cells[3 * i + 2]) == 1);
		spi_set(GICD_ISENABLER, intid);
		if (first == 0)
			first = intid;
	}
	return first;
}

static bool is_kind(int node, const char *compatible)
{
	return fdt_node_check_compatible(platform.tree, node, compatible) == 0;
}

/* What the node is, if it is one of ours. */
static void look_at(int node)
{
	uint64_t base;
	uint64_t size;

	if (!platform_reg(node, 0, &base, &size) || base == platform.uart)
		return;
	for (unsigned i = 0; i < sizeof(timers) / sizeof(timers[0]); i++) {
		if (timer == NULL && is_kind(node, timers[i].compatible)) {
			timer = &timers[i];
			timer_base = base;
			timer_name = fdt_get_name(platform.tree, node, NULL);
			timer_intid = enable_spis(node);
		}
	}
	for (unsigned i = 0; i < sizeof(uarts) / sizeof(uarts[0]); i++) {
		if (uart == NULL && is_kind(node, uarts[i].compatible)) {
			uart = &uarts[i];
			uart_base = base;
			uart_name = fdt_get_name(platform.tree, node, NULL);
			(void)enable_spis(node);
		}
	}
	if (is_kind(node, INTC) && intc_count < MAX_INTCS) {
		intcs[intc_count++] = base;
		(void)enable_spis(node);
		write32(base + INTC_ENABLE, 0xffffffff);
	}
}

/*
 * Waits for an interrupt that is masked, which ends a WFI all the same (D1.6.2), and takes it: none
 * comes unseen between a look at what it changes and the WFI.
 */
static void take_interrupt(void)
{
	wait_for_interrupt();
	enable_interrupts();
	__asm__ volatile("isb");
	disable_interrupts();
}

#define WAIT_MASKED(condition)                                                                     \
	do {                                                                                       \
		disable_interrupts();                                                              \
		while (!(condition))                                                               \
			take_interrupt();                                                          \
	} while (false)

static void run_timer(void)
{
	write_all(timer_base, timer->start, sizeof(timer->start) / sizeof(timer->start[0]));
	WAIT_MASKED(ticks >= TICKS);
	enable_interrupts();
	print("driver: %s: %u interrupts of a timer, every %lu us\n", timer_name, TICKS,
	      (unsigned long)((last_tick - first_tick) * 1000000 / (ticks - 1) /
			      read_register(cntfrq_el0)));
}

static void transmit(const char *what)
{
	interrupts = 0;
	text = what + 1;
	write32(uart_base + uart->output, (uint8_t)*what);
	write32(uart_base + uart->enable, uart->always | uart->output_too);
	WAIT_MASKED(*text == '\0');
	enable_interrupts();
	print("driver: %s: transmitted %lu bytes by %u interrupts\n", uart_name,
	      (unsigned long)strlen(what), interrupts);
}

/*
 * Waits for a line, and takes it out of what has come: what is behind it, and comes while it is
 * printed, begins the next one.
 */
static void receive(void)
{
	static char whole[LINE_SIZE];
	const char *end = NULL;

	WAIT_MASKED((end = memchr(line, '\r', length)) != NULL);

	const uint32_t size = (uint32_t)(end - line) + 1;
	const uint32_t count = interrupts;

	memcpy(whole, line, size);
	whole[size - 1] = '\0';
	length -= size;
	memmove(line, line + size, length);
	interrupts = 0;
	enable_interrupts();
	print("driver: %s: received %u bytes by %u interrupts: %s\n", uart_name, size, count,
	      whole);
}

void guest_main(uint64_t first_instruction)
{
	(void)first_instruction;
	gic_init();
	gic_init_cpu();
	for (int node = 0; node >= 0; node = fdt_next_node(platform.tree, node, NULL))
		look_at(node);
	enable_interrupts();
	if (timer != NULL)
		run_timer();
	if (uart == NULL) {
		print("driver: there is no UART to drive\n");
		return;
	}
	text = "";
	write_all(uart_base, uart->start, sizeof(uart->start) / sizeof(uart->start[0]));
	transmit("driver: written by interrupts\r\n");
	interrupts = 0;
	for (;;)
		receive();
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The UARTs that can be the console. Each type is a row: what its manual says of its registers, as
 * (offset, mask, value). The driver (console/uart.c) has no case for any of them.
 */
#include "common/plan/planner.h"

/* No board has a larger one, and more would not fit into a page. */
#define MAX_SHIFT 8

/* Registers in use, access and data access (bytes), offsets of received and sent bytes, burst. */
#define REGISTERS(bytes, access, data_access, in, out, count)                                      \
	.size = (bytes), .width = (access), .data_width = (data_access), .input = (in),            \
	.output = (out), .burst = (count)

/* All of the PL011 but the control register, which the SBSA's generic UART leaves out. */
#define SBSA                                                                                       \
	REGISTERS(0x3c, 4, 4, 0x00, 0x00, 1),                                                      \
		.no_room = {0x18, 0x20, 0x20} /* UARTFR.TXFF */,                                   \
		.no_input = {0x18, 0x10, 0x10} /* RXFE */,                                         \
		.interrupts = {{0x38, ~0U, 0x50},                                                  \
			       {0x38, ~0U, 0x70}} /* UARTIMSC: RXIM, RTIM; TXIM */

/* Registers by number. The FIFO of the 16550 takes 16 bytes when it says that it is empty. */
#define NS16550                                                                                    \
	.is_16550 = 1, .no_input = {5, 0x01, 0} /* LSR.DR */,                                      \
	.false_timeout = {2, 0x0f, 0x0c} /* IIR */,                                                \
	.interrupts = {{1, 0x0f, 0x01}, {1, 0x0f, 0x03}} /* IER: ERBFI; ETBEI */

static const struct plan_uart sbsa = {"sbsa", SBSA, .start = {{0x38, ~0U, 0}}};

static const struct plan_uart pl011 = {
	"pl011", SBSA,
	.start = {{0x38, ~0U, 0}, {0x30, 0x301, 0x301}} /* UARTCR: UARTEN, TXE, RXE */
};

static const struct plan_uart ns16550 = {
	"16550", NS16550, REGISTERS(6, 1, 1, 0, 0, 16), .no_room = {5, 0x20, 0}, /* LSR.THRE */
	.start = {{1, 0x0f, 0},
		  {2, 0xff, 0x01}, /* FCR: FIFOs on, interrupt at one byte */
		  {4, 0x08, 0x08}} /* MCR.OUT2, which lets a PC's interrupt out */
};

/*
 * DesignWare's interrupts, unmaskably, when somebody has written LCR while it was busy, as boot
 * loaders do: reading USR ends that (writing it does nothing).
 */
static const struct plan_uart designware = {
	"dw-apb",
	NS16550,
	REGISTERS(0x20, 1, 1, 0, 0, 16),
	.no_room = {5, 0x20, 0},
	.clear = {{0x1f, 0, 0}},
	.start = {{1, 0x0f, 0}, {2, 0xff, 0x01}, {4, 0x08, 0x08}}};

/* TI's says when its FIFO is full. The boot loader has switched the FIFOs on. */
static const struct plan_uart omap = {"omap",
				      NS16550,
				      REGISTERS(0x12, 4, 4, 0, 0, 1),
				      .shift = 2,		     /* each register is a word */
				      .no_room = {0x11, 0x01, 0x01}, /* SSR.TX_FIFO_FULL */
				      .start = {{1, 0x0f, 0}}};

static const struct plan_uart imx = {
	"imx",
	REGISTERS(0xb8, 4, 4, 0x00, 0x40, 1),
	.no_room = {0xb4, 0x10, 0x10},					/* UTS.TXFULL */
	.no_input = {0x98, 0x01, 0},					/* USR2.RDR */
	.interrupts = {{0x80, 0x2200, 0x0200}, {0x80, 0x2200, 0x2200}}, /* UCR1: RRDYEN; TRDYEN */
	.clear = {{0x98, 0, 0}},					/* USR2.ORE and others */
	.start = {{0x84, 0x801f, 0x0007}, /* UCR2: RXEN, TXEN, no reset; here and below: */
		  {0x88, 0x3870, 0},	  /* UCR3: interrupts off */
		  {0x8c, 0x01cf, 0},	  /* UCR4 */
		  {0x90, 0xfc3f, 0x0801}, /* UFCR: interrupt at one byte; at two or less */
		  {0x80, 0xb37d, 0x0001}} /* UCR1: UARTEN, DMA off */
};

static const struct plan_uart lpuart = {
	"lpuart",
	REGISTERS(0x30, 4, 4, 0x1c, 0x1c, 4),	       /* no FIFO is smaller than 4 */
	.no_room = {0x14, 1U << 23, 0},		       /* STAT.TDRE: with this WATER, it is empty */
	.no_input = {0x28, 1U << 22, 1U << 22},	       /* FIFO.RXEMPT */
	.interrupts = {{0x18, 0x0ff00000, 0x00200000}, /* CTRL.RIE */
		       {0x18, 0x0ff00000, 0x00a00000}}, /* and TIE */
	.clear = {{0x14, 0, 0}},			/* STAT.OR, which ends reception */
	.start = {{0x18, 0x0ffc0000, 0},    /* CTRL: off, or the next two cannot be written */
		  {0x28, 0x388, 0x88},	    /* FIFO: TXFE, RXFE */
		  {0x2c, 0xff00ff, 0},	    /* WATER: interrupt at one byte; when empty */
		  {0x18, 0xc0000, 0xc0000}} /* CTRL: TE, RE */
};

static const struct plan_uart cadence = {
	"cadence",
	REGISTERS(0x34, 4, 4, 0x30, 0x30, 1),
	.no_room = {0x2c, 0x10, 0x10},			      /* SR.TXFULL */
	.no_input = {0x2c, 0x02, 0x02},			      /* SR.RXEMPTY */
	.interrupts = {{0x0c, ~0U, 0x08}, {0x08, ~0U, 0x08}}, /* IDR.TXEMPTY; IER.TXEMPTY */
	.clear = {{0x14, 0, 0}},			      /* ISR */
	.start = {{0x0c, ~0U, ~0U},
		  {0x00, 0x3c, 0x14}, /* CR: TX_EN, RX_EN */
		  {0x20, ~0U, 1},     /* RXWM: interrupt at one byte */
		  {0x14, ~0U, ~0U},
		  {0x08, ~0U, 0x01}} /* IER.RXTRIG */
};

static const struct plan_uart meson = {
	"meson",
	REGISTERS(0x14, 4, 4, 0x04, 0x00, 1),
	.no_room = {0x0c, 1U << 21, 1U << 21},	/* STATUS.TX_FULL */
	.no_input = {0x0c, 1U << 20, 1U << 20}, /* STATUS.RX_EMPTY */
	.interrupts = {{0x08, 3U << 27, 1U << 27}, {0x08, 3U << 27, 3U << 27}}, /* CONTROL */
	.start = {{0x10, 0xffff, 0x1001},     /* MISC: interrupt at one byte; at 16 or less */
		  {0x08, 0x18003000, 0x3000}} /* CONTROL: TX_EN, RX_EN */
};

static const struct plan_uart scif = {
	"scif",
	REGISTERS(0x26, 2, 1, 0x14, 0x0c, 1),
	.no_room = {0x1c, 0x1f00, 0x1000},			/* SCFDR: 16 bytes to be sent */
	.no_input = {0x1c, 0x1f, 0},				/* and none received */
	.interrupts = {{0x08, 0xcc, 0x40}, {0x08, 0xcc, 0xc0}}, /* SCSCR: RIE; TIE */
	.clear = {{0x10, 0xb3, 0},				/* SCFSR: ER, TDFE, BRK, RDF, DR */
		  {0x24, 0x01, 0}},   /* SCLSR.ORER, which ends reception */
	.start = {{0x18, 0xc0, 0},    /* SCFCR.RTRG: interrupt at one byte */
		  {0x08, 0xfc, 0x30}} /* SCSCR: TE, RE */
};

static const struct {
	const char *compatible;
	const struct plan_uart *type;
} kinds[] = {
	{"arm,sbsa-uart", &sbsa},
	{"arm,pl011", &pl011},
	{"ti,am654-uart", &omap},
	{"snps,dw-apb-uart", &designware},
	{"ns16550a", &ns16550},
	{"ns16550", &ns16550},
	{"fsl,imx6q-uart", &imx},
	{"fsl,imx21-uart", &imx},
	{"fsl,imx7ulp-lpuart", &lpuart},
	{"fsl,imx8ulp-lpuart", &lpuart},
	{"fsl,imx93-lpuart", &lpuart},
	{"fsl,imx8qxp-lpuart", &lpuart},
	{"xlnx,xuartps", &cadence},
	{"xlnx,zynqmp-uart", &cadence},
	{"cdns,uart-r1p8", &cadence},
	{"cdns,uart-r1p12", &cadence},
	{"amlogic,meson-gx-uart", &meson},
	{"amlogic,meson-g12a-uart", &meson},
	{"amlogic,meson-s4-uart", &meson},
	{"amlogic,meson-ao-uart", &meson},
	{"renesas,scif", &scif},
};

/* Whether all registers lie in the node's range, in the page that EL2 maps, and aligned. */
static bool can_reach(const struct plan_board *board)
{
	const uint64_t in_page = board->uart.base.value % PAGE_SIZE;
	const uint64_t size = (uint64_t)board->uart_type.size << board->uart_type.shift;

	return size <= board->uart.size && in_page + size <= PAGE_SIZE &&
	       in_page % board->uart_type.width == 0;
}

/* Where a 16550 has its registers, as Linux reads it. False: they cannot be accessed so. */
static bool place_16550(const struct tree *tree, int node, struct plan_board *board)
{
	struct plan_uart *const uart = &board->uart_type;
	const uint32_t offset = tree_u32(tree, node, "reg-offset", 0);

	if (offset > board->uart.size)
		return false;
	board->uart.base.value += offset;
	board->uart.size -= offset;
	uart->shift = tree_u32(tree, node, "reg-shift", uart->shift);
	uart->width = tree_u32(tree, node, "reg-io-width", uart->width);
	uart->data_width = uart->width;
	return uart->shift <= MAX_SHIFT && uart->width <= 1U << uart->shift &&
	       (uart->width == 1 || uart->width == 2 || uart->width == 4);
}

bool read_uart(const struct tree *tree, int node, struct plan_board *board)
{
	const struct plan_uart *type = NULL;
	const char *name;

	/* The first of its names is the most exact one. */
	for (int i = 0; type == NULL; i++) {
		name = fdt_stringlist_get(tree->fdt, node, "compatible", i, NULL);
		if (name == NULL)
			return false;
		for (size_t j = 0; j < sizeof(kinds) / sizeof(kinds[0]); j++)
			if (strcmp(name, kinds[j].compatible) == 0)
				type = kinds[j].type;
	}
	board->uart_type = *type;
	return (type->is_16550 == 0 || place_16550(tree, node, board)) && can_reach(board);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/uart_models.h"

#include "tests/unit/planning.h"

struct model model;

#define REGISTER(offset) model.registers[(offset) / 4]

static uint8_t pop(struct model_fifo *fifo)
{
	const uint8_t byte = fifo->bytes[0];

	assert_true(fifo->count > 0);
	memmove(fifo->bytes, fifo->bytes + 1, --fifo->count);
	return byte;
}

static void push(struct model_fifo *fifo, uint32_t byte)
{
	assert_true(fifo->count < fifo->depth);
	fifo->bytes[fifo->count++] = (uint8_t)byte;
}

static uint32_t unknown(uint32_t offset)
{
	print_error("%s: no access to 0x%x\n", model.type->name, offset);
	fail();
	return 0;
}

static uint32_t bit(bool is_set, unsigned number)
{
	return is_set ? UINT32_C(1) << number : 0;
}

static void nothing(void)
{
}

static bool always(void)
{
	return true;
}

/* --- PL011 (DDI 0183): trigger levels at half; the SBSA's has no UARTCR. --- */

static void pl011_reset(void)
{
	REGISTER(0x38) = 0x7ff;
}

static uint32_t pl011_read(uint32_t offset, uint32_t width)
{
	assert_int_equal(width, 4);
	if (offset == 0x18)
		return bit(model.in.count == 0, 4) | bit(model.out.count == model.out.depth, 5);
	if (offset == 0x00) {
		const uint8_t byte = pop(&model.in);

		if (model.in.count == 0)
			model.latched &= ~0x50U;
		return byte;
	}
	return offset == 0x30 || offset == 0x38 ? REGISTER(offset) : unknown(offset);
}

static void pl011_write(uint32_t offset, uint32_t width, uint32_t value)
{
	assert_int_equal(width, 4);
	if (offset == 0x00) {
		push(&model.out, value);
		if (model.out.count > model.out.depth / 2)
			model.latched &= ~0x20U;
	} else if (offset == 0x30 || offset == 0x38) {
		REGISTER(offset) = value;
	} else {
		unknown(offset);
	}
}

static bool pl011_is_on(void)
{
	return (REGISTER(0x30) & 0x301) == 0x301;
}

static void pl011_received(void)
{
	model.latched |= 0x40; /* the timeout comes when nothing else does */
}

static void pl011_sent(void)
{
	if (model.out.count <= model.out.depth / 2)
		model.latched |= 0x20;
}

static bool pl011_line(void)
{
	return (model.latched & REGISTER(0x38)) != 0;
}

static uint32_t sbsa_read(uint32_t offset, uint32_t width)
{
	return offset == 0x30 ? unknown(offset) : pl011_read(offset, width);
}

static void sbsa_write(uint32_t offset, uint32_t width, uint32_t value)
{
	if (offset == 0x30)
		unknown(offset);
	pl011_write(offset, width, value);
}

/* --- 16550: registers by number. latched: the transmitter's interrupt. --- */

#define NS_SHIFT 2
#define NS_WIDTH 4

static void ns_reset(void)
{
	model.registers[1] = 0x0f;
	model.registers[4] = 0x03;
	model.latched = 1;
}

static uint32_t ns_identify(void)
{
	const bool transmits = model.latched != 0 && (model.registers[1] & 2) != 0;

	if (model.in.count > 0)
		return 0xc4;
	if (model.timeout)
		return 0xcc;
	if (transmits)
		model.latched = 0;
	return transmits ? 0xc2 : 0xc1;
}

static uint32_t ns_read_register(uint32_t number)
{
	switch (number) {
	case 0:
		model.timeout = false;
		return model.in.count == 0 ? 0 : pop(&model.in);
	case 1:
	case 4:
		return model.registers[number];
	case 2:
		return ns_identify();
	case 5:
		return bit(model.in.count > 0, 0) | bit(model.out.count == 0, 5);
	default:
		return unknown(number);
	}
}

static void ns_write_register(uint32_t number, uint32_t value)
{
	switch (number) {
	case 0:
		/* Without FIFOs it holds one byte. */
		assert_true(model.out.count == 0 || (model.registers[2] & 1) != 0);
		push(&model.out, value);
		model.latched = 0;
		break;
	case 1:
		if ((value & ~model.registers[1] & 2) != 0 && model.out.count == 0)
			model.latched = 1;
		model.registers[1] = value;
		break;
	case 2:
		assert_int_equal(value & 0xfe, 0);
		model.registers[2] = value;
		break;
	case 4:
		model.registers[4] = value;
		break;
	default:
		unknown(number);
	}
}

static uint32_t ns_read(uint32_t offset, uint32_t width)
{
	assert_int_equal(width, NS_WIDTH);
	assert_int_equal(offset % (1U << NS_SHIFT), 0);
	return ns_read_register(offset >> NS_SHIFT);
}

static void ns_write(uint32_t offset, uint32_t width, uint32_t value)
{
	assert_int_equal(width, NS_WIDTH);
	assert_int_equal(offset % (1U << NS_SHIFT), 0);
	ns_write_register(offset >> NS_SHIFT, value);
}

static void ns_sent(void)
{
	if (model.out.count == 0)
		model.latched = 1;
}

static bool ns_line(void)
{
	const uint32_t enable = model.registers[1];

	return ((enable & 1) != 0 && (model.in.count > 0 || model.timeout)) ||
	       ((enable & 2) != 0 && model.latched != 0);
}

/* The bytes of a PC's: one for each register, and OUT2 lets interrupts out. */
static uint32_t pc_read(uint32_t offset, uint32_t width)
{
	assert_int_equal(width, 1);
	return ns_read_register(offset);
}

static void pc_write(uint32_t offset, uint32_t width, uint32_t value)
{
	assert_int_equal(width, 1);
	ns_write_register(offset, value);
}

static bool pc_line(void)
{
	return (model.registers[4] & 8) != 0 && ns_line();
}

/* --- TI's (AM65x TRM, 12.1.5): SSR has a flag, the interrupt says that 8 bytes fit. --- */

static void omap_reset(void)
{
	ns_reset();
	model.registers[2] = 1;
}

static uint32_t omap_read(uint32_t offset, uint32_t width)
{
	assert_int_equal(width, 4);
	return offset == 0x44 ? bit(model.out.count == model.out.depth, 0) : ns_read(offset, width);
}

static void omap_write(uint32_t offset, uint32_t width, uint32_t value)
{
	assert_true(offset == 0x00 || offset == 0x04);
	ns_write(offset, width, value);
}

static bool omap_line(void)
{
	const uint32_t enable = model.registers[1];

	return ((enable & 1) != 0 && (model.in.count > 0 || model.timeout)) ||
	       ((enable & 2) != 0 && model.out.depth - model.out.count >= 8);
}

/* --- i.MX (IMX8MPRM, UART). --- */

static void imx_reset(void)
{
	REGISTER(0x80) = 0xb301; /* all that may interrupt does */
	REGISTER(0x84) = 0x8019 | 0x4020;
	REGISTER(0x88) = 0x3870 | 0x0704;
	REGISTER(0x8c) = 0x81cf;
	REGISTER(0x90) = 0x0a84;
}

static uint32_t imx_read(uint32_t offset, uint32_t width)
{
	assert_int_equal(width, 4);
	if (offset == 0x00)
		return 0x8000 | pop(&model.in);
	if (offset == 0xb4)
		return bit(model.out.count == model.out.depth, 4);
	if (offset == 0x98)
		return bit(model.in.count > 0, 0) | bit(model.overrun, 1) | 0x4008;
	return offset >= 0x80 && offset <= 0x90 ? REGISTER(offset) : unknown(offset);
}

static void imx_write(uint32_t offset, uint32_t width, uint32_t value)
{
	assert_int_equal(width, 4);
	if (offset == 0x40)
		push(&model.out, value);
	else if (offset == 0x98)
		model.overrun = model.overrun && (value & 2) == 0;
	else if (offset >= 0x80 && offset <= 0x90)
		REGISTER(offset) = value;
	else
		unknown(offset);
}

static bool imx_is_on(void)
{
	/* No other interrupt; what is not ours stays: word size, RTS; the input's path; CTS level;
	 * divider. */
	assert_int_equal(REGISTER(0x84) & 0x4020, 0x4020);
	assert_int_equal(REGISTER(0x88), 0x0704);
	assert_int_equal(REGISTER(0x8c), 0x8000);
	assert_int_equal(REGISTER(0x90) & 0x3c0, 0x280);
	return (REGISTER(0x80) & 1) != 0 && (REGISTER(0x84) & 7) == 7;
}

static bool imx_line(void)
{
	const uint32_t control = REGISTER(0x80);
	const uint32_t levels = REGISTER(0x90);

	return ((control & 0x0200) != 0 && model.in.count >= (levels & 0x3f)) ||
	       ((control & 0x2000) != 0 && model.out.count <= levels >> 10) ||
	       (control & 0x9170) != 0 || (REGISTER(0x84) & 0x8018) != 0;
}

/* --- LPUART (IMX93RM). FIFO and WATER are written while it is off alone. --- */

#define LP_STAT	 0x14
#define LP_CTRL	 0x18
#define LP_DATA	 0x1c
#define LP_FIFO	 0x28
#define LP_WATER 0x2c
#define LP_ON	 0xc0000U

static void lpuart_reset(void)
{
	REGISTER(LP_CTRL) = 0x0ff00000 | LP_ON;
	REGISTER(LP_WATER) = 0x20002;
}

static bool lpuart_has_sent(void)
{
	return model.out.count <= (REGISTER(LP_WATER) & 0xff);
}

static uint32_t lpuart_read(uint32_t offset, uint32_t width)
{
	assert_int_equal(width, 4);
	switch (offset) {
	case LP_STAT:
		return bit(lpuart_has_sent(), 23) | bit(model.overrun, 19) |
		       bit(model.in.count > 0, 21) | 0x04000000;
	case LP_DATA:
		return pop(&model.in);
	case LP_FIFO:
		return REGISTER(LP_FIFO) | bit(model.in.count == 0, 22);
	case LP_CTRL:
	case LP_WATER:
		return REGISTER(offset);
	default:
		return unknown(offset);
	}
}

static void lpuart_write(uint32_t offset, uint32_t width, uint32_t value)
{
	assert_int_equal(width, 4);
	switch (offset) {
	case LP_STAT:
		model.overrun = model.overrun && (value & 1U << 19) == 0;
		assert_true((value & 0x04000000) != 0); /* a setting beside the flags */
		break;
	case LP_DATA:
		assert_true(model.out.count == 0 || (REGISTER(LP_FIFO) & 0x80) != 0);
		push(&model.out, value);
		break;
	case LP_FIFO:
	case LP_WATER:
		assert_int_equal(REGISTER(LP_CTRL) & LP_ON, 0);
		REGISTER(offset) = value & 0x00ffffff & ~bit(offset == LP_FIFO, 22);
		break;
	case LP_CTRL:
		REGISTER(offset) = value;
		break;
	default:
		unknown(offset);
	}
}

static bool lpuart_is_on(void)
{
	return (REGISTER(LP_CTRL) & LP_ON) == LP_ON && (REGISTER(LP_FIFO) & 0x88) == 0x88;
}

static bool lpuart_line(void)
{
	const uint32_t control = REGISTER(LP_CTRL);

	return ((control & 1U << 21) != 0 && model.in.count > (REGISTER(LP_WATER) >> 16 & 0xff)) ||
	       ((control & 1U << 23) != 0 && lpuart_has_sent()) ||
	       ((control & 1U << 27) != 0 && model.overrun) || (control & 0x07500000) != 0;
}

/* --- Cadence (UG1085, chapter 21): ISR latches events, IMR is set and cleared apart. --- */

static void cadence_reset(void)
{
	REGISTER(0x00) = 0x128;
	REGISTER(0x10) = 0x1fff;
	REGISTER(0x20) = 56;
	model.latched = 0x1f;
}

static uint32_t cadence_read(uint32_t offset, uint32_t width)
{
	assert_int_equal(width, 4);
	switch (offset) {
	case 0x00:
	case 0x20:
		return REGISTER(offset);
	case 0x08:
	case 0x0c:
		return 0;
	case 0x14:
		return model.latched;
	case 0x2c:
		return bit(model.in.count == 0, 1) | bit(model.out.count == model.out.depth, 4);
	case 0x30:
		return pop(&model.in);
	default:
		return unknown(offset);
	}
}

static void cadence_write(uint32_t offset, uint32_t width, uint32_t value)
{
	assert_int_equal(width, 4);
	switch (offset) {
	case 0x00:
	case 0x20:
		REGISTER(offset) = value;
		break;
	case 0x08:
		REGISTER(0x10) |= value;
		break;
	case 0x0c:
		REGISTER(0x10) &= ~value;
		break;
	case 0x14:
		model.latched &= ~value;
		break;
	case 0x30:
		push(&model.out, value);
		break;
	default:
		unknown(offset);
	}
}

static bool cadence_is_on(void)
{
	return (REGISTER(0x00) & 0x3f) == 0x14;
}

static void cadence_received(void)
{
	if (model.in.count >= REGISTER(0x20))
		model.latched |= 0x01;
}

static void cadence_sent(void)
{
	if (model.out.count == 0)
		model.latched |= 0x08;
}

static bool cadence_line(void)
{
	return (model.latched & REGISTER(0x10)) != 0;
}

/* --- Meson (S922X datasheet, UART): its interrupts are edges. --- */

static void meson_reset(void)
{
	REGISTER(0x08) = 0x18008000;
}

static uint32_t meson_read(uint32_t offset, uint32_t width)
{
	assert_int_equal(width, 4);
	if (offset == 0x04)
		return pop(&model.in);
	if (offset == 0x0c)
		return bit(model.in.count == 0, 20) | bit(model.out.count == model.out.depth, 21);
	return offset == 0x08 || offset == 0x10 ? REGISTER(offset) : unknown(offset);
}

static void meson_write(uint32_t offset, uint32_t width, uint32_t value)
{
	assert_int_equal(width, 4);
	if (offset == 0x00)
		push(&model.out, value);
	else if (offset == 0x08 || offset == 0x10)
		REGISTER(offset) = value;
	else
		unknown(offset);
}

static bool meson_is_on(void)
{
	return (REGISTER(0x08) & 0xb000) == 0xb000;
}

static void meson_received(void)
{
	if ((REGISTER(0x08) & 1U << 27) != 0 && model.in.count >= (REGISTER(0x10) & 0xff))
		model.pulse = true;
}

static void meson_sent(void)
{
	if ((REGISTER(0x08) & 1U << 28) != 0 && model.out.count == REGISTER(0x10) >> 8)
		model.pulse = true;
}

static bool meson_line(void)
{
	return model.pulse;
}

/* --- SCIF (R-Car Gen3 manual, chapter 50). A flag is cleared by a zero if it was read as one. ---
 */

#define SCIF_RDF  0x02U
#define SCIF_TDFE 0x20U

static void scif_reset(void)
{
	REGISTER(0x08) = 0xcc;
	REGISTER(0x18) = 0xc8;
	model.latched = 0xb3;
}

static void scif_update(void)
{
	if (model.in.count >= 1)
		model.latched |= SCIF_RDF;
	if (model.out.count <= 8)
		model.latched |= SCIF_TDFE;
}

static uint32_t scif_read(uint32_t offset, uint32_t width)
{
	assert_int_equal(width, offset == 0x14 ? 1 : 2);
	switch (offset) {
	case 0x08:
	case 0x18:
		return REGISTER(offset);
	case 0x10:
		model.seen |= model.latched;
		return model.latched;
	case 0x14:
		return pop(&model.in);
	case 0x1c:
		return model.out.count << 8 | model.in.count;
	case 0x24:
		return model.overrun;
	default:
		return unknown(offset);
	}
}

static void scif_write(uint32_t offset, uint32_t width, uint32_t value)
{
	assert_int_equal(width, offset == 0x0c ? 1 : 2);
	switch (offset) {
	case 0x08:
	case 0x18:
		REGISTER(offset) = value;
		break;
	case 0x0c:
		push(&model.out, value);
		break;
	case 0x10:
		model.latched &= value | ~model.seen;
		model.seen &= value;
		scif_update();
		break;
	case 0x24:
		model.overrun = model.overrun && (value & 1) != 0;
		break;
	default:
		unknown(offset);
	}
}

static bool scif_is_on(void)
{
	return (REGISTER(0x08) & 0x30) == 0x30 && REGISTER(0x18) == 0x08;
}

static bool scif_line(void)
{
	const uint32_t control = REGISTER(0x08);

	return ((control & 0x40) != 0 && ((model.latched & 0x93) != 0 || model.overrun)) ||
	       ((control & 0x80) != 0 && (model.latched & SCIF_TDFE) != 0) || (control & 0x0c) != 0;
}

#define COMPATIBLE(names) "compatible = " names ";"

const struct model_type model_types[] = {
	{COMPATIBLE("\"arm,pl011\", \"arm,primecell\""), "pl011", 16, 16, false, pl011_reset,
	 pl011_read, pl011_write, pl011_is_on, pl011_is_on, pl011_received, pl011_sent, pl011_line},
	{COMPATIBLE("\"arm,sbsa-uart\", \"arm,pl011\""), "sbsa", 32, 32, false, pl011_reset,
	 sbsa_read, sbsa_write, always, always, pl011_received, pl011_sent, pl011_line},
	{COMPATIBLE("\"rockchip,rk3399-uart\", \"snps,dw-apb-uart\"") "reg-shift = <2>; "
								      "reg-io-width = <4>;",
	 "16550", 64, 64, false, ns_reset, ns_read, ns_write, always, always, nothing, ns_sent,
	 ns_line},
	{COMPATIBLE("\"fsl,ns16550\", \"ns16550a\""), "16550", 16, 16, false, ns_reset, pc_read,
	 pc_write, always, always, nothing, ns_sent, pc_line},
	{COMPATIBLE("\"ti,am64-uart\", \"ti,am654-uart\""), "omap", 64, 64, false, omap_reset,
	 omap_read, omap_write, always, always, nothing, nothing, omap_line},
	{COMPATIBLE("\"fsl,imx8mp-uart\", \"fsl,imx6q-uart\""), "imx", 32, 32, false, imx_reset,
	 imx_read, imx_write, imx_is_on, imx_is_on, nothing, nothing, imx_line},
	{COMPATIBLE("\"fsl,imx93-lpuart\", \"fsl,imx7ulp-lpuart\""), "lpuart", 4, 4, true,
	 lpuart_reset, lpuart_read, lpuart_write, lpuart_is_on, lpuart_is_on, nothing, nothing,
	 lpuart_line},
	{COMPATIBLE("\"xlnx,zynqmp-uart\", \"cdns,uart-r1p12\""), "cadence", 64, 64, false,
	 cadence_reset, cadence_read, cadence_write, cadence_is_on, cadence_is_on, cadence_received,
	 cadence_sent, cadence_line},
	{COMPATIBLE("\"amlogic,meson-gx-uart\", \"amlogic,meson-ao-uart\""), "meson", 64, 64, false,
	 meson_reset, meson_read, meson_write, meson_is_on, meson_is_on, meson_received, meson_sent,
	 meson_line},
	{COMPATIBLE("\"renesas,scif-r8a774a1\", \"renesas,rcar-gen3-scif\", \"renesas,scif\""),
	 "scif", 16, 16, true, scif_reset, scif_read, scif_write, scif_is_on, scif_is_on,
	 scif_update, scif_update, scif_line},
};
const size_t model_type_count = sizeof(model_types) / sizeof(model_types[0]);

void model_reset(const struct model_type *type)
{
	memset(&model, 0, sizeof(model));
	model.type = type;
	model.in.depth = type->depth_in;
	model.out.depth = type->depth_out;
	type->reset();
}

void model_receive(uint8_t byte)
{
	assert_true(model.type->can_receive());
	if (model.overrun && model.type->loses_until_cleared)
		return;
	if (model.in.count == model.in.depth) {
		model.overrun = true;
		return;
	}
	push(&model.in, byte);
	model.type->received();
}

int model_send(void)
{
	if (model.out.count == 0)
		return -1;
	assert_true(model.type->can_send());

	const uint8_t byte = pop(&model.out);

	model.type->sent();
	return byte;
}

bool model_interrupts(void)
{
	const bool line = model.type->line();

	model.pulse = false;
	return line;
}

/* What the driver's accesses reach. */

uint32_t arch_mmio_read(const volatile void *address, uint32_t width)
{
	return model.type->read((uint32_t)((uintptr_t)address - MODEL_BASE), width);
}

void arch_mmio_write(volatile void *address, uint32_t width, uint32_t value)
{
	const uint32_t offset = (uint32_t)((uintptr_t)address - MODEL_BASE);

	if (model.before_write != NULL)
		model.before_write(offset, value);
	model.type->write(offset, width, value);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* The UARTs that several makers build: PL011 and 16550. */
#include "tests/unit/uart_models.h"

#include "tests/unit/planning.h"

/* --- PL011: trigger levels at half; the SBSA's has no UARTCR. --- */

static void pl011_reset(void)
{
	MODEL_REGISTER(0x38) = 0x7ff;
}

static uint32_t pl011_read(uint32_t offset, uint32_t width)
{
	assert_int_equal(width, 4);
	if (offset == 0x18)
		return model_bit(model.in.count == 0, 4) |
		       model_bit(model.out.count == model.out.depth, 5);
	if (offset == 0x00) {
		const uint8_t byte = model_pop(&model.in);

		if (model.in.count == 0)
			model.latched &= ~0x50U;
		return byte;
	}
	return offset == 0x30 || offset == 0x38 ? MODEL_REGISTER(offset) : model_unknown(offset);
}

static void pl011_write(uint32_t offset, uint32_t width, uint32_t value)
{
	assert_int_equal(width, 4);
	if (offset == 0x00) {
		model_push(&model.out, value);
		if (model.out.count > model.out.depth / 2)
			model.latched &= ~0x20U;
	} else if (offset == 0x30 || offset == 0x38) {
		MODEL_REGISTER(offset) = value;
	} else {
		model_unknown(offset);
	}
}

static bool pl011_is_on(void)
{
	return (MODEL_REGISTER(0x30) & 0x301) == 0x301;
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
	return (model.latched & MODEL_REGISTER(0x38)) != 0;
}

static uint32_t sbsa_read(uint32_t offset, uint32_t width)
{
	return offset == 0x30 ? model_unknown(offset) : pl011_read(offset, width);
}

static void sbsa_write(uint32_t offset, uint32_t width, uint32_t value)
{
	if (offset == 0x30)
		model_unknown(offset);
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
		return model.in.count == 0 ? 0 : model_pop(&model.in);
	case 1:
	case 4:
		return model.registers[number];
	case 2:
		return ns_identify();
	case 5:
		return model_bit(model.in.count > 0, 0) | model_bit(model.out.count == 0, 5);
	default:
		return model_unknown(number);
	}
}

static void ns_write_register(uint32_t number, uint32_t value)
{
	switch (number) {
	case 0:
		/* Without FIFOs it holds one byte. */
		assert_true(model.out.count == 0 || (model.registers[2] & 1) != 0);
		model_push(&model.out, value);
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
		model_unknown(number);
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

#define DW_USR (0x1f << NS_SHIFT)

/* The boot loader has written LCR while a byte came. */
static void dw_reset(void)
{
	ns_reset();
	model.busy = true;
}

static uint32_t dw_read(uint32_t offset, uint32_t width)
{
	if (offset != DW_USR)
		return model.busy && offset >> NS_SHIFT == 2 ? 0xc7 : ns_read(offset, width);
	model.busy = false;
	return 0x06;
}

static void dw_write(uint32_t offset, uint32_t width, uint32_t value)
{
	if (offset != DW_USR)
		ns_write(offset, width, value);
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

/* --- TI's: SSR has a flag, the interrupt says that 8 bytes fit. --- */

static void omap_reset(void)
{
	ns_reset();
	model.registers[2] = 1;
}

static uint32_t omap_read(uint32_t offset, uint32_t width)
{
	assert_int_equal(width, 4);
	return offset == 0x44 ? model_bit(model.out.count == model.out.depth, 0)
			      : ns_read(offset, width);
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

const struct model_type model_pl011 = {
	.properties = "compatible = \"arm,pl011\", \"arm,primecell\";",
	.name = "pl011",
	.depth_in = 16,
	.depth_out = 16,
	.reset = pl011_reset,
	.read = pl011_read,
	.write = pl011_write,
	.can_receive = pl011_is_on,
	.can_send = pl011_is_on,
	.received = pl011_received,
	.sent = pl011_sent,
	.line = pl011_line,
};

const struct model_type model_sbsa = {
	.properties = "compatible = \"arm,sbsa-uart\", \"arm,pl011\";",
	.name = "sbsa",
	.depth_in = 32,
	.depth_out = 32,
	.reset = pl011_reset,
	.read = sbsa_read,
	.write = sbsa_write,
	.can_receive = model_always,
	.can_send = model_always,
	.received = pl011_received,
	.sent = pl011_sent,
	.line = pl011_line,
};

/* Nothing masks that it was busy. */
static bool dw_line(void)
{
	return model.busy || ns_line();
}

const struct model_type model_dw = {
	.properties = "compatible = \"rockchip,rk3399-uart\", \"snps,dw-apb-uart\";"
		      "reg-shift = <2>; "
		      "reg-io-width = <4>;",
	.name = "dw-apb",
	.depth_in = 64,
	.depth_out = 64,
	.reset = dw_reset,
	.read = dw_read,
	.write = dw_write,
	.can_receive = model_always,
	.can_send = model_always,
	.received = model_nothing,
	.sent = ns_sent,
	.line = dw_line,
};

const struct model_type model_pc = {
	.properties = "compatible = \"fsl,ns16550\", \"ns16550a\";",
	.name = "16550",
	.depth_in = 16,
	.depth_out = 16,
	.reset = ns_reset,
	.read = pc_read,
	.write = pc_write,
	.can_receive = model_always,
	.can_send = model_always,
	.received = model_nothing,
	.sent = ns_sent,
	.line = pc_line,
};

const struct model_type model_omap = {
	.properties = "compatible = \"ti,am64-uart\", \"ti,am654-uart\";",
	.name = "omap",
	.depth_in = 64,
	.depth_out = 64,
	.reset = omap_reset,
	.read = omap_read,
	.write = omap_write,
	.can_receive = model_always,
	.can_send = model_always,
	.received = model_nothing,
	.sent = model_nothing,
	.line = omap_line,
};

/* SPDX-License-Identifier: Apache-2.0 */
/* The SoC makers' own UARTs. */
#include "tests/unit/uart_models.h"

#include "tests/unit/planning.h"

/* --- i.MX. --- */

static void imx_reset(void)
{
	MODEL_REGISTER(0x80) = 0xb301; /* all that may interrupt does */
	MODEL_REGISTER(0x84) = 0x8019 | 0x4020;
	MODEL_REGISTER(0x88) = 0x3870 | 0x0704;
	MODEL_REGISTER(0x8c) = 0x81cf;
	MODEL_REGISTER(0x90) = 0x0a84;
}

static uint32_t imx_read(uint32_t offset, uint32_t width)
{
	assert_int_equal(width, 4);
	if (offset == 0x00)
		return 0x8000 | model_pop(&model.in);
	if (offset == 0xb4)
		return model_bit(model.out.count == model.out.depth, 4);
	if (offset == 0x98)
		return model_bit(model.in.count > 0, 0) | model_bit(model.overrun, 1) | 0x4008;
	return offset >= 0x80 && offset <= 0x90 ? MODEL_REGISTER(offset) : model_unknown(offset);
}

static void imx_write(uint32_t offset, uint32_t width, uint32_t value)
{
	assert_int_equal(width, 4);
	if (offset == 0x40)
		model_push(&model.out, value);
	else if (offset == 0x98)
		model.overrun = model.overrun && (value & 2) == 0;
	else if (offset >= 0x80 && offset <= 0x90)
		MODEL_REGISTER(offset) = value;
	else
		model_unknown(offset);
}

static bool imx_is_on(void)
{
	/* No other interrupt; what is not ours stays: word size, RTS; the input's path; CTS level;
	 * divider. */
	assert_int_equal(MODEL_REGISTER(0x84) & 0x4020, 0x4020);
	assert_int_equal(MODEL_REGISTER(0x88), 0x0704);
	assert_int_equal(MODEL_REGISTER(0x8c), 0x8000);
	assert_int_equal(MODEL_REGISTER(0x90) & 0x3c0, 0x280);
	return (MODEL_REGISTER(0x80) & 1) != 0 && (MODEL_REGISTER(0x84) & 7) == 7;
}

static bool imx_line(void)
{
	const uint32_t control = MODEL_REGISTER(0x80);
	const uint32_t levels = MODEL_REGISTER(0x90);

	return ((control & 0x0200) != 0 && model.in.count >= (levels & 0x3f)) ||
	       ((control & 0x2000) != 0 && model.out.count <= levels >> 10) ||
	       (control & 0x9170) != 0 || (MODEL_REGISTER(0x84) & 0x8018) != 0;
}

/* --- LPUART. FIFO and WATER are written while it is off alone. --- */

#define LP_STAT	 0x14
#define LP_CTRL	 0x18
#define LP_DATA	 0x1c
#define LP_FIFO	 0x28
#define LP_WATER 0x2c
#define LP_ON	 0xc0000U

static void lpuart_reset(void)
{
	MODEL_REGISTER(LP_CTRL) = 0x0ff00000 | LP_ON;
	MODEL_REGISTER(LP_WATER) = 0x20002;
}

static bool lpuart_has_sent(void)
{
	return model.out.count <= (MODEL_REGISTER(LP_WATER) & 0xff);
}

static uint32_t lpuart_read(uint32_t offset, uint32_t width)
{
	assert_int_equal(width, 4);
	switch (offset) {
	case LP_STAT:
		return model_bit(lpuart_has_sent(), 23) | model_bit(model.overrun, 19) |
		       model_bit(model.in.count > 0, 21) | 0x04000000;
	case LP_DATA:
		return model_pop(&model.in);
	case LP_FIFO:
		return MODEL_REGISTER(LP_FIFO) | model_bit(model.in.count == 0, 22);
	case LP_CTRL:
	case LP_WATER:
		return MODEL_REGISTER(offset);
	default:
		return model_unknown(offset);
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
		assert_true(model.out.count == 0 || (MODEL_REGISTER(LP_FIFO) & 0x80) != 0);
		model_push(&model.out, value);
		break;
	case LP_FIFO:
	case LP_WATER:
		assert_int_equal(MODEL_REGISTER(LP_CTRL) & LP_ON, 0);
		MODEL_REGISTER(offset) = value & 0x00ffffff & ~model_bit(offset == LP_FIFO, 22);
		break;
	case LP_CTRL:
		MODEL_REGISTER(offset) = value;
		break;
	default:
		model_unknown(offset);
	}
}

static bool lpuart_is_on(void)
{
	return (MODEL_REGISTER(LP_CTRL) & LP_ON) == LP_ON &&
	       (MODEL_REGISTER(LP_FIFO) & 0x88) == 0x88;
}

static bool lpuart_line(void)
{
	const uint32_t control = MODEL_REGISTER(LP_CTRL);

	return ((control & 1U << 21) != 0 &&
		model.in.count > (MODEL_REGISTER(LP_WATER) >> 16 & 0xff)) ||
	       ((control & 1U << 23) != 0 && lpuart_has_sent()) ||
	       ((control & 1U << 27) != 0 && model.overrun) || (control & 0x07500000) != 0;
}

/* --- Cadence: ISR latches events, IMR is set and cleared apart. --- */

static void cadence_reset(void)
{
	MODEL_REGISTER(0x00) = 0x128;
	MODEL_REGISTER(0x10) = 0x1fff;
	MODEL_REGISTER(0x20) = 56;
	model.latched = 0x1f;
}

static uint32_t cadence_read(uint32_t offset, uint32_t width)
{
	assert_int_equal(width, 4);
	switch (offset) {
	case 0x00:
	case 0x20:
		return MODEL_REGISTER(offset);
	case 0x08:
	case 0x0c:
		return 0;
	case 0x14:
		return model.latched;
	case 0x2c:
		return model_bit(model.in.count == 0, 1) |
		       model_bit(model.out.count == model.out.depth, 4);
	case 0x30:
		return model_pop(&model.in);
	default:
		return model_unknown(offset);
	}
}

static void cadence_write(uint32_t offset, uint32_t width, uint32_t value)
{
	assert_int_equal(width, 4);
	switch (offset) {
	case 0x00:
	case 0x20:
		MODEL_REGISTER(offset) = value;
		break;
	case 0x08:
		MODEL_REGISTER(0x10) |= value;
		break;
	case 0x0c:
		MODEL_REGISTER(0x10) &= ~value;
		break;
	case 0x14:
		model.latched &= ~value;
		break;
	case 0x30:
		model_push(&model.out, value);
		break;
	default:
		model_unknown(offset);
	}
}

static bool cadence_is_on(void)
{
	return (MODEL_REGISTER(0x00) & 0x3f) == 0x14;
}

static void cadence_received(void)
{
	if (model.in.count >= MODEL_REGISTER(0x20))
		model.latched |= 0x01;
}

static void cadence_sent(void)
{
	if (model.out.count == 0)
		model.latched |= 0x08;
}

static bool cadence_line(void)
{
	return (model.latched & MODEL_REGISTER(0x10)) != 0;
}

/* --- Meson: its interrupts are edges. --- */

static void meson_reset(void)
{
	MODEL_REGISTER(0x08) = 0x18008000;
}

static uint32_t meson_read(uint32_t offset, uint32_t width)
{
	assert_int_equal(width, 4);
	if (offset == 0x04)
		return model_pop(&model.in);
	if (offset == 0x0c)
		return model_bit(model.in.count == 0, 20) |
		       model_bit(model.out.count == model.out.depth, 21);
	return offset == 0x08 || offset == 0x10 ? MODEL_REGISTER(offset) : model_unknown(offset);
}

static void meson_write(uint32_t offset, uint32_t width, uint32_t value)
{
	assert_int_equal(width, 4);
	if (offset == 0x00)
		model_push(&model.out, value);
	else if (offset == 0x08 || offset == 0x10)
		MODEL_REGISTER(offset) = value;
	else
		model_unknown(offset);
}

static bool meson_is_on(void)
{
	return (MODEL_REGISTER(0x08) & 0xb000) == 0xb000;
}

static void meson_received(void)
{
	if ((MODEL_REGISTER(0x08) & 1U << 27) != 0 &&
	    model.in.count >= (MODEL_REGISTER(0x10) & 0xff))
		model.pulse = true;
}

static void meson_sent(void)
{
	if ((MODEL_REGISTER(0x08) & 1U << 28) != 0 && model.out.count == MODEL_REGISTER(0x10) >> 8)
		model.pulse = true;
}

static bool meson_line(void)
{
	return model.pulse;
}

/* --- SCIF: a flag is cleared by a zero if it was read as one. --- */

#define SCIF_RDF  0x02U
#define SCIF_TDFE 0x20U

static void scif_reset(void)
{
	MODEL_REGISTER(0x08) = 0xcc;
	MODEL_REGISTER(0x18) = 0xc8;
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
		return MODEL_REGISTER(offset);
	case 0x10:
		model.seen |= model.latched;
		return model.latched;
	case 0x14:
		return model_pop(&model.in);
	case 0x1c:
		return model.out.count << 8 | model.in.count;
	case 0x24:
		return model.overrun;
	default:
		return model_unknown(offset);
	}
}

static void scif_write(uint32_t offset, uint32_t width, uint32_t value)
{
	assert_int_equal(width, offset == 0x0c ? 1 : 2);
	switch (offset) {
	case 0x08:
	case 0x18:
		MODEL_REGISTER(offset) = value;
		break;
	case 0x0c:
		model_push(&model.out, value);
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
		model_unknown(offset);
	}
}

static bool scif_is_on(void)
{
	return (MODEL_REGISTER(0x08) & 0x30) == 0x30 && MODEL_REGISTER(0x18) == 0x08;
}

static bool scif_line(void)
{
	const uint32_t control = MODEL_REGISTER(0x08);

	return ((control & 0x40) != 0 && ((model.latched & 0x93) != 0 || model.overrun)) ||
	       ((control & 0x80) != 0 && (model.latched & SCIF_TDFE) != 0) || (control & 0x0c) != 0;
}

const struct model_type model_imx = {
	.properties = "compatible = \"fsl,imx8mp-uart\", \"fsl,imx6q-uart\";",
	.name = "imx",
	.depth_in = 32,
	.depth_out = 32,
	.reset = imx_reset,
	.read = imx_read,
	.write = imx_write,
	.can_receive = imx_is_on,
	.can_send = imx_is_on,
	.received = model_nothing,
	.sent = model_nothing,
	.line = imx_line,
};

const struct model_type model_lpuart = {
	.properties = "compatible = \"fsl,imx93-lpuart\", \"fsl,imx7ulp-lpuart\";",
	.name = "lpuart",
	.depth_in = 4,
	.depth_out = 4,
	.loses_until_cleared = true,
	.reset = lpuart_reset,
	.read = lpuart_read,
	.write = lpuart_write,
	.can_receive = lpuart_is_on,
	.can_send = lpuart_is_on,
	.received = model_nothing,
	.sent = model_nothing,
	.line = lpuart_line,
};

const struct model_type model_cadence = {
	.properties = "compatible = \"xlnx,zynqmp-uart\", \"cdns,uart-r1p12\";",
	.name = "cadence",
	.depth_in = 64,
	.depth_out = 64,
	.reset = cadence_reset,
	.read = cadence_read,
	.write = cadence_write,
	.can_receive = cadence_is_on,
	.can_send = cadence_is_on,
	.received = cadence_received,
	.sent = cadence_sent,
	.line = cadence_line,
};

const struct model_type model_meson = {
	.properties = "compatible = \"amlogic,meson-gx-uart\", \"amlogic,meson-ao-uart\";",
	.name = "meson",
	.depth_in = 64,
	.depth_out = 64,
	.reset = meson_reset,
	.read = meson_read,
	.write = meson_write,
	.can_receive = meson_is_on,
	.can_send = meson_is_on,
	.received = meson_received,
	.sent = meson_sent,
	.line = meson_line,
};

const struct model_type model_scif = {
	.properties = "compatible = \"renesas,scif-r8a774a1\", \"renesas,rcar-gen3-scif\", "
		      "\"renesas,scif\";",
	.name = "scif",
	.depth_in = 16,
	.depth_out = 16,
	.loses_until_cleared = true,
	.reset = scif_reset,
	.read = scif_read,
	.write = scif_write,
	.can_receive = scif_is_on,
	.can_send = scif_is_on,
	.received = scif_update,
	.sent = scif_update,
	.line = scif_line,
};

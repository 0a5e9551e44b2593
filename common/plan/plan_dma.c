/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Devices that never read or write memory by themselves. A device tree does not say which devices
 * master DMA, so that every device that is not in this list counts as one: without an SMMU it could
 * reach all memory.
 */
#include "common/plan/planner.h"

/*
 * A list of strings, as compatible is: UARTs (one with a DMA engine beside it does not get its
 * channels), clocks and timers, pins, slow buses, and CAN, which has message memory of its own.
 */
static const char without_dma[] =
	"arm,pl011\0arm,sbsa-uart\0ns16550\0ns16550a\0snps,dw-apb-uart\0fsl,imx6q-uart\0"
	"fsl,imx21-uart\0fsl,imx7ulp-lpuart\0cdns,uart-r1p12\0xlnx,xuartps\0"
	"amlogic,meson-uart\0amlogic,meson-gx-uart\0ti,am654-uart\0fsl,s32v234-linflexuart\0"
	"arm,pl031\0arm,sp804\0arm,sp805\0arm,sbsa-gwdt\0arm,armv7-timer-mem\0fsl,imx21-wdt\0"
	"snps,dw-wdt\0cdns,ttc\0cdns,wdt-r1p2\0xlnx,versal-wwdt\0fsl,imx27-pwm\0"
	"fsl,imx6sx-gpt\0arm,pl061\0fsl,imx35-gpio\0snps,dw-apb-gpio\0xlnx,versal-gpio-1.0\0"
	"xlnx,pmc-gpio-1.0\0xlnx,zynqmp-gpio-1.0\0rockchip,gpio-bank\0aspeed,ast2600-gpio\0"
	"ti,am64-gpio\0ti,am654-timer\0rockchip,rk3288-timer\0nxp,s32g2-stm\0nxp,s32g2-swt\0"
	"bosch,m_can\0nxp,s32g2-flexcan\0ti,omap4-mcspi\0rockchip,rk3066-spi\0nxp,s32g2-dspi\0"
	"nxp,s32g2-i2c\0arm,pl022\0fsl,imx21-i2c\0fsl,imx7ulp-lpi2c\0cdns,i2c-r1p10\0"
	"cdns,i2c-r1p14\0snps,designware-i2c\0rockchip,rk3399-i2c\0ti,omap4-i2c\0"
	"fsl,imx6dl-gpt\0aspeed,ast2700-timer\0aspeed,ast2700-intc-ic\0";

bool is_without_dma(const struct tree *tree, int node)
{
	const struct property list = tree_property(tree, node, "compatible");

	/* What says that it masters DMA does. */
	if (tree_has(tree, node, "iommus") || tree_has(tree, node, "dma-coherent") ||
	    tree_has(tree, node, "dma-ranges"))
		return false;
	/* What has no registers does nothing but through another device. */
	if (!tree_has(tree, node, "reg"))
		return true;
	for (int at = 0;
	     at < list.length && memchr(list.bytes + at, '\0', (size_t)(list.length - at)) != NULL;
	     at += (int)strlen(list.bytes + at) + 1)
		if (fdt_stringlist_contains(without_dma, sizeof(without_dma) - 1,
					    list.bytes + at) != 0)
			return true;
	return false;
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Devices that never read or write memory by themselves. A device tree does not say which devices
 * master DMA, so that every device that is not in this list counts as one: without an SMMU it could
 * reach all memory.
 */
#include <stddef.h>

#include "common/plan/planner.h"

static const char *const without_dma[] = {
	/* UARTs; those with a DMA engine beside them do not get its channels. */
	"arm,pl011",
	"arm,sbsa-uart",
	"ns16550",
	"ns16550a",
	"snps,dw-apb-uart",
	"fsl,imx6q-uart",
	"fsl,imx21-uart",
	"fsl,imx7ulp-lpuart",
	"cdns,uart-r1p12",
	"xlnx,xuartps",
	"amlogic,meson-uart",
	"amlogic,meson-gx-uart",
	"ti,am654-uart",
	"fsl,s32-linflexuart",
	/* Clocks and timers. */
	"arm,pl031",
	"arm,sp804",
	"arm,sp805",
	"arm,sbsa-gwdt",
	"arm,armv7-timer-mem",
	"fsl,imx21-wdt",
	"snps,dw-wdt",
	"cdns,ttc",
	"cdns,wdt-r1p2",
	"xlnx,versal-wwdt",
	"fsl,imx27-pwm",
	"fsl,imx6sx-gpt",
	/* Pins. */
	"arm,pl061",
	"fsl,imx35-gpio",
	"snps,dw-apb-gpio",
	"xlnx,versal-gpio-1.0",
	"xlnx,pmc-gpio-1.0",
	"xlnx,zynqmp-gpio-1.0",
	"rockchip,gpio-bank",
	"aspeed,ast2600-gpio",
	"ti,am64-gpio",
	/* Slow buses, by interrupt. */
	"arm,pl022",
	"fsl,imx21-i2c",
	"fsl,imx7ulp-lpi2c",
	"cdns,i2c-r1p10",
	"cdns,i2c-r1p14",
	"snps,designware-i2c",
	"rockchip,rk3399-i2c",
	"ti,omap4-i2c",
};

bool is_without_dma(const struct tree *tree, int node)
{
	/* What says that it masters DMA does. */
	if (tree_property(tree, node, "iommus", NULL) != NULL ||
	    tree_property(tree, node, "dma-coherent", NULL) != NULL ||
	    tree_property(tree, node, "dma-ranges", NULL) != NULL)
		return false;
	/* What has no registers does nothing but through another device. */
	if (tree_property(tree, node, "reg", NULL) == NULL)
		return true;
	for (size_t i = 0; i < sizeof(without_dma) / sizeof(without_dma[0]); i++)
		if (tree_is_compatible(tree, node, without_dma[i]))
			return true;
	return false;
}

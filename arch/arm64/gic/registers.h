/* SPDX-License-Identifier: Apache-2.0 */
/* Offsets and bits of the GICv3 register frames (IHI 0069, 12.8 - 12.11). */
#ifndef BULKHEAD_ARM64_GIC_REGISTERS_H
#define BULKHEAD_ARM64_GIC_REGISTERS_H

/* Distributor. */
#define GICD_CTLR	0x0000
#define GICD_TYPER	0x0004
#define GICD_IIDR	0x0008
#define GICD_SETSPI	0x0040 /* _NSR */
#define GICD_CLRSPI	0x0048
#define GICD_IGROUPR	0x0080
#define GICD_ISENABLER	0x0100
#define GICD_ICENABLER	0x0180
#define GICD_ISPENDR	0x0200
#define GICD_ICPENDR	0x0280
#define GICD_ISACTIVER	0x0300
#define GICD_ICACTIVER	0x0380
#define GICD_IPRIORITYR 0x0400
#define GICD_ICFGR	0x0c00
#define GICD_INMIR	0x0f80
#define GICD_ICENABLERE 0x1400 /* extended SPIs */
#define GICD_IROUTER	0x6000
#define GIC_PIDR2	0xffe8 /* same offset in every frame */

#define GICD_CTLR_ENABLE_GROUP0 (1U << 0)
#define GICD_CTLR_ENABLE_GROUP1 (1U << 1) /* EnableGrp1A where there are two security states */
#define GICD_CTLR_ARE		(1U << 4)
#define GICD_CTLR_DS		(1U << 6)
#define GICD_CTLR_RWP		(1U << 31)

#define GICD_TYPER_LINES	    0x1f /* words of 32 INTIDs, less one */
#define GICD_TYPER_ESPI		    (1U << 8)
#define GICD_TYPER_ESPI_RANGE_SHIFT 27 /* words of 32 extended SPIs, less one */

/* Redistributor: RD_base, then SGI_base 64 KiB on with the private part of the distributor's map.
 */
#define GICR_CTLR	0x0000
#define GICR_IIDR	0x0004
#define GICR_TYPER	0x0008
#define GICR_WAKER	0x0014
#define GICR_SGI_BASE	0x10000
#define GICR_FRAME_PAIR 0x20000 /* RD_base and SGI_base (12.10) */

#define GICR_CTLR_ENABLE_LPIS	   (1U << 0)
#define GICR_CTLR_RWP		   (1U << 3)
#define GICR_WAKER_PROCESSOR_SLEEP (1U << 1)
#define GICR_WAKER_CHILDREN_ASLEEP (1U << 2)
#define GICR_TYPER_VLPIS	   (1U << 1)
#define GICR_TYPER_LAST		   (1U << 4)
#define GICR_TYPER_NUMBER_SHIFT	   8
#define GICR_TYPER_PPI_SHIFT	   27 /* words of 32 extended PPIs */
#define GICR_TYPER_AFFINITY_SHIFT  32

/* CPU interface (12.2.6). */
#define ICC_CTLR_CBPR	       (1U << 0)
#define ICC_CTLR_EOIMODE       (1U << 1)
#define ICC_CTLR_PRIBITS_SHIFT 8

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The image and the EL2 address map.
 *
 * What only boot needs (device tree, planner, libfdt, launch, table construction) lies in sections of
 * its own that no CPU maps once the guests run; NOCROSSREFS_TO makes the linker refuse running code
 * that refers to them. What runs on demand alone, restarts, the console's monitor and the words of the
 * log, lies apart too, and is mapped meanwhile; of it running code names the gates alone. Running code has no writable
 * data of its own but the mailboxes: all else that it may write lies behind the fixed addresses at the
 * end (layout.h).
 */
#include "arch/arm64/el2/layout.h"

OUTPUT_ARCH(aarch64)
ENTRY(image_header)

SECTIONS
{
	. = EL2_IMAGE;

	.boot.text : ALIGN(0x1000) {
		_image_start = .;
		_boot_text_start = .;
		KEEP(*(.boot.head))
		_boot_head_end = .;
		*arch/arm64/boot/?*.o(.text .text.*)
		*arch/arm64/?*_boot.o(.text .text.*)
		*common/?*_boot.o(.text .text.*)
		*arch/arm64/stage2/stage2_size.o(.text .text.*)
		*common/plan/?*.o(.text .text.*)
		*common/launch/?*.o(.text .text.*)
		*common/lib/inflate.o(.text .text.*)
		*common/lib/sha256.o(.text .text.*)
		*libfdt.a:*(.text .text.*)
		*(.boot.text .boot.text.*)
		. = ALIGN(0x1000);
		_boot_text_end = .;
	}
	.boot.rodata : ALIGN(0x1000) {
		_boot_rodata_start = .;
		*arch/arm64/boot/?*.o(.rodata .rodata.*)
		*common/?*_boot.o(.rodata .rodata.*)
		*arch/arm64/?*_boot.o(.rodata .rodata.*)
		*arch/arm64/stage2/stage2_size.o(.rodata .rodata.*)
		*common/plan/?*.o(.rodata .rodata.*)
		*common/launch/?*.o(.rodata .rodata.*)
		*common/lib/inflate.o(.rodata .rodata.*)
		*common/lib/sha256.o(.rodata .rodata.*)
		*libfdt.a:*(.rodata .rodata.*)
		*libfdt.a:*(.got .got.*)
		. = ALIGN(0x1000);
		_boot_rodata_end = .;
	}

	/* What runs on demand. Boot uses it too. */
	.demand.text : ALIGN(0x1000) {
		_demand_text_start = .;
		*arch/arm64/?*_restart.o(.text .text.*)
		*common/?*_restart.o(.text .text.*)
		*arch/arm64/el2/window.o(.text .text.*)
		KEEP(*common/run/restart.o(.text.partition_restart))
		*common/run/restart.o(.text .text.*)
		*common/run/fill.o(.text .text.*)
		KEEP(*common/console/monitor.o(.text.monitor_turn))
		*common/console/monitor*.o(.text .text.*)
		KEEP(*common/console/log.o(.text.log_turn))
		*common/console/log.o(.text .text.*)
		*common/console/record.o(.text .text.*)
		*common/run/words.o(.text .text.*)
		*common/lib/format.o(.text .text.*)
		*arch/arm64/el2/syndrome_words.o(.text .text.*)
		. = ALIGN(0x1000);
		_demand_text_end = .;
	}
	.demand.rodata : ALIGN(0x1000) {
		_demand_rodata_start = .;
		*arch/arm64/?*_restart.o(.rodata .rodata.*)
		*common/?*_restart.o(.rodata .rodata.*)
		*arch/arm64/el2/window.o(.rodata .rodata.*)
		*common/run/restart.o(.rodata .rodata.*)
		*common/run/fill.o(.rodata .rodata.*)
		*common/console/monitor*.o(.rodata .rodata.*)
		*common/console/log.o(.rodata .rodata.*)
		*common/console/record.o(.rodata .rodata.*)
		*common/run/words.o(.rodata .rodata.*)
		*common/lib/format.o(.rodata .rodata.*)
		*arch/arm64/el2/syndrome_words.o(.rodata .rodata.*)
		. = ALIGN(0x1000);
		_demand_rodata_end = .;
	}

	.text : ALIGN(0x1000) {
		_text_start = .;
		KEEP(*(.text.vectors))
		*arch/arm64/el2/fast.o(.text .text.*)
		*(.text .text.*)
		. = ALIGN(0x1000);
		_text_end = .;
	}
	.rodata : ALIGN(0x1000) {
		_rodata_start = .;
		*(.rodata .rodata.*)
		*(.got .got.*)
		. = ALIGN(0x1000);
		_rodata_end = .;
	}

	/* Zeroed by head.S. */
	.boot.bss (NOLOAD) : ALIGN(0x1000) {
		_bss_start = .;
		*(.boot.bss .boot.bss.*)
		*arch/arm64/boot/?*.o(.bss .bss.*)
		*common/plan/?*.o(.bss .bss.*)
		*common/launch/?*.o(.bss .bss.*)
		*libfdt.a:*(.bss .bss.*)
		. = ALIGN(0x1000);
		_boot_bss_end = .;
	}
	/* The plan: written by boot, read by all for ever. */
	.plan (NOLOAD) : ALIGN(0x1000) {
		_plan_start = .;
		*(.plan)
		. = ALIGN(0x1000);
		_plan_end = .;
	}
	/* The page that all CPUs may write (common/run/order.h). */
	.mailboxes (NOLOAD) : ALIGN(0x1000) {
		_mailboxes_start = .;
		*(.mailboxes)
		. = ALIGN(0x1000);
		_mailboxes_end = .;
	}
	.boot.cpu (NOLOAD) : ALIGN(0x1000) {
		boot_cpu_memory = .;
		. += CPU_MEMORY_SIZE;
		_image_end = .;
	}
	_image_size = _image_end - _image_start;

	.data : { *(.data .data.*) }
	.bss : { *(.bss .bss.* COMMON) }

	/DISCARD/ : {
		*(.note.* .comment .eh_frame .interp .dynamic .dynsym .dynstr .gnu.hash .hash)
	}
	.rela.dyn : { *(.rela .rela.*) }
}

NOCROSSREFS_TO(.boot.text .demand.text .demand.rodata .text .rodata)
NOCROSSREFS_TO(.boot.rodata .demand.text .demand.rodata .text .rodata)
NOCROSSREFS_TO(.boot.bss .demand.text .demand.rodata .text .rodata)
NOCROSSREFS_TO(.boot.cpu .demand.text .demand.rodata .text .rodata)
NOCROSSREFS_TO(.demand.text .text .rodata)
NOCROSSREFS_TO(.demand.rodata .text .rodata)

ASSERT(SIZEOF(.data) == 0 && SIZEOF(.bss) == 0, "there is writable data that does not begin as zeros, or running code's own")
ASSERT(restart_gate != 0 && monitor_gate != 0 && log_gate != 0, "a gate leads nowhere")
ASSERT(SIZEOF(.rela.dyn) == 0, "the image needs no relocation")
ASSERT(_image_size <= EL2_IMAGE_LIMIT, "the image is larger than its place in the EL2 map")
ASSERT(_boot_head_end - _image_start <= 0x1000, "the MMU is switched on within one page")

/* The ways into the demand section. */
restart_gate = ABSOLUTE(partition_restart);
monitor_gate = ABSOLUTE(monitor_turn);
log_gate = ABSOLUTE(log_turn);

/* Fixed places with other memory behind them on each CPU (layout.h). */
this_cpu = EL2_CPU;
housekeeping = EL2_HOUSEKEEPING;
record = EL2_RECORD;
this_partition = EL2_PARTITION;
this_guest = EL2_GUEST;
stage2_roots = EL2_STAGE2_ROOTS;
console_slots = EL2_CONSOLE;
gicd_registers = EL2_GICD;
gicr_registers = EL2_GICR;
direct_frames = EL2_FRAMES;
partition_views = EL2_VIEWS;
guest_views = EL2_VIEWS + EL2_PARTITION_SIZE;
uart_registers = EL2_UART;
watchdog_registers = EL2_WATCHDOG;
boot_tables = EL2_BOOT_TABLES;

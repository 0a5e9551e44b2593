/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the desk must know of a board besides its device tree: where its boot loader puts things.
 *
 * A board's folder may hold a file `layout`, a line for each thing; options override it:
 *
 *   image ADDRESS [FILE]     where the hypervisor is entered, and its image
 *   window BASE-END          memory that firmware and boot loader leave free for image, tree, files
 *   files FOLDER             where bulkhead,file is looked for
 *   device KIND NUMBERS      what boot-KIND.scr loads from: mmc, usb or scsi, as U-Boot counts
 *   gap BYTES                before the boot partition of sdcard.img, for firmware
 *
 * Paths in it are relative to the folder in which imagebuilder is called, as paths of options are.
 */
#ifndef BULKHEAD_IMAGEBUILDER_BOARD_H
#define BULKHEAD_IMAGEBUILDER_BOARD_H

#include <stdbool.h>
#include <stdint.h>

#include "imagebuilder/options.h"

#define BOARD_PATH_SIZE	  1024
#define BOARD_MAX_FOLDERS 14
#define BOARD_DEVICE_SIZE 16
#define BOARD_GAP	  (UINT64_C(1) << 20) /* unless the layout says more */

/* Offsets in the hypervisor's image: of the arm64 Image header, and behind it (head.S). */
#define IMAGE_TEXT_OFFSET    8
#define IMAGE_SIZE	     16
#define IMAGE_MAGIC	     56
#define IMAGE_NAME	     64
#define IMAGE_CARRIED_TREE   72
#define IMAGE_PACKED_ADDRESS 80
#define IMAGE_HEADER_SIZE    88
#define IMAGE_ALIGNMENT	     (UINT64_C(2) << 20)

/* What U-Boot loads from, besides the network. */
enum board_device {
	BOARD_MMC, /* SD cards and eMMC */
	BOARD_USB,
	BOARD_SCSI,
	BOARD_DEVICE_COUNT,
};

struct board {
	char folder[BOARD_PATH_SIZE]; /* of its files; empty: there is no board */
	char tree[BOARD_PATH_SIZE];   /* board.dts or board.dtb */
	bool is_compiled;	      /* the tree is a .dtb */
	bool is_assumed;	      /* no layout and no options: the addresses are guesses */
	char image[BOARD_PATH_SIZE];  /* the hypervisor's; empty: not known */
	uint64_t image_at;	      /* PA; 0: not known */
	uint64_t image_size;	      /* bytes with BSS; 0: not known */
	uint64_t tree_at;	      /* PA; 0: behind the image */
	uint64_t window_base;	      /* PA */
	uint64_t window_end;
	char devices[BOARD_DEVICE_COUNT][BOARD_DEVICE_SIZE]; /* "0:1": of a device its partition */
	uint64_t gap;					     /* bytes */
	char folders[BOARD_MAX_FOLDERS][BOARD_PATH_SIZE];    /* the options' first */
	unsigned folder_count;
};

/* Their names, in U-Boot's commands and in the layout. */
extern const char *const board_devices[BOARD_DEVICE_COUNT];

/* Finds the board's files and reads its layout. False: reported. */
bool board_read(const struct options *options, struct board *board);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The plan as a picture: one SVG file that needs nothing else (no script, no font, no other file).
 *
 *   title
 *   CPUs, each in the colour of its partition
 *   physical memory | bands | a card for each partition: the guest's map, and what it has |
 * channels legend digest
 *
 * Each partition has a colour; all that belongs to it has this colour and says its name besides, so
 * that the picture can be read in black on white.
 */
#ifndef BULKHEAD_IMAGEBUILDER_MAP_H
#define BULKHEAD_IMAGEBUILDER_MAP_H

#include <stdio.h>

#include "common/plan/plan.h"

/* digest: the plan's SHA-256 in hexadecimal, or NULL. */
void map_print(FILE *out, const struct plan *plan, const char *title, const char *digest);

#endif

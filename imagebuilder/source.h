/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where in the source a node or property stands, from dtc's annotated output (dtc -T): each line
 * that opens a node or holds a property ends with a comment that names file and line.
 */
#ifndef BULKHEAD_IMAGEBUILDER_SOURCE_H
#define BULKHEAD_IMAGEBUILDER_SOURCE_H

#include <stdbool.h>
#include <stddef.h>

#define SOURCE_PLACE_SIZE 512

/*
 * Writes "FILE:LINE" of a property of the node at path, or of the node when it has no such
 * property; where several sources have a part of it, the last one. system: the path of the
 * description, beside which dtc looks for files. False: not found.
 */
bool source_find(const char *annotated, const char *system, const char *path, const char *property,
		 char place[SOURCE_PLACE_SIZE]);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From a configuration of Xen's ImageBuilder to a system description.
 *
 * ImageBuilder's script sources its configuration: the file is a program in bash. Here it is read,
 * never run: what would need a shell is an error.
 *
 *   import_config.c     what is assigned, and what was said about it
 *   import_word.c       bash's words: quotes, backslashes, references
 *   import_parse.c      bash's assignments; all else is an error
 *   import_variables.c  ImageBuilder's variables: a table with a row for each
 *   import_check.c      what the rows do, and what must fit together
 *   import_write.c      the description
 */
#ifndef BULKHEAD_IMAGEBUILDER_IMPORT_H
#define BULKHEAD_IMAGEBUILDER_IMPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "imagebuilder/options.h"

/* The command. */
enum exit_status import_run(const struct options *options);

/*
 * Writes the description of what the text configures, and says what there is to say about it, each
 * line with the file's name. False: there are errors, and nothing is written.
 */
bool import_text(const char *name, const char *text, size_t size, FILE *out, FILE *says);

#endif

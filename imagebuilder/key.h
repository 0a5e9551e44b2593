/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The key that signs a FIT: a folder with NAME.key, the private half, and NAME.crt, the certificate
 * that mkimage takes the public half from. All functions but the first two write into the staging
 * folder; all return false after they have reported an error.
 */
#ifndef BULKHEAD_IMAGEBUILDER_KEY_H
#define BULKHEAD_IMAGEBUILDER_KEY_H

#include <limits.h>
#include <stdbool.h>

#include "imagebuilder/pack.h"

#define KEY_TREE ".key.dtb"

/* The name of the only private key in the folder; its certificate is there, too. */
bool key_find(const char *folder, char name[NAME_MAX + 1]);

/* Whether both are halves of one key: a U-Boot with another's would refuse what this one signs. */
bool key_check_certificate(const char *folder, const char *name);

/* KEY_TREE, a tree that mkimage writes the public key into. */
bool key_write_tree(const struct pack *pack);

/* bulkhead-key.dtsi, the same as a source for U-Boot's own tree to include. */
bool key_write_source(const struct pack *pack);

#endif

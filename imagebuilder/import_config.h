/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a configuration assigns, and what was said about it.
 *
 * bash knows no difference between NAME and NAME[0]: neither does this. Of several assignments to
 * one thing the last counts.
 */
#ifndef BULKHEAD_IMAGEBUILDER_IMPORT_CONFIG_H
#define BULKHEAD_IMAGEBUILDER_IMPORT_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define CONFIG_MAX_SIZE	    (1 << 20) /* bytes of the file */
#define CONFIG_MAX_SETTINGS 4096
#define CONFIG_MAX_REMARKS  256
#define CONFIG_NAME_SIZE    64
#define CONFIG_LABEL_SIZE   (CONFIG_NAME_SIZE + 32)
#define CONFIG_VALUE_SIZE   4097
#define CONFIG_REMARK_SIZE  384

/* NAME, NAME[i] or NAME[i,j]. */
struct setting_key {
	char name[CONFIG_NAME_SIZE];
	unsigned index_count; /* 1 or 2 */
	uint32_t indices[2];
	bool is_plain;	/* written without an index */
	bool is_staged; /* of a list that is being read: no reference finds it yet */
};

struct setting {
	struct setting_key key;
	char value[CONFIG_VALUE_SIZE];
	uint32_t line;
	bool is_broken;	  /* an error was reported, there is no value */
	bool is_referred; /* another value refers to it */
};

struct remark {
	uint32_t line; /* 0: it belongs to none */
	bool is_error;
	char text[CONFIG_REMARK_SIZE];
};

struct config {
	struct setting settings[CONFIG_MAX_SETTINGS];
	unsigned setting_count;
	struct remark remarks[CONFIG_MAX_REMARKS];
	unsigned remark_count;
	unsigned errors;
};

/* Nothing is assigned, and nothing was said. */
void config_reset(struct config *config);

/* The setting, or NULL. */
struct setting *config_find(struct config *config, const struct setting_key *key);

/* The same for NAME, or NAME[index]. */
struct setting *config_find_element(struct config *config, const char *name, uint32_t index);

/* Assigns; a value of NULL stands for one that could not be read. False: reported. */
bool config_assign(struct config *config, const struct setting_key *key, const char *value,
		   uint32_t line);

/* Whether a value refers to any element of NAME. */
bool config_is_referred(const struct config *config, const char *name);

/* Makes what is staged the elements of NAME: the only ones, or besides those that it has. */
void config_adopt(struct config *config, const char *name, bool is_added);

/* Whether bash has text for the indices of NAME, which ImageBuilder declares so, not numbers. */
bool config_is_associative(const char *name);

/* The index behind the last element of NAME. */
uint32_t config_next_index(const struct config *config, const char *name);

/* "NAME", "NAME[0]" or "NAME[0,1]", as it was written. */
const char *config_label(const struct setting_key *key, char label[CONFIG_LABEL_SIZE]);

/* config_error() returns false, so that callers can return it. */
bool config_error(struct config *config, uint32_t line, const char *label, const char *what, ...)
	__attribute__((format(printf, 4, 5)));

/* The same, with the line and the label of a setting. */
bool setting_error(struct config *config, const struct setting *setting, const char *what, ...)
	__attribute__((format(printf, 3, 4)));
void setting_note(struct config *config, const struct setting *setting, const char *what, ...)
	__attribute__((format(printf, 3, 4)));

/* Prints all remarks: errors in the order of their lines, then notes. */
void config_print(struct config *config, const char *name, FILE *file);

#endif

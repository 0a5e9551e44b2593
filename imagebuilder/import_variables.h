/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ImageBuilder's variables, and what they say about the domUs.
 *
 * A variable with an empty value is as good as not set: so ImageBuilder's script has it.
 */
#ifndef BULKHEAD_IMAGEBUILDER_IMPORT_VARIABLES_H
#define BULKHEAD_IMAGEBUILDER_IMPORT_VARIABLES_H

#include "common/plan/plan.h"
#include "imagebuilder/import_config.h"

#define IMPORT_DEFAULT_MB	512
#define IMPORT_DEFAULT_BOOTARGS "console=ttyAMA0"
#define IMPORT_MAX_WORDS	64 /* of a value that is a list */
#define IMPORT_MAX_SPIS		960

/* What a domU may have one of. */
enum slot {
	SLOT_KERNEL,
	SLOT_RAMDISK,
	SLOT_CMD,
	SLOT_MEM,
	SLOT_VCPUS,
	SLOT_STATIC_MEM,
	SLOT_DIRECT_MAP,
	SLOT_VPL011,
	SLOT_NR_SPIS,
	SLOT_TRAP_UNMAP,
	SLOT_COLORS,
	SLOT_PASSTHROUGH_DTB,
	SLOT_PASSTHROUGH_PATHS,
	SLOT_SHARED_MEM,
	SLOT_COUNT,
};

struct taken {
	const struct setting *setting; /* NULL: not set */
	uint64_t number;	       /* of those that are one; of SLOT_STATIC_MEM its bytes */
};

struct domain {
	struct taken slots[SLOT_COUNT];
	struct taken affinity[PLAN_MAX_CPUS];
};

struct import {
	struct config *config;
	uint32_t domain_count; /* 0: not known, which is reported */
	uint32_t domain_line;  /* where it stands */
	bool makes_trees;      /* ImageBuilder would make partial device trees by itself */
	struct domain domains[PLAN_MAX_PARTITIONS];
};

struct variable;
typedef void take_setting(struct import *import, const struct variable *variable,
			  const struct setting *setting);

/* A variable: how many indices it has, what is done with it, and what is said about it. */
struct variable {
	const char *name;
	unsigned indices;   /* 0 to 2; the first of DOMU_* is the domU's number */
	take_setting *take; /* NULL: it has been taken before all others */
	const char *words;  /* what its value is, why it is left out, or what to do */
	enum slot slot;
	uint64_t least;
	uint64_t most;
	const char *off; /* the value that switches it off, and is accepted where others are not */
};

/* import_variables.c: the row of a name; NULL: there is none. */
const struct variable *variable_find(const char *name);

/* The name of a row that is close to this one; NULL: none is. */
const char *variable_suggest(const char *name);

/*
 * import_check.c: what a row does with a setting. The first leaves it out with a comment in the
 * description, the second says so besides, the third is an error but for the value that is off.
 */
take_setting take_comment, take_note, take_refused, take_text, take_number, take_paths,
	take_colours, take_ranges, take_shared, take_affinity;

/* Takes all settings, and checks that they fit together. What is wrong is in the configuration. */
void import_check(struct import *import);

/* import_value.c: a number as bash's arithmetic reads it, but for octal ones. */
bool value_number(const char *text, size_t size, uint64_t *number);

/* The words of a list, at most most of them; 0: there are more, or control characters in them. */
struct value_word {
	const char *text;
	size_t size;
};
unsigned value_words(const char *text, struct value_word *words, unsigned most);

/* Whether the text can stand in a string: it has no control characters. */
bool value_is_text(const char *text);

/* import_write.c */
void import_write(const struct import *import, const char *name, FILE *file);

#endif

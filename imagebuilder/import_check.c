/* SPDX-License-Identifier: Apache-2.0 */
/* What is taken from each variable, and what must fit together. */
#include <inttypes.h>
#include <string.h>

#include "imagebuilder/import_variables.h"

#define MEGABYTE (UINT64_C(1) << 20)

static void complain(struct import *import, const struct variable *variable,
		     const struct setting *setting)
{
	(void)setting_error(import->config, setting, "\"%.*s\"; %s", 100, setting->value,
			    variable->words);
}

/* The place in its domU for what a row is about. */
static struct taken *slot_of(struct import *import, const struct variable *variable,
			     const struct setting *setting)
{
	struct taken *const taken = &import->domains[setting->key.indices[0]].slots[variable->slot];

	taken->setting = setting;
	return taken;
}

void take_comment(struct import *import, const struct variable *variable,
		  const struct setting *setting)
{
	(void)import;
	(void)variable;
	(void)setting;
}

void take_note(struct import *import, const struct variable *variable,
	       const struct setting *setting)
{
	setting_note(import->config, setting, "left out: %s", variable->words);
}

void take_refused(struct import *import, const struct variable *variable,
		  const struct setting *setting)
{
	if (variable->off != NULL &&
	    (strcmp(setting->value, variable->off) == 0 || strcmp(setting->value, "0") == 0))
		return;
	(void)setting_error(import->config, setting, "%s", variable->words);
}

void take_text(struct import *import, const struct variable *variable,
	       const struct setting *setting)
{
	(void)slot_of(import, variable, setting);
	if (!value_is_text(setting->value))
		(void)setting_error(import->config, setting,
				    "a line break or another control character; %s is one line",
				    variable->words);
}

static bool read_number(const struct variable *variable, const struct setting *setting,
			uint64_t *number)
{
	return value_number(setting->value, strlen(setting->value), number) &&
	       *number >= variable->least && *number <= variable->most;
}

void take_number(struct import *import, const struct variable *variable,
		 const struct setting *setting)
{
	if (!read_number(variable, setting, &slot_of(import, variable, setting)->number))
		complain(import, variable, setting);
}

void take_paths(struct import *import, const struct variable *variable,
		const struct setting *setting)
{
	struct value_word words[IMPORT_MAX_WORDS];

	(void)slot_of(import, variable, setting);
	if (value_words(setting->value, words, IMPORT_MAX_WORDS) == 0)
		complain(import, variable, setting);
}

void take_colours(struct import *import, const struct variable *variable,
		  const struct setting *setting)
{
	(void)slot_of(import, variable, setting);
	if (setting->value[strspn(setting->value, "0123456789,-")] != '\0')
		complain(import, variable, setting);
	else
		setting_note(import->config, setting,
			     "llc-colors is planned, but this build does not carry it out");
}

void take_ranges(struct import *import, const struct variable *variable,
		 const struct setting *setting)
{
	struct value_word words[2 * PLAN_MAX_REGIONS];
	const unsigned count = value_words(setting->value, words, 2 * PLAN_MAX_REGIONS);
	struct taken *const taken = slot_of(import, variable, setting);
	bool is_good = count != 0 && count % 2 == 0;

	for (unsigned i = 0; i < count; i++) {
		uint64_t number;

		is_good = value_number(words[i].text, words[i].size, &number) && is_good;
		taken->number += i % 2 == 1 ? number : 0;
	}
	if (!is_good)
		complain(import, variable, setting);
}

void take_shared(struct import *import, const struct variable *variable,
		 const struct setting *setting)
{
	struct value_word words[4];
	const unsigned count = value_words(setting->value, words, 4);
	bool is_good = count >= 3;

	(void)slot_of(import, variable, setting);
	for (unsigned i = 1; i < count; i++) {
		uint64_t number;

		is_good = value_number(words[i].text, words[i].size, &number) && is_good;
	}
	if (!is_good)
		complain(import, variable, setting);
	else
		setting_note(import->config, setting,
			     "shared memory is planned, but this build does not carry it out");
}

void take_affinity(struct import *import, const struct variable *variable,
		   const struct setting *setting)
{
	const uint32_t vcpu = setting->key.indices[1];

	if (vcpu >= PLAN_MAX_CPUS) {
		(void)setting_error(import->config, setting, "vCPU %u; a domU has at most %d vCPUs",
				    vcpu, PLAN_MAX_CPUS);
		return;
	}

	struct taken *const taken = &import->domains[setting->key.indices[0]].affinity[vcpu];

	taken->setting = setting;
	if (!read_number(variable, setting, &taken->number))
		complain(import, variable, setting);
}

/* Whether the setting has the indices that its variable has, and its domU is there. */
static bool check_indices(struct import *import, const struct variable *variable,
			  const struct setting *setting)
{
	const struct setting_key *const key = &setting->key;

	if (variable->indices == 0 && key->indices[0] != 0)
		return setting_error(import->config, setting,
				     "wrong indices; it has no index: NAME=value");
	if (variable->indices == 2 && key->index_count != 2)
		return setting_error(import->config, setting,
				     "wrong indices; it has two, domU and vCPU: NAME[0,0]=value");
	if (strncmp(variable->name, "DOMU_", 5) != 0)
		return true;
	if (import->domain_count == 0)
		return key->indices[0] < PLAN_MAX_PARTITIONS;
	return key->indices[0] < import->domain_count ||
	       setting_error(import->config, setting,
			     "NUM_DOMUS is %u, so that domUs are 0 to %u; ImageBuilder overlooks "
			     "this line; change NUM_DOMUS, or take it out",
			     import->domain_count, import->domain_count - 1);
}

static void take_one(struct import *import, const struct setting *setting)
{
	const struct variable *const variable = variable_find(setting->key.name);

	if (variable == NULL) {
		const char *const closest = variable_suggest(setting->key.name);

		if (!setting->is_broken && !config_is_referred(import->config, setting->key.name))
			(void)setting_error(import->config, setting,
					    "unknown variable%s%s%s; it is none of ImageBuilder's, "
					    "and no value refers to it",
					    closest == NULL ? "" : "; did you mean '",
					    closest == NULL ? "" : closest,
					    closest == NULL ? "" : "'?");
		return;
	}
	if (setting->is_broken || setting->value[0] == '\0')
		return;
	if (check_indices(import, variable, setting) && variable->take != NULL)
		variable->take(import, variable, setting);
}

static void count_domains(struct import *import)
{
	const struct variable *const variable = variable_find("NUM_DOMUS");
	const struct setting *const setting = config_find_element(import->config, "NUM_DOMUS", 0);
	uint64_t count;

	if (setting == NULL || (setting->value[0] == '\0' && !setting->is_broken)) {
		(void)config_error(import->config, 0, "NUM_DOMUS",
				   "missing; write how many domUs there are: NUM_DOMUS=2");
		return;
	}
	if (setting->is_broken)
		return;
	if (!read_number(variable, setting, &count)) {
		complain(import, variable, setting);
		return;
	}
	import->domain_count = (uint32_t)count;
	import->domain_line = setting->line;
}

static bool is_set(const struct import *import, const char *name)
{
	const struct setting *const setting = config_find_element(import->config, name, 0);

	return setting != NULL && setting->value[0] != '\0';
}

/* All vCPUs are pinned, or none. */
static void check_affinity(struct import *import, uint32_t index)
{
	const struct domain *const domain = &import->domains[index];
	const struct taken *const vcpus = &domain->slots[SLOT_VCPUS];
	const uint64_t count = vcpus->setting == NULL ? 1 : vcpus->number;
	const struct setting *last = NULL;
	uint64_t pinned = 0;

	for (uint32_t i = 0; i < PLAN_MAX_CPUS; i++) {
		const struct setting *const setting = domain->affinity[i].setting;

		if (setting == NULL)
			continue;
		pinned++;
		last = setting;
		if (i >= count)
			(void)setting_error(import->config, setting,
					    "domU%u has %" PRIu64 " vCPU%s; change DOMU_VCPUS[%u], "
					    "or take it out",
					    index, count, count == 1 ? "" : "s", index);
	}
	if (pinned != 0 && pinned < count)
		(void)setting_error(import->config, last,
				    "%" PRIu64 " of %" PRIu64 " vCPUs have one; all vCPUs of a "
				    "domU are pinned or none",
				    pinned, count);
}

/* What ImageBuilder overlooks besides something else, and what is overlooked here with a note. */
static void check_memory(struct import *import, const struct domain *domain)
{
	const struct taken *const ranges = &domain->slots[SLOT_STATIC_MEM];
	const struct taken *const memory = &domain->slots[SLOT_MEM];
	const struct taken *const direct = &domain->slots[SLOT_DIRECT_MAP];

	if (ranges->setting != NULL && memory->setting != NULL &&
	    memory->number * MEGABYTE != ranges->number)
		setting_note(import->config, memory->setting,
			     "left out, as ImageBuilder does: DOMU_STATIC_MEM says how much");
	if (ranges->setting == NULL && direct->setting != NULL && direct->number == 1)
		setting_note(import->config, direct->setting,
			     "left out, as ImageBuilder does: it needs DOMU_STATIC_MEM");
}

static void check_devices(struct import *import, struct domain *domain)
{
	struct taken *const tree = &domain->slots[SLOT_PASSTHROUGH_DTB];
	struct taken *const paths = &domain->slots[SLOT_PASSTHROUGH_PATHS];

	if (paths->setting == NULL)
		return;
	if (tree->setting != NULL && import->makes_trees) {
		setting_note(
			import->config, tree->setting,
			"left out, as ImageBuilder does: it makes one of DOMU_PASSTHROUGH_PATHS");
		tree->setting = NULL;
	} else if (tree->setting != NULL) {
		setting_note(import->config, paths->setting,
			     "left out: xen,path in DOMU_PASSTHROUGH_DTB names the devices");
		paths->setting = NULL;
	} else if (!import->makes_trees) {
		setting_note(
			import->config, paths->setting,
			"the domU gets these devices, where ImageBuilder passes none: it needs "
			"PASSTHROUGH_DTS_REPO or LOPPER_PATH for that");
	}
}

/* Whether there is such a setting, be it one that could not be read. */
static bool has_kernel(const struct import *import, uint32_t index)
{
	const struct setting *const setting =
		config_find_element(import->config, "DOMU_KERNEL", index);

	return setting != NULL && (setting->is_broken || setting->value[0] != '\0');
}

void import_check(struct import *import)
{
	const struct config *const config = import->config;

	count_domains(import);
	import->makes_trees =
		is_set(import, "PASSTHROUGH_DTS_REPO") || is_set(import, "LOPPER_PATH");
	for (unsigned i = 0; i < config->setting_count; i++)
		take_one(import, &config->settings[i]);
	for (uint32_t i = 0; i < import->domain_count; i++) {
		if (!has_kernel(import, i))
			(void)config_error(import->config, import->domain_line, "NUM_DOMUS",
					   "there is no DOMU_KERNEL[%u]; each domU has a kernel",
					   i);
		check_affinity(import, i);
		check_memory(import, &import->domains[i]);
		check_devices(import, &import->domains[i]);
	}
}

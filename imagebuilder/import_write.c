/* SPDX-License-Identifier: Apache-2.0 */
/* The description, with a comment behind each line that says where it comes from. */
#include <inttypes.h>
#include <string.h>

#include "imagebuilder/import_variables.h"

#define KIB_OF_MB UINT64_C(1024)

/* "*" "/" would end the comment that the text stands in. */
static void put_comment(FILE *file, const char *text)
{
	for (; *text != '\0'; text++)
		(void)fputc(*text == '*' || (unsigned char)*text < ' ' ? '?' : *text, file);
}

static void put_string(FILE *file, const char *text, size_t size)
{
	(void)fputc('"', file);
	for (size_t i = 0; i < size; i++) {
		if (text[i] == '"' || text[i] == '\\')
			(void)fputc('\\', file);
		(void)fputc(text[i], file);
	}
	(void)fputc('"', file);
}

/* Two cells. */
static void put_cells(FILE *file, uint64_t value)
{
	(void)fprintf(file, "%#" PRIx32 " %#" PRIx32, (uint32_t)(value >> 32), (uint32_t)value);
}

/* The end of a line, and where it comes from. */
static void put_origin(FILE *file, const struct setting *setting)
{
	char label[CONFIG_LABEL_SIZE];

	if (setting == NULL)
		(void)fputs("; /* ImageBuilder's default */\n", file);
	else
		(void)fprintf(file, "; /* %s, line %u */\n", config_label(&setting->key, label),
			      setting->line);
}

static void put_words(FILE *file, const char *name, const struct setting *setting)
{
	struct value_word words[IMPORT_MAX_WORDS];
	const unsigned count = value_words(setting->value, words, IMPORT_MAX_WORDS);

	(void)fprintf(file, "\t\t\t%s = ", name);
	for (unsigned i = 0; i < count; i++) {
		(void)fputs(i == 0 ? "" : ",\n\t\t\t\t", file);
		put_string(file, words[i].text, words[i].size);
	}
	put_origin(file, setting);
}

/* The numbers of a list from one of its words on. */
static void put_numbers(FILE *file, const char *name, const struct setting *setting, unsigned first)
{
	struct value_word words[IMPORT_MAX_WORDS];
	const unsigned count = value_words(setting->value, words, IMPORT_MAX_WORDS);

	(void)fprintf(file, "%s = <", name);
	for (unsigned i = first; i < count; i++) {
		uint64_t number;

		(void)value_number(words[i].text, words[i].size, &number);
		(void)fputs(i == first ? "" : " ", file);
		put_cells(file, number);
	}
	(void)fputc('>', file);
	put_origin(file, setting);
}

static void put_number(FILE *file, const char *name, const struct taken *taken)
{
	if (taken->setting == NULL)
		return;
	(void)fprintf(file, "\t\t\t%s = <%" PRIu64 ">", name, taken->number);
	put_origin(file, taken->setting);
}

static void put_memory(FILE *file, const struct domain *domain)
{
	const struct taken *const ranges = &domain->slots[SLOT_STATIC_MEM];
	const struct taken *const memory = &domain->slots[SLOT_MEM];
	const struct taken *const direct = &domain->slots[SLOT_DIRECT_MAP];
	const uint64_t megabytes = memory->setting == NULL ? IMPORT_DEFAULT_MB : memory->number;

	if (ranges->setting == NULL) {
		(void)fputs("\t\t\t/* In KiB. */\n\t\t\tmemory = <", file);
		put_cells(file, megabytes * KIB_OF_MB);
		(void)fputc('>', file);
		put_origin(file, memory->setting);
		return;
	}
	put_numbers(file, "\t\t\txen,static-mem", ranges->setting, 0);
	if (direct->setting == NULL || direct->number == 1) {
		(void)fputs("\t\t\tdirect-map", file);
		put_origin(file, direct->setting);
	}
}

static void put_cpus(FILE *file, const struct domain *domain)
{
	const struct taken *const vcpus = &domain->slots[SLOT_VCPUS];

	(void)fprintf(file, "\t\t\tcpus = <%" PRIu64 ">",
		      vcpus->setting == NULL ? 1 : vcpus->number);
	put_origin(file, vcpus->setting);
}

static bool has_uart(const struct domain *domain)
{
	return domain->slots[SLOT_VPL011].setting == NULL || domain->slots[SLOT_VPL011].number == 1;
}

static void put_properties(FILE *file, const struct domain *domain)
{
	const struct taken *const slots = domain->slots;

	(void)fputs("\t\t\tcompatible = \"bulkhead,partition\";\n"
		    "\t\t\t#address-cells = <2>;\n"
		    "\t\t\t#size-cells = <2>;\n",
		    file);
	put_cpus(file, domain);
	put_memory(file, domain);
	if (has_uart(domain)) {
		(void)fputs("\t\t\tvpl011", file);
		put_origin(file, slots[SLOT_VPL011].setting);
	}
	put_number(file, "nr_spis", &slots[SLOT_NR_SPIS]);
	put_number(file, "trap-unmapped-accesses", &slots[SLOT_TRAP_UNMAP]);
	if (slots[SLOT_COLORS].setting != NULL)
		put_words(file, "llc-colors", slots[SLOT_COLORS].setting);
	if (slots[SLOT_PASSTHROUGH_PATHS].setting != NULL)
		put_words(file, "bulkhead,passthrough", slots[SLOT_PASSTHROUGH_PATHS].setting);
}

static void put_bootargs(FILE *file, const struct domain *domain)
{
	const struct setting *const setting = domain->slots[SLOT_CMD].setting;

	if (setting == NULL && !has_uart(domain))
		return;
	const char *const text = setting == NULL ? IMPORT_DEFAULT_BOOTARGS : setting->value;

	(void)fputs("\t\t\t\tbootargs = ", file);
	put_string(file, text, strlen(text));
	put_origin(file, setting);
}

static void put_modules(FILE *file, const struct domain *domain)
{
	static const struct {
		const char *node;
		const char *kind;
		enum slot slot;
	} modules[] = {{"kernel", "kernel", SLOT_KERNEL},
		       {"ramdisk", "ramdisk", SLOT_RAMDISK},
		       {"devices", "device-tree", SLOT_PASSTHROUGH_DTB}};

	for (size_t i = 0; i < sizeof(modules) / sizeof(modules[0]); i++) {
		const struct setting *const setting = domain->slots[modules[i].slot].setting;

		if (setting == NULL)
			continue;
		(void)fprintf(file,
			      "\n\t\t\t%s {\n"
			      "\t\t\t\tcompatible = \"multiboot,%s\", \"multiboot,module\";\n"
			      "\t\t\t\tbulkhead,file = ",
			      modules[i].node, modules[i].kind);
		put_string(file, setting->value, strlen(setting->value));
		put_origin(file, setting);
		if (modules[i].slot == SLOT_KERNEL)
			put_bootargs(file, domain);
		(void)fputs("\t\t\t};\n", file);
	}
}

static void put_vcpus(FILE *file, const struct domain *domain)
{
	for (uint32_t i = 0; i < PLAN_MAX_CPUS; i++) {
		const struct taken *const taken = &domain->affinity[i];

		if (taken->setting == NULL)
			continue;
		(void)fprintf(file,
			      "\n\t\t\tvcpu%u {\n"
			      "\t\t\t\tcompatible = \"xen,vcpu\";\n"
			      "\t\t\t\tid = <%u>;\n"
			      "\t\t\t\thard-affinity = \"%" PRIu64 "\"",
			      i, i, taken->number);
		put_origin(file, taken->setting);
		(void)fputs("\t\t\t};\n", file);
	}
}

static void put_shared(FILE *file, const struct domain *domain)
{
	const struct setting *const setting = domain->slots[SLOT_SHARED_MEM].setting;
	struct value_word words[4];

	if (setting == NULL)
		return;
	(void)value_words(setting->value, words, 4);
	(void)fputs("\n\t\t\tshared-memory {\n"
		    "\t\t\t\tcompatible = \"xen,domain-shared-memory-v1\";\n"
		    "\t\t\t\trole = \"borrower\";\n"
		    "\t\t\t\txen,shm-id = ",
		    file);
	put_string(file, words[0].text, words[0].size);
	(void)fputs(";\n", file);
	put_numbers(file, "\t\t\t\txen,shared-mem", setting, 1);
	(void)fputs("\t\t\t};\n", file);
}

/* What has no place in a description, and why. */
static void put_left_out(FILE *file, const struct config *config)
{
	const char *introduction = " *\n * What it says besides is left out:\n *\n";
	char label[CONFIG_LABEL_SIZE];

	for (unsigned i = 0; i < config->setting_count; i++) {
		const struct setting *const setting = &config->settings[i];
		const struct variable *const variable = variable_find(setting->key.name);

		if (variable == NULL || setting->value[0] == '\0' ||
		    (variable->take != take_comment && variable->take != take_note))
			continue;
		(void)fprintf(file, "%s * %s, line %u: %s\n", introduction,
			      config_label(&setting->key, label), setting->line, variable->words);
		introduction = "";
	}
}

void import_write(const struct import *import, const char *name, FILE *file)
{
	(void)fputs("/*\n * Made by imagebuilder import of ", file);
	put_comment(file, name);
	(void)fputs(", a configuration of Xen's ImageBuilder, whose\n"
		    " * variables and lines stand behind what they became.\n",
		    file);
	put_left_out(file, import->config);
	(void)fputs(" */\n/dts-v1/;\n/include/ \"board.dts\"\n\n/ {\n\tchosen {\n"
		    "\t\t#address-cells = <2>;\n\t\t#size-cells = <2>;\n",
		    file);
	for (uint32_t i = 0; i < import->domain_count; i++) {
		(void)fprintf(file, "\n\t\tdomU%u {\n", i);
		put_properties(file, &import->domains[i]);
		put_modules(file, &import->domains[i]);
		put_vcpus(file, &import->domains[i]);
		put_shared(file, &import->domains[i]);
		(void)fputs("\t\t};\n", file);
	}
	(void)fputs("\t};\n};\n", file);
}

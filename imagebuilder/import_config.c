/* SPDX-License-Identifier: Apache-2.0 */
#include "imagebuilder/import_config.h"

#include <stdarg.h>
#include <string.h>

#include "imagebuilder/message.h"

static bool is_same(const struct setting_key *a, const struct setting_key *b)
{
	return a->is_staged == b->is_staged && strcmp(a->name, b->name) == 0 &&
	       a->index_count == b->index_count && a->indices[0] == b->indices[0] &&
	       (a->index_count == 1 || a->indices[1] == b->indices[1]);
}

/* Without what the elements hold: they are large, and written before they are read. */
void config_reset(struct config *config)
{
	config->setting_count = 0;
	config->remark_count = 0;
	config->errors = 0;
}

struct setting *config_find(struct config *config, const struct setting_key *key)
{
	for (unsigned i = 0; i < config->setting_count; i++)
		if (is_same(&config->settings[i].key, key))
			return &config->settings[i];
	return NULL;
}

struct setting *config_find_element(struct config *config, const char *name, uint32_t index)
{
	struct setting_key key = {.index_count = 1, .indices = {index}};

	if (strlen(name) >= sizeof(key.name))
		return NULL;
	(void)snprintf(key.name, sizeof(key.name), "%s", name);
	return config_find(config, &key);
}

/* A place for a setting; NULL: there is none left. */
static struct setting *new_setting(struct config *config)
{
	struct setting *const setting = &config->settings[config->setting_count];

	if (config->setting_count == CONFIG_MAX_SETTINGS)
		return NULL;
	config->setting_count++;
	setting->is_referred = false;
	return setting;
}

bool config_assign(struct config *config, const struct setting_key *key, const char *value,
		   uint32_t line)
{
	struct setting *setting = config_find(config, key);

	if (setting == NULL)
		setting = new_setting(config);
	if (setting == NULL)
		return config_error(config, line, key->name,
				    "one variable too many; at most %d elements of variables",
				    CONFIG_MAX_SETTINGS);
	setting->key = *key;
	setting->line = line;
	setting->is_broken = value == NULL;
	(void)snprintf(setting->value, sizeof(setting->value), "%s", value == NULL ? "" : value);
	return true;
}

bool config_is_referred(const struct config *config, const char *name)
{
	for (unsigned i = 0; i < config->setting_count; i++)
		if (config->settings[i].is_referred &&
		    strcmp(config->settings[i].key.name, name) == 0)
			return true;
	return false;
}

/* Forgets all elements of NAME but those that are staged. */
static void clear(struct config *config, const char *name)
{
	unsigned kept = 0;

	for (unsigned i = 0; i < config->setting_count; i++) {
		const struct setting_key *const key = &config->settings[i].key;

		if (!key->is_staged && strcmp(key->name, name) == 0)
			continue;
		if (kept != i)
			config->settings[kept] = config->settings[i];
		kept++;
	}
	config->setting_count = kept;
}

/* What is staged stands behind all else, so that each finds its place at its own or before it. */
void config_adopt(struct config *config, const char *name, bool is_added)
{
	const bool is_referred = config_is_referred(config, name);

	if (!is_added)
		clear(config, name);

	const unsigned end = config->setting_count;
	unsigned staged = end;

	while (staged > 0 && config->settings[staged - 1].key.is_staged)
		staged--;
	config->setting_count = staged;
	for (; staged < end; staged++) {
		struct setting setting = config->settings[staged];
		struct setting *adopted;

		setting.key.is_staged = false;
		(void)config_assign(config, &setting.key, setting.is_broken ? NULL : setting.value,
				    setting.line);
		adopted = config_find(config, &setting.key);
		if (adopted != NULL)
			adopted->is_referred |= is_referred;
	}
}

bool config_is_associative(const char *name)
{
	return strcmp(name, "DOMU_VCPU_HARD_AFFINITY") == 0;
}

uint32_t config_next_index(const struct config *config, const char *name)
{
	uint32_t next = 0;

	for (unsigned i = 0; i < config->setting_count; i++) {
		const struct setting_key *const key = &config->settings[i].key;

		if (key->index_count == 1 && strcmp(key->name, name) == 0 &&
		    key->indices[0] >= next)
			next = key->indices[0] + 1;
	}
	return next;
}

const char *config_label(const struct setting_key *key, char label[CONFIG_LABEL_SIZE])
{
	if (key->is_plain)
		(void)snprintf(label, CONFIG_LABEL_SIZE, "%s", key->name);
	else if (key->index_count == 1)
		(void)snprintf(label, CONFIG_LABEL_SIZE, "%s[%u]", key->name, key->indices[0]);
	else
		(void)snprintf(label, CONFIG_LABEL_SIZE, "%s[%u,%u]", key->name, key->indices[0],
			       key->indices[1]);
	return label;
}

/* What cannot be shown on a terminal is a question mark. */
static void clean(char *text)
{
	for (; *text != '\0'; text++)
		if ((unsigned char)*text < ' ' || *text == '\x7f')
			*text = '?';
}

/* A place for a remark. When there is none left, an error takes that of a note. */
static struct remark *new_remark(struct config *config, bool is_error)
{
	if (config->remark_count < CONFIG_MAX_REMARKS)
		return &config->remarks[config->remark_count++];
	for (unsigned i = CONFIG_MAX_REMARKS; is_error && i > 0; i--)
		if (!config->remarks[i - 1].is_error)
			return &config->remarks[i - 1];
	return NULL;
}

static void remark(struct config *config, bool is_error, uint32_t line, const char *label,
		   const char *what, va_list arguments)
{
	struct remark *const remark = new_remark(config, is_error);
	int length;

	config->errors += is_error ? 1 : 0;
	if (remark == NULL)
		return;
	remark->line = line;
	remark->is_error = is_error;
	length = snprintf(remark->text, sizeof(remark->text), "%.*s: ", CONFIG_LABEL_SIZE, label);
	(void)vsnprintf(remark->text + length, sizeof(remark->text) - (size_t)length, what,
			arguments);
	clean(remark->text);
}

bool config_error(struct config *config, uint32_t line, const char *label, const char *what, ...)
{
	va_list arguments;

	va_start(arguments, what);
	remark(config, true, line, label, what, arguments);
	va_end(arguments);
	return false;
}

bool setting_error(struct config *config, const struct setting *setting, const char *what, ...)
{
	char label[CONFIG_LABEL_SIZE];
	va_list arguments;

	va_start(arguments, what);
	remark(config, true, setting->line, config_label(&setting->key, label), what, arguments);
	va_end(arguments);
	return false;
}

void setting_note(struct config *config, const struct setting *setting, const char *what, ...)
{
	char label[CONFIG_LABEL_SIZE];
	va_list arguments;

	va_start(arguments, what);
	remark(config, false, setting->line, config_label(&setting->key, label), what, arguments);
	va_end(arguments);
}

/* Errors first; then by line; then as they were said. */
static bool is_before(const struct remark *a, const struct remark *b)
{
	if (a->is_error != b->is_error)
		return a->is_error;
	return a->line < b->line;
}

static void sort(struct config *config)
{
	for (unsigned i = 1; i < config->remark_count; i++) {
		const struct remark moved = config->remarks[i];
		unsigned to = i;

		for (; to > 0 && is_before(&moved, &config->remarks[to - 1]); to--)
			config->remarks[to] = config->remarks[to - 1];
		config->remarks[to] = moved;
	}
}

static void print_remark(const struct remark *remark, const char *name, FILE *file)
{
	const bool is_coloured = remark->is_error && wants_colour(file);

	(void)fputs(name, file);
	if (remark->line != 0)
		(void)fprintf(file, ":%u", remark->line);
	(void)fprintf(file, ": %s%s:%s %s\n", is_coloured ? "\033[1;31m" : "",
		      remark->is_error ? "error" : "note", is_coloured ? "\033[0m" : "",
		      remark->text);
}

void config_print(struct config *config, const char *name, FILE *file)
{
	sort(config);
	for (unsigned i = 0; i < config->remark_count; i++)
		print_remark(&config->remarks[i], name, file);
	if (config->errors != 0)
		(void)fprintf(file, "%u error%s; nothing is written\n", config->errors,
			      config->errors == 1 ? "" : "s");
}

#include "common/base/config.h"
#include "common/base/text.h"
#include <stddef.h>
#include <string.h>

enum type { TEXT, FILE_TEXT, NUMBER, SWITCH };
enum { SECRET_MAX = 4096, NUMBER_MAX = 2147483647 };

static const struct setting {
	unsigned group;
	enum type type;
	size_t offset;
	const char *name, *fallback;
} settings[] = {
#define SETTING(group, type, field, name, fallback)                                                          \
	{CONFIG_##group, type, offsetof(struct config, field), name, fallback},
#include "common/base/settings.def"
#undef SETTING
};

enum { SETTINGS = sizeof settings / sizeof *settings };

static const char prefix[] = "STAGEDOOR_";

static const char *value_of(char **environment, const char *name)
{
	size_t len = strlen(name);

	for (; *environment != NULL; environment++)
		if (text_starts(*environment, prefix) &&
		    strncmp(*environment + sizeof prefix - 1, name, len) == 0 &&
		    (*environment)[sizeof prefix - 1 + len] == '=')
			return *environment + sizeof prefix + len;
	return NULL;
}

static err check_known(struct arena *a, char **environment, const char **ret_problem)
{
	for (; *environment != NULL; environment++) {
		const char *name = *environment + sizeof prefix - 1;
		bool known = false;

		if (!text_starts(*environment, prefix))
			continue;
		for (size_t i = 0; i < SETTINGS; i++)
			known = known || (text_starts(name, settings[i].name) &&
					  name[strlen(settings[i].name)] == '=');
		if (!known) {
			*ret_problem = arena_printf(
			    a, "unknown setting %.*s: see common/base/settings.def for those there are",
			    (int)strcspn(*environment, "="), *environment);
			return ERR_INVALID;
		}
	}
	return OK;
}

static err parse_switch(const char *value, bool *ret_on)
{
	if (text_same(value, "on") || text_same(value, "yes")) {
		*ret_on = true;
		return OK;
	}
	if (!text_same(value, "off") && !text_same(value, "no"))
		return ERR_INVALID;
	*ret_on = false;
	return OK;
}

static err read_secret(struct arena *a, const char *path, const char **ret_text)
{
	char *text;
	err e = text_read_file(a, path, SECRET_MAX, &text);

	if (e == OK)
		*ret_text = text;
	return e;
}

static err set(struct arena *a, const struct setting *s, const char *value, struct config *c)
{
	void *field = (char *)c + s->offset;

	switch (s->type) {
	case TEXT:
		*(const char **)field = value;
		return OK;
	case FILE_TEXT:
		return read_secret(a, value, field);
	case NUMBER:
		return text_number(value, NUMBER_MAX, field);
	case SWITCH:
		return parse_switch(value, field);
	}
	return ERR_BUG;
}

err config_load(struct arena *a, char **environment, unsigned groups, struct config *ret_config,
		const char **ret_problem)
{
	static const char *const wants[] = {[TEXT] = "text",
					    [FILE_TEXT] = "the path of a readable file",
					    [NUMBER] = "a whole number",
					    [SWITCH] = "on or off"};
	struct config c = {0};
	err e;

	if ((e = check_known(a, environment, ret_problem)) != OK)
		return e;
	for (size_t i = 0; i < SETTINGS; i++) {
		const struct setting *s = &settings[i];
		const char *value = (s->group & groups) != 0 ? value_of(environment, s->name) : NULL;

		if (value == NULL)
			value = s->fallback;
		if (value == NULL && (s->group & groups) == 0)
			continue;
		if (value == NULL) {
			*ret_problem = arena_printf(a, "missing setting %s%s", prefix, s->name);
			return ERR_INVALID;
		}
		if (set(a, s, value, &c) != OK) {
			*ret_problem =
			    arena_printf(a, "setting %s%s must be %s", prefix, s->name, wants[s->type]);
			return ERR_INVALID;
		}
	}
	*ret_config = c;
	return OK;
}

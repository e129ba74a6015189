#include "sandbox/form.h"
#include <sodium.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* Decodes into `to`, which has room for `size` bytes. */
static bool decode_text(const char *from, size_t size, char *to, size_t *ret_size)
{
	size_t n = 0;

	for (size_t i = 0; i < size; i++) {
		char c = from[i] == '+' ? ' ' : from[i];

		if (c == '%') {
			unsigned char byte;

			if (size - i < 3 || sodium_hex2bin(&byte, 1, from + i + 1, 2, NULL, NULL, NULL) != 0)
				return false;
			c = (char)byte;
			i += 2;
		}
		if (c == '\0')
			return false;
		to[n++] = c;
	}
	*ret_size = n;
	return true;
}

static bool add_field(json_t *form, const char *field, size_t size, char *room)
{
	const char *equals = memchr(field, '=', size);
	size_t name_size = equals != NULL ? (size_t)(equals - field) : size, value_size = 0;
	char *name = room, *value = room + name_size + 1;

	if (!decode_text(field, name_size, name, &name_size) || name_size == 0)
		return false;
	name[name_size] = '\0';
	if (equals != NULL &&
	    !decode_text(equals + 1, size - (size_t)(equals - field) - 1, value, &value_size))
		return false;
	return json_object_set_new(form, name, json_stringn(value, value_size)) == 0;
}

json_t *form_parse(const char *body, size_t size)
{
	json_t *form = json_object();
	char *room = malloc(size + 2);
	bool good = room != NULL;

	for (size_t at = 0; good && at < size;) {
		const char *end = memchr(body + at, '&', size - at);
		size_t n = end != NULL ? (size_t)(end - body) - at : size - at;

		if (n > 0)
			good =
			    add_field(form, body + at, n, room) && json_object_size(form) <= FORM_FIELDS_MAX;
		at += n + 1;
	}
	free(room);
	if (good)
		return form;
	json_decref(form);
	return NULL;
}

const char *form_text(const json_t *form, const char *name)
{
	const char *value = json_string_value(json_object_get(form, name));

	return value != NULL && *value != '\0' ? value : NULL;
}

json_t *form_map(const json_t *form, const char *name)
{
	json_t *map = json_object(), *value;
	const char *field;
	size_t n = strlen(name);

	json_object_foreach((json_t *)form, field, value)
	{
		size_t size = strlen(field);
		char *key;

		if (strncmp(field, name, n) != 0 || field[n] != '[' || field[size - 1] != ']')
			continue;
		key = strndup(field + n + 1, size - n - 2);
		if (key != NULL)
			json_object_set(map, key, value);
		free(key);
	}
	return map;
}

static bool name_matches(const char *name, const char *pattern)
{
	for (; *pattern != '\0'; pattern++) {
		if (*pattern == '*')
			name += strcspn(name, "[]");
		else if (*name++ != *pattern)
			return false;
	}
	return *name == '\0';
}

const char *form_unknown(const json_t *form, const char *const patterns[])
{
	const char *name;
	json_t *value;

	json_object_foreach((json_t *)form, name, value)
	{
		const char *const *p = patterns;

		while (*p != NULL && !name_matches(name, *p))
			p++;
		if (*p == NULL)
			return name;
	}
	return NULL;
}

#include "common/schema/yaml.h"
#include "common/base/buf.h"
#include "common/base/text.h"
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

static void put_value(struct buf *b, const json_t *value, int depth);

static void indent(struct buf *b, int depth)
{
	for (int i = 0; i < depth; i++)
		buf_puts(b, "  ");
}

/* Words that a reader of YAML 1.1 or 1.2 takes for a boolean, a null or a number. */
static bool is_reserved(const char *s)
{
	static const char *const words[] = {"true", "false", "null", "yes", "no", "on", "off", "y", "n"};
	char lower[8];

	if (strlen(s) >= sizeof lower)
		return false;
	strncpy(lower, s, sizeof lower);
	text_lower(lower);
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (strcmp(lower, words[i]) == 0)
			return true;
	return false;
}

/* Begins with a letter and holds nothing that has a meaning in YAML, in a list of one line either. */
static bool is_plain(const char *s)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
	static const char others[] =
	    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 _-./+;()";
	size_t len = strlen(s);

	return len > 0 && strspn(s, letters) > 0 && strspn(s, others) == len && s[len - 1] != ' ' &&
	       !is_reserved(s);
}

/* A string of JSON is one of YAML. */
static void put_scalar(struct buf *b, const json_t *value)
{
	char *text;

	if (json_is_string(value) && is_plain(json_string_value(value))) {
		buf_puts(b, json_string_value(value));
		return;
	}
	text = json_dumps(value, JSON_ENCODE_ANY | JSON_REAL_PRECISION(15));
	BUG_IF(text == NULL);
	buf_puts(b, text);
	free(text);
}

static bool is_scalar(const json_t *value)
{
	return !json_is_object(value) && !json_is_array(value);
}

static bool has_lines(const json_t *value)
{
	return json_is_string(value) && strchr(json_string_value(value), '\n') != NULL;
}

static bool is_flat(const json_t *list)
{
	size_t i;
	json_t *value;

	json_array_foreach(list, i, value) if (!is_scalar(value) || has_lines(value)) return false;
	return true;
}

static void put_flat(struct buf *b, const json_t *list)
{
	size_t i;
	json_t *value;

	buf_putc(b, '[');
	json_array_foreach(list, i, value)
	{
		buf_puts(b, i == 0 ? "" : ", ");
		put_scalar(b, value);
	}
	buf_puts(b, "]\n");
}

/* Each line indented; an empty one stays empty. */
static void put_block(struct buf *b, const char *text, int depth)
{
	buf_puts(b, "|-\n");
	while (*text != '\0') {
		size_t len = strcspn(text, "\n");

		if (len > 0)
			indent(b, depth);
		buf_add(b, text, len);
		buf_putc(b, '\n');
		text += len + (text[len] == '\n');
	}
}

static void put_key(struct buf *b, const char *key)
{
	json_t *text = json_string(key);

	put_scalar(b, text);
	json_decref(text);
	buf_putc(b, ':');
}

/* The first member stands where the caller is: after the dash of a list. */
static void put_members(struct buf *b, const json_t *object, int depth)
{
	const char *key;
	json_t *value;
	bool first = true;

	json_object_foreach((json_t *)(uintptr_t)object, key, value)
	{
		if (!first)
			indent(b, depth);
		first = false;
		put_key(b, key);
		put_value(b, value, depth);
	}
}

static void put_items(struct buf *b, const json_t *list, int depth)
{
	size_t i;
	json_t *value;

	json_array_foreach(list, i, value)
	{
		indent(b, depth);
		buf_puts(b, "- ");
		if (json_is_object(value) && json_object_size(value) > 0)
			put_members(b, value, depth + 1);
		else
			put_value(b, value, depth + 1);
	}
}

/* What stands after a key: on the same line, or below and further in. */
static void put_value(struct buf *b, const json_t *value, int depth)
{
	if (json_is_object(value) && json_object_size(value) > 0) {
		buf_putc(b, '\n');
		indent(b, depth + 1);
		put_members(b, value, depth + 1);
	} else if (json_is_array(value) && !is_flat(value)) {
		buf_putc(b, '\n');
		put_items(b, value, depth + 1);
	} else {
		buf_putc(b, ' ');
		if (json_is_array(value))
			put_flat(b, value);
		else if (has_lines(value))
			put_block(b, json_string_value(value), depth + 1);
		else {
			put_scalar(b, value);
			buf_putc(b, '\n');
		}
	}
}

const char *yaml_text(struct arena *a, const struct json_t *json)
{
	struct buf b = BUF(a);

	BUG_IF(!json_is_object(json));
	put_members(&b, json, 0);
	return buf_text(&b);
}

static void tabs_for_spaces(struct buf *b, const char *text)
{
	for (bool start = true; *text != '\0'; text++) {
		if (start && text[0] == ' ') {
			buf_putc(b, '\t');
			continue;
		}
		start = *text == '\n';
		buf_putc(b, *text);
	}
	buf_putc(b, '\n');
}

const char *json_lines(struct arena *a, const struct json_t *json)
{
	char *text = json_dumps(json, JSON_INDENT(1) | JSON_REAL_PRECISION(15));
	struct buf b = BUF(a);

	BUG_IF(text == NULL);
	tabs_for_spaces(&b, text);
	free(text);
	return buf_text(&b);
}

/*
 * Records and JSON, both ways. jansson is included here alone, so its types do not leave this file.
 *
 * There are two notations (struct number_format). The API's has amounts in major units ("price": 19.99),
 * leaves out null fields, and takes an empty string for null, as a form does. Events have integers in minor
 * units and every field.
 *
 * What must hold:
 * - A record is read completely or not at all: the result is written when every field fits. Each fault is a
 *   problem with the field's camelCase name, so that a client sees all of them at once.
 * - An absent optional field is null: a later version may add one, and events of an earlier version stay
 *   readable.
 * - The currency that amounts are read in is known before them (own_number_format), whatever the order of the
 *   members.
 * - Depth is limited before jansson sees the text (is_shallow), and a member that comes twice is refused.
 * - Every jansson object belongs to the arena (json_own), never to the caller.
 */
#include "common/schema/json.h"
#include "common/base/text.h"
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

enum { DEPTH_MAX = 16, NAME_MAX_ = 64 };

static void json_free(void *json)
{
	json_decref(json);
}

static struct json_t *json_own(struct arena *a, json_t *json)
{
	BUG_IF(json == NULL);
	arena_defer(a, json_free, json);
	return json;
}

/* jansson itself goes 2048 deep; nothing that we read needs more than a few levels. */
static bool is_shallow(const char *text, size_t len)
{
	int depth = 0;
	bool in_string = false;

	for (size_t i = 0; i < len; i++) {
		if (in_string && text[i] == '\\')
			i++;
		else if (text[i] == '"')
			in_string = !in_string;
		else if (!in_string && (text[i] == '{' || text[i] == '[') && ++depth > DEPTH_MAX)
			return false;
		else if (!in_string && (text[i] == '}' || text[i] == ']'))
			depth--;
	}
	return true;
}

err json_parse(struct arena *a, const char *text, size_t len, struct json_t **ret_json)
{
	json_t *json = is_shallow(text, len) ? json_loadb(text, len, JSON_REJECT_DUPLICATES, NULL) : NULL;

	if (json == NULL)
		return ERR_MALFORMED;
	*ret_json = json_own(a, json);
	return OK;
}

static const char *json_dump(struct arena *a, const struct json_t *json, size_t flags)
{
	char *text = json_dumps(json, JSON_ENCODE_ANY | JSON_COMPACT | JSON_REAL_PRECISION(15) | flags);

	BUG_IF(text == NULL);
	arena_defer(a, free, text);
	return text;
}

const char *json_text(struct arena *a, const struct json_t *json)
{
	return json_dump(a, json, 0);
}

const char *json_sorted_text(struct arena *a, const struct json_t *json)
{
	return json_dump(a, json, JSON_SORT_KEYS);
}

static const char *own_currency(const struct record *r, const struct number_format *n, const void *record)
{
	const struct field *f = record_field_of(r, &kind_currency_code);
	const char *own = f == NULL ? NULL : *(const char *const *)field_of(f, record);

	return own == NULL ? n->currency : own;
}

static json_t *json_of_integer(struct arena *a, const struct kind *k, const struct number_format *n,
			       const void *value)
{
	if (k != &kind_money || !n->major)
		return json_integer(*(const int64_t *)value);
	if (*(const int64_t *)value % 100 == 0 && currency_digits(n->currency) == 2)
		return json_integer(*(const int64_t *)value / 100);
	return json_real(strtod(money_decimal(a, *(const money *)value, n->currency), NULL));
}

static json_t *json_of_value(struct arena *a, const struct kind *k, const struct number_format *n,
			     const void *value)
{
	if (kind_is_null(k, value))
		return json_null();
	if (k->class == KIND_INTEGER)
		return json_of_integer(a, k, n, value);
	if (k->class == KIND_BOOLEAN)
		return json_boolean(*(const bool *)value);
	return json_string(kind_print(a, k, n, value));
}

struct json_t *json_of_record(struct arena *a, const struct record *r, const struct number_format *n,
			      const void *record)
{
	struct number_format own = *n;
	json_t *object = json_own(a, json_object());
	char name[NAME_MAX_];

	own.currency = own_currency(r, n, record);
	for (size_t i = 0; i < r->count; i++) {
		const struct field *f = &r->fields[i];

		if (n->major && kind_is_null(f->kind, field_of(f, record)))
			continue;
		text_camel(f->name, name);
		BUG_IF(json_object_set_new(object, name,
					   json_of_value(a, f->kind, &own, field_of(f, record))) != 0);
	}
	return object;
}

struct json_t *json_object_new(struct arena *a)
{
	return json_own(a, json_object());
}

struct json_t *json_array_new(struct arena *a)
{
	return json_own(a, json_array());
}

void json_put(struct json_t *object, const char *key, struct json_t *value)
{
	BUG_IF(json_object_set(object, key, value) != 0);
}

void json_put_text(struct json_t *object, const char *key, const char *value)
{
	BUG_IF(json_object_set_new(object, key, value == NULL ? json_null() : json_string(value)) != 0);
}

void json_put_number(struct json_t *object, const char *key, int64_t value)
{
	BUG_IF(json_object_set_new(object, key, json_integer(value)) != 0);
}

void json_put_flag(struct json_t *object, const char *key, bool value)
{
	BUG_IF(json_object_set_new(object, key, json_boolean(value)) != 0);
}

void json_append(struct json_t *array, struct json_t *value)
{
	BUG_IF(json_array_append(array, value) != 0);
}

const struct json_t *json_get(const struct json_t *object, const char *key)
{
	return json_object_get(object, key);
}

const char *json_get_text(const struct json_t *object, const char *key)
{
	return json_string_value(json_object_get(object, key));
}

int64_t json_get_number(const struct json_t *object, const char *key, int64_t fallback)
{
	const json_t *value = json_object_get(object, key);

	return json_is_integer(value) ? json_integer_value(value) : fallback;
}

bool json_get_flag(const struct json_t *object, const char *key, bool fallback)
{
	const json_t *value = json_object_get(object, key);

	return json_is_boolean(value) ? json_is_true(value) : fallback;
}

const char *json_at_text(const struct json_t *array, size_t i)
{
	return json_string_value(json_at(array, i));
}

static void *member_at(const json_t *object, size_t i)
{
	void *at = json_object_iter((json_t *)(uintptr_t)object);

	while (at != NULL && i-- > 0)
		at = json_object_iter_next((json_t *)(uintptr_t)object, at);
	return at;
}

const struct json_t *json_at(const struct json_t *array, size_t i)
{
	void *at;

	if (!json_is_object(array))
		return json_array_get(array, i);
	at = member_at(array, i);
	return at == NULL ? NULL : json_object_iter_value(at);
}

const char *json_key_at(const struct json_t *object, size_t i)
{
	void *at = member_at(object, i);

	return at == NULL ? NULL : json_object_iter_key(at);
}

struct json_t *json_pick(struct arena *a, const struct json_t *object, const char *const *names,
			 struct json_t **ret_rest)
{
	struct json_t *picked = json_object_new(a);
	json_t *value;
	const char *key;

	*ret_rest = json_object_new(a);
	json_object_foreach((json_t *)(uintptr_t)object, key, value)
	{
		const char *const *name = names;

		while (*name != NULL && strcmp(*name, key) != 0)
			name++;
		json_put(*name == NULL ? *ret_rest : picked, key, value);
	}
	return picked;
}

/* jansson reads 19.99 as a double; %.15g gives the digits back that were sent. */
static err read_money(const json_t *json, const struct number_format *n, money *ret_money)
{
	char digits[64];

	if (json_is_string(json))
		return money_parse(json_string_value(json), n->currency, ret_money);
	if (!json_is_number(json))
		return ERR_INVALID;
	snprintf(digits, sizeof digits, "%.15g", json_number_value(json));
	return money_parse(digits, n->currency, ret_money);
}

static err read_integer(const struct kind *k, const struct number_format *n, const json_t *json,
			int64_t *ret_value)
{
	money m;
	err e;

	if (k == &kind_money && n->major) {
		if ((e = read_money(json, n, &m)) != OK)
			return e;
		*ret_value = m.v;
		return OK;
	}
	if (!json_is_integer(json))
		return ERR_INVALID;
	*ret_value = json_integer_value(json);
	return OK;
}

/* The value of a field that is present and not null. */
static err read_value(struct arena *a, const struct kind *k, const struct number_format *n,
		      const json_t *json, void *ret_value)
{
	err e;

	if (k->class == KIND_BOOLEAN) {
		*(bool *)ret_value = json_is_true(json);
		return json_is_boolean(json) ? OK : ERR_INVALID;
	}
	if (k->class == KIND_INTEGER) {
		if ((e = read_integer(k, n, json, ret_value)) != OK)
			return e;
	} else if (!json_is_string(json)) {
		return ERR_INVALID;
	} else if (k->class == KIND_CHOICE && !n->major) {
		return choice_read(a, k, json_string_value(json), ret_value);
	} else if ((e = kind_parse(a, k, n, json_string_value(json), ret_value)) != OK) {
		return e;
	}
	return kind_fits(k, ret_value) ? OK : ERR_INVALID;
}

static err read_field(struct arena *a, const struct field *f, const struct number_format *n,
		      const json_t *json, void *record)
{
	if (json == NULL || json_is_null(json))
		return f->optional ? OK : ERR_INVALID;
	/* the empty string of a request is null, as in a form */
	if (f->optional && n->major && json_is_string(json) && json_string_length(json) == 0)
		return OK;
	return read_value(a, f->kind, n, json, field_in(f, record));
}

static err check_unknown(const struct record *r, json_t *json, struct problems *problems)
{
	const char *key;
	json_t *value;
	err e = OK;

	json_object_foreach(json, key, value)
	{
		bool known = false;
		char name[NAME_MAX_];

		for (size_t i = 0; i < r->count && !known; i++) {
			text_camel(r->fields[i].name, name);
			known = strcmp(name, key) == 0;
		}
		if (!known)
			e = problems_say(problems, key, tr_no_such_field);
	}
	return e;
}

static struct number_format own_number_format(const struct record *r, const struct number_format *n,
					      const json_t *json)
{
	const struct field *f = record_field_of(r, &kind_currency_code);
	struct number_format own = *n;
	const char *code;
	char name[NAME_MAX_];

	if (f == NULL)
		return own;
	text_camel(f->name, name);
	code = json_string_value(json_object_get(json, name));
	if (code != NULL && currency_digits(code) >= 0)
		own.currency = code;
	return own;
}

err record_from_json(struct arena *a, const struct record *r, const struct number_format *n,
		     enum unknown_fields unknown, const struct json_t *json, struct problems *problems,
		     void *ret_record)
{
	struct number_format own = own_number_format(r, n, json);
	void *record = arena_alloc(a, r->size);
	char name[NAME_MAX_];
	err e = OK;

	if (!json_is_object(json))
		return problems_say(problems, NULL, tr_no_object);
	if (unknown == UNKNOWN_REFUSED)
		e = check_unknown(r, (json_t *)(uintptr_t)json, problems);
	for (size_t i = 0; i < r->count; i++) {
		const struct field *f = &r->fields[i];

		text_camel(f->name, name);
		if (read_field(a, f, &own, json_object_get(json, name), record) != OK)
			e = problems_say(problems, name, kind_wrong(f->kind));
	}
	if (e == OK)
		memcpy(ret_record, record, r->size);
	return e;
}

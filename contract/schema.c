#include "contract/schema.h"
#include "common/base/buf.h"
#include "common/base/text.h"
#include <string.h>

const char *camel(struct arena *a, const char *name)
{
	char *out = arena_alloc(a, strlen(name) + 1);

	text_camel(name, out);
	return out;
}

static const char *raised(struct arena *a, const char *text)
{
	char *out = arena_strdup(a, text);

	if (*out >= 'a' && *out <= 'z')
		*out = (char)(*out - 'a' + 'A');
	return out;
}

const char *pascal(struct arena *a, const char *name)
{
	return raised(a, camel(a, name));
}

const char *sentence(struct arena *a, const char *doc)
{
	return raised(a, doc);
}

void list_add_text(struct arena *a, struct json_t *list, const char *text)
{
	struct json_t *holder = json_object_new(a);

	json_put_text(holder, "v", text);
	json_append(list, (struct json_t *)(uintptr_t)json_get(holder, "v"));
}

struct json_t *schema_of_type(struct arena *a, const char *type, const char *doc)
{
	struct json_t *s = json_object_new(a);

	json_put_text(s, "type", type);
	if (doc != NULL)
		json_put_text(s, "description", sentence(a, doc));
	return s;
}

struct json_t *schema_const(struct arena *a, const char *value, const char *doc)
{
	struct json_t *s = schema_of_type(a, "string", doc);

	json_put_text(s, "const", value);
	return s;
}

struct json_t *schema_ref(struct arena *a, const char *to)
{
	struct json_t *s = json_object_new(a);

	json_put_text(s, "$ref", to);
	return s;
}

struct json_t *schema_list(struct arena *a, struct json_t *items)
{
	struct json_t *s = schema_of_type(a, "array", NULL);

	json_put(s, "items", items);
	return s;
}

struct json_t *schema_object(struct arena *a, const char *doc)
{
	struct json_t *s = schema_of_type(a, "object", doc);

	json_put(s, "required", json_array_new(a));
	json_put(s, "properties", json_object_new(a));
	return s;
}

static struct json_t *member(struct json_t *object, const char *key)
{
	return (struct json_t *)(uintptr_t)json_get(object, key);
}

void schema_add(struct arena *a, struct json_t *schema, const char *name, struct json_t *added, bool required)
{
	json_put(member(schema, "properties"), name, added);
	if (required)
		list_add_text(a, member(schema, "required"), name);
}

/* In a request an optional value may be present but null: null in JSON, "" in a form. */
static bool may_be_empty(enum dialect d, bool optional)
{
	return optional && d == IN_REQUEST;
}

static struct json_t *words_of(struct arena *a, const struct kind *k, bool with_none)
{
	struct json_t *list = json_array_new(a);

	for (const char *const *w = k->words + 1; *w != NULL; w++)
		list_add_text(a, list, *w);
	if (with_none) {
		list_add_text(a, list, "");
		list_add_text(a, list, NULL);
	}
	return list;
}

static void put_choice(struct arena *a, struct json_t *s, const struct kind *k, enum dialect d, bool optional)
{
	bool closed = d == IN_REQUEST || d == IN_QUERY;

	json_put(s, closed ? "enum" : "x-known-values", words_of(a, k, may_be_empty(d, optional)));
}

static void put_currency(struct arena *a, struct json_t *s, enum dialect d, bool optional)
{
	struct json_t *list = json_array_new(a);
	bool closed = d == IN_REQUEST || d == IN_QUERY;

	for (const struct listed_currency *c = listed_currencies; c->code != NULL; c++)
		list_add_text(a, list, c->code);
	if (may_be_empty(d, optional)) {
		list_add_text(a, list, "");
		list_add_text(a, list, NULL);
	}
	json_put(s, closed ? "enum" : "x-known-values", list);
	if (!closed)
		json_put_text(s, "pattern", "^[A-Z]{3}$");
}

/* White space around a text of a request is removed before it is counted, so the request itself may be
 * longer. */
static void put_string(struct arena *a, struct json_t *s, const struct kind *k, enum dialect d, bool optional)
{
	if (k->rule == RULE_CURRENCY) {
		put_currency(a, s, d, optional);
		return;
	}
	if (k == &kind_password)
		json_put_text(s, "format", "password");
	else if (k->rule == RULE_EMAIL)
		json_put_text(s, "format", "email");
	else if (k->rule == RULE_ASCII)
		json_put_text(s, "pattern", may_be_empty(d, optional) ? "^[!-~]*$" : "^[!-~]+$");
	json_put_number(s, "minLength", may_be_empty(d, optional) ? 0 : k->min);
	json_put_number(s, "maxLength", k->max);
}

/* "38", "38.5": the inputs of money_parse */
static struct json_t *money_text(struct arena *a)
{
	struct json_t *s = schema_of_type(a, "string", NULL);

	json_put_text(s, "pattern", "^[0-9]+(\\.[0-9]+)?$");
	return s;
}

static struct json_t *money_number(struct arena *a)
{
	struct json_t *s = schema_of_type(a, "number", NULL);

	json_put_number(s, "exclusiveMinimum", 0);
	return s;
}

static struct json_t *money_of_request(struct arena *a, bool optional)
{
	struct json_t *s = json_object_new(a), *list = json_array_new(a);

	json_append(list, money_number(a));
	json_append(list, money_text(a));
	if (optional)
		json_append(list, schema_of_type(a, "null", NULL));
	json_put(s, "anyOf", list);
	return s;
}

/* The type, or a list of it and null. */
static void put_type(struct arena *a, struct json_t *s, const char *type, bool or_null)
{
	struct json_t *both;

	json_put_text(s, "type", type);
	if (!or_null)
		return;
	both = json_array_new(a);
	list_add_text(a, both, type);
	list_add_text(a, both, "null");
	json_put(s, "type", both);
}

static void put_integer(struct json_t *s, const struct kind *k)
{
	json_put_number(s, "minimum", k->min);
	json_put_number(s, "maximum", k->max);
}

static struct json_t *schema_of_money(struct arena *a, const struct kind *k, enum dialect d, bool optional)
{
	struct json_t *s;

	if (d == IN_ANSWER)
		return money_number(a);
	if (d == IN_REQUEST)
		return money_of_request(a, optional);
	if (d == IN_QUERY)
		return money_text(a);
	s = json_object_new(a);
	put_type(a, s, "integer", optional);
	put_integer(s, k);
	return s;
}

static const char *type_of(const struct kind *k)
{
	if (k->class == KIND_INTEGER)
		return "integer";
	return k->class == KIND_BOOLEAN ? "boolean" : "string";
}

static struct json_t *schema_of_kind(struct arena *a, const struct kind *k, enum dialect d, bool optional)
{
	struct json_t *s = json_object_new(a);

	if (k == &kind_money)
		return schema_of_money(a, k, d, optional);
	put_type(a, s, type_of(k), optional && (d == IN_EVENT || d == IN_REQUEST));
	if (k->class == KIND_ID)
		json_put_text(s, "format", "uuid");
	else if (k->class == KIND_TIME)
		json_put_text(s, "format", "date-time");
	else if (k->class == KIND_INTEGER)
		put_integer(s, k);
	else if (k->class == KIND_STRING)
		put_string(a, s, k, d, optional);
	else if (k->class == KIND_CHOICE)
		put_choice(a, s, k, d, optional);
	return s;
}

static const char *notes_of(const struct kind *k, enum dialect d)
{
	if (k == &kind_money)
		return d == IN_EVENT ? ", in minor units of the currency (3850 is 38.50 USD)"
				     : ", in major units of the currency (38.5 is 38.50 USD)";
	if (k->rule == RULE_ZONE)
		return ", a name of the IANA time zone database";
	if (k == &kind_currency_code)
		return ", ISO 4217";
	return "";
}

struct json_t *schema_of_field(struct arena *a, const struct field *f, enum dialect d)
{
	struct json_t *s = schema_of_kind(a, f->kind, d, f->optional);

	json_put_text(s, "description", arena_printf(a, "%s%s", sentence(a, f->doc), notes_of(f->kind, d)));
	return s;
}

struct json_t *schema_of_record(struct arena *a, const struct record *r, enum dialect d)
{
	struct json_t *s = schema_object(a, r->doc);

	for (size_t i = 0; i < r->count; i++) {
		const struct field *f = &r->fields[i];

		schema_add(a, s, camel(a, f->name), schema_of_field(a, f, d), !f->optional);
	}
	if (d == IN_REQUEST)
		json_put_flag(s, "additionalProperties", false);
	return s;
}

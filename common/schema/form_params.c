/*
 * The parameters of forms and query strings, and records that are read from them.
 *
 * Parsing is strict, so that a form has one meaning: a repeated name or a broken escape is refused, never
 * repaired. Names are found by linear search, because there are at most FORM_PARAMS_MAX.
 *
 * A record's own currency and time zone are read first, whatever the order of the parameters, because its
 * amounts and local times are read in them (own_value).
 *
 * What must hold:
 * - Every field is read even after a fault, so that one answer names all problems. The record is written
 *   only when no field has a problem.
 * - An absent parameter is read as an empty one: null, which only an optional field may be, and false for a
 *   switch.
 * - Names and values are UTF-8 without NUL once they are decoded, so they are C strings.
 */
#include "common/schema/form_params.h"
#include "common/base/buf.h"
#include "common/base/text.h"
#include <string.h>

static err decode(struct arena *a, const char *s, size_t len, const char **ret_text)
{
	char *out = arena_alloc(a, len + 1);
	size_t n = 0;
	int byte;

	for (size_t i = 0; i < len; i++) {
		if (s[i] == '%') {
			if (len - i < 3 || (byte = text_hex_byte(s + i + 1)) < 0)
				return ERR_MALFORMED;
			out[n++] = (char)byte;
			i += 2;
		} else {
			out[n++] = s[i] == '+' ? ' ' : s[i];
		}
	}
	if (!text_is_utf8(out, n))
		return ERR_MALFORMED;
	*ret_text = out;
	return OK;
}

static err add_pair(struct arena *a, struct form_params *p, const char *s, size_t len)
{
	const char *equals = memchr(s, '=', len), *name, *value;
	size_t name_len = equals == NULL ? len : (size_t)(equals - s);
	err e;

	if ((e = decode(a, s, name_len, &name)) != OK)
		return e;
	if ((e = decode(a, s + name_len + (equals != NULL), len - name_len - (equals != NULL), &value)) != OK)
		return e;
	if (strlen(name) > FORM_PARAM_NAME_MAX || p->count == FORM_PARAMS_MAX ||
	    form_params_get(p, name) != NULL)
		return ERR_MALFORMED;
	p->list[p->count++] = (struct pair){name, value};
	return OK;
}

err form_params_parse(struct arena *a, const char *text, size_t len, struct form_params **ret_params)
{
	struct form_params *p = arena_alloc(a, sizeof *p);
	const char *end = text + len;
	err e;

	while (text < end) {
		const char *amp = memchr(text, '&', (size_t)(end - text));
		size_t part = (size_t)((amp == NULL ? end : amp) - text);

		if (part > 0 && (e = add_pair(a, p, text, part)) != OK)
			return e;
		text += part + 1;
	}
	*ret_params = p;
	return OK;
}

static size_t form_param_find(const struct form_params *p, const char *name)
{
	size_t i = 0;

	while (i < p->count && strcmp(p->list[i].name, name) != 0)
		i++;
	return i;
}

const char *form_params_get(const struct form_params *p, const char *name)
{
	size_t i = form_param_find(p, name);

	return i == p->count ? NULL : p->list[i].value;
}

const char *form_params_take(struct form_params *p, const char *name)
{
	size_t i = form_param_find(p, name);
	const char *value;

	if (i == p->count)
		return NULL;
	value = p->list[i].value;
	memmove(&p->list[i], &p->list[i + 1], (--p->count - i) * sizeof *p->list);
	return value;
}

char *text_percent_encode(struct arena *a, const char *s)
{
	struct buf b = BUF(a);

	buf_puts(&b, "");
	for (; *s != '\0'; s++)
		if ((*s >= '0' && *s <= '9') || (*s >= 'a' && *s <= 'z') || (*s >= 'A' && *s <= 'Z') ||
		    strchr("-._~", *s) != NULL)
			buf_putc(&b, *s);
		else
			buf_printf(&b, "%%%02X", (unsigned char)*s);
	return b.bytes == NULL ? arena_strdup(a, "") : b.bytes;
}

/* The value of the record's own currency or zone field, when it is there and right; else the fallback. */
static const char *own_value(struct arena *a, const struct record *r, const struct kind *k,
			     const struct form_params *p, const char *fallback)
{
	const struct field *f = record_field_of(r, k);
	const char *own = NULL, *text;
	char name[FORM_PARAM_NAME_MAX + 1];

	if (f == NULL)
		return fallback;
	text_camel(f->name, name);
	text = form_params_get(p, name);
	if (text == NULL || kind_parse(a, k, &(struct number_format){0}, text, &own) != OK || own == NULL)
		return fallback;
	return own;
}

static bool is_field(const struct record *r, const char *name)
{
	char field[FORM_PARAM_NAME_MAX + 1];
	bool known = false;

	for (size_t i = 0; i < r->count && !known; i++) {
		text_camel(r->fields[i].name, field);
		known = strcmp(field, name) == 0;
	}
	return known;
}

void form_params_keep_fields(struct form_params *p, const struct record *r)
{
	size_t kept = 0;

	for (size_t i = 0; i < p->count; i++)
		if (is_field(r, p->list[i].name))
			p->list[kept++] = p->list[i];
	p->count = kept;
}

static err check_unknown(const struct record *r, const struct form_params *p, struct problems *problems)
{
	err e = OK;

	for (size_t i = 0; i < p->count; i++)
		if (!is_field(r, p->list[i].name))
			e = problems_say(problems, p->list[i].name, tr_no_such_field);
	return e;
}

/* A local time without a zone: the problem is reported at the zone. */
static const struct field *at_fault(struct arena *a, const struct record *r, const struct field *f,
				    const struct number_format *n, const char *text)
{
	const struct field *zone = record_field_of(r, &kind_time_zone);
	int64_t time;

	if (f->kind->class != KIND_TIME || n->zone != NULL || zone == NULL)
		return f;
	return kind_parse(a, f->kind, &(struct number_format){.zone = "UTC"}, text, &time) == OK ? zone : f;
}

static err field_wrong(struct problems *problems, const struct field *f)
{
	char name[FORM_PARAM_NAME_MAX + 1];

	text_camel(f->name, name);
	return problems_of(problems, name) == NULL ? problems_say(problems, name, kind_wrong(f->kind))
						   : ERR_INVALID;
}

err record_from_form_params(struct arena *a, const struct record *r, const struct number_format *n,
			    const struct form_params *p, struct problems *problems, void *ret_record)
{
	struct number_format own = *n;
	void *record = arena_alloc(a, r->size);
	err e = check_unknown(r, p, problems);

	own.currency = own_value(a, r, &kind_currency_code, p, n->currency);
	own.zone = own_value(a, r, &kind_time_zone, p, n->zone);
	for (size_t i = 0; i < r->count; i++) {
		const struct field *f = &r->fields[i];
		char name[FORM_PARAM_NAME_MAX + 1];
		const char *text;

		text_camel(f->name, name);
		text = form_params_get(p, name);
		if (kind_parse(a, f->kind, &own, text == NULL ? "" : text, field_in(f, record)) != OK)
			e = field_wrong(problems, at_fault(a, r, f, &own, text));
		else if (!f->optional && kind_is_null(f->kind, field_of(f, record)))
			e = field_wrong(problems, f);
	}
	if (e == OK)
		memcpy(ret_record, record, r->size);
	return e;
}

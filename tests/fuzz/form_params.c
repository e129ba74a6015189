/* The body of a form or the query of a URL: application/x-www-form-urlencoded, and the records that are read
 * from it. */
#include "common/schema/form_params.h"
#include "common/base/buf.h"
#include "common/base/text.h"
#include "tests/fuzz/fuzz.h"

#define RECORD_LIST "apps/tickets/records.def"
#include "common/schema/declare_records.h"
#define RECORD_LIST "apps/tickets/records.def"
#include "common/schema/define_records.h"

void fuzz_begin(void)
{
}

static const char *print(struct arena *a, const struct form_params *p)
{
	struct buf b = BUF(a);

	for (size_t i = 0; i < p->count; i++)
		buf_printf(&b, "%s%s=%s", i == 0 ? "" : "&", text_percent_encode(a, p->list[i].name),
			   text_percent_encode(a, p->list[i].value));
	return buf_text(&b);
}

static void prints_back(struct arena *a, const struct form_params *p)
{
	const char *text = print(a, p);
	struct form_params *again;

	HOLDS(form_params_parse(a, text, strlen(text), &again) == OK);
	HOLDS(again->count == p->count);
	for (size_t i = 0; i < p->count; i++) {
		HOLDS(strcmp(again->list[i].name, p->list[i].name) == 0);
		HOLDS(strcmp(again->list[i].value, p->list[i].value) == 0);
		HOLDS(text_is_utf8(p->list[i].value, strlen(p->list[i].value)));
		HOLDS(form_params_get(p, p->list[i].name) == p->list[i].value);
	}
}

/* A record that was read is written as form parameters and read again. */
static void record_prints_back(struct arena *a, const struct record *r, const struct number_format *n,
			       const void *record)
{
	struct problems problems = {.arena = a};
	struct number_format own = *n;
	const struct field *currency = record_field_of(r, &kind_currency_code);
	struct form_params p = {0};
	void *again = arena_alloc(a, r->size);

	if (currency != NULL && !kind_is_null(&kind_currency_code, field_of(currency, record)))
		own.currency = *(const char *const *)field_of(currency, record);
	for (size_t i = 0; i < r->count; i++) {
		char *name = arena_alloc(a, FORM_PARAM_NAME_MAX + 1);
		const struct field *f = &r->fields[i];

		text_camel(f->name, name);
		p.list[p.count++] = (struct pair){name, kind_print(a, f->kind, &own, field_of(f, record))};
	}
	HOLDS(record_wrong(r, record) == NULL);
	HOLDS(record_from_form_params(a, r, n, &p, &problems, again) == OK);
	HOLDS(record_same(r, record, again));
}

static bool read_record(struct arena *a, const struct record *r, bool comma, const struct form_params *p)
{
	const struct number_format n = {.major = true, .comma = comma, .currency = "USD"};
	struct problems problems = {.arena = a};
	void *record = arena_alloc(a, r->size);
	err e = record_from_form_params(a, r, &n, p, &problems, record);

	HOLDS((e == OK) == (problems.first == NULL));
	if (e == OK)
		record_prints_back(a, r, &n, record);
	return e == OK;
}

bool fuzz_one(struct arena *a, const char *bytes, size_t len)
{
	const struct record *const forms[] = {record_ticket_form(), record_edit_form(), record_browse_form(),
					      record_browse_words(), record_selling_form()};
	struct form_params *p;
	bool taken = false;

	if (form_params_parse(a, bytes, len, &p) != OK)
		return false;
	prints_back(a, p);
	for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
		taken |= read_record(a, forms[i], i % 2 == 0, p);
	form_params_keep_fields(p, record_ticket_form());
	for (size_t i = 0; i < p->count; i++)
		HOLDS(strlen(p->list[i].name) <= FORM_PARAM_NAME_MAX);
	return taken;
}

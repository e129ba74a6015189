#include "apps/tickets/compare.h"
#include "apps/tickets/ticket.h"
#include "common/base/text.h"
#include "common/base/zone.h"

struct ticket_form offer_in(const struct edit_form *form)
{
	struct ticket_form offer;

	edit_form_to_ticket_form(form, &offer);
	return offer;
}

static const char *offer_category_text(struct web *w, const struct ticket *t)
{
	return web_tr(w, category_label(t->category));
}

static const char *offer_start_full(struct web *w, const struct ticket *t)
{
	return t->starts_at.v == 0
		   ? NULL
		   : locale_time(w->arena, w->locale, t->starts_at.v, t->time_zone.v, TIME_FULL);
}

static const char *offer_face_text(struct web *w, const struct ticket *t)
{
	return money_text(w->arena, w->locale, t->face_value, t->currency.v);
}

static const char *offer_price_text(struct web *w, const struct ticket *t)
{
	return money_text(w->arena, w->locale, t->price, t->currency.v);
}

time_zone offer_zone_of(const struct ticket *t)
{
	return t->starts_at.v != 0 && t->time_zone.v == NULL ? (time_zone){"UTC"} : t->time_zone;
}

const char *offer_start_text(struct arena *a, const struct ticket *t)
{
	struct wall wall;

	if (t->starts_at.v == 0 || zone_wall(t->starts_at.v, offer_zone_of(t).v, &wall) != OK)
		return NULL;
	return arena_printf(a,
			    wall.second == 0 ? "%04d-%02d-%02dT%02d:%02d" : "%04d-%02d-%02dT%02d:%02d:%02d",
			    wall.year, wall.month, wall.day, wall.hour, wall.minute, wall.second);
}

when offer_start(const struct web *w, const struct ticket *t, when typed)
{
	const char *start = form_params_get(w->typed, "startsAt"),
		   *zone = form_params_get(w->typed, "timeZone"), *shown = offer_start_text(w->arena, t);

	if (shown == NULL || start == NULL || zone == NULL)
		return typed;
	return text_same(start, shown) && text_same(zone, offer_zone_of(t).v) ? t->starts_at : typed;
}

/* A field that cannot be parsed stays null. */
static void read_field(struct web *w, const struct field *f, const struct number_format *n,
		       struct edit_form *form)
{
	char name[FORM_PARAM_NAME_MAX + 1];
	const char *text;
	err e = OK;

	text_camel(f->name, name);
	if ((text = form_params_get(w->typed, name)) != NULL)
		e = kind_parse(w->arena, f->kind, n, text, field_in(f, form));
	(void)e;
}

/* The ticket as it would be with the offer that was typed. */
static struct ticket read_typed(struct web *w, const struct ticket *t)
{
	const char *code = form_params_get(w->typed, "currency");
	const struct record *r = record_edit_form();
	struct number_format n = web_number_format(w);
	struct edit_form form = {0};
	struct ticket_form offer;

	n.currency = code != NULL && currency_digits(code) >= 0 ? code : t->currency.v;
	n.zone = form_params_get(w->typed, "timeZone");
	for (size_t i = 0; i < r->count; i++)
		read_field(w, &r->fields[i], &n, &form);
	form.starts_at = offer_start(w, t, form.starts_at);
	offer = offer_in(&form);
	return ticket_with_offer(w, t, &offer);
}

/* As a page shows it; a value that could not be parsed as it was typed. */
static const char *typed_text(const struct web *w, const char *field, const char *read)
{
	const char *text = form_params_get(w->typed, field);

	return read == NULL && text != NULL && *text != '\0' ? text : read;
}

/*
 * The fields of an offer in the order of the form; without a function a field is shown as its kind prints it.
 */
static const struct compared {
	const char *field; /* of a form */
	const struct message *label;
	const char *(*text)(struct web *w, const struct ticket *t);
} compared[] = {
    {"title", &tr_offer_row_title, NULL},
    {"category", &tr_offer_row_category, offer_category_text},
    {"venue", &tr_offer_row_venue, NULL},
    {"startsAt", &tr_offer_row_start, offer_start_full},
    {"timeZone", &tr_offer_zone, NULL},
    {"seat", &tr_offer_row_seat, NULL},
    {"faceValue", &tr_offer_row_face, offer_face_text},
    {"price", &tr_offer_row_price, offer_price_text},
};

/* The field of t as a page shows it; NULL: none. */
static const char *offer_text(struct web *w, const struct compared *row, const struct ticket *t)
{
	const struct record *r = record_ticket();

	if (row->text != NULL)
		return row->text(w, t);
	for (size_t i = 0; i < r->count; i++) {
		const struct field *f = &r->fields[i];
		char name[FORM_PARAM_NAME_MAX + 1];

		text_camel(f->name, name);
		if (text_same(name, row->field) && !kind_is_null(f->kind, field_of(f, t)))
			return kind_print(w->arena, f->kind, NULL, field_of(f, t));
	}
	return NULL;
}

void offer_compare_typed(struct web *w, const struct ticket *t, struct offer_view *view)
{
	enum { ROWS = sizeof compared / sizeof *compared };
	const struct ticket typed = read_typed(w, t);

	view->differences = arena_array(w->arena, ROWS, sizeof *view->differences);
	view->difference_count = ROWS;
	for (size_t i = 0; i < ROWS; i++) {
		const struct compared *row = &compared[i];
		struct offer_difference *d = &view->differences[i];

		d->label = *row->label;
		d->now = offer_text(w, row, t);
		d->typed = typed_text(w, row->field, offer_text(w, row, &typed));
		d->differs = !(d->now == NULL && d->typed == NULL) &&
			     (d->now == NULL || d->typed == NULL || !text_same(d->now, d->typed));
	}
}

#include "apps/tickets/compare.h"
#include "apps/tickets/ticket.h"
#include "common/base/text.h"

struct ticket_form offer_in(const struct edit_form *form)
{
	return (struct ticket_form){
	    .title = form->title,
	    .price = form->price,
	    .category = form->category,
	    .venue = form->venue,
	    .starts_at = form->starts_at,
	    .time_zone = form->time_zone,
	    .seat = form->seat,
	    .face_value = form->face_value,
	    .currency = form->currency,
	};
}

static const char *title_text(struct web *w, const struct ticket *t)
{
	(void)w;
	return t->title.v;
}

static const char *category_text(struct web *w, const struct ticket *t)
{
	return web_say(w, category_label(t->category));
}

static const char *venue_text(struct web *w, const struct ticket *t)
{
	(void)w;
	return t->venue.v;
}

static const char *start_text(struct web *w, const struct ticket *t)
{
	return t->starts_at.v == 0
		   ? NULL
		   : locale_time(w->arena, w->locale, t->starts_at.v, t->time_zone.v, TIME_FULL);
}

static const char *zone_text(struct web *w, const struct ticket *t)
{
	(void)w;
	return t->time_zone.v;
}

static const char *seat_text(struct web *w, const struct ticket *t)
{
	(void)w;
	return t->seat.v;
}

static const char *amount_text(struct web *w, const struct ticket *t, money m)
{
	return m.v == 0 ? NULL
			: locale_amount(w->arena, w->locale, money_decimal(w->arena, m, t->currency.v),
					t->currency.v);
}

static const char *face_text(struct web *w, const struct ticket *t)
{
	return amount_text(w, t, t->face_value);
}

static const char *price_text(struct web *w, const struct ticket *t)
{
	return amount_text(w, t, t->price);
}

/* The offer that the form asks for, were it let through. ERR_INVALID. */
static err read_typed(struct web *w, const struct ticket *t, struct ticket *ret_typed)
{
	struct problems ignored = {.arena = w->arena};
	const struct notation n = web_notation(w);
	struct edit_form form = {0};
	struct ticket_form offer;
	err e;

	if ((e = record_from_pairs(w->arena, record_edit_form(), &n, w->typed, &ignored, &form)) != OK)
		return e;
	offer = offer_in(&form);
	*ret_typed = ticket_with_offer(w, t, &offer);
	return OK;
}

void offer_compare_typed(struct web *w, const struct ticket *t, struct offer_view *view)
{
	const struct {
		struct words label;
		const char *(*text)(struct web *w, const struct ticket *t);
	} rows[] = {
	    {say_offer_row_title, title_text}, {say_offer_row_category, category_text},
	    {say_offer_row_venue, venue_text}, {say_offer_row_start, start_text},
	    {say_offer_zone, zone_text},       {say_offer_row_seat, seat_text},
	    {say_offer_row_face, face_text},   {say_offer_row_price, price_text},
	};
	enum { ROWS = sizeof rows / sizeof *rows };
	struct ticket typed;

	if (read_typed(w, t, &typed) != OK)
		return;
	view->differences = arena_array(w->arena, ROWS, sizeof *view->differences);
	view->difference_count = ROWS;
	for (size_t i = 0; i < ROWS; i++) {
		struct offer_difference *d = &view->differences[i];

		d->label = rows[i].label;
		d->now = rows[i].text(w, t);
		d->typed = rows[i].text(w, &typed);
		d->differs = !(d->now == NULL && d->typed == NULL) &&
			     (d->now == NULL || d->typed == NULL || !text_same(d->now, d->typed));
	}
}

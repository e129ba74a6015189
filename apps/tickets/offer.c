#include "apps/tickets/ticket.h"
#include "apps/tickets/views.h"
#include "common/base/zone.h"

/* What <input type="datetime-local"> takes: the venue's clock. */
static const char *local_text(struct arena *a, when at, time_zone zone)
{
	struct wall wall;

	if (at.v == 0 || zone_wall(at.v, zone.v, &wall) != OK)
		return NULL;
	return arena_printf(a,
			    wall.second == 0 ? "%04d-%02d-%02dT%02d:%02d" : "%04d-%02d-%02dT%02d:%02d:%02d",
			    wall.year, wall.month, wall.day, wall.hour, wall.minute, wall.second);
}

static struct offer_view offer_of(struct arena *a, const struct ticket *t)
{
	time_zone zone = t->starts_at.v != 0 && t->time_zone.v == NULL ? (time_zone){"UTC"} : t->time_zone;

	return (struct offer_view){
	    .title = t->title.v,
	    .price = money_decimal(a, t->price, t->currency.v),
	    .venue = t->venue.v,
	    .starts_at = local_text(a, t->starts_at, zone),
	    .time_zone = zone.v,
	    .seat = t->seat.v,
	    .face_value = t->face_value.v != 0 ? money_decimal(a, t->face_value, t->currency.v) : NULL,
	    .currency = t->currency.v,
	    .category = t->category,
	    .t = t,
	};
}

/* A form that was refused for other fields never reached the rule of its start: all faults are told at once.
 */
static void check_typed_start(struct web *w, when was)
{
	const char *start = pairs_get(w->typed, "startsAt"), *zone = pairs_get(w->typed, "timeZone");
	const struct notation n = {.zone = zone};
	when starts_at;
	err e;

	if (w->form_status != 400 || start == NULL || problems_of(&w->problems, "startsAt") != NULL)
		return;
	if (kind_parse(w->arena, &kind_when, &n, start, &starts_at) != OK)
		return;
	e = ticket_check_start(w, starts_at, was);
	(void)e; /* the problem that it adds is what is wanted */
}

err ticket_new_page(struct web *w, const struct ticket_new_page_in *in)
{
	struct offer_view view = {.currency = w->config->currency, .category = {category_CONCERT}};
	struct page page;
	struct html *h;

	(void)in;
	check_typed_start(w, (when){0});
	h = reply_page(w, 200, "Sell a ticket", &page);
	page_new(h, &page, &view);
	return OK;
}

err ticket_new(struct web *w, const struct ticket_new_in *in)
{
	struct ticket t;
	err e;

	if ((e = ticket_list(w, &in->form, &t)) != OK)
		return e;
	reply_see_other(w, url_ticket_page(w->arena, t.id));
	return OK;
}

static err check_unfinished(struct web *w, const struct ticket *t)
{
	if (t->status.v == ticket_status_LISTED)
		return OK;
	return web_fail(w, ERR_CONFLICT, "This listing is %s, so it can no longer be changed.",
			kind_ticket_status.words[t->status.v]);
}

err ticket_edit_page(struct web *w, const struct ticket_edit_page_in *in)
{
	struct offer_view view;
	struct ticket t;
	struct page page;
	struct html *h;
	err e;

	if ((e = ticket_find_own(w, in->id, &t)) != OK)
		return e;
	if ((e = check_unfinished(w, &t)) != OK)
		return e;
	view = offer_of(w->arena, &t);
	view.barred = !ticket_is_free(&t);
	view.compare = w->form_status == 409 && !view.barred;
	check_typed_start(w, t.starts_at);
	h = reply_page(w, 200, "Edit your listing", &page);
	page_edit(h, &page, &view);
	return OK;
}

static struct ticket_form offer_in(const struct edit_form *f)
{
	return (struct ticket_form){
	    .title = f->title,
	    .price = f->price,
	    .category = f->category,
	    .venue = f->venue,
	    .starts_at = f->starts_at,
	    .time_zone = f->time_zone,
	    .seat = f->seat,
	    .face_value = f->face_value,
	    .currency = f->currency,
	};
}

err ticket_edit(struct web *w, const struct ticket_edit_in *in)
{
	struct ticket_form form = offer_in(&in->form);
	struct ticket t;
	err e;

	if ((e = ticket_change(w, in->id, in->form.revision, &form, &t)) != OK)
		return e;
	reply_see_other(w, url_ticket_page(w->arena, t.id));
	return OK;
}

err ticket_withdraw_page(struct web *w, const struct ticket_withdraw_page_in *in)
{
	struct offer_view view = {0};
	struct ticket t;
	struct page page;
	struct html *h;
	err e;

	if ((e = ticket_find_own(w, in->id, &t)) != OK)
		return e;
	if ((e = check_unfinished(w, &t)) != OK)
		return e;
	view.t = &t;
	view.barred = !ticket_is_free(&t);
	view.compare = w->form_status == 409 && !view.barred;
	h = reply_page(w, 200, "Withdraw your listing", &page);
	page_withdraw(h, &page, &view);
	return OK;
}

err ticket_withdraw(struct web *w, const struct ticket_withdraw_in *in)
{
	struct ticket t;
	err e;

	if ((e = ticket_take_back(w, in->id, in->form.revision, &t)) != OK)
		return e;
	reply_see_other(w, url_selling_page(w->arena));
	return OK;
}

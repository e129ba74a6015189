#include "apps/tickets/compare.h"
#include "apps/tickets/ticket.h"
#include "apps/tickets/words.h"
#include "common/base/clock.h"
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

static void put_offer(struct html *h, const struct ticket *t, struct offer_view *view)
{
	time_zone zone = t->starts_at.v != 0 && t->time_zone.v == NULL ? (time_zone){"UTC"} : t->time_zone;

	view->title = t->title.v;
	view->price = form_money(h, t->price, t->currency);
	view->venue = t->venue.v;
	view->starts_at = local_text(h->out.arena, t->starts_at, zone);
	view->time_zone = zone.v;
	view->seat = t->seat.v;
	view->face_value = form_money(h, t->face_value, t->currency);
	view->currency = t->currency.v;
	view->category = t->category;
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

/* A new listing: an empty form, or one like a listing of the same seller, whose show may be over. */
err ticket_new_page(struct web *w, const struct ticket_new_page_in *in)
{
	struct offer_view view = {.hold = hold_text(w)};
	struct ticket t = {
	    .currency = {w->config->currency}, .category = {category_CONCERT}, .time_zone = w->session.zone};
	struct page page;
	struct html *h;
	err e;

	if (!id_is_none(in->form.from)) {
		if ((e = ticket_find_own(w, in->form.from, say_not_yours_again, &t)) != OK)
			return e;
		if (t.starts_at.v <= clock_now())
			t.starts_at.v = 0;
		view.t = &t;
	}
	check_typed_start(w, (when){0});
	h = reply_page(w, 200, web_say(w, say_title_new), &page);
	put_offer(h, &t, &view);
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
	return web_fail(w, ERR_CONFLICT, t->status.v == ticket_status_SOLD ? say_is_sold : say_is_withdrawn);
}

/* The listing that its seller wants to change, and whether that can be. */
static err find_unfinished(struct web *w, ticket_id id, struct ticket *t, struct offer_view *view)
{
	err e;

	if ((e = ticket_find_own(w, id, say_not_yours, t)) != OK)
		return e;
	if ((e = check_unfinished(w, t)) != OK)
		return e;
	view->t = t;
	view->barred = !ticket_is_free(t);
	view->compare = w->form_status == 409 && !view->barred;
	return OK;
}

err ticket_edit_page(struct web *w, const struct ticket_edit_page_in *in)
{
	struct offer_view view = {0};
	struct ticket t;
	struct page page;
	struct html *h;
	err e;

	if ((e = find_unfinished(w, in->id, &t, &view)) != OK)
		return e;
	check_typed_start(w, t.starts_at);
	if (view.compare)
		offer_compare_typed(w, &t, &view);
	h = reply_page(w, 200, web_say(w, say_title_edit), &page);
	put_offer(h, &t, &view);
	page_edit(h, &page, &view);
	return OK;
}

err ticket_edit(struct web *w, const struct ticket_edit_in *in)
{
	const struct ticket_form form = offer_in(&in->form);
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

	if ((e = find_unfinished(w, in->id, &t, &view)) != OK)
		return e;
	h = reply_page(w, 200, web_say(w, say_title_withdraw), &page);
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

#include "apps/orders/calendar.h"
#include "apps/orders/order.h"
#include "apps/orders/pages.h"
#include "apps/orders/view.h"
#include "apps/orders/web.h"
#include "common/base/clock.h"

/* An overdue holder no longer blocks the ticket; this order may be one. */
static bool holder_is_overdue(const struct order_holder *h, when now)
{
	const bool live = h->status.v == order_status_CREATED || h->status.v == order_status_AWAITING_PAYMENT;

	return live && h->secured_at.v == 0 && h->expires_at.v <= now.v;
}

static err reorder_offer(struct web *w, const struct order_row *o, struct reorder *reorder)
{
	struct known_ticket *t = arena_alloc(w->arena, sizeof *t);
	err e = ticket_by_id(w->db, &(struct ticket_by_id_in){.id = o->ticket_id}, t);

	if (e == OK && t->status.v == ticket_status_LISTED)
		reorder->again = t;
	return e == ERR_NO_ROW ? OK : e;
}

static err reorder_of(struct web *w, const struct order_row *o, when now, struct reorder *ret_reorder)
{
	struct reorder reorder = {NULL, NULL};
	struct order_holder holder;
	err e = OK;

	if (o->status.v == order_status_CANCELLED) {
		e = order_holding(w->db, &(struct order_holding_in){.ticket_id = o->ticket_id}, &holder);
		if (e == ERR_NO_ROW || (e == OK && holder_is_overdue(&holder, now)))
			e = reorder_offer(w, o, &reorder);
		else if (e == OK && id_same(holder.user_id, o->user_id))
			reorder.newer_url = url_order_page(w->arena, holder.id);
	}
	*ret_reorder = reorder;
	return e;
}

err order_page(struct web *w, const struct order_page_in *in)
{
	static const struct message *const titles[] = {
	    [order_status_CREATED] = &tr_title_created,   [order_status_AWAITING_PAYMENT] = &tr_title_held,
	    [order_status_COMPLETED] = &tr_title_bought,  [order_status_CANCELLED] = &tr_title_ended,
	    [order_status_RETURNED] = &tr_title_returned, [order_status_UNKNOWN] = &tr_title_unknown,
	};
	CHOICE_TABLE(titles, order_status);
	const struct known_charge *charge;
	struct reorder reorder;
	struct order_row o;
	struct page page;
	when now;
	err e;

	if ((e = order_of_caller(w, in->id, &o, &now)) != OK)
		return e;
	if ((e = charge_of(w, in->id, &charge)) != OK)
		return e;
	if ((e = reorder_of(w, &o, now, &reorder)) != OK)
		return e;
	const struct order_view view = order_view_of(w->arena, &o, now, charge, &reorder);
	page_order(reply_page(w, 200, web_tr(w, *titles[o.status.v]), &page), &page, &view);
	return OK;
}

/* What the buyer saw and what is offered now; ret_view->seen is NULL when that revision is not known here. */
static err compare_terms(struct web *w, const struct order_request *request, const struct refusal *r,
			 struct terms_view *ret_view)
{
	struct terms *both = arena_array(w->arena, 2, sizeof *both);
	const struct terms_of_in in = {.ticket_id = request->ticket, .revision = request->seen};
	err e = terms_of(w->db, &in, &both[0]);

	if (e != OK && e != ERR_NO_ROW)
		return e;
	both[1] = offer_terms(&r->offer);
	*ret_view = terms_compare(e == OK ? &both[0] : NULL, &both[1]);
	return OK;
}

static err reply_refusal(struct web *w, const struct order_request *request, const struct refusal *r)
{
	const err refused = refusal_err(r->reason);
	struct refused_view view = {
	    .why = r->reason,
	    .sentence = refusal_sentence(w->arena, w->locale, r),
	    .offer = &r->offer,
	    .listing_url = arena_printf(w->arena, "/tickets/%s", id_text(w->arena, request->ticket)),
	};
	struct page page;
	err e;

	if (r->reason == REFUSED_CHANGED && (e = compare_terms(w, request, r, &view.terms)) != OK)
		return e;
	if (r->reason == REFUSED_HELD && r->holder.secured_at.v == 0)
		view.until = r->holder.expires_at;
	if (r->reason == REFUSED_COOL_DOWN)
		view.until = r->budget.allowed_at;
	if (r->reason == REFUSED_HELD_BY_BUYER || r->reason == REFUSED_BOUGHT_BY_BUYER)
		view.order_url = url_order_page(w->arena, r->holder.id);
	page_refused(reply_page(w, err_status(refused), refusal_title(w->arena, w->locale, r), &page), &page,
		     &view);
	reply_retry_after(w, r);
	return refused;
}

err order_place_page(struct web *w, const struct order_place_page_in *in)
{
	const struct order_request request = order_request_of(w, &in->form);
	struct refusal refusal;
	err e = order_request_place(w, &request, &refusal);

	return refusal.reason == NOT_REFUSED ? e : reply_refusal(w, &request, &refusal);
}

err order_cancel_page(struct web *w, const struct order_cancel_page_in *in)
{
	struct order_row o;
	err e = order_release(w->db, w->session.user, in->id, &o);

	if (e == ERR_CONFLICT)
		return web_fail(w, e, order_cancel_refusal(&o));
	if (e == OK)
		reply_see_other(w, url_order_page(w->arena, in->id));
	return e;
}

static void reply_attachment(struct web *w, const char *name)
{
	reply_header(w, "Content-Disposition", arena_printf(w->arena, "attachment; filename=\"%s\"", name));
}

/* "tickets.example" of "https://tickets.example:8443". Of the site, not of the request, so that an entry
 * that is downloaded again replaces the first. */
static const char *site_host(const struct web *w)
{
	const char *host = strstr(w->config->site_url, "://");

	host = host == NULL ? w->config->site_url : host + 3;
	return arena_memdup(w->arena, host, strcspn(host, ":/"));
}

static const char *calendar_description(struct web *w, const struct order_row *o, const char *reference,
					const char *url)
{
	const char *about = tr_text_calendar_reference(w->arena, w->locale, reference);

	if (o->seat.v != NULL)
		about = arena_printf(w->arena, "%s\n%s",
				     tr_text_calendar_seat(w->arena, w->locale, o->seat.v), about);
	return arena_printf(w->arena, "%s\n%s", about, url);
}

static const char *order_calendar_text(struct web *w, const struct order_row *o, const char *reference)
{
	const char *url =
	    arena_printf(w->arena, "%s%s", w->config->site_url, url_order_page(w->arena, o->id));
	const struct calendar_event event = {
	    .uid = arena_printf(w->arena, "%s@%s", id_text(w->arena, o->id), site_host(w)),
	    .stamp = o->ended_at,
	    .starts = o->starts_at,
	    .summary = o->title.v,
	    .location = o->venue.v,
	    .description = calendar_description(w, o, reference, url),
	    .url = url,
	};

	return calendar_text(w->arena, &event);
}

err order_calendar(struct web *w, const struct order_calendar_in *in)
{
	struct order_row o;
	when now;
	err e;

	if ((e = order_of_caller(w, in->id, &o, &now)) != OK)
		return e;
	if (o.status.v != order_status_COMPLETED || o.starts_at.v == 0)
		return web_fail(w, ERR_NOT_FOUND, tr_no_calendar);
	const char *reference = order_reference(w->arena, o.id);
	reply_text(w, 200, "text/calendar", order_calendar_text(w, &o, reference));
	reply_attachment(w, arena_printf(w->arena, "stagedoor-%s.ics", reference));
	return OK;
}

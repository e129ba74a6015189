#include "apps/tickets/compare.h"
#include "apps/tickets/hold.h"
#include "apps/tickets/propose.h"
#include "apps/tickets/ticket.h"
#include "common/base/clock.h"
#include "common/http/flash.h"

static void put_offer(struct html *h, const struct ticket *t, struct offer_view *view)
{
	view->offer = *t;
	view->price = form_money(h, t->price, t->currency);
	view->starts_at = offer_start_text(h->out.arena, t);
	view->time_zone = offer_zone_of(t).v;
	view->face_value = form_money(h, t->face_value, t->currency);
}

/* A form that was refused for other fields never reached the rule of its start: show all its problems at
 * once. */
static void check_typed_start(struct web *w, const struct ticket *t)
{
	const char *start = form_params_get(w->typed, "startsAt"),
		   *zone = form_params_get(w->typed, "timeZone");
	const struct number_format n = {.zone = zone};
	when starts_at;
	err e;

	if (w->form_status != 400 || start == NULL || problems_of(&w->problems, "startsAt") != NULL)
		return;
	if (kind_parse(w->arena, &kind_when, &n, start, &starts_at) != OK)
		return;
	e = ticket_check_start(w, offer_start(w, t, starts_at), t->starts_at);
	(void)e; /* only the problem that it adds is wanted */
}

/* A new listing: an empty form, or a copy of a listing of the same seller, whose show may be over. */
err ticket_new_page(struct web *w, const struct ticket_new_page_in *in)
{
	struct offer_view view = {.hold = hold_text(w)};
	struct ticket t = {
	    .currency = {w->config->currency}, .category = {category_CONCERT}, .time_zone = w->session.zone};
	struct page page;
	struct html *h;
	err e;

	if (!id_is_null(in->form.from)) {
		if ((e = ticket_find_own(w, in->form.from, tr_not_yours_again, &t)) != OK)
			return e;
		if (t.starts_at.v <= clock_now())
			t.starts_at.v = 0;
		view.t = &t;
	}
	check_typed_start(w, &(struct ticket){0});
	h = reply_page(w, 200, web_tr(w, tr_title_new), &page);
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
	return web_fail(w, ERR_CONFLICT, t->status.v == ticket_status_SOLD ? tr_is_sold : tr_is_withdrawn);
}

/* The revision that the form is based on: the one that it was sent or kept with, else the current one. */
static revision typed_revision(struct web *w, const struct ticket *t)
{
	const char *text = form_params_get(w->typed, "revision");
	revision typed = {0};

	if (w->typed->count == 0)
		return t->revision;
	if (text == NULL ||
	    kind_parse(w->arena, &kind_revision, &(struct number_format){0}, text, &typed) != OK)
		return (revision){0};
	return typed;
}

/* The listing that its seller wants to change, and whether it can be changed. A form gets a newer revision
 * than its own only together with a comparison of what changed. */
static err find_unfinished(struct web *w, ticket_id id, struct ticket *t, struct offer_view *view)
{
	err e;

	if ((e = ticket_find_own(w, id, tr_not_yours, t)) != OK)
		return e;
	if ((e = check_unfinished(w, t)) != OK)
		return e;
	if ((e = proposal_last(w->db, id, &view->last)) != OK)
		return e;
	view->t = t;
	view->barred = !ticket_is_free(t);
	view->sent = t->proposal.v != 0;
	view->revision = typed_revision(w, t);
	view->compare = view->revision.v != t->revision.v && !view->barred;
	view->explain_change = w->form_status != 409;
	if (view->compare)
		view->revision = t->revision;
	return OK;
}

/* A change that was refused is shown again as it was typed, until the seller proposes something else. */
static bool is_refused(const struct offer_view *view, enum proposal_kind_word kind)
{
	return view->last.status.v == proposal_status_REFUSED && view->last.kind.v == (int)kind;
}

static err put_refused(struct web *w, enum proposal_kind_word kind, struct offer_view *view)
{
	if (view->sent || w->typed->count > 0 || !is_refused(view, kind))
		return OK;
	return ticket_refused_sentence(w, &view->last, &view->refused);
}

static void put_change(struct html *h, const struct ticket *t, struct offer_view *view)
{
	struct ticket wanted = *t;

	if (view->last.kind.v == proposal_kind_CHANGE &&
	    (view->sent || is_refused(view, proposal_kind_CHANGE)))
		proposal_to_ticket(&view->last, &wanted);
	put_offer(h, &wanted, view);
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
	check_typed_start(w, &t);
	if (view.compare)
		offer_compare_typed(w, &t, &view);
	if ((e = put_refused(w, proposal_kind_CHANGE, &view)) != OK)
		return e;
	h = reply_page(w, 200, web_tr(w, tr_title_edit), &page);
	put_change(h, &t, &view);
	page_edit(h, &page, &view);
	return OK;
}

/* The page of the ticket tells what becomes of a proposal that is not decided yet. */
static void reply_sent(struct web *w, const struct ticket *t)
{
	const char *url = url_ticket_page(w->arena, t->id);

	if (t->proposal.v != 0) {
		reply_see_other(w, arena_printf(w->arena, "%s?proposal=%lld", url, (long long)t->proposal.v));
		return;
	}
	reply_see_other(w, url);
	flash_leave(w, "saved");
}

err ticket_edit(struct web *w, const struct ticket_edit_in *in)
{
	struct ticket_form form = offer_in(&in->form);
	const struct proposing request = {.id = in->id, .seen = in->form.revision, .form = &form};
	struct proposed p;
	struct ticket t;
	err e;

	/* the revision proves that this row is still the current one when propose has locked it */
	if ((e = ticket_find(w, in->id, &t)) != OK)
		return e;
	form.starts_at = offer_start(w, &t, form.starts_at);
	if ((e = propose(w, &request, reply_sent, &p)) != OK)
		return e;
	if (p.outcome == PROPOSED_REFUSED)
		return ticket_fail_refused(w, &p.ticket, &p.proposal);
	if (p.outcome == PROPOSED_ACCEPTED)
		reply_sent(w, &p.ticket);
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
	if ((e = put_refused(w, proposal_kind_WITHDRAWAL, &view)) != OK)
		return e;
	h = reply_page(w, 200, web_tr(w, tr_title_withdraw), &page);
	page_withdraw(h, &page, &view);
	return OK;
}

err ticket_withdraw(struct web *w, const struct ticket_withdraw_in *in)
{
	const struct proposing request = {.id = in->id, .seen = in->form.revision};
	struct proposed p;
	err e;

	if ((e = propose(w, &request, reply_sent, &p)) != OK)
		return e;
	if (p.outcome == PROPOSED_REFUSED)
		return ticket_fail_refused(w, &p.ticket, &p.proposal);
	if (p.outcome == PROPOSED_ACCEPTED)
		reply_see_other(w, url_selling_page(w->arena));
	return OK;
}

#include "apps/tickets/find.h"
#include "apps/tickets/hold.h"
#include "apps/tickets/pages_share.h"
#include "apps/tickets/proposal.h"
#include "apps/tickets/seller.h"
#include "apps/tickets/ticket.h"
#include "apps/tickets/view.h"
#include "common/base/clock.h"
#include "common/http/flash.h"

static err put_seller(struct web *w, user_id id, struct ticket_view *view)
{
	struct count sold;
	err e;

	if ((e = seller_name(w->db, id, &view->seller)) != OK || view->seller == NULL)
		return e;
	if ((e = sold_by_seller(w->db, &(struct sold_by_seller_in){.user_id = id, .most = {FOUND_MOST + 1}},
				&sold)) != OK)
		return e;
	view->sold = sold.count.v;
	view->since.v = uuid_time(id.b);
	return OK;
}

/* The outcome of the seller's last proposal. asked: the number of the one that led to this page. */
static err put_outcome(struct web *w, revision asked, struct ticket_view *view)
{
	struct proposal last;
	err e;

	view->saved = view->own && flash_take(w, "saved");
	if (!view->own || view->saved || view->t->proposal.v != 0)
		return OK;
	if ((e = proposal_last(w->db, view->t->id, &last)) != OK)
		return e;
	view->saved = asked.v != 0 && asked.v == last.number.v && last.kind.v == proposal_kind_CHANGE &&
		      last.status.v == proposal_status_ACCEPTED;
	return ticket_refused_sentence(w, &last, &view->refused);
}

err ticket_page(struct web *w, const struct ticket_page_in *in)
{
	struct ticket_view view = {.hold = hold_text(w), .signed_in = w->signed_in, .now = {clock_now()}};
	struct ticket t;
	struct page page;
	struct html *h;
	err e;

	if ((e = ticket_find(w, in->id, &t)) != OK)
		return e;
	if ((e = put_seller(w, t.user_id, &view)) != OK)
		return e;
	view.t = &t;
	view.free = ticket_is_free(&t);
	view.own = w->signed_in && id_same(t.user_id, w->session.user);
	if ((e = put_outcome(w, in->form.proposal, &view)) != OK)
		return e;
	view.signin = arena_printf(w->arena, "/signin?next=%s",
				   text_percent_encode(w->arena, url_ticket_page(w->arena, t.id)));
	h = reply_page(w, 200, t.title.v, &page);
	page.head = share_ticket(w, h, &t);
	page_ticket(h, &page, &view);
	reply_public(w);
	return OK;
}

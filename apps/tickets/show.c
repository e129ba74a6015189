#include "apps/tickets/seller.h"
#include "apps/tickets/ticket.h"
#include "apps/tickets/views.h"

enum { ROWS = 20 };

err ticket_page(struct web *w, const struct ticket_page_in *in)
{
	struct ticket_view view = {.hold = hold_text(w), .signed_in = w->signed_in};
	struct ticket t;
	struct page page;
	struct html *h;
	err e;

	if ((e = ticket_find(w, in->id, &t)) != OK)
		return e;
	if ((e = seller_name(w->db, t.user_id, &view.seller)) != OK)
		return e;
	view.t = &t;
	view.free = ticket_is_free(&t);
	view.own = w->signed_in && id_same(t.user_id, w->session.user);
	view.signin = arena_printf(w->arena, "/signin?next=%s",
				   text_percent_encode(w->arena, url_ticket_page(w->arena, t.id)));
	h = reply_page(w, 200, t.title.v, &page);
	page_ticket(h, &page, &view);
	reply_public(w);
	return OK;
}

static ticket_id newest(void)
{
	ticket_id id;

	memset(id.b, 0xff, sizeof id.b);
	return id;
}

err selling_page(struct web *w, const struct selling_page_in *in)
{
	const struct tickets_of_seller_in query = {
	    .user_id = w->session.user,
	    .before = id_is_none(in->form.before) ? newest() : in->form.before,
	    .rows = {ROWS + 1},
	};
	struct selling_view view = {.first_page = id_is_none(in->form.before)};
	struct ticket *rows;
	struct page page;
	struct html *h;
	err e;

	if ((e = tickets_of_seller(w->db, &query, &rows, &view.count)) != OK)
		return e;
	view.rows = rows;
	if (view.count > ROWS) {
		view.count = ROWS;
		view.next = arena_printf(w->arena, "%s?before=%s", url_selling_page(w->arena),
					 id_text(w->arena, rows[ROWS - 1].id));
	}
	h = reply_page(w, 200, "My listings", &page);
	page_selling(h, &page, &view);
	return OK;
}

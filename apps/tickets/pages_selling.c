#include "apps/tickets/cursor.h"
#include "apps/tickets/day.h"
#include "apps/tickets/find.h"
#include "apps/tickets/view.h"
#include "common/base/clock.h"

static ticket_id highest_id(void)
{
	ticket_id id;

	memset(id.b, 0xff, sizeof id.b);
	return id;
}

/* Until when each listing of the page is held. Rows are newest first, so the last one has the lowest id. */
static err put_holds(struct web *w, struct own_listing *own, size_t count)
{
	const struct holds_of_seller_in in = {
	    .user_id = w->session.user, .first = own[count - 1].t->id, .last = own[0].t->id};
	struct hold_end *holds;
	size_t held;
	err e;

	if ((e = holds_of_seller(w->db, &in, &holds, &held)) != OK)
		return e;
	for (size_t i = 0; i < held; i++)
		for (size_t j = 0; j < count; j++)
			if (id_same(own[j].t->id, holds[i].ticket_id))
				own[j].held_until = holds[i].expires_at;
	return OK;
}

static err put_own_listings(struct web *w, ticket_id before, struct selling_view *view)
{
	const int64_t rows = page_rows(w, (page_size){0});
	const struct tickets_of_seller_in in = {
	    .user_id = w->session.user, .before = before, .rows = {rows + 1}};
	struct ticket *tickets;
	struct own_listing *own;
	err e;

	if ((e = tickets_of_seller(w->db, &in, &tickets, &view->count)) != OK)
		return e;
	if (view->count > (size_t)rows) {
		view->count = (size_t)rows;
		view->next = arena_printf(w->arena, "%s?before=%s", url_selling_page(w->arena),
					  id_text(w->arena, tickets[rows - 1].id));
	}
	own = arena_array(w->arena, view->count, sizeof *own);
	for (size_t i = 0; i < view->count; i++)
		own[i].t = &tickets[i];
	view->rows = own;
	return view->count > 0 && view->states.held.v > 0 ? put_holds(w, own, view->count) : OK;
}

err selling_page(struct web *w, const struct selling_page_in *in)
{
	bool first = id_is_null(in->form.before);
	struct selling_view view = {.now = {clock_now()}, .first_page = first};
	struct page page;
	struct html *h;
	err e;

	if ((e = states_of_seller(w->db, &(struct states_of_seller_in){.user_id = w->session.user},
				  &view.states)) != OK)
		return e;
	if ((e = put_own_listings(w, first ? highest_id() : in->form.before, &view)) != OK)
		return e;
	h = reply_page(w, 200, web_tr(w, tr_title_selling), &page);
	page_selling(h, &page, &view);
	return OK;
}

/* Where a page of sales begins: its cursor is that of a list by newest, with the time of the sale as key. */
static err sales_place(struct web *w, cursor_text text, when *ret_before, ticket_id *ret_id)
{
	struct cursor c = {.key = UNDATED, .id = highest_id()};

	if (text.v != NULL &&
	    cursor_parse(w->arena, text.v, (ticket_sort){.v = ticket_sort_NEWEST}, &c) != OK)
		return web_problem(w, "cursor", kind_cursor_text.wrong);
	ret_before->v = c.key;
	*ret_id = c.id;
	return OK;
}

static err put_sales(struct web *w, cursor_text place, struct sales_view *view)
{
	const int64_t rows = page_rows(w, (page_size){0});
	struct sales_of_seller_in in = {.user_id = w->session.user, .rows = {rows + 1}};
	struct ticket *sales;
	err e;

	if ((e = sales_place(w, place, &in.before, &in.before_id)) != OK)
		return e;
	in.until = in.before;
	if ((e = sales_of_seller(w->db, &in, &sales, &view->count)) != OK)
		return e;
	view->rows = sales;
	if (view->count > (size_t)rows) {
		const struct ticket *last = &sales[rows - 1];
		const struct cursor c = {{.v = ticket_sort_NEWEST}, last->sold_at.v, last->id};

		view->count = (size_t)rows;
		view->next = arena_printf(w->arena, "%s?cursor=%s", url_sales_page(w->arena),
					  cursor_print(w->arena, &c));
	}
	return OK;
}

err sales_page(struct web *w, const struct sales_page_in *in)
{
	struct sales_view view = {.first_page = in->form.cursor.v == NULL};
	struct sales_total *totals;
	struct page page;
	struct html *h;
	err e;

	if ((e = totals_of_seller(w->db, &(struct totals_of_seller_in){.user_id = w->session.user}, &totals,
				  &view.total_count)) != OK)
		return e;
	view.totals = totals;
	if ((e = put_sales(w, in->form.cursor, &view)) != OK)
		return e;
	h = reply_page(w, 200, web_tr(w, tr_title_sales), &page);
	page_sales(h, &page, &view);
	return OK;
}

/* Listings as the API writes them, for download_send. The cursor is the id of the last listing sent. */
static err put_listings(struct web *w, const char *cursor, size_t rows, struct json_t *list,
			const char **ret_next)
{
	struct tickets_of_seller_in in = {
	    .user_id = w->session.user, .before = highest_id(), .rows = {(int64_t)rows + 1}};
	const struct number_format n = web_number_format(w);
	struct ticket *tickets;
	size_t count;
	err e;

	if (cursor != NULL && uuid_parse(cursor, in.before.b) != OK)
		return web_problem(w, "cursor", kind_cursor_text.wrong);
	if ((e = tickets_of_seller(w->db, &in, &tickets, &count)) != OK)
		return e;
	if (count > rows) {
		count = rows;
		*ret_next = id_text(w->arena, tickets[rows - 1].id);
	}
	for (size_t i = 0; i < count; i++)
		json_append(list, json_of_record(w->arena, record_ticket(), &n, &tickets[i]));
	return OK;
}

err selling_data(struct web *w, const struct selling_data_in *in)
{
	return download_send(w, "listings", url_selling_data(w->arena), in->form.cursor, put_listings);
}

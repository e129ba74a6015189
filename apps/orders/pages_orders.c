#include "apps/orders/order_list.h"
#include "apps/orders/pages.h"
#include "apps/orders/view.h"
#include "apps/orders/web.h"
#include "common/base/reference.h"

static err reply_orders_page(struct web *w, const struct orders_query *query, int status)
{
	struct order_list list;
	struct orders_view view;
	struct page page;
	err e;

	if ((e = order_list_read_grouped(w, query->cursor, web_rows(w, query->limit, PAGE_SIZE), &list)) !=
	    OK)
		return e;
	view = orders_view_of(w->arena, w->locale, &list);
	if (list.next)
		view.next = order_list_url(w, url_orders_page(w->arena), query->limit, list.next);
	view.reference = query->reference.v;
	page_orders(reply_page(w, status, web_tr(w, tr_title_orders), &page), &page, &view);
	return OK;
}

/* ERR_NO_ROW when the caller has no such order. */
static err order_id_by_reference(struct web *w, const char *reference, order_id *ret_id)
{
	struct order_by_reference_in in = {.user_id = w->session.user};
	struct order_key found;
	err e;

	if (reference_parse(reference, &in.reference.v) != OK)
		return ERR_NO_ROW;
	if ((e = order_by_reference(w->db, &in, &found)) == OK)
		*ret_id = found.id;
	return e;
}

err orders_page(struct web *w, const struct orders_page_in *in)
{
	order_id id;
	err e;

	if (in->form.reference.v == NULL)
		return reply_orders_page(w, &in->form, 200);
	e = order_id_by_reference(w, in->form.reference.v, &id);
	if (e == OK)
		reply_see_other(w, url_order_page(w->arena, id));
	if (e != ERR_NO_ROW)
		return e;
	(void)web_problem(w, "reference", tr_no_order_of_reference);
	return reply_orders_page(w, &in->form, 404);
}

static struct json_t *order_data_json(struct web *w, const struct order_row *o)
{
	struct json_t *json = order_json(w, o);

	json_put_text(json, "reference", order_reference(w->arena, o->id));
	if (o->held_at.v != 0)
		json_put_text(json, "heldAt", when_print(w->arena, o->held_at));
	if (o->ended_at.v != 0)
		json_put_text(json, "endedAt", when_print(w->arena, o->ended_at));
	return json;
}

static err append_orders(struct web *w, const char *cursor, size_t rows, struct json_t *list,
			 const char **ret_next)
{
	struct order_list page;
	err e = order_list_read(w, (cursor_text){cursor}, rows, &page);

	if (e != OK)
		return e;
	for (size_t i = 0; i < page.count; i++)
		json_append(list, order_data_json(w, &page.orders[i]));
	*ret_next = page.next;
	return OK;
}

err orders_data(struct web *w, const struct orders_data_in *in)
{
	return download_send(w, "orders", url_orders_data(w->arena), in->form.cursor, append_orders);
}

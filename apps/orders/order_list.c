#include "apps/orders/order_list.h"
#include "apps/orders/order.h"
#include "common/base/text.h"

/* The cursor is the id of the last order that was shown; without one the list begins at the newest. */
static err cursor_read(struct web *w, cursor_text cursor, order_id *ret_before)
{
	uint8_t *bytes;
	size_t len;

	memset(ret_before->b, 0xff, sizeof ret_before->b);
	if (cursor.v == NULL)
		return OK;
	if (text_unbase64url(w->arena, cursor.v, strlen(cursor.v), &bytes, &len) != OK ||
	    len != sizeof ret_before->b)
		return web_problem(w, "cursor", kind_cursor_text.wrong);
	memcpy(ret_before->b, bytes, len);
	return OK;
}

static const char *cursor_print(struct web *w, const struct order_row *o)
{
	return text_base64url(w->arena, o->id.b, sizeof o->id.b);
}

static err order_list_as_of_now(struct web *w, struct order_list *list)
{
	err e = db_now(w->db, &list->now);

	for (size_t i = 0; e == OK && i < list->count; i++)
		order_as_of(&list->orders[i], list->now);
	return e;
}

err order_list_read(struct web *w, cursor_text cursor, size_t size, struct order_list *ret_list)
{
	struct orders_of_user_in in = {.user_id = w->session.user, .limit = {(int64_t)size + 1}};
	struct order_list list = {.is_later = cursor.v != NULL};
	err e;

	if ((e = cursor_read(w, cursor, &in.before)) != OK)
		return e;
	if ((e = orders_of_user(w->db, &in, &list.orders, &list.count)) != OK)
		return e;
	if (list.count > size) {
		list.count = size;
		list.next = cursor_print(w, &list.orders[size - 1]);
	}
	if ((e = order_list_as_of_now(w, &list)) != OK)
		return e;
	*ret_list = list;
	return OK;
}

/* The query read one ended order more than fits: drops it; its predecessor becomes the cursor. */
static void order_list_cut_ended(struct web *w, struct order_list *list, size_t size)
{
	const struct order_row *last = NULL;
	size_t ended = 0, kept = 0;

	for (size_t i = 0; i < list->count; i++) {
		struct order_row *o = &list->orders[i];
		bool is_ended = !order_is_live(o);

		ended += is_ended;
		if (is_ended && ended > size)
			continue;
		list->orders[kept++] = *o;
		if (is_ended)
			last = &list->orders[kept - 1];
	}
	list->count = kept;
	if (ended > size)
		list->next = cursor_print(w, last);
}

err order_list_read_grouped(struct web *w, cursor_text cursor, size_t size, struct order_list *ret_list)
{
	struct orders_page_of_user_in in = {.user_id = w->session.user, .limit = {(int64_t)size + 1}};
	struct order_list list = {.is_later = cursor.v != NULL};
	err e;

	if ((e = cursor_read(w, cursor, &in.before)) != OK)
		return e;
	if (!list.is_later)
		in.live_before = in.before;
	if ((e = orders_page_of_user(w->db, &in, &list.orders, &list.count)) != OK)
		return e;
	order_list_cut_ended(w, &list, size);
	if ((e = order_list_as_of_now(w, &list)) != OK)
		return e;
	*ret_list = list;
	return OK;
}

const char *order_list_url(struct web *w, const char *path, page_size limit, const char *cursor)
{
	if (limit.v == 0)
		return arena_printf(w->arena, "%s?cursor=%s", path, cursor);
	return arena_printf(w->arena, "%s?cursor=%s&limit=%d", path, cursor, (int)limit.v);
}

#include "apps/orders/web.h"
#include "apps/orders/messages.h"
#include "apps/orders/order.h"
#include "common/base/clock.h"
#include "common/base/text.h"
#include "common/http/idempotency.h"

/* a ticket younger than this may be unknown here for good reason */
#define REPLICATION_LAG_MAX (60 * SECOND)

err my_order(struct web *w, order_id id, struct order_row *ret_order, when *ret_now)
{
	const struct order_by_id_in in = {.id = id};
	struct order_row o;
	err e;

	if ((e = order_by_id(w->db, &in, &o)) != OK)
		return e == ERR_NO_ROW ? ERR_NOT_FOUND : e;
	if (!id_same(o.user_id, w->session.user))
		return ERR_NOT_FOUND;
	if ((e = db_now(w->db, ret_now)) != OK)
		return e;
	order_as_of(&o, *ret_now);
	*ret_order = o;
	return OK;
}

/* The cursor is the id of the last order that was shown; without one the list begins at the newest. */
static err read_cursor(struct web *w, cursor_text cursor, order_id *ret_before)
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

static const char *cursor_after(struct web *w, const struct order_row *o)
{
	return text_base64url(w->arena, o->id.b, sizeof o->id.b);
}

static err as_of_now(struct web *w, struct order_page_rows *part)
{
	err e = db_now(w->db, &part->now);

	for (size_t i = 0; e == OK && i < part->count; i++)
		order_as_of(&part->orders[i], part->now);
	return e;
}

err my_orders(struct web *w, cursor_text cursor, size_t rows, struct order_page_rows *ret_part)
{
	struct orders_of_user_in in = {.user_id = w->session.user, .limit = {(int64_t)rows + 1}};
	struct order_page_rows part = {.is_later = cursor.v != NULL};
	err e;

	if ((e = read_cursor(w, cursor, &in.before)) != OK)
		return e;
	if ((e = orders_of_user(w->db, &in, &part.orders, &part.count)) != OK)
		return e;
	if (part.count > rows) {
		part.count = rows;
		part.next = cursor_after(w, &part.orders[rows - 1]);
	}
	if ((e = as_of_now(w, &part)) != OK)
		return e;
	*ret_part = part;
	return OK;
}

/* When there are more than so many ended orders the last of them goes, and the cursor is the one before. */
static void cut_ended(struct web *w, struct order_page_rows *part, size_t rows)
{
	const struct order_row *last = NULL;
	size_t ended = 0, kept = 0;

	for (size_t i = 0; i < part->count; i++) {
		struct order_row *o = &part->orders[i];
		bool is_ended = !order_is_live(o);

		ended += is_ended;
		if (is_ended && ended > rows)
			continue;
		part->orders[kept++] = *o;
		if (is_ended)
			last = &part->orders[kept - 1];
	}
	part->count = kept;
	if (ended > rows)
		part->next = cursor_after(w, last);
}

err my_orders_page(struct web *w, cursor_text cursor, size_t rows, struct order_page_rows *ret_part)
{
	struct orders_page_of_user_in in = {.user_id = w->session.user, .limit = {(int64_t)rows + 1}};
	struct order_page_rows part = {.is_later = cursor.v != NULL};
	err e;

	if ((e = read_cursor(w, cursor, &in.before)) != OK)
		return e;
	if (!part.is_later)
		in.live_before = in.before;
	if ((e = orders_page_of_user(w->db, &in, &part.orders, &part.count)) != OK)
		return e;
	cut_ended(w, &part, rows);
	if ((e = as_of_now(w, &part)) != OK)
		return e;
	*ret_part = part;
	return OK;
}

const char *next_url(struct web *w, const char *path, page_size limit, const char *cursor)
{
	if (limit.v == 0)
		return arena_printf(w->arena, "%s?cursor=%s", path, cursor);
	return arena_printf(w->arena, "%s?cursor=%s&limit=%d", path, cursor, (int)limit.v);
}

err charge_for(struct web *w, order_id id, const struct known_charge **ret_charge)
{
	struct known_charge *charge = arena_alloc(w->arena, sizeof *charge);
	err e = charge_of_order(w->db, &(struct charge_of_order_in){.order_id = id}, charge);

	if (e != OK && e != ERR_NO_ROW)
		return e;
	*ret_charge = e == OK ? charge : NULL;
	return OK;
}

struct json_t *order_json(struct web *w, const struct order_row *o)
{
	const struct number_format n = web_number_format(w);
	struct order_ticket ticket = {.id = o->ticket_id, .user_id = o->seller_id};
	struct order_body body;
	struct json_t *json;

	order_row_to_order_body(o, &body);
	order_row_to_order_ticket(o, &ticket);
	json = json_of_record(w->arena, record_order_body(), &n, &body);
	json_put(json, "ticket", json_of_record(w->arena, record_order_ticket(), &n, &ticket));
	return json;
}

static void answer_placed(struct web *w, const struct order_row *o)
{
	if (w->request.api) {
		reply_json(w, 201, order_json(w, o));
		reply_header(w, "Location", url_order_show(w->arena, o->id));
	} else {
		reply_see_other(w, url_order_page(w->arena, o->id));
	}
}

/* The answer is stored in the order's transaction: a repeated request gets it. */
static err place_once(struct web *w, struct placement *p)
{
	err e;

	do {
		if ((e = web_begin(w)) == OK && (e = order_place(w->db, p)) == OK)
			answer_placed(w, &p->order);
		e = web_end(w, e);
	} while (e == ERR_RETRY);
	return e;
}

static err is_known(struct web *w, void *context)
{
	const struct placement *p = context;
	const struct ticket_by_id_in in = {.id = p->ticket};
	struct ticket_state t;

	return ticket_by_id(w->db, &in, &t);
}

static err unheard_of(struct web *w, ticket_id id)
{
	int64_t age = clock_now() - uuid_time(id.b);

	if (age < -REPLICATION_LAG_MAX || age >= REPLICATION_LAG_MAX)
		return web_fail(w, ERR_NOT_FOUND, tr_no_ticket);
	return web_fail(w, ERR_UNAVAILABLE, tr_ticket_on_its_way);
}

err place(struct web *w, const struct order_form *form, struct placement *ret_placement)
{
	struct placement *p = ret_placement;
	err e;

	*p = (struct placement){
	    .buyer = w->session.user,
	    .ticket = form->ticket_id,
	    .seen = form->revision,
	    .hold_seconds = w->config->hold_seconds,
	    .slots = w->config->hold_budget,
	    .pauses = w->config->limits,
	};
	e = place_once(w, p);
	/* the wait for a listing that is on its way holds no transaction */
	if (e == ERR_NO_ROW && (e = web_wait(w, is_known, p)) == OK)
		e = place_once(w, p);
	return e == ERR_NO_ROW ? unheard_of(w, form->ticket_id) : e;
}

void retry_after_pause(struct web *w, const struct placement *p)
{
	int64_t left = p->budget.allowed_at.v - p->now.v;

	if (p->refusal == REFUSED_PAUSED)
		reply_header(w, "Retry-After",
			     arena_printf(w->arena, "%d", (int)((left + SECOND - 1) / SECOND)));
}

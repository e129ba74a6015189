#include "apps/orders/web.h"
#include "apps/orders/order.h"
#include "common/http/idempotency.h"

err order_of_caller(struct web *w, order_id id, struct order_row *ret_order, when *ret_now)
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

err charge_of(struct web *w, order_id id, const struct known_charge **ret_charge)
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

struct order_request order_request_of(const struct web *w, const struct order_form *form)
{
	return (struct order_request){
	    .buyer = w->session.user,
	    .ticket = form->ticket_id,
	    .seen = form->revision,
	    .hold_seconds = w->config->hold_seconds,
	    .slots = w->config->hold_budget,
	    .cool_down = w->config->limits,
	};
}

static void reply_placed(struct web *w, const struct order_row *o)
{
	if (w->request.api) {
		reply_json(w, 201, order_json(w, o));
		reply_header(w, "Location", url_order_show(w->arena, o->id));
	} else {
		reply_see_other(w, url_order_page(w->arena, o->id));
	}
}

/* The answer is stored in the order's transaction: a repeated request gets it. */
static err place_and_reply(struct web *w, const struct order_request *request, struct refusal *ret_refusal)
{
	struct order_row o;
	err e;

	do {
		if ((e = web_begin(w)) == OK && (e = order_place(w->db, request, &o, ret_refusal)) == OK)
			reply_placed(w, &o);
		e = web_end(w, e);
	} while (e == ERR_RETRY);
	return e;
}

static err ticket_is_replicated(struct web *w, void *context)
{
	const struct order_request *request = context;
	const struct ticket_by_id_in in = {.id = request->ticket};
	struct known_ticket t;

	return ticket_by_id(w->db, &in, &t);
}

static err fail_not_replicated(struct web *w, ticket_id id)
{
	if (web_replica_may_lag(id.b))
		return web_fail(w, ERR_UNAVAILABLE, tr_not_replicated_yet);
	return web_fail(w, ERR_NOT_FOUND, tr_no_ticket);
}

err order_request_place(struct web *w, const struct order_request *request, struct refusal *ret_refusal)
{
	struct order_request awaited = *request;
	err e;

	*ret_refusal = (struct refusal){.reason = NOT_REFUSED};
	e = place_and_reply(w, request, ret_refusal);
	if (e == ERR_NO_ROW && (e = web_wait(w, ticket_is_replicated, &awaited)) == OK)
		e = place_and_reply(w, request, ret_refusal);
	return e == ERR_NO_ROW ? fail_not_replicated(w, request->ticket) : e;
}

void reply_retry_after(struct web *w, const struct refusal *r)
{
	int seconds = refusal_retry_after(r);

	if (seconds > 0)
		reply_header(w, "Retry-After", arena_printf(w->arena, "%d", seconds));
}

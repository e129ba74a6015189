#include "apps/orders/deliveries.h"
#include "apps/orders/order.h"

static err keep_terms(struct db *db, const struct ticket_state *t)
{
	const struct terms terms = offer_terms(t);

	return terms_insert(db, &terms, NULL);
}

static err replace(struct db *db, const struct ticket_state *t, version known)
{
	struct ticket_replace_in in = {.known = known};
	err e;

	ticket_state_to_ticket_replace_in(t, &in);
	e = ticket_replace(db, &in);
	return e == ERR_STALE ? ERR_RETRY : e;
}

/* *ret_newer: was the state newer than what was known? The row is locked from then on. */
static err keep(struct db *db, const struct ticket_state *t, bool *ret_newer)
{
	const struct ticket_lock_in in = {.id = t->id};
	struct ticket_state known;
	err e = ticket_lock(db, &in, &known);

	if (e == ERR_NO_ROW) {
		known = (struct ticket_state){0};
		e = ticket_insert(db, t);
		e = e == ERR_DUPLICATE ? ERR_RETRY : e;
	} else if (e == OK && t->version.v > known.version.v) {
		e = replace(db, t, known.version);
	}
	if (e == OK && t->revision.v != known.revision.v)
		e = keep_terms(db, t); /* an older one too: a buyer may have seen it */
	if (e == OK)
		*ret_newer = t->version.v > known.version.v;
	return e;
}

/* The payment's event may have come before the lock's. */
static err settle_early_payment(struct db *db, struct order_row *o)
{
	const struct charge_of_order_in in = {.order_id = o->id};
	struct known_charge charge;
	err e = charge_of_order(db, &in, &charge);

	if (e != OK)
		return e == ERR_NO_ROW ? OK : e;
	return order_settle(db, o, charge.status);
}

static err answer(struct db *db, const struct ticket_state *t, struct order_row *o)
{
	err e;

	if (o->status.v != order_status_CREATED)
		return OK;
	if (id_same(t->order_id, o->id)) {
		if ((e = order_hold(db, o)) != OK)
			return e;
		return settle_early_payment(db, o);
	}
	if (t->revision.v > o->ticket_revision.v)
		return order_end(db, o, cancel_reason_TICKET_CHANGED);
	return OK;
}

err on_ticket(struct db *db, const struct ticket_state *state)
{
	const struct order_holding_in in = {.ticket_id = state->id};
	struct order_holder holder;
	struct order_row o;
	bool newer;
	err e;

	if ((e = keep(db, state, &newer)) != OK || !newer || state->status.v == ticket_status_UNKNOWN)
		return e;
	if ((e = order_holding(db, &in, &holder)) != OK)
		return e == ERR_NO_ROW ? OK : e;
	if (holder.status.v != order_status_CREATED)
		return OK;
	const struct order_lock_in key = {.id = holder.id};
	if ((e = order_lock(db, &key, &o)) != OK)
		return e;
	return answer(db, state, &o);
}

#include "apps/orders/deliveries.h"
#include "apps/orders/order.h"

/* *ret_newer: was the state newer than what was known? */
static err keep(struct db *db, const struct charge_state *c, bool *ret_newer)
{
	const struct charge_lock_in in = {.id = c->id};
	struct charge_state known;
	err e = charge_lock(db, &in, &known);

	*ret_newer = true;
	if (e == ERR_NO_ROW) {
		e = charge_insert(db, c);
		return e == ERR_DUPLICATE ? ERR_RETRY : e;
	}
	if (e != OK)
		return e;
	*ret_newer = c->version.v > known.version.v;
	if (!*ret_newer)
		return OK;
	const struct charge_replace_in change = {.version = c->version,
						 .status = c->status,
						 .refunded = c->refunded,
						 .id = c->id,
						 .known = known.version};
	e = charge_replace(db, &change);
	return e == ERR_STALE ? ERR_RETRY : e;
}

/*
 * An order that is still created is settled when its lock is heard of (replica.c), from the charge kept here:
 * the order's row lock, taken after the charge is written there and before it is read here, leaves no gap
 * between the two.
 */
err on_charge(struct db *db, const struct charge_state *state)
{
	const struct order_lock_in key = {.id = state->order_id};
	struct order_row o;
	bool newer;
	err e;

	if ((e = keep(db, state, &newer)) != OK || !newer)
		return e;
	if ((e = order_lock(db, &key, &o)) != OK)
		return e == ERR_NO_ROW ? OK : e;
	return order_settle(db, &o, state->status);
}

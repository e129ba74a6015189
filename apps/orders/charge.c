#include "apps/orders/deliveries.h"
#include "apps/orders/order.h"

/* The charge as the event tells it, at the times at which that was first heard. */
static struct known_charge heard(const struct charge_state *c, const struct known_charge *known, when now)
{
	struct known_charge k = {
	    .begun_at = known == NULL ? now : known->begun_at,
	    .decided_at = known == NULL ? (when){0} : known->decided_at,
	    .returned_at = known == NULL ? (when){0} : known->returned_at,
	};

	charge_state_to_known_charge(c, &k);
	if ((c->status.v == charge_status_FAILED || c->status.v == charge_status_COMPLETED) &&
	    k.decided_at.v == 0)
		k.decided_at = now;
	if (c->refunded.v && k.returned_at.v == 0)
		k.returned_at = now;
	return k;
}

static err insert(struct db *db, const struct charge_state *c, when now)
{
	const struct known_charge k = heard(c, NULL, now);
	err e = charge_insert(db, &k);

	return e == ERR_DUPLICATE ? ERR_RETRY : e;
}

static err replace(struct db *db, const struct charge_state *c, const struct known_charge *known, when now)
{
	const struct known_charge k = heard(c, known, now);
	struct charge_replace_in change = {.known = known->version};
	err e;

	known_charge_to_charge_replace_in(&k, &change);
	e = charge_replace(db, &change);
	return e == ERR_STALE ? ERR_RETRY : e;
}

/* *ret_newer: was the state newer than what was known? */
static err keep(struct db *db, const struct charge_state *c, bool *ret_newer)
{
	struct known_charge known;
	when now;
	err e, found = charge_lock(db, &(struct charge_lock_in){.id = c->id}, &known);

	if (found != OK && found != ERR_NO_ROW)
		return found;
	*ret_newer = found == ERR_NO_ROW || c->version.v > known.version.v;
	if (!*ret_newer)
		return OK;
	if ((e = db_now(db, &now)) != OK)
		return e;
	return found == OK ? replace(db, c, &known, now) : insert(db, c, now);
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

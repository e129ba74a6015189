#include "apps/orders/events.h"
#include "apps/orders/order.h"
#include "apps/orders/terms.h"
#include "common/app/app.h"
#include "common/base/clock.h"

static err terms_keep(struct db *db, const struct ticket_state *t)
{
	const struct terms terms = offer_terms(t);

	return terms_insert(db, &terms, NULL);
}

static err ticket_replica_replace(struct db *db, const struct ticket_state *t, version known)
{
	struct ticket_replace_in in = {.known = known};
	err e;

	ticket_state_to_ticket_replace_in(t, &in);
	e = ticket_replace(db, &in);
	return e == ERR_STALE ? ERR_RETRY : e;
}

/* Stores the state when it is newer than the replica; *ret_newer: it was. Locks the row. */
static err ticket_replica_keep(struct db *db, const struct ticket_state *t, bool *ret_newer)
{
	const struct ticket_lock_in in = {.id = t->id};
	struct ticket_state known;
	err e = ticket_lock(db, &in, &known);

	if (e == ERR_NO_ROW) {
		known = (struct ticket_state){0};
		e = ticket_insert(db, t);
		e = e == ERR_DUPLICATE ? ERR_RETRY : e;
	} else if (e == OK && t->version.v > known.version.v) {
		e = ticket_replica_replace(db, t, known.version);
	}
	if (e == OK && t->revision.v != known.revision.v)
		e = terms_keep(db, t); /* of an older one too: a buyer may have seen it */
	if (e == OK)
		*ret_newer = t->version.v > known.version.v;
	return e;
}

/* The event of the charge may have arrived before that of the ticket. */
static err order_settle_early_payment(struct db *db, struct order_row *o)
{
	const struct charge_of_order_in in = {.order_id = o->id};
	struct known_charge charge;
	err e = charge_of_order(db, &in, &charge);

	if (e != OK)
		return e == ERR_NO_ROW ? OK : e;
	return order_settle(db, o, charge.status);
}

static err order_apply_ticket(struct db *db, const struct ticket_state *t, struct order_row *o)
{
	err e;

	if (o->status.v != order_status_CREATED)
		return OK;
	if (id_same(t->order_id, o->id)) {
		if ((e = order_hold(db, o)) != OK)
			return e;
		return order_settle_early_payment(db, o);
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

	if ((e = ticket_replica_keep(db, state, &newer)) != OK || !newer ||
	    state->status.v == ticket_status_UNKNOWN)
		return e;
	if ((e = order_holding(db, &in, &holder)) != OK)
		return e == ERR_NO_ROW ? OK : e;
	if (holder.status.v != order_status_CREATED)
		return OK;
	const struct order_lock_in key = {.id = holder.id};
	if ((e = order_lock(db, &key, &o)) != OK)
		return e;
	return order_apply_ticket(db, state, &o);
}

/* The charge as the event has it, with the times at which each state was first replicated. */
static struct known_charge charge_known_after(const struct charge_state *c, const struct known_charge *known,
					      when now)
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

static err charge_replica_insert(struct db *db, const struct charge_state *c, when now)
{
	const struct known_charge k = charge_known_after(c, NULL, now);
	err e = charge_insert(db, &k);

	return e == ERR_DUPLICATE ? ERR_RETRY : e;
}

static err charge_replica_replace(struct db *db, const struct charge_state *c,
				  const struct known_charge *known, when now)
{
	const struct known_charge k = charge_known_after(c, known, now);
	struct charge_replace_in change = {.known = known->version};
	err e;

	known_charge_to_charge_replace_in(&k, &change);
	e = charge_replace(db, &change);
	return e == ERR_STALE ? ERR_RETRY : e;
}

/* Stores the state when it is newer than the replica; *ret_newer: it was. */
static err charge_replica_keep(struct db *db, const struct charge_state *c, bool *ret_newer)
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
	return found == OK ? charge_replica_replace(db, c, &known, now) : charge_replica_insert(db, c, now);
}

/*
 * An order that is still created is settled later, by on_ticket, from the charge stored here. The row lock
 * of the order excludes a gap: here it is taken after the charge is written, there before the charge is
 * read.
 */
err on_charge(struct db *db, const struct charge_state *state)
{
	const struct order_lock_in key = {.id = state->order_id};
	struct order_row o;
	bool newer;
	err e;

	if ((e = charge_replica_keep(db, state, &newer)) != OK || !newer)
		return e;
	if ((e = order_lock(db, &key, &o)) != OK)
		return e == ERR_NO_ROW ? OK : e;
	return order_settle(db, &o, state->status);
}

static err expire_order(struct db *db, order_id id, struct order_row *ret_order, when *ret_now)
{
	err e;

	if ((e = db_now(db, ret_now)) != OK)
		return e;
	return order_expire(db, id, *ret_now, ret_order);
}

static err expire_order_later(struct db *db, const void *key)
{
	struct order_row o;
	order_id id;
	when now;
	err e;

	memcpy(id.b, key, sizeof id.b);
	e = expire_order(db, id, &o, &now);
	return e == ERR_NO_ROW ? OK : e;
}

err on_expired(struct db *db, const struct order_end *hint)
{
	struct order_row o;
	when now;
	err e;

	if ((e = expire_order(db, hint->order_id, &o, &now)) != OK)
		return e == ERR_NO_ROW ? OK : e;
	/* the expiration service's clock may run a little ahead of this database's */
	if (order_is_live(&o) && o.expires_at.v - now.v < SECOND)
		app_at(o.expires_at, expire_order_later, o.id.b);
	return OK;
}

/*
 * What orders does with each event that it consumes (rows CONSUMER of amqp/events.def), in the delivery's
 * transaction. session.revoked goes to revoked_store of common/app.
 *
 * An event is stored as a replica with its version, and one that is not newer changes nothing: events may
 * come twice and in any order. A newer ticket brings the seller's proposal, a newer charge settles its order,
 * and a hint of expiration ends an order that is overdue. After an error the delivery is repeated.
 *
 * What must hold:
 * - A proposal is decided once, under the lock of the ticket's replica row, which a buyer's order takes too.
 * - What orders has accepted counts before tickets has applied it, so that no later state of the ticket
 *   takes it back.
 * - A charge is stored before its order is locked, so that an order which is still created is settled later
 *   from the row stored here.
 */
#include "amqp/groups.def"
#include "apps/orders/order.h"
#include "apps/orders/terms.h"
#include "common/app/app.h"
#include "common/base/clock.h"
#include "common/base/failpoint.h"

/*
 * The listing after a newer state of its ticket. What orders has accepted counts before tickets has applied
 * it: the offer of the highest revision, and a withdrawal. Programs of protocol 1.0 changed the offer without
 * asking; their revision is higher than the one accepted here, and it counts.
 */
static struct known_ticket ticket_known_after(const struct ticket_state *t, const struct known_ticket *known)
{
	struct known_ticket k = *known;

	if (t->revision.v >= known->revision.v)
		ticket_state_to_known_ticket(t, &k);
	k.version = t->version;
	k.order_id = t->order_id;
	k.status = known->status.v == ticket_status_WITHDRAWN ? known->status : t->status;
	if (k.decided.v < k.revision.v)
		k.decided = k.revision;
	return k;
}

static err ticket_replica_store(struct db *db, const struct known_ticket *k, version known)
{
	struct ticket_replace_in in = {.known = known};
	err e;

	if (known.v == 0) {
		e = ticket_insert(db, k);
		return e == ERR_DUPLICATE ? ERR_RETRY : e;
	}
	known_ticket_to_ticket_replace_in(k, &in);
	e = ticket_replace(db, &in);
	return e == ERR_STALE ? ERR_RETRY : e;
}

/* Locks the row of the replica. *ret_known.version is null when the listing is not known here. */
static err ticket_replica_lock(struct db *db, ticket_id id, struct known_ticket *ret_known)
{
	err e = ticket_lock(db, &(struct ticket_lock_in){.id = id}, ret_known);

	if (e == ERR_NO_ROW) {
		*ret_known = (struct known_ticket){.id = id};
		return OK;
	}
	return e;
}

/* The order that has the ticket, after an overdue one was ended; *ret_holder.id is null when no order has
 * it. */
static err active_order(struct db *db, ticket_id id, struct order_holder *ret_holder)
{
	const struct order_holding_in in = {.ticket_id = id};
	struct order_row o;
	when now;
	err e;

	if ((e = order_holding(db, &in, ret_holder)) == OK) {
		if ((e = db_now(db, &now)) != OK)
			return e;
		if ((e = order_expire(db, ret_holder->id, now, &o)) != OK)
			return e;
		e = o.status.v == order_status_CANCELLED ? ERR_NO_ROW : OK;
	}
	if (e == ERR_NO_ROW) {
		*ret_holder = (struct order_holder){0};
		return OK;
	}
	return e;
}

static void accept_proposal(const struct ticket_state *t, struct known_ticket *k)
{
	if (t->proposal_kind.v == proposal_kind_WITHDRAWAL) {
		k->status.v = ticket_status_WITHDRAWN;
		return;
	}
	k->revision = t->proposal;
#define TAKE(kind, name, doc) k->name = t->proposed_##name;
	OFFER(TAKE, TAKE, TAKE)
#undef TAKE
}

/* What is withdrawn can be withdrawn again: tickets may have lost that it is, by a restored backup. */
static bool is_acceptable(const struct ticket_state *t, const struct known_ticket *k)
{
	if (t->proposal_kind.v == proposal_kind_WITHDRAWAL)
		return k->status.v == ticket_status_LISTED || k->status.v == ticket_status_WITHDRAWN;
	return t->proposal_kind.v == proposal_kind_CHANGE && k->status.v == ticket_status_LISTED;
}

/*
 * Decides the proposal that the state carries, unless it was decided before: accepted while no order has the
 * ticket, otherwise refused. The lock of the replica's row, which a buyer's order takes too, makes one wait
 * for the other: nothing is accepted over an active order, and no order is placed at an offer that was
 * replaced. A proposal of a later version's kind is refused.
 */
static err decide_proposal(struct db *db, const struct ticket_state *t, struct known_ticket *k)
{
	struct offer_decision d = {.ticket_id = t->id, .number = t->proposal};
	struct order_holder holder;
	err e;

	if (t->proposal.v <= k->decided.v)
		return OK;
	if ((e = active_order(db, t->id, &holder)) != OK)
		return e;
	d.accepted.v = id_is_null(holder.id) && is_acceptable(t, k);
	d.held_since = holder.created_at;
	d.held_by = holder.id;
	k->decided = t->proposal;
	if (d.accepted.v)
		accept_proposal(t, k);
	if ((e = publish_offer_decided(db, &d)) != OK)
		return e;
	FAILPOINT(proposal_decided);
	return OK;
}

/* Of an older state too: a buyer may have seen it. */
static err terms_keep(struct db *db, const struct ticket_state *t, const struct known_ticket *k)
{
	struct terms shown = {.ticket_id = t->id};
	const struct terms accepted = offer_terms(k);
	err e;

	ticket_state_to_terms(t, &shown);
	if ((e = terms_insert(db, &shown, NULL)) != OK || k->revision.v == t->revision.v)
		return e;
	return terms_insert(db, &accepted, NULL);
}

/*
 * Stores the state when it is newer than the replica, and decides its proposal. *ret_known is the replica
 * then, locked; *ret_newer: the state was newer.
 */
static err ticket_replica_keep(struct db *db, const struct ticket_state *t, struct known_ticket *ret_known,
			       bool *ret_newer)
{
	struct known_ticket known, next;
	err e;

	if ((e = ticket_replica_lock(db, t->id, &known)) != OK)
		return e;
	next = known;
	*ret_newer = t->version.v > known.version.v;
	if (*ret_newer) {
		next = ticket_known_after(t, &known);
		if ((e = decide_proposal(db, t, &next)) != OK)
			return e;
		if ((e = ticket_replica_store(db, &next, known.version)) != OK)
			return e;
	}
	*ret_known = next;
	if (t->revision.v == known.revision.v && next.revision.v == known.revision.v)
		return OK;
	return terms_keep(db, t, &next);
}

/* The event of the charge may have arrived before that of the ticket. */
static err order_settle_early_payment(struct db *db, struct order_row *o)
{
	const struct charge_of_order_in in = {.order_id = o->id};
	struct known_charge charge;
	err e = charge_of_order(db, &in, &charge);

	if (e != OK)
		return e == ERR_NO_ROW ? OK : e;
	return order_settle(db, o, &charge);
}

static bool offer_has_ended(const struct known_ticket *t, revision seen)
{
	return t->revision.v > seen.v || t->status.v == ticket_status_WITHDRAWN;
}

/*
 * The rules of protocol 1.0, for what an upgrade finds: an order that is still created awaits payment once
 * tickets has locked the ticket for it, and is cancelled by an offer that was changed first. An order of the
 * current protocol can meet such an offer too, when the change was committed before the upgrade and arrives
 * after it.
 */
static err order_apply_ticket(struct db *db, const struct known_ticket *t, struct order_row *o)
{
	err e;

	if (o->status.v == order_status_CREATED && id_same(t->order_id, o->id)) {
		if ((e = order_hold(db, o)) != OK)
			return e;
		return order_settle_early_payment(db, o);
	}
	if (offer_has_ended(t, o->ticket_revision) && order_is_live(o) && !order_is_secured(o))
		return order_end(db, o, cancel_reason_TICKET_CHANGED);
	return OK;
}

/* Stores the listing and decides the proposal that it carries: accepted while no order has the ticket,
 * otherwise refused (OfferDecided). Completes the steps of an order of protocol 1.0: locked for it →
 * awaiting_payment; changed by the seller since → cancelled. */
err on_ticket(struct db *db, const struct ticket_state *state)
{
	const struct order_holding_in in = {.ticket_id = state->id};
	struct order_holder holder;
	struct known_ticket known;
	struct order_row o;
	bool newer;
	err e;

	if ((e = ticket_replica_keep(db, state, &known, &newer)) != OK || !newer ||
	    state->status.v == ticket_status_UNKNOWN)
		return e;
	if ((e = order_holding(db, &in, &holder)) != OK)
		return e == ERR_NO_ROW ? OK : e;
	if (holder.status.v != order_status_CREATED && !offer_has_ended(&known, holder.ticket_revision))
		return OK;
	if ((e = order_lock(db, &(struct order_lock_in){.id = holder.id}, &o)) != OK)
		return e;
	return order_apply_ticket(db, &known, &o);
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
 * Stores the charge, then settles its order: secured, completed, returned, or cancelled when the payment
 * failed. An order that is still created is settled later, by on_ticket, from the charge stored here. The row
 * lock of the order excludes a gap: here it is taken after the charge is written, there before the charge is
 * read.
 */
err on_charge(struct db *db, const struct charge_state *state)
{
	const struct order_lock_in key = {.id = state->order_id};
	struct known_charge charge = {0};
	struct order_row o;
	bool newer;
	err e;

	if ((e = charge_replica_keep(db, state, &newer)) != OK || !newer)
		return e;
	if ((e = order_lock(db, &key, &o)) != OK)
		return e == ERR_NO_ROW ? OK : e;
	charge_state_to_known_charge(state, &charge);
	return order_settle(db, &o, &charge);
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

/* A hint that a hold is over: ends the order if it is overdue by this database's clock. If the hint is less
 * than a second early, tries again at the deadline; earlier hints are left to the sweep. */
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

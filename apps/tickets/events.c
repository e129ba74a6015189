/*
 * What tickets does with each event that it consumes (rows CONSUMER of amqp/events.def). session.revoked
 * goes to revoked_store of common/app.
 *
 * Those of orders and users keep a replica of the newest version of what the event is about, and ignore a
 * version that is known or older, so that events may come twice, in any order, or not at all. A newer version
 * of an order also acts on its ticket (hold.h), and a decision of orders on the proposal that it is about.
 * All of it is in the delivery's transaction: ticket, replica and outbox row are stored together or not at
 * all.
 */
#include "apps/tickets/hold.h"
#include "apps/tickets/proposal.h"
#include "common/base/log.h"

/* ERR_STALE: this version or a newer one is known. */
static err order_replica_store(struct db *db, const struct order_replica *o)
{
	struct order_replica_renew_in in = {.below = o->version};
	int64_t met;
	err e;

	order_replica_to_order_replica_renew_in(o, &in);
	if ((e = order_replica_renew(db, &in, &met)) != OK || met > 0)
		return e;
	e = order_replica_add(db, o);
	return e == ERR_DUPLICATE ? ERR_STALE : e;
}

/* An order for an unknown ticket is an error to log, and OK: no later delivery would find the ticket
 * either. */
err order_seen(struct db *db, const struct order_state *order)
{
	struct order_replica o;
	struct ticket t;
	err e;

	order_state_to_order_replica(order, &o);
	/* the ticket's row first: deliveries and edits of one ticket happen one after the other */
	if ((e = ticket_locked(db, &(struct ticket_locked_in){.id = order->ticket_id}, &t)) == ERR_NO_ROW) {
		log_error("order %s is for a ticket that is not known", id_text(db_arena(db), order->id));
		return OK;
	}
	if (e != OK)
		return e;
	if ((e = order_replica_store(db, &o)) != OK)
		return e == ERR_STALE ? OK : e;
	return hold_apply(db, &t, &o);
}

/* A decision of a proposal that is not the open one is known already. */
err on_decision(struct db *db, const struct offer_decision *d)
{
	struct ticket t;
	err e = ticket_locked(db, &(struct ticket_locked_in){.id = d->ticket_id}, &t);

	if (e == ERR_NO_ROW) {
		log_error("orders has decided about a ticket that is not known: %s",
			  id_text(db_arena(db), d->ticket_id));
		return OK;
	}
	if (e != OK || t.proposal.v != d->number.v)
		return e;
	return proposal_apply(db, &t, d);
}

err seller_seen(struct db *db, const struct user_state *user)
{
	struct seller_renew_in in = {.below = user->version};
	struct seller_replica row;
	int64_t met;
	err e;

	user_state_to_seller_renew_in(user, &in);
	user_state_to_seller_replica(user, &row);
	if ((e = seller_renew(db, &in, &met)) != OK || met > 0)
		return e;
	e = seller_add(db, &row);
	return e == ERR_DUPLICATE ? OK : e;
}

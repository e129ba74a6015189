#include "apps/tickets/hold.h"
#include "apps/tickets/ticket.h"
#include "common/base/clock.h"
#include "common/base/log.h"

/* The row is locked and its version read in this transaction, so that ERR_STALE here is a lost lock: the
 * delivery is tried again. */
static err set_holder(struct db *db, struct ticket *t, ticket_status status, order_id holder)
{
	const when sold_at = {status.v == ticket_status_SOLD ? clock_now() : 0};
	const struct ticket_set_holder_in in = {
	    .status = status, .order_id = holder, .sold_at = sold_at, .id = t->id, .version = t->version};
	err e;

	if ((e = ticket_set_holder(db, &in)) != OK)
		return e;
	t->status = status;
	t->order_id = holder;
	t->sold_at = sold_at;
	t->version.v++;
	return ticket_publish(db, t);
}

/* An order that came too late, for another revision or a withdrawn listing, learns it from the newer
 * revision. */
static err hold(struct db *db, struct ticket *t, const struct order_replica *o)
{
	if (!ticket_is_free(t) || t->revision.v != o->ticket_revision.v)
		return OK;
	return set_holder(db, t, t->status, o->id);
}

static err next_in_line(struct db *db, struct ticket *t)
{
	struct order_replica waiting;
	err e = order_waiting(
	    db, &(struct order_waiting_in){.ticket_id = t->id, .ticket_revision = t->revision}, &waiting);

	if (e == ERR_NO_ROW)
		return OK;
	return e == OK ? hold(db, t, &waiting) : e;
}

static err release(struct db *db, struct ticket *t, const struct order_replica *o)
{
	err e;

	if (t->status.v != ticket_status_LISTED || !id_same(t->order_id, o->id))
		return OK;
	if ((e = set_holder(db, t, t->status, (order_id){0})) != OK)
		return e;
	return next_in_line(db, t);
}

/*
 * The holder of a listed ticket may be an order whose end is still on its way here: the money decides. A
 * ticket that is sold already or withdrawn cannot be sold; orders never completes such an order, so it is for
 * a person to look at.
 */
static err sell(struct db *db, struct ticket *t, const struct order_replica *o)
{
	if (t->status.v == ticket_status_LISTED)
		return set_holder(db, t, (ticket_status){.v = ticket_status_SOLD}, o->id);
	if (!id_same(t->order_id, o->id))
		log_alarm("order %s is completed, but its ticket %s is %s", id_text(db_arena(db), o->id),
			  id_text(db_arena(db), t->id),
			  kind_print(NULL, &kind_ticket_status, NULL, &t->status));
	return OK;
}

/* An order that waits for its money, or whose status a later version has added. */
static err stand_by(struct db *db, struct ticket *t, const struct order_replica *o)
{
	(void)db, (void)t, (void)o;
	return OK;
}

/* ERR_STALE: this version or a newer one is known. */
static err remember(struct db *db, const struct order_replica *o)
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

err order_seen(struct db *db, const struct order_state *order)
{
	static err (*const acts[])(struct db *, struct ticket *, const struct order_replica *) = {
	    [order_status_CREATED] = hold,     [order_status_AWAITING_PAYMENT] = stand_by,
	    [order_status_COMPLETED] = sell,   [order_status_CANCELLED] = release,
	    [order_status_UNKNOWN] = stand_by,
	};
	CHOICE_TABLE(acts, order_status);
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
	if ((e = remember(db, &o)) != OK)
		return e == ERR_STALE ? OK : e;
	return acts[o.status.v](db, &t, &o);
}

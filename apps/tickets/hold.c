/*
 * Who holds a ticket, for its page and the lists. Orders decides about sales; its events arrive here late,
 * twice or in another order. The protocol is modelled in tests/model/sell-first.pml: change the model before
 * this file.
 *
 * What must hold:
 * - At most one order holds a ticket (order_id), and only while the ticket is listed; a sold ticket keeps
 *   the order that bought it.
 * - A ticket is unlocked by the end of the order that holds it, never by the end of another one.
 * - A change of the holder does not change the revision: the offer is the same.
 * - Orders that wait are served in the order of their ids (UUIDv7, so by time), as rows of order_replica.
 */
#include "apps/tickets/hold.h"
#include "apps/tickets/publish.h"
#include "common/base/clock.h"
#include "common/base/log.h"

bool ticket_is_free(const struct ticket *t)
{
	return t->status.v == ticket_status_LISTED && id_is_null(t->order_id);
}

/* The row is locked and its version was read in this transaction, so ERR_STALE means that the lock was
 * lost. */
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

/*
 * Orders has already decided about an order of the current protocol, so it has the ticket as soon as no other
 * order is known to hold it; the offer that it was placed at may arrive here later. An order of protocol 1.0
 * asks: it gets the ticket at the revision that its buyer saw, and otherwise orders cancels it when the newer
 * revision arrives there.
 */
static err hold_ticket(struct db *db, struct ticket *t, const struct order_replica *o)
{
	const bool asks = o->status.v == order_status_CREATED;

	if (!ticket_is_free(t) || (asks && t->revision.v != o->ticket_revision.v))
		return OK;
	return set_holder(db, t, t->status, o->id);
}

static err hold_next(struct db *db, struct ticket *t)
{
	struct order_replica waiting;
	err e = order_waiting(
	    db, &(struct order_waiting_in){.ticket_id = t->id, .ticket_revision = t->revision}, &waiting);

	if (e == ERR_NO_ROW)
		return OK;
	return e == OK ? hold_ticket(db, t, &waiting) : e;
}

static err release_ticket(struct db *db, struct ticket *t, const struct order_replica *o)
{
	err e;

	if (t->status.v != ticket_status_LISTED || !id_same(t->order_id, o->id))
		return OK;
	if ((e = set_holder(db, t, t->status, (order_id){0})) != OK)
		return e;
	return hold_next(db, t);
}

/*
 * The ticket may still be held by another order, whose end has not arrived here yet. A sale that was undone
 * keeps its ticket. Orders never completes an order of a ticket that is withdrawn or sold to another, so that
 * is an alarm for the operator.
 */
static err sell_ticket(struct db *db, struct ticket *t, const struct order_replica *o)
{
	if (t->status.v == ticket_status_LISTED)
		return set_holder(db, t, (ticket_status){.v = ticket_status_SOLD}, o->id);
	if (!id_same(t->order_id, o->id))
		log_alarm("order %s is completed, but its ticket %s is %s", id_text(db_arena(db), o->id),
			  id_text(db_arena(db), t->id),
			  kind_print(NULL, &kind_ticket_status, NULL, &t->status));
	return OK;
}

/* A status that a later version of orders has added. */
static err hold_stays(struct db *db, struct ticket *t, const struct order_replica *o)
{
	(void)db, (void)t, (void)o;
	return OK;
}

err hold_apply(struct db *db, struct ticket *t, const struct order_replica *o)
{
	static err (*const acts[])(struct db *, struct ticket *, const struct order_replica *) = {
	    [order_status_CREATED] = hold_ticket,   [order_status_AWAITING_PAYMENT] = hold_ticket,
	    [order_status_COMPLETED] = sell_ticket, [order_status_CANCELLED] = release_ticket,
	    [order_status_RETURNED] = sell_ticket,  [order_status_UNKNOWN] = hold_stays,
	};
	CHOICE_TABLE(acts, order_status);

	return acts[o->status.v](db, t, o);
}

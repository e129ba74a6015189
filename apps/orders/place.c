/*
 * Places an order. Orders alone decides whether a ticket is sold: tickets is not asked, and a change by the
 * seller must be accepted here (events.c), under the lock of the same row. So a new order awaits payment at
 * once.
 *
 * The locks are taken in this order: the ticket's replica row, overdue orders by id, budgets (budget.c).
 * The lock of the replica row makes two buyers of one ticket wait for each other, and an event of the
 * ticket wait for the order.
 *
 * Overdue orders of the buyer and on the ticket end here, because the sweep runs only every few seconds and
 * neither the ticket nor the buyer's slots may stay occupied until then.
 *
 * What must hold: an order is placed at the offer that was accepted last and that its buyer saw; at most one
 * active order a ticket; at most `slots` live orders a buyer. The unique indexes on active_ticket and
 * (user_id, slot) decide that, not the reads before the insert: a read only finds out which slot to try and
 * what to say. A refusal is decided before the order is inserted or rolls the insert back.
 */
#include "apps/orders/place.h"
#include "apps/orders/budget.h"
#include "apps/orders/order.h"
#include "common/base/clock.h"

/* What is known so far about a request. */
struct placement {
	const struct order_request *request;
	struct known_ticket offer;
	struct order_holder holder;
	struct hold_budget budget; /* of the buyer */
	when now;
	struct order_row order;
	enum refusal_reason refused;
};

static err placement_refuse(struct placement *p, enum refusal_reason reason)
{
	p->refused = reason;
	return refusal_err(reason);
}

static err check_offer(struct placement *p)
{
	const struct order_request *r = p->request;

	if (p->offer.status.v != ticket_status_LISTED)
		return placement_refuse(p, REFUSED_UNLISTED);
	if (id_same(p->offer.user_id, r->buyer))
		return placement_refuse(p, REFUSED_OWN);
	if (r->seen.v != 0 && r->seen.v != p->offer.revision.v)
		return placement_refuse(p, REFUSED_CHANGED);
	return OK;
}

/* Waits for orders that another transaction is ending, so the budget includes every lapse up to now. */
static err end_overdue_orders(struct db *db, struct placement *p)
{
	const struct order_request *r = p->request;
	const struct orders_in_the_way_in in = {.user_id = r->buyer, .now = p->now, .ticket_id = r->ticket};
	struct order_key *keys;
	struct order_row *lapsed;
	size_t count, lapses = 0;
	bool is_lapse;
	err e;

	if ((e = orders_in_the_way(db, &in, &keys, &count)) != OK)
		return e;
	lapsed = arena_array(db_arena(db), count + 1, sizeof *lapsed);
	for (size_t i = 0; i < count; i++, lapses += is_lapse)
		if ((e = order_end_overdue(db, keys[i].id, p->now, &lapsed[lapses], &is_lapse)) != OK)
			return e;
	for (size_t i = 0; i < lapses; i++)
		if ((e = budget_lapse(db, &lapsed[i])) != OK)
			return e;
	return OK;
}

static enum refusal_reason reason_held(const struct placement *p)
{
	const bool bought =
	    p->holder.status.v == order_status_COMPLETED || p->holder.status.v == order_status_RETURNED;

	if (id_same(p->holder.user_id, p->request->buyer))
		return bought ? REFUSED_BOUGHT_BY_BUYER : REFUSED_HELD_BY_BUYER;
	return bought ? REFUSED_BOUGHT : REFUSED_HELD;
}

static err check_ticket_is_free(struct db *db, struct placement *p)
{
	const struct order_holding_in in = {.ticket_id = p->request->ticket};
	err e = order_holding(db, &in, &p->holder);

	if (e == ERR_NO_ROW)
		return OK;
	return e != OK ? e : placement_refuse(p, reason_held(p));
}

static err check_cool_down(struct placement *p)
{
	bool must_wait = p->request->cool_down && p->budget.allowed_at.v > p->now.v;

	return must_wait ? placement_refuse(p, REFUSED_COOL_DOWN) : OK;
}

static struct order_row order_row_new(const struct placement *p)
{
	const struct known_ticket *t = &p->offer;
	struct order_row o = {
	    .version = {1},
	    .user_id = p->request->buyer,
	    .ticket_id = t->id,
	    .ticket_revision = t->revision,
	    .seller_id = t->user_id,
	    .status = {order_status_AWAITING_PAYMENT},
	    .expires_at = {p->now.v + p->request->hold_seconds * SECOND},
	    .created_at = p->now,
	    .held_at = p->now,
	};

	known_ticket_to_order_row(t, &o);
	uuid_new(o.id.b);
	return o;
}

/* A duplicate is the ticket, which is then held, or the slot, which another order of the buyer has taken
 * since: ERR_DUPLICATE. */
static err insert_in_slot(struct db *db, struct placement *p, int64_t slot)
{
	err e;

	p->order.slot.v = slot;
	if ((e = order_insert(db, &p->order)) != ERR_DUPLICATE)
		return e;
	if ((e = check_ticket_is_free(db, p)) != OK)
		return e;
	return ERR_DUPLICATE;
}

static err insert_in_free_slot(struct db *db, struct placement *p)
{
	const struct slots_of_user_in in = {.user_id = p->request->buyer};
	bool taken[BUDGET_MAX + 1] = {false};
	struct taken_slot *slots;
	size_t count;
	err e;

	if ((e = slots_of_user(db, &in, &slots, &count)) != OK)
		return e;
	for (size_t i = 0; i < count; i++)
		taken[slots[i].slot.v] = true;
	for (int slot = 1; slot <= p->request->slots; slot++)
		if (!taken[slot] && (e = insert_in_slot(db, p, slot)) != ERR_DUPLICATE)
			return e;
	return placement_refuse(p, REFUSED_TOO_MANY);
}

static err placement_run(struct db *db, struct placement *p)
{
	const struct ticket_lock_in in = {.id = p->request->ticket};
	err e;

	if ((e = ticket_lock(db, &in, &p->offer)) != OK)
		return e;
	if ((e = check_offer(p)) != OK)
		return e;
	if ((e = db_now(db, &p->now)) != OK)
		return e;
	if ((e = end_overdue_orders(db, p)) != OK)
		return e;
	if ((e = budget_lock_row(db, p->request->buyer, &p->budget)) != OK)
		return e;
	if ((e = check_ticket_is_free(db, p)) != OK)
		return e;
	if ((e = check_cool_down(p)) != OK)
		return e;
	p->order = order_row_new(p);
	if ((e = insert_in_free_slot(db, p)) != OK)
		return e;
	return order_publish_new(db, &p->order);
}

err order_place(struct db *db, const struct order_request *request, struct order_row *ret_order,
		struct refusal *ret_refusal)
{
	struct placement p = {.request = request};
	err e = placement_run(db, &p);

	if (e == OK)
		*ret_order = p.order;
	if (p.refused != NOT_REFUSED)
		*ret_refusal = (struct refusal){.reason = p.refused,
						.slots = request->slots,
						.offer = p.offer,
						.holder = p.holder,
						.budget = p.budget,
						.now = p.now};
	return e;
}

#include "apps/orders/order.h"
#include "apps/orders/budget.h"

bool order_is_live(const struct order_row *o)
{
	return o->status.v == order_status_CREATED || o->status.v == order_status_AWAITING_PAYMENT;
}

static bool is_overdue(const struct order_row *o, when now)
{
	return order_is_live(o) && o->expires_at.v <= now.v;
}

bool order_is_being_paid(const struct order_row *o, const struct known_charge *charge)
{
	return o->status.v == order_status_AWAITING_PAYMENT && charge != NULL &&
	       charge->status.v == charge_status_CREATED;
}

void order_as_of(struct order_row *o, when now)
{
	if (!is_overdue(o, now))
		return;
	o->status.v = order_status_CANCELLED;
	o->cancel_reason.v = cancel_reason_EXPIRED;
	o->ended_at = o->expires_at;
}

err order_publish(struct db *db, const struct order_row *o)
{
	struct order_state state;

	order_row_to_order_state(o, &state);
	switch (o->status.v) {
	case order_status_CREATED:
		return publish_order_created(db, &state);
	case order_status_CANCELLED:
		return publish_order_cancelled(db, &state);
	default:
		return publish_order_updated(db, &state);
	}
}

/* If the row changed despite the lock, retry the transaction. */
static err order_row_change(struct db *db, struct order_row *o, const struct order_row *next)
{
	struct order_change_in in;
	err e;

	order_row_to_order_change_in(next, &in);
	e = order_change(db, &in);
	if (e != OK)
		return e == ERR_STALE ? ERR_RETRY : e;
	*o = *next;
	o->version.v++;
	return order_publish(db, o);
}

static err order_end_at(struct db *db, struct order_row *o, enum cancel_reason_word why, when now)
{
	struct order_row next = *o;

	next.status.v = order_status_CANCELLED;
	next.cancel_reason.v = (int)why;
	next.slot = (order_slot){0};
	next.ended_at = now;
	return order_row_change(db, o, &next);
}

err order_end(struct db *db, struct order_row *o, enum cancel_reason_word why)
{
	when now;
	err e;

	if ((e = db_now(db, &now)) != OK)
		return e;
	return order_end_at(db, o, why, now);
}

err order_hold(struct db *db, struct order_row *o)
{
	struct order_row next = *o;
	err e;

	if ((e = db_now(db, &next.held_at)) != OK)
		return e;
	next.status.v = order_status_AWAITING_PAYMENT;
	return order_row_change(db, o, &next);
}

err order_settle(struct db *db, struct order_row *o, charge_status charge)
{
	struct order_row next = *o;
	err e;

	if (o->status.v != order_status_AWAITING_PAYMENT)
		return OK;
	if (charge.v == charge_status_FAILED)
		return order_end(db, o, cancel_reason_PAYMENT_FAILED);
	if (charge.v != charge_status_COMPLETED)
		return OK;
	if ((e = db_now(db, &next.ended_at)) != OK)
		return e;
	next.status.v = order_status_COMPLETED;
	next.slot = (order_slot){0};
	if ((e = order_row_change(db, o, &next)) != OK)
		return e;
	return budget_clear(db, o->user_id);
}

err order_end_overdue(struct db *db, order_id id, when now, struct order_row *ret_order, bool *ret_lapsed)
{
	const struct order_lock_in in = {.id = id};
	struct order_row o;
	bool lapsed;
	err e;

	if ((e = order_lock(db, &in, &o)) != OK)
		return e;
	lapsed = is_overdue(&o, now);
	if (lapsed && (e = order_end_at(db, &o, cancel_reason_EXPIRED, now)) != OK)
		return e;
	*ret_order = o;
	*ret_lapsed = lapsed;
	return OK;
}

err order_expire(struct db *db, order_id id, when now, struct order_row *ret_order)
{
	bool lapsed;
	err e;

	if ((e = order_end_overdue(db, id, now, ret_order, &lapsed)) != OK)
		return e;
	return lapsed ? budget_lapse(db, ret_order) : OK;
}

static err order_release_live(struct db *db, struct order_row *o)
{
	when now;
	err e;

	if ((e = db_now(db, &now)) != OK)
		return e;
	if (!is_overdue(o, now))
		return order_end_at(db, o, cancel_reason_BUYER, now);
	if ((e = order_end_at(db, o, cancel_reason_EXPIRED, now)) != OK)
		return e;
	return budget_lapse(db, o);
}

err order_release(struct db *db, user_id buyer, order_id id, struct order_row *ret_order)
{
	const struct order_lock_in in = {.id = id};
	struct order_row o;
	err e;

	if ((e = order_lock(db, &in, &o)) != OK)
		return e == ERR_NO_ROW ? ERR_NOT_FOUND : e;
	if (!id_same(o.user_id, buyer))
		return ERR_NOT_FOUND;
	if (order_is_live(&o) && (e = order_release_live(db, &o)) != OK)
		return e;
	*ret_order = o;
	return o.status.v == order_status_CANCELLED ? OK : ERR_CONFLICT;
}

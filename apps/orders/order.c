#include "apps/orders/order.h"
#include "apps/orders/budget.h"
#include "common/base/failpoint.h"
#include "common/base/log.h"
#include "common/base/text.h"

bool order_is_live(const struct order_row *o)
{
	return o->status.v == order_status_CREATED || o->status.v == order_status_AWAITING_PAYMENT;
}

bool order_is_secured(const struct order_row *o)
{
	return o->status.v == order_status_AWAITING_PAYMENT && o->secured_at.v != 0;
}

static bool is_overdue(const struct order_row *o, when now)
{
	return order_is_live(o) && !order_is_secured(o) && o->expires_at.v <= now.v;
}

bool order_is_being_paid(const struct order_row *o, const struct known_charge *charge)
{
	return o->status.v == order_status_AWAITING_PAYMENT && !order_is_secured(o) && charge != NULL &&
	       (charge->status.v == charge_status_CREATED || charge->status.v == charge_status_AUTHORISED);
}

void order_as_of(struct order_row *o, when now)
{
	if (!is_overdue(o, now))
		return;
	o->status.v = order_status_CANCELLED;
	o->cancel_reason.v = cancel_reason_EXPIRED;
	o->ended_at = o->expires_at;
}

err order_publish_new(struct db *db, const struct order_row *o)
{
	struct order_state state;

	order_row_to_order_state(o, &state);
	return publish_order_created(db, &state);
}

static err publish_change(struct db *db, const struct order_row *o)
{
	struct order_state state;

	order_row_to_order_state(o, &state);
	return o->status.v == order_status_CANCELLED ? publish_order_cancelled(db, &state)
						     : publish_order_updated(db, &state);
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
	return publish_change(db, o);
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

static bool is_price_of(const struct known_charge *charge, const struct order_row *o)
{
	return charge->amount.v == o->price.v && text_same(charge->currency.v, o->currency.v) &&
	       id_same(charge->user_id, o->user_id);
}

/* Without it the order runs out, and payments voids the authorisation. */
static err order_secure(struct db *db, struct order_row *o, const struct known_charge *charge)
{
	struct order_row next = *o;
	err e;

	if (!is_price_of(charge, o)) {
		log_alarm("charge %s is not of the price or the buyer of order %s",
			  id_text(db_arena(db), charge->id), id_text(db_arena(db), o->id));
		return OK;
	}
	if ((e = db_now(db, &next.secured_at)) != OK)
		return e;
	if (order_is_secured(o) || is_overdue(o, next.secured_at))
		return OK;
	if ((e = order_row_change(db, o, &next)) != OK)
		return e;
	FAILPOINT(order_secured);
	return OK;
}

static err order_complete(struct db *db, struct order_row *o)
{
	struct order_row next = *o;
	err e;

	next.status.v = order_status_COMPLETED;
	next.slot = (order_slot){0};
	if ((e = db_now(db, &next.ended_at)) != OK)
		return e;
	if ((e = order_row_change(db, o, &next)) != OK)
		return e;
	return budget_clear(db, o->user_id);
}

/* A completed order keeps the time of its sale as its end. */
static err order_return(struct db *db, struct order_row *o)
{
	struct order_row next = *o;
	err e;

	next.status.v = order_status_RETURNED;
	next.slot = (order_slot){0};
	if (next.ended_at.v == 0 && (e = db_now(db, &next.ended_at)) != OK)
		return e;
	return order_row_change(db, o, &next);
}

static err order_settle_awaiting(struct db *db, struct order_row *o, const struct known_charge *charge)
{
	if (charge->refunded.v)
		return order_return(db, o);
	switch (charge->status.v) {
	case charge_status_AUTHORISED:
		return order_secure(db, o, charge);
	case charge_status_COMPLETED:
		return order_complete(db, o);
	case charge_status_FAILED:
		return order_end(db, o, cancel_reason_PAYMENT_FAILED);
	default:
		return OK;
	}
}

err order_settle(struct db *db, struct order_row *o, const struct known_charge *charge)
{
	if (o->status.v == order_status_AWAITING_PAYMENT)
		return order_settle_awaiting(db, o, charge);
	if (o->status.v == order_status_COMPLETED && charge->refunded.v)
		return order_return(db, o);
	return OK;
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
	if (order_is_live(&o) && !order_is_secured(&o) && (e = order_release_live(db, &o)) != OK)
		return e;
	*ret_order = o;
	return o.status.v == order_status_CANCELLED ? OK : ERR_CONFLICT;
}

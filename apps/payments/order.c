#include "apps/payments/order.h"
#include "common/base/clock.h"

enum { GRACE_SECONDS = 10 };

bool order_is_payable(const struct order_state *o)
{
	return o->status.v == order_status_AWAITING_PAYMENT && clock_now() < o->expires_at.v;
}

bool order_is_cancelled(const struct order_state *o)
{
	return o->status.v == order_status_CANCELLED;
}

bool order_is_over(const struct order_state *o)
{
	bool late = clock_now() >= o->expires_at.v + GRACE_SECONDS * SECOND;

	return order_is_cancelled(o) || (late && o->status.v != order_status_UNKNOWN);
}

static err replace(struct db *db, const struct order_state *o, version known)
{
	struct order_replica_replace_in in = {.known = known};
	err e;

	order_state_to_order_replica_replace_in(o, &in);
	e = order_replica_replace(db, &in);
	return e == ERR_STALE ? ERR_RETRY : e;
}

/* *ret_newer: was the state newer than what was known? The row is locked from then on. */
static err keep(struct db *db, const struct order_state *o, bool *ret_newer)
{
	struct order_state known;
	err e = order_replica_lock(db, &(struct order_replica_lock_in){.id = o->id}, &known);

	*ret_newer = true;
	if (e == ERR_NO_ROW) {
		e = order_replica_insert(db, o);
		return e == ERR_DUPLICATE ? ERR_RETRY : e;
	}
	if (e != OK)
		return e;
	*ret_newer = o->version.v > known.version.v;
	return *ret_newer ? replace(db, o, known.version) : OK;
}

err on_order(struct db *db, const struct order_state *state)
{
	bool newer;
	err e = keep(db, state, &newer);

	if (e != OK || !newer)
		return e;
	if (state->status.v != order_status_CANCELLED && state->status.v != order_status_COMPLETED)
		return OK;
	return charge_task_wake(db, &(struct charge_task_wake_in){.order_id = state->id}, NULL);
}

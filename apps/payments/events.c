#include "apps/payments/order.h"

/*
 * What payments does with events of orders: it stores the newest version of each order as a replica, and has
 * the charge of an order that was secured or has ended reviewed at once. Events may come twice and in any
 * order.
 */

static err replica_replace(struct db *db, const struct order_state *o, version known)
{
	struct order_replica_replace_in in = {.known = known};
	err e;

	order_state_to_order_replica_replace_in(o, &in);
	e = order_replica_replace(db, &in);
	return e == ERR_STALE ? ERR_RETRY : e;
}

/* *ret_newer: the state was newer than the replica. The row stays locked until the end of the transaction. */
static err replica_store(struct db *db, const struct order_state *o, bool *ret_newer)
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
	return *ret_newer ? replica_replace(db, o, known.version) : OK;
}

/* Has orders decided: is the amount that the bank holds to be captured or voided? */
static bool is_decided(const struct order_state *o)
{
	return order_is_secured(o) || order_has_ended(o);
}

err on_order(struct db *db, const struct order_state *state)
{
	bool newer;
	err e = replica_store(db, state, &newer);

	if (e != OK || !newer)
		return e;
	if (!is_decided(state))
		return OK;
	return charge_task_wake(db, &(struct charge_task_wake_in){.order_id = state->id}, NULL);
}

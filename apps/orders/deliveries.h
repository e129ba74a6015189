#ifndef STAGEDOOR_ORDERS_DELIVERIES_H
#define STAGEDOOR_ORDERS_DELIVERIES_H

#include "apps/orders/orders.h"

/*
 * What orders does about others' events. Each runs in the delivery's transaction and may see any version, any
 * number of times, in any order: what is not newer than the replica changes nothing.
 */

/* Keeps the listing, then answers the order that waits for it: held by it → awaiting_payment; changed by the
 * seller since → cancelled. */
err on_ticket(struct db *db, const struct ticket_state *state) NODISCARD;

/* Keeps the charge, then settles its order: completed, or cancelled when the payment failed. */
err on_charge(struct db *db, const struct charge_state *state) NODISCARD;

/* A hint: the order ends when its time has come by this database's clock. Less than a second early it is
 * looked at again at the deadline; earlier hints are left to the sweep. */
err on_expired(struct db *db, const struct order_end *hint) NODISCARD;

/* The job that ends every overdue order, whatever became of the hints. Each in a transaction of its own. */
err sweep(struct db *db, void *app) NODISCARD;

#endif

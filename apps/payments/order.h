#ifndef STAGEDOOR_PAYMENTS_ORDER_H
#define STAGEDOOR_PAYMENTS_ORDER_H

#include "apps/payments/payments.h"

/* What payments knows of orders: a replica, fed by events. */

/* Keeps the newest version of the order; one that ended has the jobs look at its charge at once. For every
 * event of an order. */
err on_order(struct db *db, const struct order_state *state) NODISCARD;

/* May it be paid now: awaiting payment, and before its deadline by this program's clock? */
bool order_is_payable(const struct order_state *o);

/* Has it ended without a sale? */
bool order_is_cancelled(const struct order_state *o);

/* Should nobody pay it any more: cancelled, or so long past its deadline that its end must be on its way. */
bool order_is_over(const struct order_state *o);

#endif

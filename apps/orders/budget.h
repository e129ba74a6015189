#ifndef STAGEDOOR_ORDERS_BUDGET_H
#define STAGEDOOR_ORDERS_BUDGET_H

#include "apps/orders/orders.h"
#include "common/base/clock.h"

/*
 * The hold budget of a buyer: the holds that expired (lapses) and the cool-down that follows from them.
 * budget.c has the rules. Each function with a `db` runs in the caller's transaction and locks the buyer's
 * row, after any row of orders. ERR_RETRY: the row changed despite the lock; otherwise the errors of every
 * query.
 */

/* A day without a lapse clears the budget: in microseconds. */
#define BUDGET_MEMORY (24 * 60 * 60 * SECOND)

/* Counts the lapse of an order that has just ended as expired. One whose ticket was never locked does
 * not count. */
err budget_lapse(struct db *db, const struct order_row *o) NODISCARD;

/* Forgets the buyer's lapses, after a purchase. */
err budget_clear(struct db *db, user_id buyer) NODISCARD;

/* Reads and locks the buyer's budget. A buyer without a row has version 0 and no lapses. */
err budget_lock_row(struct db *db, user_id buyer, struct hold_budget *ret_budget) NODISCARD;

#endif

#ifndef STAGEDOOR_ORDERS_ORDER_H
#define STAGEDOOR_ORDERS_ORDER_H

#include "apps/orders/orders.h"

/*
 * The rules of an order (docs/ARCHITECTURE.md, The reservation protocol):
 *
 *   awaiting_payment   → secured → completed → returned, or → cancelled
 *   secured            awaiting_payment with secured_at: it neither expires nor can be released
 *   created            an order of protocol 1.0: it waits for tickets to lock its ticket, then awaits payment
 *
 * Pages, API, events and the sweep all change orders by these functions; place.h makes new ones.
 *
 * Each function with a `db` runs in the caller's transaction, changes an order by its version and publishes
 * the change in the same transaction. `now` is the orders database's clock (db_now), the only one that
 * counts. A function that takes a row changes it in place to what the database now has; the caller has
 * locked it (order_lock). Besides the errors named here each returns those of every query (common/db/db.h).
 */

/* Ends a live order of that buyer: as expired when it is overdue, otherwise by the buyer's wish. A
 * cancelled order stays as it is. *ret_order is the row as it now is. ERR_NOT_FOUND: unknown, or another
 * user's. ERR_CONFLICT: the order is secured, completed or returned; *ret_order is its row. */
err order_release(struct db *db, user_id buyer, order_id id, struct order_row *ret_order) NODISCARD;

/* Ends a live order whose deadline `now` has reached and that is not secured, and counts the lapse in the
 * buyer's budget; otherwise nothing. *ret_order is the row as it now is. ERR_NO_ROW: unknown. */
err order_expire(struct db *db, order_id id, when now, struct order_row *ret_order) NODISCARD;

/* As order_expire, without the budget: a caller that ends several orders calls budget_lapse for those with
 * *ret_lapsed once it has locked them all (budget.h). */
err order_end_overdue(struct db *db, order_id id, when now, struct order_row *ret_order,
		      bool *ret_lapsed) NODISCARD;

/* The ticket is locked for an order of protocol 1.0: it becomes awaiting_payment. */
err order_hold(struct db *db, struct order_row *o) NODISCARD;

/* Cancels a live order. */
err order_end(struct db *db, struct order_row *o, enum cancel_reason_word why) NODISCARD;

/*
 * What the state of its charge does to an order:
 *
 *   authorised   awaits payment and is not overdue → secured. A charge of another amount, currency or user
 *                is an alarm and secures nothing.
 *   completed    awaits payment → completed; the buyer's budget is cleared
 *   failed       awaits payment → cancelled (payment_failed)
 *   refunded     awaits payment or is completed → returned
 *
 * Everything else is nothing: a cancelled or returned order is final.
 */
err order_settle(struct db *db, struct order_row *o, const struct known_charge *charge) NODISCARD;

/* Adds order.created for the row, which was just inserted, to the outbox. */
err order_publish_new(struct db *db, const struct order_row *o) NODISCARD;

/* Is it created or awaiting_payment? */
bool order_is_live(const struct order_row *o);

/* Does it await payment, and is a payment authorised for it? */
bool order_is_secured(const struct order_row *o);

/* Does it await payment without being secured, and has a payment begun? charge: NULL when none is known. */
bool order_is_being_paid(const struct order_row *o, const struct known_charge *charge);

/* Changes the row to what is shown at `now`: an overdue order has ended, although the database does not
 * say so yet. */
void order_as_of(struct order_row *o, when now);

#endif

#ifndef STAGEDOOR_ORDERS_PLACE_H
#define STAGEDOOR_ORDERS_PLACE_H

#include "apps/orders/refusal.h"

/* A buyer's request to order a ticket, and the limits that apply to it. */
struct order_request {
	user_id buyer;
	ticket_id ticket;
	revision seen;        /* of the offer that the buyer saw; null: any */
	int64_t hold_seconds; /* how long the order holds the ticket */
	int64_t slots;        /* live orders that a buyer may have, 1 to BUDGET_MAX */
	bool cool_down;       /* is a buyer refused during the cool-down after lapses (budget.h)? */
};
enum { BUDGET_MAX = 100 };

/*
 * Places the order, in the caller's transaction: ends the overdue orders of this buyer and on this ticket,
 * checks the request, inserts the order and publishes order_created.
 *
 * OK: *ret_order is the new row. ERR_NO_ROW: the listing is unknown here. ERR_CONFLICT, ERR_FORBIDDEN,
 * ERR_THROTTLED: refused, *ret_refusal has the reason; the transaction must be rolled back. *ret_refusal is
 * written only then.
 */
err order_place(struct db *db, const struct order_request *request, struct order_row *ret_order,
		struct refusal *ret_refusal) NODISCARD;

#endif

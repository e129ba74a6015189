#ifndef STAGEDOOR_TICKETS_HOLD_H
#define STAGEDOOR_TICKETS_HOLD_H

#include "apps/tickets/tickets.h"

/*
 * The handler for order_created, order_updated and order_cancelled: who holds a ticket. Each order's newest
 * version is remembered, and only a newer one acts, by its status:
 *
 *   created             locks the ticket if it is listed, free and at the revision that the buyer saw; while
 *                       another order holds it, it waits
 *   awaiting_payment    nothing: the lock stands already
 *   cancelled           unlocks the ticket if this very order holds it, and lets an order that waits have
 *                       its turn
 *   completed           the ticket is sold to this order
 *
 * Every change adds to the ticket's version and publishes TicketUpdated, all in the delivery's transaction.
 * Right for versions that come twice, in any order, or not at all. An order for a ticket that is not known is
 * logged and OK.
 */
err order_seen(struct db *db, const struct order_state *order) NODISCARD;

#endif

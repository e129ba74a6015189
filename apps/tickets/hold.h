#ifndef STAGEDOOR_TICKETS_HOLD_H
#define STAGEDOOR_TICKETS_HOLD_H

#include "apps/tickets/tickets.h"

/* Is it listed and held by nobody, as far as is known here? Then its seller may propose something, and it is
 * on the list. */
bool ticket_is_free(const struct ticket *t);

/*
 * What a new version of an order does to its ticket, by the order's status:
 *
 *   awaiting_payment      holds the ticket if it is listed and no other order is known to hold it; otherwise
 *                         the order is remembered
 *   cancelled             sets the ticket free if this very order holds it; then the oldest order that is
 *                         remembered and has not ended gets it
 *   completed, returned   the ticket is sold to this order, for good
 *   created               of protocol 1.0: as awaiting_payment, at the revision that the buyer saw
 *   a later word          nothing (order_status_UNKNOWN)
 *
 * The caller's transaction has locked the row of t (ticket_locked) and stored o as the newest version of its
 * order. Each change adds 1 to the ticket's version and publishes TicketUpdated; t becomes the row as it is
 * stored. OK also when there is nothing to do. ERR_STALE: the row changed although it was locked; the
 * delivery is tried again. Other errors are those of the database.
 */
err hold_apply(struct db *db, struct ticket *t, const struct order_replica *o) NODISCARD;

#endif

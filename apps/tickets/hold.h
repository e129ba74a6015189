#ifndef STAGEDOOR_TICKETS_HOLD_H
#define STAGEDOOR_TICKETS_HOLD_H

#include "apps/tickets/tickets.h"

/*
 * What a new version of an order does to its ticket, by the order's status:
 *
 *   created             locks the ticket if it is listed, free and at the revision that the buyer saw; while
 *                       another order holds it, the order waits
 *   awaiting_payment    nothing: the order holds the ticket already
 *   cancelled           unlocks the ticket if this very order holds it; then the oldest order that waits for
 *                       this revision gets it
 *   completed           the ticket is sold to this order
 *   a later word        nothing (order_status_UNKNOWN)
 *
 * The caller's transaction has locked the row of t (ticket_locked) and stored o as the newest version of its
 * order. Each change adds 1 to the ticket's version and publishes TicketUpdated; t becomes the row as it is
 * stored. OK also when there is nothing to do. ERR_STALE: the row changed in spite of its lock; the delivery
 * is tried again. Other errors are those of the database.
 */
err hold_apply(struct db *db, struct ticket *t, const struct order_replica *o) NODISCARD;

#endif

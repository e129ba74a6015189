#ifndef STAGEDOOR_TICKETS_PUBLISH_H
#define STAGEDOOR_TICKETS_PUBLISH_H

#include "apps/tickets/tickets.h"

/* The events of a listing. Each takes the state that the caller's transaction has stored, and adds the event
 * to its outbox. Errors: those of queries. */

/* TicketCreated, for a listing that was just inserted. */
err ticket_publish_new(struct db *db, const struct ticket *t) NODISCARD;

/* TicketUpdated; with the terms of the proposal, read from its row, while one is open. */
err ticket_publish(struct db *db, const struct ticket *t) NODISCARD;

#endif

#ifndef STAGEDOOR_TICKETS_PROPOSAL_H
#define STAGEDOOR_TICKETS_PROPOSAL_H

#include "apps/tickets/tickets.h"

/*
 * What a seller proposes for a listing, until orders has decided it: orders alone knows whether somebody is
 * buying. The caller's transaction has locked the ticket's row (ticket_locked). Each function that changes
 * something adds 1 to the ticket's version, publishes TicketUpdated, and leaves the row as it is stored in t.
 * Errors: those of queries; ERR_STALE: the row changed although it was locked.
 */

/* The last proposal for the listing, open or decided; version null: none was ever made. */
err proposal_last(struct db *db, ticket_id id, struct proposal *ret_proposal) NODISCARD;

/* Proposes the offer in `next`, or the withdrawal of the listing when next is NULL. None may be open. */
err proposal_open(struct db *db, struct ticket *t, const struct ticket *next) NODISCARD;

/*
 * Applies what orders has decided about the open proposal, whose number d has. Accepted: the offer and the
 * revision become the proposal's, or the listing is withdrawn. Refused: they stay, and the proposal keeps
 * since when somebody has been buying.
 */
err proposal_apply(struct db *db, struct ticket *t, const struct offer_decision *d) NODISCARD;

#endif

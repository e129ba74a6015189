#ifndef STAGEDOOR_TICKETS_TICKET_H
#define STAGEDOOR_TICKETS_TICKET_H

#include "apps/tickets/tickets.h"

/*
 * What can be done to a listing by its seller, the same for pages and API. Those that change it run in the
 * request's transaction, lock the row first, so that edits and holds happen one after the other, add to the
 * version and publish TicketCreated or TicketUpdated.
 *
 *   ERR_NOT_FOUND  no such ticket
 *   ERR_FORBIDDEN  somebody else's
 *   ERR_INVALID    a date that cannot be: w->problems
 *   ERR_CONFLICT   held, sold or withdrawn, or the offer was edited since `seen`; w->detail says which,
 * "current" in the problem is the row
 *
 * seen: the revision that the seller looked at; none: the last writer wins over what it did not see.
 */
err ticket_find(struct web *w, ticket_id id, struct ticket *ret_ticket) NODISCARD;
err ticket_list(struct web *w, const struct ticket_form *form, struct ticket *ret_ticket) NODISCARD;

/* Replaces the offer. One that is the same already keeps its revision and is OK. */
err ticket_change(struct web *w, ticket_id id, revision seen, const struct ticket_form *form,
		  struct ticket *ret_ticket) NODISCARD;
err ticket_take_back(struct web *w, ticket_id id, revision seen, struct ticket *ret_ticket) NODISCARD;

/* As ticket_find, of the signed-in user's own tickets: ERR_FORBIDDEN for others', with that sentence. */
err ticket_find_own(struct web *w, ticket_id id, struct message otherwise,
		    struct ticket *ret_ticket) NODISCARD;

/* The ticket with the form's offer instead of its own. A category or currency that the form leaves out stays
 * as it was; a new listing (none of both) has the site's. */
struct ticket ticket_with_offer(const struct web *w, const struct ticket *t, const struct ticket_form *form);

/*
 * The start of a show that its seller writes now must lie in the next ten years; one that stands already
 * (`was`) may have passed while the ticket is on offer. ERR_INVALID with a problem.
 */
err ticket_check_start(struct web *w, when starts_at, when was) NODISCARD;

/* May its seller edit or withdraw it, may a buyer order it: listed and not held. */
bool ticket_is_free(const struct ticket *t);

/* Withdraws a listing that is free, whose row is locked: both counters, the event. For ever. */
err ticket_end(struct db *db, struct ticket *t) NODISCARD;

/* Publishes the row as it now stands: TicketUpdated. After the versioned UPDATE. */
err ticket_publish(struct db *db, const struct ticket *t) NODISCARD;

#endif

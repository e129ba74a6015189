#ifndef STAGEDOOR_TICKETS_TICKET_H
#define STAGEDOOR_TICKETS_TICKET_H

#include "apps/tickets/tickets.h"

/*
 * What a seller can do to a listing, the same for pages and API. Functions that change one run in the
 * request's transaction, lock the row first, so that edits and holds happen one after the other, add 1 to
 * its version, and publish TicketCreated or TicketUpdated. Results are in the request's arena.
 * Errors, besides those of the database:
 *
 *   ERR_NOT_FOUND  there is no such ticket
 *   ERR_FORBIDDEN  the ticket is somebody else's
 *   ERR_INVALID    a field of the offer breaks a rule: w->problems
 *   ERR_CONFLICT   the ticket is held, sold or withdrawn, another proposal is open, or the offer was edited
 *                  since `seen`: w->detail says which, "current" in the problem document is the row
 *
 * seen: the revision that the seller saw; none: the change overwrites whatever the offer is now.
 */

/* The ticket, without a lock, for any caller. ERR_NOT_FOUND. */
err ticket_find(struct web *w, ticket_id id, struct ticket *ret_ticket) NODISCARD;

/* Lists a ticket of the signed-in user. ERR_INVALID; ERR_SIGNED_OUT as seller_check. */
err ticket_list(struct web *w, const struct ticket_form *form, struct ticket *ret_ticket) NODISCARD;

/*
 * Proposes another offer, or the withdrawal of the listing, for good; orders decides (propose.h waits for
 * that). *ret_ticket has the number of the open proposal; an offer that is the same already proposes nothing,
 * and it has none.
 */
err ticket_propose_change(struct web *w, ticket_id id, revision seen, const struct ticket_form *form,
			  struct ticket *ret_ticket) NODISCARD;
err ticket_propose_withdrawal(struct web *w, ticket_id id, revision seen,
			      struct ticket *ret_ticket) NODISCARD;

/* ERR_CONFLICT for a proposal that orders has refused: the sentence says since when somebody has been buying,
 * "current" is the row. */
err ticket_fail_refused(struct web *w, const struct ticket *t, const struct proposal *p);

/* What a page says later of a refused proposal, in the reader's language and zone: the sentence of
 * ticket_fail_refused until the order that it lost to has ended, then one in the past tense; NULL for a
 * proposal that was not refused. */
err ticket_refused_sentence(struct web *w, const struct proposal *p, const char **ret_sentence) NODISCARD;

/* As ticket_find, for a ticket of the signed-in user; ERR_FORBIDDEN with the sentence `otherwise`. */
err ticket_find_own(struct web *w, ticket_id id, struct message otherwise,
		    struct ticket *ret_ticket) NODISCARD;

/* The ticket with the form's offer instead of its own. A category or currency that the form leaves out stays
 * as it was; a new listing (it has neither) gets the category other and the site's currency. */
struct ticket ticket_with_offer(const struct web *w, const struct ticket *t, const struct ticket_form *form);

/* A start that the seller sets now must be in the next ten years; one that is stored already (`was`) may have
 * passed while the ticket is on offer. ERR_INVALID with a problem of startsAt. */
err ticket_check_start(struct web *w, when starts_at, when was) NODISCARD;

#endif

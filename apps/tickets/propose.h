#ifndef STAGEDOOR_TICKETS_PROPOSE_H
#define STAGEDOOR_TICKETS_PROPOSE_H

#include "apps/tickets/proposal.h"

/* A seller's request to change or withdraw a listing. */
struct proposing {
	ticket_id id;
	revision seen;                  /* of the offer that the seller saw; null: any */
	const struct ticket_form *form; /* the new offer; NULL: the listing is to be withdrawn */
};

/* What became of it. */
struct proposed {
	enum {
		PROPOSED_REPLAYED,
		PROPOSED_NOTHING,
		PROPOSED_OPEN,
		PROPOSED_ACCEPTED,
		PROPOSED_REFUSED
	} outcome;
	struct ticket ticket;     /* as it now is; not with PROPOSED_REPLAYED */
	struct proposal proposal; /* PROPOSED_OPEN and later: the one that was made */
};

/*
 * For a MANUAL route: proposes the change in one transaction, idempotent by key, then waits up to 300 ms
 * without a transaction for the decision of orders.
 *
 * sent: makes the reply of a proposal that is still open. It is called in the transaction, so that a repeated
 * request gets that reply. When the outcome is known by then, w->reply is empty again, for the caller.
 *
 * PROPOSED_REPLAYED: w->reply holds the answer to the first request with the key. PROPOSED_NOTHING: the offer
 * was the same already. Errors: those of ticket.h, with their sentences; a refused proposal is OK here.
 */
err propose(struct web *w, const struct proposing *request,
	    void (*sent)(struct web *w, const struct ticket *t), struct proposed *ret_proposed) NODISCARD;

#endif

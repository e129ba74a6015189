/*
 * A seller's change or withdrawal, from the request to the decision. Orders decides, by events; most
 * decisions take a few milliseconds, and a seller who waits for one sees the outcome instead of "on its way".
 *
 * The proposal is committed first, with the reply of an open one, which repeated requests with the key get
 * too. The decision is awaited afterwards, without a transaction: it comes by an event, in a transaction of
 * another program on the same row.
 *
 * What must hold:
 * - After the commit no failure is an error of the request: the proposal exists, and the reply says so.
 * - An outcome is read from the rows, never assumed: the proposal's row, or the ticket's revision when a
 *   later proposal has replaced that row.
 */
#include "apps/tickets/propose.h"
#include "apps/tickets/ticket.h"
#include "common/http/idempotency.h"

static err propose_in(struct web *w, const struct proposing *r, struct ticket *ret_ticket)
{
	return r->form != NULL ? ticket_propose_change(w, r->id, r->seen, r->form, ret_ticket)
			       : ticket_propose_withdrawal(w, r->id, r->seen, ret_ticket);
}

static err read_proposed(struct web *w, struct proposed *p)
{
	err e;

	if ((e = ticket_find(w, p->ticket.id, &p->ticket)) != OK)
		return e;
	return proposal_last(w->db, p->ticket.id, &p->proposal);
}

struct awaited {
	revision number;
	struct proposed now;
};

/* ERR_TIMED_OUT: not yet. */
static err is_decided(struct web *w, void *context)
{
	struct awaited *x = context;
	err e;

	if ((e = read_proposed(w, &x->now)) != OK)
		return e;
	return x->now.ticket.proposal.v == x->number.v ? ERR_TIMED_OUT : OK;
}

/* By the row of the proposal, while that is still the one that was made. */
static void put_outcome(struct proposed *p)
{
	if (p->proposal.status.v == proposal_status_ACCEPTED)
		p->outcome = PROPOSED_ACCEPTED;
	if (p->proposal.status.v == proposal_status_REFUSED)
		p->outcome = PROPOSED_REFUSED;
}

/* A later proposal has replaced the row, so this one was decided: accepted, if the offer is at its number;
 * refused, if the offer is at a lower one. If the later one was accepted too, nothing tells: it stays open,
 * and the answer says that it is on its way. */
static void put_overtaken(struct proposed *p, revision number)
{
	if (p->ticket.revision.v == number.v)
		p->outcome = PROPOSED_ACCEPTED;
	if (p->ticket.revision.v < number.v)
		p->outcome = PROPOSED_REFUSED;
}

/* The proposal is committed, so an error here does not undo it. */
static void await_decision(struct web *w, struct proposed *p)
{
	struct awaited x = {.number = p->ticket.proposal, .now = *p};

	if (web_wait(w, is_decided, &x) != OK)
		return;
	if (x.now.proposal.number.v == x.number.v)
		put_outcome(&x.now);
	else
		put_overtaken(&x.now, x.number);
	if (x.now.outcome == PROPOSED_OPEN)
		return;
	reply_reset(w);
	*p = x.now;
}

err propose(struct web *w, const struct proposing *request,
	    void (*sent)(struct web *w, const struct ticket *t), struct proposed *ret_proposed)
{
	struct proposed p;
	err e;

	do {
		p = (struct proposed){.outcome = PROPOSED_REPLAYED};
		if ((e = web_begin(w)) == OK && (e = propose_in(w, request, &p.ticket)) == OK) {
			p.outcome = p.ticket.proposal.v == 0 ? PROPOSED_NOTHING : PROPOSED_OPEN;
			sent(w, &p.ticket);
		}
		e = web_end(w, e);
	} while (e == ERR_RETRY);
	if (e == OK && p.outcome == PROPOSED_OPEN)
		await_decision(w, &p);
	if (e == OK)
		*ret_proposed = p;
	return e;
}

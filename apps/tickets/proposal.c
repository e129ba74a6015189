/*
 * The seller's side of the reservation protocol: tickets shows and proposes, orders decides.
 *
 * What must hold:
 * - At most one proposal of a listing is open, and ticket.proposal is its number.
 * - Every proposal gets the next number, also after a refused one, so that a decision that arrives late or
 *   twice is never applied to another proposal.
 * - The offer and the status change only by an accepted decision, in any status: an order at the accepted
 *   offer may arrive, and even be sold, before the decision does.
 * - A withdrawn listing has no holder: orders accepts a withdrawal only when no order has the ticket, so an
 *   order that still shows as holder has ended.
 */
#include "apps/tickets/proposal.h"
#include "apps/tickets/day.h"
#include "apps/tickets/publish.h"
#include "common/base/clock.h"
#include "common/base/failpoint.h"

err proposal_last(struct db *db, ticket_id id, struct proposal *ret_proposal)
{
	err e = proposal_of_ticket(db, &(struct proposal_of_ticket_in){.ticket_id = id}, ret_proposal);

	if (e != ERR_NO_ROW)
		return e;
	*ret_proposal = (struct proposal){.ticket_id = id};
	return OK;
}

static revision next_number(const struct ticket *t, const struct proposal *last)
{
	return (revision){(last->number.v > t->revision.v ? last->number.v : t->revision.v) + 1};
}

static err proposal_store(struct db *db, struct proposal *p)
{
	struct proposal_replace_in in;

	if (p->version.v == 0) {
		p->version.v = 1;
		return proposal_insert(db, p);
	}
	proposal_to_proposal_replace_in(p, &in);
	return proposal_replace(db, &in);
}

err proposal_open(struct db *db, struct ticket *t, const struct ticket *next)
{
	struct proposal last, p = {.ticket_id = t->id, .status = {proposal_status_OPEN}};
	err e;

	if ((e = proposal_last(db, t->id, &last)) != OK)
		return e;
	if (next != NULL)
		ticket_to_proposal(next, &p);
	p.kind.v = next != NULL ? proposal_kind_CHANGE : proposal_kind_WITHDRAWAL;
	p.version = last.version;
	p.number = next_number(t, &last);
	if ((e = proposal_store(db, &p)) != OK)
		return e;
	if ((e = ticket_set_proposal(db, &(struct ticket_set_proposal_in){.proposal = p.number,
									  .id = t->id,
									  .version = t->version})) != OK)
		return e;
	t->proposal = p.number;
	t->version.v++;
	if ((e = ticket_publish(db, t)) != OK)
		return e;
	FAILPOINT(proposal_written);
	return OK;
}

static err set_offer(struct db *db, struct ticket *t, const struct proposal *p)
{
	struct ticket_set_offer_in in = {0};

	proposal_to_ticket(p, t);
	t->revision = p->number;
	in.starts_day.v = day_of(db_arena(db), t->starts_at, t->time_zone);
	in.revised_at.v = clock_now();
	ticket_to_ticket_set_offer_in(t, &in);
	return ticket_set_offer(db, &in);
}

static err set_withdrawn(struct db *db, struct ticket *t)
{
	const struct ticket_set_withdrawn_in in = {
	    .revised_at = {clock_now()}, .id = t->id, .version = t->version};

	t->status.v = ticket_status_WITHDRAWN;
	t->order_id = (order_id){{0}};
	return ticket_set_withdrawn(db, &in);
}

static err set_refused(struct db *db, const struct ticket *t)
{
	return ticket_set_proposal(db, &(struct ticket_set_proposal_in){.id = t->id, .version = t->version});
}

static err ticket_apply(struct db *db, struct ticket *t, const struct proposal *p, bool accepted)
{
	if (!accepted)
		return set_refused(db, t);
	return p->kind.v == proposal_kind_WITHDRAWAL ? set_withdrawn(db, t) : set_offer(db, t, p);
}

err proposal_apply(struct db *db, struct ticket *t, const struct offer_decision *d)
{
	struct proposal p;
	err e;

	if ((e = proposal_of_ticket(db, &(struct proposal_of_ticket_in){.ticket_id = t->id}, &p)) != OK)
		return e;
	if ((e = ticket_apply(db, t, &p, d->accepted.v)) != OK)
		return e;
	p.status.v = d->accepted.v ? proposal_status_ACCEPTED : proposal_status_REFUSED;
	p.held_since = d->held_since;
	p.held_by = d->held_by;
	if ((e = proposal_store(db, &p)) != OK)
		return e;
	t->proposal = (revision){0};
	t->version.v++;
	if ((e = ticket_publish(db, t)) != OK)
		return e;
	FAILPOINT(proposal_applied);
	return OK;
}

#include "apps/tickets/find.h"
#include "apps/tickets/propose.h"
#include "apps/tickets/ticket.h"

/* "<revision>.<version>": a hold changes the row but not the offer, and If-Match compares the offer. */
static void reply_ticket(struct web *w, int status, const struct ticket *t)
{
	reply_record(w, status, record_ticket(), t);
	reply_header(
	    w, "ETag",
	    arena_printf(w->arena, "\"%lld.%lld\"", (long long)t->revision.v, (long long)t->version.v));
}

err api_tickets(struct web *w, const struct api_tickets_in *in)
{
	struct number_format n = web_number_format(w);
	struct json_t *array = json_array_new(w->arena);
	struct listings l;
	err e;

	if ((e = listings_find(w, &in->form, &l)) != OK)
		return e;
	for (size_t i = 0; i < l.count; i++)
		json_append(array, json_of_record(w->arena, record_ticket(), &n, &l.rows[i]));
	reply_json(w, 200, array);
	if (l.next != NULL)
		reply_header(w, "Link", arena_printf(w->arena, "<%s>; rel=\"next\"", l.next));
	reply_public(w);
	return OK;
}

err api_ticket_create(struct web *w, const struct api_ticket_create_in *in)
{
	struct ticket t;
	err e;

	if ((e = ticket_list(w, &in->form, &t)) != OK)
		return e;
	reply_ticket(w, 201, &t);
	reply_header(w, "Location", url_api_ticket(w->arena, t.id));
	return OK;
}

err api_ticket(struct web *w, const struct api_ticket_in *in)
{
	struct ticket t;
	err e;

	if ((e = ticket_find(w, in->id, &t)) != OK)
		return e;
	reply_ticket(w, 200, &t);
	reply_public(w);
	return OK;
}

/* 202 with the ticket, whose `proposal` is being decided; 200 for an offer that is the same already. */
static void reply_sent(struct web *w, const struct ticket *t)
{
	reply_ticket(w, t->proposal.v != 0 ? 202 : 200, t);
}

err api_ticket_edit(struct web *w, const struct api_ticket_edit_in *in)
{
	struct proposing request = {.id = in->id, .form = &in->form};
	struct proposed p;
	err e;

	if ((e = web_if_match(w, &request.seen)) != OK)
		return e;
	if ((e = propose(w, &request, reply_sent, &p)) != OK)
		return e;
	if (p.outcome == PROPOSED_REFUSED)
		return ticket_fail_refused(w, &p.ticket, &p.proposal);
	if (p.outcome == PROPOSED_ACCEPTED)
		reply_ticket(w, 200, &p.ticket);
	return OK;
}

err api_ticket_withdraw(struct web *w, const struct api_ticket_withdraw_in *in)
{
	struct proposing request = {.id = in->id};
	struct proposed p;
	err e;

	if ((e = web_if_match(w, &request.seen)) != OK)
		return e;
	if ((e = propose(w, &request, reply_sent, &p)) != OK)
		return e;
	if (p.outcome == PROPOSED_REFUSED)
		return ticket_fail_refused(w, &p.ticket, &p.proposal);
	if (p.outcome == PROPOSED_ACCEPTED)
		reply_empty(w, 204);
	return OK;
}

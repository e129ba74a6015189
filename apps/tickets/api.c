#include "apps/tickets/ticket.h"

/* "<revision>.<version>": a hold changes the row but not the offer, and If-Match compares the offer. */
static void reply_ticket(struct web *w, int status, const struct ticket *t)
{
	reply_record(w, status, record_ticket(), t);
	reply_header(
	    w, "ETag",
	    arena_printf(w->arena, "\"%lld.%lld\"", (long long)t->revision.v, (long long)t->version.v));
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

err api_ticket_edit(struct web *w, const struct api_ticket_edit_in *in)
{
	revision seen;
	struct ticket t;
	err e;

	if ((e = web_if_match(w, &seen)) != OK)
		return e;
	if ((e = ticket_change(w, in->id, seen, &in->form, &t)) != OK)
		return e;
	reply_ticket(w, 200, &t);
	return OK;
}

err api_ticket_withdraw(struct web *w, const struct api_ticket_withdraw_in *in)
{
	revision seen;
	struct ticket t;
	err e;

	if ((e = web_if_match(w, &seen)) != OK)
		return e;
	if ((e = ticket_take_back(w, in->id, seen, &t)) != OK)
		return e;
	reply_empty(w, 204);
	return OK;
}

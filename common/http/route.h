#ifndef STAGEDOOR_HTTP_ROUTE_H
#define STAGEDOOR_HTTP_ROUTE_H

#include "common/http/web.h"

/*
 * Every address is a row of a list (apps/<app>/routes.def):
 *
 *   ROUTE(ticket_new, GET, "/tickets/new", SIGNED_IN, READ, nothing, "The form to list a ticket")
 *   ROUTE_OF(ticket_edit, POST, "/tickets/{id}/edit", ticket_id, SIGNED_IN, WRITE, edit_form, "Changes a
 * listing") name, method, path, [kind of {id}], who may call, how it runs, record of the form (body; of a
 * GET: query), one sentence
 *
 * declare_routes.h makes of each row
 *   struct ticket_edit_in { ticket_id id; struct edit_form form; };
 *   err ticket_edit(struct web *w, const struct ticket_edit_in *in);       the handler, which the app writes
 *   const char *url_ticket_edit(struct arena *a, ticket_id id);            the address, for links and
 * redirects
 *
 * What a route of the API answers stands below its row; docs/openapi.yaml is made of it (contract/):
 *
 *   ANSWER(order_create, 201, ONE, order_body, LOCATION)       status, what the body is (contract/lists.h:
 * ONE, LIST, EMPTY …) of which record, and headers
 *   FAILS(order_create, CONFLICT, terms, "the ticket is held")  an error of the handler's own, the record that
 * the problem carries as "current" or nothing, when
 *   PART(order_body, ticket, order_ticket, "its terms")        an object of that record has another inside
 *
 * From the row run, before the handler: method (405 with Allow), sign-in (API 401, page 303 to
 * /signin?next=), origin and CSRF proof, content type (415), size (413), id (404), the form (400 with
 * problems), idempotency. A handler that returns an error is answered with the problem (API) or page of that
 * error, with w->problems and w->detail. A page POST whose form is wrong (ERR_INVALID, ERR_CONFLICT) shows
 * the GET page of the same path again, with w->problems, w->typed and that status; without such a page, the
 * error page. A handler that fails with a reply of status 300 or more already set has that sent as it is.
 */
enum route_who {
	ANYONE,
	SIGNED_IN,
	SIGNED_IN_ELSEWHERE, /* signed in; a form that stands on pages of other addresses, not on the one it
				is sent to: who has to sign in first goes back there */
	SIGNED_OUT,          /* the signed-out forms: anyone, CSRF by the pre-session cookie */
	MACHINE, /* no session, cookie or CSRF: the handler itself proves who calls (webhook); any content
		    type, the raw body */
};

enum route_runs {
	READ,  /* no transaction */
	WRITE, /* the handler runs in one transaction, again after a deadlock; OK commits, an error rolls
		  back; idempotent by key */
	OWN,   /* the handler opens its own transactions; idempotency is its business (web_claim in
		  idempotency.h) */
};

struct route {
	const char *name, *method, *path, *doc;
	const struct kind *id_kind; /* NULL: no {id} */
	enum route_who who;
	enum route_runs runs;
	const struct record *(*form)(void);
	size_t in_size, id_offset, form_offset;
	err (*call)(struct web *w, const void *in);
};

static inline bool route_wants_session(const struct route *r)
{
	return r->who == SIGNED_IN || r->who == SIGNED_IN_ELSEWHERE;
}

struct route_list {
	const struct route *routes;
	size_t count;
};

#endif
